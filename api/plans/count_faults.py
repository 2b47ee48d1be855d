"""Faults in the counts of one movement: gaps, negative numbers, stuck values, silence by day, jumps.

A series has one value per interval, NaN where there is none.  What a fault covers is not used any further.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHANCE = 1e-6
"""A run of equal values less likely than this is a stuck detector."""
LEAST_STUCK_VEH = 5.0
ALIKE_SHARE = 0.001
DAY_HOURS = range(6, 20)
SILENT_VEH_H = 20.0
"""Silence counts as a fault in hours that usually have so many vehicles."""
SILENT_RUN_H = 3.0
JUMP_RATIO, JUMP_VEH_H = 4.0, 300.0
"""More than so many times the usual, and so many vehicles an hour above it."""


class FaultKind(StrEnum):
    """What is wrong."""

    GAP = "gap"
    NEGATIVE = "negative"
    STUCK = "stuck"
    SILENT = "silent"
    JUMP = "jump"


@dataclass(frozen=True, slots=True)
class Fault:
    """A run of intervals that cannot be used."""

    kind: FaultKind
    first: int
    """Position in the series."""
    length: int
    value: float
    """Value at its beginning; NaN for a gap."""


def faults_of(values: NDArray[np.float64], hour: NDArray[np.int64], interval_h: float) -> list[Fault]:
    """Faults of a series in order.  Hours of the day that nobody ever counted are no gaps.

    Parameters
    ----------
    values : (N,) vehicles per interval, NaN where nothing was counted
    hour : (N,) hour of the day of each interval, 0 to 23
    interval_h : duration of an interval, h
    """
    missing = np.isnan(values)
    wanted = np.isin(hour, np.unique(hour[~missing]))
    found = [
        Fault(FaultKind.GAP if missing[first] else FaultKind.NEGATIVE, first, length, float(values[first]))
        for first, length in runs(np.where(missing & wanted, 1, np.where(values < 0.0, 2, 0)))
    ]
    found += _stuck(values)
    usual = usual_by_hour(values, hour)
    found += _silent(values, usual[hour], hour, interval_h)
    found += _jumps(values, usual[hour], interval_h)
    return sorted(found, key=lambda fault: (fault.first, fault.kind))


def usable(values: NDArray[np.float64], faults: list[Fault]) -> NDArray[np.bool_]:
    """(N,) whether each interval is free of faults."""
    good = ~np.isnan(values)
    for fault in faults:
        good[fault.first : fault.first + fault.length] = False
    return good


def usual_by_hour(values: NDArray[np.float64], hour: NDArray[np.int64]) -> NDArray[np.float64]:
    """(24,) median of the counts of each hour of the day, zeros left out; NaN where there is none."""
    usual = np.full(24, np.nan)
    counted = values > 0.0
    for h in range(24):
        of_hour = values[counted & (hour == h)]
        if of_hour.size:
            usual[h] = np.median(of_hour)
    return usual


def runs(kind: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """First position and length of each run of equal numbers other than 0."""
    if not kind.size:
        return
    edges = np.flatnonzero(np.diff(kind)) + 1
    for first, end in zip([0, *edges.tolist()], [*edges.tolist(), kind.size], strict=True):
        if kind[first] != 0:
            yield int(first), int(end - first)


def _stuck(values: NDArray[np.float64]) -> Iterator[Fault]:
    """Runs of numbers so alike that chance does not make them.

    Two numbers of a Poisson process of mean v differ by at most k with probability (2 k + 1) / (2 sqrt(pi v)) for
    large v; k is the thousandth part of v, 0 below 1000.
    """
    alike = np.abs(np.diff(values, prepend=np.nan)) <= np.floor(values * ALIKE_SHARE)  # NaN is like nothing
    step = np.cumsum(~alike).astype(np.int64)
    step[~(values >= LEAST_STUCK_VEH)] = 0
    for first, length in runs(step):
        within = 2.0 * math.floor(values[first] * ALIKE_SHARE) + 1.0
        equal = min(0.5, within / (2.0 * math.sqrt(math.pi * values[first])))
        if (length - 1) * math.log(equal) < math.log(CHANCE):
            yield Fault(FaultKind.STUCK, first, length, float(values[first]))


def _silent(
    values: NDArray[np.float64], usual: NDArray[np.float64], hour: NDArray[np.int64], interval_h: float
) -> Iterator[Fault]:
    by_day = np.isin(hour, list(DAY_HOURS)) & (usual >= SILENT_VEH_H * interval_h)
    for first, length in runs(((values == 0.0) & by_day).astype(np.int64)):
        if length * interval_h >= SILENT_RUN_H:
            yield Fault(FaultKind.SILENT, first, length, 0.0)


def _jumps(values: NDArray[np.float64], usual: NDArray[np.float64], interval_h: float) -> Iterator[Fault]:
    most = np.maximum(JUMP_RATIO * usual, usual + JUMP_VEH_H * interval_h)
    for first, length in runs((values > most).astype(np.int64)):
        yield Fault(FaultKind.JUMP, first, length, float(values[first]))
