import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.assignment.solver import solve
from traffic_core.errors import InvalidValueError

from .conftest import imbalance, judged_gap, network_of, trips_of


def test_two_parallel_links_share_the_trips_as_calculated_by_hand():
    """10 (1 + x/10) = 15 (1 + (10 - x)/30): 10 + x = 20 - x/2, so x = 20/3 and both take 50/3."""
    network = network_of([(0, 1, 10.0, 10.0, 1.0, 1.0), (0, 1, 15.0, 30.0, 1.0, 1.0)], [0, 1])
    found = solve(network, [trips_of(2, {(0, 1): 10.0})], gap=1e-14)
    assert found.volume == pytest.approx([20 / 3, 10 / 3], rel=1e-12)
    assert found.time == pytest.approx([50 / 3, 50 / 3], rel=1e-12)
    assert found.objective == pytest.approx(10 * (20 / 3) + (20 / 3) ** 2 / 2 + 50 + (10 / 3) ** 2 / 4, rel=1e-12)
    assert found.converged


def test_braess_network_takes_92_with_the_shortcut(braess):
    """Two trips on each of the three paths; each path costs 92 (Braess 1968)."""
    network, trips = braess
    found = solve(network, [trips], gap=1e-12)
    assert found.volume == pytest.approx([4.0, 2.0, 2.0, 4.0, 2.0], rel=1e-6)
    assert float(found.cost[0] @ found.volume) == pytest.approx(6 * 92.0, rel=1e-6)


def test_braess_network_takes_83_without_the_shortcut(braess):
    network, trips = braess
    closed = np.array([0, 0, 0, 0, 1], dtype=np.uint8)
    without = trips_of(2, {(0, 1): 6.0}, closed=closed)
    found = solve(network, [without], gap=1e-12)
    assert found.volume == pytest.approx([3.0, 3.0, 3.0, 3.0, 0.0], rel=1e-6)
    assert float(found.time @ found.volume) == pytest.approx(6 * 83.0, rel=1e-6)
    warm = solve(network, [without], gap=1e-12, start=solve(network, [trips], gap=1e-12))
    assert warm.volume == pytest.approx(found.volume, abs=1e-6)


def test_toll_and_distance_are_weighed_against_time():
    """Link one costs 10 + 0.5 * 4 + 2 * 1 = 14, link two 13 (1 + x/13): x = 1."""
    links = [(0, 1, 10.0, 1.0, 0.0, 0.0, 1.0, 4.0), (0, 1, 13.0, 13.0, 1.0, 1.0)]
    trips = trips_of(2, {(0, 1): 5.0}, toll_weight=0.5, distance_weight=2.0)
    found = solve(network_of(links, [0, 1]), [trips], gap=1e-14)
    assert found.volume == pytest.approx([4.0, 1.0], rel=1e-12)
    assert found.objective == pytest.approx(4 * 14 + 13 + 0.5, rel=1e-12)


def test_nobody_drives_through_a_zone_that_is_no_through_node():
    links = [(0, 1, 1.0, 1.0, 0.0, 0.0), (1, 2, 1.0, 1.0, 0.0, 0.0), (0, 2, 9.0, 1.0, 0.0, 0.0)]
    pairs = {(0, 2): 3.0, (0, 1): 1.0}
    blocked = solve(network_of(links, [0, 1, 2], blocked=(0, 1, 2)), [trips_of(3, pairs)])
    assert blocked.volume.tolist() == [1.0, 0.0, 3.0]
    free = solve(network_of(links, [0, 1, 2]), [trips_of(3, pairs)])
    assert free.volume.tolist() == [4.0, 3.0, 0.0]


