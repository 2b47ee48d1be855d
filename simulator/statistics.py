"""Figures of a running simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """State of the town at one moment; counts are since the simulation began, its warm-up included."""

    now_s: float
    inside_veh: int
    entered_veh: int
    left_veh: int
    waiting_outside_veh: int
    """Vehicles that want to enter and find no room."""
    done_trips: int
    mean_trip_s: float | None
    """Of the trips done, from the wish to start to the place found; None before the first."""
    mean_delay_s: float | None
    """Of the trips done, over the planned way on the empty network: queues, detours and parking search."""
    parked_veh: Mapping[str, int]
    gave_up: int
    """Drivers who left the entry of a full or closed facility."""
    turned_by_sign: int
    """Drivers whom a sign sent elsewhere."""
