"""Calls of buses and presses of buttons at the quality gate."""

from __future__ import annotations

import pytest

from traffic_core.errors import InvalidValueError
from traffic_core.quality_gate import Accepted, KnownSources, QualityGate, Reason, Rejected
from traffic_core.readings import BusCall, ButtonPress, Quality

NOW_S = 1_795_246_200.0


def call(source_id="J.K1.in", *, at_s=0.0, arrival_s=25.0, run=7, **more):
    arrival = None if arrival_s is None else NOW_S + arrival_s
    return BusCall(
        source_id=source_id, measured_at_s=NOW_S + at_s, received_at_s=NOW_S, run=run, arrival_s=arrival, **more
    )


def press(source_id="J.F1", *, at_s=0.0):
    return ButtonPress(source_id=source_id, measured_at_s=NOW_S + at_s, received_at_s=NOW_S)


@pytest.fixture(name="gate")
def gate_fixture():
    return QualityGate(KnownSources(call_points=frozenset({"J.K1.in"}), buttons=frozenset({"J.F1"})))


def test_requests_pass_and_are_counted_by_their_kind(gate):
    assert gate.judge(call(), NOW_S) == Accepted(reading=call())
    assert gate.judge(press(), NOW_S) == Accepted(reading=press())
    assert dict(gate.accepted) == {"bus_call": 1, "button": 1}


def test_two_buses_of_one_group_may_call_in_the_same_second_and_one_again(gate):
    for run in (7, 8, 8):
        assert isinstance(gate.judge(call(run=run), NOW_S), Accepted)


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (call("J.F1"), Reason.UNKNOWN_SOURCE, "source_id"),
        (press("J.K1.in"), Reason.UNKNOWN_SOURCE, "source_id"),
        (call(at_s=-61.0), Reason.TOO_OLD, "measured_at"),
        (press(at_s=241.0), Reason.FUTURE, "measured_at"),
        (call(arrival_s=601.0), Reason.OUT_OF_RANGE, "arrival_at"),
        (call(arrival_s=-301.0), Reason.OUT_OF_RANGE, "arrival_at"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(gate, request_, reason, field):
    outcome = gate.judge(request_, NOW_S)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.field) == (reason, field)
    assert gate.rejected[reason] == 1


def test_a_clock_that_runs_ahead_is_set_right_with_all_it_tells(gate):
    outcome = gate.judge(call(at_s=100.0, arrival_s=125.0), NOW_S)
    assert outcome == Accepted(reading=call(quality=Quality.REPAIRED), repairs=(Reason.FUTURE,))
    assert gate.judge(press(at_s=100.0), NOW_S).reading.measured_at_s == NOW_S


def test_a_bus_that_has_passed_needs_no_arrival(gate):
    assert isinstance(gate.judge(call(arrival_s=None, cleared=True), NOW_S), Accepted)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"arrival_s": None}, "arrival_s"),
        ({"late_s": 7_201.0}, "late_s"),
        ({"late_s": float("nan")}, "late_s"),
        ({"run": -1}, "run"),
        ({"line": " 38"}, "line"),
    ],
)
def test_a_call_that_says_nothing_is_none(values, field):
    with pytest.raises(InvalidValueError, match=field):
        call(**values)
