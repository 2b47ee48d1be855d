"""Local time and holidays of forecasts, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from api.errors import ConfigError
from parking.forecast.calendar import Calendar, no_holidays
from signal_plans.holidays import holidays

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

HOLIDAYS: dict[str, Callable[[int], frozenset[date]]] = {"bw": holidays, "none": no_holidays}
"""Public holidays that count as Sundays: those of Baden-Württemberg, or none."""


def calendar_of(timezone: ZoneInfo, holidays_of: str) -> Calendar:
    """Calendar of a town.  Raises `ConfigError` for holidays that nobody knows."""
    if holidays_of not in HOLIDAYS:
        raise ConfigError("--holidays", holidays_of, f"must be one of {', '.join(HOLIDAYS)}")
    return Calendar(timezone, HOLIDAYS[holidays_of])


def timezone_of(name: str) -> ZoneInfo:
    """Time zone by its name.  Raises `ConfigError` for one that does not exist."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError("--timezone", name, "must be a time zone, such as Europe/Berlin") from error
