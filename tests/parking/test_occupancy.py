"""Estimates of free places: what is taken from a reading, and what age does to it."""

from __future__ import annotations

import math

import pytest

from parking import content
from traffic_core.errors import InvalidValueError
from traffic_core.readings import Quality


def estimate(town, state, after_s=0.0, key="A"):
    return state.estimates(town.now_s + after_s)[key]


def reported(town, free_veh=50, facility=None, **values):
    state = town.state(facility or town.facility())
    assert state.accept(town.report(free_veh=free_veh, **values))
    return state


def test_a_silent_facility_is_unknown(town):
    found = estimate(town, town.state(town.facility()))
    assert (found.free_veh, found.p_free, found.quality) == (None, None, Quality.UNKNOWN)
    assert found.reason == content.NEVER_REPORTED
    assert found.capacity_veh == 100


def test_a_fresh_count_may_be_shown_for_two_intervals(town):
    found = estimate(town, reported(town), 120.0)
    assert (found.free_veh, found.quality, found.reason) == (50, Quality.MEASURED, content.FRESH)
    assert found.number_until_s == town.now_s + 120.0
    assert found.age_s == 120.0


def test_an_older_count_is_held_without_a_number(town):
    found = estimate(town, reported(town), 121.0)
    assert found.number_until_s is None
    assert (found.quality, found.reason) == (Quality.HELD, content.HELD)
    assert found.word_until_s == town.now_s + 1_800.0
    assert found.p_free == pytest.approx(1.0)


def test_a_slow_feed_shows_no_number_after_ten_minutes(town):
    state = reported(town, facility=town.facility(update_interval_s=900.0))
    assert estimate(town, state, 600.0).number_until_s == town.now_s + 600.0
    late = estimate(town, state, 600.1)
    assert (late.number_until_s, late.free_veh, late.held_veh) == (None, None, 50)


def test_a_fast_feed_may_be_shown_for_a_minute(town):
    state = reported(town, facility=town.facility(update_interval_s=5.0))
    assert estimate(town, state, 60.0).number_until_s == town.now_s + 60.0
    assert estimate(town, state, 60.1).number_until_s is None


def test_after_half_an_hour_nothing_is_known(town):
    assert estimate(town, reported(town), 1_800.0).quality is Quality.HELD
    found = estimate(town, reported(town), 1_800.1)
    assert (found.held_veh, found.p_free, found.word_until_s) == (None, None, None)
    assert (found.quality, found.reason) == (Quality.UNKNOWN, content.STALE)
    assert found.age_s == pytest.approx(1_800.1)


def test_a_word_ends_where_it_is_no_longer_clear(town):
    # hand-calculated in test_persistence: 8 free of 100 with a reserve of 5 are clear for 718.045 s
    state = reported(town, 8, town.facility(reserve_veh=5))
    assert estimate(town, state, 700.0).word_until_s == pytest.approx(town.now_s + 718.045, abs=0.001)
    found = estimate(town, state, 719.0)
    assert (found.word_until_s, found.reason) == (None, content.UNCLEAR)
    assert 0.5 < found.p_free < 0.95


def test_age_counts_from_the_measurement_and_not_from_its_arrival(town):
    state = reported(town, at_s=town.now_s - 300.0, received_at_s=town.now_s)
    assert estimate(town, state).age_s == 300.0


def test_a_time_stamp_ahead_of_its_arrival_earns_no_longer_life(town):
    state = reported(town, at_s=town.now_s + 240.0, received_at_s=town.now_s)
    assert estimate(town, state, 10.0).age_s == 10.0


def test_after_a_jump_of_the_clock_the_age_is_unknown(town):
    found = estimate(town, reported(town), -3_600.0)
    assert (found.quality, found.reason, found.p_free) == (Quality.UNKNOWN, content.AHEAD_OF_CLOCK, None)


def test_unknown_capacity_gives_a_word_while_fresh_and_never_a_number(town):
    state = reported(town, 7, town.facility(capacity_veh=None))
    fresh = estimate(town, state, 120.0)
    assert (fresh.free_veh, fresh.number_until_s, fresh.p_free) == (None, None, 1.0)
    assert (fresh.word_until_s, fresh.reason) == (town.now_s + 120.0, content.UNKNOWN_CAPACITY)
    old = estimate(town, state, 121.0)
    assert (old.word_until_s, old.p_free, old.reason) == (None, None, content.UNCLEAR)


