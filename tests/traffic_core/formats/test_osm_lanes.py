"""Lanes and their arrows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.formats.imported import Warnings
from traffic_core.formats.osm.lanes import lane_movements, read_lanes
from traffic_core.network import Movement
from traffic_core.provenance import Confidence

LEFT, THROUGH, RIGHT, U_TURN = Movement.LEFT, Movement.THROUGH, Movement.RIGHT, Movement.U_TURN


def lanes_of(tags, *, forward=True, one_way=False, warnings=None):
    heard = Warnings() if warnings is None else warnings
    return read_lanes({"highway": "primary", **tags}, "way 1", heard, forward=forward, one_way=one_way)


@pytest.mark.parametrize(
    ("tags", "one_way", "forward", "backward"),
    [
        ({}, False, 1, 1),
        ({"lanes": "2"}, False, 1, 1),
        ({"lanes": "4"}, False, 2, 2),
        ({"lanes": "1"}, False, 1, 1),
        ({"lanes": "3"}, True, 3, None),
        ({"lanes": "3", "lanes:forward": "2"}, False, 2, 1),
        ({"lanes": "5", "lanes:both_ways": "1"}, False, 2, 2),
        ({"lanes": "3", "lanes:both_ways": "1", "lanes:backward": "1"}, False, 1, 1),
        ({"lanes": "3", "turn:lanes:backward": "left|right"}, False, 1, 2),
        ({"lanes": "1.5"}, True, 1, None),
    ],
)
def test_lanes_are_shared_between_the_directions(tags, one_way, forward, backward):
    assert lanes_of(tags, one_way=one_way)[0] == forward
    if backward is not None:
        assert lanes_of(tags, forward=False)[0] == backward


def test_a_motorway_without_lanes_has_two():
    assert lanes_of({"highway": "motorway"}, one_way=True) == (2, None, Confidence.ESTIMATED)


@pytest.mark.parametrize("text", ["72", "zwei", "0", "-1"])
def test_an_impossible_number_of_lanes_is_counted_and_the_class_decides(text):
    warnings = Warnings()
    assert lanes_of({"lanes": text}, one_way=True, warnings=warnings)[0] == 1
    assert warnings.examples["number of lanes not understood"] == [f"way 1: lanes={text}"]


def test_an_odd_number_of_lanes_without_more_tags_is_counted():
    warnings = Warnings()
    assert lanes_of({"lanes": "3"}, warnings=warnings)[0] == 1
    assert sum(warnings.counts.values()) == 1


def test_arrows_are_read_from_the_left_and_kept_from_the_right():
    _, marks, confidence = lanes_of({"turn:lanes": "left|through;slight_right|none|"}, one_way=True)
    assert marks == (None, None, {THROUGH, RIGHT}, {LEFT})
    assert confidence is Confidence.ANCHOR


def test_arrows_of_the_other_direction_do_not_count():
    assert lanes_of({"turn:lanes:backward": "left|right"}) == (1, None, Confidence.ESTIMATED)
    assert lanes_of({"turn:lanes:backward": "left|right"}, forward=False)[1] == ({RIGHT}, {LEFT})


def test_arrows_win_over_a_number_of_lanes_that_disagrees():
    warnings = Warnings()
    assert lanes_of({"lanes": "2", "turn:lanes": "left||right"}, one_way=True, warnings=warnings)[0] == 3
    assert warnings.examples["turn:lanes and lanes disagree, turn:lanes taken"] == ["way 1: 3 and 2"]


def test_an_unknown_arrow_is_counted_and_taken_as_none():
    warnings = Warnings()
    assert lanes_of({"turn:lanes": "left|sideways"}, one_way=True, warnings=warnings)[1] == (None, {LEFT})
    assert warnings.counts["arrow of turn:lanes not understood"] == 1


@pytest.mark.parametrize("lanes", ["2", "3"])
def test_a_bus_lane_is_left_out_whether_or_not_it_is_counted(lanes):
    warnings = Warnings()
    tags = {"lanes": lanes, "turn:lanes": "left|through|right", "bus:lanes": "yes|yes|designated"}
    assert lanes_of(tags, one_way=True, warnings=warnings)[:2] == (2, ({THROUGH}, {LEFT}))
    assert dict(warnings.counts) == {"lane not for cars left out": 1}


def test_a_street_of_bus_lanes_only_keeps_one_for_the_cars_that_may_enter():
    assert lanes_of({"lanes": "1", "bus:lanes": "designated"}, one_way=True)[0] == 1


@pytest.mark.parametrize(
    ("marks", "permitted", "lanes"),
    [
        (({RIGHT}, {THROUGH}, {LEFT}), {LEFT, THROUGH, RIGHT}, ({RIGHT}, {THROUGH}, {LEFT})),
        ((None, {LEFT}), {LEFT, THROUGH, RIGHT}, ({THROUGH, RIGHT}, {LEFT})),
        ((None, None, None), {LEFT, THROUGH, RIGHT}, ({THROUGH, RIGHT}, {THROUGH}, {THROUGH, LEFT})),
        ((None, None, None), {LEFT, RIGHT}, ({RIGHT}, {LEFT, RIGHT}, {LEFT})),
        (({RIGHT}, {THROUGH, LEFT}), {THROUGH}, ({THROUGH}, {THROUGH})),
        (({THROUGH},), {LEFT, THROUGH}, ({LEFT, THROUGH},)),
        (({RIGHT}, {U_TURN, LEFT}), {LEFT, RIGHT}, ({RIGHT}, {LEFT})),
    ],
)
def test_lanes_serve_what_is_painted_as_far_as_it_is_permitted(marks, permitted, lanes):
    frozen = tuple(None if mark is None else frozenset(mark) for mark in marks)
    assert lane_movements(frozen, permitted, "link 1", Warnings()) == lanes


def test_a_permitted_turn_that_no_lane_shows_is_counted():
    warnings = Warnings()
    lane_movements((frozenset({THROUGH}),), {THROUGH, RIGHT}, "link 1", warnings)
    assert warnings.examples["turn permitted that no lane shows"] == ["link 1"]


_turns = st.frozensets(st.sampled_from(list(Movement)), min_size=1)


@given(st.lists(st.none() | _turns, min_size=1, max_size=8), _turns)
def test_lanes_together_serve_exactly_the_permitted_turns(marks, permitted):
    lanes = lane_movements(tuple(marks), permitted, "link 1", Warnings())
    assert len(lanes) == len(marks)
    assert all(lanes)
    assert frozenset().union(*lanes) == permitted
