"""Error quantiles from examples that the trees have not seen (split conformal, in units of the expected spread).

Source: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman (2018), Distribution-free predictive inference for regression,
Journal of the American Statistical Association 113, section 5.2 (locally weighted).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.model import CLASS_LIMITS, CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ENOUGH = 300
"""So many examples of a class weigh as much as the wider group behind it."""


def error_quantiles(
    error: Floats, middle: Floats, facility: NDArray[np.int64], facilities: int, levels: Sequence[float]
) -> Floats:
    """(F, CLASSES, Q) quantiles of (N,) errors by facility and class of the (N,) middle.

    A class with few examples is drawn towards all of the facility, and this towards the class in all facilities:
    weights n / (n + `ENOUGH`).
    """
    of_class = np.searchsorted(CLASS_LIMITS, middle, side="right")
    everywhere = _quantiles(error, levels, np.zeros(len(levels)))
    by_class = [_quantiles(error[of_class == c], levels, everywhere) for c in range(CLASSES)]
    found = np.empty((facilities, CLASSES, len(levels)))
    for f in range(facilities):
        mine = facility == f
        of_facility = _quantiles(error[mine], levels, everywhere)
        for c in range(CLASSES):
            wider = 0.5 * (of_facility + by_class[c])
            found[f, c] = _quantiles(error[mine & (of_class == c)], levels, wider)
    return found


def _quantiles(error: Floats, levels: Sequence[float], wider: Floats) -> Floats:
    if error.size == 0:
        return wider
    weight = error.size / (error.size + ENOUGH)
    drawn: Floats = weight * np.quantile(error, levels) + (1.0 - weight) * wider
    return drawn