def test_unknown_capacity_within_the_reserve_is_not_free(town):
    assert estimate(town, reported(town, 2, town.facility(capacity_veh=None))).p_free == 0.0


def test_occupied_is_turned_into_free_by_the_capacity(town):
    assert estimate(town, reported(town, None, occupied_veh=30)).free_veh == 70


def test_occupied_without_a_capacity_tells_nothing(town):
    state = reported(town, None, town.facility(capacity_veh=None), occupied_veh=30)
    assert estimate(town, state).reason == content.NO_VALUE


@pytest.mark.parametrize(("told_veh", "free_veh"), [(91, 61), (109, 70), (80, 70), (120, 70), (0, 70)])
def test_the_model_s_capacity_counts_and_a_close_smaller_one_for_what_is_free(town, told_veh, free_veh):
    found = estimate(town, reported(town, None, occupied_veh=30, capacity_veh=told_veh))
    assert (found.capacity_veh, found.free_veh) == (100, free_veh)


@pytest.mark.parametrize(("told_veh", "capacity_veh", "free_veh"), [(80, 80, 50), (0, None, None)])
def test_a_reported_capacity_counts_where_the_model_knows_none(town, told_veh, capacity_veh, free_veh):
    state = reported(town, None, town.facility(capacity_veh=None), occupied_veh=30, capacity_veh=told_veh)
    found = estimate(town, state)
    assert (found.capacity_veh, found.held_veh) == (capacity_veh, free_veh)


def test_counts_move_the_last_value_on(town):
    state = reported(town, 50)
    state.accept(town.report(at_s=town.now_s + 60.0, entered_veh=7, left_veh=3))
    found = estimate(town, state, 60.0)
    assert (found.free_veh, found.age_s) == (46, 0.0)


def test_counts_alone_start_nothing(town):
    state = town.state(town.facility())
    state.accept(town.report(entered_veh=7))
    assert estimate(town, state).reason == content.NO_VALUE


def test_counts_after_a_long_gap_leave_a_word_and_no_number(town):
    state = reported(town, 50)
    state.accept(town.report(at_s=town.now_s + 1_801.0, left_veh=3))
    found = estimate(town, state, 1_801.0)
    assert (found.number_until_s, found.free_veh, found.held_veh) == (None, None, 53)
    assert found.word_until_s is not None


def test_counts_after_a_long_gap_do_not_revive_a_value_where_the_capacity_is_unknown(town):
    state = reported(town, 50, town.facility(capacity_veh=None))
    state.accept(town.report(at_s=town.now_s + 1_801.0, left_veh=3))
    assert estimate(town, state, 1_801.0).reason == content.STALE


@pytest.mark.parametrize(("told_veh", "kept_veh"), [(-3, 0), (130, 100)])
def test_impossible_values_are_brought_into_range_and_say_so(town, told_veh, kept_veh):
    found = estimate(town, reported(town, told_veh))
    assert (found.free_veh, found.quality, found.reason) == (kept_veh, Quality.REPAIRED, content.REPAIRED)


def test_a_shrinking_capacity_limits_the_last_value(town):
    state = reported(town, 90, town.facility(capacity_veh=None), capacity_veh=100)
    state.accept(town.report(at_s=town.now_s + 1.0, is_open=True, capacity_veh=60))
    assert estimate(town, state, 1.0).free_veh == 60


def test_a_value_of_unknown_quality_is_not_used(town):
    assert estimate(town, reported(town, 90, quality=Quality.UNKNOWN)).reason == content.NO_VALUE


def test_closed_stays_closed_until_it_is_reported_open(town):
    state = reported(town, 90, is_open=False)
    found = estimate(town, state, 86_400.0)
    assert (found.is_open, found.free_veh, found.p_free, found.reason) == (False, None, None, content.CLOSED)
    assert found.quality is Quality.HELD
    state.accept(town.report(at_s=town.now_s + 86_400.0, free_veh=80))
    assert estimate(town, state, 86_400.0).is_open is False
    state.accept(town.report(at_s=town.now_s + 86_401.0, free_veh=80, is_open=True))
    assert estimate(town, state, 86_401.0).free_veh == 80


def test_an_older_reading_changes_nothing(town):
    state = reported(town, 50)
    assert not state.accept(town.report(at_s=town.now_s - 1.0, free_veh=99))
    assert estimate(town, state).free_veh == 50


