"""The mean of a period is that of its hours, whichever days each of them was counted on."""

from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plans.period_mean import MissingHour, hour_text, period_mean
from api.plans.turning_counts import CountSeries

NAN = math.nan


def series(values, *, minutes=60, hour=7, minute=0, days=None):
    """A series from 2026-05-12 on; `days` lists of the hours from `hour` on, the rest of each day not counted."""
    if days is not None:
        values = [value for day in days for value in (*day, *[NAN] * (24 - len(day)))]
    return CountSeries(
        node="N04",
        movement="M1",
        start=datetime(2026, 5, 12, hour, minute),  # noqa: DTZ001  counts are in local time
        minutes=minutes,
        values=np.array(values, np.float64),
        faults=(),
    )


def test_an_hour_that_is_missing_on_some_days_does_not_shift_the_mean():
    # 7 to 8: 100, 100, 100; 8 to 9: 400 on one day alone; the mean of all values would be 175
    found = period_mean(series([], days=[(100, 400), (100, NAN), (100, NAN)]), 420, 540)
    assert found.veh_h == 250.0
    (missing,) = found.missing
    assert (missing.hour, missing.counted_days) == (8, 3)
    assert missing.missing_days == (date(2026, 5, 13), date(2026, 5, 14))
    assert missing.text == "08:00-09:00 not counted on 2 of 3 days, first 2026-05-13"


def test_days_without_any_count_in_the_period_are_not_told():
    found = period_mean(series([], days=[(100, 200), (NAN, NAN, 300), (100, 200)]), 420, 540)
    assert (found.veh_h, found.missing, found.never) == (150.0, (), ())


def test_an_hour_that_no_day_has_leaves_no_mean():
    found = period_mean(series([], days=[(100, NAN, 5), (100, NAN, 5)]), 420, 600)
    assert (found.veh_h, found.never, found.is_counted_in_part) == (None, (8,), True)
    assert period_mean(series([100.0]), 420, 540).never == (8,), "also where the series ends before it"
    nothing = period_mean(series([NAN, 3.0]), 420, 480)
    assert (nothing.veh_h, nothing.is_counted_in_part) == (None, False)


def test_quarters_missing_on_some_days_do_not_shift_their_hour():
    # quarters of 10, 20, 30, 40; on the second day the last two are missing
    values = [10, 20, 30, 40, *[NAN] * 92, 10, 20, NAN, NAN]
    found = period_mean(series(values, minutes=15), 420, 480)
    assert found.veh_h == pytest.approx(100.0)
    (missing,) = found.missing
    assert (missing.missing_days, missing.part_days) == ((), (date(2026, 5, 13),))
    assert missing.text == "07:00-08:00 counted in part on 1 of 2 days, first 2026-05-13"


def test_quarters_that_no_day_has_are_told():
    # of 7 to 8 the first quarter and the last are counted on no day, the second on one of two
    values = [NAN, 20, 30, NAN, 25, 25, 25, 25, *[NAN] * 88, NAN, NAN, 30, NAN, 25, 25, 25, 25]
    found = period_mean(series(values, minutes=15), 420, 540)
    assert found.veh_h == pytest.approx(100.0)
    (missing,) = found.missing
    assert missing.never == ((420, 435), (465, 480))
    assert missing.text == (
        "07:00-08:00 counted in part on 1 of 2 days, first 2026-05-13, 07:00-07:15, 07:45-08:00 counted on no day"
    )


def test_an_hour_with_one_quarter_on_a_day_is_not_taken_for_a_whole_one():
    # the quarter from 7:45 on is a mean over two days, the others over one
    values = [NAN, NAN, NAN, 100, *[NAN] * 92, 25, 25, 25, 25]
    found = period_mean(series(values, minutes=15), 420, 480)
    assert found.veh_h == pytest.approx(3 * 25 + 62.5)
    assert [hour.part_days for hour in found.missing] == [(date(2026, 5, 12),)]


def test_intervals_whose_grid_moves_by_the_day_lack_nothing():
    # 50 minutes: 7:00, 7:50, 8:40 on the first day; 29 intervals later the day's first begins at 7:10
    found = period_mean(series([50.0] * 120, minutes=50), 420, 570)
    assert (found.veh_h, found.missing, found.uncovered) == (60.0, (), ())


@pytest.mark.parametrize(
    ("values", "period", "uncovered"),
    [
        ({"values": [1000, 100, 1000]}, (450, 570), ((450, 480), (540, 570))),
        ({"values": [1000, 100, 1000]}, (450, 510), ((450, 510),)),
        ({"values": [20, 50, 50], "minutes": 30, "minute": 30}, (440, 545), ((440, 450), (540, 545))),
    ],
)
def test_a_period_that_is_not_made_of_whole_intervals_has_no_mean(values, period, uncovered):
    found = period_mean(series(**values), *period)
    assert (found.veh_h, found.uncovered) == (None, uncovered)


def test_half_an_hour_counts_half():
    # 7:30 to 8:00 at 40 veh/h, 8:00 to 9:00 at 100 veh/h: (20 + 100) / 1.5
    assert period_mean(series([20, 50, 50], minutes=30, minute=30), 450, 540).veh_h == pytest.approx(80.0)


def test_a_period_shorter_than_the_intervals_has_no_mean():
    found = period_mean(series([100.0, 100.0]), 430, 470)
    assert (found.veh_h, found.never, found.is_counted_in_part) == (None, (), False)
    assert found.uncovered == ((430, 470),)


def test_intervals_of_two_hours_are_hours_by_their_begin():
    assert period_mean(series([100, 300], minutes=120), 420, 660).veh_h == 100.0


@given(st.lists(st.lists(st.one_of(st.just(NAN), st.floats(0, 500)), min_size=3, max_size=3), min_size=1, max_size=6))
def test_the_mean_is_that_of_the_means_of_the_hours(days):
    found = period_mean(series([], days=days), 420, 600)
    hours = [[day[h] for day in days if not math.isnan(day[h])] for h in range(3)]
    assert found.never == tuple(7 + h for h in range(3) if not hours[h])
    if all(hours):
        assert found.veh_h == pytest.approx(sum(sum(hour) / len(hour) for hour in hours) / 3)
    else:
        assert found.veh_h is None


def test_the_last_hour_of_the_day_ends_at_24():
    assert hour_text(23) == "23:00-24:00"
    told = MissingHour(hour=23, missing_days=(date(2026, 5, 12),), counted_days=2).text
    assert told == "23:00-24:00 not counted on 1 of 2 days, first 2026-05-12"
