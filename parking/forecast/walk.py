"""Walking through a history in time order: what was expected at each step, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar
    from parking.forecast.features import Watch
    from parking.forecast.history import History

    Floats = NDArray[np.float64]

CHUNK_STEPS = 2_016


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What the wanted steps of one stretch of a history looked like, with what came after them."""

    step: NDArray[np.int64]
    """(W,) number of the step within the history."""
    features: Floats
    """(W, F, H, K)"""
    usable: NDArray[np.bool_]
    """(W, F, H) whether the features are known."""
    outcome: Floats
    """(W, F, H) free share that came, NaN where not known."""


def walk(
    history: History,
    watch: Watch,
    calendar: Calendar,
    half_life_weeks: float,
    leads: NDArray[np.int64],
    wanted: NDArray[np.bool_],
) -> Iterator[Seen]:
    """Go through a history from its first step; `watch` learns from all steps and is handed on changed.

    wanted : (T,) steps whose features are wanted
    """
    steps = history.steps
    for begin in range(0, steps, CHUNK_STEPS):
        part = slice(begin, min(begin + CHUNK_STEPS, steps))
        features, usable = watch.advance(history.free_share[part], calendar, half_life_weeks, leads, wanted[part])
        step = begin + np.flatnonzero(wanted[part])
        outcome = np.full(usable.shape, np.nan)
        for h, lead in enumerate(leads):
            within = step + lead < steps
            outcome[within, :, h] = history.free_share[step[within] + lead]
        yield Seen(step=step, features=features, usable=usable, outcome=outcome)


def every(steps: int, begin: int, stride: int) -> NDArray[np.bool_]:
    """(steps,) mask of every `stride`-th step from `begin` on."""
    mask = np.zeros(steps, np.bool_)
    mask[begin::stride] = True
    return mask
