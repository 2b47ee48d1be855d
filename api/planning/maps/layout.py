"""Where everything lies on the page of a map: the frame, and the lines of the links in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from api.planning.maps.geometry import facing_links, opposite_links, plane_lines
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from api.planning.maps.geometry import Line
    from api.planning.results.courses import ResultLinks

PAGE_INCHES = (11.69, 8.27)
"""A4, landscape."""
FRAME_INCHES = (0.35, 0.72, 8.35, 6.62)
"""Left, bottom, width and height of the map on the page."""
MAP_POINTS = (FRAME_INCHES[2] * 72.0, FRAME_INCHES[3] * 72.0)
EDGE_SHARE = 0.03
"""Left free at each side of the links."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawing:
    """Lines of the links on the page: in the units of the map, and how many of them a point is wide."""

    lines: list[Line]
    opposite: list[int]
    facing: list[int]
    places: list[tuple[float, float]]
    """Of the names, in the units of the map."""
    left: float
    bottom: float
    per_point: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Place on the map in points from its lower left corner."""
        return (x - self.left) / self.per_point, (y - self.bottom) / self.per_point

    def section(self, index: int) -> list[int]:
        """The link and its other direction, in the order in which they are written about, the first alone or both."""
        if self.opposite[index] >= 0:
            return sorted((index, self.opposite[index]))
        other = self.facing[index]
        if other < 0:
            return [index]
        return sorted((index, other)) if self.facing[other] == index else [index, other]

    @property
    def far(self) -> tuple[float, float]:
        """Upper right corner of the map in its units."""
        return self.left + MAP_POINTS[0] * self.per_point, self.bottom + MAP_POINTS[1] * self.per_point


def laid_out(links: ResultLinks) -> Drawing:
    """Fit all lines into the frame, the same scale along and across.

    Raises
    ------
    InvalidValueError
        Where the links have no courses.
    """
    if links.courses is None:
        raise InvalidValueError("courses", None, "must be known for a map")
    lines, places = plane_lines(links.courses)
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-9) * (1.0 + 2.0 * EDGE_SHARE)
    size_points = np.array(MAP_POINTS)
    per_point = float((extent / size_points).max())
    left, bottom = ((low + high) / 2.0 - size_points * per_point / 2.0).tolist()
    opposite = opposite_links(links.from_nodes, links.to_nodes, lines)
    facing = facing_links(links.names, lines, opposite) if links.courses.geographic else [-1] * len(lines)
    return Drawing(
        lines=lines,
        opposite=opposite,
        facing=facing,
        places=places,
        left=left,
        bottom=bottom,
        per_point=per_point,
    )
