"""The vehicles on a road network and the kernel that moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulator.roads import street_arrays
from traffic_core.kernels.departures import release
from traffic_core.kernels.traffic import advance
from traffic_core.traffic_arrays import (
    ARRIVED,
    ENTERED,
    FREE_SLOTS,
    IS_AWAITED,
    LEFT,
    LOST,
    NEXT_TRIP,
    NOBODY,
    PASSED,
    PASSES,
    Town,
    dtype_of,
    town_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.roads import Roads

FIRST_SLOTS = 4_096
RING_MARGIN = 32
"""More departures than a link holds, which detectors still want to see."""


class Signals(NamedTuple):
    """At time t signal s is green where `green[s, (floor(t) - origin_s[s]) % cycle_s[s]]` is 1."""

    green: NDArray[np.uint8]
    cycle_s: NDArray[np.int64]
    origin_s: NDArray[np.float64]


class Trips(NamedTuple):
    """Trips in the order of their time, (M,); the fields are those of `Town` that begin with `trip_`."""

    at_s: NDArray[np.float64]
    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    tree: NDArray[np.int64]
    kind: NDArray[np.int64]
    flags: NDArray[np.uint8]
    first_link: NDArray[np.int64]
    end_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the kernel reports: awaited arrivals as (slot, time, s; inf: lost) and signs passed as (slot, link)."""

    reached_s: float
    arrived: list[tuple[int, float]]
    passed: list[tuple[int, int]]


class RoadTraffic:
    """All vehicles, each in a slot that is used again after its trip.  The arrays double when they are full."""

    def __init__(
        self,
        roads: Roads,
        start_s: float,
        signals: Signals | None = None,
        *,
        step_s: float = 1.0,
        checked: bool = False,
    ) -> None:
        """`checked`: look for faults after every step and raise RuntimeError at the first; many times slower."""
        self.step_s = step_s
        self._checked = checked
        self._trips = 0
        streets = street_arrays(roads)
        self.town = town_of(
            **streets,
            **(signals._asdict() if signals else {}),
            **_slots("vehicle_", FIRST_SLOTS),
            **_slots("told_", FIRST_SLOTS),
            **_state(streets, start_s),
        )
        self.town.vehicle_free_slots[:] = np.arange(FIRST_SLOTS - 1, -1, -1)
        self.town.totals[FREE_SLOTS] = FIRST_SLOTS

    def follow(self, next_link: NDArray[np.int32], first_link: NDArray[np.int32]) -> None:
        """Give the drivers routes, (A, D, L) and (A, D, N)."""
        self.town = self.town._replace(next_link=next_link, first_link=first_link)

    def schedule(self, trips: Trips) -> int:
        """Add trips, none of which begins before those scheduled so far; return the row of the first."""
        first, count = self._trips, trips.at_s.size
        if first + count > self.town.trip_at_s.size:
            size = max(FIRST_SLOTS, 2 * (first + count))
            grown = {f"trip_{name}": np.zeros(size, dtype=dtype_of(f"trip_{name}")) for name in Trips._fields}
            grown["trip_at_s"][:] = math.inf
            for name, column in grown.items():
                column[:first] = getattr(self.town, name)[:first]
            self.town = self.town._replace(**grown)
        for name, column in trips._asdict().items():
            getattr(self.town, f"trip_{name}")[first : first + count] = column
        self._trips += count
        return first

    def forget_trips(self, count: int) -> None:
        """Drop the first rows, whose trips have ended; rows count from there then."""
        town = self.town
        for name in Trips._fields:
            column = getattr(town, f"trip_{name}")
            column[: self._trips - count] = column[count : self._trips].copy()
        town.trip_at_s[self._trips - count :] = math.inf
        town.vehicle_trip[town.vehicle_trip != NOBODY] -= count
        town.totals[NEXT_TRIP] -= count
        self._trips -= count

    def add_fixed_way(self, links: tuple[int, ...]) -> int:
        """Keep a fixed way; return the place of its first link in `Town.fixed`."""
        fixed = self.town.fixed
        more = np.concatenate([fixed, np.array([*links, -2], dtype=np.int64)])
        self.town = self.town._replace(fixed=more)
        return int(fixed.size)

    def spawn(
        self,
        link: int,
        at_s: float,
        *,
        destination: int = 0,
        tree: int = 0,
        kind: int = 0,
        flags: int = IS_AWAITED,
        fixed_at: int = NOBODY,
    ) -> int:
        """Let a vehicle wait to enter `link` from `at_s` on; return its slot."""
        self._make_room(1)
        town = self.town
        town.totals[FREE_SLOTS] -= 1
        slot = int(town.vehicle_free_slots[town.totals[FREE_SLOTS]])
        town.vehicle_destination[slot] = destination
        town.vehicle_tree[slot] = tree
        town.vehicle_kind[slot] = kind
        town.vehicle_flags[slot] = flags
        town.vehicle_trip[slot] = NOBODY
        town.vehicle_fixed_at[slot] = fixed_at
        town.vehicle_driven_m[slot] = 0.0
        town.vehicle_ready_at_s[slot] = at_s
        town.vehicle_link[slot] = link
        self._line_up(slot, link)
        node = town.from_node[link]
        town.wake_s[node] = min(town.wake_s[node], at_s)
        return slot

    def _line_up(self, slot: int, link: int) -> None:
        """Put a vehicle among those who wait outside a link, before those whose time comes later."""
        town = self.town
        before, after = NOBODY, int(town.head[link]) if town.length[link] else NOBODY
        if after != NOBODY and town.vehicle_ready_at_s[town.tail[link]] <= town.vehicle_ready_at_s[slot]:
            before, after = int(town.tail[link]), NOBODY
        while after != NOBODY and town.vehicle_ready_at_s[after] <= town.vehicle_ready_at_s[slot]:
            before, after = after, int(town.vehicle_next_in_queue[after])
        town.vehicle_next_in_queue[slot] = after
        if before == NOBODY:
            town.head[link] = slot
        else:
            town.vehicle_next_in_queue[before] = slot
        if after == NOBODY:
            town.tail[link] = slot
        town.length[link] += 1

    def free(self, slot: int) -> None:
        """Give the slot of an awaited arrival back."""
        self.town.vehicle_free_slots[self.town.totals[FREE_SLOTS]] = slot
        self.town.totals[FREE_SLOTS] += 1

    def advance(self, from_s: float, until_s: float) -> Moved:
        """Move all vehicles until `until_s`, or to the end of the first step in which somebody is told of one."""
        if not self._checked:
            return self._move(from_s, until_s)
        from simulator.road_faults import check  # noqa: PLC0415  its kernel is compiled only where it is used

        while True:
            end_s = min(until_s, (math.floor(from_s / self.step_s + 1e-9) + 1.0) * self.step_s)
            moved = self._move(from_s, end_s)
            check(moved.reached_s, self.town)
            if moved.arrived or moved.passed or moved.reached_s >= until_s:
                return moved
            from_s = moved.reached_s

    def _move(self, from_s: float, until_s: float) -> Moved:
        self._make_room(int(np.searchsorted(self.town.trip_at_s, until_s)) - int(self.town.totals[NEXT_TRIP]))
        release(until_s, self.town)
        reached_s = advance(from_s, until_s, self.step_s, self.town)
        town, totals = self.town, self.town.totals
        arrived, passed = int(totals[ARRIVED]), int(totals[PASSED])
        return Moved(
            reached_s,
            list(zip(town.told_arrived[:arrived].tolist(), town.told_arrived_at_s[:arrived].tolist(), strict=True)),
            list(zip(town.told_passed[:passed].tolist(), town.told_passed_link[:passed].tolist(), strict=True)),
        )

    @property
    def entered_veh(self) -> int:
        """Vehicles that ever entered the network."""
        return int(self.town.totals[ENTERED])

    @property
    def left_veh(self) -> int:
        """Vehicles that ended their trip on it, the lost ones included."""
        return int(self.town.totals[LEFT])

    @property
    def lost_veh(self) -> int:
        """Vehicles whose way ended: nothing leads on to their destination."""
        return int(self.town.totals[LOST])

    @property
    def inside_veh(self) -> int:
        """Vehicles on links now."""
        return int((self.town.entered_veh - self.town.left_veh).sum())

    @property
    def waiting_outside_veh(self) -> int:
        """Vehicles that want to enter and find no room, or whose time to start comes within this step."""
        return int(self.town.length[: self.town.length_m.size].sum())

    def _make_room(self, wanted: int) -> None:
        while self.town.totals[FREE_SLOTS] < wanted:
            size = self.town.vehicle_link.size
            more = _slots("vehicle_", size)
            joined = {name: np.concatenate([getattr(self.town, name), column]) for name, column in more.items()}
            free = int(self.town.totals[FREE_SLOTS])
            joined["vehicle_free_slots"][free : free + size] = np.arange(2 * size - 1, size - 1, -1)
            self.town.totals[FREE_SLOTS] += size
            self.town = self.town._replace(**joined, **_slots("told_", 2 * size))


