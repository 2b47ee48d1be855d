from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.coordination.steady_runs import steady_runs
from signal_plans.coordination.transition import Transition, Transitions
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.monitor import Fault, OnlineMonitor, lamps_of, monitor_rules, switch_fault
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

_PAIRS = {("A", "C"): 5, ("A", "D"): 6, ("B", "C"): 4, ("B", "D"): 5, ("C", "D"): 5, ("F", "C"): 9, ("F", "D"): 8}
THREE_STAGES = SignalLayout(
    junction_id="T",
    name="T",
    groups={
        group: SignalGroup(
            id=group,
            kind=GroupKind.PEDESTRIAN if group == "F" else GroupKind.VEHICLE,
            min_green_s=6,
            amber_s=0 if group == "F" else 3,
            red_amber_s=0 if group == "F" else 1,
            turns=() if group == "F" else (group,),
            saturation_flow_veh_h=0.0 if group == "F" else 1_800.0,
        )
        for group in "ABCDF"
    },
    intergreen=IntergreenMatrix(_PAIRS | {(b, a): time_s for (a, b), time_s in _PAIRS.items()}),
    stages=tuple(Stage(id=groups, groups=frozenset(groups)) for groups in ("ABF", "C", "D")),
)


def made(crossing, green_s, offset_s, name="P"):
    return programme_from_stages(crossing, green_s, name, offset_s)


def test_programme_that_only_changes_its_name_is_joined_at_once(crossing):
    running = made(crossing, (22, 22), 5)
    change = Transitions(running, replace(running, id="Q")).shortest(100)
    assert (change.way, change.length_s, change.arrive_s) == ("join", 0, 100)


def test_offset_five_seconds_later_is_reached_by_holding_the_next_green(crossing):
    running, following = made(crossing, (22, 22), 0), made(crossing, (22, 22), 5)
    # asked at second 0 of the cycle of 60: the first green ends at 22, is held to 27, and all is in step
    change = Transitions(running, following).shortest(0)
    assert change.way in {"hold", "join"}
    assert change.arrive_s <= 27
    assert following.second_at(change.arrive_s) == change.arrive_s - 5


def test_offset_a_little_earlier_is_reached_by_shortening(crossing):
    running, following = made(crossing, (30, 30), 4), made(crossing, (30, 30), 0)
    change = Transitions(running, following).shortest(4)
    assert change.length_s < running.cycle_s
    assert change.way in {"shorten", "join"}


def test_longest_is_that_of_the_worst_second_to_ask(crossing):
    changes = Transitions(made(crossing, (22, 22), 0), made(crossing, (22, 22), 25))
    lengths = [changes.shortest(asked_s).length_s for asked_s in range(60)]
    assert changes.longest().length_s == max(lengths)


def test_transition_is_no_longer_than_two_cycles_for_any_offset(crossing):
    running = made(crossing, (22, 22), 0)
    worst = [Transitions(running, made(crossing, (22, 22), offset_s)).longest() for offset_s in (9, 35)]
    assert max(change.length_s for change in worst) <= 120


def test_programmes_of_two_junctions_have_no_transition(crossing, build):
    with pytest.raises(InvalidValueError, match=r"junction\[J\].layout = 'K': must be the same"):
        Transitions(made(crossing, (22, 22), 0), made(build.crossing("K"), (22, 22), 0))


def test_time_can_be_held_or_left_out_where_no_lamp_changes(crossing):
    programme = made(crossing, (22, 22), 0)
    lamps = lamps_of(crossing, 60, programme.greens, 0, 60)
    runs = steady_runs(programme, lamps)
    assert [run.first for run in runs] == [0, 30]
    for run in runs:
        seen = {lamps[second].tobytes() for second in range(run.first, run.first + run.length_s)}
        assert len(seen) == 1
        assert not np.isin(lamps[run.first], (Lamp.AMBER, Lamp.RED_AMBER)).any()
        assert run.spare_s == 22 - 8  # the minimum green of the vehicles is 8 s


@pytest.mark.slow
@settings(max_examples=25)
@given(st.data())
def test_every_second_of_a_transition_passes_the_monitor_and_ends_in_step(data):
    green = st.integers(8, 22)
    greens = data.draw(st.tuples(green, green, green)), data.draw(st.tuples(green, green, green))
    running = made(THREE_STAGES, greens[0], data.draw(st.integers(0, 30)))
    following = made(THREE_STAGES, data.draw(st.sampled_from(greens)), data.draw(st.integers(0, 30)), "Q")
    changes = Transitions(running, following)
    asked_s = data.draw(st.integers(0, 10_000))
    change = changes.shortest(asked_s)
    assert isinstance(change, Transition)
    assert asked_s <= change.leave_s <= change.arrive_s
    lamps = changes.lamps(change)
    assert OnlineMonitor(monitor_rules([THREE_STAGES])).judge_sequence(lamps)[0, 0] == 0
    before, after = 2 * running.cycle_s, 2 * following.cycle_s
    shown = [running.second_at(t) for t in range(change.leave_s - before, change.leave_s)]
    first = lamps_of(THREE_STAGES, running.cycle_s, running.greens, shown[0], before)
    last = lamps_of(THREE_STAGES, following.cycle_s, following.greens, following.second_at(change.arrive_s), after)
    assert (lamps[:before] == first).all()
    assert (lamps[-after:] == last).all()


def test_join_is_taken_only_where_the_switch_is_safe(crossing):
    running, following = made(crossing, (22, 22), 0), made(crossing, (26, 18), 11)
    for asked_s in range(0, 60, 5):
        change = Transitions(running, following).shortest(asked_s)
        assert not isinstance(change, Fault)
        if change.way == "join":
            pair = running.second_at(change.leave_s), following.second_at(change.leave_s)
            assert switch_fault(running, pair[0], following, pair[1]) is None
