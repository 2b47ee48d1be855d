"""Moves every vehicle of a town by kinematic waves: free driving, queues with a length, spillback.

Newell's model for each vehicle: it leaves a link no earlier than its free driving time after it entered and one headway
after the one before it, and enters no earlier than one backward wave after that one left whose place it takes.  Times
are exact; a step only bounds how late a node hears of its neighbours.
Sources: Newell (1993), Transportation Research B 27; Daganzo (1995), same journal 29; docs/models/simulation.md.
Queues: 0..L-1 outside link l, L..2L-1 on it, 2L..2L+G-1 in a lane group where there are several.  A "pce" is a car.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core import traffic_arrays as fields
from traffic_core.jit import bare_inner, bare_kernel
from traffic_core.traffic_arrays import ENDS_HERE, NOBODY, PASSES, town_example

if TYPE_CHECKING:
    from traffic_core.traffic_arrays import Town

LAYOUT = "6cb84744"  # of the fields of `Town`: see `traffic_arrays.layout`
SHUT, OPEN, CLEARING, PAUSED = range(4)  # a group at a signal; CLEARING: one left after green, PAUSED: in a headway
EPSILON, STOP_S = 1e-9, 2.0  # who waits longer than that at the end of a link has stopped


@bare_inner
def push(town: Town, queue: int, vehicle: int) -> None:
    """Put a vehicle at the end of a queue."""
    town.vehicle_next_in_queue[vehicle] = NOBODY
    if town.length[queue] == 0:
        town.head[queue] = vehicle
    else:
        town.vehicle_next_in_queue[town.tail[queue]] = vehicle
    town.tail[queue] = vehicle
    town.length[queue] += 1


@bare_inner
def pop(town: Town, queue: int) -> int:
    """Take the first vehicle out of a queue."""
    vehicle = town.head[queue]
    town.head[queue] = town.vehicle_next_in_queue[vehicle]
    town.length[queue] -= 1
    return int(vehicle)


@bare_inner
def room_from_s(link: int, town: Town) -> float:
    """When the link has room for one more car: what left a wave ago; inf while nobody knows.

    Where a place is only in part free, the rest follows at the link's headway.  A lorry takes the place of a car first:
    at a merge it would never get two at once.
    """
    need, first = town.entered_pce[link] + 1.0 - town.room_pce[link], town.first_ring[link]
    if need <= EPSILON:
        return -math.inf
    left, k, size = town.left_veh[link], town.felt_veh[link], town.first_ring[link + 1] - first
    while k < left and town.left_sum_pce[first + k % size] <= need + EPSILON:
        k += 1
    while k > 0 and town.left_sum_pce[first + (k - 1) % size] > need + EPSILON:
        k -= 1
    town.felt_veh[link] = k
    if k == 0:
        return -math.inf if left > 0 or need < 1.0 - EPSILON else math.inf
    at_s, rest = town.left_at_s[first + (k - 1) % size], need - town.left_sum_pce[first + (k - 1) % size]
    if rest > EPSILON:
        if k == left and rest >= 1.0 - EPSILON:
            return math.inf
        at_s += rest * town.exit_headway_s[link]
    return float(at_s + town.wave_s[link])


@bare_inner
def enter(vehicle: int, link: int, at_s: float, town: Town) -> None:
    """Put a vehicle at the start of a link.  Where it is possible to overtake, the slow are not told apart."""
    kind = town.vehicle_kind[vehicle]
    pce = town.kind_pce[kind]
    town.vehicle_link[vehicle] = link
    town.vehicle_turn[vehicle] = NOBODY
    town.vehicle_since_s[vehicle] = at_s
    slow_s = town.length_m[link] / town.kind_speed_m_s[kind] if town.may_overtake[link] == 0 else 0.0
    ready_s = town.vehicle_ready_at_s[vehicle] = at_s + max(town.free_flow_s[link], slow_s)
    push(town, town.free_flow_s.size + link, vehicle)
    first = town.first_ring[link]
    town.entered_at_s[first + town.entered_veh[link] % (town.first_ring[link + 1] - first)] = at_s
    town.entry_free_s[link] = at_s + town.entry_headway_s[link] * pce
    town.entered_veh[link] += 1
    town.entered_pce[link] += pce
    node = town.to_node[link]
    town.wake_s[node] = min(town.wake_s[node], ready_s)
    if town.vehicle_flags[vehicle] & fields.READS_SIGNS and town.has_sign[link] == 1:
        town.told_passed[town.totals[fields.PASSED]] = vehicle
        town.told_passed_link[town.totals[fields.PASSED]] = link
        town.totals[fields.PASSED] += 1


@bare_inner
def leave(vehicle: int, link: int, at_s: float, town: Town) -> None:
    """Take a vehicle off a link at its end."""
    pce = town.kind_pce[town.vehicle_kind[vehicle]]
    waited_s = at_s - town.vehicle_ready_at_s[vehicle]
    town.exit_free_s[link] = at_s + town.exit_headway_s[link] * pce
    town.least_free_s[link] = at_s + town.least_headway_s[link] * pce
    town.left_pce[link] += pce
    first = town.first_ring[link]
    place = first + town.left_veh[link] % (town.first_ring[link + 1] - first)
    town.left_at_s[place] = at_s
    town.left_sum_pce[place] = town.left_pce[link]
    town.left_veh[link] += 1
    town.vehicle_driven_m[vehicle] += town.length_m[link]
    town.drive_time_s[link] += at_s - town.vehicle_since_s[vehicle]
    town.delay_s[link] += waited_s
    town.stops_veh[link] += waited_s > STOP_S


@bare_inner
def vanish(vehicle: int, at_s: float, is_lost: bool, town: Town) -> None:
    """End a trip; the slot is free again unless somebody waits to hear of it."""
    town.vehicle_link[vehicle] = NOBODY
    town.totals[fields.LEFT] += 1
    town.totals[fields.LOST] += is_lost
    at_s = math.inf if is_lost else at_s
    if town.vehicle_trip[vehicle] != NOBODY:
        town.trip_end_s[town.vehicle_trip[vehicle]] = at_s
    if town.vehicle_flags[vehicle] & fields.IS_AWAITED:
        town.told_arrived[town.totals[fields.ARRIVED]] = vehicle
        town.told_arrived_at_s[town.totals[fields.ARRIVED]] = at_s
        town.totals[fields.ARRIVED] += 1
    else:
        town.vehicle_free_slots[town.totals[fields.FREE_SLOTS]] = vehicle
        town.totals[fields.FREE_SLOTS] += 1


@bare_inner
def turn_of(vehicle: int, link: int, town: Town) -> int:
    """Turn that a vehicle takes at the end of its link; ENDS_HERE or NOBODY where it takes none."""
    if town.vehicle_fixed_at[vehicle] != NOBODY:
        into = int(town.fixed[town.vehicle_fixed_at[vehicle]])
    else:
        into = int(town.next_link[town.vehicle_tree[vehicle], town.vehicle_destination[vehicle], link])
    if into < 0:
        return into
    for turn in range(town.first_turn[link], town.first_turn[link + 1]):
        if town.turn_to[turn] == into:
            return turn
    return NOBODY


@bare_inner
def settle(link: int, end_s: float, town: Town) -> None:
    """Vehicles that reach the end of a link before `end_s` end their trip or choose a turn and its lane group.

    A full lane group holds all behind.  From then on a vehicle keeps to its turn, wherever it would rather go.
    """
    links = town.free_flow_s.size
    groups = town.first_group[link + 1] - town.first_group[link]
    while town.length[links + link] > 0:
        vehicle = town.head[links + link]
        if town.vehicle_ready_at_s[vehicle] >= end_s or (groups == 1 and town.vehicle_turn[vehicle] != NOBODY):
            return
        turn = turn_of(vehicle, link, town)
        if turn < 0:
            at_s = max(town.vehicle_ready_at_s[vehicle], town.exit_free_s[link], town.least_free_s[link])
            if at_s >= end_s:
                return
            pop(town, links + link)
            leave(vehicle, link, at_s, town)
            vanish(vehicle, at_s, turn != ENDS_HERE, town)
            continue
        if groups > 1:
            group = town.turn_group[turn]
            pce = town.kind_pce[town.vehicle_kind[vehicle]]
            if town.group_pce[group] > 0.0 and town.group_pce[group] + pce > town.group_room_pce[group]:
                return
            town.group_pce[group] += pce
            push(town, 2 * links + group, pop(town, links + link))
        town.vehicle_turn[vehicle] = turn


@bare_inner
def is_green(turn: int, at_s: float, town: Town) -> bool:
    """Whether no signal forbids a turn."""
    signal = town.turn_signal[turn]
    second = int(math.floor(at_s + EPSILON) - town.origin_s[signal]) if signal != NOBODY else 0
    return bool(signal == NOBODY or town.green[signal, second % town.cycle_s[signal]] == 1)


@bare_inner
def clear_from_s(turn: int, from_s: float, at_s: float, gap_s: float, town: Town) -> float:
    """When nobody who drives `turn` passes within the gap, from `at_s` on.  Who cannot go on himself stops nobody."""
    group = town.turn_group[turn]
    link, headway_s = town.group_link[group], town.group_headway_s[group]
    if not is_green(turn, from_s, town) or town.exit_free_s[link] >= at_s + gap_s:
        return at_s
    passes_s = max(town.group_free_s[group], from_s) - headway_s
    for queue in (2 * town.free_flow_s.size + group, town.free_flow_s.size + link):
        vehicle = town.head[queue] if town.length[queue] > 0 else NOBODY
        while vehicle != NOBODY and max(town.vehicle_ready_at_s[vehicle], passes_s + headway_s) < at_s + gap_s:
            passes_s, chosen = max(town.vehicle_ready_at_s[vehicle], passes_s + headway_s), town.vehicle_turn[vehicle]
            if chosen == NOBODY:
                chosen = turn_of(vehicle, link, town)
            if chosen >= 0:
                room_s = max(room_from_s(town.turn_to[chosen], town), town.entry_free_s[town.turn_to[chosen]])
                waits = town.critical_gap_s[chosen] > 0.0 and town.vehicle_ready_at_s[vehicle] <= from_s
                if room_s >= at_s + gap_s or (waits and chosen != turn):
                    break  # cannot go on, or waits for a gap himself, and holds those behind
            if chosen == turn:
                at_s = max(at_s, passes_s + 2.0 * EPSILON)
            vehicle = town.vehicle_next_in_queue[vehicle]
    return at_s


@bare_inner
def gap_from_s(turn: int, from_s: float, end_s: float, town: Town) -> float:
    """When no superior vehicle comes within the critical gap, from `from_s` on; >= `end_s`: not yet."""
    group, gap_s = town.turn_group[turn], town.critical_gap_s[turn]
    before_s, at_s = -math.inf, from_s
    while before_s < at_s < end_s:
        before_s = at_s
        for k in range(min(PASSES, town.passes_used[group])):
            if town.passes_s[group, k] - gap_s < at_s < town.passes_s[group, k] - EPSILON:
                at_s = town.passes_s[group, k]
        for k in range(town.first_superior[turn], town.first_superior[turn + 1]):
            if town.superior_after_s[k] < 0.0:
                at_s = clear_from_s(town.superior_turn[k], from_s, at_s, gap_s, town)
    return at_s


@bare_inner
def queue_of(group: int, town: Town) -> int:
    """Queue of a lane group: that of its link where it is the only one."""
    link, links = town.group_link[group], town.free_flow_s.size
    return int(links + link if town.first_group[link + 1] - town.first_group[link] == 1 else 2 * links + group)


@bare_inner
def obey_signal(group: int, start_s: float, end_s: float, town: Town) -> None:
    """Once before a second is worked off: what red and the begin of green mean for the first of a lane group."""
    queue = queue_of(group, town)
    vehicle = town.head[queue]
    if town.length[queue] == 0 or town.vehicle_turn[vehicle] == NOBODY:
        return
    turn, free_s = town.vehicle_turn[vehicle], town.group_free_s[group]
    if is_green(turn, start_s, town):
        if town.group_open[group] == SHUT and free_s <= start_s:  # a middle crosses half a headway after its front
            pce = town.kind_pce[town.vehicle_kind[vehicle]]
            town.group_free_s[group] = start_s + 0.5 * town.group_headway_s[group] * pce
        town.group_open[group] = OPEN
    elif town.critical_gap_s[turn] == 0.0 or town.vehicle_ready_at_s[vehicle] >= start_s:
        goes_on = town.group_open[group] != SHUT and free_s >= start_s
        town.group_open[group] = PAUSED if goes_on else SHUT
        town.group_free_s[group] += (end_s - start_s) * goes_on  # a headway that red interrupts goes on with green


@bare_inner
def crossing_s(group: int, start_s: float, end_s: float, town: Town) -> float:
    """When the first vehicle of a lane group can cross; from `end_s` on: not before then; inf without a vehicle."""
    link, queue = town.group_link[group], queue_of(group, town)
    if town.length[queue] == 0:
        return math.inf
    vehicle = town.head[queue]
    turn, ready_s = town.vehicle_turn[vehicle], town.vehicle_ready_at_s[vehicle]
    if ready_s >= end_s or turn == NOBODY:
        return float(max(end_s, ready_s))
    free_s, sneaks = town.group_free_s[group], False
    if town.turn_signal[turn] != NOBODY:
        if not is_green(turn, start_s, town):
            # who waits inside the junction for a gap leaves it when green ends: two at most
            sneaks = town.critical_gap_s[turn] > 0.0 and ready_s < start_s
            sneaks = sneaks and town.group_open[group] in (OPEN, CLEARING)
            if not sneaks or free_s >= end_s:
                return end_s
        free_s = max(free_s, start_s)
    into = town.turn_to[turn]
    at_s = max(ready_s, free_s, town.exit_free_s[link], town.least_free_s[link])
    at_s = max(at_s, town.entry_free_s[into], town.node_free_s[town.to_node[link]])
    if at_s < end_s:
        at_s = max(at_s, room_from_s(into, town))
    if sneaks and at_s >= end_s:
        town.group_open[group] = SHUT
    elif at_s < end_s and town.critical_gap_s[turn] > 0.0 and not sneaks:
        at_s = gap_from_s(turn, max(at_s, start_s), end_s, town)
    return float(end_s if at_s == math.inf or (town.turn_signal[turn] != NOBODY and at_s > end_s) else at_s)


@bare_inner
def cross(group: int, at_s: float, town: Town) -> None:
    """The first vehicle of a lane group drives into the next link."""
    link, queue = town.group_link[group], queue_of(group, town)
    vehicle = pop(town, queue)
    turn, pce = town.vehicle_turn[vehicle], town.kind_pce[town.vehicle_kind[vehicle]]
    into = town.turn_to[turn]
    if queue >= 2 * town.free_flow_s.size:
        town.group_pce[group] -= pce
    # who was late only because the entry of the next link was taken does not hold up those behind
    began_s = max(town.vehicle_ready_at_s[vehicle], at_s - town.entry_headway_s[into] * pce)
    exit_began_s = min(at_s, max(began_s, town.exit_free_s[link]))
    leave(vehicle, link, at_s, town)
    town.exit_free_s[link] = exit_began_s + town.exit_headway_s[link] * pce
    if town.turn_signal[turn] != NOBODY and not is_green(turn, at_s, town):
        town.group_open[group] = CLEARING if town.group_open[group] == OPEN else SHUT
    began_s = min(at_s, max(began_s, town.group_free_s[group])) if town.critical_gap_s[turn] == 0.0 else at_s
    town.group_free_s[group] = began_s + max(town.group_headway_s[group] * pce, town.follow_up_s[turn])
    town.node_free_s[town.to_node[link]] = at_s + town.node_headway_s[town.to_node[link]] * pce
    town.passed_into[into] = max(town.passed[turn], town.passed_into[into])
    town.passed[turn] = town.passed_into[into] + pce / town.priority[link]
    for k in range(town.first_inferior[turn], town.first_inferior[turn + 1]):
        other = town.inferior_group[k]
        town.passes_s[other, town.passes_used[other] % PASSES] = at_s + town.inferior_after_s[k]
        town.passes_used[other] += 1
    if town.vehicle_fixed_at[vehicle] != NOBODY:
        town.vehicle_fixed_at[vehicle] += 1
    enter(vehicle, into, at_s, town)


@bare_inner
def start(link: int, at_s: float, town: Town) -> None:
    """The first of those who wait outside a link enters it."""
    vehicle, place = pop(town, link), town.turn_to.size + link
    share = town.kind_pce[town.vehicle_kind[vehicle]] / town.priority[town.free_flow_s.size + link]
    town.passed_into[link] = max(town.passed[place], town.passed_into[link])
    town.passed[place] = town.passed_into[link] + share
    town.totals[fields.ENTERED] += 1
    enter(vehicle, link, at_s, town)


@bare_inner
def work_node(node: int, start_s: float, end_s: float, town: Town) -> float:
    """Let everything happen at a node until `end_s`, in the order of time; return when it is worth looking again.

    Of those who could enter a link in the same moment the one whose stream had the least for its weight goes.
    """
    for k in range(town.first_in[node], town.first_in[node + 1]):
        settle(town.group_link[town.in_group[k]], end_s, town)
        if town.has_signal[node] == 1:
            obey_signal(town.in_group[k], start_s, end_s, town)
    while True:
        best, best_s, best_passed, wake_s, starts = NOBODY, end_s, math.inf, math.inf, False
        for k in range(town.first_in[node], town.first_in[node + 1]):
            group = town.in_group[k]
            at_s = crossing_s(group, start_s, end_s, town)
            wake_s = min(wake_s, at_s)
            if at_s < end_s and at_s <= best_s + EPSILON:
                turn = town.vehicle_turn[town.head[queue_of(group, town)]]
                passed = max(town.passed[turn], town.passed_into[town.turn_to[turn]])
                if at_s < best_s - EPSILON or passed < best_passed:
                    best, best_s, best_passed = group, at_s, passed
        for k in range(town.first_out[node], town.first_out[node + 1]):
            link = town.out_link[k]
            if town.length[link] == 0:
                continue
            at_s = max(town.vehicle_ready_at_s[town.head[link]], town.entry_free_s[link], room_from_s(link, town))
            wake_s = min(wake_s, end_s if at_s == math.inf else at_s)
            if at_s < end_s and at_s <= best_s + EPSILON:
                passed = max(town.passed[town.turn_to.size + link], town.passed_into[link])
                if at_s < best_s - EPSILON or passed < best_passed:
                    best, best_s, best_passed, starts = link, at_s, passed, True
        if best == NOBODY:
            for k in range(town.first_in[node], town.first_in[node + 1]):
                driving = town.free_flow_s.size + town.group_link[town.in_group[k]]
                if town.length[driving] > 0:
                    wake_s = min(wake_s, max(end_s, town.vehicle_ready_at_s[town.head[driving]]))
            return wake_s
        if starts:
            start(best, best_s, town)
        else:
            cross(best, best_s, town)
            settle(town.group_link[best], end_s, town)


def _advance(from_s: float, until_s: float, step_s: float, town: Town) -> float:
    """Move all vehicles from `from_s` until `until_s`, or to the end of the first step in which somebody is told.

    step_s : longest step; steps end at its multiples.  Nodes with signals are worked off second by second.
    Returns the time reached, s; `town.totals[fields.ARRIVED]` and `[fields.PASSED]` count the rows of `town.told_...`.
    """
    town.totals[fields.ARRIVED] = 0
    town.totals[fields.PASSED] = 0
    now_s = from_s
    while now_s < until_s and town.totals[fields.ARRIVED] + town.totals[fields.PASSED] == 0:
        end_s = min(until_s, (math.floor(now_s / step_s + EPSILON) + 1.0) * step_s)
        for node in range(town.has_signal.size):
            start_s = now_s
            while town.wake_s[node] < end_s and start_s < end_s:
                part_s = min(end_s, math.floor(start_s + EPSILON) + 1.0) if town.has_signal[node] == 1 else end_s
                if town.wake_s[node] < part_s:
                    town.wake_s[node] = math.inf
                    town.wake_s[node] = min(town.wake_s[node], work_node(node, start_s, part_s, town))
                start_s = part_s
        now_s = end_s
    return now_s


advance = bare_kernel(town_example)(_advance)