def _slots(prefix: str, size: int) -> dict[str, NDArray[Any]]:
    """All arrays of this prefix with a row for every slot; no slot is in use."""
    names = [name for name in Town._fields if name.startswith(prefix)]
    made = {name: np.zeros(size, dtype=dtype_of(name)) for name in names}
    if "vehicle_link" in made:
        made["vehicle_link"][:] = NOBODY
    return made


def _state(streets: dict[str, NDArray[Any]], start_s: float) -> dict[str, NDArray[Any]]:
    """Counters and queues of empty streets."""
    links, groups, turns, nodes = (streets[name].size for name in ("length_m", "group_link", "turn_to", "has_signal"))
    first_ring = np.zeros(links + 1, dtype=np.int64)
    least_pce = min(1.0, float(streets["kind_pce"].min()))
    first_ring[1:] = np.cumsum(np.ceil(streets["room_pce"] / least_pce).astype(np.int64) + RING_MARGIN)
    of_links = (
        "entered_veh left_veh entered_pce left_pce felt_veh entry_free_s exit_free_s least_free_s passed_into "
        "drive_time_s delay_s stops_veh"
    )
    shapes: dict[str, tuple[int, ...]] = {}
    for size, names in (
        (2 * links + groups, "head tail length"),
        (links, of_links),
        (groups, "group_pce group_free_s group_open passes_used"),
        (int(first_ring[-1]), "left_at_s left_sum_pce entered_at_s"),
        (nodes, "node_free_s wake_s"),
        (turns + links, "passed"),
    ):
        shapes |= dict.fromkeys(names.split(), (size,))
    shapes |= {"passes_s": (groups, PASSES), "totals": (PASSED + 1,)}
    made = {name: np.zeros(shape, dtype=dtype_of(name)) for name, shape in shapes.items()}
    for name in ("entry_free_s", "exit_free_s", "least_free_s", "group_free_s", "node_free_s"):
        made[name][:] = -math.inf
    made["wake_s"][:] = math.inf
    made["group_open"][:] = 1
    made["passes_s"][:] = start_s - 1.0
    return made | {"first_ring": first_ring}
