"""Faults of the data: found by their rule, explained, told once, and ended by themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parking.quality.faults import FaultRule, span_words
from parking.quality.rules import DEFAULT_RULES
from parking.quality.watch import FacilityWatch

DAY_S = 86_400.0
NIGHT_SLOTS = range(84)


def watch_of(town, *keys, **values):
    facilities = {key: town.facility(key, capacity_veh=282, reserve_veh=0) for key in keys}
    return FacilityWatch(facilities, {key: replace(DEFAULT_RULES, **values) for key in keys} if values else None)


def report(town, watch, at_s, key="A", **values):
    return watch.accept(town.report(key, at_s=at_s, **values))


def lively_week(town, watch, keys=("A", "B"), days=7):
    """A week in which the car parks change every 5 min by day and not before 7 o'clock; returns where it ended."""
    start_s = town.now_s // DAY_S * DAY_S
    for slot in range(days * 288):
        at_s = start_s + slot * 300.0
        for number, key in enumerate(keys):
            free_veh = 100 + 10 * number + (0 if slot % 288 in NIGHT_SLOTS else slot % 20)
            report(town, watch, at_s, key, free_veh=free_veh)
    return start_s + days * DAY_S


def frozen_for(town, watch, from_s, slots, free_veh=120, neighbour=True):
    """Minutes until A is found while its neighbour goes on to move; None where it is not."""
    for slot in range(slots):
        at_s = from_s + slot * 300.0
        if neighbour:
            report(town, watch, at_s, "B", free_veh=110 + slot % 2)
        if report(town, watch, at_s, free_veh=free_veh) is not None:
            return 5 * slot
    return None


def test_a_frozen_value_of_a_moving_car_park_is_found_within_half_an_hour(town):
    watch = watch_of(town, "A", "B")
    end_s = lively_week(town, watch)
    assert watch.faults() == {}
    assert frozen_for(town, watch, end_s + DAY_S / 2, 12) <= 30
    fault = watch.fault("A")
    assert fault.rule is FaultRule.FROZEN
    assert "120 freie Plätze" in fault.explanation_de
    assert "120 free spaces reported unchanged" in fault.explanation_en
    assert watch.found["A", FaultRule.FROZEN] == 1
    (event,) = watch.take_events()
    assert (event.facility_id, event.ended, event.fault) == ("A", False, fault)
    assert watch.take_events() == []


def test_two_slots_of_changes_end_it_and_that_is_told(town):
    watch = watch_of(town, "A", "B")
    end_s = lively_week(town, watch) + DAY_S / 2
    frozen_for(town, watch, end_s, 12)
    watch.take_events()
    report(town, watch, end_s + 3_600.0, free_veh=118)
    assert watch.fault("A") is not None
    report(town, watch, end_s + 3_900.0, free_veh=116)
    assert watch.fault("A") is None
    assert [event.ended for event in watch.take_events()] == [True]


def test_nothing_is_cried_at_night_nor_of_a_full_or_closed_car_park(town):
    watch = watch_of(town, "A", "B")
    end_s = lively_week(town, watch)
    assert frozen_for(town, watch, end_s, 80) is None
    noon_s = end_s + DAY_S / 2
    assert frozen_for(town, watch, noon_s, 60, free_veh=1) is None
    report(town, watch, noon_s + 5.5 * 3_600.0, is_open=False)
    for slot in range(12):
        report(town, watch, noon_s + (6.0 + slot / 12) * 3_600.0, free_veh=77)
    assert watch.fault("A") is None


@pytest.mark.parametrize(("thawed_veh", "wary_nats"), [(121, 2.0), (90, 0.0)])
def test_only_a_run_that_ends_with_a_small_step_makes_the_rule_warier(town, thawed_veh, wary_nats):
    watch = watch_of(town, "A", "B")
    noon_s = lively_week(town, watch) + DAY_S / 2
    frozen_for(town, watch, noon_s, 20)
    for slot in range(2):
        report(town, watch, noon_s + 5_400.0 + 300.0 * slot, free_veh=thawed_veh - slot)
    assert watch.fault("A") is None
    assert watch.state()["A"]["frozen"]["wary_nats"] == pytest.approx(wary_nats, abs=0.01)


def test_all_that_stand_still_at_once_are_found_though_no_neighbour_moves(town):
    keys = tuple("ABCDEFGH")
    watch = watch_of(town, *keys)
    noon_s = lively_week(town, watch, keys) + DAY_S / 2
    for slot in range(7):
        for key in keys:
            report(town, watch, noon_s + 300.0 * slot, key, free_veh=140)
    assert set(watch.faults()) == set(keys)


