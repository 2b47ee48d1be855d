"""The last eight days of the car parks from the store, for a forecast that was just started."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np
import structlog

from parking.forecast.calendar import STEP_S
from parking.occupancy import WORD_LIMIT_S
from traffic_core.kernels.parking_forecast import RING
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from api.store.store import Store
    from parking.forecast.forecaster import Forecaster
    from parking.model import ParkingModel

log = structlog.get_logger(__name__)

LONGEST_S = 20.0
"""The service starts after so much time, with what was read by then."""
PART_S = 86_400.0
"""A part of the history that is read at once: never more rows than the store tells at once, from a report a second."""


def refill(
    forecaster: Forecaster,
    parking: ParkingModel,
    store: Store,
    now_s: float,
    clock_s: Callable[[], float] = time.monotonic,
) -> int:
    """Let the forecast remember what the store knows; return of how many car parks.  Raises what the store raises.

    Only facilities of a trained model; the newest day of all of them is read first, so that the most useful part is
    there where time runs out.  A value is the last number told up to its step, at most 30 min old.
    """
    ids = forecaster.remembered_ids
    last_step = math.floor(now_s / STEP_S)
    first_step = last_step - RING + 1
    shares = {key: np.full(RING - 1, math.nan) for key in ids}
    give_up_s = clock_s() + LONGEST_S
    days = math.ceil(RING * STEP_S / PART_S)
    for day in range(days):
        end_s = last_step * STEP_S - day * PART_S
        for key in ids:
            if clock_s() > give_up_s:
                log.warning("forecast_memory_cut", days=day, of=days)
                break
            begin_s = max(end_s - PART_S, float(first_step * STEP_S))
            readings = store.history(OccupancyReading, key, begin_s - WORD_LIMIT_S, end_s)
            from_step, to_step = math.ceil(begin_s / STEP_S), math.ceil(end_s / STEP_S)
            found = shares_of(readings, parking.facilities[key].capacity_veh, from_step, to_step - from_step)
            shares[key][from_step - first_step : to_step - first_step] = found
        else:
            continue
        break
    known = {key: of for key, of in shares.items() if np.isfinite(of).any()}
    if known:
        forecaster.remember(first_step, known)
    return len(known)


def shares_of(
    readings: Iterable[OccupancyReading], capacity_veh: int | None, first_step: int, steps: int
) -> NDArray[np.float64]:
    """(steps,) free share at the beginning of each step, NaN where not known or closed; readings oldest first."""
    at_s, share = [], []
    for reading in readings:
        capacity = reading.capacity_veh or capacity_veh
        free_veh = reading.free_veh
        if free_veh is None and reading.occupied_veh is not None and capacity:
            free_veh = capacity - reading.occupied_veh
        if reading.is_open is False:
            free_veh, capacity = None, capacity or 1
        elif free_veh is None or not capacity:
            continue
        at_s.append(reading.measured_at_s)
        share.append(math.nan if free_veh is None else min(max(free_veh / (capacity or 1), 0.0), 1.0))
    grid_s = STEP_S * np.arange(first_step, first_step + steps, dtype=np.float64)
    last = np.searchsorted(np.array(at_s), grid_s, side="right") - 1
    told_s, told = np.array([-math.inf, *at_s]), np.array([math.nan, *share])
    found: NDArray[np.float64] = np.where(grid_s - told_s[last + 1] <= WORD_LIMIT_S, told[last + 1], math.nan)
    return found
