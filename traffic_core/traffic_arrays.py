"""The arrays of the traffic kernel, `traffic_core/kernels/traffic.py`.

A change of fields here must change `LAYOUT` there: the disk cache of compiled code looks at the kernel's file only.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY, ENDS_HERE = -1, -2
READS_SIGNS, IS_AWAITED = 1, 2
"""Flags of vehicles: the driver reads signs; somebody wants to hear of the arrival."""
ENTERED, LEFT, LOST, FREE_SLOTS, NEXT_TRIP, ARRIVED, PASSED = range(7)
"""Places in `Town.totals`: vehicles so far, free slots, next trip to begin, rows of told_arrived and told_passed."""
PASSES = 16
"""How many vehicles on a circle an entry keeps in mind."""
EMPTY: dict[str, tuple[int, ...]] = {
    "green": (0, 120),
    "next_link": (0, 0, 0),
    "first_link": (0, 0, 0),
    "passes_s": (0, 16),
    "totals": (7,),
}
"""Shapes of the empty arrays that are not (0,)."""


class Town(NamedTuple):
    """Everything the kernel works on, flat: a tuple in a tuple costs compiled code a count of references per access.

    L links, T turns, G lane groups, N nodes, V slots of vehicles, M trips.  Groups that end at a node are
    `in_group[first_in[n]:first_in[n + 1]]`, links out of it `out_link` likewise.
    """

    # What does not change
    length_m: NDArray[np.float64]
    free_flow_s: NDArray[np.float64]
    wave_s: NDArray[np.float64]
    """(L,) time in which room at the end is felt at the start: length over wave speed"""
    room_pce: NDArray[np.float64]
    """(L,) jam density times length, at least one vehicle of the largest kind"""
    least_headway_s: NDArray[np.float64]
    """(L,) 1 / capacity of the fundamental diagram"""
    priority: NDArray[np.float64]
    """(2L,) weights at merges: of links, then of those who wait outside them"""
    from_node: NDArray[np.int64]
    to_node: NDArray[np.int64]
    first_turn: NDArray[np.int64]
    turn_to: NDArray[np.int64]
    turn_group: NDArray[np.int64]
    turn_signal: NDArray[np.int64]
    """(T,) row of `green`; NOBODY without one"""
    first_group: NDArray[np.int64]
    group_link: NDArray[np.int64]
    group_room_pce: NDArray[np.float64]
    first_in: NDArray[np.int64]
    in_group: NDArray[np.int64]
    first_out: NDArray[np.int64]
    out_link: NDArray[np.int64]
    has_signal: NDArray[np.uint8]
    """(N,)"""
    critical_gap_s: NDArray[np.float64]
    """(T,) 0 where the turn yields to nobody"""
    follow_up_s: NDArray[np.float64]
    first_superior: NDArray[np.int64]
    superior_turn: NDArray[np.int64]
    superior_after_s: NDArray[np.float64]
    """Below 0: they meet at the stop line; else driving time on the circle from there to here"""
    first_inferior: NDArray[np.int64]
    inferior_group: NDArray[np.int64]
    inferior_after_s: NDArray[np.float64]
    """Who must let a turn pass on a circle, and when it passes"""
    kind_pce: NDArray[np.float64]
    kind_speed_m_s: NDArray[np.float64]
    may_overtake: NDArray[np.uint8]
    """(L,)"""
    has_sign: NDArray[np.uint8]
    """(L,)"""

    # What events change, s between two pce; inf stops the traffic
    entry_headway_s: NDArray[np.float64]
    exit_headway_s: NDArray[np.float64]
    group_headway_s: NDArray[np.float64]
    node_headway_s: NDArray[np.float64]

    # At time t signal s is green where `green[s, (floor(t) - origin_s[s]) % cycle_s[s]]` is 1
    green: NDArray[np.uint8]
    cycle_s: NDArray[np.int64]
    origin_s: NDArray[np.float64]

    # Where drivers go next: A trees, of which a driver follows one, for each of D destinations
    next_link: NDArray[np.int32]
    """(A, D, L)"""
    first_link: NDArray[np.int32]
    """(A, D, N)"""
    fixed: NDArray[np.int64]
    """(R,) links of fixed ways one after the other, each closed by ENDS_HERE"""

    # Trips to begin, in the order of their time, (M,)
    trip_at_s: NDArray[np.float64]
    trip_origin: NDArray[np.int64]
    trip_destination: NDArray[np.int64]
    """Row d of `next_link[a, d]`"""
    trip_tree: NDArray[np.int64]
    trip_kind: NDArray[np.int64]
    trip_flags: NDArray[np.uint8]
    trip_first_link: NDArray[np.int64]
    """Written at the start: the link they began with"""
    trip_end_s: NDArray[np.float64]
    """Written at the end; inf for those without a way"""

    # One row per slot, (V,)
    vehicle_next_in_queue: NDArray[np.int64]
    vehicle_link: NDArray[np.int64]
    """NOBODY for an empty slot"""
    vehicle_destination: NDArray[np.int64]
    vehicle_tree: NDArray[np.int64]
    vehicle_kind: NDArray[np.int64]
    vehicle_turn: NDArray[np.int64]
    """Chosen at the end of the link; NOBODY before"""
    vehicle_flags: NDArray[np.uint8]
    vehicle_trip: NDArray[np.int64]
    """Row of `trip_...`; NOBODY without one"""
    vehicle_fixed_at: NDArray[np.int64]
    """Place in `fixed` of the link it takes next; NOBODY for drivers who follow a tree"""
    vehicle_ready_at_s: NDArray[np.float64]
    """Earliest time at the end of the link, or to enter the network"""
    vehicle_since_s: NDArray[np.float64]
    vehicle_driven_m: NDArray[np.float64]
    """Lengths of the links it has left"""
    vehicle_free_slots: NDArray[np.int64]

    # Counters and queues
    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    length: NDArray[np.int64]
    entered_veh: NDArray[np.int64]
    left_veh: NDArray[np.int64]
    entered_pce: NDArray[np.float64]
    left_pce: NDArray[np.float64]
    group_pce: NDArray[np.float64]
    first_ring: NDArray[np.int64]
    """(L + 1,) rings of the latest departures from each link"""
    left_at_s: NDArray[np.float64]
    left_sum_pce: NDArray[np.float64]
    entered_at_s: NDArray[np.float64]
    felt_veh: NDArray[np.int64]
    entry_free_s: NDArray[np.float64]
    exit_free_s: NDArray[np.float64]
    """(L,) when the next may leave by the capacity of the end; below, by the fundamental diagram"""
    least_free_s: NDArray[np.float64]
    group_free_s: NDArray[np.float64]
    group_open: NDArray[np.uint8]
    node_free_s: NDArray[np.float64]
    wake_s: NDArray[np.float64]
    """(N,) nothing happens at a node before"""
    passed: NDArray[np.float64]
    """(T + L,) weighted count of each turn, then of each link's outside queue"""
    passed_into: NDArray[np.float64]
    passes_s: NDArray[np.float64]
    """(G, PASSES) when vehicles on the circle pass"""
    passes_used: NDArray[np.int64]
    drive_time_s: NDArray[np.float64]
    delay_s: NDArray[np.float64]
    stops_veh: NDArray[np.int64]
    totals: NDArray[np.int64]

    # Awaited arrivals and signs passed by those who read them, (V,)
    told_arrived: NDArray[np.int64]
    told_arrived_at_s: NDArray[np.float64]
    told_passed: NDArray[np.int64]
    told_passed_link: NDArray[np.int64]


def town_of(**arrays: NDArray[Any]) -> Town:
    """A town of these arrays; those that are not named are empty."""
    missing = {
        name: np.zeros(EMPTY.get(name, (0,)), dtype=dtype_of(name)) for name in Town._fields if name not in arrays
    }
    return Town(**arrays, **missing)


def town_example() -> tuple[Any, ...]:
    """Arguments of the kernel: a town without streets."""
    return 0.0, 0.0, 1.0, town_of()


def layout() -> str:
    """Short name of all fields, their order and types."""
    text = ";".join(f"{name}:{dtype_of(name)}:{len(EMPTY.get(name, (0,)))}" for name in Town._fields)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def dtype_of(field: str) -> str:
    """Type of the elements, from the annotation `NDArray[np.type]`."""
    return str(Town.__annotations__[field]).partition("[np.")[2].rstrip("]')")
