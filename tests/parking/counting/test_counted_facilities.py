"""Car parks that only count, and those that only have sensors in bays, are estimated with their uncertainty."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from parking import content
from parking.counting.fleet import CountingFleet
from traffic_core.readings import BayReading, Quality

DAY_AHEAD_S = 86_400.0


def estimate(town, state, after_s=0.0, key="A"):
    return state.estimates(town.now_s + after_s)[key]


def counting(town, occupied_veh=40, **values):
    state = town.state(town.facility(**values))
    state.accept(town.report(occupied_veh=occupied_veh))
    state.accept(town.report(at_s=town.now_s + 60.0, entered_veh=4, left_veh=3))
    return state


def bay(town, number, occupied, after_s=0.0, key="A"):
    at_s = town.now_s + after_s
    return BayReading(source_id=f"{key}.{number}", measured_at_s=at_s, received_at_s=at_s, occupied=occupied)


def test_after_a_recount_counts_give_a_number_and_its_uncertainty(town):
    found = estimate(town, counting(town), 60.0)
    assert (found.free_veh, found.quality, found.reason) == (59, Quality.MEASURED, content.COUNTED)
    assert 0.5 < found.sigma_veh < 2.0
    assert found.number_until_s is not None


def test_a_worn_count_gives_a_word_while_it_is_clear_and_no_number(town):
    state = counting(town)
    state.accept(town.report(at_s=town.now_s + 2_100.0, entered_veh=0, left_veh=0))
    found = estimate(town, state, 2_100.0)
    assert (found.free_veh, found.number_until_s, found.held_veh) == (None, None, 59)
    assert found.word_until_s is not None
    assert found.p_free > 0.99


def test_a_worn_count_near_full_says_nothing(town):
    state = counting(town, occupied_veh=95)
    state.accept(town.report(at_s=town.now_s + 2_100.0, entered_veh=0, left_veh=0))
    found = estimate(town, state, 2_100.0)
    assert (found.word_until_s, found.number_until_s, found.reason) == (None, None, content.UNCLEAR)
    assert 0.05 < found.p_free < 0.95


def test_a_refused_count_leaves_the_estimate_too_uncertain_until_a_recount(town):
    state = counting(town)
    state.reject("A", town.now_s + 70.0)
    state.accept(town.report(at_s=town.now_s + 120.0, entered_veh=1, left_veh=0))
    found = estimate(town, state, 120.0)
    assert (found.held_veh, found.p_free, found.reason) == (None, None, content.UNCERTAIN)
    state.accept(town.report(at_s=town.now_s + 180.0, occupied_veh=50))
    state.accept(town.report(at_s=town.now_s + 240.0, entered_veh=0, left_veh=0))
    found = estimate(town, state, 240.0)
    assert (found.free_veh, found.drift_veh) == (50, None)


def test_a_recount_says_by_how_much_the_counts_had_drifted(town):
    state = counting(town)
    state.accept(town.report(at_s=town.now_s + 120.0, occupied_veh=44))
    assert estimate(town, state, 120.0).drift_veh == pytest.approx(3.0, abs=0.1)


def test_a_filter_goes_on_after_a_restart_and_counts_no_reading_twice(town):
    before = counting(town)
    state = before.counting.state()["A"]
    after = town.state(town.facility())
    after.restore_count("A", state)
    after.accept(town.report(at_s=town.now_s + 60.0, entered_veh=4, left_veh=3))
    assert estimate(town, after, 60.0) == replace(estimate(town, before, 60.0), trend_veh_h=None)


def test_bays_alone_tell_how_full_a_street_is(town):
    state = town.state(town.facility(capacity_veh=10, reserve_veh=0))
    for number in range(10):
        assert state.accept_bay(bay(town, number, occupied=number < 4, after_s=float(number)))
    found = estimate(town, state, 10.0)
    assert (found.free_veh, found.quality, found.reason) == (6, Quality.MEASURED, content.FRESH)


def test_few_bays_of_a_large_car_park_give_no_number(town):
    state = town.state(town.facility(capacity_veh=200))
    for number in range(40):
        state.accept_bay(bay(town, number, occupied=number % 4 == 0))
    found = estimate(town, state)
    assert (found.free_veh, found.number_until_s) == (None, None)
    # s = (10 + 1) / (40 + 2): 10 + 160 s = 51.9 of 200 occupied
    assert found.held_veh == 148
    assert found.word_until_s is not None


def test_bays_that_fall_silent_together_say_nothing_after_half_an_hour(town):
    state = town.state(town.facility(capacity_veh=10, reserve_veh=0))
    for number in range(10):
        state.accept_bay(bay(town, number, occupied=False))
    assert estimate(town, state, 1_801.0).reason == content.STALE


def test_beside_told_levels_bays_change_nothing(town):
    state = town.state(town.facility(capacity_veh=10, reserve_veh=0))
    state.accept(town.report(free_veh=2))
    for number in range(10):
        state.accept_bay(bay(town, number, occupied=False, after_s=1.0))
    assert estimate(town, state, 2.0).free_veh == 2


def test_bays_beside_counts_are_one_more_observation(town):
    state = counting(town)
    for minute in range(1, 125):
        state.accept(town.report(at_s=town.now_s + 60.0 + 60.0 * minute, entered_veh=20, left_veh=20))
        for number in range(60):
            state.accept_bay(bay(town, number, occupied=number % 5 < 2, after_s=60.0 * minute))
        if minute == 119:
            wide = estimate(town, state, 60.0 * 120).sigma_veh
    assert estimate(town, state, 60.0 * 125).sigma_veh < wide


def test_bays_of_nobody_and_of_unknown_capacity_are_not_used(town):
    state = town.state(town.facility(capacity_veh=None))
    assert not state.accept_bay(bay(town, 1, occupied=False))
    assert not state.accept_bay(bay(town, 1, occupied=False, key="Z"))


def test_after_a_clock_was_set_back_counts_go_on(town):
    state = counting(town)
    state.accept(town.report(at_s=town.now_s + 1_300.0, occupied_veh=40))
    for minute in range(2, 8):
        state.accept(town.report(at_s=town.now_s + 60.0 * minute, entered_veh=5, left_veh=0))
    found = estimate(town, state, 420.0)
    assert found.free_veh == pytest.approx(30, abs=1)
    assert found.measured_at_s == town.now_s + 420.0


def test_counts_far_below_none_raise_one_alarm_and_take_the_number_away(town):
    state = counting(town, occupied_veh=10)
    for minute in range(2, 20):
        state.accept(town.report(at_s=town.now_s + 60.0 * minute, entered_veh=0, left_veh=4))
    assert [alarm.seen for _, alarm in state.counting.take_alarms()] == ["bounds"]
    assert estimate(town, state, 19 * 60.0).number_until_s is None
    state.accept(town.report(at_s=town.now_s + 1_200.0, occupied_veh=30))
    state.accept(town.report(at_s=town.now_s + 1_260.0, entered_veh=0, left_veh=0))
    assert estimate(town, state, 1_260.0).free_veh == 70


def test_bays_are_heard_again_after_a_clock_was_set_back(town):
    state = town.state(town.facility(capacity_veh=10, reserve_veh=0))
    for number in range(10):
        state.accept_bay(bay(town, number, occupied=True, after_s=DAY_AHEAD_S))
    state.accept_bay(bay(town, 0, occupied=False))
    assert estimate(town, state).free_veh == 1


def test_more_vehicles_at_night_than_places_are_none():
    with_night = CountingFleet({"A": SimpleNamespace(capacity_veh=10)}, night_veh={"A": 50.0}).of("A")
    assert with_night._night_veh == 10.0
