"""The gate accepts, repairs or refuses; every outcome is counted by its reason."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traffic_core.quality_gate import Accepted, KnownSources, QualityGate, Reason, Rejected
from traffic_core.readings import BayReading, DetectorReading, OccupancyReading, Quality

NOW_S = 1_800_000_000.0


def gate():
    return QualityGate(KnownSources(detector_lanes={"D1": 1}, facility_capacity_veh={"G": 400, "U": None}))


def garage(free_veh=100, at_s=NOW_S, source_id="G", **values):
    return OccupancyReading(source_id=source_id, measured_at_s=at_s, received_at_s=NOW_S, free_veh=free_veh, **values)


def count(count_veh, at_s=NOW_S, interval_s=60.0):
    return DetectorReading(
        source_id="D1", measured_at_s=at_s, received_at_s=NOW_S, interval_s=interval_s, count_veh=count_veh
    )


def reason_of(outcome):
    assert isinstance(outcome, Rejected)
    return outcome.reason


def reading_of(outcome):
    assert isinstance(outcome, Accepted)
    return outcome.reading


def test_a_plain_reading_is_accepted_unchanged():
    reading = garage()
    assert gate().judge(reading, NOW_S) == Accepted(reading=reading)


def test_unknown_source_is_refused_with_its_kind():
    outcome = gate().judge(garage(source_id="X"), NOW_S)
    assert reason_of(outcome) is Reason.UNKNOWN_SOURCE
    assert "occupancy" in outcome.explanation


def test_a_detector_id_is_no_facility():
    assert reason_of(gate().judge(garage(source_id="D1"), NOW_S)) is Reason.UNKNOWN_SOURCE


def test_thirty_minutes_old_is_used_and_one_second_more_is_not():
    assert isinstance(gate().judge(garage(at_s=NOW_S - 1_800.0), NOW_S), Accepted)
    assert reason_of(gate().judge(garage(at_s=NOW_S - 1_801.0), NOW_S)) is Reason.TOO_OLD


def test_a_clock_four_minutes_ahead_counts_as_now_and_later_is_refused():
    outcome = gate().judge(garage(at_s=NOW_S + 240.0), NOW_S)
    assert reading_of(outcome).measured_at_s == NOW_S
    assert reading_of(outcome).quality is Quality.REPAIRED
    assert outcome.repairs == (Reason.FUTURE,)
    assert reason_of(gate().judge(garage(at_s=NOW_S + 241.0), NOW_S)) is Reason.FUTURE


def test_the_same_device_time_is_a_duplicate_even_after_it_was_set_back_to_now():
    one = gate()
    one.judge(garage(at_s=NOW_S + 100.0), NOW_S)
    assert reason_of(one.judge(garage(at_s=NOW_S + 100.0), NOW_S + 10.0)) is Reason.DUPLICATE


def test_an_earlier_time_is_out_of_order():
    one = gate()
    one.judge(garage(at_s=NOW_S), NOW_S)
    assert reason_of(one.judge(garage(at_s=NOW_S - 60.0), NOW_S)) is Reason.OUT_OF_ORDER


def test_a_small_negative_is_a_full_garage_and_a_large_one_is_refused():
    outcome = gate().judge(garage(free_veh=-3), NOW_S)
    assert reading_of(outcome).free_veh == 0
    assert outcome.repairs == (Reason.NEGATIVE,)
    assert reason_of(gate().judge(garage(free_veh=-41), NOW_S)) is Reason.NEGATIVE


def test_nine_thousand_free_in_a_garage_of_four_hundred_is_refused():
    assert reason_of(gate().judge(garage(free_veh=9_162), NOW_S)) is Reason.ABOVE_CAPACITY
    assert reading_of(gate().judge(garage(free_veh=440), NOW_S)).free_veh == 400


def test_a_jump_is_refused_once_and_believed_when_repeated():
    one = gate()
    one.judge(garage(free_veh=300, at_s=NOW_S), NOW_S)
    spike = one.judge(garage(free_veh=20, at_s=NOW_S + 60), NOW_S + 60)
    assert reason_of(spike) is Reason.JUMP
    assert isinstance(one.judge(garage(free_veh=25, at_s=NOW_S + 120), NOW_S + 120), Accepted)


def test_after_a_spike_the_old_level_is_accepted_at_once():
    one = gate()
    one.judge(garage(free_veh=300, at_s=NOW_S), NOW_S)
    one.judge(garage(free_veh=20, at_s=NOW_S + 60), NOW_S + 60)
    assert isinstance(one.judge(garage(free_veh=298, at_s=NOW_S + 120), NOW_S + 120), Accepted)


def test_a_quarter_of_the_capacity_in_five_minutes_is_believed():
    one = gate()
    one.judge(garage(free_veh=300, at_s=NOW_S), NOW_S)
    assert isinstance(one.judge(garage(free_veh=200, at_s=NOW_S + 300), NOW_S + 300), Accepted)
    assert reason_of(one.judge(garage(free_veh=99, at_s=NOW_S + 600), NOW_S + 600)) is Reason.JUMP


def test_another_capacity_in_the_feed_is_left_out():
    outcome = gate().judge(garage(capacity_veh=4_000), NOW_S)
    assert reading_of(outcome).capacity_veh is None
    assert outcome.repairs == (Reason.CAPACITY_CHANGE,)


def test_more_vehicles_than_a_lane_can_pass_are_refused():
    assert isinstance(gate().judge(count(49), NOW_S), Accepted)
    assert reason_of(gate().judge(count(50), NOW_S)) is Reason.OUT_OF_RANGE


def test_a_bay_belongs_to_the_facility_before_its_dot():
    def bay(source_id):
        return BayReading(source_id=source_id, measured_at_s=NOW_S, received_at_s=NOW_S, occupied=True)

    assert isinstance(gate().judge(bay("G.17"), NOW_S), Accepted)
    assert reason_of(gate().judge(bay("H.17"), NOW_S)) is Reason.UNKNOWN_SOURCE


def test_what_was_accepted_before_a_restart_is_a_duplicate_after_it():
    one = gate()
    one.remember(garage(at_s=NOW_S - 5))
    assert reason_of(one.judge(garage(at_s=NOW_S - 5), NOW_S)) is Reason.DUPLICATE
    assert not one.accepted


@given(
    st.lists(
        st.tuples(st.integers(-1_000, 12_000), st.floats(-4_000, 1_000), st.sampled_from(["G", "U", "X"])), max_size=40
    )
)
def test_every_reading_is_counted_once_and_what_passes_is_in_range(readings):
    one = gate()
    for free_veh, shift_s, source_id in readings:
        outcome = one.judge(garage(free_veh=free_veh, at_s=NOW_S + shift_s, source_id=source_id), NOW_S)
        if isinstance(outcome, Accepted):
            assert outcome.reading.free_veh >= 0
            assert source_id == "U" or outcome.reading.free_veh <= 400
            assert outcome.reading.measured_at_s <= NOW_S + 5.0
    assert sum(one.accepted.values()) + sum(one.rejected.values()) == len(readings)
