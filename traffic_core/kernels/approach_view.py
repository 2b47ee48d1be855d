"""Where the vehicles of the traffic kernel are on the approaches of signals, as an area detector would see them.

The traffic kernel knows when a vehicle entered its link, when it could be at the end, and the order of those who wait.
In between it stands as far from the stop line as those before it in its lane allow.  Newell (2002), Transportation
Research B 36, 195-205: it follows the one before it at the spacing of a standing queue, one reaction time later; so the
wave of starting runs back through the queue as in the traffic kernel.  Who has crossed the stop line drives on freely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Ints = NDArray[np.int64]
    _Floats = NDArray[np.float64]

NOBODY = -1
LONG_AGO_S = -1e9


class Queues(NamedTuple):
    """Fields of the traffic kernel's town under the same names."""

    head: _Ints
    length: _Ints
    first_group: _Ints
    group_link: _Ints
    first_turn: _Ints
    turn_to: _Ints
    turn_group: _Ints
    length_m: _Floats
    kind_pce: _Floats
    next_link: NDArray[np.int32]
    fixed: _Ints
    vehicle_next_in_queue: _Ints
    vehicle_link: _Ints
    vehicle_destination: _Ints
    vehicle_tree: _Ints
    vehicle_kind: _Ints
    vehicle_turn: _Ints
    vehicle_fixed_at: _Ints
    vehicle_ready_at_s: _Floats
    vehicle_since_s: _Floats


class Watched(NamedTuple):
    """Links that are watched (N), their lane groups (G, of the whole town) and lanes (M), and what is remembered."""

    link: _Ints
    reach_m: _Floats
    spacing_m: _Floats
    """(N,) between the fronts of standing cars of one lane"""
    speed_m_s: _Floats
    """(N,)"""
    first_lane: _Ints
    """(G + 1,) lanes of group g: first_lane[g] to first_lane[g + 1] - 1; none where its link is not watched"""
    lane_number: _Ints
    """(M,) from the right, from 1"""
    reaction_s: _Floats
    """(M,) between two vehicles that start out of a queue, beyond the time for the spacing at free speed"""
    lane_veh: _Ints
    """(M,) vehicles on it, while they are counted"""
    lane_head: _Ints
    """(M,) slot of the first vehicle a look ago, NOBODY without one"""
    lane_head_since_s: _Floats
    lane_left_s: _Floats
    """(M,) when the latest crossed the stop line"""


class Slots(NamedTuple):
    """What is remembered of each slot (V)."""

    since_s: _Floats
    """When the vehicle that is meant entered its link: a slot is used again"""
    link: _Ints
    lane: _Ints
    """Of `Watched`"""
    at_m: _Floats
    """From the stop line, a look ago"""
    before_m: _Floats
    """Two looks ago"""


def _group_of(vehicle: int, link: int, queues: Queues) -> int:
    """Lane group that a vehicle takes; the first of the link for one that ends there."""
    turn = queues.vehicle_turn[vehicle]
    if turn == NOBODY:
        if queues.vehicle_fixed_at[vehicle] != NOBODY:
            into = queues.fixed[queues.vehicle_fixed_at[vehicle]]
        else:
            into = np.int64(queues.next_link[queues.vehicle_tree[vehicle], queues.vehicle_destination[vehicle], link])
        for t in range(queues.first_turn[link], queues.first_turn[link + 1]):
            if into >= 0 and queues.turn_to[t] == into:
                turn = t
                break
    return int(queues.turn_group[turn]) if turn != NOBODY else int(queues.first_group[link])


def _is_same(vehicle: int, link: int, since_s: float, slots: Slots) -> bool:
    return bool(slots.link[vehicle] == link and slots.since_s[vehicle] == since_s)


_group_of_inner = inner(_group_of)
_is_same_inner = inner(_is_same)


