"""What drivers meet under rules for signs, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from parking.forecast.sign_policy import (
    SignCounts,
    baselines,
    count,
    fills_up,
    hysteresis,
    learn_thresholds,
    learned,
    persistence_p_free,
)
from parking.forecast.thresholds import SignThresholds
from traffic_core.errors import InvalidValueError

CAPACITY_VEH = 100.0


def free(*places):
    return np.array([np.nan if place is None else place / CAPACITY_VEH for place in places])


def test_a_sign_stays_as_it_is_where_nothing_says_otherwise():
    full = np.array([False, True, False, False, False, True])
    empty = np.array([False, False, False, True, False, False])
    assert hysteresis(full, empty).tolist() == [False, True, True, False, False, True]


def test_arrivals_are_counted_ten_minutes_after_the_sign_was_read():
    share = free(3, 1, 0, 0, 0, 4, 5, 9)
    found = baselines(share, CAPACITY_VEH)
    # steps 0 to 5 have an arrival: 0, 0, 0, 4, 5, 9
    assert found["naive"] == SignCounts(at_full=3, sent_to_full=2, at_free=3, wrongly_full=2, flips=2, days=8 / 288)
    # at most 3 %: full from the first step on, free from step 5
    assert found["threshold_3"] == SignCounts(at_full=3, at_free=3, wrongly_full=2, flips=1, days=8 / 288)
    # full at 1, free again at 4
    assert found["hysteresis_2_4"].sent_to_full == 1
    assert found["hysteresis_2_4"].flips == 2


def test_steps_without_data_are_not_judged_and_leave_the_sign():
    share = free(0, None, None, 0, 0, 0)
    found = baselines(share, CAPACITY_VEH)["naive"]
    assert found.at_full == 1  # read at step 3, found at step 5
    assert found.flips == 0
    assert found.days == pytest.approx(4 / 288)


def test_shares_refer_to_those_who_find_it_full_and_those_who_do_not():
    both = SignCounts(at_full=10, sent_to_full=1, at_free=50, wrongly_full=5, flips=6, days=2.0) + SignCounts(
        at_full=10, sent_to_full=3, at_free=50, wrongly_full=0, flips=0, days=2.0
    )
    assert both.shares == pytest.approx((0.2, 0.05, 1.5))
    assert SignCounts().shares == (0.0, 0.0, 0.0)


def test_a_learned_rule_follows_its_thresholds():
    p_free = np.array([0.9, 0.4, 0.6, 0.6, 0.9, np.nan])
    share = free(5, 5, 5, 0, 5, 1)
    thresholds = SignThresholds(full_below_share=0.5, free_above_share=0.8)
    found = learned(p_free, share, CAPACITY_VEH, thresholds)
    # says free, full, full, full, free and, with nothing expected at 1 %, full; found 5, 0, 5, 1
    assert found == SignCounts(at_full=1, sent_to_full=0, at_free=3, wrongly_full=2, flips=3, days=6 / 288)


def test_persistence_is_read_as_a_normal_error():
    # 10 min: 1.2533 × 1.52 % × 2 / 3 of 100 places = 1.270; half a place is 1.97 standard deviations below 3
    found = persistence_p_free(free(3, 0.5, None), CAPACITY_VEH)
    assert found[:2] == pytest.approx([0.97552, 0.5], abs=1e-4)
    assert np.isnan(found[2])


def test_thresholds_are_chosen_that_tell_full_from_free():
    chance = np.random.default_rng(2)
    full = np.repeat(chance.random(60) < 0.3, 288)
    p_free = np.clip(np.where(np.roll(full, -2), 0.25, 0.75) + 0.1 * chance.standard_normal(full.size), 0.0, 1.0)
    share = np.where(full, 0.0, 0.3)
    found = learn_thresholds([(p_free, share, CAPACITY_VEH)])
    assert 0.3 < found.full_below_share < 0.7
    reached = learned(p_free, share, CAPACITY_VEH, found).shares
    assert reached[0] < 0.05
    assert reached[1] < 0.05


def test_without_facilities_that_fill_up_the_default_stands():
    assert learn_thresholds([]) == SignThresholds()
    assert learn_thresholds([(np.ones(10), np.ones(10), 50.0)]) == SignThresholds()


def test_a_facility_fills_up_if_it_is_full_in_half_a_percent_of_the_steps():
    share = np.full(1_000, 0.5)
    share[:4] = 0.0
    assert not fills_up(share, CAPACITY_VEH)
    share[4] = 0.0
    assert fills_up(share, CAPACITY_VEH)
    assert not fills_up(np.full(5, np.nan), CAPACITY_VEH)


def test_counting_knows_that_no_arrival_follows_the_last_steps():
    found = count(np.zeros(3, np.bool_), np.zeros(3), CAPACITY_VEH, np.ones(3, np.bool_))
    assert found.at_full == 1


def test_thresholds_have_an_order():
    assert SignThresholds(full_below_share=0.5, free_above_share=0.5).free_above_share == 0.5
    with pytest.raises(InvalidValueError, match=r"free_above_share = 0.4: must be at least full_below_share = 0.5"):
        SignThresholds(full_below_share=0.5, free_above_share=0.4)
