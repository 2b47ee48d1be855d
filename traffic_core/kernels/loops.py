"""What detectors see of the vehicles that `vehicles.advance` moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

JAM_SPACING_M = 7.0
VEHICLE_AND_LOOP_M = 6.5
"""Length over which a passing vehicle occupies a loop: car 4.5 m, loop 2 m."""
STANDING_SHARE = VEHICLE_AND_LOOP_M / JAM_SPACING_M
"""Share of a standing queue's length that occupies a loop."""
QUEUE_SPEED_SHARE = 0.5
"""Speed of vehicles that cross a loop out of a queue, over free speed."""


class Loops(NamedTuple):
    """Detectors, (D,)."""

    link: NDArray[np.int64]
    reach_s: NDArray[np.float64]
    """Free driving time from the start of the link"""
    to_stop_line_m: NDArray[np.float64]
    lanes: NDArray[np.int64]
    speed_m_s: NDArray[np.float64]
    """Free speed"""
    crossed_veh: NDArray[np.int64]
    """Since the start"""
    blocked: NDArray[np.uint8]
    """1 while a standing queue reaches the detector"""
    count_veh: NDArray[np.int64]
    """Since somebody set it to zero, as the two below"""
    occupied_s: NDArray[np.float64]
    """Mean over the lanes"""
    speed_sum_m_s: NDArray[np.float64]


def _cross_example() -> tuple[Any, ...]:
    ints, floats, start = np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(1, dtype=np.int64)
    bits = np.zeros(0, dtype=np.uint8)
    return 0.0, ints, ints, start, floats, Loops(ints, floats, floats, ints, floats, ints, bits, ints, floats, floats)


def _cross(
    end_s: float,
    link_entered_veh: NDArray[np.int64],
    link_left_veh: NDArray[np.int64],
    first_entry: NDArray[np.int64],
    entry_at_s: NDArray[np.float64],
    loops: Loops,
) -> None:
    """Count the vehicles that crossed each detector in the second that ended at `end_s`.

    link_entered_veh, link_left_veh : (L,) since the start
    first_entry, entry_at_s : (L + 1,), (E,) rings of entry times as in `vehicles.Queues`

    The m-th vehicle that entered a link crosses when it has driven to the detector at free speed and not more stand
    before it than fit between detector and stop line, at the latest when it leaves.  Vehicles of a link are taken to
    stay in order; those of several lane groups may swap identities, never their number.
    """
    for d in range(loops.link.size):
        link = loops.link[d]
        first = first_entry[link]
        room = first_entry[link + 1] - first
        standing = False
        while loops.crossed_veh[d] < link_entered_veh[link]:
            number = loops.crossed_veh[d]
            ahead = number - link_left_veh[link]
            if ahead >= 0:
                if entry_at_s[first + number % room] + loops.reach_s[d] >= end_s:
                    break
                if (ahead // loops.lanes[d]) * JAM_SPACING_M >= loops.to_stop_line_m[d]:
                    standing = True
                    break
            speed_m_s = loops.speed_m_s[d] * (QUEUE_SPEED_SHARE if loops.blocked[d] == 1 else 1.0)
            loops.blocked[d] = 0
            loops.crossed_veh[d] += 1
            loops.count_veh[d] += 1
            loops.speed_sum_m_s[d] += speed_m_s
            loops.occupied_s[d] += VEHICLE_AND_LOOP_M / speed_m_s / loops.lanes[d]
        if standing:
            loops.blocked[d] = 1
            loops.occupied_s[d] += STANDING_SHARE


cross = kernel(_cross_example)(_cross)
