"""Which place of the week a step of 5 min belongs to, in local time, with holidays as Sundays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.kernels.parking_forecast import DAY

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

STEP_S = 300
SUNDAY = 6
_QUARTER_S = 900
"""Clocks are put forward and back at whole quarters of an hour."""
_EPOCH_WEEKDAY = 3
"""The first of January 1970 was a Thursday."""


def no_holidays(_year: int) -> frozenset[date]:
    """For places whose holidays are not known."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Local time of a town and its holidays by year."""

    timezone: ZoneInfo
    holidays: Callable[[int], frozenset[date]] = no_holidays

    def places(self, first_step: int, steps: int) -> NDArray[np.int64]:
        """(steps,) place of the week of each step; step 0 began on 1 January 1970, 0:00 UTC."""
        if steps == 0:
            return np.zeros(0, np.int64)
        at_s = STEP_S * np.arange(first_step, first_step + steps, dtype=np.int64)
        quarters, of_quarter = np.unique(at_s // _QUARTER_S, return_inverse=True)
        offset_s = np.array([_offset_s(self.timezone, int(quarter)) for quarter in quarters], np.int64)
        day, second = np.divmod(at_s + offset_s[of_quarter], 86_400)
        free_days = _holidays(self.holidays, int(day[0]), int(day[-1]))
        day_class = np.where(np.isin(day, free_days), SUNDAY, (day + _EPOCH_WEEKDAY) % 7)
        places: NDArray[np.int64] = day_class * DAY + second // STEP_S
        return places


def clock_offsets_s(timezone: ZoneInfo, wall_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """(N,) how far the clocks of a town are ahead of UTC, for (N,) times as its clocks show them, s.

    In the hour that comes twice the earlier one is meant.
    """
    quarters, of_quarter = np.unique(wall_s // _QUARTER_S, return_inverse=True)
    naive = (datetime.fromtimestamp(int(quarter) * _QUARTER_S, UTC).replace(tzinfo=timezone) for quarter in quarters)
    offsets = (wall.utcoffset() for wall in naive)
    offset_s = np.array([0 if offset is None else int(offset.total_seconds()) for offset in offsets], np.int64)
    found: NDArray[np.int64] = offset_s[of_quarter]
    return found


@lru_cache(maxsize=4_096)
def _offset_s(timezone: ZoneInfo, quarter: int) -> int:
    offset = datetime.fromtimestamp(quarter * _QUARTER_S, UTC).astimezone(timezone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _holidays(of_year: Callable[[int], frozenset[date]], first_day: int, last_day: int) -> list[int]:
    years = range(_date(first_day).year, _date(last_day).year + 1)
    return sorted((day - date(1970, 1, 1)).days for year in years for day in of_year(year))


def _date(day: int) -> date:
    return datetime.fromtimestamp(day * 86_400, UTC).date()
