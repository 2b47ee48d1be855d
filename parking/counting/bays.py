"""Occupied bays of a car park as far as sensors know them: dead sensors are missing, silent ones are not dead."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traffic_core.readings import BayReading

LEAST_SHARE = 0.1
LEAST_BAYS = 3
"""Fewer known bays, or a smaller share of all, tell nothing of the others."""
NOT_CHANCE = 2.0
"""Bays with sensors are no random sample: those near the entry fill first.  The variance counts this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaysSeen:
    """What the known bays say."""

    known: int
    occupied: int
    at_s: float
    """Latest report of any bay."""


class BayBoard:
    """Last state of each bay of one car park."""

    def __init__(self) -> None:
        self._bays: dict[str, tuple[bool, float]] = {}

    def accept(self, reading: BayReading) -> None:
        """Take over a report, unless the bay has told something newer."""
        at_s = min(reading.measured_at_s, reading.received_at_s)
        last = self._bays.get(reading.source_id)
        if last is None or last[1] <= at_s:
            self._bays[reading.source_id] = (reading.occupied, at_s)

    def seen(self, now_s: float, silent_s: float) -> BaysSeen | None:
        """Bays that were heard within `silent_s`; None where there are none."""
        alive = [(occupied, at_s) for occupied, at_s in self._bays.values() if now_s - at_s <= silent_s]
        if not alive:
            return None
        return BaysSeen(
            known=len(alive), occupied=sum(occupied for occupied, _ in alive), at_s=max(at_s for _, at_s in alive)
        )


def whole_of_part(seen: BaysSeen, capacity_veh: int) -> tuple[float, float] | None:
    """Vehicles inside and their standard deviation from k known bays of K; None where too few are known.

    The other K - k bays are as full as the known ones, with one more of each kind as prior (Laplace):
    s = (o + 1) / (k + 2), n = o + (K - k) s.  Their number varies by (K - k) s (1 - s), and as much again times
    (K - k) / (k + 2) because s itself is estimated.
    """
    known = min(seen.known, capacity_veh)
    if known < max(LEAST_SHARE * capacity_veh, min(LEAST_BAYS, capacity_veh)):
        return None
    rest = capacity_veh - known
    share = (seen.occupied + 1.0) / (known + 2.0)
    variance = NOT_CHANCE * rest * share * (1.0 - share) * (1.0 + rest / (known + 2.0))
    return min(seen.occupied, capacity_veh) + rest * share, math.sqrt(variance)
