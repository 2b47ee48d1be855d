"""Spread of free places over their age, against hand calculation."""

from __future__ import annotations

import math

import pytest

from parking.persistence import clear_until_age_s, probability_more_than, sigma_veh


def test_spread_is_the_measured_error_times_root_half_pi():
    # 1.52 % of 200 places after 15 min: 3.04 veh mean absolute error, times sqrt(pi / 2) = 1.253314
    assert sigma_veh(900.0, 200) == pytest.approx(3.04 * 1.253314, rel=1e-6)
    assert sigma_veh(3_600.0, 100) == pytest.approx(4.88 * 1.253314, rel=1e-6)


def test_spread_is_linear_between_the_measured_ages():
    assert sigma_veh(0.0, 100) == 0.0
    assert sigma_veh(450.0, 100) == pytest.approx(0.76 * 1.253314, rel=1e-6)
    # half way from 15 to 30 min: (1.52 + 2.67) / 2
    assert sigma_veh(1_350.0, 100) == pytest.approx(2.095 * 1.253314, rel=1e-6)


def test_spread_stays_that_of_two_hours_beyond():
    assert sigma_veh(1e6, 100) == sigma_veh(7_200.0, 100) == pytest.approx(9.01 * 1.253314, rel=1e-6)


def test_a_fresh_count_is_certain():
    assert probability_more_than(5, 6, 0.0) == 1.0
    assert probability_more_than(5, 5, 0.0) == 0.0


def test_probability_follows_the_normal_distribution():
    # (10 - 5.5) / 4.5 = 1 standard deviation: 0.841345
    assert probability_more_than(5, 10, 4.5) == pytest.approx(0.841345, abs=1e-6)
    assert probability_more_than(5, 1, 4.5) == pytest.approx(1 - 0.841345, abs=1e-6)


@pytest.mark.parametrize("free_veh", [0, 3, 8, 12])
def test_at_the_age_of_doubt_the_probability_is_95_or_5_per_cent(free_veh):
    age_s = clear_until_age_s(free_veh, 5, 100)
    share = probability_more_than(5, free_veh, sigma_veh(age_s, 100))
    assert share == pytest.approx(0.95 if free_veh > 5 else 0.05, abs=1e-9)


def test_far_from_the_limit_there_is_no_doubt():
    assert clear_until_age_s(90, 5, 100) == math.inf


def test_age_of_doubt_matches_hand_calculation():
    # |8 - 5.5| = 2.5 = 1.644854 × 1.253314 × 100 × share; share = 0.0121270; 900 s × share / 0.0152
    assert clear_until_age_s(8, 5, 100) == pytest.approx(718.045, abs=0.001)
