"""Algorithm B, second half: shift flow inside every bush from its longest used towards its shortest paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEWTON_STEPS = 3
"""Steps for one pair of segments; more gain nothing, because the next pair moves the costs again."""
MOST_STEPS = 64
"""Steps where a step overshot so far that the other way is now the worse one: halving ends such a search."""
EVEN_RATIO = 0.02
"""A pair of segments is even when its difference has come down to this part of what it was."""
ROUNDING_RATIO = 4e-16
"""Differences below this part of a path's cost are rounding."""


def _time_and_slope(
    volume: float, t0: float, rise: float, per_capacity: float, power: float, whole_power: int
) -> tuple[float, float]:
    """Travel time t0 + rise (volume per_capacity) ** power, and its derivative by the volume."""
    if whole_power == 0 or volume <= 0.0:
        if power == 1.0:
            return t0, rise * per_capacity
        return t0 + (rise if power == 0.0 else 0.0), 0.0
    ratio = volume * per_capacity
    if whole_power > 0:
        below = 1.0
        for _ in range(whole_power - 1):
            below *= ratio
    else:
        below = ratio ** (power - 1.0)
    return t0 + rise * below * ratio, rise * power * below * per_capacity


time_and_slope = inner(_time_and_slope)


def _set_link(
    a: int,
    volume: NDArray[np.float64],
    curve: NDArray[np.float64],
    whole_power: NDArray[np.int64],
    fixed: NDArray[np.float64],
    cost: NDArray[np.float64],
    slope: NDArray[np.float64],
) -> None:
    time, slope[a] = time_and_slope(volume[a], curve[a, 0], curve[a, 1], curve[a, 2], curve[a, 3], whole_power[a])
    for c in range(cost.shape[0]):
        cost[c, a] = time + fixed[c, a]


set_link = inner(_set_link)


def _link_costs_example() -> tuple[Any, ...]:
    return np.zeros(1), np.ones((1, 4)), np.ones(1, dtype=np.int64), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)


def _link_costs(
    volume: NDArray[np.float64],
    curve: NDArray[np.float64],
    whole_power: NDArray[np.int64],
    fixed: NDArray[np.float64],
    out_cost: NDArray[np.float64],
    out_slope: NDArray[np.float64],
) -> None:
    """Generalised cost of every link for every class, and the slope of its travel time.

    volume : (L,) passenger-car equivalents
    curve : (L, 4) free-flow time t0, rise t0 b, 1 / capacity, power
    whole_power : (L,) the power where it is a whole number, 0 for a constant time, -1 otherwise
    fixed : (M, L) toll and distance of each class in units of time; inf where the class must not drive
    out_cost : (M, L) time + fixed
    out_slope : (L,) derivative of the time by the volume
    Source: Bureau of Public Roads (1964), Traffic Assignment Manual, with b and power of each link its own.
    """
    for a in range(volume.size):
        set_link(a, volume, curve, whole_power, fixed, out_cost, out_slope)


link_costs = kernel(_link_costs_example)(_link_costs)


def _label(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    cost: NDArray[np.float64],
    shortest: NDArray[np.float64],
    longest: NDArray[np.float64],
    by_short: NDArray[np.int32],
    by_long: NDArray[np.int32],
) -> float:
    """Label all nodes of a bush: shortest path, longest used path; return the largest relative difference."""
    shortest[0] = longest[0] = 0.0
    worst = 0.0
    for at in range(1, count):
        low, high = np.inf, -np.inf
        k_low, k_high = -1, -1
        for k in range(first[at], first[at + 1]):
            c = cost[link[k]]
            t = tail[k]
            if shortest[t] + c < low:
                low, k_low = shortest[t] + c, k
            if flow[k] > 0.0 and longest[t] + c > high:
                high, k_high = longest[t] + c, k
        shortest[at] = low
        by_short[at] = k_low
        if k_high < 0:
            longest[at] = low
            by_long[at] = k_low
        else:
            longest[at] = high
            by_long[at] = k_high
            if k_high != k_low and high - low > worst * high:
                worst = (high - low) / high
    return worst


label = inner(_label)


