"""Occupied bays of a car park as far as sensors know them: dead sensors are missing, silent ones are not dead."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traffic_core.readings import BayReading

LEAST_SHARE = 0.1
LEAST_BAYS = 3
"""Fewer known bays, or a smaller share of all, tell nothing of the others."""
CLOCK_TOLERANCE_S = 5.0
"""Reports so much ahead of the clock are of one that was set back."""
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
    """Last state of each bay of one car park, with running sums: a publication may hold thousands of bays."""

    def __init__(self) -> None:
        self._bays: dict[str, tuple[bool, float]] = {}
        self._occupied = 0
        self._latest_s = -math.inf
        self._ages: list[tuple[float, str]] = []
        """Heap with one entry a bay: it was heard then, or later."""

    def accept(self, reading: BayReading) -> None:
        """Take over a report, unless the bay has told something newer."""
        at_s = min(reading.measured_at_s, reading.received_at_s)
        if self._latest_s > reading.received_at_s + CLOCK_TOLERANCE_S:
            self._set_back(at_s)
        last = self._bays.get(reading.source_id)
        if last is None:
            heapq.heappush(self._ages, (at_s, reading.source_id))
        elif last[1] > at_s:
            return
        else:
            self._occupied -= last[0]
        self._bays[reading.source_id] = (reading.occupied, at_s)
        self._occupied += reading.occupied
        self._latest_s = max(self._latest_s, at_s)

    def seen(self, now_s: float, silent_s: float) -> BaysSeen | None:
        """Bays that were heard within `silent_s`; None where there are none.  The others are forgotten."""
        while self._ages and now_s - self._ages[0][0] > silent_s:
            key = self._ages[0][1]
            occupied, at_s = self._bays[key]
            if now_s - at_s <= silent_s:
                heapq.heapreplace(self._ages, (at_s, key))
                continue
            heapq.heappop(self._ages)
            del self._bays[key]
            self._occupied -= occupied
        if not self._bays:
            self._latest_s = -math.inf
            return None
        return BaysSeen(known=len(self._bays), occupied=self._occupied, at_s=self._latest_s)

    def _set_back(self, at_s: float) -> None:
        """The clock was set back: what lies ahead of it was heard just now, as far as anybody can tell."""
        self._bays = {key: (occupied, min(heard_s, at_s)) for key, (occupied, heard_s) in self._bays.items()}
        self._ages = [(heard_s, key) for key, (_, heard_s) in self._bays.items()]
        heapq.heapify(self._ages)
        self._latest_s = max((heard_s for heard_s, _ in self._ages), default=-math.inf)


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
