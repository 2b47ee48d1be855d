"""How likely a place is free when somebody who reads a sign now gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from parking.forecast.forecasts import Forecasts
    from parking.model import ParkingModel

FORECAST_LIMIT_S = 300.0
"""An older forecast has not seen what came in since."""
CLOCK_TOLERANCE_S = 5.0
DECIDING_SOURCE = "model"
"""Only a trained forecast decides about signs: the spread of persistence with thresholds of its own, learned on the
same data, was no better than hysteresis of the present number in all three figures on any archive."""


def lead_times_s(
    model: ParkingModel, drive_time_s: NDArray[np.float64] | None, default_s: float
) -> NDArray[np.float64]:
    """Time to the arrival at each facility (F,), s: the longest drive from a sign that names it.

    One time for each facility, not one for each sign: rows for the same facilities say the same everywhere, and those
    who have the longest way must not be sent in vain.  `default_s` where no way is known or no sign names it.

    drive_time_s : (signs, facilities), infinite where there is no way
    """
    leads_s = np.full(len(model.facilities), default_s)
    if drive_time_s is None:
        return leads_s
    place = {key: number for number, key in enumerate(model.facilities)}
    longest_s = np.zeros(len(place))
    for sign, of_sign_s in zip(model.signs.values(), drive_time_s, strict=True):
        for key in {key for row in sign.rows for key in row.facility_ids}:
            if np.isfinite(of_sign_s[place[key]]):
                longest_s[place[key]] = max(longest_s[place[key]], of_sign_s[place[key]])
    return np.where(longest_s > 0.0, longest_s, leads_s)


def arrival_probabilities(
    forecasts: Forecasts | None,
    now_s: float,
    facility_ids: Sequence[str],
    lead_s: NDArray[np.float64],
    limit_veh: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Probability (F,) that more than `limit_veh` places are free `lead_s` after `now_s`; NaN where nothing is said.

    The same as `Forecasts.probability_more_than` for all facilities at once, counted from now and not from when the
    forecast was made.  One that is too old, or of a time to come, or that rests on no trained model, says nothing.
    """
    unknown = np.full(len(facility_ids), np.nan)
    if forecasts is None or not -CLOCK_TOLERANCE_S <= now_s - forecasts.made_at_s <= FORECAST_LIMIT_S:
        return unknown
    sources = zip(forecasts.facility_ids, forecasts.sources, strict=True)
    place = {key: number for number, (key, source) in enumerate(sources) if source == DECIDING_SOURCE}
    found = np.array([place.get(key, -1) for key in facility_ids], np.int64)
    free_veh = _at_lead(forecasts, found, lead_s + max(0.0, now_s - forecasts.made_at_s))
    limit = limit_veh + 0.5
    levels = np.array(forecasts.levels)
    upper = np.clip((free_veh <= limit[:, None]).sum(axis=1), 1, levels.size - 1)
    row = np.arange(found.size)
    low, high = free_veh[row, upper - 1], free_veh[row, upper]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip((limit - low) / (high - low), 0.0, 1.0)
    within = 1.0 - (levels[upper - 1] + share * (levels[upper] - levels[upper - 1]))
    p_free = np.where(limit < free_veh[:, 0], 1.0, np.where(limit >= free_veh[:, -1], 0.0, within))
    known = (found >= 0) & ~np.isnan(free_veh).any(axis=1)
    return np.where(known, p_free, unknown)


def _at_lead(forecasts: Forecasts, place: NDArray[np.int64], lead_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantiles (F, Q) of the facilities at `place` of the forecast, each at its own lead."""
    leads_s = np.array(forecasts.lead_s)
    if leads_s.size == 1:
        only: NDArray[np.float64] = forecasts.free_veh[place, 0]
        return only
    at_s = np.clip(lead_s, leads_s[0], leads_s[-1])
    later = np.clip(np.searchsorted(leads_s, at_s), 1, leads_s.size - 1)
    share = (at_s - leads_s[later - 1]) / (leads_s[later] - leads_s[later - 1])
    before_veh, after_veh = forecasts.free_veh[place, later - 1], forecasts.free_veh[place, later]
    mixed: NDArray[np.float64] = before_veh + share[:, None] * (after_veh - before_veh)
    return mixed
