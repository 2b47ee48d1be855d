"""The control does what is selected: on time, by verified switches only, and every command says why."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.day_plan import HOLIDAY, WEEKDAYS, Calendar, DayPlan, DayPlans, SwitchingTime
from signal_plans.decision import SignalDecision
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.mode import ModeKind, mode_of
from signal_plans.observed import Observed
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import SignalReason
from signal_plans.selection import NO_SELECTION, SelectionData
from signal_plans.selection_by_traffic import Quantity, TrafficPicture, TrafficRule
from signal_plans.settings import SignalSettings
from signal_plans.timing import programme_from_stages
from signal_plans.view import junction_views

MIDNIGHT_S = 1_795_474_800  # 2026-11-24 00:00 in Berlin, a Tuesday
FLOW = np.array([700.0, 200.0, 600.0, 100.0, 0.0, 0.0])
E = 1


def plans_of(*entries):
    times = tuple(SwitchingTime(minute=m, mode=mode_of(word), otherwise=other) for m, word, other in entries)
    plan = DayPlan(id="G", junctions=("J",), days=dict.fromkeys((*WEEKDAYS, HOLIDAY), times))
    return DayPlans(calendar=Calendar(zone=ZoneInfo("Europe/Berlin")), plans=(plan,))


@pytest.fixture
def start(build):
    """A control of one junction with programmes P1 and P2, and the desk of its operators."""

    def make(data=NO_SELECTION, **settings):
        layout = build.crossing("J")
        supplied = (("P1", (22, 22), 0), ("P2", (40, 30), 17))
        two = tuple(programme_from_stages(layout, greens, name, offset_s) for name, greens, offset_s in supplied)
        junctions = {"J": Junction(layout=layout, programmes=two)}
        network = build.network(["J"])
        adaptive = build.adaptive(network, junctions)
        control = SignalControl(junctions, network, SignalSettings(**settings), data, adaptive)
        return control, OperatorDesk(control)

    return make


def play(control, seconds, *, heard=True, observed=None):
    known = control.town.is_vehicle if heard else np.zeros(6, np.bool_)
    states = [control.step(t, FLOW, known, *([observed] if observed else [])) for t in seconds]
    assert all(event.reason is not SignalReason.MONITOR_FAULT for state in states for event in state.events)
    said = [d for state in states for d in state.decisions]
    return [(d.mode, d.reason) for d in said], said, [e for state in states for e in state.events]


def wish(word, now_s, minutes=30.0):
    return OperatorWish(
        junction_id="J",
        mode=mode_of(word),
        valid_from_s=now_s,
        valid_until_s=now_s + 60 * minutes,
        text="Umleitung",
        key_id="desk",
    )


def test_the_day_plan_switches_at_its_time_to_the_supplied_offset(start):
    control, _ = start(SelectionData(plans=plans_of((0, "P1", ""), (360, "P2", ""))))
    six_s = MIDNIGHT_S + 6 * 3_600
    told, _, _ = play(control, range(six_s - 100, six_s))
    assert [(str(mode), reason) for mode, reason in told] == [
        ("P1", SignalReason.FALLBACK), ("P1", SignalReason.DAY_PLAN)
    ]  # fmt: skip
    told, said, events = play(control, range(six_s, six_s + 200))
    assert [(str(mode), reason) for mode, reason in told] == [("P2", SignalReason.DAY_PLAN)]
    assert said[0].programme.offset_s == 17, "in step with its neighbours"
    assert said[0].detail == "G: tue 06:00 P2"
    assert six_s + 5 <= said[0].valid_from_s <= six_s + 185
    assert control.running("J") == said[0]
    assert events == []


def test_a_plan_that_asks_for_computing_computes_at_once_and_has_a_substitute(start):
    control, _ = start(SelectionData(plans=plans_of((0, "P2", ""), (360, "computed", "P2"))))
    six_s = MIDNIGHT_S + 6 * 3_600
    play(control, range(six_s - 300, six_s + 1))
    told, _, _ = play(control, range(six_s + 1, six_s + 120))
    assert told == [], "already announced"
    assert control.running("J").mode.kind is ModeKind.COMPUTED
    told, _, _ = play(control, range(six_s + 120, six_s + 500), heard=False)
    assert [(str(mode), reason) for mode, reason in told] == [("P2", SignalReason.DETECTORS_STALE)]


def test_an_operator_overrules_the_plan_until_the_wish_ends(start):
    control, desk = start(SelectionData(plans=plans_of((0, "P1", ""))))
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 60))
    assert desk.take(wish("P2", MIDNIGHT_S + 60, minutes=10), MIDNIGHT_S + 60) is None
    told, said, events = play(control, range(MIDNIGHT_S + 60, MIDNIGHT_S + 600))
    assert [(str(mode), reason) for mode, reason in told] == [("P2", SignalReason.OPERATOR_WISH)]
    assert said[0].detail == "P2 by desk: Umleitung"
    assert [event.reason for event in events] == [SignalReason.OPERATOR_WISH]
    told, _, events = play(control, range(MIDNIGHT_S + 600, MIDNIGHT_S + 900))
    assert [event.reason for event in events] == [SignalReason.WISH_EXPIRED]
    assert [(str(mode), reason) for mode, reason in told] == [("P1", SignalReason.DAY_PLAN)]


def test_a_dark_junction_lights_up_when_the_wish_ends_although_a_queue_stands(start):
    control, desk = start()
    queue = Observed(occupancy_share=np.array([np.nan, 0.9, np.nan, 0.9, np.nan, np.nan]))
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 60), observed=queue)
    desk.take(wish("off", MIDNIGHT_S + 60, minutes=1), MIDNIGHT_S + 60)
    play(control, range(MIDNIGHT_S + 60, MIDNIGHT_S + 120), observed=queue)
    assert control.running("J").mode.kind is ModeKind.OFF
    play(control, range(MIDNIGHT_S + 120, MIDNIGHT_S + 420), observed=queue)
    assert control.running("J").mode.kind not in {ModeKind.OFF, ModeKind.FLASHING}


def test_a_wish_for_what_runs_changes_the_reason_and_no_lamp(start):
    control, desk = start()
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 60), heard=False)
    before = control.running("J")
    desk.take(wish("P1", MIDNIGHT_S + 60, minutes=1), MIDNIGHT_S + 60)
    _, said, _ = play(control, range(MIDNIGHT_S + 60, MIDNIGHT_S + 70), heard=False)
    assert said == [replace(before, reason=SignalReason.OPERATOR_WISH)]
    told, _, _ = play(control, range(MIDNIGHT_S + 70, MIDNIGHT_S + 200), heard=False)
    assert told == [(before.mode, SignalReason.DETECTORS_STALE)]


def test_a_wish_does_not_wait_for_a_switch_that_is_announced(start):
    control, desk = start()
    play(control, range(MIDNIGHT_S + 290, MIDNIGHT_S + 310))
    computed = control.commands()[-1]
    assert computed.mode.kind is ModeKind.COMPUTED
    assert computed.valid_from_s > MIDNIGHT_S + 330
    desk.take(wish("off", MIDNIGHT_S + 310), MIDNIGHT_S + 310)
    told, said, _ = play(control, range(MIDNIGHT_S + 310, MIDNIGHT_S + 320))
    assert [mode.kind for mode, _ in told] == [ModeKind.OFF]
    assert said[0].valid_from_s == MIDNIGHT_S + 315
    assert control.running("J") == said[0]


def test_switched_off_the_lamps_are_not_known_and_the_way_back_is_a_command(start):
    control, desk = start()
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 30), heard=False)
    for word in ("off", "flashing", "local"):
        now_s = control.step(MIDNIGHT_S + 30, FLOW, np.zeros(6, np.bool_)).now_s
        desk.take(wish(word, now_s), now_s)
        told, said, _ = play(control, range(now_s + 1, now_s + 10), heard=False)
        assert [(str(mode), reason) for mode, reason in told] == [(word, SignalReason.OPERATOR_WISH)]
        state = control.step(now_s + 10, FLOW, np.zeros(6, np.bool_))
        (view,) = junction_views(control, state)
        assert view.lamps == {}
        assert desk.withdraw("J", "desk", now_s + 11)
        told, said, _ = play(control, range(now_s + 11, now_s + 20), heard=False)
        assert [(str(mode), reason) for mode, reason in told] == [("P1", SignalReason.DETECTORS_STALE)]
        assert said[0].valid_from_s == now_s + 16
        (view,) = junction_views(control, control.step(now_s + 20, FLOW, np.zeros(6, np.bool_)))
        assert Lamp.GREEN in view.lamps.values()


def test_traffic_brings_its_programme_and_takes_it_back(start):
    rule = TrafficRule(
        id="fair",
        junctions=("J",),
        quantity=Quantity.FLOW_VEH_H,
        sources=("D",),
        on_at=1_000.0,
        off_at=500.0,
        dwell_s=60,
        mode=mode_of("P2"),
    )
    control, _ = start(SelectionData(plans=plans_of((0, "P1", "")), rules=(rule,)))

    def with_flow(veh_h):
        picture = TrafficPicture(
            detector_row={"D": 0}, flow_veh_h=np.array([veh_h]), occupancy_share=np.array([np.nan])
        )
        return Observed(traffic=picture)

    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 20), observed=with_flow(900.0))
    told, said, _ = play(control, range(MIDNIGHT_S + 20, MIDNIGHT_S + 320), observed=with_flow(1_200.0))
    assert [(str(mode), reason) for mode, reason in told] == [("P2", SignalReason.TRAFFIC_RULE)]
    assert said[0].detail == "fair: flow_veh_h 1200 (on 1000, off 500)"
    told, _, events = play(control, range(MIDNIGHT_S + 320, MIDNIGHT_S + 620), observed=with_flow(np.nan))
    assert [event.reason for event in events] == [SignalReason.TRAFFIC_RULE_UNKNOWN]
    assert [(str(mode), reason) for mode, reason in told] == [("P1", SignalReason.DAY_PLAN)]


def test_a_fault_of_what_runs_brings_the_fallback_for_a_while(start):
    control, _ = start(SelectionData(plans=plans_of((0, "P2", ""))), fault_hold_s=300)
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 400))
    assert str(control.running("J").mode) == "P2"
    control._player.table.start_s[E, 0] = 20  # a programme cannot be unsafe, so its row in the table is spoilt
    said, t = [], MIDNIGHT_S + 400
    while not said:
        said = control.step(t, FLOW, control.town.is_vehicle).decisions
        t += 1
    assert [(str(d.mode), d.reason) for d in said] == [("P1", SignalReason.MONITOR_FAULT)]
    after = [control.step(at_s, FLOW, control.town.is_vehicle).decisions for at_s in range(t, t + 600)]
    assert [(str(d.mode), d.reason) for each in after for d in each] == [("P2", SignalReason.DAY_PLAN)]


def test_adaptive_runs_where_it_is_allowed_and_ready_and_degrades(start):
    control, desk = start(SelectionData(plans=plans_of((0, "adaptive", "P2"))))
    ready, idle = (Observed(adaptive_ready=np.array([value])) for value in (True, False))
    told, _, _ = play(control, range(MIDNIGHT_S + 10, MIDNIGHT_S + 60), observed=ready)
    assert [reason for _, reason in told] == [SignalReason.FALLBACK], "not allowed: waits for its turn to be computed"
    assert desk.allow_adaptive("J", "desk", allowed=True)
    told, _, events = play(control, range(MIDNIGHT_S + 60, MIDNIGHT_S + 80), observed=ready)
    assert [(mode.kind, reason) for mode, reason in told] == [(ModeKind.ADAPTIVE, SignalReason.ADAPTIVE_ON)]
    assert [event.reason for event in events] == [SignalReason.ADAPTIVE_ALLOWED]
    told, _, events = play(control, range(MIDNIGHT_S + 80, MIDNIGHT_S + 200), observed=idle, heard=False)
    assert [(str(mode), reason) for mode, reason in told] == [("P2", SignalReason.DETECTORS_STALE)]
    assert [event.reason for event in events] == [SignalReason.ADAPTIVE_DEGRADED]
    play(control, range(MIDNIGHT_S + 200, MIDNIGHT_S + 500), observed=ready)
    assert control.running("J").kind is ModeKind.ADAPTIVE
    desk.allow_adaptive("J", "desk", allowed=False)
    _, _, events = play(control, range(MIDNIGHT_S + 500, MIDNIGHT_S + 700), observed=ready)
    assert [event.reason for event in events] == [SignalReason.ADAPTIVE_FORBIDDEN, SignalReason.ADAPTIVE_OFF]
    assert control.running("J").mode.kind is ModeKind.COMPUTED


def test_a_restart_goes_on_switched_off(start):
    control, desk = start()
    play(control, range(MIDNIGHT_S, MIDNIGHT_S + 20), heard=False)
    kept = wish("off", MIDNIGHT_S + 20)
    desk.take(kept, MIDNIGHT_S + 20)
    play(control, range(MIDNIGHT_S + 20, MIDNIGHT_S + 40), heard=False)
    again, new_desk = start()
    assert again.restore(control.commands()) == ()
    assert new_desk.restore(kept, MIDNIGHT_S + 40)
    told, _, events = play(again, range(MIDNIGHT_S + 40, MIDNIGHT_S + 60), heard=False)
    assert (told, events) == ([], [])
    assert again.running("J").kind is ModeKind.OFF


def test_a_decision_says_its_mode(start):
    control, _ = start()
    programme = control.junction(0).fallback
    said = SignalDecision(junction_id="J", programme=programme, valid_from_s=0, reason=SignalReason.FALLBACK)
    assert str(said.mode) == "P1"
    assert str(replace(said, kind=ModeKind.FLASHING).mode) == "flashing"
    assert str(replace(said, programme=replace(programme, id="computed")).mode) == "computed"
