"""Who is sent where: cells of drivers are assigned to free places at the least total cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from parking.arrival import lead_times_s
from parking.assignment_cells import Cell, guidance_cells
from parking.assignment_costs import FORBIDDEN_S, checked_times_s, emission_share, fixed_costs_s
from parking.assignment_offers import Offers, arrivals, offers, still_as_counted
from parking.assignment_plan import NOBODY, GuidancePlan, Solved, best_of, plan_of, solve
from parking.assignment_solver import assign, whole_counts
from parking.settings import GuidanceSettings
from parking.visitors import ANYBODY, Visitors
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from parking.forecast.forecasts import Forecasts
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate

__all__ = ["FORBIDDEN_S", "Cell", "GuidancePlan", "Planner", "assign", "assign_town", "guidance_cells"]


class Planner:
    """Assigns drivers again and again; remembers what it recommended, so that it does not change without gain."""

    def __init__(
        self,
        model: ParkingModel,
        settings: GuidanceSettings,
        drive_time_s: NDArray[np.float64] | None = None,
        visitors: Visitors = ANYBODY,
    ) -> None:
        self.cells = guidance_cells(model, visitors)
        self._settings = settings
        self._facilities = tuple(model.facilities.values())
        self._facility_ids = tuple(model.facilities)
        drive_time_s = checked_times_s(model, drive_time_s)
        leads_s = lead_times_s(model, drive_time_s, settings.arrival_s).tolist()
        self._lead_s = {
            key: lead_s for key, lead_s in zip(self._facility_ids, leads_s, strict=True) if model.uses[key].guided
        }
        self._fixed_cost_s = fixed_costs_s(model, self.cells, settings.cost, visitors, drive_time_s)
        self._last = np.full(len(self.cells), NOBODY, np.int64)
        self._since_s = np.full(len(self.cells), -math.inf)

    def plan(
        self,
        now_s: float,
        estimates: Mapping[str, PlacesEstimate],
        inviting: frozenset[str],
        demand_veh: ArrayLike | None = None,
        forecasts: Forecasts | None = None,
    ) -> GuidancePlan:
        """Assign the drivers of every cell that follow the signs until the next plan; none where not told.

        `inviting` are the facilities whose own display says "free" or a number: only those have places to offer.
        `forecasts` tell how many there will be on arrival; without them they stay as last counted.
        """
        demand = _demand(demand_veh, len(self.cells))
        lead_s = {key: lead_s for key, lead_s in self._lead_s.items() if key in inviting}
        at_arrival = arrivals(now_s, estimates, lead_s, forecasts, self._settings)
        offered = offers(self._facilities, at_arrival, self._settings)
        cost_s = _costs_s(self._fixed_cost_s, offered, self._settings)
        self._add_switching(cost_s, offered)
        solved = solve(cost_s, demand, offered.supply_veh)
        self._recommend(now_s, solved)
        return plan_of(self.cells, self._facility_ids, self._last, solved)

    def _add_switching(self, cost_s: NDArray[np.float64], offered: Offers) -> None:
        """Let every way but that recommended last cost more, the sink too, so that no place gets dearer than that.

        One that offers no place, or is dearer than the sink by itself, is not held on to.
        """
        if not offered.supply_veh.size:
            return
        last_s = cost_s[np.arange(self._last.size), self._last]
        kept = np.flatnonzero((self._last != NOBODY) & (offered.supply_veh[self._last] > 0) & (last_s < cost_s[:, -1]))
        cost_s[kept] += self._settings.cost.switching_s
        cost_s[kept, self._last[kept]] = last_s[kept]

    def _recommend(self, now_s: float, solved: Solved) -> None:
        """Take the best of each cell; the last one stays for its minimum dwell unless its places are gone."""
        if not self._last.size or not solved.supply_veh.size:
            return
        still = (self._last != NOBODY) & solved.offered[np.arange(self._last.size), self._last]
        passed_s = now_s - self._since_s
        dwells = still & (passed_s >= 0.0) & (passed_s < self._settings.display.dwell_s)
        best = best_of(solved)
        chosen = np.where(dwells & (best != NOBODY), self._last, best)
        self._since_s[chosen != self._last] = now_s
        self._last = chosen


def assign_town(
    model: ParkingModel,
    free_veh: Mapping[str, int],
    demand_veh: ArrayLike,
    settings: GuidanceSettings | None = None,
    drive_time_s: NDArray[np.float64] | None = None,
    visitors: Visitors = ANYBODY,
) -> GuidancePlan:
    """Who would be sent where, had guided facilities these free places now: for "what if", with no memory.

    free_veh : free places by facility id; one that is left out, or has no known capacity, offers none
    demand_veh : (I,) drivers who follow the signs, for each of `guidance_cells(model, visitors)`
    drive_time_s : (signs, facilities), as `Planner`
    Returns the plan with its prices: what one more place in each facility would save.

    Raises
    ------
    InvalidValueError
        For a facility that is not in the model, free places below 0 or above the capacity, or demand that is not a
        row of whole numbers of at least 0.
    """
    settings = settings or GuidanceSettings()
    cells = guidance_cells(model, visitors)
    demand = _demand(demand_veh, len(cells))
    at_arrival = {}
    for key, free in free_veh.items():
        if key not in model.facilities:
            raise InvalidValueError("free_veh", key, "must name a facility of the model")
        capacity_veh = model.facilities[key].capacity_veh
        if free < 0 or (capacity_veh is not None and free > capacity_veh):
            raise InvalidValueError(f"free_veh[{key}]", free, f"must be from 0 to the capacity of {capacity_veh}")
        if capacity_veh is not None and model.uses[key].guided:
            at_arrival[key] = still_as_counted(free, capacity_veh, 0.0, settings)
    offered = offers(tuple(model.facilities.values()), at_arrival, settings)
    fixed_s = fixed_costs_s(model, cells, settings.cost, visitors, checked_times_s(model, drive_time_s))
    solved = solve(_costs_s(fixed_s, offered, settings), demand, offered.supply_veh)
    return plan_of(cells, tuple(model.facilities), best_of(solved), solved)


def _demand(demand_veh: ArrayLike | None, cells: int) -> NDArray[np.int64]:
    demand = whole_counts("demand_veh", np.zeros(cells, np.int64) if demand_veh is None else demand_veh)
    if demand.size != cells:
        raise InvalidValueError("demand_veh", demand.size, f"must have one entry for each of {cells} cells")
    return demand


def _costs_s(fixed_s: NDArray[np.float64], offered: Offers, settings: GuidanceSettings) -> NDArray[np.float64]:
    """(I, F + 1) what every way costs now."""
    cost_s = fixed_s.copy()
    cost_s[:, :-1] += (1.0 + emission_share(settings.cost)) * offered.driven_s
    return cost_s
