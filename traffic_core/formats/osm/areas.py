"""Ground and centre of areas drawn in longitude and latitude."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core.geometry import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.formats.osm.records import ParkingSite
    from traffic_core.geometry import LonLat


def centroid_and_area(site: ParkingSite) -> tuple[LonLat, float]:
    """Centre of gravity of a site and its ground without holes, m2.

    Points, lines, and areas whose outline is drawn in pieces have area 0 and lie at the mean of their points.
    """
    lon_0, lat_0 = site.outer[0][0]
    m_per_deg = math.radians(1.0) * EARTH_RADIUS_M
    across = m_per_deg * math.cos(math.radians(lat_0))
    area_m2 = moment_x = moment_y = 0.0
    for sign, rings in ((1.0, site.outer), (-1.0, site.inner)):
        for ring in rings:
            points = [((lon - lon_0) * across, (lat - lat_0) * m_per_deg) for lon, lat in ring]
            ring_m2, x, y = _ring_moments(points)
            area_m2 += sign * ring_m2
            moment_x += sign * x
            moment_y += sign * y
    if area_m2 < 1.0 or any(ring[0] != ring[-1] for ring in site.outer):
        points = [point for ring in site.outer for point in ring]
        return (sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points)), 0.0
    return (lon_0 + moment_x / area_m2 / across, lat_0 + moment_y / area_m2 / m_per_deg), area_m2


def _ring_moments(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Area of a closed ring and its first moments, by the formula of Gauss; all for a ring turned left."""
    area = x = y = 0.0
    for (x_a, y_a), (x_b, y_b) in pairwise(points):
        cross = x_a * y_b - x_b * y_a
        area += cross / 2.0
        x += (x_a + x_b) * cross / 6.0
        y += (y_a + y_b) * cross / 6.0
    turned = -1.0 if area < 0.0 else 1.0
    return turned * area, turned * x, turned * y
