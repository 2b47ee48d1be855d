"""Wishes that end while a switch to them is under way, or that must wait after a fault."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.joining import plan_switch_in_step
from signal_plans.junction import Junction
from signal_plans.mode import ModeKind, mode_of
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import REASONS, SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.timing import programme_from_stages

START_S = 1_800_000_000
FLOW, UNKNOWN = np.zeros(6), np.zeros(6, np.bool_)
HOLD_S, NOTICE_S = 300, 5


@pytest.fixture
def make_control(build):
    """Makes a junction with the programmes P1 and P2, cycles of 50 and 80 s, without counts."""
    layout = build.crossing("J")
    supplied = (("P1", (22, 22), 0), ("P2", (40, 30), 17))
    two = tuple(programme_from_stages(layout, greens, name, offset_s) for name, greens, offset_s in supplied)
    junctions = {"J": Junction(layout=layout, programmes=two)}
    settings = SignalSettings(fault_hold_s=HOLD_S, notice_s=NOTICE_S)
    return lambda: SignalControl(junctions, build.network(["J"]), settings)


@pytest.fixture
def control(make_control):
    return make_control()


def wish(word, now_s, span_s):
    return OperatorWish(
        junction_id="J", mode=mode_of(word), valid_from_s=now_s, valid_until_s=now_s + span_s, text="x", key_id="desk"
    )


def play(control, first, seconds, known=UNKNOWN):
    states = [control.step(t, FLOW, known) for t in range(first, first + seconds)]
    events = [event.reason for state in states for event in state.events]
    assert SignalReason.REFUSED_BY_MONITOR not in events
    return [d for state in states for d in state.decisions], events


def long_way_to_p2(control, known):
    """Play on until a switch to P2 would be far off; return the next second."""
    p2, now_s = control.junction(0).programmes[1], START_S + 60
    play(control, START_S, 60, known)
    while plan_switch_in_step(control.running("J").programme, p2, now_s + NOTICE_S)[1] < now_s + 10:
        play(control, now_s, 1, known)
        now_s += 1
    return now_s


@pytest.mark.parametrize("known", [False, True], ids=["without counts", "with counts"])
@pytest.mark.parametrize("withdrawn", [False, True], ids=["expires", "withdrawn"])
def test_a_wish_that_is_over_before_its_switch_is_not_switched_to(control, known, withdrawn):
    known = np.full(6, known)
    desk, now_s = OperatorDesk(control), long_way_to_p2(control, known)
    assert desk.take(wish("P2", now_s, 600), now_s) is None
    said, _ = play(control, now_s, 1, known)
    (to_p2,) = said
    pending_s = to_p2.valid_from_s - now_s
    over_s = pending_s - NOTICE_S - 1
    if withdrawn:
        play(control, now_s + 1, over_s - 2, known)
        assert desk.withdraw("J", "desk", now_s + over_s - 1)
    else:
        control.selection.put_wish(0, wish("P2", now_s, over_s))
        play(control, now_s + 1, over_s - 2, known)
    said, events = play(control, now_s + over_s - 1, 200, known)
    over = SignalReason.WISH_WITHDRAWN if withdrawn else SignalReason.WISH_EXPIRED
    assert over in events
    assert control.running("J").programme.id != "P2"
    assert "P2" not in [decision.programme.id for decision in said]
    assert all(decision.reason is not SignalReason.OPERATOR_WISH for decision in said)


def test_a_wish_that_ends_before_any_switch_could_lead_to_it_is_refused(control):
    play(control, START_S, 66)
    desk, now_s = OperatorDesk(control), START_S + 66
    found = desk.take(wish("P2", now_s, 0.5), now_s)
    assert found.reason is SignalReason.WISH_TOO_SHORT
    assert "P2 can begin in" in found.detail
    assert desk.take(wish("P1", now_s, 0.5), now_s) is None, "it runs already"


def test_a_wish_that_ends_in_the_second_of_its_switch_leaves_the_junction_on_a_programme_of_its_own(control):
    play(control, START_S, 60)
    desk, now_s = OperatorDesk(control), START_S + 60
    desk.take(wish("P2", now_s, 600), now_s)
    (to_p2,), _ = play(control, now_s, 1)
    control.selection.put_wish(0, wish("P2", now_s, to_p2.valid_from_s - now_s))
    _, events = play(control, now_s + 1, 400)
    assert SignalReason.WISH_EXPIRED in events
    assert control.running("J").programme.id == "P1"
    assert control.running("J").reason is not SignalReason.OPERATOR_WISH


def faulty(control):
    play(control, START_S, 60)
    control._player.faulty_at_s[0] = START_S + 59
    return OperatorDesk(control), START_S + 60


def test_a_wish_after_a_fault_is_taken_and_says_how_long_it_waits(control):
    desk, now_s = faulty(control)
    assert control.held_until_s(0) == START_S + 59 + HOLD_S
    asked = wish("P2", now_s, 1_800)
    assert desk.take(asked, now_s) is None
    assert desk.waits_until_s(asked, now_s) == START_S + 59 + HOLD_S
    assert desk.waits_until_s(asked, START_S + 59 + HOLD_S) == 0
    state = control.step(now_s, FLOW, UNKNOWN)
    assert [(e.reason, e.detail) for e in state.events] == [
        (SignalReason.OPERATOR_WISH, "P2 by desk: x"),
        (SignalReason.WISH_WAITS, "P2 by desk: x; 299 s more"),
    ]
    play(control, now_s + 1, HOLD_S - 2)
    assert control.running("J").programme.id == "P1"
    play(control, now_s + HOLD_S - 1, 200)
    assert control.running("J").programme.id == "P2"
    assert control.running("J").reason is SignalReason.OPERATOR_WISH


def test_a_wish_that_ends_within_the_time_after_a_fault_is_refused(control):
    desk, now_s = faulty(control)
    for span_s, reason in (
        (HOLD_S - 1, SignalReason.WISH_TOO_SHORT),
        (HOLD_S + 60, SignalReason.WISH_TOO_SHORT),
        (HOLD_S + 70, None),
    ):
        found = desk.take(wish("P2", now_s, span_s), now_s)
        assert (None if found is None else found.reason) is reason
    assert desk.take(wish("off", now_s, 60), now_s) is None, "what has no lamps does not wait"
    assert desk.waits_until_s(wish("off", now_s, 60), now_s) == 0
    assert desk.waits_until_s(wish("off", now_s, 60), now_s) == 0
    assert "299 s more" in desk.take(wish("computed", now_s, 10), now_s).detail


def runs(control, asked, now_s, span_s):
    """Whether what is asked runs in any second of the span."""
    for t in range(now_s, now_s + span_s):
        control.step(t, FLOW, UNKNOWN)
        decision = control.running("J")
        if decision.mode == asked.mode:
            return True
    return False


@pytest.mark.parametrize("second_is_done", [False, True])
@pytest.mark.parametrize("held", [False, True], ids=["free", "held after a fault"])
@pytest.mark.parametrize("word", ["P2", "off"])
def test_a_wish_is_taken_exactly_where_it_runs_before_its_end(make_control, word, held, second_is_done):
    def begin():
        control = make_control()
        desk, now_s = faulty(control)
        if not held:
            control._player.faulty_at_s[0] = -1
        if second_is_done:
            control.step(now_s, FLOW, UNKNOWN)
        return control, desk, now_s

    control, desk, now_s = begin()
    least_s = HOLD_S - 2 if held and word == "P2" else 1
    spans = [s for s in range(least_s, least_s + 100) if desk.take(wish(word, now_s, s), now_s) is None]
    shortest = spans[0]
    assert shortest >= least_s + NOTICE_S
    assert spans == list(range(shortest, least_s + 100))
    control, desk, now_s = begin()
    asked = wish(word, now_s, shortest)
    assert desk.take(asked, now_s) is None
    assert runs(control, asked, now_s + second_is_done, shortest - second_is_done)
    control, desk, now_s = begin()
    control.selection.put_wish(0, wish(word, now_s, shortest - 1))
    assert not runs(control, asked, now_s + second_is_done, shortest - 1 - second_is_done)


def test_a_wish_that_replaces_another_waits_for_the_switch_that_is_announced(control):
    desk, now_s = OperatorDesk(control), long_way_to_p2(control, UNKNOWN)
    desk.take(wish("P2", now_s, 600), now_s)
    (to_p2,), _ = play(control, now_s, 1)
    asked = wish("off", now_s + 1, to_p2.valid_from_s - now_s)
    found = desk.take(asked, now_s + 1)
    assert (found.reason, "off can begin in" in found.detail) == (SignalReason.WISH_TOO_SHORT, True)
    assert desk.take(wish("P2", now_s + 1, to_p2.valid_from_s - now_s), now_s + 1) is None, "announced already"


def test_nothing_is_held_where_nothing_was_faulty(control):
    assert control.held_until_s(0) == 0
    play(control, START_S, 5)
    assert control.held_until_s(0) == 0
    assert OperatorDesk(control).waits_until_s(wish("P2", START_S, 60), START_S) == 0


def test_reasons_of_wishes_are_worded_in_both_languages():
    for reason in (SignalReason.WISH_WAITS, SignalReason.WISH_TOO_SHORT, SignalReason.WISH_NOT_SUPPLIED):
        assert REASONS[reason].de != REASONS[reason].en
    assert mode_of("off").kind is ModeKind.OFF
