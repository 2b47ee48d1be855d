"""Holidays of Baden-Württemberg in any year."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.holidays import easter_sunday, holidays


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1818, 3, 22), (1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2024, 3, 31), (2026, 4, 5), (2038, 4, 25)],
)
def test_easter_is_where_the_calendar_has_it(year, month, day):
    assert easter_sunday(year) == date(year, month, day)


@given(st.integers(1583, 4099))
def test_easter_is_a_sunday_between_22_march_and_25_april(year):
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


def test_the_holidays_of_2026():
    days = ["01-01", "01-06", "04-03", "04-06", "05-01", "05-14", "05-25", "06-04", "10-03", "11-01", "12-25", "12-26"]
    assert sorted(holidays(2026)) == [date.fromisoformat(f"2026-{day}") for day in days]


def test_reformation_day_was_a_holiday_once():
    assert date(2017, 10, 31) in holidays(2017)
    assert date(2018, 10, 31) not in holidays(2018)
