"""Who is sent where: cells of drivers are assigned to free places at the least total cost.

Not modelled yet: classes of vehicles, emissions, and a forecast of free places (they stay as they were last counted,
with the spread of `parking.persistence`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from parking.persistence import probability_more_than, sigma_veh
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import distance_m
from traffic_core.kernels.transport import UNLIMITED, transport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from parking.facility import Facility
    from parking.model import ParkingModel
    from parking.occupancy import PlacesEstimate
    from parking.settings import GuidanceSettings
    from parking.sign import Sign
    from traffic_core.geometry import LonLat

NOBODY = -1
"""Index of the facility recommended where there is none."""
FORBIDDEN_S = 1.0e7
"""Cost of a facility that a sign cannot point to; above any sink."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Drivers who pass a sign, want to park and are bound for a district."""

    sign_id: str
    district: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GuidancePlan:
    """Where each cell is sent.  Arrays are read-only; facilities are in the order of the model."""

    cells: tuple[Cell, ...]
    facility_ids: tuple[str, ...]
    recommended: Mapping[tuple[str, str], str | None]
    """Facility by sign and district; None: nothing to recommend."""
    of_sign: Mapping[str, frozenset[str]]
    """All facilities that a sign recommends to somebody; signs that recommend nothing are left out."""
    demand_veh: NDArray[np.int64]
    """(I,)"""
    supply_veh: NDArray[np.int64]
    """(F,) places offered."""
    flow_veh: NDArray[np.int64]
    """(I, F + 1); the last column is sent nowhere ("continue to P+R")."""
    price_s: NDArray[np.float64]
    """(F,) value of one more place, in seconds of generalised cost."""
    cost_s: NDArray[np.float64]
    """(I, F + 1)"""

    def recommends(self, sign_id: str, facility_ids: frozenset[str]) -> bool:
        """Whether the sign recommends one of these facilities to anybody."""
        return not self.of_sign.get(sign_id, frozenset()).isdisjoint(facility_ids)


def guidance_cells(model: ParkingModel) -> tuple[Cell, ...]:
    """Every sign with every district of the guided facilities on it, in the order of signs and rows."""
    return tuple(
        Cell(sign_id=sign.id, district=district)
        for sign in model.signs.values()
        for district in dict.fromkeys(model.facilities[key].district for key in _candidates(model, sign))
    )


