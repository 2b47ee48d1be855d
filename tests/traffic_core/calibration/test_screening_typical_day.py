"""Usual days are medians of good days, or say why there is none."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from traffic_core.calibration.hourly_series import HourlySeries
from traffic_core.calibration.screening import screen
from traffic_core.calibration.typical_day import TypicalDay, typical_days
from traffic_core.demand import DayType

MONDAY = date(2024, 1, 1)
COURSE = np.array([8, 6, 4, 3, 5, 20, 60, 95, 90, 70, 65, 66, 68, 72, 75, 82, 96, 92, 80, 60, 40, 30, 22, 14.0]) * 4.0


def counts(days: int = 84) -> np.ndarray:
    """Weekdays like COURSE and up to 2 % more, Saturdays 0.8, Sundays 0.5 of it."""
    day = np.arange(days)
    level = np.choose(day % 7, [1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.5]) + 0.005 * (day // 7 % 5)
    return np.round(level[:, None] * COURSE)


def typical(values: np.ndarray, holidays: set[date] | None = None) -> dict[DayType, TypicalDay]:
    series = HourlySeries(id="S", first_day=MONDAY, counts_veh_h=values)
    return typical_days(screen(series, holidays=holidays or set()), holidays=holidays or set())


def test_the_usual_day_is_the_median_of_the_good_days():
    made = typical(counts())
    weekday = made[DayType.WEEKDAY]
    assert weekday.veh_h is not None
    assert weekday.low_veh_h is not None
    assert weekday.high_veh_h is not None
    assert weekday.good_days == 60
    assert weekday.veh_h[16] == pytest.approx(np.median(counts()[np.arange(84) % 7 < 5, 16]))
    assert weekday.low_veh_h[16] <= weekday.veh_h[16] <= weekday.high_veh_h[16]
    assert (made[DayType.SATURDAY].good_days, made[DayType.SUNDAY].good_days) == (12, 12)
    saturday, sunday = made[DayType.SATURDAY].veh_24h, made[DayType.SUNDAY].veh_24h
    assert saturday == pytest.approx(0.8 * sum(COURSE), rel=0.02)
    assert sunday == pytest.approx(0.5 * sum(COURSE), rel=0.03)


def test_faults_and_gaps_do_not_move_the_usual_day():
    values = counts()
    values[3, 8:16] = 0.0
    values[8, 9] = 3_000.0
    values[10] = np.nan
    faulty, sound = typical(values)[DayType.WEEKDAY], typical(counts())[DayType.WEEKDAY]
    assert faulty.good_days == sound.good_days - 2, "the day without reports and the one that was stuck for 8 h"
    assert faulty.veh_h == pytest.approx(sound.veh_h, rel=0.02)


def test_too_few_days_are_named():
    made = typical(counts(9))
    assert made[DayType.WEEKDAY].veh_h is None
    assert made[DayType.WEEKDAY].veh_24h is None
    assert made[DayType.WEEKDAY].reason == "7 good days of 7, at least 10 are needed"
    assert made[DayType.SATURDAY].reason == "1 good days of 1, at least 4 are needed"


def test_an_hour_that_is_never_reported_is_named():
    values = counts()
    values[:, 3] = np.nan
    made = typical(values)[DayType.WEEKDAY]
    assert made.veh_h is None
    assert made.reason == "hour 3 is known on 0 good days, at least 5 are needed"


def test_a_series_without_a_report_is_named():
    assert typical(np.full((30, 24), np.nan))[DayType.SUNDAY].reason == "nothing was reported"


def test_a_series_that_is_mostly_faulty_is_not_used_at_all():
    values = counts()
    values[:70] = 3_600.0
    made = typical(values)[DayType.WEEKDAY]
    assert made.veh_h is None
    assert made.reason is not None
    assert made.reason.endswith("of the reported hours were dropped, most of them as above_saturation")


def test_a_loop_that_counts_as_much_by_night_is_not_used():
    values = np.round(100.0 + 5.0 * np.sin(np.arange(84 * 24).reshape(84, 24)))
    made = typical(values)[DayType.WEEKDAY]
    assert made.reason is not None
    assert "no course of a day" in made.reason


def test_a_holiday_is_a_sunday():
    holiday = MONDAY + timedelta(9)
    values = counts()
    values[9] = values[6]
    made = typical(values, {holiday})
    assert made[DayType.WEEKDAY].good_days == 59
    assert made[DayType.SUNDAY].good_days == 13
