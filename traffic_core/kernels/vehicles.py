"""Moves every vehicle of the town: free driving, queues at the stop line, spillback.

Spatial queue model: a vehicle drives at free speed to the stop line, queues there in its lane group, discharges at
saturation flow while its turn is open, and enters the next link only while that link has room.  What it leaves out is
written in docs/model_simulator.md.

Every vehicle is in exactly one queue or in none.  With L links and G lane groups the queues are: 0..L-1 those who wait
outside to enter link l, L..2L-1 those who drive on link l, 2L..2L+G-1 those who stand in lane group g.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY = -1
ENDS_HERE = -2
FLOW_MEMORY_S = 60.0


class Streets(NamedTuple):
    """What does not change while vehicles move."""

    free_flow_s: NDArray[np.float64]
    """(L,) at least one second"""
    entry_headway_s: NDArray[np.float64]
    """(L,) shortest time between two vehicles into or out of the link: 1 / capacity"""
    storage_veh: NDArray[np.int64]
    first_turn: NDArray[np.int64]
    """(L + 1,)"""
    turn_to: NDArray[np.int64]
    turn_group: NDArray[np.int64]
    first_group: NDArray[np.int64]
    """(L + 1,)"""
    group_storage_veh: NDArray[np.int64]
    group_headway_s: NDArray[np.float64]
    """(G,) 1 / saturation flow; the follow-up time where the group gives way"""
    critical_gap_s: NDArray[np.float64]
    """(G,) 0 where the group has priority or a signal"""
    first_conflict: NDArray[np.int64]
    """(G + 1,)"""
    conflict_group: NDArray[np.int64]
    conflict_weight: NDArray[np.float64]
    """Share of the other group's flow that this group must let pass."""
    has_sign: NDArray[np.uint8]
    """(L,)"""


class Vehicles(NamedTuple):
    """One row per vehicle slot, (V,)."""

    next_in_queue: NDArray[np.int64]
    link: NDArray[np.int64]
    """Link it is on, or waits to enter; NOBODY for an empty slot"""
    destination: NDArray[np.int64]
    """Row of `next_link`"""
    turn: NDArray[np.int64]
    """Turn it queues for, once it stands at a stop line"""
    ready_at_s: NDArray[np.float64]
    """Earliest time at the stop line, or to enter the network"""
    on_link_since_s: NDArray[np.float64]
    follower: NDArray[np.uint8]
    """1 for drivers who read signs"""


class Queues(NamedTuple):
    """What changes from second to second."""

    head: NDArray[np.int64]
    """(2L + G,) first vehicle"""
    tail: NDArray[np.int64]
    length: NDArray[np.int64]
    on_link_veh: NDArray[np.int64]
    """(L,)"""
    entry_free_s: NDArray[np.float64]
    """(L,) when the next vehicle may enter"""
    exit_free_s: NDArray[np.float64]
    """(L,) when the next vehicle may end its trip at the link's end"""
    group_free_s: NDArray[np.float64]
    """(G,) when the next vehicle may cross the stop line; stands still during red"""
    group_flow_veh_s: NDArray[np.float64]
    """(G,) smoothed flow over the stop line"""
    link_entered_veh: NDArray[np.int64]
    """(L,) since the start"""
    link_left_veh: NDArray[np.int64]
    first_entry: NDArray[np.int64]
    """(L + 1,) ring of the latest entry times of each link, empty where nobody wants to know them"""
    entry_at_s: NDArray[np.float64]
    drive_time_s: NDArray[np.float64]
    """(L,) sum over vehicles that left the link since somebody set it to zero"""
    drive_count_veh: NDArray[np.int64]
    totals_veh: NDArray[np.int64]
    """(2,) entered the network, left the network"""


class Events(NamedTuple):
    """What happened during one call; must have room for every vehicle once per second."""

    arrived: NDArray[np.int64]
    arrived_at_s: NDArray[np.float64]
    passed_vehicle: NDArray[np.int64]
    passed_link: NDArray[np.int64]
    used: NDArray[np.int64]
    """(2,) rows used of arrived and of passed"""


class Town(NamedTuple):
    """Everything the kernel works on."""

    streets: Streets
    vehicles: Vehicles
    queues: Queues
    events: Events


def _push(town: Town, queue: int, vehicle: int) -> None:
    queues = town.queues
    town.vehicles.next_in_queue[vehicle] = NOBODY
    if queues.length[queue] == 0:
        queues.head[queue] = vehicle
    else:
        town.vehicles.next_in_queue[queues.tail[queue]] = vehicle
    queues.tail[queue] = vehicle
    queues.length[queue] += 1


push = inner(_push)


def _pop(town: Town, queue: int) -> int:
    vehicle = town.queues.head[queue]
    town.queues.head[queue] = town.vehicles.next_in_queue[vehicle]
    town.queues.length[queue] -= 1
    return int(vehicle)


