"""Odds that no place will be free in 5, 10 and 15 min, learned on steps at which a facility was nearly full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.boosting import Growth, grow_odds
from parking.forecast.features import FREE, Watch
from parking.forecast.model import HALF_PLACE, LEADS, NEAR_FULL_SHARE, ODDS_LEADS
from parking.forecast.trees import Trees
from parking.forecast.walk import every, walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parking.forecast.calendar import Calendar
    from parking.forecast.history import History

    Rows = NDArray[np.float32]

ODDS_GROWTH = Growth(trees=150, depth=6, least_rows=50)
MOST_ROWS = 200_000
LEAST_EVENTS = 100
"""With fewer arrivals at a full facility nothing is learned."""


def learn_odds(
    history: History,
    calendar: Calendar,
    half_life_weeks: float,
    fills_up: NDArray[np.bool_],
    warm_up_steps: int,
    growth: Growth = ODDS_GROWTH,
) -> tuple[tuple[Trees, ...], Watch]:
    """Trees for each of the first leads from the facilities that fill up, and the watch at the end of the history."""
    leads = np.array(LEADS[:ODDS_LEADS], np.int64)
    rows: list[list[Rows]] = [[] for _ in leads]
    full: list[list[NDArray[np.bool_]]] = [[] for _ in leads]
    watch = Watch.fresh(len(history.facility_ids), history.first_step)
    half_place = HALF_PLACE / history.capacity_veh
    wanted = every(history.steps, warm_up_steps, 1) if fills_up.any() else np.zeros(history.steps, np.bool_)
    for seen in walk(history, watch, calendar, half_life_weeks, leads, wanted):
        for h in range(leads.size):
            near = seen.features[:, :, h, FREE] < NEAR_FULL_SHARE
            good = seen.usable[:, :, h] & np.isfinite(seen.outcome[:, :, h]) & fills_up & near
            rows[h].append(seen.features[:, :, h][good].astype(np.float32))
            full[h].append((seen.outcome[:, :, h] < half_place)[good])
    found = (_grown(rows[h], full[h], growth) for h in range(leads.size))
    return tuple(found), watch


def _grown(parts: list[Rows], events: list[NDArray[np.bool_]], growth: Growth) -> Trees:
    rows, full = np.concatenate(parts), np.concatenate(events)
    if int(full.sum()) < LEAST_EVENTS or int((~full).sum()) < LEAST_EVENTS:
        nodes = 2**growth.depth - 1
        return Trees(
            feature=np.zeros((0, nodes), np.uint8), threshold=np.zeros((0, nodes)), leaf=np.zeros((0, nodes + 1))
        )
    stride = -(-full.size // MOST_ROWS)
    return grow_odds(rows[::stride], full[::stride], growth)
