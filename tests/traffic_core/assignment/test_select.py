import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.assignment.paths import used_paths
from traffic_core.assignment.select import count_shares, select_link, select_zone
from traffic_core.assignment.solver import solve
from traffic_core.errors import InvalidValueError

from .conftest import imbalance, network_of, trips_of
from .test_solver import _random_case


@pytest.fixture
def diamond():
    """Two routes of equal cost at equal flow from 0 to 3 and on to 4: 0-1-3 and 0-2-3, then 3-4."""
    even = (10.0, 10.0, 1.0, 1.0)
    links = [(0, 1, *even), (0, 2, *even), (1, 3, *even), (2, 3, *even), (3, 4, 1.0, 1.0, 0.0, 0.0)]
    network = network_of(links, [0, 3, 4])
    return solve(network, [trips_of(3, {(0, 1): 6.0, (0, 2): 2.0})], gap=1e-13)


def test_half_of_the_trips_use_one_of_two_equal_ways(diamond):
    found = select_link(diamond, [0])
    assert found.trips[0, 0] == pytest.approx([0.0, 3.0, 1.0])
    assert found.volume[0] == pytest.approx([4.0, 0.0, 4.0, 0.0, 1.0])


def test_trips_that_use_any_of_several_links_are_counted_once(diamond):
    found = select_link(diamond, [0, 2, 4])
    assert found.trips[0, 0] == pytest.approx([0.0, 3.0, 2.0])
    assert found.volume[0] == pytest.approx([4.0, 1.0, 4.0, 1.0, 2.0])


def test_the_trips_of_a_zone_are_all_of_its_trips(diamond):
    assert select_zone(diamond, [2], outgoing=False).volume[0] == pytest.approx([1.0, 1.0, 1.0, 1.0, 2.0])
    assert select_zone(diamond, [0]).volume[0] == pytest.approx(diamond.class_volume[0])
    assert not select_zone(diamond, [1]).trips.any()


def test_used_paths_have_shares_links_and_costs(diamond):
    paths = used_paths(diamond, 0, 2)
    assert [path.links for path in paths] == [(0, 2, 4), (1, 3, 4)]
    assert [path.share for path in paths] == pytest.approx([0.5, 0.5])
    assert paths[0].cost == pytest.approx(14.0 + 14.0 + 1.0)


def test_shares_of_counted_links_add_up_to_their_volume(diamond):
    shares = count_shares(diamond, [4, 1])
    assert shares.shape == (2, 9)
    assert shares.toarray()[1, [1, 2]] == pytest.approx([0.5, 0.5])
    assert shares.toarray()[0, [1, 2]] == pytest.approx([0.0, 1.0])


def test_lorries_are_counted_as_vehicles(diamond):
    lorries = trips_of(3, {(0, 1): 6.0}, name="lorry", pce=2.5)
    found = solve(diamond.network, [lorries], gap=1e-12)
    assert select_link(found, [0]).trips[0, 0, 1] == pytest.approx(3.0)
    assert select_link(found, [0]).volume[0, 0] == pytest.approx(3.0)
    assert select_zone(found, [0]).volume.sum() == pytest.approx(12.0)


@pytest.mark.parametrize("number", [-1, 5])
def test_links_and_zones_that_do_not_exist_are_refused(diamond, number):
    with pytest.raises(InvalidValueError, match=f"link = {number}: must be from 0 to 4"):
        select_link(diamond, [number])
    with pytest.raises(InvalidValueError, match=f"link = {number}"):
        count_shares(diamond, [number])
    with pytest.raises(InvalidValueError, match=f"zone = {number}: must be from 0 to 2"):
        select_zone(diamond, [number])


def test_paths_of_a_pair_without_trips_are_refused(diamond):
    with pytest.raises(InvalidValueError, match="pair"):
        used_paths(diamond, 1, 0)


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_selected_flows_are_part_of_the_assignment_and_conserved(seed):
    network, trips = _random_case(seed)
    found = solve(network, [trips], gap=1e-8)
    links = [3, 20, 31]
    selected = select_link(found, links)
    assert (selected.volume[0] <= found.class_volume[0] + 1e-9).all()
    assert selected.volume[0, links] == pytest.approx(found.class_volume[0, links], abs=1e-9)
    part = trips_of(6, {})
    part.trips[:] = selected.trips[0]
    assert imbalance(network, part, selected.volume[0]) < 1e-9
    wanted = trips.trips.copy()
    np.fill_diagonal(wanted, 0.0)
    shares = count_shares(found, list(range(len(network.link_ids))))
    assert shares @ wanted.ravel() == pytest.approx(found.class_volume[0], abs=1e-9)


@settings(max_examples=10)
@given(seed=st.integers(0, 2**32 - 1))
def test_used_paths_of_a_pair_cost_the_same(seed):
    network, trips = _random_case(seed)
    found = solve(network, [trips], gap=1e-12, max_iterations=300)
    for origin, destination in np.argwhere(trips.trips > 0.0).tolist():
        if origin == destination:
            continue
        paths = used_paths(found, origin, destination, least_share=0.01)
        assert paths
        assert sum(path.share for path in paths) <= 1.0 + 1e-9
        cheapest = min(path.cost for path in paths)
        assert max(path.cost for path in paths) == pytest.approx(cheapest, rel=1e-5, abs=1e-6)
