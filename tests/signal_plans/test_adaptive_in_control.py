"""Adaptive control drives lamps: it takes over, is held to its rules, and hands back to programmes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.requests import Requests
from signal_plans.adaptive.settings import AdaptiveSettings
from signal_plans.adaptive.sightings import Sightings
from signal_plans.announcement import WISH_VALIDITY_S, WISHES_EVERY_S, Announcement, validity_s
from signal_plans.control import SignalControl
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.mode import ModeKind, mode_of
from signal_plans.monitor import OnlineMonitor
from signal_plans.observed import Observed
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.stage_choosing import QUIET_S
from signal_plans.stage_guard import LONGEST_RED_S
from signal_plans.timing import programme_from_stages
from signal_plans.view import junction_views

START_S = 1_800_000_000
NOBODY = Sightings(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
READY = Observed(adaptive_ready=np.array([True]), sightings=NOBODY)
STALE = Observed(adaptive_ready=np.array([False]))
SILENT = np.zeros(6, np.bool_)
N, E, S, W, FN, FE = range(6)


class Chooser:
    """Changes the stage every so many seconds of green, or never; keeps what it was told."""

    def __init__(self, every_s):
        self.exits = ("a", "b")
        self.settings = AdaptiveSettings()
        self.every_s = every_s
        self.told = []
        self.red_cost_s = None

    def step(self, sightings, running, exit_slow, _requests, red_cost_s):
        self.red_cost_s = red_cost_s
        assert sightings is NOBODY
        assert exit_slow.tolist() == [False, False]
        self.told.append(running)
        due = running.ready & (running.elapsed_s >= self.every_s)
        return np.where(due, 1 - running.stage, -1)


@pytest.fixture
def start(build):
    """A control of one junction with programmes P1 and P2 under adaptive control, and the desk of its operators."""

    def make(every_s=15):
        layout = build.crossing("J")
        two = tuple(programme_from_stages(layout, g, n, o) for n, g, o in (("P1", (22, 22), 0), ("P2", (40, 30), 17)))
        chooser = Chooser(every_s)
        junctions = {"J": Junction(layout=layout, programmes=two)}
        control = SignalControl(junctions, build.network(["J"]), SignalSettings(), adaptive=chooser)
        control.adaptive_allowed[:] = True
        return control, chooser

    return make


def play(control, seconds, observed=READY):
    states = [control.step(t, np.zeros(6), SILENT, observed) for t in seconds]
    return states, [d for s in states for d in s.decisions], [e for s in states for e in s.events]


def is_sound(control, states):
    lamps = np.ascontiguousarray([state.lamp for state in states])
    return OnlineMonitor(control.town.rules).judge_sequence(lamps)[0, 0] == 0


def wish(word, now_s, minutes=30.0):
    until_s = now_s + 60 * minutes
    return OperatorWish(
        junction_id="J", mode=mode_of(word), valid_from_s=now_s, valid_until_s=until_s, text="test", key_id="desk"
    )


def test_it_takes_over_from_what_is_shown_and_every_wish_is_a_command(start):
    control, _ = start()
    states, said, events = play(control, range(START_S + 20, START_S + 420))
    assert events == []
    assert is_sound(control, states)
    kinds = [decision.kind for decision in said]
    assert kinds == [ModeKind.PROGRAMME, *[ModeKind.ADAPTIVE] * (len(said) - 1)]
    taken = said[1]
    assert taken.reason is SignalReason.ADAPTIVE_ON
    assert taken.valid_from_s == START_S + 25
    assert taken.wish.from_s == START_S + 25
    assert taken.wish.stage_id == "2", "after the change that is under way"
    stages = [decision.wish.stage_id for decision in said[1:]]
    assert stages == ["2", "1"] * (len(stages) // 2) + ["2"] * (len(stages) % 2)
    assert all(decision.wish.groups == ("N", "S", "FE") for decision in said[2::2])
    assert 10 <= len(said) <= 20
    assert said[2].valid_from_s == said[2].wish.from_s
    assert control.running("J") == said[-1]


def test_the_controller_is_told_what_runs_and_when_it_may_end(start):
    control, chooser = start()
    states, said, _ = play(control, range(START_S + 20, START_S + 200))
    began = said[2].valid_from_s  # stage 1 is wished: 15 s of stage 2 and of its 5 s of intergreen are over
    told = chooser.told[began - START_S - 26 :]
    assert [bool(each.green[0]) for each in told[:6]] == [True, False, False, False, False, False]
    green = next(i for i, each in enumerate(told) if i and each.green[0])
    # FN clears in 8 s, then N, S and FE begin; FE has a minimum of 7 s, the vehicles one of 8 s
    assert green == 9
    assert [int(each.elapsed_s[0]) for each in told[green : green + 3]] == [1, 2, 3]
    assert [bool(each.ready[0]) for each in told[green : green + 9]] == [False] * 7 + [True] * 2
    assert {int(each.stage[0]) for each in told[1 : green + 15]} == {0}
    view = states[began + 9 - START_S - 20]
    (shown,) = junction_views(control, view)
    assert (shown.stage_id, shown.lamps["N"]) == ("1", Lamp.GREEN)
    assert view.stage_since_s[0] == began + 8


def test_nobody_waits_longer_than_the_longest_red_and_a_change(start):
    control, _ = start(every_s=10_000)
    states, said, _ = play(control, range(START_S, START_S + 1_000))
    reasons = [decision.reason for decision in said[2:]]
    assert set(reasons) == {SignalReason.ADAPTIVE_LONGEST_RED}
    assert {decision.detail for decision in said[2:]} == {"FN", "FE"}
    green = np.array([state.lamp for state in states]) == Lamp.GREEN
    for group in (FN, FE):
        times = np.flatnonzero(green[:, group])
        assert np.diff(times).max() <= LONGEST_RED_S + 10


def test_silent_sensors_bring_the_programme_back_and_it_works_again_after_a_quiet_time(start):
    control, _ = start()
    states, _, _ = play(control, range(START_S, START_S + 200))
    at_s = START_S + 200
    more, said, events = play(control, range(at_s, at_s + 1), STALE)
    assert [event.reason for event in events] == [SignalReason.ADAPTIVE_DEGRADED]
    (back,) = said
    assert (back.programme.id, back.reason) == ("P1", SignalReason.DETECTORS_STALE)
    assert at_s + 5 <= back.valid_from_s <= at_s + 60
    assert back.wish.from_s == at_s + 1
    states += more
    more, said, _ = play(control, range(at_s + 1, at_s + QUIET_S))
    assert said == []
    assert control.running("J") == replace(back, wish=None)
    states += more
    more, said, _ = play(control, range(at_s + QUIET_S, at_s + QUIET_S + 8))
    assert next(decision.kind for decision in said) is ModeKind.ADAPTIVE
    assert is_sound(control, [*states, *more])


def test_a_programme_asked_for_by_an_operator_is_joined_in_step(start):
    for waited_s in range(0, 40, 3):
        control, _ = start()
        states, _, _ = play(control, range(START_S, START_S + 100 + waited_s))
        at_s = START_S + 100 + waited_s
        assert OperatorDesk(control).take(wish("P2", at_s), at_s) is None
        more, said, events = play(control, range(at_s, at_s + 300))
        assert [event.reason for event in events] == [SignalReason.OPERATOR_WISH, SignalReason.ADAPTIVE_OFF]
        assert said[0].programme.offset_s == 17
        assert said[0].valid_from_s <= at_s + 60
        assert control.running("J").programme.id == "P2"
        assert is_sound(control, states + more)


def test_it_can_be_switched_off_and_on_again(start):
    control, _ = start()
    desk = OperatorDesk(control)
    play(control, range(START_S, START_S + 107))
    desk.take(wish("off", START_S + 107, minutes=1), START_S + 107)
    _, said, events = play(control, range(START_S + 107, START_S + 160))
    assert [decision.kind for decision in said] == [ModeKind.OFF]
    assert said[0].wish is None
    assert [event.reason for event in events] == [SignalReason.OPERATOR_WISH, SignalReason.ADAPTIVE_OFF]
    _, said, events = play(control, range(START_S + 160, START_S + 260))
    assert [event.reason for event in events] == [SignalReason.WISH_EXPIRED]
    assert control.running("J").kind is ModeKind.ADAPTIVE


def test_a_fault_brings_the_fallback_for_a_while(start, monkeypatch):
    control, _ = start()
    play(control, range(START_S, START_S + 100))

    def broken(*arguments):
        arguments[-1][:] = Lamp.GREEN

    with monkeypatch.context() as patch:
        patch.setattr("signal_plans.stage_player.run_stages", broken)
        _, _, events = play(control, range(START_S + 100, START_S + 101))
    assert [event.reason for event in events] == [SignalReason.MONITOR_FAULT, SignalReason.ADAPTIVE_DEGRADED]
    play(control, range(START_S + 101, START_S + 400))
    assert control.running("J").mode == mode_of("P1")
    assert control.running("J").reason is SignalReason.MONITOR_FAULT


def test_a_clock_that_was_set_back_changes_no_lamp(start):
    control, _ = start()
    states, _, _ = play(control, range(START_S, START_S + 100))
    more, said, events = play(control, range(START_S + 40, START_S + 140))
    assert events == []
    assert said[0].reason is SignalReason.CLOCK_STEPPED_BACK
    assert is_sound(control, states + more)
    assert control.running("J").kind is ModeKind.ADAPTIVE


def test_a_pause_of_seconds_is_played_and_a_long_one_begins_anew(start):
    control, _ = start()
    play(control, range(START_S, START_S + 100))
    state = control.step(START_S + 130, np.zeros(6), SILENT, READY)
    assert state.skipped_s == 30
    assert state.events == ()
    state = control.step(START_S + 5_000, np.zeros(6), SILENT, READY)
    assert state.events == ()
    assert (state.lamp == Lamp.GREEN).any()


def test_a_restart_goes_on_with_the_stage_and_with_the_way_back(start):
    control, _ = start()
    play(control, range(START_S, START_S + 100))
    again, _ = start()
    assert again.restore(control.commands()) == ()
    _, said, events = play(again, range(START_S + 100, START_S + 110))
    assert events == []
    assert [decision.kind for decision in said] == [ModeKind.ADAPTIVE] * len(said)
    control.adaptive_allowed[:] = False
    play(control, range(START_S + 100, START_S + 101))
    running, back = control.commands()
    assert running.kind is ModeKind.ADAPTIVE
    third, _ = start()
    third.adaptive_allowed[:] = False
    assert third.restore((running, back)) == ()
    _, said, events = play(third, range(START_S + 101, START_S + 200))
    assert (said, events) == ([], [])
    assert third.running("J") == replace(back, wish=None)


def test_without_a_controller_nothing_is_ready(build):
    control = SignalControl({"J": build.junction("J")}, build.network(["J"]), SignalSettings())
    control.adaptive_allowed[:] = True
    _, said, _ = play(control, range(START_S, START_S + 30))
    assert [decision.kind for decision in said] == [ModeKind.PROGRAMME]
    assert not control.adaptive_ready.any()


def test_a_wished_stage_is_said_again_well_before_it_expires(start):
    control, _ = start(every_s=10_000)
    announcement = Announcement()
    times = []
    for t in range(START_S, START_S + 100):
        state = control.step(t, np.zeros(6), SILENT, READY)
        for decision in announcement.due(control, state.decisions, t):
            if decision.kind is ModeKind.ADAPTIVE:
                assert validity_s(decision) == WISH_VALIDITY_S
                times.append(t)
    assert set(np.diff(times)) == {WISHES_EVERY_S}
    assert announcement.again_at_s == times[-1] + WISHES_EVERY_S


def test_a_button_that_fails_is_an_event_with_its_group(start):
    control, _ = start()
    control.step(START_S, np.zeros(6), SILENT, READY)
    broken = replace(READY, requests=Requests(faults=((FN, "button silent for 24 h"),)))
    events = control.step(START_S + 1, np.zeros(6), SILENT, broken).events
    assert [(event.junction_id, event.reason, event.detail) for event in events] == [
        ("J", SignalReason.BUTTON_FAULT, "FN: button silent for 24 h")
    ]


def test_what_red_costs_by_the_programme_beside_is_told_where_it_has_a_weight(start, build):
    control, chooser = start()
    play(control, range(START_S, START_S + 60))
    assert chooser.red_cost_s is None
    layout = build.crossing("J")
    two = (programme_from_stages(layout, (40, 30), "P1", 0),)
    chooser = Chooser(15)
    chooser.settings = AdaptiveSettings(coordination_weight=2.0)
    control = SignalControl(
        {"J": Junction(layout=layout, programmes=two)}, build.network(["J"]), SignalSettings(), adaptive=chooser
    )
    control.adaptive_allowed[:] = True
    play(control, range(START_S, START_S + 60))
    assert chooser.red_cost_s.shape == (4, chooser.settings.horizon_s)
    assert sorted(set(chooser.red_cost_s.ravel().tolist())) == [0.0, 2.0]
