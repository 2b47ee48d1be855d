"""Free speed, capacity and lanes of a link against its road class.

The ranges are assumed and wide: they let pass what the German guidelines and OpenStreetMap know as usual, and catch a
slipped digit, a wrong unit, or a capacity given for all lanes instead of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.consistency.facts import named
from traffic_core.consistency.findings import Finding, warning
from traffic_core.network import RoadClass
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Link

ROUNDING_KM_H = 0.5


@dataclass(frozen=True, slots=True)
class UsualRange:
    """Lowest and highest usual value of a class."""

    speed_km_h: tuple[float, float]
    capacity_veh_h_lane: tuple[float, float]
    most_lanes: int


USUAL = {
    RoadClass.MOTORWAY: UsualRange((60.0, 140.0), (1_500.0, 2_500.0), 5),
    RoadClass.TRUNK: UsualRange((50.0, 130.0), (1_400.0, 2_400.0), 4),
    RoadClass.PRIMARY: UsualRange((20.0, 100.0), (1_000.0, 2_200.0), 4),
    RoadClass.SECONDARY: UsualRange((20.0, 100.0), (800.0, 2_100.0), 4),
    RoadClass.TERTIARY: UsualRange((10.0, 100.0), (500.0, 2_000.0), 3),
    RoadClass.RESIDENTIAL: UsualRange((4.0, 50.0), (200.0, 1_600.0), 2),
    RoadClass.RAMP: UsualRange((30.0, 100.0), (1_000.0, 2_200.0), 3),
    RoadClass.SERVICE: UsualRange((4.0, 50.0), (100.0, 1_500.0), 2),
}
"""Free speed in km/h, capacity of one lane in veh/h, lanes in one direction."""


def check_classes(facts: ModelFacts) -> list[Finding]:
    """Links whose speed, capacity per lane or lanes lie outside what is usual for their class."""
    findings = []
    for link in facts.network.links.values():
        usual = USUAL[link.road_class]
        speed_km_h = link.free_speed_m_s * KM_H_PER_M_S
        slow, fast = usual.speed_km_h
        if not slow - ROUNDING_KM_H <= speed_km_h <= fast + ROUNDING_KM_H:
            findings.append(_unusual(link, "speed_of_class", f"{speed_km_h:.0f} km/h", f"{slow:g} to {fast:g} km/h"))
        per_lane = link.capacity_veh_h / link.lanes
        low, high = usual.capacity_veh_h_lane
        if not low <= per_lane <= high:
            limit = f"{low:g} to {high:g} veh/h and lane"
            findings.append(_unusual(link, "capacity_of_class", f"{per_lane:.0f} veh/h and lane", limit))
        if link.lanes > usual.most_lanes:
            limit = f"at most {usual.most_lanes} lanes"
            findings.append(_unusual(link, "lanes_of_class", f"{link.lanes} lanes", limit))
    return findings


def _unusual(link: Link, kind: str, value: str, limit: str) -> Finding:
    return warning(
        kind,
        f"link {link.id}",
        value,
        limit,
        f"{named(link)} has {value}, unusual for the class {link.road_class.value}.",
    )
