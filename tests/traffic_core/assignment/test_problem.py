from dataclasses import replace

import numpy as np
import pytest

from traffic_core.assignment.problem import TripClass
from traffic_core.errors import InvalidValueError

from .conftest import network_of

GOOD = (0, 1, 1.0, 10.0, 0.15, 4.0)


def _with(column, value):
    link = [*GOOD, 0.0, 0.0]
    link[column] = value
    return network_of([GOOD, tuple(link)], [0, 1])


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (2, -1.0, r"link\[a1\]\.free_flow_time = -1\.0"),
        (2, float("nan"), r"link\[a1\]\.free_flow_time = nan"),
        (2, float("inf"), r"link\[a1\]\.free_flow_time = inf"),
        (3, -5.0, r"link\[a1\]\.capacity = -5\.0: must not be negative"),
        (3, 0.0, r"link\[a1\]\.capacity = 0\.0: must be above 0 where b is above 0"),
        (3, float("nan"), r"link\[a1\]\.capacity = nan"),
        (4, -0.1, r"link\[a1\]\.b = -0\.1"),
        (5, 0.5, r"link\[a1\]\.power = 0\.5: must be 0 or from 1 to 64"),
        (5, 65.0, r"link\[a1\]\.power = 65\.0"),
        (6, -1.0, r"link\[a1\]\.length = -1\.0"),
        (7, float("inf"), r"link\[a1\]\.toll = inf"),
    ],
)
def test_an_impossible_link_is_refused_with_its_name(column, value, message):
    with pytest.raises(InvalidValueError, match=message):
        _with(column, value)


def test_a_constant_link_needs_no_capacity():
    assert network_of([(0, 1, 1.0, 0.0, 0.0, 4.0)], [0, 1]).capacity[0] == 0.0
    assert network_of([(0, 1, 0.0, 0.0, 0.15, 4.0)], [0, 1]).capacity[0] == 0.0


def test_links_between_missing_nodes_are_refused():
    with pytest.raises(InvalidValueError, match=r"link\[a0\]\.to_node = 3: must be a node"):
        network_of([(0, 3, 1.0, 1.0, 0.0, 0.0)], [0], nodes=2)
    with pytest.raises(InvalidValueError, match="zone_node"):
        network_of([GOOD], [5], nodes=2)


def test_arrays_must_fit_each_other():
    network = network_of([GOOD], [0, 1])
    with pytest.raises(InvalidValueError, match="toll"):
        replace(network, toll=np.zeros(2))
    with pytest.raises(InvalidValueError, match="passable"):
        replace(network, passable=np.ones(4, dtype=np.uint8)[::2])


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"trips": np.zeros((2, 3))}, r"class\[car\]\.trips = \(2, 3\)"),
        ({"trips": np.array([[0.0, -1.0], [0.0, 0.0]])}, r"class\[car\]\.trips\[0, 1\] = -1\.0"),
        ({"trips": np.array([[0.0, 0.0], [np.inf, 0.0]])}, r"class\[car\]\.trips\[1, 0\] = inf"),
        ({"pce": 0.0}, r"class\[car\]\.pce = 0\.0"),
        ({"toll_weight": -1.0}, r"class\[car\]\.toll_weight = -1\.0"),
        ({"distance_weight": float("nan")}, r"class\[car\]\.distance_weight = nan"),
    ],
)
def test_impossible_trips_are_refused_with_their_place(kwargs, message):
    with pytest.raises(InvalidValueError, match=message):
        TripClass(**({"name": "car", "trips": np.zeros((2, 2))} | kwargs))
