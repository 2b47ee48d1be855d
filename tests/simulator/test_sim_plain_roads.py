"""Networks given by numbers: their turns, their headways, and trips in the order of their time."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.roads import NO_SIGNAL, street_arrays

LINKS = PlainLinks(
    nodes=3,
    from_node=np.array([0, 1, 1, 2]),
    to_node=np.array([1, 0, 2, 1]),
    length_m=np.array([100.0, 100.0, 200.0, 4.0]),
    speed_m_s=np.array([20.0, 20.0, 10.0, 10.0]),
    wave_m_s=np.full(4, 5.0),
    jam_veh_m=np.full(4, 0.2),
    entry_veh_s=np.array([np.inf, 0.25, np.inf, np.inf]),
    exit_veh_s=np.array([0.5, np.inf, np.inf, 9.0]),
    priority=np.array([1.0, 2.0, 3.0, 4.0]),
    node_veh_s=np.array([np.inf, 0.1, np.inf]),
    signal=np.array([NO_SIGNAL, NO_SIGNAL, NO_SIGNAL, 7]),
)


def test_every_turn_but_back_is_permitted():
    roads = plain_roads(LINKS)
    assert list(zip(roads.turn_from.tolist(), roads.turn_to.tolist(), strict=True)) == [(0, 2), (3, 1)]
    assert roads.turn_signal.tolist() == [NO_SIGNAL, 7]
    assert roads.turn_group.tolist() == [0, 3]
    assert roads.priority.tolist() == [1.0, 2.0, 3.0, 4.0] * 2


def test_capacity_is_u_w_k_over_u_plus_w_unless_a_smaller_one_is_given():
    """20 * 5 * 0.2 / 25 = 0.8 veh/s and 10 * 5 * 0.2 / 15 = 0.667 veh/s."""
    arrays = street_arrays(plain_roads(LINKS))
    assert arrays["entry_headway_s"] == pytest.approx([1.25, 4.0, 1.5, 1.5])
    assert arrays["exit_headway_s"] == pytest.approx([2.0, 1.25, 1.5, 1.5])
    assert arrays["group_headway_s"] == pytest.approx([2.0, 1.25, 1.5, 1.5])
    assert arrays["node_headway_s"] == pytest.approx([0.0, 10.0, 0.0])


def test_times_and_room_follow_from_length_speed_and_density():
    arrays = street_arrays(plain_roads(LINKS))
    assert arrays["free_flow_s"] == pytest.approx([5.0, 5.0, 20.0, 1.0])  # no link is driven in less than a second
    assert arrays["wave_s"] == pytest.approx([20.0, 20.0, 40.0, 0.8])
    assert arrays["room_pce"][:3] == pytest.approx([20.0, 20.0, 40.0])
    assert arrays["room_pce"][3] >= 1.0
    assert arrays["has_signal"].tolist() == [0, 1, 0]


def test_a_network_without_turns_is_one():
    one = {field.name: getattr(LINKS, field.name) for field in dataclasses.fields(LINKS)}
    one = {name: value[:1] if name not in {"nodes", "node_veh_s"} else value for name, value in one.items()}
    roads = plain_roads(PlainLinks(**one))
    assert roads.turn_from.size == roads.turn_signal.size == 0
    assert street_arrays(roads)["first_turn"].tolist() == [0, 0]


def test_trips_are_put_in_the_order_of_their_time_those_of_one_moment_as_they_came():
    trips = plain_trips(np.array([5.0, 1.0, 5.0]), np.array([0, 1, 2]), np.array([3, 4, 5]), np.array([0, 0, 1]))
    assert trips.at_s.tolist() == [1.0, 5.0, 5.0]
    assert trips.origin.tolist() == [1, 0, 2]
    assert trips.destination.tolist() == [4, 3, 5]
    assert trips.tree.tolist() == [0, 0, 1]
    assert np.isnan(trips.end_s).all()