def test_a_value_constant_for_days_is_found_although_nothing_else_is_known(town):
    watch = watch_of(town, "A", usual_moves_share=0.0)
    found = [report(town, watch, town.now_s + 3_600.0 * hour, free_veh=279 + hour % 2) for hour in range(80)]
    first = next(hour for hour, fault in enumerate(found) if fault is not None)
    assert first == 72
    assert found[first].rule is FaultRule.CONSTANT
    assert found[first].explanation_en == "279 to 280 free spaces reported all the time for 3 days"
    assert "seit 3 Tagen dauernd 279 bis 280 freie" in found[first].explanation_de


def test_constant_ends_once_the_value_has_moved_on(town):
    watch = watch_of(town, "A", usual_moves_share=0.0)
    for hour in range(74):
        report(town, watch, town.now_s + 3_600.0 * hour, free_veh=279)
    assert watch.fault("A") is not None
    for number, free_veh in enumerate((270, 250, 240)):
        report(town, watch, town.now_s + 3_600.0 * (75 + number), free_veh=free_veh)
    assert watch.fault("A") is None


def test_none_free_for_a_week_is_stuck(town):
    watch = watch_of(town, "A")
    found = [report(town, watch, town.now_s + 3_600.0 * hour, free_veh=0) for hour in range(170)]
    assert next(hour for hour, fault in enumerate(found) if fault is not None) == 168
    assert found[-1].rule is FaultRule.STUCK


def test_a_small_car_park_may_stay_as_it_is(town):
    watch = FacilityWatch({"A": town.facility(capacity_veh=4)}, {"A": replace(DEFAULT_RULES, usual_moves_share=0.0)})
    assert not any(report(town, watch, town.now_s + 3_600.0 * hour, free_veh=1) for hour in range(200))


def test_a_level_that_does_not_follow_its_counts_is_found_and_ends_once_it_does(town):
    watch = watch_of(town, "A")
    report(town, watch, town.now_s, free_veh=100, entered_veh=0, left_veh=0)
    found = [
        report(town, watch, town.now_s + 300.0 * step, free_veh=100 + step % 2, entered_veh=6, left_veh=0)
        for step in range(1, 5)
    ]
    # 5 % of 282 is 14.1: after three readings 18 - 1 more have come in than the level says
    assert [fault is not None for fault in found] == [False, False, True, True]
    assert found[2].rule is FaultRule.COUNTS
    assert "entries less exits counted were +18" in found[2].explanation_en
    assert "Ein- minus Ausfahrten +18" in found[2].explanation_de
    report(town, watch, town.now_s + 1_500.0, free_veh=76, entered_veh=0, left_veh=0)
    assert watch.fault("A") is None


def test_a_car_park_that_only_counts_stands_still_without_entries_and_exits(town):
    watch = watch_of(town, "A", "B", usual_moves_share=0.9)
    found = None
    for slot in range(12):
        at_s = town.now_s + 300.0 * slot
        report(town, watch, at_s, "B", entered_veh=3, left_veh=2)
        found = found or report(town, watch, at_s, entered_veh=0, left_veh=0)
    assert found.rule is FaultRule.FROZEN
    assert "neither entries nor exits" in found.explanation_en
    assert "weder Ein- noch Ausfahrten" in found.explanation_de


def test_faults_and_what_was_learned_go_on_after_a_restart_and_nothing_is_told_twice(town):
    watch, again = watch_of(town, "A", "B"), watch_of(town, "A", "B")
    noon_s = lively_week(town, watch) + DAY_S / 2
    frozen_for(town, watch, noon_s, 12)
    for key, state in watch.state().items():
        again.restore(key, state)
    again.restore("GONE", {})
    assert again.faults() == watch.faults()
    report(town, again, noon_s, free_veh=120)
    assert frozen_for(town, again, noon_s + 3_600.0, 2) == 0
    assert again.take_events() == []


def test_a_state_of_nonsense_is_an_error(town):
    with pytest.raises(KeyError):
        watch_of(town, "A").restore("A", {"frozen": {}})


@pytest.mark.parametrize(
    ("span_s", "de", "en"),
    [(1_800.0, "30 Minuten", "30 minutes"), (36_000.0, "10 Stunden", "10 hours"), (1_209_600.0, "14 Tagen", "14 days")],
)
def test_spans_read_as_people_say_them(span_s, de, en):
    assert span_words(span_s) == (de, en)


def test_counts_alone_after_a_closing_are_no_error(town):
    watch = watch_of(town, "A")
    report(town, watch, town.now_s, free_veh=100)
    report(town, watch, town.now_s + 300.0, is_open=False)
    report(town, watch, town.now_s + 600.0, is_open=True)
    assert report(town, watch, town.now_s + 900.0, entered_veh=1) is None


def test_readings_known_already_are_not_counted_again_after_a_restart(town):
    watch, again = watch_of(town, "A"), watch_of(town, "A")
    for slot in range(100):
        report(town, watch, town.now_s + 300.0 * slot, free_veh=100 + slot % 2)
    again.restore("A", watch.state()["A"])
    for slot in range(100):
        report(town, again, town.now_s + 300.0 * slot, free_veh=100 + slot % 2)
    assert again.state() == watch.state()
