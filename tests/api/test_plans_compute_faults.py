from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from api.plans.count_faults import FaultKind, faults_of, runs, usable, usual_by_hour

HOUR = np.tile(np.arange(24), 7)


def week():
    """Seven days of the same plausible course, a little different each day."""
    day = np.array(
        [4, 2, 1, 3, 9, 30, 120, 300, 280, 200, 180, 190, 210, 205, 220, 260, 310, 290, 200, 130, 80, 50, 30, 12]
    )
    return np.concatenate([day * (1.0 + 0.02 * n) // 1 + (n % 2) for n in range(7)]).astype(np.float64)


def kinds(values, interval_h=1.0, hour=HOUR):
    return [(fault.kind, fault.first, fault.length) for fault in faults_of(values, hour, interval_h)]


def test_a_plausible_week_has_no_fault():
    assert kinds(week()) == []


def test_nights_of_zeros_are_no_fault():
    values = week()
    values[[0, 1, 2, 3, 24, 25, 26, 27]] = 0.0
    assert kinds(values) == []


def test_a_missing_hour_is_a_gap():
    values = week()
    values[30:33] = math.nan
    assert kinds(values) == [(FaultKind.GAP, 30, 3)]


def test_hours_that_nobody_ever_counted_are_no_gap_and_still_not_usable():
    values = week()
    values[HOUR < 6] = math.nan
    assert kinds(values) == []
    assert not usable(values, [])[HOUR < 6].any()


def test_a_negative_number_is_a_fault():
    values = week()
    values[40] = -3.0
    assert kinds(values) == [(FaultKind.NEGATIVE, 40, 1)]


def test_a_number_that_stays_is_stuck_sooner_where_traffic_is_heavy():
    values = week()
    values[56:62] = 220.0  # chance of a pair: 1 / (2 sqrt(220 pi)) = 0.019; 0.019 ** 5 is below a millionth
    assert kinds(values) == [(FaultKind.STUCK, 56, 6)]
    few = week()
    few[48:52] = 5.0  # chance of a pair: 0.126; 0.126 ** 3 is nothing rare
    assert kinds(few) == []


def test_large_numbers_that_differ_by_a_thousandth_are_stuck():
    values = week()
    values[48:60] = [3600, 3602, 3601, 3602, 3600, 3602, 3600, 3602, 3600, 3602, 3600, 3602]
    assert (FaultKind.STUCK, 48, 12) in kinds(values)


def test_silence_by_day_is_a_fault():
    values = week()
    values[55:60] = 0.0
    assert kinds(values) == [(FaultKind.SILENT, 55, 5)]


def test_two_silent_hours_may_be_chance():
    values = week()
    values[55:57] = 0.0
    assert kinds(values) == []


def test_a_jump_is_a_fault():
    values = week()
    values[60] = 2_000.0
    assert kinds(values) == [(FaultKind.JUMP, 60, 1)]


def test_what_a_fault_covers_is_not_usable():
    values = week()
    values[55:60] = 0.0
    values[90] = math.nan
    good = usable(values, faults_of(values, HOUR, 1.0))
    assert good.sum() == len(values) - 6


def test_the_usual_is_the_median_without_zeros():
    usual = usual_by_hour(np.array([10.0, 0.0, 30.0, math.nan]), np.array([7, 7, 7, 7]))
    assert usual[7] == 20.0
    assert math.isnan(usual[8])


@given(st.lists(st.integers(0, 2), max_size=30))
def test_runs_cover_exactly_what_is_not_0(kind):
    covered = [place for first, length in runs(np.array(kind, np.int64)) for place in range(first, first + length)]
    assert covered == [place for place, value in enumerate(kind) if value]


@given(arrays(np.float64, 168, elements=st.one_of(st.floats(-5.0, 4_000.0), st.just(math.nan))))
def test_faults_lie_inside_the_series_and_leave_no_negative_number(values):
    faults = faults_of(values, HOUR, 1.0)
    assert all(fault.first >= 0 and fault.first + fault.length <= len(values) and fault.length > 0 for fault in faults)
    assert (values[usable(values, faults)] >= 0.0).all()


@pytest.mark.parametrize("interval_h", [0.25, 1.0])
def test_an_empty_series_has_no_fault(interval_h):
    assert kinds(np.array([]), interval_h, np.array([], np.int64)) == []
