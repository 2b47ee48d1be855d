"""Faults put into clean series are found, and clean counts are left alone.  All with fixed seeds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.calibration.hourly_series import HourlySeries
from traffic_core.calibration.screening import (
    KEPT,
    MISSING,
    REASONS,
    DropReason,
    ScreenedSeries,
    ScreeningTally,
    screen,
)

MONDAY = date(2024, 1, 1)
WEEKDAY = np.array([4, 3, 2, 2, 4, 14, 42, 75, 68, 56, 55, 57, 61, 64, 66, 73, 78, 75, 64, 48, 33, 24, 19, 13])
WEEKEND = np.array([15, 11, 8, 6, 6, 8, 11, 16, 27, 43, 57, 66, 73, 78, 82, 78, 73, 76, 70, 57, 44, 32, 26, 17])
LEVEL = np.array([0.98, 1.0, 1.0, 1.01, 1.05, 0.8, 0.6])
REASON_OF = {"zero": DropReason.STUCK_AT_ZERO, "frozen": DropReason.FROZEN, "spike": DropReason.SPIKE}


def clean(veh_24h: float, *, days: int = 182, seed: int = 1) -> HourlySeries:
    """Counts that scatter around the course of the day more than Poisson: days by 5 %, hours by 8 %."""
    chance = np.random.default_rng(seed)
    weekday = np.arange(days) % 7
    course = np.where((weekday < 5)[:, None], WEEKDAY / WEEKDAY.sum(), WEEKEND / WEEKEND.sum())
    mean = veh_24h * LEVEL[weekday][:, None] * course
    mean = mean * chance.lognormal(0.0, 0.05, (days, 1)) * chance.lognormal(0.0, 0.08, (days, 24))
    return HourlySeries(id="made up", first_day=MONDAY, counts_veh_h=chance.poisson(mean).astype(np.float64))


def with_faults(series: HourlySeries, fault: str, *, times: int = 30, seed: int = 2) -> tuple[HourlySeries, np.ndarray]:
    """The series with a fault on `times` days, one each by day, and the hours of it, (D, 24).

    zero: nothing for 6 h; frozen: one value for 8 h; spike: one hour with three times as many and 50 more.
    """
    chance = np.random.default_rng(seed)
    counts, marks = series.counts_veh_h.copy(), np.zeros(series.counts_veh_h.shape, np.bool_)
    for day in chance.choice(series.days, times, replace=False):
        first = int(chance.integers(7, 14))
        hours = slice(first, first + {"zero": 6, "frozen": 8, "spike": 1}[fault])
        counts[day, hours] = {
            "zero": 0.0,
            "frozen": counts[day, first],
            "spike": 3.0 * counts[day, first] + 50.0,
        }[fault]
        marks[day, hours] = True
    return HourlySeries(id=series.id, first_day=series.first_day, counts_veh_h=counts), marks


def rates(screened: ScreenedSeries, marks: np.ndarray, reason: DropReason) -> tuple[float, float]:
    """Share of the faulty hours that were dropped for the right reason, and of the others that were dropped."""
    found = screened.verdict[marks] == REASONS.index(reason) + 1
    return float(found.mean()), float((screened.verdict[~marks] > KEPT).mean())


@pytest.mark.parametrize("veh_24h", [300.0, 1_000.0, 3_000.0, 8_000.0, 14_000.0])
@pytest.mark.parametrize("fault", ["zero", "frozen", "spike"])
def test_faults_are_found_and_the_rest_is_kept(veh_24h: float, fault: str):
    screened_series, marks = with_faults(clean(veh_24h), fault)
    detection, false_alarm = rates(screen(screened_series), marks, REASON_OF[fault])
    assert detection >= (0.95 if veh_24h >= 1_000.0 else 0.9), "few vehicles make long runs of equal counts likely"
    assert false_alarm <= 0.003


@pytest.mark.parametrize("veh_24h", [30.0, 300.0, 3_000.0, 14_000.0])
def test_clean_counts_are_kept(veh_24h: float):
    for seed in range(3, 6):
        dropped = screen(clean(veh_24h, seed=seed)).tally.dropped_share
        assert dropped is not None
        assert dropped <= 0.001


def test_three_faults_at_once_are_told_apart():
    series = clean(8_000.0)
    marks = {}
    for seed, fault in enumerate(REASON_OF):
        series, marks[fault] = with_faults(series, fault, times=15, seed=seed)
    screened = screen(series)
    for fault, reason in REASON_OF.items():
        alone = marks[fault] & ~np.any([other for name, other in marks.items() if name != fault], axis=0)
        assert rates(screened, alone, reason)[0] >= 0.9, fault


def test_a_retuned_loop_is_found():
    series = clean(5_000.0)
    counts = series.counts_veh_h.copy()
    counts[120:165] = np.round(counts[120:165] * 1.8)
    screened = screen(HourlySeries(id="retuned", first_day=MONDAY, counts_veh_h=counts))
    shifted = screened.verdict == REASONS.index(DropReason.LEVEL_SHIFT) + 1
    assert shifted[120:165].mean() > 0.9
    assert shifted[:110].mean() == shifted[175:].mean() == 0.0


def test_the_tally_of_several_series_is_the_sum():
    one, two = (screen(with_faults(clean(3_000.0), fault)[0]) for fault in ("zero", "spike"))
    both = ScreeningTally.of([one, two])
    assert both.series == 2
    assert both.hours == one.tally.hours + two.tally.hours == 2 * 182 * 24
    assert both.dropped[DropReason.STUCK_AT_ZERO] == one.tally.dropped[DropReason.STUCK_AT_ZERO] >= 30 * 6
    assert ScreeningTally.of([]).dropped_share is None


COUNT = st.one_of(st.just(float("nan")), st.just(0.0), st.just(500.0), st.floats(-50.0, 6_000.0))


@settings(max_examples=40)
@given(st.integers(1, 30), st.lists(COUNT, min_size=24, max_size=24 * 4), st.integers(0, 2**16))
def test_every_hour_is_kept_missing_or_dropped_for_one_reason(days: int, pieces: list[float], seed: int):
    counts = np.random.default_rng(seed).choice(np.array(pieces), (days, 24))
    before = counts.copy()
    screened = screen(HourlySeries(id="any", first_day=MONDAY, counts_veh_h=counts))
    tally = screened.tally
    assert np.array_equal(counts, before, equal_nan=True), "the series itself stays as it was"
    assert tally.missing == np.isnan(counts).sum() == (screened.verdict == MISSING).sum()
    assert tally.kept + tally.missing + sum(tally.dropped.values()) == tally.hours == days * 24
    assert np.array_equal(screened.kept_veh_h[screened.kept], counts[screened.kept])
    assert np.isnan(screened.kept_veh_h[~screened.kept]).all()
    assert not (screened.kept_veh_h < 0.0).any()


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.sampled_from(["zero", "frozen", "spike"]))
def test_screening_again_what_was_kept_drops_little(seed: int, fault: str):
    first = screen(with_faults(clean(3_000.0, seed=seed), fault, seed=seed)[0])
    again = screen(HourlySeries(id="again", first_day=MONDAY, counts_veh_h=first.kept_veh_h))
    assert again.tally.kept >= 0.999 * first.tally.kept
