"""The usual day of a counted place: medians of its good days, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.calibration.hourly_series import day_type_of
from traffic_core.calibration.robust import DAYTIME, known_median, known_quantile
from traffic_core.demand import DayType

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

    from traffic_core.calibration.screening import ScreenedSeries

GOOD_DAY_HOURS = 20
"""A day is good when so many of its hours were kept."""
LEAST_GOOD_DAYS = MappingProxyType({DayType.WEEKDAY: 10, DayType.SATURDAY: 4, DayType.SUNDAY: 4})
LARGEST_DROPPED_SHARE = 0.5
"""Where more was dropped, nobody knows which half was right."""
NIGHT = slice(1, 4)
LARGEST_NIGHT_SHARE = 0.5
"""A street is not half as busy between 1 and 4 h as by day: such a loop counts something else."""
LEAST_VEH_H_OF_NIGHT = 20.0
"""Below this the course of the day says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalDay:
    """Hourly flows of a usual day of one type.  Without them, `reason` says why."""

    series_id: str
    day_type: DayType
    veh_h: tuple[float, ...] | None
    """Median of the good days by hour; the bounds of the middle half are in `low_veh_h` and `high_veh_h`."""
    low_veh_h: tuple[float, ...] | None
    high_veh_h: tuple[float, ...] | None
    good_days: int
    reason: str | None

    @property
    def veh_24h(self) -> float | None:
        """Sum of the hours."""
        return None if self.veh_h is None else sum(self.veh_h)


def typical_days(screened: ScreenedSeries, *, holidays: Collection[date] = ()) -> dict[DayType, TypicalDay]:
    """Usual weekday, Saturday and Sunday; holidays count as Sundays."""
    types = [day_type_of(day) for day in screened.series.weekdays(holidays).tolist()]
    verdict = _distrust(screened)
    return {
        day_type: _typical(screened, day_type, np.array([each is day_type for each in types]), verdict)
        for day_type in DayType
    }


def _distrust(screened: ScreenedSeries) -> str | None:
    """Reason why a whole series cannot be used; None where it can."""
    tally = screened.tally
    if tally.dropped_share is None:
        return "nothing was reported"
    if tally.dropped_share > LARGEST_DROPPED_SHARE:
        worst = max(tally.dropped, key=lambda reason: tally.dropped[reason])
        return f"{tally.dropped_share:.0%} of the reported hours were dropped, most of them as {worst.value}"
    course = known_median(screened.kept_veh_h)
    by_day, by_night = float(known_median(course[DAYTIME])), float(known_median(course[NIGHT]))
    if by_night > max(LEAST_VEH_H_OF_NIGHT, LARGEST_NIGHT_SHARE * by_day):
        return f"{by_night:.0f} vehicles an hour by night and {by_day:.0f} by day are no course of a day"
    return None


def _typical(
    screened: ScreenedSeries, day_type: DayType, of_type: NDArray[np.bool_], distrust: str | None
) -> TypicalDay:
    good = of_type & (screened.kept.sum(axis=1) >= GOOD_DAY_HOURS)
    values = screened.kept_veh_h[good]
    needed, found = LEAST_GOOD_DAYS[day_type], int(good.sum())
    reason = distrust
    if reason is None and found < needed:
        reason = f"{found} good days of {int(of_type.sum())}, at least {needed} are needed"
    if reason is None:
        known = (~np.isnan(values)).sum(axis=0)
        if known.min() < (needed + 1) // 2:
            hour = int(known.argmin())
            reason = f"hour {hour} is known on {int(known[hour])} good days, at least {(needed + 1) // 2} are needed"
    low, middle, high = (_course(values, share) if reason is None else None for share in (0.25, 0.5, 0.75))
    return TypicalDay(
        series_id=screened.series.id,
        day_type=day_type,
        veh_h=middle,
        low_veh_h=low,
        high_veh_h=high,
        good_days=found,
        reason=reason,
    )


def _course(values: NDArray[np.float64], share: float) -> tuple[float, ...]:
    return tuple(known_quantile(values, share).tolist())
