"""The interval check by hand: what is safe passes, what is not is named."""

from __future__ import annotations

import pytest

from signal_plans.interval_check import violations
from signal_plans.programme import GreenWindow


@pytest.fixture
def two_groups(build):
    return build.layout([build.vehicle("A"), build.vehicle("B")], {("A", "B"): 6, ("B", "A"): 5}, [["A"], ["B"]])


def greens(**windows):
    return {group: tuple(GreenWindow(start_s=s, length_s=n) for s, n in pairs) for group, pairs in windows.items()}


def test_exactly_tight_programme_is_safe(two_groups):
    # A is green 0..20, B may start at 26 (6 s), ends at 45, A may start at 50 = 0 (5 s)
    assert violations(two_groups, 50, greens(A=[(0, 20)], B=[(26, 19)])) == ()


def test_one_missing_second_is_named_with_pair_and_second(two_groups):
    assert violations(two_groups, 50, greens(A=[(0, 20)], B=[(25, 20)])) == (
        "A -> B: green at second 25 misses 1 s of 6 s intergreen",
    )


def test_missing_second_across_the_cycle_end_is_found(two_groups):
    assert violations(two_groups, 50, greens(A=[(0, 20)], B=[(26, 20)])) == (
        "B -> A: green at second 0 misses 1 s of 5 s intergreen",
    )


def test_green_that_wraps_around_the_cycle_end_is_safe(two_groups):
    assert violations(two_groups, 50, greens(A=[(40, 20)], B=[(16, 19)])) == ()


def test_overlap_is_found_and_counts_until_the_intergreen_is_kept(two_groups):
    found = violations(two_groups, 60, greens(A=[(0, 20)], B=[(15, 20)]))
    assert found == ("A -> B: green together from second 15, misses 11 s",)


def test_greens_that_start_together_are_found_in_both_directions(two_groups):
    assert len(violations(two_groups, 60, greens(A=[(0, 20)], B=[(0, 20)]))) == 2


def test_short_green_is_named_with_its_missing_seconds(two_groups):
    assert violations(two_groups, 50, greens(A=[(0, 7)], B=[(26, 19)])) == ("A: green from second 0 misses 1 s of 8 s",)


def test_short_pedestrian_green_is_found(build):
    layout = build.layout([build.vehicle("A"), build.pedestrian("F", min_green_s=9)], {("A", "F"): 5}, [["A"], ["F"]])
    assert violations(layout, 60, greens(A=[(0, 20)], F=[(30, 8)])) == ("F: green from second 30 misses 1 s of 9 s",)


def test_group_without_green_is_found(two_groups):
    assert violations(two_groups, 50, greens(A=[(0, 20)])) == ("B: never green",)


def test_two_greens_need_amber_red_and_red_amber_between_them(two_groups):
    # 3 s amber, 1 s red, 1 s red-amber
    assert violations(two_groups, 90, greens(A=[(0, 10), (15, 10)], B=[(40, 10)])) == ()
    assert violations(two_groups, 90, greens(A=[(0, 10), (14, 10)], B=[(40, 10)])) == (
        "A: red after second 10 misses 1 s of amber, red and red-amber",
    )


def test_overlapping_greens_of_one_group_are_found(two_groups):
    (found,) = violations(two_groups, 90, greens(A=[(0, 20), (10, 20)], B=[(50, 10)]))
    assert found.startswith("A: red after second 20 misses 15 s")


def test_red_too_short_over_the_cycle_end_is_found(build):
    layout = build.layout([build.vehicle("A"), build.pedestrian("F")], {}, [["A"], ["F"]])
    assert violations(layout, 60, greens(A=[(0, 56)], F=[(0, 20)])) == (
        "A: red after second 56 misses 1 s of amber, red and red-amber",
    )


def test_intergreen_of_zero_lets_green_follow_green(build):
    layout = build.layout([build.vehicle("A"), build.vehicle("B")], {("A", "B"): 0}, [["A"], ["B"]])
    assert violations(layout, 40, greens(A=[(0, 20)], B=[(20, 20)])) == ()
