"""A made-up history of two garages and a small model that was trained on it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from parking.forecast.boosting import Growth
from parking.forecast.calendar import Calendar
from parking.forecast.history import History
from parking.forecast.training import TrainingSettings, train

FIRST_STEP = 1_767_571_200 // 300
"""Monday, 5 January 2026, 0:00 UTC."""
CAPACITY_VEH = (100.0, 400.0)
WEEKS = 15
CALENDAR = Calendar(ZoneInfo("UTC"))
SMALL = TrainingSettings(
    timezone="UTC",
    holidays="none",
    growth=Growth(trees=25, depth=3, rate=0.2, least_rows=20),
    spread_growth=Growth(trees=10, depth=2, rate=0.2, least_rows=20),
    odds_growth=Growth(trees=10, depth=3, rate=0.2, least_rows=20),
    fit_rows=6_000,
    validation_rows=4_000,
)


def made_up_history(weeks=WEEKS, seed=1):
    """Full around noon on workdays, with days that are busier or calmer as a whole."""
    chance = np.random.default_rng(seed)
    step = np.arange(weeks * 2_016)
    day, hour = step // 288, step % 288 / 12.0
    busy = np.where(day % 7 < 5, 1.05, 0.5) * (1.0 + 0.15 * chance.standard_normal(day.max() + 1)[day])
    bell = np.exp(-(((hour - 12.5) / 3.0) ** 2))
    columns = []
    for capacity, share in zip(CAPACITY_VEH, (1.0, 0.7), strict=True):
        drift = np.convolve(chance.standard_normal(step.size + 11), np.ones(12) / 12.0, "valid") * 0.01
        free = np.clip(1.0 - share * busy * bell + drift, 0.0, 1.0)
        columns.append(np.round(free * capacity) / capacity)
    return History(
        facility_ids=("A", "B"),
        first_step=FIRST_STEP,
        capacity_veh=np.array(CAPACITY_VEH),
        free_share=np.stack(columns, axis=1),
        refused=(0, 0),
        closed_steps=(0, 0),
    )


@pytest.fixture(scope="session")
def history():
    return made_up_history()


@pytest.fixture(scope="session")
def trained(history):
    return train(history, CALENDAR, SMALL)
