"""The monitor over programmes and switches."""

from __future__ import annotations

import pytest

from signal_plans.monitor import (
    Fault,
    OnlineMonitor,
    lamps_of,
    monitor_rules,
    programme_fault,
    read_fault,
    switch_fault,
)
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.switching import is_worth_a_switch, plan_switch, switch_second
from signal_plans.timing import programme_from_stages


@pytest.fixture
def programmes(crossing):
    return programme_from_stages(crossing, (22, 22), "old"), programme_from_stages(crossing, (30, 14), "new")


def shifted(programme, shift_s, **changes):
    greens = {
        group: tuple(
            GreenWindow(start_s=(window.start_s + shift_s) % programme.cycle_s, length_s=window.length_s)
            for window in windows
        )
        for group, windows in programme.greens.items()
    }
    return greens | changes


def test_safe_programme_has_no_fault(crossing, programmes):
    assert programme_fault(crossing, 60, programmes[0].greens) is None


@pytest.mark.parametrize("shift_s", [0, 17, 31, 59])
@pytest.mark.parametrize(
    ("group", "start_s", "length_s", "kind"),
    [
        ("E", 29, 22, "intergreen"),
        ("FN", 30, 23, "intergreen"),
        ("N", 0, 26, "intergreen"),
        ("N", 0, 7, "min_green"),
        ("FE", 0, 6, "min_green"),
    ],
)
def test_every_mutant_of_a_safe_programme_is_caught(crossing, programmes, shift_s, group, start_s, length_s, kind):
    mutant = (GreenWindow(start_s=(start_s + shift_s) % 60, length_s=length_s),)
    fault = programme_fault(crossing, 60, shifted(programmes[0], shift_s, **{group: mutant}))
    assert fault is not None
    assert fault.kind == kind
    assert fault.missing_s == 1


def test_dropped_group_is_caught(crossing, programmes):
    fault = programme_fault(crossing, 60, shifted(programmes[0], 0, W=()))
    assert fault is not None
    assert (fault.kind, fault.entering) == ("never_green", "W")


def test_switch_at_the_start_of_the_first_stage_is_safe(programmes):
    old, new = programmes
    assert switch_fault(old, 0, new, 0) is None


def test_switch_into_a_conflicting_green_is_a_fault_in_words(programmes):
    old, new = programmes
    fault = switch_fault(old, 10, new, 45)
    assert fault is not None
    assert fault.second == 0
    assert "at second 0 misses" in str(fault)


def test_plan_joins_both_programmes_at_their_first_stage(programmes):
    old, new = programmes
    joined, at_s = plan_switch(old, new, 1_000)
    assert at_s == 1_020  # the first multiple of 60 from 1,000 on: the old offset is 0
    assert joined.second_at(at_s) == 0
    assert joined.offset_s == 1_020 % 60


@pytest.fixture
def filter_layout(build):
    """Pedestrians P, then vehicles B and a filter arrow L that conflicts with nobody."""
    groups = [build.pedestrian("P"), build.vehicle("B"), build.vehicle("L")]
    return build.layout(groups, {("P", "B"): 8, ("B", "P"): 8}, [["P"], ["B", "L"]])


def with_filter(layout, programme_id, length_s):
    windows = {"P": (0, 22), "B": (30, 22), "L": (30, length_s)}
    greens = {group: (GreenWindow(start_s=s, length_s=n),) for group, (s, n) in windows.items()}
    return SignalProgramme(id=programme_id, layout=layout, cycle_s=60, offset_s=0, greens=greens)


def test_plan_finds_another_entry_where_an_amber_would_be_cut(filter_layout):
    # the arrow's amber begins at second 59 in one, 58 in the other: entering at 59 keeps its 3 s, P waits a second
    joined, at_s = plan_switch(with_filter(filter_layout, "old", 29), with_filter(filter_layout, "new", 28), 1_000)
    assert (at_s, joined.second_at(at_s)) == (1_020, 59)


def test_plan_that_cannot_be_made_safe_comes_back_as_a_fault(build):
    # the arrow runs with P in one and with B in the other, red-amber of the one overlaps amber of the other
    groups = [build.vehicle("P"), build.vehicle("B"), build.vehicle("L")]
    layout = build.layout(groups, {("P", "B"): 3}, [["P"], ["B", "L"]])

    def with_arrow(at_s):
        windows = {"P": 0, "B": 25, "L": at_s}
        greens = {group: (GreenWindow(start_s=s, length_s=22),) for group, s in windows.items()}
        return SignalProgramme(id=str(at_s), layout=layout, cycle_s=50, offset_s=0, greens=greens)

    fault = plan_switch(with_arrow(0), with_arrow(25), 1_000)
    assert isinstance(fault, Fault)
    assert (fault.kind, fault.entering) == ("sequence", "L")


def test_plan_leaves_at_another_second_where_no_entry_fits_the_first(build):
    # the arrow's amber runs over the switch second in one programme: 28 s after its begin, not 22
    groups = [build.vehicle("P"), build.vehicle("B"), build.vehicle("L")]
    layout = build.layout(groups, {("P", "B"): 8, ("B", "P"): 8}, [["P"], ["B", "L"]])
    old, new = with_filter(layout, "old", 28), with_filter(layout, "new", 22)
    assert all(switch_fault(old, 0, new, enter) for enter in range(60))
    joined, at_s = plan_switch(old, new, 1_000)
    assert at_s == 1_021
    assert switch_fault(old, 1, new, joined.second_at(at_s)) is None


def test_switch_second_is_zero_where_the_first_stage_is_never_whole(crossing, programmes):
    apart = shifted(
        programmes[0], 0, N=(GreenWindow(start_s=0, length_s=10),), FE=(GreenWindow(start_s=12, length_s=10),)
    )
    programme = SignalProgramme(id="apart", layout=crossing, cycle_s=60, offset_s=0, greens=apart)
    assert switch_second(programme) == 0


def test_change_below_three_seconds_is_not_worth_a_switch(crossing, programmes):
    assert not is_worth_a_switch(programmes[0], programme_from_stages(crossing, (24, 20), "p"), 3)
    assert is_worth_a_switch(programmes[0], programme_from_stages(crossing, (25, 19), "p"), 3)
    assert is_worth_a_switch(programmes[0], programme_from_stages(crossing, (24, 24), "p"), 3)


def test_online_monitor_refuses_the_second_that_breaks_a_rule(crossing, programmes):
    watch = OnlineMonitor(monitor_rules([crossing]))
    lamps = lamps_of(crossing, 60, programmes[0].greens, 0, 29)
    for lamp in lamps:
        assert watch.judge(lamp)[0, 0] == 0
        watch.remember(lamp)
    too_early = lamps_of(crossing, 60, programmes[0].greens, 30, 1)[0]
    fault = read_fault(crossing, watch.judge(too_early)[0])
    assert fault is not None
    watch.forget()
    assert watch.judge(too_early)[0, 0] == 0
