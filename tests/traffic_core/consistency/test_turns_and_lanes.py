"""Names of turns, and lanes against turns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from traffic_core.consistency.lane_use import check_lane_use
from traffic_core.consistency.turn_names import check_turn_names
from traffic_core.network import Lane, Movement


def found(findings) -> set[tuple[str, str, str]]:
    return {(finding.severity.value, finding.kind, finding.record) for finding in findings}


@pytest.mark.parametrize(
    ("turn", "movement"),
    [
        ("WC>CN", Movement.RIGHT),
        ("WC>CS", Movement.LEFT),
        ("WC>CE", Movement.U_TURN),
    ],
)
def test_a_turn_named_after_the_wrong_side_is_a_warning(crossing, turn, movement):
    crossing.change("turns", turn, movement=movement)
    assert ("warning", "turn_name", f"turn {turn}") in found(check_turn_names(crossing.facts()))


def test_a_sharp_bend_called_through_is_a_warning(crossing):
    crossing.node("F", -250, 250)
    crossing.link("C", "F")
    crossing.turn("WC", "CF")
    crossing.change("turns", "WC>CF", movement=Movement.THROUGH)
    (finding,) = [finding for finding in check_turn_names(crossing.facts()) if finding.kind == "turn_name"]
    assert finding.value == "through by -135°"


def test_names_in_another_order_than_the_turns_lie_are_a_warning(crossing):
    crossing.node("F", 300, 150)
    crossing.link("C", "F")
    crossing.turn("WC", "CF")
    assert check_turn_names(crossing.facts()) == [], "two ways through, 27° apart"
    crossing.change("turns", "WC>CF", movement=Movement.RIGHT)
    kinds = found(check_turn_names(crossing.facts()))
    assert ("warning", "turn_order", "link WC") in kinds, "right, but left of the way through"


def test_two_turns_between_the_same_links_are_a_warning(crossing):
    crossing.turns["again"] = replace(crossing.turns["WC>CE"], id="again")
    assert found(check_turn_names(crossing.facts())) == {("warning", "turn_twice", "turn again")}


def test_a_movement_of_a_lane_without_a_turn_is_a_warning(crossing):
    del crossing.turns["WC>CN"]
    assert found(check_lane_use(crossing.facts())) == {("warning", "lane_without_turn", "lane WC/1")}


def test_a_turn_that_no_lane_serves_is_a_warning(crossing):
    lane = next(lane for lane in crossing.lanes if lane.link_id == "WC")
    crossing.lanes[crossing.lanes.index(lane)] = replace(lane, movements=lane.movements - {Movement.LEFT})
    assert found(check_lane_use(crossing.facts())) == {("warning", "turn_without_lane", "link WC")}


def test_lanes_that_nobody_described_may_serve_the_turn(crossing):
    lane = next(lane for lane in crossing.lanes if lane.link_id == "WC")
    crossing.lanes[crossing.lanes.index(lane)] = replace(lane, movements=lane.movements - {Movement.LEFT})
    crossing.change("links", "WC", lanes=2)
    assert check_lane_use(crossing.facts()) == []


def test_a_right_lane_that_turns_left_of_its_neighbour_is_a_warning(crossing):
    crossing.change("links", "WC", lanes=2)
    crossing.lanes = [lane for lane in crossing.lanes if lane.link_id != "WC"]
    crossing.lanes += [
        Lane(link_id="WC", number=1, movements=frozenset({Movement.RIGHT, Movement.LEFT})),
        Lane(link_id="WC", number=2, movements=frozenset({Movement.THROUGH})),
    ]
    (finding,) = check_lane_use(crossing.facts())
    assert (finding.kind, finding.record) == ("lanes_cross", "link WC")
    assert finding.value == "lane 1: left+right; lane 2: through"


def test_an_approach_of_a_signal_without_described_lanes_is_a_note(crossing):
    crossing.lanes = [lane for lane in crossing.lanes if lane.link_id != "WC"]
    assert found(check_lane_use(crossing.facts())) == {("note", "lanes_not_described", "link WC")}
