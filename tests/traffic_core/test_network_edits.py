"""Changes of a network."""

from __future__ import annotations

import math

import pytest

from traffic_core.errors import InvalidValueError
from traffic_core.geometry import distance_m
from traffic_core.network import Detector, Lane, Link, Movement, Network, Node, NodeControl, RoadClass
from traffic_core.network_edits import (
    turn_between,
    with_capacity,
    with_control,
    with_lanes,
    with_link,
    with_speed,
    without_links,
    without_turns,
)
from traffic_core.provenance import Confidence, Provenance
from traffic_core.turning import permitted_turns

MADE_UP = Provenance(source="made up for tests", confidence=Confidence.ESTIMATED)
M_PER_DEGREE = math.pi / 180 * 6_371_008.8
PLACES_M = {"W": (-500, 0), "X": (0, 0), "E": (500, 0), "N": (0, 500), "S": (0, -500)}
NODES = {
    name: Node(
        id=name,
        name=name,
        position=(east / M_PER_DEGREE, north / M_PER_DEGREE),
        control=NodeControl.GIVE_WAY,
        provenance=MADE_UP,
    )
    for name, (east, north) in PLACES_M.items()
}


def link_of(name):
    start, end = name.split("_")
    line = (NODES[start].position, NODES[end].position)
    return Link(
        id=name,
        name=name,
        from_node=start,
        to_node=end,
        line=line,
        length_m=distance_m(*line),
        free_speed_m_s=12.5,
        lanes=2,
        capacity_veh_h=3_600.0,
        road_class=RoadClass.SECONDARY,
        provenance=MADE_UP,
    )


@pytest.fixture(name="crossing")
def crossing_fixture():
    links = {name: link_of(name) for name in ("W_X", "X_W", "E_X", "X_E", "N_X", "X_N")}
    return Network(
        nodes=NODES,
        links=links,
        turns=permitted_turns(links),
        lanes=(
            Lane(link_id="W_X", number=1, movements=frozenset({Movement.THROUGH})),
            Lane(link_id="W_X", number=2, movements=frozenset({Movement.LEFT})),
        ),
        detectors={
            "D": Detector(id="D", link_id="W_X", to_stop_line_m=40.0, interval_s=60.0, provenance=MADE_UP),
        },
    )


def test_a_removed_link_takes_its_turns_lanes_and_detectors_along(crossing):
    left = without_links(crossing, ("W_X",))
    assert "W_X" not in left.links
    assert not [turn for turn in left.turns.values() if "W_X" in {turn.from_link, turn.to_link}]
    assert not left.lanes
    assert not left.detectors
    assert set(left.links) == set(crossing.links) - {"W_X"}


def test_a_forbidden_turn_leaves_the_others(crossing):
    turn = turn_between(crossing, "W_X", "X_E")
    left = without_turns(crossing, (turn.id,))
    assert set(crossing.turns) - set(left.turns) == {turn.id}
    with pytest.raises(InvalidValueError, match="must be links that a turn of the network joins"):
        turn_between(left, "W_X", "X_E")
    with pytest.raises(InvalidValueError, match="must name a turn"):
        without_turns(left, (turn.id,))


def test_lanes_keep_their_capacity(crossing):
    three = with_lanes(crossing, "W_X", 3)
    assert (three.links["W_X"].lanes, three.links["W_X"].capacity_veh_h) == (3, 5_400.0)
    assert three.lanes == crossing.lanes
    one = with_lanes(crossing, "W_X", 1)
    assert (one.links["W_X"].capacity_veh_h, [lane.number for lane in one.lanes]) == (1_800.0, [1])


def test_lanes_can_be_described_anew(crossing):
    turns = [{Movement.RIGHT}, {Movement.THROUGH}, {Movement.LEFT}]
    lanes = [lane for lane in with_lanes(crossing, "W_X", 3, turns).lanes if lane.link_id == "W_X"]
    assert [set(lane.movements) for lane in lanes] == turns
    with pytest.raises(InvalidValueError, match="lane_turns = 3: must describe each of the 2 lanes"):
        with_lanes(crossing, "W_X", 2, turns)


def test_speed_and_capacity_change_alone(crossing):
    assert with_speed(crossing, "W_X", 8.0).links["W_X"].free_speed_m_s == 8.0
    assert with_capacity(crossing, "W_X", 900.0).links["W_X"].capacity_veh_h == 900.0
    with pytest.raises(
        InvalidValueError, match=r"link\[W_X\].capacity_veh_h = 9000.0: must be a number from 50 to 6000"
    ):
        with_capacity(crossing, "W_X", 9_000.0)


def test_a_new_link_gets_the_turns_of_its_drawing(crossing):
    longer = with_link(crossing, link_of("X_S"))
    into = [turn for turn in longer.turns.values() if turn.to_link == "X_S"]
    assert {(turn.from_link, turn.movement) for turn in into} == {
        ("W_X", Movement.RIGHT),
        ("E_X", Movement.LEFT),
        ("N_X", Movement.THROUGH),
    }
    assert [turn.id for turn in into] == ["TX_S-1", "TX_S-2", "TX_S-3"]
    assert set(crossing.turns) < set(longer.turns)
    with pytest.raises(InvalidValueError, match="must be an id that no link has yet"):
        with_link(longer, link_of("X_S"))


def test_control_of_a_node_changes(crossing):
    assert with_control(crossing, "X", NodeControl.SIGNAL).nodes["X"].control is NodeControl.SIGNAL
    with pytest.raises(InvalidValueError, match="node = 'Y': must name a node"):
        with_control(crossing, "Y", NodeControl.SIGNAL)


def test_every_change_refuses_a_missing_link(crossing):
    for change in (
        lambda: without_links(crossing, ("L",)),
        lambda: with_lanes(crossing, "L", 2),
        lambda: with_speed(crossing, "L", 10.0),
        lambda: with_capacity(crossing, "L", 900.0),
    ):
        with pytest.raises(InvalidValueError, match="link = 'L': must name a link of the network"):
            change()
