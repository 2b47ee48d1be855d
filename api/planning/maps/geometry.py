"""Plane geometry of a map: projection, opposite directions, lines moved to the side of their axis."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.geometry import EARTH_RADIUS_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from api.planning.results.courses import Courses

    Line = NDArray[np.float64]

LONGEST_MITRE = 2.0
"""A moved corner lies at most so many offsets from its corner."""

FARTHEST_CARRIAGEWAY_M = 80.0
LARGEST_COSINE = -0.8
"""Of the angle between two carriageways of one street: they run nearly against each other."""


def plane_lines(courses: Courses) -> tuple[list[Line], list[tuple[float, float]]]:
    """Lines (P, 2) and places in metres east and north of the middle; plane coordinates stay as they are.

    Equirectangular projection at the middle latitude: over the 10 km of a town lengths are right to 0.1 %.
    """
    lines = [np.asarray(line, dtype=np.float64) for line in courses.lines]
    if not courses.geographic:
        return lines, [place.position for place in courses.places]
    points = np.concatenate(lines)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2.0
    per_degree = math.radians(1.0) * EARTH_RADIUS_M
    scale = np.array([per_degree * math.cos(math.radians(middle[1])), per_degree])
    places = [(np.asarray(place.position) - middle) * scale for place in courses.places]
    return [(line - middle) * scale for line in lines], [(float(x), float(y)) for x, y in places]


def opposite_links(from_nodes: Sequence[str], to_nodes: Sequence[str], lines: Sequence[Line]) -> list[int]:
    """Index of the link that runs the same way back, -1 where there is none.

    Of several between the same nodes the one with the most similar length belongs to it, each once.
    """
    length = [float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in lines]
    waiting: dict[tuple[str, str], list[int]] = {}
    opposite = [-1] * len(lines)
    for index, ends in enumerate(zip(from_nodes, to_nodes, strict=True)):
        back = waiting.get((ends[1], ends[0]), [])
        if not back:
            waiting.setdefault(ends, []).append(index)
            continue
        partner = min(back, key=lambda other: abs(length[other] - length[index]))
        back.remove(partner)
        opposite[index], opposite[partner] = partner, index
    return opposite


def facing_links(names: Sequence[str], lines: Sequence[Line], opposite: Sequence[int]) -> list[int]:
    """Index of the other carriageway beside the middle of each link without an opposite, -1 where there is none.

    The other carriageway has the same name, runs the other way and is at most `FARTHEST_CARRIAGEWAY_M` off; lines
    are in metres.  A long link may face several shorter ones, so that the relation is not mutual.
    """
    streets: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        if name and opposite[index] < 0:
            streets.setdefault(name, []).append(index)
    facing = [-1] * len(lines)
    for group in streets.values():
        for index in group:
            x, y, _ = point_along(lines[index], 0.5)
            heading = _heading_at(lines[index], (x, y))[1]
            found = [(*_heading_at(lines[other], (x, y)), other) for other in group if other != index]
            near = [
                (distance, other)
                for distance, direction, other in found
                if distance <= FARTHEST_CARRIAGEWAY_M and float(heading @ direction) < LARGEST_COSINE
            ]
            facing[index] = min(near)[1] if near else -1
    return facing


def _heading_at(line: Line, point: tuple[float, float]) -> tuple[float, Line]:
    """Distance of a line from a point, and its direction (2,) at the place that is nearest to it."""
    start, step = line[:-1], np.diff(line, axis=0)
    squared = np.maximum((step**2).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * step).sum(axis=1) / squared, 0.0, 1.0)
    away = start + share[:, None] * step - point
    distance = np.hypot(away[:, 0], away[:, 1])
    at = int(np.argmin(distance))
    direction: Line = step[at] / math.sqrt(squared[at])
    return float(distance[at]), direction


def moved_right(line: Line, by: float) -> Line:
    """Line (P, 2) moved `by` to the right of its direction; corners are mitred."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    kept = lengths > 0.0
    if not kept.any():
        return line
    points = np.vstack([line[:1], line[1:][kept]])
    right = np.column_stack([steps[kept, 1], -steps[kept, 0]]) / lengths[kept, None]
    normal = np.vstack([right[:1], right[:-1] + right[1:], right[-1:]])
    before, after = np.vstack([right[:1], right]), np.vstack([right, right[-1:]])
    cosine = np.clip(np.einsum("ij,ij->i", before, after), -1.0, 1.0)
    size = np.hypot(normal[:, 0], normal[:, 1])
    size[size == 0.0] = 1.0
    mitre = np.minimum(LONGEST_MITRE, np.sqrt(2.0 / np.maximum(1.0 + cosine, 1e-9)))
    moved: Line = points + by * normal / size[:, None] * mitre[:, None]
    return moved


def point_along(line: Line, share: float) -> tuple[float, float, float]:
    """Point at a share of a line's length, and the direction there in degrees, -90 to 90: upright for a text."""
    at, rest = _piece_at(line, share)
    step = line[at + 1] - line[at]
    x, y = line[at + 1] - rest * step
    angle = math.degrees(math.atan2(step[1], step[0]))
    return float(x), float(y), (angle + 90.0) % 180.0 - 90.0


def right_of(line: Line, share: float) -> tuple[float, float]:
    """Unit vector to the right of a line at a share of its length; (0, 0) where the line has no length there."""
    at, _ = _piece_at(line, share)
    step = line[at + 1] - line[at]
    size = float(np.hypot(*step)) or 1.0
    return float(step[1]) / size, -float(step[0]) / size


def _piece_at(line: Line, share: float) -> tuple[int, float]:
    """Piece of a line at a share of its length, and the share of the piece that is still ahead."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    ends = np.cumsum(lengths)
    at = min(int(np.searchsorted(ends, share * ends[-1])), len(lengths) - 1)
    return at, 0.0 if lengths[at] == 0.0 else float((ends[at] - share * ends[-1]) / lengths[at])


def points_along(line: Line, spacing: float) -> Line:
    """Points (K, 2) along a line, at most `spacing` apart, both ends included."""
    parts: list[Line] = [line[:1]]
    for start, end in pairwise(line):
        count = max(1, math.ceil(float(np.hypot(*(end - start))) / spacing))
        parts.append(start + (end - start) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(parts)
