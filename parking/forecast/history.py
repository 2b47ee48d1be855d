"""Recorded numbers of free places on a common grid of 5 min, cleaned for training and evaluation.

Cleaning, in this order:

1. A number more than `TOLERANCE_SHARE` of the capacity (at least `TOLERANCE_VEH`) below 0 or above the capacity is not
   believed: the step is unknown.  Within the tolerance it is drawn to 0 or to the capacity.
2. A number holds until the next one, at most `LONGEST_GAP_S` long.  In a history of changes (no number follows an equal
   one) silence means "as before" while any other facility of the history reports; there a number holds until
   `LONGEST_STILL_S`, and `LONGEST_GAP_S` counts from the last report of any facility.  Nothing is interpolated.
3. A stretch of zeros is a closing of the facility, and unknown until it is above 0 again, if it begins with a fall or
   ends with a rise of more than `CLOSING_JUMP_SHARE` of the capacity from one number to the next within 15 min; or
   begins with a fall of more than `CLOSING_FALL_SHARE` and lasts an hour.  Unknown steps within do not part it.
   This looks ahead: it is for histories only, where the service takes a closing from what the facility tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.calendar import STEP_S
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TOLERANCE_SHARE = 0.02
TOLERANCE_VEH = 5
LONGEST_GAP_S = 1_800
LONGEST_STILL_S = 43_200
CLOSING_JUMP_SHARE = 0.15
CLOSING_FALL_SHARE = 0.05
CLOSED_STEPS = 12
JUMP_STEPS = 3
CHANGES_ONLY_SHARE = 0.01
"""A history with fewer repeated numbers than this tells changes only."""
LONGEST_YEARS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """What one facility reported, in time order: (N,) s since 1970, (N,) free places as recorded."""

    at_s: NDArray[np.int64]
    free_veh: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """Cleaned history of F facilities over T steps."""

    facility_ids: tuple[str, ...]
    first_step: int
    """Steps count from 1970; a step's value is the last one told up to its beginning."""
    capacity_veh: NDArray[np.float64]
    """(F,)"""
    free_share: NDArray[np.float64]
    """(T, F), NaN where not known."""
    refused: tuple[int, ...] = ()
    """(F,) numbers not believed."""
    closed_steps: tuple[int, ...] = ()
    """(F,) steps taken as closed."""

    @property
    def steps(self) -> int:
        """Number of steps, T."""
        return int(self.free_share.shape[0])

    def of(self, places: list[int]) -> History:
        """The same history with some of its facilities only."""
        return replace(
            self,
            facility_ids=tuple(self.facility_ids[place] for place in places),
            capacity_veh=self.capacity_veh[places],
            free_share=np.ascontiguousarray(self.free_share[:, places]),
            refused=tuple(self.refused[place] for place in places),
            closed_steps=tuple(self.closed_steps[place] for place in places),
        )


def tells_changes_only(series: Mapping[str, Series]) -> bool:
    """Whether a history tells a number only where it differs from the last."""
    equal = sum(int((np.diff(of.free_veh) == 0).sum()) for of in series.values())
    rows = sum(of.free_veh.size for of in series.values())
    return rows > 0 and equal <= CHANGES_ONLY_SHARE * rows


