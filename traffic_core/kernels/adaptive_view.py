"""From vehicles seen to what the look-ahead needs: when they reach the stop line, and who stands first.

Lanes, streams and exits of all junctions lie in a row, the streams of a lane one after another.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

RED = 0
PERMISSIVE = 1
PROTECTED = 2


class Lanes(NamedTuple):
    """Approach lanes (L) and what is remembered of each."""

    speed_m_s: NDArray[np.float64]
    sight_m: NDArray[np.float64]
    """How far back vehicles are seen; those further away are reckoned with `rate_veh_s`."""
    first_stream: NDArray[np.int64]
    """(L + 1,)"""
    rate_veh_s: NDArray[np.float64]
    """Smoothed departures."""
    head_m: NDArray[np.float64]
    """Distance of the first vehicle in the last second, infinite where none was seen."""
    head_speed_m_s: NDArray[np.float64]
    head_wait_s: NDArray[np.float64]
    """How long the first vehicle has been standing."""
    standing_veh: NDArray[np.float64]
    """Vehicles that stand or crawl."""
    stuck_s: NDArray[np.float64]
    """How long it has been standing although all streams of its lane have protected green."""


def _crossing_time(distance_m: float, speed_m_s: float, free_m_s: float, acceleration_m_s2: float) -> float:
    """Seconds to the stop line for a vehicle that accelerates to free speed, s."""
    speed = min(speed_m_s, free_m_s)
    ramp_m = (free_m_s**2 - speed**2) / (2.0 * acceleration_m_s2)
    if distance_m <= ramp_m:
        return (math.sqrt(speed**2 + 2.0 * acceleration_m_s2 * distance_m) - speed) / acceleration_m_s2
    return (free_m_s - speed) / acceleration_m_s2 + (distance_m - ramp_m) / free_m_s


_crossing_time_inner = inner(_crossing_time)


def _look(
    lane: NDArray[np.int64],
    distance_m: NDArray[np.float64],
    speed_m_s: NDArray[np.float64],
    weight_veh: NDArray[np.float64],
    right: NDArray[np.uint8],
    green_s: NDArray[np.float64],
    free: NDArray[np.bool_],
    lanes: Lanes,
    share: NDArray[np.float64],
    smoothing_s: float,
    acceleration_m_s2: float,
    arrival_veh: NDArray[np.float64],
    moving_veh: NDArray[np.float64],
    head: NDArray[np.float64],
) -> None:
    """Take one second of sightings (V) into the memory and write the picture of the seconds ahead.

    lane, distance_m, speed_m_s, weight_veh : (V,) see `Sightings`
    right : (K,) what each stream was allowed in this second; green_s : (K,) for how long, s
    free : (K,) whether its exit takes vehicles
    share : (K,)
    arrival_veh, moving_veh : (L, T) out; head : (K,) in place
    """
    ahead = arrival_veh.shape[1]
    arrival_veh[:] = 0.0
    moving_veh[:] = 0.0
    count = lanes.speed_m_s.shape[0]
    before_m = lanes.head_m.copy()
    lanes.head_m[:] = np.inf
    lanes.head_speed_m_s[:] = 0.0
    lanes.standing_veh[:] = 0.0
    for v in range(lane.shape[0]):
        i = lane[v]
        time_s = _crossing_time_inner(distance_m[v], speed_m_s[v], lanes.speed_m_s[i], acceleration_m_s2)
        second = min(ahead - 1, int(time_s))
        arrival_veh[i, second] += weight_veh[v]
        if speed_m_s[v] <= 2.0:
            lanes.standing_veh[i] += weight_veh[v]
        else:
            moving_veh[i, second] += weight_veh[v]
        if weight_veh[v] > 0.4 and distance_m[v] < lanes.head_m[i]:
            lanes.head_m[i] = distance_m[v]
            lanes.head_speed_m_s[i] = speed_m_s[v]
    for i in range(count):
        a, b = lanes.first_stream[i], lanes.first_stream[i + 1]
        left = before_m[i] < 30.0 and lanes.head_m[i] > before_m[i] + 1.0
        lanes.rate_veh_s[i] += ((1.0 if left else 0.0) - lanes.rate_veh_s[i]) / smoothing_s
        for t in range(min(ahead, 1 + int(lanes.sight_m[i] / lanes.speed_m_s[i])), ahead):
            arrival_veh[i, t] += lanes.rate_veh_s[i]
            moving_veh[i, t] += lanes.rate_veh_s[i]
        standing = lanes.head_m[i] < 8.0 and lanes.head_speed_m_s[i] < 0.3
        if left or lanes.head_m[i] == np.inf:
            for k in range(a, b):
                head[k] = share[k]
            lanes.head_wait_s[i] = 0.0
            lanes.stuck_s[i] = 0.0
        if not standing:
            if lanes.head_speed_m_s[i] > 2.0:
                lanes.head_wait_s[i] = 0.0
            lanes.stuck_s[i] = 0.0
            continue
        lanes.head_wait_s[i] += 1.0
        all_green = True
        total = 0.0
        for k in range(a, b):
            goes = right[k] == PROTECTED and green_s[k] > 2.0 and free[k]
            all_green = all_green and goes
            if goes and b - a > 1:
                head[k] *= 0.4
            total += head[k]
        lanes.stuck_s[i] = lanes.stuck_s[i] + 1.0 if all_green else 0.0
        if total > 1e-9:
            for k in range(a, b):
                head[k] = max(0.001, head[k] / total)


def _example_look() -> tuple[Any, ...]:
    f, i, none = np.zeros(1), np.zeros(0, np.int64), np.zeros(0)
    lanes = Lanes(f + 10.0, f + 100.0, np.array([0, 1]), f, f, f, f, f, f)
    picture = np.zeros((1, 10))
    return (
        i, none, none, none, np.zeros(1, np.uint8), f, np.zeros(1, np.bool_), lanes, f, 300.0, 2.0, picture,
        picture.copy(), f,
    )  # fmt: skip


look = kernel(_example_look)(_look)
