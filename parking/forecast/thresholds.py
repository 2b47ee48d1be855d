"""When a sign says full and when it says free again, by the probability of a place at arrival."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_core import require
from traffic_core.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class SignThresholds:
    """Hysteresis on P(more than the reserve is free at arrival).  Between both the sign stays as it is.

    The default was learned on the training part of the largest archive at hand (Konstanz, 2023 to 2025, six garages
    that fill up); a trained model brings its own.  Thresholds suit the trees that they were learned with, and nothing
    else: see `parking.arrival.DECIDING_SOURCE`.
    """

    full_below_share: float = 0.8
    """At this probability or below it the sign says full."""
    free_above_share: float = 0.97
    """At this probability or above it the sign says free again."""

    def __post_init__(self) -> None:
        require.between("thresholds.full_below_share", self.full_below_share, 0.0, 1.0)
        require.between("thresholds.free_above_share", self.free_above_share, 0.0, 1.0)
        if self.free_above_share < self.full_below_share:
            limit = f"must be at least full_below_share = {self.full_below_share:g}"
            raise InvalidValueError("thresholds.free_above_share", self.free_above_share, limit)