def _shift(
    at: int,
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    by_short: NDArray[np.int32],
    by_long: NDArray[np.int32],
    short_way: NDArray[np.int32],
    long_way: NDArray[np.int32],
    volume: NDArray[np.float64],
    curve: NDArray[np.float64],
    whole_power: NDArray[np.int64],
    fixed: NDArray[np.float64],
    cost: NDArray[np.float64],
    of_class: int,
    slope: NDArray[np.float64],
) -> None:
    """Even out the two ways into one node, back to where they part, by Newton's method."""
    k_short, k_long = by_short[at], by_long[at]
    short_way[0], long_way[0] = k_short, k_long
    shorts, longs = 1, 1
    i, j = tail[k_short], tail[k_long]
    room = flow[k_long]
    while i != j:
        if i > j:
            short_way[shorts] = by_short[i]
            shorts += 1
            i = tail[by_short[i]]
        else:
            k = by_long[j]
            long_way[longs] = k
            longs += 1
            room = min(room, flow[k])
            j = tail[k]
    moved, begun = 0.0, 0.0
    least, most = 0.0, room
    for step in range(MOST_STEPS):
        difference, stiffness, size = 0.0, 0.0, 0.0
        for n in range(longs):
            a = link[long_way[n]]
            difference += cost[of_class, a]
            size += cost[of_class, a]
            stiffness += slope[a]
        for n in range(shorts):
            a = link[short_way[n]]
            difference -= cost[of_class, a]
            stiffness += slope[a]
        if step == 0:
            begun = difference
            if difference <= ROUNDING_RATIO * size:
                return
        elif abs(difference) <= EVEN_RATIO * begun or (step >= NEWTON_STEPS and difference >= -begun):
            return
        if difference >= 0.0:
            least = moved
            by = most - moved
            if difference < stiffness * by:
                by = difference / stiffness
            elif most < room:
                by *= 0.5
        else:
            most = moved
            half = 0.5 * (least - moved)
            by = difference / stiffness if difference > stiffness * (least - moved) else half
            if difference < -begun:
                by = min(by, half)
        if by == 0.0:
            return
        moved += by
        for n in range(longs):
            k = long_way[n]
            flow[k] = 0.0 if flow[k] <= by else flow[k] - by
            a = link[k]
            volume[a] -= by
            set_link(a, volume, curve, whole_power, fixed, cost, slope)
        for n in range(shorts):
            k = short_way[n]
            flow[k] = max(flow[k] + by, 0.0)
            a = link[k]
            volume[a] += by
            set_link(a, volume, curve, whole_power, fixed, cost, slope)


shift = inner(_shift)


def _equilibrate_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    return (
        *(zero, np.ones(1, dtype=np.int64), np.zeros((1, 2), dtype=np.int32), one, one, np.zeros((1, 1))),
        *(np.zeros(1), np.ones((1, 4)), np.ones(1, dtype=np.int64), np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)),
        *(1, 0.0),
    )


def _equilibrate(
    bush_class: NDArray[np.int64],
    nodes: NDArray[np.int64],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    volume: NDArray[np.float64],
    curve: NDArray[np.float64],
    whole_power: NDArray[np.int64],
    fixed: NDArray[np.float64],
    cost: NDArray[np.float64],
    slope: NDArray[np.float64],
    sweeps: int,
    even_ratio: float,
) -> int:
    """Sweep over all bushes; in each, visit nodes from the far end and even out the two ways into them.

    bush_class, nodes, first, link, tail, flow : the bushes, as `bush_grow` describes them; `flow` is changed
    volume, cost, slope : (L,), (M, L), (L,) kept in step with every shift
    curve, whole_power, fixed : as in `link_costs`
    sweeps : most sweeps over all bushes
    even_ratio : a bush rests while its longest used paths exceed the shortest by less than this part
    Returns how many bushes were worked on, all sweeps together.
    Source: Dial (2006), Transportation Research B 40, 917-936; Nie (2010), Transportation Research B 44, 73-89.
    """
    size = first.shape[1]
    shortest, longest = np.empty(size), np.empty(size)
    by_short, by_long = np.zeros(size, dtype=np.int32), np.zeros(size, dtype=np.int32)
    short_way, long_way = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    worked = 0
    for _ in range(sweeps):
        busy = 0
        for b in range(nodes.size):
            c = bush_class[b]
            worst = label(nodes[b], first[b], link[b], tail[b], flow[b], cost[c], shortest, longest, by_short, by_long)
            if worst <= even_ratio:
                continue
            busy += 1
            for at in range(nodes[b] - 1, 0, -1):
                if by_short[at] != by_long[at] and longest[at] - shortest[at] > ROUNDING_RATIO * longest[at]:
                    shift(
                        at, link[b], tail[b], flow[b], by_short, by_long, short_way, long_way,
                        volume, curve, whole_power, fixed, cost, c, slope,
                    )  # fmt: skip
        worked += busy
        if busy == 0:
            break
    return worked


equilibrate = kernel(_equilibrate_example)(_equilibrate)