pop = inner(_pop)


def _enter(vehicle: int, link: int, at_s: float, town: Town) -> None:
    """Put a vehicle at the start of a link."""
    streets, vehicles, queues, events = town
    vehicles.link[vehicle] = link
    vehicles.on_link_since_s[vehicle] = at_s
    vehicles.ready_at_s[vehicle] = at_s + streets.free_flow_s[link]
    push(town, streets.free_flow_s.size + link, vehicle)
    queues.entry_free_s[link] = at_s + streets.entry_headway_s[link]
    queues.on_link_veh[link] += 1
    room = queues.first_entry[link + 1] - queues.first_entry[link]
    if room > 0:
        queues.entry_at_s[queues.first_entry[link] + queues.link_entered_veh[link] % room] = at_s
    queues.link_entered_veh[link] += 1
    if vehicles.follower[vehicle] == 1 and streets.has_sign[link] == 1:
        events.passed_vehicle[events.used[1]] = vehicle
        events.passed_link[events.used[1]] = link
        events.used[1] += 1


enter = inner(_enter)


def _leave(vehicle: int, link: int, at_s: float, town: Town) -> None:
    """Take a vehicle off a link at its downstream end."""
    queues = town.queues
    queues.on_link_veh[link] -= 1
    queues.link_left_veh[link] += 1
    queues.drive_time_s[link] += at_s - town.vehicles.on_link_since_s[vehicle]
    queues.drive_count_veh[link] += 1


leave = inner(_leave)


def _let_in(t: float, link: int, town: Town) -> None:
    """Start the trips that wait outside this link, as far as it has room."""
    queues = town.queues
    while queues.length[link] > 0 and queues.on_link_veh[link] < town.streets.storage_veh[link]:
        at_s = max(town.vehicles.ready_at_s[queues.head[link]], queues.entry_free_s[link], t)
        if at_s >= t + 1.0:
            break
        queues.totals_veh[0] += 1
        enter(pop(town, link), link, at_s, town)


let_in = inner(_let_in)


def _end_trip(at_s: float, link: int, town: Town) -> None:
    """The first vehicle that drives on a link arrives at its end."""
    streets, vehicles, queues, events = town
    vehicle = pop(town, streets.free_flow_s.size + link)
    leave(vehicle, link, at_s, town)
    queues.exit_free_s[link] = at_s + streets.entry_headway_s[link]
    vehicles.link[vehicle] = NOBODY
    queues.totals_veh[1] += 1
    events.arrived[events.used[0]] = vehicle
    events.arrived_at_s[events.used[0]] = at_s
    events.used[0] += 1


end_trip = inner(_end_trip)


def _turn_between(link: int, into: int, streets: Streets) -> int:
    for turn in range(streets.first_turn[link], streets.first_turn[link + 1]):
        if streets.turn_to[turn] == into:
            return turn
    return NOBODY


turn_between = inner(_turn_between)


def _reach_stop_line(t: float, link: int, next_link: NDArray[np.int64], town: Town) -> None:
    """Vehicles at the end of their free drive end their trip or join a lane group; a full lane group holds all.

    From then on a vehicle keeps to its turn, wherever its driver would rather go meanwhile.
    """
    streets, vehicles, queues, _ = town
    driving = streets.free_flow_s.size + link
    while queues.length[driving] > 0:
        vehicle = queues.head[driving]
        if vehicles.ready_at_s[vehicle] >= t + 1.0:
            break
        into = next_link[vehicles.destination[vehicle], link]
        if into == ENDS_HERE:
            at_s = max(vehicles.ready_at_s[vehicle], queues.exit_free_s[link], t)
            if at_s >= t + 1.0:
                break
            end_trip(at_s, link, town)
            continue
        turn = turn_between(link, into, streets)
        if turn == NOBODY:
            break
        standing = 2 * streets.free_flow_s.size + streets.turn_group[turn]
        if queues.length[standing] >= streets.group_storage_veh[streets.turn_group[turn]]:
            break
        vehicles.turn[vehicle] = turn
        push(town, standing, pop(town, driving))


reach_stop_line = inner(_reach_stop_line)


def _headway_s(group: int, streets: Streets, queues: Queues) -> float:
    """Time between two vehicles over the stop line: saturation headway, or 1 / capacity of gap acceptance.

    Source: Siegloch (1973), as in HBS and HCM: c = q exp(-q t_c) / (1 - exp(-q t_f)) for exponential gaps.
    """
    follow_up_s = streets.group_headway_s[group]
    if streets.critical_gap_s[group] == 0.0:
        return float(follow_up_s)
    flow_veh_s = 0.0
    for k in range(streets.first_conflict[group], streets.first_conflict[group + 1]):
        flow_veh_s += streets.conflict_weight[k] * queues.group_flow_veh_s[streets.conflict_group[k]]
    if flow_veh_s < 1e-9:
        return float(follow_up_s)
    capacity = flow_veh_s * math.exp(-flow_veh_s * streets.critical_gap_s[group])
    return float(max(follow_up_s, (1.0 - math.exp(-flow_veh_s * follow_up_s)) / capacity))


