"""Counts without barriers become free places; nights, bays and recounts correct them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from parking.counting.bays import BayBoard, BaysSeen, whole_of_part
from parking.counting.estimator import CountingEstimator
from parking.counting.settings import CountingSettings
from traffic_core.errors import InvalidValueError
from traffic_core.readings import BayReading

MIDNIGHT_S = 1_800_000_000.0 // 86_400.0 * 86_400.0


def begun(night_veh=None, inside=20, **settings):
    found = CountingEstimator(274, CountingSettings(**settings), night_veh)
    found.told(MIDNIGHT_S, inside)
    return found


def bay(number, occupied, at_s=MIDNIGHT_S):
    return BayReading(source_id=f"A.{number}", measured_at_s=at_s, received_at_s=at_s, occupied=occupied)


def test_before_anything_is_known_nothing_may_be_said():
    found = CountingEstimator(274, CountingSettings(), None)
    assert found.free_veh == pytest.approx(137.0)
    # uniform from 0 to 274: 274 / sqrt(12)
    assert found.sigma_veh == pytest.approx(79.1, abs=0.1)
    assert not found.may_word


def test_a_recount_makes_it_known_and_counts_move_it_on():
    found = begun(inside=100)
    found.counted(MIDNIGHT_S + 60.0, 99, 0)
    assert found.free_veh == pytest.approx(74.0, abs=0.2)
    assert found.may_number
    assert found.drift_veh is None


def test_the_recount_after_says_how_far_it_had_drifted():
    found = begun(inside=100)
    found.counted(MIDNIGHT_S + 60.0, 0, 0)
    found.told(MIDNIGHT_S + 120.0, 103)
    assert found.drift_veh == pytest.approx(3.0, abs=0.1)
    assert found.alarms == []


def test_a_recount_far_off_alarms_and_is_believed():
    found = begun(inside=100)
    found.counted(MIDNIGHT_S + 60.0, 0, 0)
    found.told(MIDNIGHT_S + 120.0, 160)
    (alarm,) = found.alarms
    assert (alarm.seen, round(alarm.innovation_veh)) == ("level", 60)
    assert found.free_veh == pytest.approx(114.0, abs=0.5)


def test_the_night_is_seen_once_at_its_hour():
    found = begun(night_veh=20.0, inside=30)
    free_veh = []
    for quarter in range(20):
        found.counted(MIDNIGHT_S + 900.0 * quarter, 0, 0)
        free_veh.append(found.free_veh)
    # until 02:45 30 inside with sigma 1; at 03:00 20 seen with sigma 10.96: gain 1 / 121.1 of 10 fewer inside
    assert free_veh[11] == pytest.approx(244.0, abs=0.02)
    assert free_veh[12] - free_veh[11] == pytest.approx(10.0 / 121.1, abs=0.001)
    assert free_veh[12:] == pytest.approx([free_veh[12]] * 8)


def test_a_night_of_an_event_alarms_and_leaves_no_number():
    found = begun(night_veh=20.0, inside=200)
    found.counted(MIDNIGHT_S + 3.2 * 3_600.0, 0, 0)
    assert [alarm.seen for alarm in found.alarms] == ["night"]
    assert not found.may_word


def test_lost_readings_widen_the_estimate():
    found = begun(inside=100)
    narrow = found.sigma_veh
    found.counted(MIDNIGHT_S + 3_600.0, 0, 0)
    # one hour of "stays as it is": 1.2533 * 4.88 % of 274
    assert found.sigma_veh == pytest.approx(math.hypot(narrow, 1.2533 * 0.0488 * 274), abs=0.1)
    assert not found.may_number


def test_a_refused_report_takes_the_word_away():
    found = begun(inside=100)
    found.doubt()
    assert not found.may_word


def test_part_of_the_bays_matches_hand_calculation():
    # s = (19 + 1) / (38 + 2) = 0.5; 19 + 62 * 0.5 = 50; 2 * 62 * 0.25 * (1 + 62 / 40) = 79.05
    assert whole_of_part(BaysSeen(known=38, occupied=19, at_s=0.0), 100) == pytest.approx((50.0, math.sqrt(79.05)))


def test_all_bays_tell_it_exactly_and_too_few_nothing():
    assert whole_of_part(BaysSeen(known=30, occupied=12, at_s=0.0), 30) == (12.0, 0.0)
    assert whole_of_part(BaysSeen(known=2, occupied=1, at_s=0.0), 30) is None
    assert whole_of_part(BaysSeen(known=9, occupied=1, at_s=0.0), 100) is None


def test_a_silent_bay_is_not_dead_until_it_misses_its_daily_sign_of_life():
    board = BayBoard()
    board.accept(bay(1, occupied=True))
    board.accept(bay(2, occupied=True, at_s=MIDNIGHT_S + 50_000.0))
    late = bay(2, occupied=False, at_s=MIDNIGHT_S + 40_000.0)
    board.accept(replace(late, received_at_s=MIDNIGHT_S + 50_010.0))
    seen = board.seen(MIDNIGHT_S + 60_000.0, 93_600.0)
    assert (seen.known, seen.occupied, seen.at_s) == (2, 2, MIDNIGHT_S + 50_000.0)
    assert board.seen(MIDNIGHT_S + 100_000.0, 93_600.0).known == 1
    assert board.seen(MIDNIGHT_S + 200_000.0, 93_600.0) is None


def test_the_same_bays_are_news_only_every_two_hours():
    found = begun(inside=100)
    sigma_veh = []
    for minutes in (1, 60, 121, 122, 240, 241):
        found.saw_bays(BaysSeen(known=82, occupied=30, at_s=MIDNIGHT_S + 60.0 * minutes))
        sigma_veh.append(found.sigma_veh)
    assert sigma_veh[0] == sigma_veh[1] > sigma_veh[2] == sigma_veh[3] == sigma_veh[4] > sigma_veh[5]


def test_a_state_goes_on_after_a_restart():
    found = begun(night_veh=20.0, inside=100)
    found.counted(MIDNIGHT_S + 3.2 * 3_600.0, 30, 10)
    again = CountingEstimator(274, CountingSettings(), 20.0)
    again.restore(found.state())
    for known in (found, again):
        known.counted(MIDNIGHT_S + 3.3 * 3_600.0, 5, 1)
    assert again.state() == found.state()


def test_a_state_of_another_capacity_or_of_nonsense_is_refused():
    state = begun().state()
    with pytest.raises(ValueError, match="274 then, 80 now"):
        CountingEstimator(80, CountingSettings(), None).restore(state)
    state["filter"]["var_n"] = math.nan
    with pytest.raises(ValueError, match="finite"):
        CountingEstimator(274, CountingSettings(), None).restore(state)


def test_settings_out_of_range_are_refused_with_their_name():
    with pytest.raises(InvalidValueError, match=r"counting\.miss_in_share.*0\.6"):
        CountingSettings(miss_in_share=0.6)
    with pytest.raises(InvalidValueError, match="must be one of miss_in_share"):
        CountingSettings().changed("colour", 1.0)
    assert replace(CountingSettings(), night_veh=3.0) == CountingSettings().changed("night_veh", 3.0)


def seven_days(seed, *, bays):
    """Errors of the seventh day: counted alone, and estimated; 600 entries and 600 exits a day, 1 % of each missed."""
    rng = np.random.default_rng(seed)
    found = begun(inside=20)
    inside = counted = 20
    errors = []
    for hour in range(7 * 24):
        of_day = hour % 24
        entered = int(rng.poisson(75)) if 5 <= of_day < 13 else 0
        entered = min(entered, 274 - inside) if of_day < 9 else min(entered, 30)
        left = min(int(rng.poisson(75)), inside - 20) if of_day >= 14 else min(30, inside) if of_day > 8 else 0
        seen_in, seen_out = int(rng.binomial(entered, 0.99)), int(rng.binomial(left, 0.99))
        inside, counted = inside + entered - left, counted + seen_in - seen_out
        at_s = MIDNIGHT_S + 3_600.0 * (hour + 1)
        for part in range(4):  # a reading every quarter of an hour
            share_in, share_out = seen_in // 4, seen_out // 4
            last = part == 3
            found.counted(
                at_s - 900.0 * (3 - part),
                seen_in - 3 * share_in if last else share_in,
                seen_out - 3 * share_out if last else share_out,
            )
        if bays and hour % 2 == 0:
            found.saw_bays(BaysSeen(known=82, occupied=int(rng.hypergeometric(inside, 274 - inside, 82)), at_s=at_s))
        if hour >= 6 * 24:
            errors.append((counted - inside, 274 - found.free_veh - inside))
    return errors


def test_with_a_third_of_the_bays_a_week_of_misses_stays_within_two_per_cent():
    errors = np.array([error for seed in range(6) for error in seven_days(seed, bays=True)])
    counted_share, estimated_share = np.sqrt((errors**2).mean(axis=0)) / 274.0
    assert estimated_share <= 0.02
    assert estimated_share < counted_share