def _see_approaches(
    now_s: float,
    past_s: float,
    queues: Queues,
    watched: Watched,
    slots: Slots,
    out_row: _Ints,
    out_lane: _Ints,
    out_m: _Floats,
    out_m_s: _Floats,
) -> int:
    """Place all vehicles of the watched links, list those within reach; return how many, at most the room in `out_`.

    past_s : time since the last look; positions are as good as this is near 1 s
    out_row, out_lane, out_m, out_m_s : written: row of the link, number of the lane, distance to the stop line, speed
    """
    links = queues.length_m.size
    count = 0
    order = np.empty(0, np.int64)
    for n in range(watched.link.size):
        link = watched.link[n]
        first_group, end_group = queues.first_group[link], queues.first_group[link + 1]
        total = queues.length[links + link]
        for group in range(first_group, end_group):
            total += queues.length[2 * links + group]
        first, end = watched.first_lane[first_group], watched.first_lane[end_group]
        if order.size < total:
            order = np.empty(2 * total, np.int64)
        k = 0
        for group in range(first_group, end_group):
            vehicle = queues.head[2 * links + group]
            for _ in range(queues.length[2 * links + group]):
                order[k] = vehicle
                vehicle = queues.vehicle_next_in_queue[vehicle]
                k += 1
        vehicle = queues.head[links + link]
        for _ in range(queues.length[links + link]):
            order[k] = vehicle
            vehicle = queues.vehicle_next_in_queue[vehicle]
            k += 1
        # who crossed the stop line since the last look
        for lane in range(first, end):
            watched.lane_veh[lane] = 0
            slot = watched.lane_head[lane]
            if slot == NOBODY:
                continue
            since_s = queues.vehicle_since_s[slot]
            if queues.vehicle_link[slot] == link and since_s == watched.lane_head_since_s[lane]:
                continue
            went_s = since_s if queues.vehicle_link[slot] != NOBODY else now_s - 0.5 * past_s
            watched.lane_left_s[lane] = went_s if now_s - past_s <= went_s <= now_s else now_s - 0.5 * past_s
            watched.lane_head[lane] = NOBODY
        leader = np.full(end - first, NOBODY, np.int64)
        leader_then_m = np.zeros(end - first)
        for i in range(total):
            vehicle = order[i]
            since_s = queues.vehicle_since_s[vehicle]
            is_known = _is_same_inner(vehicle, link, since_s, slots)
            if not is_known:
                group = _group_of_inner(vehicle, link, queues)
                lane = watched.first_lane[group]
                for other in range(lane, watched.first_lane[group + 1]):
                    if watched.lane_veh[other] < watched.lane_veh[lane]:
                        lane = other
                slots.lane[vehicle] = lane
            elif queues.vehicle_turn[vehicle] != NOBODY:
                group = queues.turn_group[queues.vehicle_turn[vehicle]]
                if not watched.first_lane[group] <= slots.lane[vehicle] < watched.first_lane[group + 1]:
                    slots.lane[vehicle] = watched.first_lane[group]  # has changed its mind on the way
            lane = slots.lane[vehicle]
            watched.lane_veh[lane] += 1
            ready_s = queues.vehicle_ready_at_s[vehicle]
            drive_s = max(1e-6, ready_s - since_s)
            free_m = max(0.0, min(1.0, (ready_s - now_s) / drive_s)) * queues.length_m[link]
            here = lane - first
            spacing_m = watched.spacing_m[n]
            if leader[here] == NOBODY:
                gone_s = now_s - watched.reaction_s[lane] - watched.lane_left_s[lane]
                limit_m = max(0.0, spacing_m - max(0.0, gone_s) * watched.speed_m_s[n])
                watched.lane_head[lane] = vehicle
                watched.lane_head_since_s[lane] = since_s
            else:
                pce = queues.kind_pce[queues.vehicle_kind[leader[here]]]
                limit_m = leader_then_m[here] + spacing_m * pce
            at_m = max(free_m, limit_m)
            speed = 0.0
            if is_known:
                least_m = slots.at_m[vehicle] - watched.speed_m_s[n] * past_s
                at_m = max(free_m, least_m, min(at_m, slots.at_m[vehicle]))
                speed = (slots.at_m[vehicle] - at_m) / past_s
                share = min(1.0, max(0.0, watched.reaction_s[lane] / past_s - 1.0))
                then_m = slots.at_m[vehicle] + share * (slots.before_m[vehicle] - slots.at_m[vehicle])
                slots.before_m[vehicle] = slots.at_m[vehicle]
            else:
                at_m = min(at_m, queues.length_m[link])
                then_m = at_m
                speed = queues.length_m[link] / drive_s if free_m >= limit_m else 0.0
                slots.before_m[vehicle] = at_m
                slots.link[vehicle] = link
                slots.since_s[vehicle] = since_s
            slots.at_m[vehicle] = at_m
            leader[here] = vehicle
            leader_then_m[here] = max(at_m, then_m)
            if at_m <= watched.reach_m[n] and count < out_row.size:
                out_row[count] = n
                out_lane[count] = watched.lane_number[lane]
                out_m[count] = at_m
                out_m_s[count] = min(max(speed, 0.0), watched.speed_m_s[n])
                count += 1
    return count


def _example() -> tuple[Any, ...]:
    i, f = np.zeros(0, np.int64), np.zeros(0)
    one = np.zeros(1, np.int64)
    queues = Queues(i, i, one, i, one, i, i, f, f, np.zeros((0, 0, 0), np.int32), i, i, i, i, i, i, i, i, f, f)
    watched = Watched(i, f, f, f, one, i, f, i, i, f, f)
    return 0.0, 1.0, queues, watched, Slots(f, i, i, f, f), i, i, f, f


see_approaches = kernel(_example)(_see_approaches)
