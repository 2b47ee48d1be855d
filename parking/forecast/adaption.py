"""Intervals that widen or narrow day by day, so that nine in ten outcomes fall into the central 90 %.

Once a day the logarithm of each width moves by `RATE` times what the share of misses lies above 10 %.
Source: Gibbs and Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS 34; here on the width
instead of the level, which cannot leave its range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

MISSES_SHARE = 0.1
INTERVAL = (0.05, 0.95)
RATE = 0.5
NARROWEST, WIDEST = 0.25, 4.0
LEAST_SCORED = 24
"""A facility with fewer scored forecasts in a day stays as it is."""


def adapted(stretch: Floats, missed: Integers, scored: Integers) -> Floats:
    """(F, H) widths for the next day, by how many of the scored forecasts of this day missed."""
    share = missed / np.maximum(scored, 1)
    moved = np.clip(stretch * np.exp(RATE * (share - MISSES_SHARE)), NARROWEST, WIDEST)
    new: Floats = np.where(scored >= LEAST_SCORED, moved, stretch)
    return new
