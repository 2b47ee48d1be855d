"""Forecasts without a trained model: the last number, moved along with the typical day where that is known.

Both err by no more than "stays as it is" does (`parking.persistence`), read as a normal error within 0 and the
capacity; the typical day of a plan has not been measured, so that nothing narrower can be claimed for it.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from parking.persistence import sigma_veh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parking.model import FacilityUse


@lru_cache(maxsize=8)
def normal_quantiles(levels: tuple[float, ...]) -> tuple[float, ...]:
    """Quantiles of the standard normal distribution."""
    return tuple(NormalDist().inv_cdf(level) for level in levels)


def spread_veh(
    middle_veh: Sequence[float],
    capacity_veh: float,
    age_s: float,
    lead_s: Sequence[float],
    levels: tuple[float, ...],
    measured_sigma_veh: float = 0.0,
) -> NDArray[np.float64]:
    """(H, Q) quantiles of the free places around a middle for each lead; `measured_sigma_veh` is that of the count."""
    normal = np.array(normal_quantiles(levels))
    sigma = np.array([math.hypot(sigma_veh(lead + age_s, capacity_veh), measured_sigma_veh) for lead in lead_s])
    quantiles: NDArray[np.float64] = np.clip(np.array(middle_veh)[:, None] + sigma[:, None] * normal, 0.0, capacity_veh)
    return quantiles


def typical_change_veh(
    use: FacilityUse, capacity_veh: float, second_of_day_s: float, lead_s: Sequence[float]
) -> list[float] | None:
    """Change of the free places of a typical weekday after each lead; None where nobody knows the day."""
    now_share = use.occupied_share_at(second_of_day_s)
    if now_share is None:
        return None
    wanted_veh = use.wanted_places_veh(int(capacity_veh))
    later = [use.occupied_share_at((second_of_day_s + lead) % 86_400.0) or 0.0 for lead in lead_s]
    return [wanted_veh * (now_share - share) for share in later]


def widened(quantiles: NDArray[np.float64], levels: tuple[float, ...], sigma: float) -> NDArray[np.float64]:
    """(H, Q) quantiles whose distances from the median also hold an independent normal error of the count.

    Distances add as those of normal errors do, sqrt(distance² + (normal quantile × sigma)²).
    """
    if sigma <= 0.0:
        return quantiles
    normal = np.array(normal_quantiles(levels))
    middle = np.array([np.interp(0.5, levels, row) for row in quantiles])[:, None]
    wider: NDArray[np.float64] = middle + np.sign(normal) * np.hypot(quantiles - middle, normal * sigma)
    return np.maximum.accumulate(wider, axis=1)
