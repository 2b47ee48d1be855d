"""Error quantiles, their daily adaption, and quantiles that agree with the odds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.forecast.adaption import NARROWEST, WIDEST, adapted
from parking.forecast.calibration import ENOUGH, error_quantiles
from parking.forecast.model import LEVELS, probability_above, with_full


def test_a_class_with_as_many_examples_as_enough_weighs_half():
    # 300 errors of 1 in the most spacious class of facility 0, 300 of 3 in that of facility 1
    error = np.repeat([1.0, 3.0], ENOUGH)
    facility = np.repeat([0, 1], ENOUGH)
    found = error_quantiles(error, np.full(error.size, 0.9), facility, 2, (0.5,))
    everywhere = 2 / 3 * 2.0  # 600 of 900, the rest from 0; the median of both is 2
    by_class = 2 / 3 * 2.0 + 1 / 3 * everywhere
    of_facility = 0.5 * 1.0 + 0.5 * everywhere
    assert found[0, -1, 0] == pytest.approx(0.5 * 1.0 + 0.5 * 0.5 * (of_facility + by_class))


def test_a_class_without_examples_has_the_quantiles_of_the_wider_groups():
    found = error_quantiles(np.ones(10), np.full(10, 0.9), np.zeros(10, np.int64), 1, (0.1, 0.9))
    assert np.isfinite(found).all()
    assert found.shape == (1, 7, 2)


def test_widths_move_by_half_of_what_misses_lie_above_a_tenth():
    width = np.ones((1, 3))
    moved = adapted(width, np.array([[20, 10, 5]]), np.array([[100, 100, 10]]))
    assert moved[0] == pytest.approx([np.exp(0.05), 1.0, 1.0])  # the last was scored too rarely


def test_widths_stay_within_their_limits():
    width = np.full((1, 1), 3.9)
    for _ in range(10):
        width = adapted(width, np.array([[100]]), np.array([[100]]))
    assert width[0, 0] == WIDEST
    for _ in range(100):
        width = adapted(width, np.array([[0]]), np.array([[100]]))
    assert width[0, 0] == NARROWEST


def test_the_probability_is_read_linearly_between_the_levels():
    quantiles = np.array([[10.0, 20.0, 30.0]])
    read = [probability_above(quantiles, (0.1, 0.5, 0.9), np.array([limit]))[0] for limit in (5.0, 10.0, 15.0, 35.0)]
    assert read == pytest.approx([1.0, 0.9, 0.7, 0.0])


quantile_rows = st.lists(st.floats(0.0, 1.0), min_size=len(LEVELS), max_size=len(LEVELS)).map(sorted)


@given(quantile_rows, st.floats(0.0, 1.0), st.integers(10, 1_000))
def test_quantiles_that_agree_with_the_odds_rise_and_tell_them(row, p_full, capacity_veh):
    half_place = np.array([0.5 / capacity_veh])
    moved = with_full(np.array([row]), LEVELS, half_place, np.array([p_full]))
    assert (np.diff(moved[0]) >= 0.0).all()
    assert (moved >= 0.0).all()
    read = 1.0 - probability_above(moved, LEVELS, half_place)[0]
    if LEVELS[0] <= p_full < LEVELS[-1]:
        gap = max(np.diff(LEVELS))
        assert read == pytest.approx(p_full, abs=gap + 1e-9)


@pytest.mark.parametrize("p_full", [0.005, 0.05, 0.28, 0.3, 0.7])
def test_a_few_places_more_or_less_hardly_change_the_probability(p_full):
    """Shares that are read at a capacity that is off by up to 2 % from the one they were made for."""
    row = np.zeros(len(LEVELS))
    row[-6:] = np.arange(1, 7) * 0.002
    moved = with_full(row[None], LEVELS, np.array([0.005]), np.array([p_full]))
    told = [probability_above(moved * capacity, LEVELS, np.array([0.5]))[0] for capacity in (98, 99, 100, 101, 102)]
    assert np.ptp(told) < 0.005
    assert told[2] == pytest.approx(1.0 - p_full, abs=0.026)


def test_a_facility_that_is_sure_to_be_full_has_no_place():
    assert with_full(np.zeros((1, len(LEVELS))), LEVELS, np.array([0.005]), np.array([1.0])).tolist()[0] == [0.0] * 23


def test_quantiles_that_agree_with_the_odds_by_hand():
    levels = (0.1, 0.3, 0.5, 0.7, 0.9)
    row = np.array([[0.0, 0.1, 0.2, 0.3, 0.4]])
    moved = with_full(row, levels, np.array([0.05]), np.array([0.4]))
    # none with 0.2 before; level 0.7 has rank 0.2 + 0.8 × 0.3 / 0.6 = 0.6 and 0.9 has 0.2 + 0.8 × 0.5 / 0.6 = 0.8667
    assert moved[0, :2].tolist() == [0.0, 0.0]
    assert moved[0, 3:] == pytest.approx([0.25, 0.2 + 0.1 * (0.8 + 2.0 / 30.0 - 0.5) / 0.2])
    assert probability_above(moved, levels, np.array([0.05]))[0] == pytest.approx(0.6)
