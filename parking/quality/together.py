"""Finds car parks that all stand still at once: then no neighbour can tell, but chance can.

Even in a town with 0.3 of its usual life, the improbabilities of all slots without a change, of all car parks since any
of them last moved, add up.  The limit is that of a single car park.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parking.quality.frozen import Slot
    from parking.quality.rules import QualityRules

LEAST_FACILITIES = 2


class Together:
    """The time since any car park last changed, and the evidence gathered in it."""

    def __init__(self) -> None:
        self.since_s = math.inf
        self._nats: dict[str, float] = {}

    def note(self, facility_id: str, slot: Slot, rules: QualityRules) -> tuple[str, ...]:
        """Take in one slot; return the car parks that stand still together by now, none while chance may explain it."""
        if slot.changed or slot.at_s < self.since_s:
            self._nats.clear()
            self.since_s = slot.at_s
            return ()
        if slot.nats_alone > 0.0:
            self._nats[facility_id] = self._nats.get(facility_id, 0.0) + slot.nats_alone
        if len(self._nats) < LEAST_FACILITIES or slot.at_s - self.since_s < rules.together_s:
            return ()
        return tuple(self._nats) if sum(self._nats.values()) > rules.frozen_nats else ()
