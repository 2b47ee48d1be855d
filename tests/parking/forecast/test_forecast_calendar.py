"""Places of the week in local time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from parking.forecast.calendar import Calendar, clock_offsets_s

BERLIN = ZoneInfo("Europe/Berlin")


def step_at(*when, timezone=BERLIN):
    return int(datetime(*when, tzinfo=timezone).timestamp()) // 300


def place_at(calendar, *when):
    return int(calendar.places(step_at(*when), 1)[0])


def test_monday_begins_the_week_at_local_midnight():
    calendar = Calendar(BERLIN)
    assert place_at(calendar, 2026, 1, 12, 0, 0) == 0
    assert place_at(calendar, 2026, 7, 14, 8, 35) == 288 + 8 * 12 + 7  # a Tuesday in summer time
    assert place_at(calendar, 2026, 7, 18, 23, 55) == 6 * 288 - 1


def test_holidays_count_as_sundays():
    calendar = Calendar(BERLIN, lambda year: frozenset({date(year, 1, 6)}))
    assert place_at(calendar, 2026, 1, 6, 12, 0) == 6 * 288 + 144
    assert place_at(calendar, 2026, 1, 7, 0, 0) == 2 * 288


def test_the_hour_that_comes_twice_has_the_same_places_twice():
    places = Calendar(BERLIN).places(step_at(2026, 10, 25, 0, 0), 25 * 12)
    assert places.size == 25 * 12
    assert np.array_equal(places[24:36], places[36:48])
    assert places[-1] == 6 * 288 + 287


def test_no_steps_have_no_places():
    assert Calendar(BERLIN).places(5, 0).size == 0


def test_wall_clocks_are_an_hour_ahead_in_winter_and_two_in_summer():
    wall = np.array([datetime(2026, month, 1, 12, tzinfo=UTC).timestamp() for month in (1, 7)]).astype(np.int64)
    assert clock_offsets_s(BERLIN, wall).tolist() == [3_600, 7_200]