def test_lorries_weigh_more_than_cars_and_choose_by_their_own_toll():
    """Cars avoid the toll of 5, lorries do not mind; a lorry counts 2: times are 10 and 10 (1 + 4/10) = 14."""
    links = [(0, 1, 10.0, 10.0, 0.0, 1.0, 0.0, 5.0), (0, 1, 10.0, 10.0, 1.0, 1.0)]
    network = network_of(links, [0, 1])
    cars = trips_of(2, {(0, 1): 4.0}, toll_weight=1.0)
    lorries = trips_of(2, {(0, 1): 3.0}, name="lorry", pce=2.0)
    found = solve(network, [cars, lorries], gap=1e-13)
    assert found.class_volume == pytest.approx(np.array([[0.0, 4.0], [3.0, 0.0]]), abs=1e-9)
    assert found.volume == pytest.approx([6.0, 4.0])
    assert found.cost[0] == pytest.approx([15.0, 14.0])
    assert found.cost[1] == pytest.approx([10.0, 14.0])


def test_a_class_keeps_off_links_closed_to_it():
    network = network_of([(0, 1, 1.0, 1.0, 0.0, 0.0), (0, 1, 5.0, 1.0, 0.0, 0.0)], [0, 1])
    lorries = trips_of(2, {(0, 1): 2.0}, name="lorry", closed=np.array([1, 0], dtype=np.uint8))
    found = solve(network, [trips_of(2, {(0, 1): 1.0}), lorries])
    assert found.class_volume.tolist() == [[1.0, 0.0], [0.0, 2.0]]
    assert np.isinf(found.cost[1, 0])


def test_free_flow_times_of_zero_and_cycles_of_them_do_no_harm():
    links = [
        (0, 1, 0.0, 1.0, 0.15, 4.0),
        (1, 2, 0.0, 1.0, 0.15, 4.0),
        (2, 1, 0.0, 1.0, 0.15, 4.0),
        (2, 3, 5.0, 2.0, 0.15, 4.0),
        (1, 3, 4.0, 1.0, 1.0, 4.0),
        (1, 0, 0.0, 1.0, 0.0, 0.0),
    ]
    network, trips = network_of(links, [0, 3]), trips_of(2, {(0, 1): 4.0})
    found = solve(network, [trips], gap=1e-13)
    assert judged_gap(network, trips, found.volume) <= 1e-12
    assert imbalance(network, trips, found.volume) < 1e-12
    assert found.volume[2] == 0.0
    assert found.volume[5] == 0.0


