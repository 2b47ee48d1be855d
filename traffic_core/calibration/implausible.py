"""What cannot be true of a series of hourly counts.  Each function marks hours; none of them decides alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.calibration.robust import DAYTIME, known_median
from traffic_core.demand import HOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from traffic_core.calibration.robust import Usual

    Hours = NDArray[np.float64]
    """(D, 24) counts, veh/h, NaN where unknown or dropped before."""
    Marks = NDArray[np.bool_]
    """(D, 24)"""

SAME_SHARE = 0.001
"""Two counts are the same where they differ by no more than this share: a loop that chatters once a second
alternates between 3,600 and 3,602."""
LEAST_HOURS_OF_LEVEL = 12
LEAST_VEH_OF_LEVEL = 50.0
LEAST_DAYS_OF_LEVEL = 5


def frozen(counts: Hours, chance: float) -> Marks:
    """Runs of the same value that traffic would bring with less than `chance`.

    A Poisson count is v with at most about 1 / sqrt(2 pi v), whatever its mean (Stirling's formula), n - 1 further ones
    with that to the power n - 1: five times 500 is suspicious, five times 2 is not.  Zeros are not looked at here.
    """
    flat = counts.ravel()
    marks = np.zeros(flat.size, np.bool_)
    same = (np.abs(np.diff(flat)) <= SAME_SHARE * np.abs(flat[:-1])) & (flat[:-1] > 0.0) & (flat[1:] > 0.0)
    for first, last in _runs(same):
        value = float(flat[first])
        equal_values = 2 * math.floor(SAME_SHARE * value) + 1
        tie = min(equal_values / math.sqrt(2.0 * math.pi * value), 1.0)
        if (last - first) * math.log(tie) < math.log(chance):
            marks[first : last + 1] = True
    return marks.reshape(counts.shape)


def stuck_at_zero(counts: Hours, expected: Usual, chance: float, least_daytime_hours: int) -> Marks:
    """Runs of zeros with enough hours of daytime where a Poisson count of the usual flow has less than `chance`.

    A series without a single vehicle is marked as a whole: nobody can tell an unused turn from a dead loop.
    """
    flat = counts.ravel()
    marks = np.zeros(flat.size, np.bool_)
    if not (flat > 0.0).any():
        marks[flat == 0.0] = True
        return marks.reshape(counts.shape)
    usual_veh = np.nan_to_num(expected.median_veh_h.ravel())
    hour = np.arange(flat.size) % HOURS
    daytime = (hour >= DAYTIME.start) & (hour < DAYTIME.stop)
    zero = flat == 0.0
    for first, last in _runs(zero[:-1] & zero[1:]):
        run = slice(first, last + 1)
        if daytime[run].sum() >= least_daytime_hours and usual_veh[run].sum() > -math.log(chance):
            marks[run] = True
    return marks.reshape(counts.shape)


def spikes(counts: Hours, expected: Usual, deviations: float) -> Marks:
    """Counts above the median of their weekday and hour by more than `deviations` (identifier of Hampel 1974).

    Only upwards: what is low has reasons in traffic (holidays, road works), and the median of days bears it.
    """
    return np.asarray(counts - expected.median_veh_h > deviations * expected.deviation_veh_h, np.bool_)


def shifted(counts: Hours, expected: Usual, factor: float, window_days: int) -> Marks:
    """Days in a stretch whose level differs from the usual one by more than `factor`, upwards or downwards.

    The level of a day is its count over the usual count of the same hours; the level of a stretch the median of
    `window_days` days around.  Single days never make a shift.
    """
    known = ~np.isnan(counts) & (expected.median_veh_h > 0.0)
    usual_veh = np.where(known, expected.median_veh_h, 0.0).sum(axis=1)
    counted_veh = np.where(known, counts, 0.0).sum(axis=1)
    enough = (known.sum(axis=1) >= LEAST_HOURS_OF_LEVEL) & (usual_veh >= LEAST_VEH_OF_LEVEL)
    level = np.where(enough, counted_veh / np.maximum(usual_veh, 1.0), np.nan)
    half = window_days // 2
    padded = np.pad(level, half, constant_values=np.nan)
    windows = np.stack([padded[shift : shift + level.size] for shift in range(2 * half + 1)])
    around = known_median(windows)
    sure = (~np.isnan(windows)).sum(axis=0) >= LEAST_DAYS_OF_LEVEL
    away = sure & ((around > factor) | (around < 1.0 / factor))
    return np.repeat(away[:, None], HOURS, axis=1)


def _runs(together: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """First and last place of each run of two or more, where `together[i]` says that i and i + 1 belong together."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], together, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
