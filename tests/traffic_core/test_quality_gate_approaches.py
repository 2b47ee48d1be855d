"""What area detectors say passes the gate only while it is news, from a known source, and within reach."""

from __future__ import annotations

import pytest

from traffic_core.quality_gate import Accepted, KnownSources, QualityGate, Reason, Rejected
from traffic_core.readings import ApproachReading, SeenVehicle

NOW_S = 1_800_000_000.0


def approach(*distances_m, at_s=NOW_S, source_id="R1"):
    vehicles = tuple(SeenVehicle(1, distance_m, 5.0) for distance_m in distances_m)
    return ApproachReading(source_id=source_id, measured_at_s=at_s, received_at_s=NOW_S, vehicles=vehicles)


@pytest.fixture(name="gate")
def gate_fixture():
    return QualityGate(KnownSources(area_reach_m={"R1": 100.0}))


def test_news_of_a_known_detector_are_accepted_and_counted(gate):
    assert gate.judge(approach(0.0, 150.0), NOW_S) == Accepted(reading=approach(0.0, 150.0))
    assert gate.judge(approach(at_s=NOW_S + 1.0), NOW_S + 1.0) == Accepted(reading=approach(at_s=NOW_S + 1.0))
    assert gate.accepted == {"approach": 2}


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (approach(source_id="R2"), Reason.UNKNOWN_SOURCE),
        (approach(at_s=NOW_S - 10.5), Reason.TOO_OLD),
        (approach(at_s=NOW_S + 241.0), Reason.FUTURE),
        (approach(150.5), Reason.OUT_OF_RANGE),
    ],
)
def test_other_news_are_refused_and_counted_by_their_reason(gate, reading, reason):
    outcome = gate.judge(reading, NOW_S)
    assert isinstance(outcome, Rejected)
    assert outcome.reason is reason
    assert gate.rejected == {reason: 1}


def test_the_same_time_again_is_a_duplicate_and_an_earlier_one_is_out_of_order(gate):
    gate.judge(approach(), NOW_S)
    assert gate.judge(approach(), NOW_S).reason is Reason.DUPLICATE
    assert gate.judge(approach(at_s=NOW_S - 1.0), NOW_S).reason is Reason.OUT_OF_ORDER


def test_a_clock_that_runs_ahead_a_little_counts_as_now(gate):
    outcome = gate.judge(approach(at_s=NOW_S + 30.0), NOW_S)
    assert outcome.reading.measured_at_s == NOW_S
    assert outcome.repairs == (Reason.FUTURE,)
