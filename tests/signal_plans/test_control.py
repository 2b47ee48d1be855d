"""The control of the town: when it computes, switches, falls back, and what it says about it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.decision import SignalDecision
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.monitor import Fault
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

START_S = 1_800_000_000  # a multiple of 60 and of 300
N, E, S, W, FN, FE = range(6)
FLOW = np.array([700.0, 200.0, 600.0, 100.0, 0.0, 0.0])
SILENT = np.zeros(6, np.bool_)


@pytest.fixture
def start(build):
    def make(names=("J",), **settings):
        junctions = {name: build.junction(name) for name in names}
        return SignalControl(junctions, build.network(names), SignalSettings(**settings))

    return make


def known(control):
    return control.town.is_vehicle


def play(control, seconds, flow=FLOW, heard=None):
    """Step second by second and collect what was said."""
    heard = known(control) if heard is None else heard
    states = [control.step(t, flow, heard) for t in seconds]
    return states, [d for state in states for d in state.decisions], [e for state in states for e in state.events]


def test_first_step_starts_the_fallback_and_says_so(start):
    control = start()
    state = control.step(START_S + 5.7, FLOW, SILENT)
    (decision,) = state.decisions
    assert (decision.programme.id, decision.reason) == ("fixed", SignalReason.FALLBACK)
    assert (decision.valid_from_s, decision.programme.offset_s) == (START_S + 5, 0)
    assert control.running("J") == decision
    assert (state.now_s, state.second[0], state.stage[0]) == (START_S + 5, 5, 0)
    assert state.stage_since_s[0] == START_S
    assert state.lamp.tolist() == [Lamp.GREEN, Lamp.RED, Lamp.GREEN, Lamp.RED, Lamp.RED, Lamp.GREEN]
    assert state.events == ()
    assert state.skipped_s == 0


def test_stage_and_lamps_follow_the_programme(start):
    states, said, events = play(start(), range(START_S, START_S + 60), heard=SILENT)
    letters = "".join("rRga"[state.lamp[E]] for state in states)
    assert letters == "r" * 29 + "R" + "g" * 22 + "aaa" + "r" * 5
    assert [state.stage[0] for state in states] == [0] * 30 + [1] * 30
    assert len(said) == 1
    assert not events


def test_computed_programme_takes_over_at_the_next_start_of_the_first_stage(start):
    control = start()
    control.step(START_S + 1, FLOW, known(control))
    states, said, _ = play(control, range(START_S + 290, START_S + 301))
    (decision,) = said
    assert decision.reason is SignalReason.COMPUTED_FROM_COUNTS
    assert decision.valid_from_s == START_S + 360
    assert decision.programme.second_at(decision.valid_from_s) == 0
    # Y = 700/1800 + 200/1800 = 0.5, L = 16: 29 / 0.5 = 58 s, 42 s as 7 : 2 = 32.7 : 9.3
    assert decision.programme.cycle_s == 58
    # Stages are 8 s apart for pedestrians that clear; between vehicles 5 s are enough: their green lasts 3 s more
    assert decision.programme.greens["N"][0].length_s == 33 + 3
    assert control.running("J").programme.id == "fixed"
    assert control.commands() == (control.running("J"), decision)
    states, said, events = play(control, range(START_S + 301, START_S + 361))
    assert control.running("J") == decision
    assert (states[-2].second[0], states[-1].second[0]) == (59, 0)
    assert (said, events) == ([], [])


def test_small_change_does_not_switch(start):
    control = start()
    play(control, range(START_S + 290, START_S + 400))
    running = control.running("J")
    assert running.programme.id == "computed"
    _, said, _ = play(control, range(START_S + 400, START_S + 1_000), flow=FLOW * 1.01)
    assert said == []
    _, said, _ = play(control, range(START_S + 1_000, START_S + 1_300), flow=FLOW[[E, N, W, S, FN, FE]])
    assert len(said) == 1


def test_unknown_detectors_bring_the_fallback_back(start):
    control = start()
    play(control, range(START_S + 290, START_S + 500))
    heard = known(control).copy()
    heard[W] = False
    states, said, events = play(control, range(START_S + 500, START_S + 600), heard=heard)
    (decision,) = said
    assert (decision.programme.id, decision.reason) == ("fixed", SignalReason.DETECTORS_STALE)
    assert decision.valid_from_s >= START_S + 505
    assert control.running("J") == decision
    assert control.running("J").programme.second_at(decision.valid_from_s) == 0
    assert events == []
    assert not states[-1].load_known[0]


def test_junction_with_one_unknown_group_keeps_its_fallback(start):
    control = start()
    heard = known(control).copy()
    heard[W] = False
    _, said, _ = play(control, range(START_S + 290, START_S + 700), heard=heard)
    assert [decision.reason for decision in said] == [SignalReason.FALLBACK]


@pytest.mark.parametrize("broken", [np.nan, np.inf, -1.0])
def test_flow_that_is_no_flow_is_not_known(start, broken):
    control = start()
    flow = FLOW.copy()
    flow[W] = broken
    states, said, _ = play(control, range(START_S + 299, START_S + 302), flow=flow)
    assert len(said) == 1
    assert not states[-1].flow_known[W]
    for array in (states[-1].queue_veh, states[-1].load):
        assert np.isfinite(array).all()


def test_arrays_of_the_wrong_shape_are_refused(start):
    with pytest.raises(InvalidValueError, match="shape"):
        start().step(START_S, np.zeros(5), SILENT)


def test_skipped_seconds_are_played_and_counted(start):
    steady, jumping = start(), start()
    play(steady, range(START_S + 1, START_S + 400))
    for t in (START_S + 1, START_S + 100, START_S + 301):
        state = jumping.step(t, FLOW, known(jumping))
    assert state.skipped_s == 200
    assert [decision.valid_from_s for decision in state.decisions] == [START_S + 360]
    state = jumping.step(START_S + 399, FLOW, known(jumping))
    assert state.skipped_s == 97
    same = steady.step(START_S + 400, FLOW, known(steady)), jumping.step(START_S + 400, FLOW, known(jumping))
    for name in ("second", "stage", "stage_since_s", "lamp", "queue_veh"):
        assert getattr(same[0], name).tolist() == getattr(same[1], name).tolist(), name


def test_long_pause_makes_no_fault(start):
    control = start()
    play(control, range(START_S + 290, START_S + 310))
    state = control.step(START_S + 90_000, FLOW, known(control))
    assert state.skipped_s == 90_000 - 310
    assert state.events == ()
    assert control.running("J").programme.id == "computed"
    assert state.stage_since_s[0] > START_S + 89_900


def test_same_second_again_changes_nothing(start):
    control = start()
    control.step(START_S, FLOW, known(control))
    one, two = (control.step(START_S + 0.5 + i / 4, FLOW, known(control)) for i in range(2))
    assert one.queue_veh.tolist() == two.queue_veh.tolist()
    assert two.decisions == two.events == ()
    assert two.skipped_s == 0


def test_clock_set_back_goes_on_without_a_jump_of_lamps(start):
    control = start()
    states, _, _ = play(control, range(START_S, START_S + 20))
    more, said, events = play(control, range(START_S - 3_577, START_S - 3_500))
    assert [state.second[0] for state in (*states, *more)] == [t % 60 for t in range(97)]
    assert [decision.reason for decision in said] == [SignalReason.CLOCK_STEPPED_BACK]
    assert said[0].valid_from_s == START_S - 3_577
    assert events == []


def test_queue_builds_up_on_red_and_load_is_the_degree_of_saturation(start):
    states, _, _ = play(start(), range(START_S, START_S + 30))
    # E: 200 veh/h for 30 s of red; N: 700 / (1800 * 22 / 60)
    assert states[-1].queue_veh[E] == pytest.approx(30 * 200 / 3600)
    assert states[-1].load[0] == pytest.approx(700 / 660)


def test_restart_goes_on_with_the_same_lamps(start):
    control = start()
    play(control, range(START_S + 290, START_S + 380))
    again = start()
    again.restore(control.commands())
    for t in range(START_S + 380, START_S + 500):
        one, two = (each.step(t, FLOW, known(each)) for each in (control, again))
        assert one.lamp.tolist() == two.lamp.tolist()
        assert two.events == ()
    assert again.running("J") == control.running("J")


def test_restart_keeps_a_switch_that_is_still_to_come(start):
    control = start()
    play(control, range(START_S + 290, START_S + 310))
    again = start()
    again.restore(control.commands())
    state = again.step(START_S + 310, FLOW, known(again))
    assert state.decisions == ()
    assert [command.valid_from_s for command in again.commands()] == [START_S + 290, START_S + 360]
    play(again, range(START_S + 311, START_S + 361))
    assert again.running("J").programme.id == "computed"


def test_restore_gives_back_what_no_longer_fits(start, build):
    control = start()
    own = build.junction("J").fallback
    layout = own.layout
    fits = SignalDecision(junction_id="J", programme=own, valid_from_s=START_S, reason=SignalReason.FALLBACK)
    wrong = [
        replace(fits, junction_id="K"),
        replace(fits, programme=programme_from_stages(layout, (24, 20), "fixed")),
        replace(fits, programme=programme_from_stages(build.crossing("K"), (24, 20), "computed")),
    ]
    right = [
        replace(fits, programme=replace(own, offset_s=7)),
        replace(fits, programme=programme_from_stages(layout, (24, 20), "computed"), valid_from_s=START_S + 7),
    ]
    assert set(map(id, control.restore(wrong + right))) == set(map(id, wrong))
    control.step(START_S, FLOW, SILENT)
    assert control.commands() == tuple(right)
    with pytest.raises(InvalidValueError, match="before the first step"):
        control.restore([fits])


def test_of_many_commands_the_last_two_count(start, build):
    control = start()
    layout = build.crossing("J")
    commands = [
        SignalDecision(
            junction_id="J",
            programme=programme_from_stages(layout, (20 + i, 24 - i), "computed"),
            valid_from_s=START_S + i,
            reason=SignalReason.COMPUTED_FROM_COUNTS,
        )
        for i in range(4)
    ]
    assert control.restore(commands) == ()
    control.step(START_S, FLOW, SILENT)
    assert control.commands() == tuple(commands[2:])


def test_switch_that_breaks_a_rule_is_refused_and_the_old_programme_goes_on(start, build):
    old = build.junction("J").fallback
    careless = replace(programme_from_stages(build.crossing("J"), (30, 14), "computed"), offset_s=15)
    control = start()
    control.restore(
        [
            SignalDecision(junction_id="J", programme=programme, valid_from_s=at_s, reason=SignalReason.FALLBACK)
            for programme, at_s in ((old, START_S), (careless, START_S + 70))
        ]
    )
    states, said, events = play(control, range(START_S + 60, START_S + 100))
    assert [event.reason for event in events] == [SignalReason.REFUSED_BY_MONITOR]
    assert (events[0].at_s, events[0].junction_id) == (START_S + 70, "J")
    assert said[-1].reason is SignalReason.REFUSED_BY_MONITOR
    assert control.running("J").programme == old
    assert [state.second[0] for state in states] == list(range(40))


def test_programme_that_would_be_unsafe_is_not_built_and_becomes_an_event(build):
    # after N's green, S and W must wait 20 s; with a short green of E in between, N would clear too late
    arms = {"N": "N", "E": "E", "SW": "SW"}
    groups = [
        build.vehicle(group, [f"J{arm}{to}" for arm in served for to in "NESW" if to != arm], min_green_s=5)
        for group, served in arms.items()
    ]
    times_s = {("N", "SW"): 20, ("N", "E"): 5, ("E", "SW"): 5}
    both = {(b, a): 5 for a, b in times_s} | times_s
    layout = replace(build.layout(groups, times_s, [["N"], ["E"], ["SW"]]), intergreen=IntergreenMatrix(both))
    junction = Junction(layout=layout, programmes=(programme_from_stages(layout, (20, 12, 20), "fixed"),))
    control = SignalControl({"J": junction}, build.network(["J"]), SignalSettings())
    _, said, events = play(control, range(START_S + 290, START_S + 310), flow=np.array([700.0, 20.0, 300.0]))
    assert len(said) == 1
    assert [event.reason for event in events] == [SignalReason.REFUSED_BY_MONITOR]
    assert "N -> SW" in events[0].detail


def test_programme_that_no_switch_reaches_is_not_announced(start, monkeypatch):
    fault = Fault(1, 0, "sequence", "N", "N", 0)
    monkeypatch.setattr("signal_plans.control.plan_switch", lambda *_: fault)
    control = start()
    _, said, events = play(control, range(START_S + 290, START_S + 310))
    assert len(said) == 1
    assert [event.reason for event in events] == [SignalReason.REFUSED_BY_MONITOR]
    assert events[0].detail == str(fault)
    assert control.running("J").programme.id == "fixed"


def test_fault_of_a_running_programme_is_an_event(start):
    # a programme cannot be unsafe, so its row in the table is spoilt
    control = start()
    control.step(START_S, FLOW, SILENT)
    player = control._player
    player.table.start_s[E, 0] = 20
    _, said, events = play(control, range(START_S + 1, START_S + 22), heard=SILENT)
    assert said == []
    assert [event.reason for event in events] == [SignalReason.MONITOR_FAULT]
    assert events[0].at_s == START_S + 20
    assert events[0].detail.startswith("N -> E: intergreen")


def test_junctions_take_turns_within_the_interval(start):
    names = ("A", "B", "C")
    control = start(names)
    flow = np.tile(FLOW, 3)
    _, said, _ = play(control, range(START_S, START_S + 299), flow=flow)
    computed = [decision for decision in said if decision.reason is SignalReason.COMPUTED_FROM_COUNTS]
    assert [decision.junction_id for decision in computed] == ["A", "B", "C"]


def test_many_junctions_at_once_are_worked_off_in_several_steps(start, monkeypatch):
    monkeypatch.setattr("signal_plans.control.MOST_PROGRAMMES_PER_STEP", 2)
    control = start(("A", "B", "C", "D", "E"))
    flow, heard = np.tile(FLOW, 5), known(control)
    control.step(START_S + 1, flow, ~heard)
    counts = [len(control.step(START_S + 400 + i, flow, heard).decisions) for i in range(4)]
    assert counts == [2, 2, 1, 0]
    play(control, range(START_S + 404, START_S + 500), flow=flow)
    counts = [len(control.step(START_S + 500 + i, flow, ~heard).decisions) for i in range(4)]
    assert counts == [2, 2, 1, 0]


def test_town_without_signals_has_empty_states(build):
    control = SignalControl({}, build.network([]), SignalSettings())
    state = control.step(START_S, np.zeros(0), np.zeros(0, np.bool_))
    assert state.lamp.size == state.second.size == 0
    assert control.commands() == ()


def test_nothing_runs_before_the_first_step(start):
    control = start()
    assert control.commands() == ()
    assert control.running("J") is None
