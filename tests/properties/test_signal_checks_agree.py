"""Two independent checks of a programme agree, on safe and on unsafe ones."""

from __future__ import annotations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.interval_check import violations
from signal_plans.layout import SignalLayout, Stage
from signal_plans.monitor import programme_fault
from signal_plans.programme import GreenWindow
from signal_plans.signal_group import GroupKind, SignalGroup

NAMES = ("A", "B", "C", "D")


@st.composite
def groups(draw):
    found = {}
    for name in NAMES[: draw(st.integers(2, 4))]:
        if draw(st.booleans()):
            found[name] = SignalGroup(
                id=name,
                kind=GroupKind.VEHICLE,
                min_green_s=draw(st.integers(5, 8)),
                amber_s=draw(st.integers(3, 5)),
                red_amber_s=draw(st.integers(1, 2)),
                turns=("T",),
                saturation_flow_veh_h=1_800.0,
            )
        else:
            found[name] = SignalGroup(
                id=name, kind=GroupKind.PEDESTRIAN, min_green_s=draw(st.integers(1, 9)), amber_s=0, red_amber_s=0
            )
    return found


@st.composite
def layouts(draw):
    """Any groups and any intergreens; each group has a stage of its own, which the checks do not look at."""
    found = draw(groups())
    names = list(found)
    times_s = {}
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            if draw(st.booleans()):
                times_s[a, b], times_s[b, a] = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    return SignalLayout(
        junction_id="J",
        name="J",
        groups=found,
        intergreen=IntergreenMatrix(times_s),
        stages=tuple(Stage(id=name, groups=frozenset((name,))) for name in names),
    )


@st.composite
def windows(draw, cycle_s):
    """One or two greens that do not touch: where they do, one check sees two greens and the other a single one."""
    start_s, length_s = draw(st.integers(0, cycle_s - 1)), draw(st.integers(1, cycle_s - 1))
    first = GreenWindow(start_s=start_s, length_s=length_s)
    left_s = cycle_s - length_s
    if left_s < 3 or draw(st.booleans()):
        return (first,)
    pause_s = draw(st.integers(1, left_s - 2))
    second = GreenWindow(
        start_s=(start_s + length_s + pause_s) % cycle_s, length_s=draw(st.integers(1, left_s - pause_s - 1))
    )
    return (first, second)


@st.composite
def row_of_greens(draw, layout):
    """Greens one after the other with pauses around the intergreens: often safe, often short of it by a second."""
    position, starts = draw(st.integers(0, 60)), {}
    order = draw(st.permutations(list(layout.groups)))
    for i, group in enumerate(order):
        following = order[(i + 1) % len(order)]
        length_s = layout.groups[group].min_green_s + draw(st.integers(-1, 6))
        starts[group] = (position, max(1, length_s))
        least_s = max(layout.intergreen.between_s(group, other) for other in (following, *order) if other != group)
        position += max(1, length_s) + max(0, least_s + draw(st.sampled_from((-1, 0, 0, 0, 0, 1))))
    cycle_s = max(20, position - starts[order[0]][0])
    return cycle_s, {
        group: (GreenWindow(start_s=start_s % cycle_s, length_s=length_s),)
        for group, (start_s, length_s) in starts.items()
    }


@st.composite
def cases(draw):
    layout = draw(layouts())
    if draw(st.booleans()):
        return (layout, *draw(row_of_greens(layout)))
    cycle_s = draw(st.integers(20, 60))
    return layout, cycle_s, {group: draw(windows(cycle_s)) for group in layout.groups}


@settings(max_examples=250, deadline=None)
@given(cases())
def test_interval_check_and_monitor_agree(case):
    layout, cycle_s, greens = case
    found, fault = violations(layout, cycle_s, greens), programme_fault(layout, cycle_s, greens)
    event("unsafe" if found else "safe")
    assert bool(found) == (fault is not None), (found, fault)
