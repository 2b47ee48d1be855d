"""Mean flow of a movement in a period of the day: each hour over the days that have it, then over the hours.

A mean over all intervals at once would be drawn towards the hours that are counted on more days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.plans.turning_counts import CountSeries

DAY_MINUTES = 1_440


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingHour:
    """An hour of the period that is not counted as a whole on each day that has a good count in the period."""

    hour: int
    missing_days: tuple[date, ...]
    """Without any good count of the hour."""
    counted_days: int
    """Days with a good count anywhere in the period."""
    part_days: tuple[date, ...] = ()
    """With some of the intervals of the hour that other days have."""
    never: tuple[tuple[int, int], ...] = ()
    """Times in the hour, from minute to minute of the day, that no day has; the mean goes without them."""

    @property
    def text(self) -> str:
        """For a warning: hour, on how many days, the first of them."""
        said = [
            f"{how} on {len(days)} of {self.counted_days} days, first {days[0].isoformat()}"
            for how, days in (("not counted", self.missing_days), ("counted in part", self.part_days))
            if days
        ]
        if self.never:
            said.append(f"{spans_text(self.never)} counted on no day")
        return f"{hour_text(self.hour)} {', '.join(said)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodMean:
    """Mean flow of a period, and what of it was not counted."""

    veh_h: float | None
    """None where an hour of the period has no good count on any day, or no whole intervals make up the period."""
    never: tuple[int, ...]
    """Hours of the day in the period without any good count."""
    missing: tuple[MissingHour, ...]
    uncovered: tuple[tuple[int, int], ...]
    """Parts of the period, from minute to minute of the day, over which no whole interval of the series can lie."""
    is_counted_in_part: bool
    """Whether at least one hour of the period has a good count."""


def clock(minute: int) -> str:
    """Time of day of a minute of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def hour_text(hour: int) -> str:
    """An hour of the day, such as 07:00-08:00."""
    return f"{clock(60 * hour)}-{clock(60 * hour + 60)}"


def spans_text(spans: Sequence[tuple[int, int]]) -> str:
    """Times of the day, such as 07:00-07:15, 07:45-08:00."""
    return ", ".join(f"{clock(begin)}-{clock(end)}" for begin, end in spans)


def period_mean(series: CountSeries, from_minute: int, to_minute: int) -> PeriodMean:
    """Mean of the good intervals that lie in a period of the day.

    Intervals of the same time of day are averaged over the days, these over each hour, and the hours over the period,
    each by the part of it that lies in the period.
    """
    grid = _grid(series, from_minute, to_minute)
    begin = series.minute_of_day()
    good = series.good & np.isin(begin, grid)
    uncovered = _spans(_covered(grid, series.minutes), from_minute, to_minute)
    hours = np.unique(grid // 60)
    counted = np.unique(_day(series)[good])
    never = tuple(int(hour) for hour in hours if not (good & (begin // 60 == hour)).any())
    missing = (_missing(series, good, int(hour), (from_minute, to_minute)) for hour in hours if hour not in never)
    mean = None
    if hours.size and not never and not uncovered:
        by_hour = [_hour_mean(series.values, begin, good, grid[grid // 60 == hour]) for hour in hours]
        weight = [int((grid // 60 == hour).sum()) for hour in hours]
        mean = float(np.average(by_hour, weights=weight)) * 60.0 / series.minutes
    return PeriodMean(
        veh_h=mean,
        never=never,
        missing=tuple(hour for hour in missing if hour.missing_days or hour.part_days or hour.never),
        uncovered=uncovered,
        is_counted_in_part=bool(counted.size),
    )


def _missing(series: CountSeries, good: NDArray[np.bool_], hour: int, period: tuple[int, int]) -> MissingHour:
    """What of an hour is not counted, among the days that have a good count in the period."""
    begin, day = series.minute_of_day(), _day(series)
    of_hour = good & (begin // 60 == hour)
    times = np.unique(begin[of_hour])
    counted = np.unique(day[good])
    first = series.start.hour * 60 + series.start.minute
    lacking: dict[bool, list[date]] = {True: [], False: []}
    for n in counted.tolist():
        held = begin[of_hour & (day == n)]
        expected = times[(n * DAY_MINUTES + times - first) % series.minutes == 0]  # the grid may move by the day
        if held.size < expected.size:
            lacking[held.size > 0].append(date.fromordinal(series.start.toordinal() + n))
    begins, ends = max(60 * hour, period[0]), min(60 * hour + 60, period[1])
    return MissingHour(
        hour=hour,
        missing_days=tuple(lacking[False]),
        part_days=tuple(lacking[True]),
        never=_spans(_covered(np.unique(begin[good]), series.minutes), begins, ends),
        counted_days=counted.size,
    )


def _day(series: CountSeries) -> NDArray[np.int64]:
    """(N,) number of the day on which each interval begins, 0 for that of the first."""
    first = series.start.hour * 60 + series.start.minute
    days: NDArray[np.int64] = (first + series.minutes * np.arange(len(series.values))) // DAY_MINUTES
    return days


def _covered(begins: NDArray[np.int64], minutes: int) -> NDArray[np.bool_]:
    """(DAY_MINUTES,) minutes of the day over which an interval lies that begins at one of some times."""
    covered = np.zeros(DAY_MINUTES, np.bool_)
    for begin in begins.tolist():
        covered[begin : begin + minutes] = True
    return covered


def _spans(covered: NDArray[np.bool_], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    """Times between two minutes of the day that are not covered."""
    edges = np.flatnonzero(np.diff(~covered[begin:end], prepend=False, append=False)) + begin
    return tuple((int(first), int(last)) for first, last in edges.reshape(-1, 2))


def _grid(series: CountSeries, from_minute: int, to_minute: int) -> NDArray[np.int64]:
    """Minutes of the day at which intervals of the series can begin that lie in the period."""
    first = series.start.hour * 60 + series.start.minute
    begins = np.unique((first + series.minutes * np.arange(DAY_MINUTES)) % DAY_MINUTES)
    inside: NDArray[np.int64] = begins[(begins >= from_minute) & (begins + series.minutes <= to_minute)]
    return inside


def _hour_mean(
    values: NDArray[np.float64], begin: NDArray[np.int64], good: NDArray[np.bool_], times: NDArray[np.int64]
) -> float:
    """Mean over some times of the day of the means over the days; times that no day has are left out."""
    means = [values[good & (begin == time)].mean() for time in times if (good & (begin == time)).any()]
    return float(np.mean(means))