def clean(series: Mapping[str, Series], capacity_veh: Mapping[str, int], *, without_closings: bool = True) -> History:
    """Bring the series of all facilities with a capacity onto one grid.

    without_closings : take closings out (rule 3), which partly sees the future: how the zeros end

    Raises
    ------
    InvalidValueError
        If no facility has both numbers and a capacity, or the history is longer than `LONGEST_YEARS`.
    """
    used = {key: of for key, of in series.items() if of.at_s.size > 0 and capacity_veh.get(key, 0) > 0}
    if not used:
        raise InvalidValueError("history", len(series), "must have a facility with numbers and a capacity")
    first = min(-(-int(of.at_s[0]) // STEP_S) for of in used.values())
    steps = max(-(-int(of.at_s[-1]) // STEP_S) for of in used.values()) - first + 1
    if steps * STEP_S > LONGEST_YEARS * 366 * 86_400:
        raise InvalidValueError("history", f"{steps} steps", f"must be no longer than {LONGEST_YEARS} years")
    silent_s = _since_any_report_s(used, first, steps) if tells_changes_only(used) else None
    share = np.full((steps, len(used)), np.nan)
    refused, closed = [], []
    for place, (key, of) in enumerate(used.items()):
        capacity = capacity_veh[key]
        free_veh = of.free_veh.astype(np.float64)
        tolerance_veh = max(TOLERANCE_VEH, TOLERANCE_SHARE * capacity)
        wrong = (free_veh < -tolerance_veh) | (free_veh > capacity + tolerance_veh)
        free_veh = np.where(wrong, np.nan, np.clip(free_veh, 0.0, capacity))
        held = _held(of.at_s, free_veh, first, steps, silent_s)
        shut = _closed(held / capacity) if without_closings else np.zeros(steps, np.bool_)
        share[:, place] = np.where(shut, np.nan, held / capacity)
        refused.append(int(wrong.sum()))
        closed.append(int(shut.sum()))
    return History(
        facility_ids=tuple(used),
        first_step=first,
        capacity_veh=np.array([capacity_veh[key] for key in used], np.float64),
        free_share=share,
        refused=tuple(refused),
        closed_steps=tuple(closed),
    )


def _held(
    at_s: NDArray[np.int64],
    free_veh: NDArray[np.float64],
    first: int,
    steps: int,
    silent_s: NDArray[np.int64] | None,
) -> NDArray[np.float64]:
    """(steps,) last number up to each step, NaN where it no longer holds."""
    grid_s = STEP_S * np.arange(first, first + steps, dtype=np.int64)
    last = np.searchsorted(at_s, grid_s, side="right") - 1
    age_s = np.where(last >= 0, grid_s - at_s[last], LONGEST_STILL_S + 1)
    holds = age_s <= (LONGEST_GAP_S if silent_s is None else LONGEST_STILL_S)
    if silent_s is not None:
        holds &= silent_s <= LONGEST_GAP_S
    return np.where(holds, free_veh[last], np.nan)


def _since_any_report_s(series: Mapping[str, Series], first: int, steps: int) -> NDArray[np.int64]:
    """(steps,) time since any facility reported; a number of hours where none ever did."""
    at_s = np.unique(np.concatenate([of.at_s for of in series.values()]))
    grid_s = STEP_S * np.arange(first, first + steps, dtype=np.int64)
    last = np.searchsorted(at_s, grid_s, side="right") - 1
    silent: NDArray[np.int64] = np.where(last >= 0, grid_s - at_s[last], LONGEST_STILL_S)
    return silent


def _closed(share: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(T,) whether a step belongs to a closing of the facility."""
    shut = np.zeros(share.size, np.bool_)
    steps = np.flatnonzero(np.isfinite(share))
    if steps.size == 0:
        return shut
    known = share[steps]
    # with a number above 0 before and behind, every stretch of zeros has a beginning and an end
    zero = np.concatenate([[False], known <= 0.0, [False]])
    begins = np.flatnonzero(zero[1:] & ~zero[:-1])
    ends = np.flatnonzero(zero[:-1] & ~zero[1:])
    near = np.diff(steps) <= JUMP_STEPS
    fall = np.zeros(known.size + 1)
    fall[1:-1] = np.where(near, known[:-1] - known[1:], 0.0)
    for begin, end in zip(begins, ends, strict=True):
        jumps = max(fall[begin], -fall[end]) > CLOSING_JUMP_SHARE
        if jumps or (fall[begin] > CLOSING_FALL_SHARE and end - begin >= CLOSED_STEPS):
            shut[steps[begin:end]] = True
    return shut