def test_a_sign_of_life_does_not_make_a_value_younger(town):
    state = reported(town, 50)
    state.accept(town.report(at_s=town.now_s + 300.0, is_open=True))
    assert estimate(town, state, 300.0).age_s == 300.0


def test_refused_readings_explain_why_nothing_is_known(town):
    state = reported(town, 50)
    state.reject("A", town.now_s + 1_790.0, contradicts=False)
    assert estimate(town, state, 1_000.0).reason == content.HELD
    assert estimate(town, state, 1_801.0).reason == content.FEED_REJECTED
    assert estimate(town, state, 4_000.0).reason == content.STALE


def test_trend_matches_hand_calculation(town):
    state = reported(town, 50)
    assert estimate(town, state).trend_veh_h is None
    state.accept(town.report(at_s=town.now_s + 900.0, free_veh=40))
    # 10 fewer in 15 min: -40 veh/h, taken in with 1 - exp(-1)
    assert estimate(town, state, 900.0).trend_veh_h == pytest.approx(-40.0 * (1 - math.exp(-1)))


def test_trend_starts_again_after_a_gap(town):
    state = reported(town, 50)
    state.accept(town.report(at_s=town.now_s + 3_600.0, free_veh=40))
    assert estimate(town, state, 3_600.0).trend_veh_h is None


def test_two_values_of_one_moment_keep_the_trend(town):
    state = reported(town, 50)
    state.accept(town.report(free_veh=40))
    found = estimate(town, state)
    assert (found.free_veh, found.trend_veh_h) == (40, None)


def test_an_unknown_facility_is_an_error(town):
    state = town.state(town.facility())
    with pytest.raises(InvalidValueError, match="must name a facility"):
        state.accept(town.report("X", free_veh=1))
    with pytest.raises(InvalidValueError, match="must name a facility"):
        state.reject("X", town.now_s)


def contradicted(found):
    nothing = (
        found.free_veh,
        found.held_veh,
        found.number_until_s,
        found.word_until_s,
        found.p_free,
        found.trend_veh_h,
    )
    return set(nothing) == {None} and found.quality is Quality.UNKNOWN and found.reason == content.CONTRADICTED


def test_a_refused_reading_leaves_nothing_to_say_until_free_places_are_told_anew(town):
    state = reported(town, 50)
    state.reject("A", town.now_s + 60.0)
    assert contradicted(estimate(town, state, 60.0))
    state.accept(town.report(at_s=town.now_s + 70.0, is_open=True))
    state.accept(town.report(at_s=town.now_s + 80.0, left_veh=3))
    assert contradicted(estimate(town, state, 80.0))
    state.accept(town.report(at_s=town.now_s + 90.0, free_veh=40))
    found = estimate(town, state, 90.0)
    assert (found.free_veh, found.reason, found.trend_veh_h) == (40, content.FRESH, None)


def test_counts_that_are_not_believed_contradict_but_their_closing_counts(town):
    state = reported(town, 50)
    state.accept(town.report(at_s=town.now_s + 60.0, is_open=False, quality=Quality.UNKNOWN))
    assert estimate(town, state, 60.0).reason == content.CLOSED
    state.accept(town.report(at_s=town.now_s + 120.0, is_open=True))
    assert contradicted(estimate(town, state, 120.0))


def test_occupied_without_a_capacity_does_not_revive_a_contradicted_value(town):
    state = reported(town, 50, town.facility(capacity_veh=None))
    state.reject("A", town.now_s + 60.0)
    state.accept(town.report(at_s=town.now_s + 70.0, occupied_veh=3))
    assert contradicted(estimate(town, state, 70.0))


def test_after_half_an_hour_a_contradicted_value_is_simply_old(town):
    state = reported(town, 50)
    state.reject("A", town.now_s)
    assert estimate(town, state, 1_801.0).reason == content.STALE


def test_readings_count_again_after_the_clock_was_set_back(town):
    state = reported(town, 50)
    assert not state.accept(town.report(at_s=town.now_s - 3_600.0, received_at_s=town.now_s, free_veh=20))
    assert state.accept(town.report(at_s=town.now_s - 3_600.0, free_veh=20))
    assert estimate(town, state, -3_600.0).free_veh == 20


def test_readings_in_their_order_count_however_the_clock_wobbles(town):
    state = reported(town, 50)
    assert state.accept(town.report(at_s=town.now_s + 1.0, received_at_s=town.now_s - 3.0, is_open=False))
    assert estimate(town, state).reason == content.CLOSED
