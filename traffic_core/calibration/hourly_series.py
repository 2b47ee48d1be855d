"""Hourly counts of one place over many days, as a detector reported them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.demand import HOURS, DayType
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

USUAL_MOST_LANES = 2
SUNDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HourlySeries:
    """Counts of D days on end.  What is impossible is kept here: to find it is the work of the screening."""

    id: str
    first_day: date
    counts_veh_h: NDArray[np.float64]
    """(D, 24) vehicles in each hour of local time; NaN where nothing was reported."""
    lanes: int = USUAL_MOST_LANES
    """Lanes that are counted together, for the largest possible flow."""

    def __post_init__(self) -> None:
        require.identifier("series.id", self.id)
        where = f"series[{self.id}]"
        shape = self.counts_veh_h.shape
        if len(shape) != 2 or shape[0] < 1 or shape[1] != HOURS:
            raise InvalidValueError(f"{where}.counts_veh_h", shape, "must have the shape (days, 24)")
        if np.isinf(self.counts_veh_h).any():
            raise InvalidValueError(f"{where}.counts_veh_h", float("inf"), "must be numbers, or NaN where unknown")
        require.between(f"{where}.lanes", self.lanes, 1, 10)

    @property
    def days(self) -> int:
        """Days from the first to the last."""
        return int(self.counts_veh_h.shape[0])

    def weekdays(self, holidays: Collection[date] = ()) -> NDArray[np.int64]:
        """Weekday of each day, (D,), 0 is Monday; holidays count as Sundays."""
        days = [self.first_day + timedelta(day) for day in range(self.days)]
        return np.array([SUNDAY if day in holidays else day.weekday() for day in days], np.int64)


def day_type_of(weekday: int) -> DayType:
    """Day type of a weekday, 0 is Monday."""
    return {5: DayType.SATURDAY, SUNDAY: DayType.SUNDAY}.get(weekday, DayType.WEEKDAY)
