"""Which labels fit on a map: the most important first, each only where it covers no other."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

CHARACTER_RATIO = 0.62
"""Mean width of a character over the size of the letters."""
HEIGHT_RATIO = 1.15
SAME_VALUE_RATIO = 0.08
SAME_STREET_POINTS = 130.0
"""Nearer than this, a street says nearly the same value once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text around a point; all lengths in points (1/72 inch) from the lower left corner of the map."""

    text: str
    x: float
    y: float
    size: float
    angle_degrees: float = 0.0
    street: str = ""
    value: float = 0.0

    @property
    def half_width(self) -> float:
        """Half the width of the text before it is turned."""
        return CHARACTER_RATIO * self.size * max(len(self.text), 1) / 2.0

    @property
    def half_height(self) -> float:
        """Half the height of the text before it is turned."""
        return HEIGHT_RATIO * self.size / 2.0

    def corners(self) -> tuple[tuple[float, float], ...]:
        """Corners of the turned rectangle."""
        turn = math.radians(self.angle_degrees)
        cosine, sine = math.cos(turn), math.sin(turn)
        sides = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return tuple(
            (
                self.x + along * self.half_width * cosine - across * self.half_height * sine,
                self.y + along * self.half_width * sine + across * self.half_height * cosine,
            )
            for along, across in sides
        )


def overlap(one: Label, other: Label) -> bool:
    """Whether the rectangles of two labels share an area (separating axis theorem)."""
    reach = sum(math.hypot(label.half_width, label.half_height) for label in (one, other))
    if math.hypot(one.x - other.x, one.y - other.y) >= reach:
        return False
    corners = (one.corners(), other.corners())
    for label in (one, other):
        for turn in (label.angle_degrees, label.angle_degrees + 90.0):
            axis = (math.cos(math.radians(turn)), math.sin(math.radians(turn)))
            shadows = [[x * axis[0] + y * axis[1] for x, y in each] for each in corners]
            if max(shadows[0]) <= min(shadows[1]) or max(shadows[1]) <= min(shadows[0]):
                return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bands:
    """Discs along the drawn bands, in points: what a label should not cover."""

    centre: NDArray[np.float64]
    """(K, 2)"""
    radius: NDArray[np.float64]
    """(K,)"""

    def covered(self, label: Label) -> int:
        """Number of discs under a label."""
        turn = math.radians(label.angle_degrees)
        away = self.centre - (label.x, label.y)
        along = np.abs(away[:, 0] * math.cos(turn) + away[:, 1] * math.sin(turn))
        across = np.abs(away[:, 1] * math.cos(turn) - away[:, 0] * math.sin(turn))
        under = (along < label.half_width + self.radius) & (across < label.half_height + self.radius)
        return int(under.sum())


NOTHING_DRAWN = Bands(centre=np.empty((0, 2)), radius=np.empty(0))


def placed_labels(
    wanted: Iterable[Sequence[Label]],
    obstacles: Iterable[Label],
    *,
    width: float,
    height: float,
    bands: Bands = NOTHING_DRAWN,
) -> list[Label]:
    """At most one label of each group of `wanted`, the groups in this order.

    A label must lie inside the map, cover no other label and not repeat its street; of those that may be placed the
    one that covers the least is, the first of equals.
    """
    taken = list(obstacles)
    placed: list[Label] = []
    for group in wanted:
        possible = [label for label in group if _fits(label, taken, width, height) and not _repeated(label, placed)]
        if possible:
            best = min(possible, key=bands.covered)
            taken.append(best)
            placed.append(best)
    return placed


def _fits(label: Label, taken: Iterable[Label], width: float, height: float) -> bool:
    inside = all(2.0 <= x <= width - 2.0 and 2.0 <= y <= height - 2.0 for x, y in label.corners())
    return inside and not any(overlap(label, other) for other in taken)


def _repeated(label: Label, placed: Iterable[Label]) -> bool:
    return any(
        label.street == known.street != ""
        and math.hypot(label.x - known.x, label.y - known.y) < SAME_STREET_POINTS
        and abs(label.value - known.value) <= SAME_VALUE_RATIO * max(abs(label.value), abs(known.value))
        for known in placed
    )
