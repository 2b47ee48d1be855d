"""The second-by-second monitor on lamp sequences drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels.monitor import (
    INTERGREEN,
    MIN_GREEN,
    NOTHING,
    SEQUENCE,
    judge_second,
    judge_sequence,
    remember_second,
)

RULES = (
    np.array([0, 2]),
    np.array([0, 4]),
    np.array([-1, 5, 6, -1]),  # A clears for B in 5 s, B for A in 6 s
    np.array([5, 5]),
    np.array([3, 0]),
    np.array([1, 0]),
)


def memory():
    return np.full(2, NOTHING, np.uint8), np.zeros(2, np.int64), np.zeros(2, np.int64)


def lamps(*rows):
    """One row of letters per group -> (T, G)."""
    return np.ascontiguousarray(np.array([["rRga".index(letter) for letter in row] for row in rows], np.uint8).T)


def judged(*rows):
    fault = np.zeros((1, 6), np.int64)
    judge_sequence(lamps(*rows), *memory(), *RULES, fault)
    return fault[0].tolist()


def test_legal_sequence_has_no_fault():
    assert judged("rRgggggaaarrrrrrrRggggg", "rrrrrrrrrrrrrrrrrrrrrrr")[0] == 0


def test_tight_intergreen_has_no_fault_and_one_second_less_has():
    assert judged("gggaaarrrrrr", "rrrrrrrrgggg")[0] == 0
    assert judged("gggaaarrrrrr", "rrrrrrrggggg") == [1, 7, INTERGREEN, 0, 1, 1]


def test_intergreen_depends_on_the_direction():
    assert judged("rrrrrrrrrRgg", "rggggrrrrrrr") == [2, 5, MIN_GREEN, 1, 1, 1]
    assert judged("rrrrrrrrrrRg", "rgggggrrrrrr") == [1, 11, INTERGREEN, 1, 0, 1]
    assert judged("rrrrrrrrrrrRg", "rgggggrrrrrrr")[0] == 0


def test_green_together_is_a_fault_that_misses_the_intergreen_and_more():
    assert judged("ggggg", "rrggg") == [1, 2, INTERGREEN, 0, 1, 6]


def test_first_second_with_both_green_is_a_fault():
    assert judged("g", "g")[:3] == [2, 0, INTERGREEN]


def test_green_of_unknown_beginning_may_end_at_once():
    assert judged("gaaar", "rrrrr")[0] == 0


@pytest.mark.parametrize(
    "row",
    [
        "rg",
        "rRRg",
        "rRr",
        "ra",
        "rRggggggr",
        "rRggggggaar",
        "rRggggggaaaar",
        "rRggggggaaaRg",
        "rRggggggR",
        "rRggggggaaag",
    ],
)
def test_every_skip_in_the_sequence_is_a_fault(row):
    assert judged(row, "r" * len(row))[2] == SEQUENCE


def test_group_without_amber_goes_from_red_to_green_and_back():
    assert judged("rrrrrrrr", "rggggggr")[0] == 0
    assert judged("rrrr", "rrRg")[2] == SEQUENCE


def test_short_green_is_a_fault_with_its_missing_seconds():
    assert judged("rRgggaaar", "rrrrrrrrr") == [1, 5, MIN_GREEN, 0, 0, 2]


def test_online_judgement_leaves_the_memory_alone():
    state = memory()
    fault = np.zeros((1, 6), np.int64)
    for row in lamps("ggga", "rrrr"):
        remember_second(row, *state)
    before = [array.copy() for array in state]
    judge_second(np.array([3, 2], np.uint8), *state, *RULES, fault)
    assert fault[0].tolist() == [1, 0, INTERGREEN, 0, 1, 4]
    assert all((array == old).all() for array, old in zip(state, before, strict=True))


def test_online_and_sequence_agree_second_by_second():
    rows = lamps("gggaaarrrrrrrr", "rrrrrrrgggggrr")
    state, fault = memory(), np.zeros((1, 6), np.int64)
    counts = []
    for row in rows:
        judge_second(row, *state, *RULES, fault)
        counts.append(int(fault[0, 0]))
        remember_second(row, *state)
    assert sum(counts) == judged("gggaaarrrrrrrr", "rrrrrrrgggggrr")[0] == 1
    assert counts[7] == 1


def test_junctions_in_a_row_are_judged_apart():
    rules = (np.array([0, 2, 4]), np.array([0, 4, 8]), np.tile(RULES[2], 2), *(np.tile(rule, 2) for rule in RULES[3:]))
    state = np.full(4, NOTHING, np.uint8), np.zeros(4, np.int64), np.zeros(4, np.int64)
    fault = np.zeros((2, 6), np.int64)
    judge_sequence(lamps("ggggg", "rrrrr", "ggggg", "rrggg"), *state, *rules, fault)
    assert fault.tolist() == [[0, 0, 0, 0, 0, 0], [1, 2, INTERGREEN, 2, 3, 6]]
