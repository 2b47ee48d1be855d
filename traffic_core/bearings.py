"""Directions of streets at a node, and the turn between two of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core.geometry import LonLat, distance_m
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Sequence

REACH_M = 15.0
"""A street's direction at a node is that of its last so many metres: kinks right at the node do not count."""
THROUGH_WITHIN_DEG = 45.0
U_TURN_BEYOND_DEG = 150.0


def bearing_deg(a: LonLat, b: LonLat) -> float:
    """Direction from a to b, degrees clockwise from north in [0, 360), on a plane that touches the earth at a."""
    east = math.remainder(b[0] - a[0], 360.0) * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.degrees(math.atan2(east, b[1] - a[1])) % 360.0


def bearing_at_start_deg(line: Sequence[LonLat]) -> float:
    """Direction in which a drawn line leaves its first point, degrees from north."""
    return bearing_deg(line[0], _point_along(line))


def bearing_at_end_deg(line: Sequence[LonLat]) -> float:
    """Direction in which a drawn line arrives at its last point, degrees from north."""
    return bearing_deg(_point_along(tuple(reversed(line))), line[-1])


def deflection_deg(arriving_deg: float, leaving_deg: float) -> float:
    """How far a driver turns between two directions, degrees in [-180, 180]; right is positive."""
    return math.remainder(leaving_deg - arriving_deg, 360.0)


def movement_of(deflection: float) -> Movement:
    """Name of a turn after its deflection in degrees: within 45 through, beyond 150 U-turn, else left or right."""
    if abs(deflection) <= THROUGH_WITHIN_DEG:
        return Movement.THROUGH
    if abs(deflection) > U_TURN_BEYOND_DEG:
        return Movement.U_TURN
    return Movement.RIGHT if deflection > 0 else Movement.LEFT


def _point_along(line: Sequence[LonLat]) -> LonLat:
    """First point of the line at least `REACH_M` away from its beginning, else its last one."""
    return next((point for point in line[1:] if distance_m(line[0], point) >= REACH_M), line[-1])