headway_s = inner(_headway_s)


def _is_open(link: int, group: int, open_turn: NDArray[np.uint8], streets: Streets) -> bool:
    for turn in range(streets.first_turn[link], streets.first_turn[link + 1]):
        if streets.turn_group[turn] == group and open_turn[turn] == 1:
            return True
    return False


is_open = inner(_is_open)


def _discharge(t: float, link: int, group: int, open_turn: NDArray[np.uint8], town: Town) -> int:
    """Vehicles of one lane group cross the stop line during the second from t; return how many."""
    streets, vehicles, queues, _ = town
    if not is_open(link, group, open_turn, streets):
        if queues.group_free_s[group] > t:
            queues.group_free_s[group] += 1.0  # the headway in progress goes on with the next green
        return 0
    standing = 2 * streets.free_flow_s.size + group
    served = 0
    while queues.length[standing] > 0:
        vehicle = queues.head[standing]
        into = streets.turn_to[vehicles.turn[vehicle]]
        if open_turn[vehicles.turn[vehicle]] == 0 or queues.on_link_veh[into] >= streets.storage_veh[into]:
            break
        at_s = max(vehicles.ready_at_s[vehicle], queues.group_free_s[group], queues.entry_free_s[into], t)
        if at_s >= t + 1.0:
            break
        pop(town, standing)
        leave(vehicle, link, at_s, town)
        queues.group_free_s[group] = at_s + headway_s(group, streets, queues)
        enter(vehicle, into, at_s, town)
        served += 1
    return served


discharge = inner(_discharge)


def _odd_ones(number: int) -> int:
    """Parity of the number of ones in a binary number: the Thue-Morse sequence."""
    parity = 0
    while number > 0:
        parity ^= number & 1
        number >>= 1
    return parity


odd_ones = inner(_odd_ones)


def _town_example(vehicles: int, queues: int) -> Town:
    """A town without streets, with arrays of the right kinds."""
    ints, floats, bits = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.uint8)
    start, two = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    slots, line = np.zeros(vehicles, dtype=np.int64), np.zeros(queues, dtype=np.int64)
    return Town(
        Streets(floats, floats, ints, start, ints, ints, start, ints, floats, floats, start, ints, floats, bits),
        Vehicles(slots, ints, ints, ints, floats, floats, bits),
        Queues(line, line, line, ints, *(floats,) * 4, ints, ints, start, floats, floats, ints, two),
        Events(ints, floats, ints, ints, two),
    )


def _wait_outside_example() -> tuple[Any, ...]:
    return 0, 0, _town_example(1, 1)


def _wait_outside(vehicle: int, link: int, town: Town) -> None:
    """Let a vehicle, whose row is filled, wait to enter the network by a link; it enters in `advance`."""
    push(town, link, vehicle)


wait_outside = kernel(_wait_outside_example)(_wait_outside)


def _advance_example() -> tuple[Any, ...]:
    return 0.0, np.zeros((1, 0), dtype=np.uint8), np.zeros((0, 0), dtype=np.int64), _town_example(0, 0)


def _advance(start_s: float, open_turn: NDArray[np.uint8], next_link: NDArray[np.int64], town: Town) -> None:
    """Advance all vehicles by n seconds from `start_s`.

    open_turn : (n, T) 1 where a turn may be driven in that second
    next_link : (D, L) as `paths.trees` gives it

    Links are worked off forwards or backwards after the Thue-Morse sequence, so that two links that merge take turns
    whatever the rhythm in which room becomes free.
    """
    streets, vehicles, queues, events = town
    links = streets.free_flow_s.size
    events.used[:] = 0
    for second in range(open_turn.shape[0]):
        t = start_s + second
        backwards = odd_ones(int(t)) == 1
        for k in range(links):
            link = links - 1 - k if backwards else k
            driving = links + link
            if queues.length[link] > 0:
                let_in(t, link, town)
            if queues.length[driving] > 0 and vehicles.ready_at_s[queues.head[driving]] < t + 1.0:
                reach_stop_line(t, link, next_link, town)
            for group in range(streets.first_group[link], streets.first_group[link + 1]):
                served = 0
                if queues.length[2 * links + group] > 0 or queues.group_free_s[group] > t:
                    served = discharge(t, link, group, open_turn[second], town)
                queues.group_flow_veh_s[group] += (served - queues.group_flow_veh_s[group]) / FLOW_MEMORY_S


advance = kernel(_advance_example)(_advance)
