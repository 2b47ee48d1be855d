"""Where arms, lanes and turns of a junction are drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from api.planning.junctions.plan import (
    LANE_WIDTH_M,
    RING_RADIUS_M,
    SMALLEST_RADIUS_M,
    SPREAD_DEG,
    junction_plan,
)
from traffic_core.consistency.facts import ModelFacts
from traffic_core.geometry import line_length_m
from traffic_core.network import Detector, Lane, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

KNOWN = Provenance(source="made up", confidence=Confidence.ESTIMATED)
CENTRE = (9.0, 48.0)
NORTH, EAST, SOUTH = (9.0, 48.005), (9.0075, 48.0), (9.0, 47.995)
PLACES = {"C": CENTRE, "N": NORTH, "E": EAST, "S": SOUTH}


def node(name: str, control: NodeControl = NodeControl.NONE) -> Node:
    return Node(id=name, name=f"node {name}", position=PLACES[name], control=control, provenance=KNOWN)


def link(start: str, end: str, lanes: int = 1) -> Link:
    line = (PLACES[start], PLACES[end])
    return Link(
        id=start + end,
        name=f"street {start}{end}",
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=13.9,
        lanes=lanes,
        capacity_veh_h=1_500.0 * lanes,
        road_class=RoadClass.TERTIARY,
        provenance=KNOWN,
    )


def turn(come: str, go: str, movement: Movement) -> Turn:
    return Turn(id=f"{come}>{go}", node_id="C", from_link=come, to_link=go, movement=movement)


@pytest.fixture
def network() -> Network:
    """A T of streets to the north, east and south; two lanes from the north, both described."""
    links = [link("N", "C", 2), link("C", "N"), link("E", "C"), link("C", "E"), link("S", "C"), link("C", "S", 2)]
    turns = [
        turn("NC", "CS", Movement.THROUGH),
        turn("NC", "CE", Movement.LEFT),
        turn("EC", "CN", Movement.RIGHT),
        turn("EC", "CS", Movement.LEFT),
        turn("SC", "CE", Movement.RIGHT),
        turn("SC", "CN", Movement.THROUGH),
    ]
    lanes = (
        Lane(link_id="NC", number=1, movements=frozenset({Movement.THROUGH})),
        Lane(link_id="NC", number=2, movements=frozenset({Movement.LEFT})),
    )
    detectors = {
        "D": Detector(id="D", link_id="NC", to_stop_line_m=40.0, interval_s=60.0, provenance=KNOWN),
        "other": Detector(id="other", link_id="CN", to_stop_line_m=40.0, interval_s=60.0, provenance=KNOWN),
    }
    nodes = [node("C", NodeControl.SIGNAL), node("N"), node("E"), node("S")]
    return Network(
        nodes={each.id: each for each in nodes},
        links={each.id: each for each in links},
        turns={each.id: each for each in turns},
        lanes=lanes,
        detectors=detectors,
    )


def test_arms_lie_as_their_links_leave_the_node(network):
    plan = junction_plan(ModelFacts(network=network), "C")
    assert [round(arm.bearing_deg) for arm in plan.arms] == [0, 90, 180]
    assert [arm.neighbour for arm in plan.arms] == ["N", "E", "S"]
    assert plan.names["E"] == "node E"


def test_traffic_towards_the_node_drives_on_its_right(network):
    north = junction_plan(ModelFacts(network=network), "C").arms[0]
    assert [lane.offset_m for lane in north.lanes] == [1.5 * LANE_WIDTH_M, 0.5 * LANE_WIDTH_M], "the rightmost first"
    assert north.out_offsets_m == (-0.5 * LANE_WIDTH_M,)
    assert north.edges_m == (-LANE_WIDTH_M, 2 * LANE_WIDTH_M)
    x, y = north.at(20.0, north.lanes[0].offset_m)
    assert (x, y) == pytest.approx((-1.5 * LANE_WIDTH_M, 20.0), abs=0.05), "southbound, west of the axis"


def test_a_one_way_street_lies_in_the_middle_of_its_arm(network):
    links = {name: each for name, each in network.links.items() if name != "CN"}
    turns = {name: each for name, each in network.turns.items() if each.to_link != "CN"}
    one_way = Network(nodes=network.nodes, links=links, turns=turns, lanes=network.lanes)
    north = junction_plan(ModelFacts(network=one_way), "C").arms[0]
    assert north.go is None
    assert north.edges_m == (-LANE_WIDTH_M, LANE_WIDTH_M)


def test_turns_start_at_their_lane_and_end_in_the_lane_on_their_side(network):
    paths = {path.turn.id: path for path in junction_plan(ModelFacts(network=network), "C").turns}
    assert paths["NC>CS"].start_offset_m == 1.5 * LANE_WIDTH_M
    assert paths["NC>CE"].start_offset_m == 0.5 * LANE_WIDTH_M
    assert paths["EC>CS"].end_offset_m == -0.5 * LANE_WIDTH_M, "who turns left takes the left lane"
    assert paths["NC>CS"].end_offset_m == -1.0 * LANE_WIDTH_M, "who goes through the middle of both"


def test_lanes_that_nobody_described_show_all_turns_of_their_link(network):
    east = junction_plan(ModelFacts(network=network), "C").arms[1]
    assert east.lanes[0].movements == {Movement.RIGHT, Movement.LEFT}
    assert not east.lanes[0].described


def test_stop_lines_stand_where_the_arms_no_longer_touch(network):
    # arms at right angles: the edges meet as far out as the other arm is wide, here less than the least distance
    plan = junction_plan(ModelFacts(network=network), "C")
    assert all(arm.stop_m == SMALLEST_RADIUS_M for arm in plan.arms)
    wide = replace(network.links["NC"], lanes=4, capacity_veh_h=6_000.0)
    widened = replace(network, links={**network.links, "NC": wide}, lanes=())
    north, east, _ = junction_plan(ModelFacts(network=widened), "C").arms
    assert (north.stop_m, east.stop_m) == (SMALLEST_RADIUS_M, SMALLEST_RADIUS_M), "the wide side is the other one"


def test_arms_too_near_to_each_other_are_spread(network):
    place = (9.0007, 48.005)
    nodes = {**network.nodes, "F": replace(network.nodes["N"], id="F", position=place)}
    line = (CENTRE, place)
    near = replace(network.links["CN"], id="CF", to_node="F", line=line, length_m=line_length_m(line))
    plan = junction_plan(ModelFacts(network=replace(network, nodes=nodes, links={**network.links, "CF": near})), "C")
    first, second = (arm.bearing_deg for arm in plan.arms if arm.neighbour in {"N", "F"})
    apart = (second - first) % 360.0
    assert min(apart, 360.0 - apart) == pytest.approx(SPREAD_DEG, abs=0.02)


def test_all_arms_of_a_roundabout_end_at_its_circle(network):
    nodes = {**network.nodes, "C": node("C", NodeControl.ROUNDABOUT)}
    plan = junction_plan(ModelFacts(network=replace(network, nodes=nodes)), "C")
    assert {arm.stop_m for arm in plan.arms} == {RING_RADIUS_M}


def test_only_detectors_before_the_node_are_shown(network):
    plan = junction_plan(ModelFacts(network=network), "C")
    assert [detector.id for detector in plan.detectors] == ["D"]


def test_an_arm_at_45_degrees_needs_more_room(network):
    place = (9.0 + 0.0035 / math.cos(math.radians(48.0)), 48.0035)
    nodes = {**network.nodes, "E": replace(network.nodes["E"], position=place)}
    links = dict(network.links)
    for name, line in (("EC", (place, CENTRE)), ("CE", (CENTRE, place))):
        links[name] = replace(links[name], line=line, length_m=line_length_m(line))
    north, east, _ = junction_plan(ModelFacts(network=replace(network, nodes=nodes, links=links)), "C").arms
    # right edge of the northern arm 4.8 m, left edge of the other 4.8 m: (4.8 + 4.8 cos 45°) / sin 45° + 4 m
    assert north.stop_m == pytest.approx(15.588, abs=0.02)
    assert east.stop_m == pytest.approx(15.588, abs=0.02)
