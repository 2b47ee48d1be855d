"""Lanes, capacity, speed and class of a link, repaired where the file's figures cannot hold.

Visum states the capacity of all lanes of a direction (KAPIV, CAPPRT) in vehicles of the time the model is made for,
which the file does not say.  It is taken as veh/h; a figure that no lane carries in an hour looks like a day's and is
replaced.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.formats.free_speed import FREE_SPEED_KM_H
from traffic_core.formats.lane_capacity import CAPACITY_VEH_H_LANE
from traffic_core.formats.visum.classes import class_by_figures
from traffic_core.formats.visum.types import known_capacity_veh_h, known_lanes, known_speed_m_s
from traffic_core.network import FASTEST_M_S, LEAST_VEH_H, MOST_LANES, MOST_VEH_H_LANE, SLOWEST_M_S
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.row import Record
    from traffic_core.formats.visum.types import LinkType
    from traffic_core.formats.visum.values import Units
    from traffic_core.network import RoadClass

DAILY_SHARE = 0.5
"""From this share of links on, whose capacity no lane carries in an hour, all capacities of the file are a day's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a link carries.  `assumed` names the figures that are not the file's."""

    lanes: int
    capacity_veh_h: float
    free_speed_m_s: float
    road_class: RoadClass
    assumed: tuple[str, ...]


def are_daily(rows: list[tuple[Record, LinkType]]) -> bool:
    """Whether the capacities of a file look like those of a day."""
    over: Counter[bool] = Counter()
    for row, link_type in rows:
        capacity = known_capacity_veh_h(row) or link_type.capacity_veh_h
        if capacity is not None:
            over[capacity > MOST_VEH_H_LANE * _lanes(row, link_type)] += 1
    return over[True] > DAILY_SHARE * over.total()


def figures_of(
    link_id: str, row: Record, link_type: LinkType, units: Units, *, daily: bool, warnings: Warnings
) -> Figures:
    """Figures of one link.  Raises `FileError` for a negative or non-finite one."""
    assumed: list[str] = []
    stated_lanes = known_lanes(row) or link_type.lanes
    lanes = _lanes(row, link_type)
    if stated_lanes is None:
        warnings.add("link without lanes: one taken", link_id)
        assumed.append("lanes")
    elif stated_lanes != lanes:
        warnings.add(f"lanes rounded to a whole number from 1 to {MOST_LANES}", f"{link_id}: {stated_lanes:g}")
    speed_m_s = known_speed_m_s(row, units)
    if speed_m_s is None and link_type.speed_m_s is not None:
        speed_m_s = link_type.speed_m_s
        warnings.add("free speed taken from the link type", link_id)
    capacity_veh_h = known_capacity_veh_h(row)
    if capacity_veh_h is None and link_type.capacity_veh_h is not None:
        capacity_veh_h = link_type.capacity_veh_h
        warnings.add("capacity taken from the link type", link_id)
    road_class = link_type.road_class
    if road_class is None:
        road_class = class_by_figures(speed_m_s, None if capacity_veh_h is None else capacity_veh_h / lanes)
        warnings.add("road class guessed from speed and capacity", f"{link_id}: type {row.text('type') or 'missing'}")
        assumed.append("road class")
    if why := _useless(capacity_veh_h, lanes, daily=daily):
        warnings.add(f"{why}: taken from the road class", f"{link_id}: {row.text('capacity')}")
        capacity_veh_h = CAPACITY_VEH_H_LANE[road_class] * lanes
        assumed.append("capacity")
    if speed_m_s is None:
        warnings.add("free speed missing or 0: taken from the road class", link_id)
        speed_m_s = FREE_SPEED_KM_H[road_class] / KM_H_PER_M_S
        assumed.append("free speed")
    return Figures(
        lanes=lanes,
        capacity_veh_h=_at_least(link_id, capacity_veh_h or 0.0, warnings),
        free_speed_m_s=_in_range(link_id, speed_m_s, link_type, warnings),
        road_class=road_class,
        assumed=tuple(assumed),
    )


def _useless(capacity_veh_h: float | None, lanes: int, *, daily: bool) -> str:
    """Why a capacity cannot be one of an hour; empty where it can."""
    if capacity_veh_h is None:
        return "capacity missing or unlimited"
    if daily:
        return "capacities of the file look like a day's"
    if capacity_veh_h > MOST_VEH_H_LANE * lanes:
        return f"capacity over {MOST_VEH_H_LANE:.0f} veh/h a lane looks like a day's"
    return ""


def _at_least(link_id: str, capacity_veh_h: float, warnings: Warnings) -> float:
    if capacity_veh_h < LEAST_VEH_H:
        warnings.add(f"capacity raised to {LEAST_VEH_H:.0f} veh/h", f"{link_id}: {capacity_veh_h:g}")
    return max(LEAST_VEH_H, capacity_veh_h)


def _lanes(row: Record, link_type: LinkType) -> int:
    return min(MOST_LANES, max(1, round(known_lanes(row) or link_type.lanes or 1.0)))


def _in_range(link_id: str, speed_m_s: float, link_type: LinkType, warnings: Warnings) -> float:
    """Free speed of cars: no more than the type's top speed, within what a link may have."""
    if link_type.top_speed_m_s is not None and link_type.top_speed_m_s < speed_m_s:
        speed_m_s = link_type.top_speed_m_s
        warnings.add("free speed lowered to the top speed of cars on the link type", link_id)
    if not SLOWEST_M_S <= speed_m_s <= FASTEST_M_S:
        warnings.add(f"free speed moved into {SLOWEST_M_S:g} to {FASTEST_M_S:g} m/s", f"{link_id}: {speed_m_s:g} m/s")
    return min(FASTEST_M_S, max(SLOWEST_M_S, speed_m_s))
