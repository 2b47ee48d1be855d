"""Medians that leave out what is unknown, and what is usual at an hour of a weekday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.demand import HOURS

if TYPE_CHECKING:
    from numpy.typing import NDArray

NORMAL_CONSISTENT = 1.4826
"""Median absolute deviation to standard deviation of a normal distribution (Hampel 1974)."""
WEEKDAYS = 7
DAYTIME = slice(6, 22)
"""Hours in which a street is not empty for long."""
POOLS = ((0, 1, 2, 3, 4), (5,), (6,))
"""Weekdays that stand in for each other where one has too few days."""


def known_quantile(values: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Quantile along the first axis of what is not NaN, between two values in proportion; NaN where there is none."""
    if len(values) == 0:
        return np.full(values.shape[1:], np.nan)
    ordered = np.sort(values, axis=0)  # NaN comes last
    last = np.maximum((~np.isnan(values)).sum(axis=0) - 1, 0)
    place = share * last
    low = np.floor(place).astype(np.int64)
    below = np.take_along_axis(ordered, low[None], axis=0)[0]
    above = np.take_along_axis(ordered, np.minimum(low + 1, last)[None], axis=0)[0]
    return np.asarray(below + (above - below) * (place - low), np.float64)


def known_median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median along the first axis of what is not NaN; NaN where nothing is known."""
    return known_quantile(values, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usual:
    """What is usual on each of D days, (D, 24), by weekday and hour; NaN where there are too few days to say."""

    median_veh_h: NDArray[np.float64]
    deviation_veh_h: NDArray[np.float64]
    """Scaled median absolute deviation, but not under that of a Poisson count of this median."""


def usual(counts_veh_h: NDArray[np.float64], weekday: NDArray[np.int64], least_days: int) -> Usual:
    """Median and deviation of each hour of each weekday, spread over the days.

    A weekday with fewer than `least_days` days takes those of its pool (Monday to Friday).  Days without a single
    vehicle by day are left out: a loop that was dead for half of the time must not pull the median to zero.

    counts_veh_h : (D, 24), NaN where unknown or dropped
    weekday : (D,) 0 is Monday
    """
    alive = np.nansum(counts_veh_h[:, DAYTIME], axis=1) > 0.0
    values = np.where(alive[:, None], counts_veh_h, np.nan)
    median = np.full((WEEKDAYS, HOURS), np.nan)
    deviation = np.full((WEEKDAYS, HOURS), np.nan)
    for pool in POOLS:
        for day in pool:
            members = values[weekday == day]
            if (alive & (weekday == day)).sum() < least_days:
                members = values[np.isin(weekday, pool)]
            enough = (~np.isnan(members)).sum(axis=0) >= least_days
            median[day] = np.where(enough, known_median(members), np.nan)
            spread = NORMAL_CONSISTENT * known_median(np.abs(members - median[day]))
            deviation[day] = np.maximum(spread, np.sqrt(median[day] + 1.0))
    return Usual(median_veh_h=median[weekday], deviation_veh_h=deviation[weekday])
