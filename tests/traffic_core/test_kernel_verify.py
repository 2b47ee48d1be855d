"""The checker's kernel on lamps drawn by hand, and next to the lamps and the monitor of operation."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels.planning.verify import (
    INTERGREEN,
    MIN_GREEN,
    NEVER_GREEN,
    SEQUENCE,
    VERDICT_COLUMNS,
    judge_switch,
    paint_cycle,
    scan_switches,
    watch,
)
from traffic_core.kernels.programme_clock import lamp_cycles

RULES = (
    np.array([[-1, 5], [6, -1]]),  # A clears for B in 5 s, B for A in 6 s
    np.array([5, 5]),
    np.array([3, 0]),
    np.array([1, 0]),
)
SAFE_CYCLE = ("gggggggaaarrrrrrrrrrrrrR", "rrrrrrrrrrrrgggggrrrrrrr")
"""24 s: A ends at 7, B runs from 12 to 17, A begins at 24: 5 s and 7 s between, 1 s to spare for the second."""


def lamps(*rows):
    """One row of letters per group -> (T, G)."""
    return np.ascontiguousarray(np.array([["rRga".index(letter) for letter in row] for row in rows], np.uint8).T)


def watched(*rows, from_second=0, cycles=2):
    verdict = np.zeros(VERDICT_COLUMNS, np.int64)
    drawn = lamps(*rows)
    longest_red_s, seconds = watch(drawn, from_second, cycles * len(drawn), *RULES, verdict)
    return verdict.tolist(), longest_red_s, seconds


def changed(row, second, letter):
    return row[:second] + letter + row[second + 1 :]


def test_a_safe_cycle_has_no_fault_from_any_second():
    for second in range(24):
        assert watched(*SAFE_CYCLE, from_second=second)[0] == [0, 0, 0, 0, 0]


def test_the_longest_time_without_green_runs_from_green_to_green():
    assert watched(*SAFE_CYCLE)[1:] == (19, 48)  # B: 24 - 5


def test_one_second_less_of_an_intergreen_is_named_with_pair_and_second():
    late = changed(changed(SAFE_CYCLE[1], 11, "g"), 16, "r")
    assert watched(SAFE_CYCLE[0], late)[0] == [INTERGREEN, 11, 0, 1, 1]


def test_the_intergreen_into_the_next_cycle_counts():
    tight = "rrrrrrrrrrrrrggggggrrrrr"  # ends at 19, A begins at 24: 5 of 6 s
    assert watched(SAFE_CYCLE[0], tight)[0] == [INTERGREEN, 24, 1, 0, 1]


def test_green_together_misses_the_intergreen_and_a_second():
    both = "rrrrrrggggggrrrrrrrrrrrr"
    assert watched(SAFE_CYCLE[0], both)[0] == [INTERGREEN, 6, 0, 1, 6]


def test_green_together_in_the_first_second_is_seen():
    verdict = watched("ggggggaaarrrrrrrrrrrrrrR", "gggggrrrrrrrrrrrrrrrrrrr")[0]
    assert verdict[:2] == [INTERGREEN, 0]


def test_a_short_green_misses_its_seconds():
    assert watched(SAFE_CYCLE[0], "rrrrrrrrrrrrgggrrrrrrrrr")[0] == [MIN_GREEN, 15, 1, 1, 2]


def test_a_group_that_is_never_green_is_told():
    assert watched(SAFE_CYCLE[0], "r" * 24)[0] == [NEVER_GREEN, 48, 1, 1, 0]


@pytest.mark.parametrize(
    ("second", "letter", "seen_at"),
    [
        (9, "r", 9),  # amber of 2 s
        (10, "a", 10),  # amber of 4 s
        (23, "r", 24),  # no red-amber: red to green
        (22, "R", 23),  # red-amber of 2 s
        (7, "r", 7),  # green to red
        (15, "a", 15),  # amber out of red
        (15, "R", 16),  # red-amber and no green
    ],
)
def test_every_wrong_lamp_is_a_fault_of_the_sequence(second, letter, seen_at):
    verdict = watched(changed(SAFE_CYCLE[0], second, letter), SAFE_CYCLE[1])[0]
    assert verdict == [SEQUENCE, seen_at, 0, 0, 0]


def test_windows_are_painted_as_the_clock_of_operation_shows_them():
    starts, lengths = np.array([[0, 30], [55, 0]]), np.array([[7, 9], [12, 0]])
    amber_s, red_amber_s = np.array([3, 5]), np.array([1, 2])
    painted, shown = np.zeros((60, 2), np.uint8), np.zeros((60, 2), np.uint8)
    paint_cycle(starts, lengths, amber_s, red_amber_s, painted)
    lamp_cycles(60, starts, lengths, amber_s, red_amber_s, 0, shown)
    assert painted.tolist() == shown.tolist()
    assert "".join("rRga"[lamp] for lamp in painted[:12, 0]) == "gggggggaaarr"
    assert "".join("rRga"[lamp] for lamp in painted[50:, 1]) == "rrrRRggggg"


def test_amber_longer_than_red_gives_way_to_red_amber_and_green():
    painted, shown = np.zeros((10, 1), np.uint8), np.zeros((10, 1), np.uint8)
    arguments = (np.array([[2]]), np.array([[6]]), np.array([5]), np.array([1]))
    paint_cycle(*arguments, painted)
    lamp_cycles(10, *arguments, 0, shown)
    assert "".join("rRga"[lamp] for lamp in painted[:, 0]) == "aRggggggaa"
    assert painted.tolist() == shown.tolist()


def scanned(old, new):
    kind = np.full((len(old), len(new)), 99, np.uint8)
    longest_red_s = np.zeros(kind.shape, np.int64)
    seconds = scan_switches(old, new, 2 * len(new), *RULES, kind, longest_red_s)
    return kind, longest_red_s, seconds


def test_a_programme_may_always_go_on_with_itself():
    cycle = lamps(*SAFE_CYCLE)
    kind, longest_red_s, seconds = scanned(cycle, cycle)
    assert (np.diag(kind) == 0).all()
    assert (np.diag(longest_red_s) == 19).all()
    assert seconds <= 24 * 48 + 24 * 24 * 48


def test_jumps_within_a_programme_are_judged_one_by_one():
    cycle = lamps(*SAFE_CYCLE)
    kind = scanned(cycle, cycle)[0]
    assert kind[20, 21] == 0  # a second of all-red less, 1 s was to spare
    assert kind[20, 22] == INTERGREEN
    assert kind[3, 2] == 0  # green longer
    assert kind[3, 6] == MIN_GREEN
    assert kind[9, 10] == SEQUENCE  # the last second of amber left out


def test_every_pair_of_the_scan_is_the_verdict_on_that_switch():
    old, new = lamps(*SAFE_CYCLE), lamps("ggggggggaaarrrrrrrrrrrrrrR", "rrrrrrrrrrrrrggggggrrrrrrr")
    kind, _, _ = scanned(old, new)
    for leave in range(0, 24, 3):
        for enter in range(26):
            verdict = np.zeros(VERDICT_COLUMNS, np.int64)
            judge_switch(old, leave, new, enter, *RULES, verdict)
            assert verdict[0] == kind[leave, enter]


def test_an_unsafe_programme_makes_every_switch_out_of_it_unsafe():
    unsafe = lamps(SAFE_CYCLE[0], "rrrrrrrrrrrrgggrrrrrrrrr")
    assert (scanned(unsafe, lamps(*SAFE_CYCLE))[0] == MIN_GREEN).all()
