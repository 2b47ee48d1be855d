"""The gate accepts, repairs or refuses; every outcome is counted by its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.quality_gate import Accepted, GateSettings, KnownSources, QualityGate, Reason, Rejected
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


def after(one, after_s, free_veh=None, **values):
    """Judge a reading of a garage that is at hand as soon as it is measured."""
    at_s = NOW_S + after_s
    values = {"source_id": "G", "measured_at_s": at_s, "received_at_s": at_s, "free_veh": free_veh} | values
    return one.judge(OccupancyReading(**values), at_s)


def test_a_jump_upwards_is_refused_once_and_believed_when_repeated():
    one = gate()
    after(one, 0, 20)
    assert reason_of(after(one, 60, 300)) is Reason.JUMP
    assert isinstance(after(one, 120, 295), Accepted)


def test_after_a_spike_the_old_level_is_accepted_at_once():
    one = gate()
    after(one, 0, 20)
    after(one, 60, 300)
    assert isinstance(after(one, 120, 22), Accepted)
    assert reason_of(after(one, 180, 300)) is Reason.JUMP


def test_a_jump_downwards_is_the_safe_side_and_believed_at_once():
    one = gate()
    after(one, 0, 300)
    assert reading_of(after(one, 60, 0)).free_veh == 0
    assert reason_of(after(one, 120, 300)) is Reason.JUMP


def test_a_quarter_of_the_capacity_in_five_minutes_is_believed():
    one = gate()
    after(one, 0, 0)
    assert isinstance(after(one, 300, 100), Accepted)
    assert reason_of(after(one, 600, 201)) is Reason.JUMP


def test_occupied_places_can_jump_too():
    one = gate()
    after(one, 0, occupied_veh=400)
    outcome = after(one, 60, occupied_veh=0)
    assert (reason_of(outcome), outcome.field) == (Reason.JUMP, "occupied_veh")
    assert isinstance(after(one, 120, occupied_veh=1), Accepted)


def test_where_the_capacity_is_unknown_more_than_a_lane_lets_out_is_a_jump():
    # 0.8 vehicles a second for 60 s
    one = gate()
    after(one, 0, 0, source_id="U")
    assert isinstance(after(one, 60, 48, source_id="U"), Accepted)
    assert reason_of(after(one, 120, 97, source_id="U")) is Reason.JUMP


@pytest.mark.parametrize(("name", "source_id"), [("left_veh", "G"), ("entered_veh", "G"), ("left_veh", "U")])
def test_more_entries_or_exits_than_can_be_are_refused(name, source_id):
    # a quarter of 400 places in 60 s; 0.8 vehicles a second where the capacity is unknown
    most_veh = {"G": 100, "U": 48}[source_id]
    one = gate()
    after(one, 0, 200, source_id=source_id)
    assert isinstance(after(one, 60, source_id=source_id, **{name: most_veh}), Accepted)
    outcome = after(one, 120, source_id=source_id, **{name: most_veh + 1})
    assert (reason_of(outcome), outcome.field) == (Reason.OUT_OF_RANGE, name)


def test_entries_and_exits_since_an_unknown_time_are_limited_to_half_an_hour():
    # 6 x 25 % of 400
    assert isinstance(gate().judge(garage(None, left_veh=600), NOW_S), Accepted)
    assert reason_of(gate().judge(garage(None, left_veh=601), NOW_S)) is Reason.OUT_OF_RANGE


def test_counts_alone_are_judged_by_their_flow_and_not_by_a_sum_that_drifts():
    one = gate()
    after(one, 0, 10)
    for minute in range(1, 6):
        outcome = after(one, 60 * minute, entered_veh=40)
        assert (outcome.repairs, reading_of(outcome).quality) == ((), Quality.MEASURED)
    assert reason_of(after(one, 360, entered_veh=600)) is Reason.OUT_OF_RANGE


def test_free_and_occupied_must_add_up_to_the_capacity_within_the_margin():
    assert isinstance(gate().judge(garage(100, occupied_veh=260), NOW_S), Accepted)
    outcome = gate().judge(garage(100, occupied_veh=259), NOW_S)
    assert reason_of(outcome) is Reason.INCONSISTENT
    assert "-41" in outcome.explanation


def test_a_refused_reading_still_closes():
    one = gate()
    after(one, 0, 100)
    outcome = after(one, 60, 9_162, is_open=False, left_veh=1)
    told = reading_of(outcome)
    assert outcome.repairs == (Reason.ABOVE_CAPACITY,)
    assert (told.is_open, told.free_veh, told.left_veh, told.quality) == (False, None, None, Quality.UNKNOWN)


def test_a_refused_reading_opens_what_was_closed_and_is_refused_where_that_is_no_news():
    one = gate()
    after(one, 0, 0, is_open=False)
    outcome = after(one, 60, 300, is_open=True)
    assert (outcome.repairs, reading_of(outcome).is_open) == ((Reason.JUMP,), True)
    assert reading_of(after(one, 120, 300, is_open=True)).free_veh == 300
    assert reason_of(after(one, 180, 9_162, is_open=True)) is Reason.ABOVE_CAPACITY


def test_closing_under_a_time_that_was_reported_before_counts_and_is_kept_beside_it():
    one = gate()
    after(one, 0, 100, is_open=True)
    again = garage(100, is_open=False)
    outcome = one.judge(again, NOW_S + 60)
    assert (outcome.repairs, reading_of(outcome).is_open) == ((Reason.DUPLICATE,), False)
    assert NOW_S < reading_of(outcome).measured_at_s < NOW_S + 1e-3
    assert reason_of(one.judge(again, NOW_S + 120)) is Reason.DUPLICATE


def test_a_clock_that_runs_ahead_once_silences_nobody():
    one = gate()
    one.judge(garage(at_s=NOW_S + 240.0), NOW_S)
    assert isinstance(after(one, 1, 100), Accepted)


def test_two_readings_ahead_of_the_clock_keep_their_order_and_their_own_moments():
    one = gate()
    first = reading_of(one.judge(garage(at_s=NOW_S + 100.0), NOW_S))
    second = reading_of(one.judge(garage(at_s=NOW_S + 160.0), NOW_S))
    assert NOW_S == first.measured_at_s < second.measured_at_s < NOW_S + 1e-3


def test_a_clock_that_is_set_back_silences_nobody_and_keeps_the_levels():
    one = gate()
    after(one, 0, 20)
    assert reason_of(after(one, -3_600, 300)) is Reason.JUMP
    assert isinstance(after(one, -3_540, 25), Accepted)


def test_a_time_a_little_ahead_of_a_clock_that_was_not_set_back_is_remembered():
    one = gate()
    one.judge(garage(at_s=NOW_S + 5.0), NOW_S)
    assert reason_of(after(one, 4, 100)) is Reason.OUT_OF_ORDER


@pytest.mark.parametrize(("told_veh", "kept_veh"), [(4_000, None), (355, None), (360, 360), (440, 440), (441, None)])
def test_another_capacity_in_the_feed_is_left_out(told_veh, kept_veh):
    outcome = gate().judge(garage(capacity_veh=told_veh), NOW_S)
    assert reading_of(outcome).capacity_veh == kept_veh
    assert outcome.repairs == ((Reason.CAPACITY_CHANGE,) if kept_veh is None else ())


def test_a_capacity_of_zero_is_unknown_and_no_repair():
    for source_id in ("G", "U"):
        outcome = gate().judge(garage(100, source_id=source_id, capacity_veh=0), NOW_S)
        assert (reading_of(outcome).capacity_veh, reading_of(outcome).quality) == (None, Quality.MEASURED)
        assert outcome.repairs == ()


def test_a_reported_capacity_is_remembered_where_the_model_knows_none():
    one = gate()
    after(one, 0, 50, source_id="U", capacity_veh=100)
    assert reason_of(after(one, 60, 120, source_id="U")) is Reason.ABOVE_CAPACITY


def test_a_capacity_that_grows_with_its_free_places_proves_nothing():
    one = gate()
    after(one, 0, 50, source_id="U", capacity_veh=100)
    assert reason_of(after(one, 60, 9_000, source_id="U", capacity_veh=100_000)) is Reason.JUMP


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


def test_a_car_park_has_no_more_bays_than_places():
    one = QualityGate(KnownSources(facility_capacity_veh={"S": 3, "U": None}), GateSettings(most_bays=2))

    def bay(name, after_s):
        at_s = NOW_S + after_s
        reading = BayReading(source_id=name, measured_at_s=at_s, received_at_s=at_s, occupied=True)
        return isinstance(one.judge(reading, at_s), Accepted)

    assert [bay(f"S.{number}", 0.0) for number in range(5)] == [True, True, True, False, False]
    assert [bay(f"U.{number}", 0.0) for number in range(3)] == [True, True, False]
    assert [bay(f"S.{number}", 60.0) for number in range(5)] == [True, True, True, False, False]
