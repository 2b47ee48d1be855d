"""Public holidays of Baden-Württemberg, computed for any year of the Gregorian calendar.

Source: Feiertagsgesetz Baden-Württemberg, section 1, and Article 2 of the Unification Treaty (3 October).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIXED = ((1, 1), (1, 6), (5, 1), (10, 3), (11, 1), (12, 25), (12, 26))
"""New Year, Epiphany, Labour Day, German Unity, All Saints, Christmas; (month, day)."""
FROM_EASTER_DAYS = (-2, 1, 39, 50, 60)
"""Good Friday, Easter Monday, Ascension, Whit Monday, Corpus Christi."""
EXTRA = (date(2017, 10, 31),)
"""Reformation Day was a holiday in all of Germany in its 500th year only."""


def easter_sunday(year: int) -> date:
    """Easter Sunday by the Gregorian computus.

    Source: the anonymous algorithm of 1876, as in Meeus, Astronomical Algorithms, chapter 8.
    """
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon + 15) % 30
    leaps, after = divmod(of_century, 4)
    to_sunday = (32 + 2 * rest + 2 * leaps - epact - after) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """All public holidays of a year that are not Sundays by definition."""
    easter = easter_sunday(year)
    moving = (easter + timedelta(days) for days in FROM_EASTER_DAYS)
    fixed = (date(year, month, day) for month, day in FIXED)
    return frozenset((*fixed, *moving, *(day for day in EXTRA if day.year == year)))
