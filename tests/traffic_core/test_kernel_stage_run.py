"""Lamps from wishes, calculated by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels.monitor import first_entry
from traffic_core.kernels.stage_run import (
    AMBER,
    GREEN,
    LONG_AGO,
    NOTHING,
    RED,
    RED_AMBER,
    follow_wishes,
    foresee_stages,
    run_stages,
)

LETTERS = {RED: "r", RED_AMBER: "R", GREEN: "g", AMBER: "a"}


@pytest.fixture
def rules():
    """Two groups: vehicles (minimum 8, amber 3, red-amber 1) and pedestrians (minimum 7, no amber); 5 s and 4 s."""
    pointers = np.array([0, 2]), np.array([0, 4])
    return (*pointers, np.array([-1, 5, 4, -1]), np.array([8, 7]), np.array([3, 0]), np.array([1, 0]))


def shown(*groups):
    """Memory of lamps, each as (lamp, its age, seconds from the end of green)."""
    lamps, ages_s, ended_s = zip(*groups, strict=True)
    return np.array(lamps, np.uint8), np.array(ages_s), np.array(ended_s)


def words(wanted, memory, rules, seconds):
    lamps = np.zeros((seconds, len(wanted)), np.uint8)
    foresee_stages(np.array(wanted, np.uint8), *memory, *rules, lamps)
    return ["".join(LETTERS[int(lamp)] for lamp in column) for column in lamps.T]


def test_a_green_ends_after_its_minimum_and_the_other_begins_after_the_intergreen(rules):
    memory = shown((GREEN, 3, 0), (RED, 20, 30))
    # five more seconds of green, amber, and 5 s after the end of green pedestrians begin, without red-amber
    assert words((0, 1), memory, rules, 14) == ["gggggaaarrrrrr", "rrrrrrrrrrgggg"]


def test_red_amber_falls_into_the_intergreen(rules):
    memory = shown((RED, 20, 30), (GREEN, 9, 0))
    assert words((1, 0), memory, rules, 7) == ["rrrRggg", "rrrrrrr"]


def test_a_second_of_red_is_seen_before_green_comes_back(rules):
    memory = shown((AMBER, 1, 0), (RED, 20, 30))
    assert words((1, 0), memory, rules, 6) == ["aarRgg", "rrrrrr"]


def test_a_wish_taken_back_in_red_amber_still_gives_the_minimum_green(rules):
    memory = shown((RED_AMBER, 1, 40), (RED, 20, 30))
    assert words((0, 0), memory, rules, 13) == ["ggggggggaaarr", "rrrrrrrrrrrrr"]


def test_a_group_in_both_stages_stays_green(rules):
    memory = shown((GREEN, 30, 0), (RED, 20, 30))
    assert words((1, 0), memory, rules, 5) == ["ggggg", "rrrrr"]


def test_lamps_of_unknown_age_begin_with_red(rules):
    memory = shown((NOTHING, 0, 0), (NOTHING, 0, 0))
    assert words((1, 0), memory, rules, 4) == ["rRgg", "rrrr"]
    assert memory[2].tolist() == [0, LONG_AGO + 3]


def test_junctions_that_are_not_controlled_keep_their_lamps(rules):
    pointers = np.array([0, 2, 4]), np.array([0, 4, 8])
    both = (*pointers, *(np.tile(part, 2) for part in rules[2:]))
    memory = shown(*[(RED, 20, 30)] * 4)
    lamp = np.full(4, AMBER, np.uint8)
    run_stages(np.array([False, True]), np.array([1, 0, 0, 1], np.uint8), *memory, *both, lamp)
    assert lamp.tolist() == [AMBER, AMBER, RED, GREEN]


def test_a_stage_runs_when_all_of_it_is_green_and_may_end_after_all_minimums():
    member, pointer = np.array([0, 1]), np.array([0, 2])
    min_green_s, stage = np.array([8, 7]), np.zeros(1, np.int64)
    since_s, green, ready = np.zeros(1, np.int64), np.zeros(1, np.bool_), np.zeros(1, np.bool_)
    told = []
    for t, ages_s in ((100, (6, 0)), (101, (7, 1)), (107, (13, 7))):
        lamps = np.array([GREEN, GREEN if ages_s[1] else RED], np.uint8)
        follow_wishes(
            t, np.ones(1, np.bool_), stage, pointer, member, lamps, np.array(ages_s), min_green_s, since_s, green, ready
        )
        told.append((bool(green[0]), bool(ready[0]), int(since_s[0])))
    assert told == [(False, False, 0), (True, False, 101), (True, True, 101)]


def test_the_first_second_that_may_follow_is_found_after_what_was_shown(rules):
    # vehicles green 0 to 9, amber 10 to 12; pedestrians green 15 to 24; vehicles begin 4 s after them, at 29
    cycle = np.array([[GREEN] * 10 + [AMBER] * 3 + [RED] * 15 + [RED_AMBER], [RED] * 15 + [GREEN] * 10 + [RED] * 4])
    cycle = np.ascontiguousarray(cycle.T.astype(np.uint8))
    work, fault = shown((RED, 0, 0), (RED, 0, 0)), np.zeros((1, 6), np.int64)
    young = shown((GREEN, 2, 0), (RED, 30, 40))
    # two seconds of green, so at least six more are to come: 4 is the last second that will do
    assert [first_entry(cycle, first, 1, young, work, *rules, fault) for first in (4, 5)] == [4, -1]
    assert first_entry(cycle, 5, 29, young, work, *rules, fault) == 0
    assert young[1].tolist() == [2, 30]
