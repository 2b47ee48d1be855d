"""When a fault of the data ends, and when it must not: closings, restarts, clocks, silence of the counts."""

from __future__ import annotations

import pytest

from parking.quality.constant import MOST_HOURS, ConstantWatch
from parking.quality.faults import FaultRule
from parking.quality.watch import FacilityWatch

DAY_S = 86_400.0
QUIET_SLOTS = range(84)


def watch_of(town, *keys, capacity_veh=282):
    return FacilityWatch({key: town.facility(key, capacity_veh=capacity_veh, reserve_veh=0) for key in keys})


def report(town, watch, at_s, key="A", **values):
    return watch.accept(town.report(key, at_s=at_s, **values))


def noon_after_a_week(town, watch):
    """A week in which A and B change every 5 min by day; returns noon of the day after."""
    start_s = town.now_s // DAY_S * DAY_S
    for slot in range(7 * 288):
        for number, key in enumerate("AB"):
            moved = 0 if slot % 288 in QUIET_SLOTS else slot % 20
            report(town, watch, start_s + slot * 300.0, key, free_veh=60 + 10 * number + moved)
    return start_s + 7.5 * DAY_S


def lying(town, watch, slots, from_s=None, **values):
    """A flickering level whose car park counts 6 entries a slot; returns when that ends."""
    from_s = town.now_s if from_s is None else from_s
    for slot in range(slots):
        report(town, watch, from_s + 300.0 * slot, free_veh=50 + slot % 2, entered_veh=6, left_veh=0, **values)
    return from_s + 300.0 * slots


def test_a_gap_does_not_age_out_while_the_sign_would_still_lie(town):
    watch = watch_of(town, "A", capacity_veh=100)
    at_s = lying(town, watch, 9)
    for slot in range(100):  # full: nobody gets in, so nothing is counted any more
        fault = report(town, watch, at_s + 300.0 * slot, free_veh=50 + slot % 2, entered_veh=0, left_veh=0)
        assert fault.rule is FaultRule.COUNTS
    assert report(town, watch, at_s + 30_300.0, free_veh=2, entered_veh=0, left_veh=0) is None


def test_a_level_that_has_moved_with_its_counts_for_hours_is_believed_again(town):
    watch = watch_of(town, "A", capacity_veh=100)
    at_s = lying(town, watch, 9)
    ended = None
    for slot in range(300):
        level_veh = 40 + slot % 20
        came, went = (19, 0) if slot and slot % 20 == 0 else (0, 1 if slot else 0)
        if report(town, watch, at_s + 300.0 * slot, free_veh=level_veh, entered_veh=came, left_veh=went) is None:
            ended = slot
            break
    assert 72 <= ended <= 90


def test_a_restart_ends_no_fault_of_the_counts(town):
    watch, again = watch_of(town, "A", capacity_veh=100), watch_of(town, "A", capacity_veh=100)
    at_s = lying(town, watch, 13)
    again.restore("A", watch.state()["A"])
    for slot in range(30):
        assert report(town, again, at_s + 300.0 * slot, free_veh=50 + slot % 2, entered_veh=0, left_veh=0) is not None


def test_where_the_counts_fall_silent_two_moves_end_it(town):
    watch = watch_of(town, "A", capacity_veh=100)
    at_s = lying(town, watch, 13)
    rules = []
    for slot in range(20):
        fault = report(town, watch, at_s + 300.0 * slot, free_veh=40 + slot)
        rules.append(fault and fault.rule)
    assert rules[:10] == [FaultRule.COUNTS] * 10
    assert FaultRule.FROZEN in rules
    assert rules[-1] is None


@pytest.mark.parametrize("values", [{}, {"entered_veh": 6, "left_veh": 5}])
def test_a_garage_that_freezes_at_all_free_by_day_is_found_within_an_hour(town, values):
    watch = watch_of(town, "A", "B")
    noon_s = noon_after_a_week(town, watch)
    found = None
    for slot in range(13):
        report(town, watch, noon_s + 300.0 * slot, "B", free_veh=110 + slot % 2)
        found = found or report(town, watch, noon_s + 300.0 * slot, free_veh=282, **values)
    assert found.rule is FaultRule.FROZEN


def frozen(town):
    """A watch with A found frozen at 120, and when."""
    watch = watch_of(town, "A", "B")
    noon_s = noon_after_a_week(town, watch)
    for slot in range(12):
        report(town, watch, noon_s + 300.0 * slot, "B", free_veh=110 + slot % 2)
        report(town, watch, noon_s + 300.0 * slot, free_veh=120)
    assert watch.fault("A") is not None
    return watch, noon_s + 3_600.0


def test_closing_ends_no_fault(town):
    watch, at_s = frozen(town)
    report(town, watch, at_s, free_veh=120, is_open=False)
    assert report(town, watch, at_s + 60.0, free_veh=120, is_open=True).rule is FaultRule.FROZEN


def test_a_feed_that_is_right_again_and_says_full_is_believed_after_one_large_step(town):
    watch, at_s = frozen(town)
    assert [report(town, watch, at_s + 300.0 * slot, free_veh=0) for slot in range(3)][-1] is None


def test_a_garage_closed_at_night_that_flickers_within_a_place_is_found(town):
    watch = watch_of(town, "A")
    found = None
    for slot in range(288 * 6):
        at_s = town.now_s // DAY_S * DAY_S + 300.0 * slot
        found = found or report(town, watch, at_s, free_veh=279 + slot % 2, is_open=72 < slot % 288 < 264)
    assert found.rule is FaultRule.CONSTANT


def test_a_clock_that_was_set_back_by_a_day_does_not_blind_the_rules(town):
    watch = watch_of(town, "A", "B")
    noon_s = noon_after_a_week(town, watch) - DAY_S
    found = None
    for slot in range(13):
        report(town, watch, noon_s + 300.0 * slot, "B", free_veh=110 + slot % 2)
        found = found or report(town, watch, noon_s + 300.0 * slot, free_veh=120)
    assert found.rule is FaultRule.FROZEN


def test_a_feed_of_every_quarter_of_an_hour_teaches_what_is_usual(town):
    watch = watch_of(town, "A")
    for number in range(50):
        report(town, watch, town.now_s + 905.0 * number, free_veh=100 + number % 20)
    assert sum(watch.state()["A"]["frozen"]["movement"]["seen"]) > 45.0


def test_a_year_of_one_value_fills_no_memory():
    watch = ConstantWatch()
    for hour in range(24 * 365):
        watch.note(3_600.0 * hour, 5, 1)
    assert len(watch._hours) <= MOST_HOURS
    assert (watch.from_s, watch.band()) == (0.0, (5, 5))
