"""The vehicles of the town and the arrays that the kernel moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.detectors import first_entries, loops_of
from traffic_core.kernels.loops import cross
from traffic_core.kernels.vehicles import NOBODY, Events, Queues, Town, Vehicles, advance, wait_outside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traffic_core.kernels.vehicles import Streets
    from traffic_core.network_arrays import NetworkArrays

FIRST_SLOTS = 1_024


@dataclass(frozen=True, slots=True)
class Moved:
    """What one call of the kernel reports: arrivals as (slot, time, s) and signs passed as (slot, link)."""

    arrived: list[tuple[int, float]]
    passed: list[tuple[int, int]]


class Fleet:
    """All vehicles, each in a slot that is used again after its trip.  The arrays double when they are full."""

    def __init__(self, arrays: NetworkArrays, streets: Streets, start_s: float) -> None:
        self._town = Town(
            streets=streets,
            vehicles=_vehicles(FIRST_SLOTS),
            queues=_queues(arrays.group_link.size, first_entries(arrays), start_s),
            events=_events(FIRST_SLOTS),
        )
        self.loops = loops_of(arrays)
        self._free_slots = list(range(FIRST_SLOTS - 1, -1, -1))

    @property
    def streets(self) -> Streets:
        """What does not change."""
        return self._town.streets

    @property
    def vehicles(self) -> Vehicles:
        """Rows by slot; other arrays after the fleet has grown."""
        return self._town.vehicles

    @property
    def queues(self) -> Queues:
        """Counters and queues of links and lane groups."""
        return self._town.queues

    def spawn(self, link: int, destination: int, at_s: float, *, follower: bool) -> int:
        """Let a vehicle wait to enter `link` from `at_s` on; return its slot."""
        if not self._free_slots:
            self._grow()
        slot = self._free_slots.pop()
        vehicles = self.vehicles
        vehicles.link[slot] = link
        vehicles.destination[slot] = destination
        vehicles.ready_at_s[slot] = at_s
        vehicles.follower[slot] = follower
        wait_outside(slot, link, self._town)
        return slot

    def release(self, slot: int) -> None:
        """Give the slot of an arrived vehicle back."""
        self._free_slots.append(slot)

    def advance(self, start_s: float, open_turn: NDArray[np.uint8], next_link: NDArray[np.int64]) -> Moved:
        """Move all vehicles through one second; `open_turn` (1, T)."""
        advance(start_s, open_turn, next_link, self._town)
        queues, events = self._town.queues, self._town.events
        cross(
            start_s + 1.0,
            queues.link_entered_veh,
            queues.link_left_veh,
            queues.first_entry,
            queues.entry_at_s,
            self.loops,
        )
        arrived, passed = (int(used) for used in events.used)
        return Moved(
            list(zip(events.arrived[:arrived].tolist(), events.arrived_at_s[:arrived].tolist(), strict=True)),
            list(zip(events.passed_vehicle[:passed].tolist(), events.passed_link[:passed].tolist(), strict=True)),
        )

    @property
    def entered_veh(self) -> int:
        """Vehicles that ever entered the network."""
        return int(self.queues.totals_veh[0])

    @property
    def left_veh(self) -> int:
        """Vehicles that ended their trip."""
        return int(self.queues.totals_veh[1])

    @property
    def inside_veh(self) -> int:
        """Vehicles on links now."""
        return int(self.queues.on_link_veh.sum())

    @property
    def waiting_outside_veh(self) -> int:
        """Vehicles that want to enter and find no room."""
        return int(self.queues.length[: self.streets.free_flow_s.size].sum())

    def _grow(self) -> None:
        size = self.vehicles.link.size
        more = _vehicles(size)
        joined = (np.concatenate([getattr(self.vehicles, name), getattr(more, name)]) for name in Vehicles._fields)
        self._town = self._town._replace(vehicles=Vehicles(*joined), events=_events(2 * size))
        self._free_slots.extend(range(2 * size - 1, size - 1, -1))


def _vehicles(size: int) -> Vehicles:
    return Vehicles(
        next_in_queue=np.full(size, NOBODY, dtype=np.int64),
        link=np.full(size, NOBODY, dtype=np.int64),
        destination=np.zeros(size, dtype=np.int64),
        turn=np.full(size, NOBODY, dtype=np.int64),
        ready_at_s=np.zeros(size),
        on_link_since_s=np.zeros(size),
        follower=np.zeros(size, dtype=np.uint8),
    )


def _queues(groups: int, first_entry: NDArray[np.int64], start_s: float) -> Queues:
    links = first_entry.size - 1
    queues = 2 * links + groups
    return Queues(
        head=np.full(queues, NOBODY, dtype=np.int64),
        tail=np.full(queues, NOBODY, dtype=np.int64),
        length=np.zeros(queues, dtype=np.int64),
        on_link_veh=np.zeros(links, dtype=np.int64),
        entry_free_s=np.full(links, start_s),
        exit_free_s=np.full(links, start_s),
        group_free_s=np.full(groups, start_s),
        group_flow_veh_s=np.zeros(groups),
        link_entered_veh=np.zeros(links, dtype=np.int64),
        link_left_veh=np.zeros(links, dtype=np.int64),
        first_entry=first_entry,
        entry_at_s=np.zeros(int(first_entry[-1])),
        drive_time_s=np.zeros(links),
        drive_count_veh=np.zeros(links, dtype=np.int64),
        totals_veh=np.zeros(2, dtype=np.int64),
    )


def _events(room: int) -> Events:
    return Events(
        arrived=np.zeros(room, dtype=np.int64),
        arrived_at_s=np.zeros(room),
        passed_vehicle=np.zeros(room, dtype=np.int64),
        passed_link=np.zeros(room, dtype=np.int64),
        used=np.zeros(2, dtype=np.int64),
    )
