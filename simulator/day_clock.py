"""Local time of day and kind of day, from seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

HOUR_S = 3_600.0


class LocalTime(NamedTuple):
    """Where in the week a moment lies."""

    weekday: int
    """0 is Monday."""
    hour: int
    second_of_day_s: float


class DayClock:
    """Local time of a town.  Daylight saving comes from the time zone; a repeated hour has the same profile twice."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._quarter = lru_cache(maxsize=4_096)(self._read)

    def local(self, t_s: float) -> LocalTime:
        """Local time at `t_s`."""
        quarter, rest_s = divmod(t_s, 900.0)
        weekday, hour, second_s = self._quarter(int(quarter))
        return LocalTime(weekday, hour, second_s + rest_s)

    def second_of_day_s(self, t_s: float) -> float:
        """Seconds since local midnight by the wall clock."""
        return self.local(t_s).second_of_day_s

    def _read(self, quarter: int) -> tuple[int, int, float]:
        moment = datetime.fromtimestamp(quarter * 900, tz=UTC).astimezone(self._zone)
        return moment.weekday(), moment.hour, moment.hour * HOUR_S + moment.minute * 60.0 + moment.second
