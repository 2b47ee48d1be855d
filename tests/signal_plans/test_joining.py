"""A programme is joined with its own offset where that is possible soon."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from signal_plans.joining import WAIT_AT_MOST_S, plan_switch_in_step
from signal_plans.monitor import switch_fault
from signal_plans.timing import programme_from_stages

START_S = 1_800_000_000


def test_a_shifted_copy_is_entered_where_both_show_the_same(crossing):
    running = programme_from_stages(crossing, (22, 22), "a")
    joined, at_s = plan_switch_in_step(running, replace(running, id="b", offset_s=5), START_S)
    assert joined.offset_s == 5
    assert switch_fault(running, running.second_at(at_s), joined, joined.second_at(at_s)) is None


def test_where_no_moment_is_alike_it_is_joined_with_another_offset(crossing):
    running = programme_from_stages(crossing, (22, 22), "a")
    joined, at_s = plan_switch_in_step(running, replace(running, id="b", offset_s=25), START_S)
    assert joined.offset_s != 25
    assert switch_fault(running, running.second_at(at_s), joined, joined.second_at(at_s)) is None


@pytest.mark.slow
def test_the_switch_is_safe_and_soon_whatever_the_offsets(crossing):
    first = programme_from_stages(crossing, (22, 22), "a")
    second = programme_from_stages(crossing, (40, 32), "b")
    in_step = 0
    for offset_s, other_s in product(range(0, 60, 7), range(0, second.cycle_s, 9)):
        running, following = replace(first, offset_s=offset_s), replace(second, offset_s=other_s)
        joined, at_s = plan_switch_in_step(running, following, START_S + other_s)
        assert START_S + other_s <= at_s < START_S + other_s + WAIT_AT_MOST_S
        assert switch_fault(running, running.second_at(at_s), joined, joined.second_at(at_s)) is None
        in_step += joined.offset_s == other_s
    assert in_step > 80
