"""From the network's objects to the kernels' arrays."""

from __future__ import annotations

import pytest

from traffic_core.geometry import distance_m
from traffic_core.network import Detector, Lane, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.network_arrays import arrays_of, lane_movements
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
PLACES = {"A": (9.14, 48.69), "B": (9.145, 48.69), "C": (9.15, 48.69), "D": (9.145, 48.693)}
L, T, R = Movement.LEFT, Movement.THROUGH, Movement.RIGHT


def network(lanes=(), count=3):
    nodes = {
        name: Node(id=name, name=name, position=at, control=NodeControl.NONE, provenance=MADE_UP)
        for name, at in PLACES.items()
    }
    ends = {"BC": ("B", "C", 1), "AB": ("A", "B", count), "BD": ("B", "D", 1)}
    links = {
        name: Link(
            id=name,
            name=name,
            from_node=a,
            to_node=b,
            line=(PLACES[a], PLACES[b]),
            length_m=distance_m(PLACES[a], PLACES[b]),
            free_speed_m_s=10.0,
            lanes=lanes_,
            capacity_veh_h=1_800.0 * lanes_,
            road_class=RoadClass.PRIMARY,
            provenance=MADE_UP,
        )
        for name, (a, b, lanes_) in ends.items()
    }
    turns = {
        "t": Turn(id="t", node_id="B", from_link="AB", to_link="BC", movement=T),
        "l": Turn(id="l", node_id="B", from_link="AB", to_link="BD", movement=L),
    }
    detector = Detector(id="D1", link_id="AB", to_stop_line_m=30.0, interval_s=60.0, provenance=MADE_UP)
    return Network(nodes=nodes, links=links, turns=turns, lanes=tuple(lanes), detectors={"D1": detector})


def lane(number, *movements):
    return Lane(link_id="AB", number=number, movements=frozenset(movements))


def test_links_become_rows_in_the_order_of_the_network():
    arrays = arrays_of(network())
    assert arrays.link_index == {"BC": 0, "AB": 1, "BD": 2}
    assert arrays.free_flow_s == pytest.approx(arrays.length_m / 10.0)
    assert arrays.capacity_veh_s.tolist() == [0.5, 1.5, 0.5]
    assert arrays.from_node.tolist() == [1, 0, 1]
    assert arrays.to_node.tolist() == [2, 1, 3]
    assert (arrays.detector_ids, arrays.detector_link.tolist()) == (("D1",), [1])


def test_turns_are_sorted_by_the_link_they_leave_and_found_by_the_link_they_enter():
    arrays = arrays_of(network())
    assert arrays.first_turn.tolist() == [0, 0, 2, 2]
    assert arrays.turn_to.tolist() == [0, 2]
    assert arrays.turn_index == {"t": 0, "l": 1}
    assert [arrays.turn_into[arrays.first_into[b] : arrays.first_into[b + 1]].tolist() for b in range(3)] == [
        [0],
        [],
        [1],
    ]


@pytest.mark.parametrize(
    ("lanes", "groups"),
    [
        ((), [(3, frozenset(Movement))]),
        ((lane(1, T, R), lane(2, T), lane(3, L)), [(2, frozenset({T, R})), (1, frozenset({L}))]),
        ((lane(1, R), lane(2, T, L), lane(3, L)), [(1, frozenset({R})), (2, frozenset({T, L}))]),
        ((lane(1, R), lane(2, T)), [(1, frozenset({R})), (2, frozenset({T}))]),
        ((lane(1, R), lane(2, L), lane(3, L, R)), [(3, frozenset({L, R}))]),
    ],
)
def test_lanes_that_share_a_movement_are_one_group(lanes, groups):
    assert lane_movements(network(lanes))["AB"] == groups


def test_turns_use_the_group_that_serves_them():
    arrays = arrays_of(network((lane(1, T, R), lane(2, T), lane(3, L))))
    assert arrays.first_group.tolist() == [0, 1, 3, 4]
    assert arrays.turn_group.tolist() == [1, 2]
    assert arrays.group_lanes.tolist() == [1, 2, 1, 1]
    only_right = arrays_of(network((lane(1, R), lane(2, R), lane(3, R))))
    assert only_right.turn_group.tolist() == [1, 1]
