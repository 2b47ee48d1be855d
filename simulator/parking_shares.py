"""Which share of the trips into a quarter ends in which facility, and of those out of it begins there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.geometry import LonLat, distance_m

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.garage_flow import GarageFlow

HOURS = 24
WALK_M = 800.0
"""Facilities serve the quarters within this distance; one without any serves the nearest."""
LARGEST_SHARE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """An inside zone: where it lies and how many trips end and begin there in each hour of a weekday."""

    id: str
    positions: tuple[LonLat, ...]
    inflow_veh_h: tuple[float, ...]
    outflow_veh_h: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ParkingShares:
    """By zone, then by hour: shares of the trips in by facility, and of the trips out that garages already make."""

    arriving: Mapping[str, tuple[Mapping[str, float], ...]]
    leaving: Mapping[str, tuple[float, ...]]
    level: Mapping[str, float]
    """By facility: arrivals the demand can bring in a day over those its profile implies, at most 1."""


def served_quarters(position: LonLat, quarters: Sequence[Quarter]) -> dict[str, float]:
    """Quarters a facility serves with weights that sum to 1: those within walking distance by their daily inflow."""
    away_m = {quarter.id: min(distance_m(position, at) for at in quarter.positions) for quarter in quarters}
    inflow_veh = {quarter.id: sum(quarter.inflow_veh_h) for quarter in quarters}
    near = [zone for zone in away_m if away_m[zone] <= WALK_M and inflow_veh[zone] > 0.0]
    if not near:
        return {min(away_m, key=lambda zone: away_m[zone]): 1.0} if away_m else {}
    total_veh = sum(inflow_veh[zone] for zone in near)
    return {zone: inflow_veh[zone] / total_veh for zone in near}


def parking_shares(
    positions: Mapping[str, LonLat], flows: Mapping[str, GarageFlow], quarters: Sequence[Quarter]
) -> ParkingShares:
    """Shares for which the facilities fill and empty as their profiles say.

    Attraction of a facility in an hour = the arrivals its capacity, profile and mean stay imply, spread over the
    quarters it serves; its share of a quarter's trips = attraction / trips of that hour, all facilities together at
    most `LARGEST_SHARE`.  Where the demand is too small for that, the facility settles at its `level` of the profile.
    """
    inflow = {quarter.id: quarter.inflow_veh_h for quarter in quarters}
    weights = {facility: served_quarters(at, quarters) for facility, at in positions.items()}
    wanted: dict[str, list[dict[str, float]]] = {zone: [{} for _ in range(HOURS)] for zone in inflow}
    for facility, flow in flows.items():
        for zone, weight in weights[facility].items():
            for hour in range(HOURS):
                wanted[zone][hour][facility] = weight * flow.arrivals_veh_h[hour]
    arriving = {
        zone: tuple(_limited(wanted[zone][hour], inflow[zone][hour]) for hour in range(HOURS)) for zone in inflow
    }
    level = {facility: _level(facility, flow, arriving, inflow) for facility, flow in flows.items()}
    freed: dict[str, list[float]] = defaultdict(lambda: [0.0] * HOURS)
    for facility, flow in flows.items():
        for zone, weight in weights[facility].items():
            for hour in range(HOURS):
                freed[zone][hour] += weight * level[facility] * flow.departures_veh_h[hour]
    leaving = {
        quarter.id: tuple(
            min(LARGEST_SHARE, freed[quarter.id][hour] / outflow) if outflow > 0.0 else 0.0
            for hour, outflow in enumerate(quarter.outflow_veh_h)
        )
        for quarter in quarters
    }
    return ParkingShares(arriving, leaving, level)


def _level(
    facility: str,
    flow: GarageFlow,
    arriving: Mapping[str, tuple[Mapping[str, float], ...]],
    inflow: Mapping[str, tuple[float, ...]],
) -> float:
    """Arrivals of a day that the shares bring over those that the flow wants."""
    wanted_veh = sum(flow.arrivals_veh_h)
    brought_veh = sum(
        shares.get(facility, 0.0) * inflow[zone][hour]
        for zone in arriving
        for hour, shares in enumerate(arriving[zone])
    )
    return min(1.0, brought_veh / wanted_veh) if wanted_veh > 0.0 else 1.0


def _limited(wanted_veh_h: Mapping[str, float], inflow_veh_h: float) -> dict[str, float]:
    total_veh_h = sum(wanted_veh_h.values())
    if inflow_veh_h <= 0.0 or total_veh_h <= 0.0:
        return {}
    scale = min(1.0, LARGEST_SHARE * inflow_veh_h / total_veh_h) / inflow_veh_h
    return {facility: veh_h * scale for facility, veh_h in wanted_veh_h.items()}
