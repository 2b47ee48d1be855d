"""Link types of a Visum network: what holds for a link that does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.formats.visum.classes import class_by_name
from traffic_core.formats.visum.row import Keys, Record, records

if TYPE_CHECKING:
    from traffic_core.formats.visum.cars import Cars
    from traffic_core.formats.visum.table import VisumFile
    from traffic_core.formats.visum.values import Units
    from traffic_core.network import RoadClass

UNLIMITED_VEH_H = 99_999.0
"""Visum's own default of a capacity, and what stands for `not limited`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkType:
    """Defaults of a type; None where the file does not say them."""

    name: str
    systems: str | None
    lanes: float | None
    capacity_veh_h: float | None
    speed_m_s: float | None
    top_speed_m_s: float | None
    """Highest speed of cars on links of the type, whatever the link says."""
    road_class: RoadClass | None


NO_TYPE = LinkType(
    name="", systems=None, lanes=None, capacity_veh_h=None, speed_m_s=None, top_speed_m_s=None, road_class=None
)


def link_types(file: VisumFile, cars: Cars, units: Units) -> dict[str, LinkType]:
    """Types by number; empty where the file has no table of them.  Raises `FileError` for a value out of its limits."""
    table = file.table("link type")
    if table is None:
        return {}
    table.require("number")
    table.use_system("top speed", cars.codes)
    keys = Keys()
    return {keys.add(row, "number")[0]: _link_type(row, units) for row in records(table)}


def known_capacity_veh_h(row: Record) -> float | None:
    """Capacity of a row, None where it is missing, 0 or Visum's 99999 that stands for no limit."""
    value = row.not_negative("capacity")
    return value if value and value < UNLIMITED_VEH_H else None


def known_speed_m_s(row: Record, units: Units) -> float | None:
    """Free speed of a row, None where it is missing or 0."""
    return row.speed_m_s("speed", units) or None


def known_lanes(row: Record) -> float | None:
    """Lanes of a row, None where the number is missing or 0."""
    return row.not_negative("lanes") or None


def _link_type(row: Record, units: Units) -> LinkType:
    name = row.text("name")
    return LinkType(
        name=name,
        systems=row.text("systems") if row.has("systems") else None,
        lanes=known_lanes(row),
        capacity_veh_h=known_capacity_veh_h(row),
        speed_m_s=known_speed_m_s(row, units),
        top_speed_m_s=row.speed_m_s("top speed", units) or None,
        road_class=class_by_name(name),
    )