def test_dead_end_nodes_and_sinks_attract_nobody():
    links = [
        (0, 1, 1.0, 1.0, 1.0, 1.0),
        (1, 2, 1.0, 1.0, 1.0, 1.0),
        (2, 1, 1.0, 1.0, 1.0, 1.0),
        (0, 3, 1.0, 1.0, 1.0, 1.0),
    ]
    network = network_of([*links, (1, 3, 1.0, 1.0, 1.0, 1.0), (4, 3, 1.0, 1.0, 1.0, 1.0)], [0, 1])
    assert solve(network, [trips_of(2, {(0, 1): 2.0})]).volume.tolist() == [2.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_demand_without_a_way_names_the_pair():
    network = network_of([(0, 1, 1.0, 1.0, 0.0, 0.0), (2, 1, 1.0, 1.0, 0.0, 0.0)], [0, 1, 2])
    with pytest.raises(InvalidValueError, match=r"class\[car\]\.trips\[z0, z2\] = 7\.5: no way leads from z0 to z2"):
        solve(network, [trips_of(3, {(0, 1): 1.0, (0, 2): 7.5})])


@pytest.mark.parametrize("gap", [0.0, -1e-3, float("nan"), float("inf")])
def test_a_senseless_gap_is_refused(braess, gap):
    with pytest.raises(InvalidValueError, match="gap"):
        solve(braess[0], [braess[1]], gap=gap)


def test_a_trip_table_of_another_size_is_refused(braess):
    with pytest.raises(InvalidValueError, match=r"class\[car\]\.trips"):
        solve(braess[0], [trips_of(3, {(0, 1): 1.0})])


def test_no_trips_at_all_are_an_equilibrium(braess):
    found = solve(braess[0], [trips_of(2, {})])
    assert found.converged
    assert not found.volume.any()
    assert found.relative_gap == 0.0


def test_what_does_not_converge_says_so(braess):
    found = solve(braess[0], [braess[1]], gap=1e-300, max_iterations=3)
    assert not found.converged
    assert found.iterations == 3
    assert len(found.gap_history) == 4


def _random_case(seed):
    rng = np.random.default_rng(seed)
    nodes, zones = 14, 6
    links = [(n, (n + 1) % nodes, *_curve(rng)) for n in range(nodes)]
    for _ in range(30):
        i, j = rng.choice(nodes, 2, replace=False).tolist()
        links.append((i, j, *_curve(rng)))
    links.append(links[-1])
    for zone in range(zones):
        links += [(nodes + zone, zone * 2, 0.0, 1.0, 0.0, 0.0), (zone * 2 + 1, nodes + zone, 0.0, 1.0, 0.0, 0.0)]
    centroids = [nodes + zone for zone in range(zones)]
    network = network_of(links, centroids, blocked=centroids)
    pairs = {(o, d): float(rng.exponential(4.0)) for o in range(zones) for d in range(zones) if rng.random() < 0.7}
    return network, trips_of(zones, pairs, toll_weight=0.3, distance_weight=0.1)


def _curve(rng):
    time = 0.0 if rng.random() < 0.1 else float(rng.uniform(1, 10))
    power = float(rng.choice([0.0, 1.0, 2.0, 4.0, 5.7]))
    return time, float(rng.uniform(3, 20)), float(rng.choice([0.0, 0.15, 1.0])), power, float(rng.uniform(0, 2)), 1.0


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_independent_judge_finds_the_reported_gap_and_no_imbalance(seed):
    network, trips = _random_case(seed)
    found = solve(network, [trips], gap=1e-11, max_iterations=300)
    assert found.converged
    assert judged_gap(network, trips, found.volume) == pytest.approx(found.relative_gap, abs=2e-13)
    assert imbalance(network, trips, found.volume) < 1e-10


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_warm_start_after_a_closure_reaches_the_cold_equilibrium(seed):
    network, trips = _random_case(seed)
    cold = solve(network, [trips], gap=1e-11)
    busiest = int(np.argmax(np.where(np.arange(cold.volume.size) < 14, 0.0, np.where(network.b > 0, cold.volume, 0.0))))
    closed = np.zeros(cold.volume.size, dtype=np.uint8)
    closed[busiest] = 1
    changed = trips_of(6, {}, toll_weight=0.3, distance_weight=0.1, closed=closed)
    changed.trips[:] = trips.trips
    again = solve(network, [changed], gap=1e-11, max_iterations=300)
    warm = solve(network, [changed], gap=1e-11, max_iterations=300, start=cold)
    assert warm.converged
    assert warm.volume[busiest] == 0.0
    assert warm.objective == pytest.approx(again.objective, rel=1e-9)
    back = solve(network, [trips], gap=1e-11, max_iterations=300, start=warm)
    assert back.objective == pytest.approx(cold.objective, rel=1e-9)


def test_a_warm_start_takes_other_trips(braess):
    network, trips = braess
    first = solve(network, [trips], gap=1e-12)
    more = trips_of(2, {(0, 1): 3.0, (1, 0): 0.0})
    warm = solve(network, [more], gap=1e-12, start=first)
    assert warm.volume == pytest.approx(solve(network, [more], gap=1e-12).volume, abs=1e-6)


def test_a_start_from_another_network_is_refused(braess):
    network, trips = braess
    other = network_of([(0, 1, 1.0, 1.0, 0.0, 0.0)], [0, 1])
    with pytest.raises(InvalidValueError, match="start"):
        solve(network, [trips], start=solve(other, [trips]))


def test_the_same_problem_gives_the_same_bits():
    network, trips = _random_case(7)
    first, second = (solve(network, [trips], gap=1e-9) for _ in range(2))
    assert first.volume.tobytes() == second.volume.tobytes()
    assert first.gap_history == second.gap_history
