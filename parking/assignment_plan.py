"""Where each cell is sent, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from parking.assignment_solver import assign
from parking.visitors import CAR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from parking.assignment_cells import Cell

NOBODY = -1
"""Index of the facility recommended where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GuidancePlan:
    """Where each cell is sent.  Arrays are read-only; facilities are in the order of the model."""

    cells: tuple[Cell, ...]
    facility_ids: tuple[str, ...]
    recommended: Mapping[tuple[str, str], str | None]
    """Facility by sign and district, for cars where there are several classes; None: nothing to recommend."""
    chosen: tuple[str | None, ...]
    """(I,) facility recommended to each cell; None: nothing to recommend."""
    of_sign: Mapping[str, frozenset[str]]
    """All facilities that a sign recommends to somebody; signs that recommend nothing are left out."""
    demand_veh: NDArray[np.int64]
    """(I,)"""
    supply_veh: NDArray[np.int64]
    """(F,) places offered."""
    flow_veh: NDArray[np.int64]
    """(I, F + 1); the last column is sent nowhere ("continue to P+R")."""
    price_s: NDArray[np.float64]
    """(F,) what one more place saves, in seconds of generalised cost."""
    cost_s: NDArray[np.float64]
    """(I, F + 1)"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """An assignment with what it was computed from: cost (I, F + 1), demand (I,), supply (F,)."""

    cost_s: NDArray[np.float64]
    demand_veh: NDArray[np.int64]
    supply_veh: NDArray[np.int64]
    flow_veh: NDArray[np.int64]
    price_s: NDArray[np.float64]
    """(F,)"""

    @property
    def offered(self) -> NDArray[np.bool_]:
        """(I, F) whether there are places that are better than being told nothing."""
        worth: NDArray[np.bool_] = (self.supply_veh > 0) & (self.cost_s[:, :-1] < self.cost_s[:, -1:])
        return worth


def solve(cost_s: NDArray[np.float64], demand_veh: NDArray[np.int64], supply_veh: NDArray[np.int64]) -> Solved:
    """The least-cost assignment.  Raises `InvalidValueError` as `parking.assignment_solver.assign`."""
    flow_veh, price_s = assign(cost_s, demand_veh, supply_veh)
    return Solved(
        cost_s=cost_s, demand_veh=demand_veh, supply_veh=supply_veh, flow_veh=flow_veh, price_s=price_s[:-1].copy()
    )


def best_of(solved: Solved) -> NDArray[np.int64]:
    """(I,) the facility that most of a cell are sent to; for an empty cell what the next driver would be sent to.

    `NOBODY` where more of a cell are sent nowhere than to any one facility: all who follow a sign go where it says, so
    of 100 drivers for one place 99 would drive there in vain.  `NOBODY` too where the next driver of an empty cell
    would be sent nowhere, as the places are worth more to others or none is better than the sink.
    """
    cells, facilities = solved.flow_veh.shape[0], solved.supply_veh.size
    if not cells or not facilities:
        return np.full(cells, NOBODY, np.int64)
    sent_veh = np.where(solved.offered, solved.flow_veh[:, :-1], 0)
    sink_veh = solved.demand_veh - sent_veh.sum(axis=1)  # a place as dear as the sink is none to be sent to
    most_veh = sent_veh.max(axis=1)
    by_flow = np.where(sent_veh == most_veh[:, None], solved.cost_s[:, :-1], np.inf)
    best = np.where((most_veh > 0) & (most_veh >= sink_veh), by_flow.argmin(axis=1), NOBODY)
    empty = np.flatnonzero(solved.demand_veh == 0)
    if empty.size:
        taken_s = np.where(solved.offered, solved.cost_s[:, :-1] + place_taken_s(solved), np.inf)[empty]
        next_one = taken_s.argmin(axis=1)
        best[empty] = np.where(taken_s.min(axis=1) < solved.cost_s[empty, -1], next_one, NOBODY)
    return best


def place_taken_s(solved: Solved) -> NDArray[np.float64]:
    """(F,) what one place less would cost those who are sent somewhere, s; 0 where one is left.

    At least the price, and more where just as many places are offered as are taken.  Shortest ways in the residual
    graph: a driver of f goes to g at the difference of the costs, from g another on, until a place is left or the sink.
    """
    flow_veh, cost_s = solved.flow_veh, solved.cost_s
    taken_veh = flow_veh[:, :-1].sum(axis=0)
    worth_s = np.where(solved.supply_veh > taken_veh, 0.0, np.inf)
    full = np.flatnonzero((solved.supply_veh <= taken_veh) & (taken_veh > 0)).tolist()
    away_s = {f: (cost_s[flow_veh[:, f] > 0] - cost_s[flow_veh[:, f] > 0, f, None]).min(axis=0) for f in full}
    for _ in full:  # as many steps as a way can have
        before_s = worth_s.copy()
        for f in full:
            worth_s[f] = min(worth_s[f], away_s[f][-1], float((away_s[f][:-1] + worth_s).min()))
        if (worth_s == before_s).all():
            break
    return np.maximum(worth_s, solved.price_s)


def plan_of(
    cells: tuple[Cell, ...], facility_ids: Sequence[str], chosen: NDArray[np.int64], solved: Solved
) -> GuidancePlan:
    """The plan that recommends the facility of index `chosen` to each cell; freezes the arrays of `solved`."""
    names = tuple(None if f == NOBODY else facility_ids[f] for f in chosen.tolist())
    recommended: dict[tuple[str, str], str | None] = {}
    of_sign: dict[str, set[str]] = {}
    for cell, name in zip(cells, names, strict=True):
        key = (cell.sign_id, cell.district)
        if cell.vehicle_class == CAR or key not in recommended:
            recommended[key] = name
        if name is not None:
            of_sign.setdefault(cell.sign_id, set()).add(name)
    for array in (solved.demand_veh, solved.supply_veh, solved.flow_veh, solved.price_s, solved.cost_s):
        array.flags.writeable = False
    return GuidancePlan(
        cells=cells,
        facility_ids=tuple(facility_ids),
        recommended=MappingProxyType(recommended),
        chosen=names,
        of_sign=MappingProxyType({sign_id: frozenset(found) for sign_id, found in of_sign.items()}),
        demand_veh=solved.demand_veh,
        supply_veh=solved.supply_veh,
        flow_veh=solved.flow_veh,
        price_s=solved.price_s,
        cost_s=solved.cost_s,
    )
