"""Screening of real counts: every hour is kept, missing, or dropped for one named reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.calibration.implausible import frozen, shifted, spikes, stuck_at_zero
from traffic_core.calibration.robust import usual

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from traffic_core.calibration.hourly_series import HourlySeries

KEPT = 0
MISSING = -1


class DropReason(StrEnum):
    """Why a count is not used, in the order in which the rules are asked."""

    BELOW_ZERO = "below_zero"
    """A difference of two counters that disagreed."""
    ABOVE_SATURATION = "above_saturation"
    """More than the lanes can discharge."""
    FROZEN = "frozen"
    """The same value hour after hour."""
    STUCK_AT_ZERO = "stuck_at_zero"
    """Nothing for hours of daytime in which many vehicles are usual."""
    LEVEL_SHIFT = "level_shift"
    """A stretch of days on another level: a retuned loop, a closed street, a diversion."""
    SPIKE = "spike"
    """Far above what is usual at that hour of that weekday."""


REASONS = tuple(DropReason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRules:
    """Limits of the rules.  The defaults are meant for hourly counts at signalised junctions."""

    saturation_flow_veh_h: float = 1_900.0
    """Of one lane in green."""
    largest_green_share: float = 0.9
    chance: float = 1e-6
    """A run of equal values is a fault where traffic would bring it more rarely than this."""
    stuck_daytime_hours: int = 3
    spike_deviations: float = 6.0
    level_factor: float = 1.5
    level_window_days: int = 15
    least_days: int = 8
    """Days of the same weekday that are needed to say what is usual."""

    def __post_init__(self) -> None:
        require.positive("saturation_flow_veh_h", self.saturation_flow_veh_h)
        require.between("largest_green_share", self.largest_green_share, 0.01, 1.0)
        require.between("chance", self.chance, 1e-300, 0.5)
        require.between("stuck_daytime_hours", self.stuck_daytime_hours, 2, 24)
        require.between("spike_deviations", self.spike_deviations, 1.0, 1_000.0)
        require.between("level_factor", self.level_factor, 1.05, 100.0)
        require.between("level_window_days", self.level_window_days, 5, 366)
        require.between("least_days", self.least_days, 3, 10_000)

    def most_veh_h(self, lanes: int) -> float:
        """Largest flow that so many lanes can discharge in an hour."""
        return self.saturation_flow_veh_h * self.largest_green_share * lanes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScreenedSeries:
    """A series and what became of each of its hours."""

    series: HourlySeries
    verdict: NDArray[np.int8]
    """(D, 24) KEPT, MISSING, or 1 + place in REASONS."""

    @property
    def kept(self) -> NDArray[np.bool_]:
        """(D, 24) whether the count can be used."""
        return np.asarray(self.verdict == KEPT, np.bool_)

    @property
    def kept_veh_h(self) -> NDArray[np.float64]:
        """(D, 24) counts, NaN where missing or dropped."""
        return np.where(self.kept, self.series.counts_veh_h, np.nan)

    @property
    def tally(self) -> ScreeningTally:
        """How many hours have which verdict."""
        return ScreeningTally.of([self])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningTally:
    """Hours by verdict over one or several series; they add up to `hours`."""

    series: int
    hours: int
    missing: int
    kept: int
    dropped: Mapping[DropReason, int]

    @classmethod
    def of(cls, screened: Iterable[ScreenedSeries]) -> ScreeningTally:
        """Sum over any number of series."""
        verdicts: Counter[int] = Counter()
        series = 0
        for each in screened:
            series += 1
            values, hours = np.unique(each.verdict, return_counts=True)
            verdicts.update(dict(zip(values.tolist(), hours.tolist(), strict=True)))
        return cls(
            series=series,
            hours=verdicts.total(),
            missing=verdicts[MISSING],
            kept=verdicts[KEPT],
            dropped={reason: verdicts[place + 1] for place, reason in enumerate(REASONS)},
        )

    @property
    def dropped_share(self) -> float | None:
        """Share of the reported hours that were dropped; None where nothing was reported."""
        reported = self.hours - self.missing
        return sum(self.dropped.values()) / reported if reported else None


def screen(
    series: HourlySeries, *, rules: ScreeningRules | None = None, holidays: Collection[date] = ()
) -> ScreenedSeries:
    """Ask every rule about every hour; the first one that objects gives the reason.

    What is usual is told anew after each group of rules from what is left: a fault must not hide behind itself.
    Holidays count as Sundays.
    """
    limits = rules or ScreeningRules()
    weekday = series.weekdays(holidays)
    verdict = np.where(np.isnan(series.counts_veh_h), MISSING, KEPT).astype(np.int8)
    counts = series.counts_veh_h.astype(np.float64, copy=True)

    def drop(marks: NDArray[np.bool_], reason: DropReason) -> None:
        hit = marks & (verdict == KEPT)
        verdict[hit] = REASONS.index(reason) + 1
        counts[hit] = np.nan

    drop(counts < 0.0, DropReason.BELOW_ZERO)
    drop(counts > limits.most_veh_h(series.lanes), DropReason.ABOVE_SATURATION)
    drop(frozen(counts, limits.chance), DropReason.FROZEN)
    expected = usual(counts, weekday, limits.least_days)
    drop(stuck_at_zero(counts, expected, limits.chance, limits.stuck_daytime_hours), DropReason.STUCK_AT_ZERO)
    expected = usual(counts, weekday, limits.least_days)
    drop(shifted(counts, expected, limits.level_factor, limits.level_window_days), DropReason.LEVEL_SHIFT)
    expected = usual(counts, weekday, limits.least_days)
    drop(spikes(counts, expected, limits.spike_deviations), DropReason.SPIKE)
    return ScreenedSeries(series=series, verdict=verdict)
