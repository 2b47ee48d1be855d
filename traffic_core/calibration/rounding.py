"""Whole vehicles instead of fractions, without losing any."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traffic_core.demand import Demand, DemandCell, Purpose, TripKind


def in_whole_vehicles(demand: Demand) -> Demand:
    """The demand with whole numbers of vehicles; cells that come to none are left out.

    The running sum over the cells of an origin, purpose and kind of trip is rounded, in their order, and each cell gets
    what it adds: a sum over any stretch of them changes by less than one vehicle, and many small cells become few.
    """
    exact: dict[tuple[str, Purpose, TripKind], float] = {}
    given: dict[tuple[str, Purpose, TripKind], int] = {}
    cells: list[DemandCell] = []
    for cell in demand.cells:
        key = (cell.origin, cell.purpose, demand.trip_kind(cell))
        exact[key] = exact.get(key, 0.0) + cell.veh_24h
        whole = math.floor(exact[key] + 0.5) - given.get(key, 0)
        given[key] = given.get(key, 0) + whole
        if whole > 0:
            cells.append(replace(cell, veh_24h=float(whole)))
    return replace(demand, cells=tuple(cells))
