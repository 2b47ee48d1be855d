"""Wishes are taken, or refused with the reason; either way it is an event."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.junction import Junction
from signal_plans.mode import mode_of
from signal_plans.observed import Observed
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

START_S = 1_800_000_000
UNKNOWN = np.zeros(6, np.bool_)


def wish(word, junction_id="J", from_s=START_S, text="Baustelle", key_id="desk"):
    return OperatorWish(
        junction_id=junction_id,
        mode=mode_of(word),
        valid_from_s=from_s,
        valid_until_s=from_s + 600,
        text=text,
        key_id=key_id,
    )


@pytest.fixture
def control(build):
    made = SignalControl({"J": build.junction("J")}, build.network(["J"]), SignalSettings())
    made.step(START_S, np.zeros(6), UNKNOWN)
    return made


def events(control, at_s=START_S + 1, observed=None):
    state = control.step(at_s, np.zeros(6), UNKNOWN, *([observed] if observed else []))
    return [(event.reason, event.detail) for event in state.events]


def test_a_wish_is_in_force_until_it_is_replaced_or_withdrawn_or_ends(control):
    desk = OperatorDesk(control)
    assert desk.wish("J", START_S) is None
    for word in ("fixed", "computed"):
        assert desk.take(wish(word), START_S) is None
        assert str(desk.wish("J", START_S).mode) == word
    assert desk.wish("J", START_S + 600) is None
    assert desk.withdraw("J", "other", START_S)
    assert not desk.withdraw("J", "other", START_S)
    assert not desk.withdraw("X", "other", START_S)
    reasons = [SignalReason.OPERATOR_WISH, SignalReason.OPERATOR_WISH, SignalReason.WISH_WITHDRAWN]
    assert [reason for reason, _ in events(control)] == reasons


@pytest.mark.parametrize(
    ("refused", "now_s", "reason", "detail"),
    [
        (wish("P9"), START_S, SignalReason.WISH_UNKNOWN_PROGRAMME, "one of fixed"),
        (wish("fixed", "X"), START_S, SignalReason.WISH_UNKNOWN_PROGRAMME, "no junction 'X'"),
        (wish("fixed"), START_S + 600, SignalReason.WISH_OUT_OF_TIME, "passed"),
        (wish("adaptive"), START_S, SignalReason.WISH_NOT_ALLOWED, "allowed and ready"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_with_the_reason(control, refused, now_s, reason, detail):
    desk = OperatorDesk(control)
    found = desk.take(refused, now_s)
    assert found.reason is reason
    assert detail in found.detail
    assert desk.wish(refused.junction_id, START_S) is None
    if refused.junction_id == "J":
        ((told, text),) = events(control)
        assert told is reason
        assert "by desk: Baustelle" in text


def test_a_wish_without_a_safe_switch_is_refused(build):
    # the filter arrow runs with P in one programme and with B in the other, red-amber of the one overlaps amber of the
    # other, and so there is no second in which both show the same
    groups = [
        build.vehicle(group, [f"J{arm}{to}" for arm in served for to in "NESW" if to != arm])
        for group, served in (("P", "NS"), ("B", "E"), ("L", "W"))
    ]
    layout = build.layout(groups, {("P", "B"): 3}, [["P"], ["B", "L"]])
    windows = {"P": (0, 22), "B": (25, 22), "L": (0, 22)}
    greens = {group: (GreenWindow(start_s=s, length_s=n),) for group, (s, n) in windows.items()}
    fixed = SignalProgramme(id="fixed", layout=layout, cycle_s=50, offset_s=0, greens=greens)
    junction = Junction(layout=layout, programmes=(fixed, programme_from_stages(layout, (40, 20), "P2")))
    control = SignalControl({"J": junction}, build.network(["J"]), SignalSettings())
    control.step(START_S, np.zeros(3), np.zeros(3, np.bool_))
    found = OperatorDesk(control).take(wish("P2"), START_S)
    assert found.reason is SignalReason.WISH_UNSAFE
    assert found.detail.startswith("fixed to P2: ")


def test_adaptive_is_taken_where_allowed_and_ready(build):
    network, junctions = build.network(["J"]), {"J": build.junction("J")}
    control = SignalControl(junctions, network, SignalSettings(), adaptive=build.adaptive(network, junctions))
    desk = OperatorDesk(control)
    events(control, observed=Observed(adaptive_ready=np.array([True])))
    assert not desk.is_adaptive_allowed("J")
    assert desk.allow_adaptive("J", "desk", allowed=True)
    assert desk.is_adaptive_allowed("J")
    assert not desk.allow_adaptive("X", "desk", allowed=True)
    assert not desk.is_adaptive_allowed("X")
    assert desk.take(wish("adaptive"), START_S) is None


def test_a_refusal_of_what_no_wish_can_hold_is_an_event_too(control):
    desk = OperatorDesk(control)
    late = desk.refuse("J", "desk", InvalidValueError("wish.valid_until", 99_999.0, "must be at most"))
    odd = desk.refuse("J", "desk", InvalidValueError("mode.programme_id", "a/b", "must be printable"))
    assert [late.reason, odd.reason] == [SignalReason.WISH_OUT_OF_TIME, SignalReason.WISH_UNKNOWN_PROGRAMME]
    assert [reason for reason, _ in events(control)] == [late.reason, odd.reason]


def test_only_a_wish_that_still_fits_is_restored(control):
    desk = OperatorDesk(control)
    assert desk.restore(wish("fixed"), START_S + 599)
    assert not desk.restore(wish("fixed"), START_S + 600)
    assert not desk.restore(wish("P9"), START_S + 600)
    assert not desk.restore(wish("fixed", "X"), START_S)
    assert events(control) == []


def test_that_the_programme_of_a_wish_left_the_supply_is_told_after_a_restart(control):
    desk = OperatorDesk(control)
    assert not desk.restore(wish("P9"), START_S)
    assert desk.wish("J", START_S) is None
    assert events(control) == [(SignalReason.WISH_NOT_SUPPLIED, "P9 by desk: Baustelle")]


@pytest.mark.parametrize(
    "changes", [{"text": ""}, {"text": " "}, {"text": "a\nb"}, {"text": "x" * 201}, {"key_id": ""}]
)
def test_a_wish_says_why_and_by_which_key(changes):
    with pytest.raises(InvalidValueError, match=r"wish\."):
        wish("fixed", **changes)
