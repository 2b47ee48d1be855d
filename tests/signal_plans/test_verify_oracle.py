"""The oracle on cases that one can follow with a pencil."""

from __future__ import annotations

import pytest

from signal_plans.programme import GreenWindow
from signal_plans.verifying.oracle import is_unsafe, is_unsafe_switch


@pytest.fixture
def layout(build):
    """A has 3 s of amber, 1 s of red-amber and 8 s of minimum green; F is pedestrians with 7 s."""
    return build.layout([build.vehicle("A"), build.pedestrian("F")], {("A", "F"): 5, ("F", "A"): 9}, [["A"], ["F"]])


def greens(**windows):
    return {group: tuple(GreenWindow(start_s=s, length_s=n) for s, n in pairs) for group, pairs in windows.items()}


@pytest.fixture
def both(layout):
    """A from 0 to 20, F from 25 to 40, then 10 s: 5 s and 10 s between, so 1 s to spare."""

    return greens(A=[(0, 20)], F=[(25, 15)])


def test_a_safe_programme_is_safe_wherever_its_cycle_begins(layout, both):
    for shift_s in range(50):
        moved = {
            group: tuple(GreenWindow(start_s=(w.start_s + shift_s) % 50, length_s=w.length_s) for w in windows)
            for group, windows in both.items()
        }
        assert not is_unsafe(layout, 50, moved)


@pytest.mark.parametrize(
    "windows",
    [
        {"A": [(0, 21)], "F": [(25, 15)]},  # 4 s of 5 s
        {"A": [(0, 20)], "F": [(24, 16)]},  # the same from the other side
        {"A": [(0, 20)], "F": [(25, 21)]},  # 4 s into the next cycle
        {"A": [(0, 20)], "F": [(10, 15)]},  # together
        {"A": [(0, 7)], "F": [(25, 15)]},  # minimum of 8 s
        {"A": [(0, 20)], "F": [(25, 6)]},  # minimum of 7 s
        {"A": [(0, 20)], "F": []},  # never green
        {"A": [(0, 8), (12, 8)], "F": [(25, 15)]},  # amber 3 s, red-amber 1 s, no red between
    ],
)
def test_what_breaks_a_rule_is_unsafe(layout, windows):
    assert is_unsafe(layout, 50, greens(**windows))


def test_a_second_green_after_amber_a_second_of_red_and_red_amber_is_safe(layout):
    assert not is_unsafe(layout, 60, greens(A=[(0, 8), (13, 8)], F=[(26, 15)]))


def test_switches_are_judged_across(layout, both):
    assert not is_unsafe_switch(layout, (50, both, 10), (50, both, 10))
    assert not is_unsafe_switch(layout, (50, both, 10), (50, both, 9))  # green a second longer
    assert is_unsafe_switch(layout, (50, both, 10), (50, both, 30))  # F at once
    assert is_unsafe_switch(layout, (50, both, 2), (50, both, 15))  # A for 7 s
    assert is_unsafe_switch(layout, (50, both, 21), (50, both, 22))  # amber of 2 s
    assert is_unsafe_switch(layout, (50, both, 49), (50, both, 0))  # no red-amber
