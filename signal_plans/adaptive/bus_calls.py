"""Calls of buses that still count.  A run is remembered until the bus has passed, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from signal_plans.adaptive.requests import BusAhead

if TYPE_CHECKING:
    from traffic_core.readings import BusCall

HOLD_S = 180.0
"""A bus that has not signed off so long after it should have come is not waited for."""
MOST_PER_GROUP = 20
"""More buses do not come to one group at a time: whoever invents them must not fill the memory."""


class _Call(NamedTuple):
    told_at_s: float
    arrival_s: float
    late_s: float


class BusCalls:
    """Fed with calls that have passed the gate; nothing here reads a clock."""

    def __init__(self) -> None:
        self._calls: dict[str, dict[int, _Call]] = {}
        """By group and run."""

    def accept(self, call: BusCall) -> None:
        """Take a call: the newest of a run counts; one that signs off is forgotten."""
        own = self._calls.setdefault(call.source_id, {})
        before = own.get(call.run)
        if before is not None and call.measured_at_s < before.told_at_s:
            return
        if call.cleared or call.arrival_s is None:
            own.pop(call.run, None)
        elif before is not None or len(own) < MOST_PER_GROUP:
            own[call.run] = _Call(call.measured_at_s, call.arrival_s, call.late_s)

    def ahead(self, now_s: float) -> tuple[BusAhead, ...]:
        """Buses that are expected at `now_s`; those whose time is over are forgotten."""
        found = []
        for source_id, own in sorted(self._calls.items()):
            for run in [run for run, call in own.items() if now_s - call.arrival_s > HOLD_S]:
                del own[run]
            coming = [BusAhead(source_id, run, call.arrival_s - now_s, call.late_s) for run, call in own.items()]
            found += sorted(coming, key=lambda bus: (bus.in_s, bus.run))
        return tuple(found)
