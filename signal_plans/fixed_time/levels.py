"""Level of quality of a movement by its mean wait, A to F.

The bounds are those in common use for motor traffic at signals in Germany; to be confirmed with the edition of the HBS
that the customer works by.
"""

from __future__ import annotations

from enum import StrEnum

from traffic_core.errors import InvalidValueError

LEVEL_BOUNDS_S = (20.0, 35.0, 50.0, 70.0)
"""Longest mean wait of levels A to D, s."""
BOUNDS_ARE_CONFIRMED = False


class Level(StrEnum):
    """A is the best; from E on waits grow without bound, at F more arrive than can leave."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


def level_of(delay_s: float, degree_of_saturation: float) -> Level:
    """Level of a movement.  Raises `InvalidValueError` for a delay or load below 0 or not a number."""
    if not delay_s >= 0.0:
        raise InvalidValueError("delay_s", delay_s, "must be a number of at least 0")
    if not degree_of_saturation >= 0.0:
        raise InvalidValueError("degree_of_saturation", degree_of_saturation, "must be a number of at least 0")
    if degree_of_saturation > 1.0:
        return Level.F
    for bound_s, level in zip(LEVEL_BOUNDS_S, Level, strict=False):
        if delay_s <= bound_s:
            return level
    return Level.E
