"""What each facility can offer those who arrive, and what the risk of finding nothing costs them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from parking.arrival import CLOCK_TOLERANCE_S, FORECAST_LIMIT_S
from parking.persistence import probability_more_than, sigma_veh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from parking.facility import Facility
    from parking.forecast.forecasts import Forecasts
    from parking.occupancy import PlacesEstimate
    from parking.settings import GuidanceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AtArrival:
    """Free places of one facility when those who follow a sign get there."""

    capacity_veh: int
    expected_veh: float
    certain_veh: float
    """Undercut with the probability `GuidanceSettings.supply_quantile`."""
    no_space_share: float
    """Probability that none is free."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Offers:
    """What the facilities offer, in the order of the model."""

    supply_veh: NDArray[np.int64]
    """(F,)"""
    driven_s: NDArray[np.float64]
    """(F,) expected driving beyond the way there: search, and the detour where no place is left."""


def still_as_counted(
    free_veh: float, capacity_veh: int, age_s: float, settings: GuidanceSettings, count_sigma_veh: float = 0.0
) -> AtArrival:
    """Free places at arrival where nothing is forecast: as counted, with the spread of `parking.persistence`.

    count_sigma_veh : standard deviation of the count itself, veh
    """
    spread_veh = math.hypot(sigma_veh(age_s + settings.arrival_s, capacity_veh), count_sigma_veh)
    return AtArrival(
        capacity_veh=capacity_veh,
        expected_veh=free_veh,
        certain_veh=free_veh + _normal_quantile(settings.supply_quantile) * spread_veh,
        no_space_share=1.0 - probability_more_than(0, free_veh, spread_veh),
    )


def as_forecast(
    forecasts: Forecasts, facility_id: str, capacity_veh: int, lead_s: float, settings: GuidanceSettings
) -> AtArrival | None:
    """Free places `lead_s` after the forecast was made; None where it says nothing of the facility."""
    certain_veh = forecasts.quantile_veh(facility_id, lead_s, settings.supply_quantile)
    expected_veh = forecasts.quantile_veh(facility_id, lead_s, 0.5)
    some_share = forecasts.probability_more_than(facility_id, 0, lead_s)
    if certain_veh is None or expected_veh is None or some_share is None:
        return None
    return AtArrival(
        capacity_veh=capacity_veh,
        expected_veh=min(max(expected_veh, 0.0), float(capacity_veh)),
        certain_veh=certain_veh,
        no_space_share=1.0 - some_share,
    )


def arrivals(
    now_s: float,
    estimates: Mapping[str, PlacesEstimate],
    lead_s: Mapping[str, float],
    forecasts: Forecasts | None,
    settings: GuidanceSettings,
) -> dict[str, AtArrival]:
    """Free places at arrival of every facility in `lead_s` of which something is known.

    A forecast counts only where the present state is known too, and while it is not over `FORECAST_LIMIT_S` old.
    """
    passed_s = math.inf if forecasts is None else now_s - forecasts.made_at_s
    usable = -CLOCK_TOLERANCE_S <= passed_s <= FORECAST_LIMIT_S
    found: dict[str, AtArrival] = {}
    for key, drive_s in lead_s.items():
        estimate = estimates[key]
        free_veh, capacity_veh, age_s = estimate.held_veh, estimate.capacity_veh, estimate.age_s
        if free_veh is None or not capacity_veh or age_s is None:
            continue
        told = None
        if usable and forecasts is not None:
            told = as_forecast(forecasts, key, capacity_veh, drive_s + max(0.0, passed_s), settings)
        if told is None:
            told = still_as_counted(free_veh, capacity_veh, age_s, settings, _count_sigma_veh(estimate))
        found[key] = told
    return found


def offers(facilities: Sequence[Facility], at_arrival: Mapping[str, AtArrival], settings: GuidanceSettings) -> Offers:
    """Places each facility offers above its reserve; one of which nothing is known offers none."""
    supply_veh = np.zeros(len(facilities), np.int64)
    full_share, no_space_share = np.zeros(len(facilities)), np.zeros(len(facilities))
    known = np.zeros(len(facilities), np.bool_)
    for place, facility in enumerate(facilities):
        told = at_arrival.get(facility.id)
        if told is not None:
            known[place] = True
            supply_veh[place] = max(0, math.floor(told.certain_veh) - facility.reserve_veh)
            full_share[place] = 1.0 - told.expected_veh / told.capacity_veh
            no_space_share[place] = told.no_space_share
    shares, times_s = zip(*settings.cost.search_s_at_share, strict=True)
    driven_s = np.interp(full_share, shares, times_s) + no_space_share * settings.cost.reroute_s
    return Offers(supply_veh=supply_veh, driven_s=np.where(known, driven_s, 0.0))


def _count_sigma_veh(estimate: PlacesEstimate) -> float:
    """Standard deviation of a counted level, without what its age adds, veh."""
    if estimate.sigma_veh is None or estimate.age_s is None or not estimate.capacity_veh:
        return 0.0
    by_age_veh = sigma_veh(estimate.age_s, estimate.capacity_veh)
    return math.sqrt(max(0.0, estimate.sigma_veh**2 - by_age_veh**2))


@lru_cache(maxsize=8)
def _normal_quantile(level: float) -> float:
    return NormalDist().inv_cdf(level)
