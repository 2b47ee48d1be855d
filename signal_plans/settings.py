"""Settings of the adaptive fixed-time control."""

from __future__ import annotations

from dataclasses import dataclass

from signal_plans.programme import LONGEST_CYCLE_S, SHORTEST_CYCLE_S
from traffic_core import require


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalSettings:
    """How often programmes are computed, from what, and within which bounds."""

    recompute_every_s: int = 300
    shortest_cycle_s: int = 40
    longest_cycle_s: int = 90
    smallest_change_s: int = 3
    """A new programme that moves no green and no cycle by this much is not worth a switch."""
    notice_s: int = 5
    """Shortest time between a decision and its switch, so that it reaches the roadside controller."""
    queue_occupancy_share: float = 0.35
    """A queue stands on an approach whose detectors are covered for this share of the time; assumed."""
    queue_growth: float = 1.1
    """Demand under a queue that moves over what the present green lets pass; assumed."""
    fault_hold_s: int = 900
    """How long a junction stays on its fallback after the monitor found a fault in another programme."""

    def __post_init__(self) -> None:
        require.between("signals.recompute_every_s", self.recompute_every_s, 30, 86_400)
        require.between("signals.shortest_cycle_s", self.shortest_cycle_s, SHORTEST_CYCLE_S, LONGEST_CYCLE_S)
        require.between("signals.longest_cycle_s", self.longest_cycle_s, self.shortest_cycle_s, LONGEST_CYCLE_S)
        require.between("signals.smallest_change_s", self.smallest_change_s, 0, 60)
        require.between("signals.notice_s", self.notice_s, 1, 60)
        require.between("signals.queue_occupancy_share", self.queue_occupancy_share, 0.05, 1.0)
        require.between("signals.queue_growth", self.queue_growth, 1.0, 2.0)
        require.between("signals.fault_hold_s", self.fault_hold_s, 60, 86_400)
