"""Trips of chosen pairs, on the paths of an assignment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.assignment.select_pairs import from_or_to, select_pairs
from traffic_core.assignment.solver import solve
from traffic_core.errors import InvalidValueError

from .conftest import network_of, trips_of


def crossroads():
    """Zones 0, 1, 2 around node 3, joined both ways; lorries of 2 pce beside the cars."""
    links = [(a, b, 1.0, 10.0, 0.0, 1.0) for zone in range(3) for a, b in ((zone, 3), (3, zone))]
    pairs = {(0, 1): 5.0, (1, 0): 4.0, (1, 2): 3.0, (2, 0): 2.0}
    network = network_of(links, [0, 1, 2], blocked=(0, 1, 2))
    return solve(network, [trips_of(3, pairs), trips_of(3, {(0, 2): 7.0}, name="lorry", pce=2.0)], gap=1e-9)


def test_trips_from_or_to_a_zone_are_counted_once():
    found = select_pairs(crossroads(), from_or_to(3, [0, 1]))
    assert found.trips[0].sum() == pytest.approx(5 + 4 + 3 + 2)
    assert found.volume[0] == pytest.approx([5, 6, 7, 5, 2, 3])
    assert found.trips[1, 0, 2] == pytest.approx(7.0)
    assert found.volume[1] == pytest.approx([7, 0, 0, 0, 0, 7])


def test_a_zone_takes_only_its_own_trips():
    found = select_pairs(crossroads(), from_or_to(3, [2]))
    assert found.trips[0].tolist() == [[0.0, 0.0, 0.0], [0.0, 0.0, 3.0], [2.0, 0.0, 0.0]]
    assert found.volume[0] == pytest.approx([0, 2, 3, 0, 2, 3])


def test_a_table_of_pairs_must_fit_the_zones():
    with pytest.raises(InvalidValueError, match="must be a table of 3 by 3 zones"):
        select_pairs(crossroads(), np.ones((2, 2), dtype=np.bool_))


@given(st.lists(st.booleans(), min_size=9, max_size=9))
def test_pairs_and_their_rest_make_the_whole(flags):
    pairs = np.array(flags).reshape(3, 3)
    assignment = crossroads()
    both = [select_pairs(assignment, each).volume for each in (pairs, ~pairs)]
    assert both[0] + both[1] == pytest.approx(assignment.class_volume)