def assign(
    cost_s: NDArray[np.float64], demand_veh: NDArray[np.int64], supply_veh: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Least-cost flows and prices; the last column takes whatever is left.

    cost_s : (I, J) generalised cost, s, the sink last
    demand_veh : (I,) drivers of each cell
    supply_veh : (J - 1,) places of each facility
    Returns flows (I, J) and prices (J,) as `traffic_core.kernels.transport.transport`.

    Raises
    ------
    InvalidValueError
        Where a cost is not finite or negative, a count is negative, or shapes do not fit.
    """
    if cost_s.ndim != 2 or cost_s.shape != (demand_veh.size, supply_veh.size + 1):
        raise InvalidValueError("cost_s.shape", cost_s.shape, f"must be {(demand_veh.size, supply_veh.size + 1)}")
    if not np.isfinite(cost_s).all() or (cost_s < 0).any():
        raise InvalidValueError("cost_s", "an entry", "must be finite and at least 0")
    demand = whole_counts("demand_veh", demand_veh)
    supply = np.append(whole_counts("supply_veh", supply_veh), UNLIMITED)
    return transport(cost_s.astype(np.float64, order="C", copy=True), demand, supply)


def whole_counts(field: str, counts: ArrayLike) -> NDArray[np.int64]:
    """Vehicle counts as a new array of whole numbers.  Raises `InvalidValueError` for NaN, negatives and fractions."""
    values = np.asarray(counts)
    if values.ndim != 1 or values.dtype.kind not in "iuf":
        raise InvalidValueError(field, values.dtype.name, "must be one row of numbers")
    wrong = ~(np.isfinite(values) & (values >= 0) & (values <= 1_000_000) & (values == np.floor(values)))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InvalidValueError(f"{field}[{place}]", values[place].item(), "must be a whole number from 0 to 1000000")
    return values.astype(np.int64, order="C", copy=True)


class Planner:
    """Assigns drivers again and again; remembers what it recommended, so that it does not change without gain."""

    def __init__(
        self, model: ParkingModel, settings: GuidanceSettings, drive_time_s: NDArray[np.float64] | None = None
    ) -> None:
        self.cells = guidance_cells(model)
        self._settings = settings
        self._facilities = tuple(model.facilities.values())
        self._guided = frozenset(key for key, use in model.uses.items() if use.guided)
        self._fixed_cost_s = self._fixed_costs(model, _checked_times(model, drive_time_s))
        self._last = np.full(len(self.cells), NOBODY, np.int64)
        self._since_s = np.full(len(self.cells), -math.inf)

    def plan(
        self,
        now_s: float,
        estimates: Mapping[str, PlacesEstimate],
        inviting: frozenset[str],
        demand_veh: ArrayLike | None = None,
    ) -> GuidancePlan:
        """Assign the drivers of every cell that follow the signs until the next plan; none where not told.

        `inviting` are the facilities whose own display says "free" or a number: only those have places to offer.
        """
        cells = len(self.cells)
        demand = whole_counts("demand_veh", np.zeros(cells, np.int64) if demand_veh is None else demand_veh)
        if demand.size != cells:
            raise InvalidValueError("demand_veh", demand.size, f"must have one entry for each of {cells} cells")
        offers = [self._offer(estimates[f.id], f, inviting) for f in self._facilities]
        supply = np.array([supply_veh for supply_veh, _ in offers], np.int64)
        cost_s = self._fixed_cost_s.copy()
        cost_s[:, :-1] += np.array([extra_s for _, extra_s in offers])
        kept = np.flatnonzero((self._last != NOBODY) & (supply[self._last] > 0))
        cost_s[kept, :-1] += self._settings.cost.switching_s
        cost_s[kept, self._last[kept]] -= self._settings.cost.switching_s
        flow, price = assign(cost_s, demand, supply)
        self._recommend(now_s, flow, cost_s, price, supply)
        recommended = {
            (cell.sign_id, cell.district): None if f == NOBODY else self._facilities[f].id
            for cell, f in zip(self.cells, self._last.tolist(), strict=True)
        }
        price_s = price[:-1].copy()
        for array in (demand, supply, flow, price_s, cost_s):
            array.flags.writeable = False
        return GuidancePlan(
            cells=self.cells,
            facility_ids=tuple(facility.id for facility in self._facilities),
            recommended=MappingProxyType(recommended),
            of_sign=MappingProxyType(_by_sign(recommended)),
            demand_veh=demand,
            supply_veh=supply,
            flow_veh=flow,
            price_s=price_s,
            cost_s=cost_s,
        )

    def _offer(self, estimate: PlacesEstimate, facility: Facility, inviting: frozenset[str]) -> tuple[int, float]:
        """Places offered and the part of their cost that depends on how full the facility is, s."""
        free_veh, capacity_veh, age_s = estimate.held_veh, estimate.capacity_veh, estimate.age_s
        usable = facility.id in self._guided and facility.id in inviting
        if not usable or free_veh is None or not capacity_veh or age_s is None:
            return 0, 0.0
        spread_veh = sigma_veh(age_s + self._settings.arrival_s, capacity_veh)
        certain_veh = free_veh + NormalDist().inv_cdf(self._settings.supply_quantile) * spread_veh
        costs = self._settings.cost
        shares, times_s = zip(*costs.search_s_at_share, strict=True)
        search_s = float(np.interp(1.0 - free_veh / capacity_veh, shares, times_s))
        no_space_share = 1.0 - probability_more_than(0, free_veh, spread_veh)
        return max(0, math.floor(certain_veh) - facility.reserve_veh), search_s + no_space_share * costs.reroute_s

    def _recommend(
        self,
        now_s: float,
        flow_veh: NDArray[np.int64],
        cost_s: NDArray[np.float64],
        price_s: NDArray[np.float64],
        supply_veh: NDArray[np.int64],
    ) -> None:
        """Recommend what most of a cell are sent to; for an empty cell what the next driver would be sent to.

        A recommendation stays for the minimum dwell unless its places are gone.
        """
        if not self._last.size or not supply_veh.size:
            return
        sent_veh, sink_veh = flow_veh[:, :-1], flow_veh[:, -1]
        offered = (supply_veh > 0) & (cost_s[:, :-1] < cost_s[:, -1:])
        most_veh = sent_veh.max(axis=1)
        by_flow = np.where(sent_veh == most_veh[:, None], cost_s[:, :-1], np.inf)
        by_price = np.where(offered, cost_s[:, :-1] + price_s[:-1], np.inf)
        best = np.where(most_veh > 0, by_flow.argmin(axis=1), by_price.argmin(axis=1))
        found = offered.any(axis=1) & ((most_veh > 0) | (sink_veh == 0))

        still = (self._last != NOBODY) & offered[np.arange(self._last.size), self._last]
        passed_s = now_s - self._since_s
        dwells = still & (passed_s >= 0.0) & (passed_s < self._settings.display.dwell_s)
        chosen = np.where(found, np.where(dwells, self._last, best), NOBODY)
        self._since_s[chosen != self._last] = now_s
        self._last = chosen

    def _fixed_costs(self, model: ParkingModel, drive_time_s: NDArray[np.float64] | None) -> NDArray[np.float64]:
        costs = self._settings.cost
        centre = _district_centres(model)
        fees_eur_h = [model.uses[facility.id].fee_eur_h for facility in self._facilities]
        s_per_eur_h = costs.stay_h / costs.value_of_time_eur_h * 3_600.0
        fees_s = [(costs.unknown_fee_eur_h if fee is None else fee) * s_per_eur_h for fee in fees_eur_h]
        place = {facility.id: index for index, facility in enumerate(self._facilities)}
        sign_place = {sign_id: index for index, sign_id in enumerate(model.signs)}
        cost_s = np.full((len(self.cells), len(place) + 1), FORBIDDEN_S)
        cost_s[:, -1] = costs.sink_s
        for i, cell in enumerate(self.cells):
            sign = model.signs[cell.sign_id]
            for key in _candidates(model, sign):
                facility, f = model.facilities[key], place[key]
                drive_m = costs.detour_ratio * distance_m(sign.position, facility.position)
                walk_m = costs.detour_ratio * distance_m(facility.position, centre[cell.district])
                drive_s = drive_m / costs.drive_speed_m_s
                if drive_time_s is not None:
                    drive_s = float(drive_time_s[sign_place[sign.id], f])
                cost_s[i, f] = drive_s + costs.walk_weight * walk_m / costs.walk_speed_m_s + fees_s[f]
        cost_s[cost_s > FORBIDDEN_S] = FORBIDDEN_S
        return cost_s


def _by_sign(recommended: Mapping[tuple[str, str], str | None]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for (sign_id, _), chosen in recommended.items():
        if chosen is not None:
            found.setdefault(sign_id, set()).add(chosen)
    return {sign_id: frozenset(facility_ids) for sign_id, facility_ids in found.items()}


def _candidates(model: ParkingModel, sign: Sign) -> tuple[str, ...]:
    on_sign = dict.fromkeys(key for row in sign.rows for key in row.facility_ids)
    return tuple(key for key in on_sign if model.uses[key].guided)


def _checked_times(model: ParkingModel, drive_time_s: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
    if drive_time_s is None:
        return None
    shape = (len(model.signs), len(model.facilities))
    if drive_time_s.shape != shape:
        raise InvalidValueError("drive_time_s.shape", drive_time_s.shape, f"must be {shape}: signs by facilities")
    if np.isnan(drive_time_s).any() or (drive_time_s < 0).any():
        raise InvalidValueError("drive_time_s", "an entry", "must be a number of at least 0, or infinite: no way")
    return drive_time_s


def _district_centres(model: ParkingModel) -> dict[str, LonLat]:
    """Mean position of each district's facilities: the best guess at where its visitors want to go."""
    positions: dict[str, list[LonLat]] = {}
    for facility in model.facilities.values():
        positions.setdefault(facility.district, []).append(facility.position)
    return {
        district: (sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points))
        for district, points in positions.items()
    }
