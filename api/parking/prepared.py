"""From a file to a cleaned history, with what became of every place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.parking.forecast_calendar import calendar_of, timezone_of
from api.parking.recorded import KnownCapacity, Recorded, capacities, free_series, read_recorded
from parking.forecast.calendar import STEP_S
from parking.forecast.history import clean
from parking.forecast.training import usable_facilities
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

    from parking.forecast.calendar import Calendar
    from parking.forecast.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySettings:
    """What both commands need to read a history."""

    history: Path
    capacities: Path | None
    timezone: str
    holidays: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A cleaned history of the facilities that a model can be trained for."""

    recorded: Recorded
    calendar: Calendar
    history: History
    raw: History
    """The same history with its closings as they were told: zeros."""
    train_steps: int
    """Steps that training may see."""
    capacity: dict[str, KnownCapacity]
    skipped: dict[str, str]
    """Places that are left out, and why."""


def prepare(settings: HistorySettings, train_share: float) -> Prepared:
    """Read and clean a history; nothing that training uses is taken from beyond its share of the time.

    Raises
    ------
    ConfigError
        For settings that cannot be used.
    FileError
        For a history that nothing can be trained on.
    """
    timezone = timezone_of(settings.timezone)
    calendar = calendar_of(timezone, settings.holidays)
    recorded = read_recorded(settings.history, timezone)
    first_s = min(int(of.at_s[0]) for of in recorded.series.values())
    last_s = max(int(of.at_s[-1]) for of in recorded.series.values())
    capacity = capacities(recorded, settings.capacities, first_s + train_share * (last_s - first_s))
    if not capacity:
        raise FileError(str(settings.history), 0, "places", 0, "must have a place whose capacity can be told")
    series, capacity_veh = free_series(recorded, capacity), {key: of.capacity_veh for key, of in capacity.items()}
    whole = clean(series, capacity_veh)
    train_steps = int(whole.steps * train_share)
    usable = usable_facilities(whole, train_steps)
    skipped = {key: "no capacity" for key in recorded.series if key not in capacity}
    for place, key in enumerate(whole.facility_ids):
        if place not in usable:
            days = int(np.isfinite(whole.free_share[:train_steps, place]).sum()) * STEP_S / 86_400
            skipped[key] = f"only {days:.1f} days known for training"
    if not usable:
        raise FileError(str(settings.history), 0, "places", 0, "must have a place that is known for at least 28 days")
    return Prepared(
        recorded=recorded,
        calendar=calendar,
        history=whole.of(usable),
        raw=clean(series, capacity_veh, without_closings=False).of(usable),
        train_steps=train_steps,
        capacity=capacity,
        skipped=skipped,
    )
