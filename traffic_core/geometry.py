"""Distances and positions on the ellipsoid's mean sphere; good to 0.3 % inside a town."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Sequence

EARTH_RADIUS_M = 6_371_008.8
LonLat = tuple[float, float]
"""Longitude and latitude in degrees, WGS 84, in this order everywhere."""


def require_lon_lat(field: str, point: LonLat) -> None:
    """Raise `InvalidValueError` unless `point` is a finite longitude and latitude."""
    require.between(f"{field}.lon", point[0], -180.0, 180.0)
    require.between(f"{field}.lat", point[1], -90.0, 90.0)


def distance_m(a: LonLat, b: LonLat) -> float:
    """Great-circle distance by the haversine formula (Sinnott 1984, Sky and Telescope 68), m."""
    lon_a, lat_a, lon_b, lat_b = (math.radians(degrees) for degrees in (*a, *b))
    across = math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(math.sin((lat_b - lat_a) / 2) ** 2 + across)))


def line_length_m(line: Sequence[LonLat]) -> float:
    """Length of a polyline, m."""
    return sum(distance_m(a, b) for a, b in pairwise(line))
