"""What detectors see of the vehicles that the traffic kernel moves.

Newell (1993), Transportation Research B 27: a vehicle crosses a place on a link no earlier than its free driving time
after it entered, and no earlier than one backward wave after that vehicle left whose place it takes.  Numbers count the
vehicles of a link from 0 in their order; those of several lane groups may swap numbers, which changes no count.

A vehicle lies over a loop until the next one could take its place, one spacing further on.  With c(m + 1) that time,
t(m) its own and tau the reaction time 1 / (w k_jam), its speed is 1 / (k_jam (c(m + 1) - t(m) - tau)): the congested
branch v = q / (k_jam - q / w), or the free speed where nobody holds it up.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import bare_inner, bare_kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

EPSILON = 1e-9


class Loops(NamedTuple):
    """Detectors, (D,); all lanes of the link together where nothing else is said."""

    link: NDArray[np.int64]
    reach_s: NDArray[np.float64]
    """Free driving time from the start of the link"""
    wave_s: NDArray[np.float64]
    """Time in which room at the end of the link is felt at the detector"""
    room_pce: NDArray[np.float64]
    """Standing vehicles between detector and end of the link, above 0"""
    reaction_s: NDArray[np.float64]
    """1 / (w k_jam)"""
    headway_s: NDArray[np.float64]
    """At capacity: reaction_s + 1 / (u k_jam)"""
    speed_m_s: NDArray[np.float64]
    """Free speed u"""
    standing_share: NDArray[np.float64]
    """Share of a lane that standing vehicles and the length of a loop cover"""

    crossed_veh: NDArray[np.int64]
    """Since the start"""
    crossed_s: NDArray[np.float64]
    """When the latest did"""
    is_over: NDArray[np.uint8]
    """1 while the latest has not cleared the loop"""
    given_s: NDArray[np.float64]
    """Occupied time of the latest so far"""

    count_veh: NDArray[np.int64]
    """Since somebody set it to zero, as the three below"""
    occupied_s: NDArray[np.float64]
    """Mean over the lanes"""
    cleared_veh: NDArray[np.int64]
    speed_sum_m_s: NDArray[np.float64]
    """Of those who cleared the loop"""


def _cross_example() -> tuple[Any, ...]:
    ints, floats, bits = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=np.uint8)
    loops = Loops(ints, *(floats,) * 7, ints, floats, bits, floats, ints, floats, ints, floats)
    return 0.0, 0.0, ints, ints, ints, floats, floats, np.zeros(1, dtype=np.int64), floats, floats, loops


@bare_inner
def room_from_s(
    number: int,
    room_veh: float,
    headway_s: float,
    wave_s: float,
    first: int,
    size: int,
    left_veh: int,
    left_at_s: NDArray[np.float64],
) -> float:
    """When a vehicle finds room to cross: before it, all but `room_veh` vehicles have left; inf while nobody knows.

    A part of a place becomes free as fast as vehicles follow each other at capacity.  -inf for what is no more kept.
    """
    need_veh = number + 1 - room_veh
    whole = math.floor(need_veh + EPSILON)
    if whole < 1 or left_veh - whole >= size:
        return -math.inf
    if whole > left_veh:
        return math.inf
    return float(left_at_s[first + (whole - 1) % size] + max(0.0, need_veh - whole) * headway_s + wave_s)


def _cross(
    from_s: float,
    until_s: float,
    rows: NDArray[np.int64],
    entered_veh: NDArray[np.int64],
    left_veh: NDArray[np.int64],
    entered_pce: NDArray[np.float64],
    left_pce: NDArray[np.float64],
    first_ring: NDArray[np.int64],
    entered_at_s: NDArray[np.float64],
    left_at_s: NDArray[np.float64],
    loops: Loops,
) -> None:
    """Count the vehicles that crossed the detectors before `until_s` and were not counted yet.

    rows : detectors to look at
    entered_veh, left_veh, entered_pce, left_pce : (L,) since the start
    first_ring, entered_at_s, left_at_s : (L + 1,), (R,), (R,) rings of the latest entries and departures

    Who crosses before `from_s`, because the rings got the news late, counts now.  A vehicle takes the room of the mean
    vehicle on the link now, as the rings do not tell kinds.  Counts are right however long ago the last call was; a
    time that its ring has lost is taken as `from_s`.
    """
    for d in rows:
        link = loops.link[d]
        entered, left = entered_veh[link], left_veh[link]
        if loops.is_over[d] == 0 and loops.crossed_veh[d] == entered:
            continue
        first = first_ring[link]
        size = first_ring[link + 1] - first
        pce = (entered_pce[link] - left_pce[link]) / (entered - left) if entered > left else 1.0
        room_veh, headway_s = loops.room_pce[d] / pce, loops.headway_s[d] * pce
        least_s = (loops.headway_s[d] - loops.reaction_s[d]) * pce
        while True:
            number = loops.crossed_veh[d]
            room_s = room_from_s(number, room_veh, headway_s, loops.wave_s[d], first, size, left, left_at_s)
            next_s = math.inf
            if number < entered:
                is_kept = entered - number <= size
                free_s = entered_at_s[first + number % size] + loops.reach_s[d] if is_kept else from_s
                next_s = max(free_s, room_s)
                if number < left:
                    next_s = min(next_s, left_at_s[first + number % size] if left - number <= size else from_s)
            if loops.is_over[d] == 1:
                clear_s = min(room_s, next_s)
                held_s = min(clear_s, until_s) - loops.crossed_s[d]
                slow_s = max(held_s, headway_s) - loops.reaction_s[d] * pce
                share = loops.standing_share[d]
                occupied_s = min(share * slow_s, max(held_s, share * least_s))
                loops.occupied_s[d] += occupied_s - loops.given_s[d]
                loops.given_s[d] = occupied_s
                if clear_s < until_s:
                    loops.is_over[d] = 0
                    loops.cleared_veh[d] += 1
                    loops.speed_sum_m_s[d] += loops.speed_m_s[d] * least_s / slow_s
            if next_s >= until_s:
                break
            loops.crossed_veh[d] += 1
            loops.count_veh[d] += 1
            loops.crossed_s[d] = max(next_s, loops.crossed_s[d])
            loops.given_s[d] = 0.0
            loops.is_over[d] = 1


cross = bare_kernel(_cross_example)(_cross)
