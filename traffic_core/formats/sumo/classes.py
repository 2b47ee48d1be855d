"""Road class and capacity of a SUMO edge, and which of its lanes are for cars.

The file says neither a class (only the name of an edge type, by convention the one of OpenStreetMap) nor a capacity.
Both are assumed by the tables below and marked so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.lane_capacity import CAPACITY_VEH_H_LANE
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from traffic_core.formats.sumo.xml import Element

_OF_HIGHWAY = {
    "motorway": RoadClass.MOTORWAY,
    "trunk": RoadClass.TRUNK,
    "primary": RoadClass.PRIMARY,
    "secondary": RoadClass.SECONDARY,
    "tertiary": RoadClass.TERTIARY,
    "unclassified": RoadClass.TERTIARY,
    "residential": RoadClass.RESIDENTIAL,
    "living_street": RoadClass.RESIDENTIAL,
    "road": RoadClass.RESIDENTIAL,
    "service": RoadClass.SERVICE,
    "services": RoadClass.SERVICE,
    "unsurfaced": RoadClass.SERVICE,
    "track": RoadClass.SERVICE,
    "motorway_link": RoadClass.RAMP,
    "trunk_link": RoadClass.RAMP,
    "primary_link": RoadClass.RAMP,
    "secondary_link": RoadClass.RAMP,
    "tertiary_link": RoadClass.RAMP,
}

SLOW_M_S = 6.0
SLOW_CAPACITY_VEH_H_LANE = 600.0
"""A lane below `SLOW_M_S` (walking pace to 20 km/h) carries no more than this; assumed."""

CAR = "passenger"


def class_of_type(edge_type: str) -> RoadClass | None:
    """Class after an edge type such as `highway.secondary` or `highway.primary|railway.tram`; None where unknown."""
    for part in edge_type.split("|"):
        key, _, value = part.partition(".")
        if key == "highway" and value in _OF_HIGHWAY:
            return _OF_HIGHWAY[value]
    return _OF_HIGHWAY.get(edge_type)


def guessed_class(speed_m_s: float, lanes: int) -> RoadClass:
    """Class after speed and lanes where the type says nothing: an assumption, to be marked as one."""
    if speed_m_s > 28.0:
        return RoadClass.MOTORWAY if lanes > 1 else RoadClass.TRUNK
    if speed_m_s > 21.0:
        return RoadClass.TRUNK if lanes > 1 else RoadClass.SECONDARY
    if speed_m_s > 12.5:
        return RoadClass.SECONDARY if lanes > 1 else RoadClass.TERTIARY
    return RoadClass.RESIDENTIAL if speed_m_s > SLOW_M_S else RoadClass.SERVICE


def capacity_veh_h(road_class: RoadClass, speed_m_s: float, lanes: int) -> float:
    """Capacity of all lanes of a link, veh/h; assumed after class and speed."""
    per_lane = CAPACITY_VEH_H_LANE[road_class]
    if speed_m_s < SLOW_M_S:
        per_lane = min(per_lane, SLOW_CAPACITY_VEH_H_LANE)
    return per_lane * lanes


def cars_may(element: Element) -> bool:
    """Whether a lane or connection is open to passenger cars by its `allow` or `disallow`; open where both are missing.

    A network lists either the classes that may or those that must not use it, between blanks; `all` is each of them.
    """
    allow, disallow = (element.attributes.get(name, "").split() for name in ("allow", "disallow"))
    if allow:
        return CAR in allow or "all" in allow
    return CAR not in disallow and "all" not in disallow
