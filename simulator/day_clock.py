"""Local time of day and kind of day, from seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_S = 3_600.0
QUARTER_S = 900.0
"""Local hours begin at multiples of this, in every time zone of today."""


class LocalTime(NamedTuple):
    """Where in the week a moment lies."""

    weekday: int
    """0 is Monday."""
    hour: int
    second_of_day_s: float


class LocalTimes(NamedTuple):
    """Where in the week moments lie, (T,)."""

    weekday: NDArray[np.int64]
    """0 is Monday."""
    hour: NDArray[np.int64]
    second_of_day_s: NDArray[np.float64]


class DayClock:
    """Local time of a town.  Daylight saving comes from the time zone; a repeated hour has the same profile twice."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._quarter = lru_cache(maxsize=4_096)(self._read)

    def local(self, t_s: float) -> LocalTime:
        """Local time at `t_s`."""
        quarter, rest_s = divmod(t_s, QUARTER_S)
        weekday, hour, second_s = self._quarter(int(quarter))
        return LocalTime(weekday, hour, second_s + rest_s)

    def local_times(self, t_s: NDArray[np.float64]) -> LocalTimes:
        """Local times at `t_s`, (T,), in any order: the same as `local` for each.

        Raises `InvalidValueError` for a time that is no finite number.
        """
        if not np.isfinite(t_s).all():
            raise InvalidValueError("t_s", float(t_s[~np.isfinite(t_s)][0]), "must be a finite number")
        quarter = np.floor_divide(t_s, QUARTER_S)
        different, index = np.unique(quarter, return_inverse=True)
        read = [self._quarter(int(number)) for number in different]
        weekday = np.array([weekday for weekday, _, _ in read], dtype=np.int64)
        hour = np.array([hour for _, hour, _ in read], dtype=np.int64)
        second_s = np.array([second_s for _, _, second_s in read], dtype=np.float64)
        return LocalTimes(weekday[index], hour[index], second_s[index] + np.remainder(t_s, QUARTER_S))

    def second_of_day_s(self, t_s: float) -> float:
        """Seconds since local midnight by the wall clock."""
        return self.local(t_s).second_of_day_s

    def _read(self, quarter: int) -> tuple[int, int, float]:
        moment = datetime.fromtimestamp(quarter * QUARTER_S, tz=UTC).astimezone(self._zone)
        return moment.weekday(), moment.hour, moment.hour * HOUR_S + moment.minute * 60.0 + moment.second
