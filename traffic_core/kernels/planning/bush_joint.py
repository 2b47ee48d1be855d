"""Change the flows of all bushes at once: Newton's method, where shifts one by one get in each other's way.

A shift evens two ways and spoils others that share a steep link with them; where volumes are far above capacity, shifts
alone then creep.  Here every used link but the one with the most flow into its node, the main link, is a variable: what
it gains, the main links take back on the way to the origin, so that conservation holds.  All variables together are
found by conjugate gradients, which need the slope of each link and no matrix.
Sources: Bertsekas, Gafni (1983), IEEE Transactions on Automatic Control 28, 1090-1096; Hestenes, Stiefel (1952).
The form of the bushes is described in `bush_grow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLAT_RATIO = 1e-14
"""A direction whose curvature is below this part of what its cycles have one by one is flat but for rounding."""
SLOW_RATIO = 0.5
ENOUGH_RATIO = 1e-4
"""Conjugate gradients end when the squared residual has come down to this part."""


def _arrange_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    return (
        *(np.ones(1, dtype=np.int64), np.zeros((1, 2), dtype=np.int32), one, one, np.zeros((1, 1))),
        *(np.zeros((1, 1)), np.zeros(2, dtype=np.int64)),
    )


def _arrange(
    nodes: NDArray[np.int64],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    out_kept: NDArray[np.float64],
    out_begin: NDArray[np.int64],
) -> None:
    """Put the main link of every node first among the links into it, and count the variables.

    out_kept : (B, L) copy of the flows
    out_begin : (B + 1,) number of the first variable of each bush, and of all at the end
    """
    count = 0
    for b in range(nodes.size):
        out_begin[b] = count
        for at in range(1, nodes[b]):
            main = first[b, at]
            most = main
            for k in range(main, first[b, at + 1]):
                if flow[b, k] > flow[b, most]:
                    most = k
            link[b, main], link[b, most] = link[b, most], link[b, main]
            tail[b, main], tail[b, most] = tail[b, most], tail[b, main]
            flow[b, main], flow[b, most] = flow[b, most], flow[b, main]
            for k in range(main, first[b, at + 1]):
                out_kept[b, k] = flow[b, k]
                if k > main and flow[b, k] > 0.0:
                    count += 1
    out_begin[nodes.size] = count


arrange = kernel(_arrange_example)(_arrange)


def _weigh(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    slope: NDArray[np.float64],
    difference: NDArray[np.float64],
    stiffness: NDArray[np.float64],
    brake: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> None:
    """Slopes along the cycle of each variable of one bush, and its least flow over them: what it can do by itself."""
    m = 0
    for at in range(1, count):
        main = first[at]
        for k in range(main + 1, first[at + 1]):
            if flow[k] <= 0.0:
                continue
            total = slope[link[k]] + slope[link[main]]
            room = flow[k]
            i, j = tail[k], tail[main]
            while i != j:
                if i > j:
                    on = first[i]
                    i = tail[on]
                else:
                    on = first[j]
                    j = tail[on]
                total += slope[link[on]]
                room = min(room, flow[on])
            stiffness[m] = max(total, abs(difference[m]) / room)
            brake[m] = stiffness[m] - total
            weight[m] = room / stiffness[m] if stiffness[m] > 0.0 else 0.0
            m += 1


weigh = inner(_weigh)


def _differences(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    cost: NDArray[np.float64],
    reached: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Cost of the way over each variable of one bush less that over the main link, along main links back from there."""
    reached[0] = 0.0
    m = 0
    for at in range(1, count):
        main = first[at]
        if flow[main] <= 0.0:
            continue
        reached[at] = reached[tail[main]] + cost[link[main]]
        for k in range(main + 1, first[at + 1]):
            if flow[k] > 0.0:
                out[m] = reached[tail[k]] + cost[link[k]] - reached[at]
                m += 1


differences = inner(_differences)


def _spread(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    change: NDArray[np.float64],
    through: NDArray[np.float64],
    volume: NDArray[np.float64],
) -> None:
    """Add to the link volumes what changes of the variables of one bush mean; `through` is zero before and after."""
    m = change.size
    for at in range(count - 1, 0, -1):
        main = first[at]
        rest = through[at]
        through[at] = 0.0
        for k in range(first[at + 1] - 1, main, -1):
            if flow[k] > 0.0:
                m -= 1
                volume[link[k]] += change[m]
                through[tail[k]] += change[m]
                rest -= change[m]
        if rest != 0.0:
            volume[link[main]] += rest
            through[tail[main]] += rest
    through[0] = 0.0


spread = inner(_spread)


def _direction_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    return (
        *(zero, np.ones(1, dtype=np.int64), np.zeros((1, 2), dtype=np.int32), one, one, np.zeros((1, 1))),
        *(np.zeros((1, 1)), np.zeros(1), np.zeros(2, dtype=np.int64), 1, np.zeros(1)),
    )


def _direction(
    bush_class: NDArray[np.int64],
    nodes: NDArray[np.int64],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    cost: NDArray[np.float64],
    slope: NDArray[np.float64],
    begin: NDArray[np.int64],
    most_steps: int,
    out_change: NDArray[np.float64],
) -> bool:
    """Find changes of the variables that would even all used ways, if costs rose along their slopes.

    cost : (M, L) generalised cost
    slope : (L,) derivative of the time by the volume
    begin : (B + 1,) from `arrange`
    out_change : (V,) of each variable
    Variables with little room are held back, so that few flows meet their bound of zero.
    Returns whether the conjugate gradients came to their end within `most_steps`.
    """
    size = out_change.size
    scratch, zeros = np.empty(first.shape[1]), np.zeros(first.shape[1])
    volume = np.empty(slope.size)
    rest, weight = np.empty(size), np.empty(size)
    stiffness, brake = np.empty(size), np.empty(size)
    towards, response = np.empty(size), np.empty(size)
    for b in range(nodes.size):
        part = slice(begin[b], begin[b + 1])
        if begin[b] < begin[b + 1]:
            one = first[b], link[b], tail[b], flow[b]
            differences(nodes[b], *one, cost[bush_class[b]], scratch, rest[part])
            weigh(nodes[b], *one, slope, rest[part], stiffness[part], brake[part], weight[part])
    out_change[:] = 0.0
    length = 0.0
    for m in range(size):
        rest[m] = -rest[m]
        towards[m] = weight[m] * rest[m]
        length += towards[m] * rest[m]
    enough = ENOUGH_RATIO * length
    gained = 0.0
    for step in range(1, most_steps + 1):
        if length <= enough:
            return True
        volume[:] = 0.0
        for b in range(nodes.size):
            if begin[b] < begin[b + 1]:
                spread(nodes[b], first[b], link[b], tail[b], flow[b], towards[begin[b] : begin[b + 1]], zeros, volume)
        curvature, alone = 0.0, 0.0
        for a in range(volume.size):
            curvature += slope[a] * volume[a] * volume[a]
            volume[a] *= slope[a]
        for m in range(size):
            alone += stiffness[m] * towards[m] * towards[m]
            curvature += brake[m] * towards[m] * towards[m]
        if not curvature > FLAT_RATIO * alone:
            return True
        for b in range(nodes.size):
            if begin[b] < begin[b + 1]:
                differences(
                    nodes[b], first[b], link[b], tail[b], flow[b], volume, scratch, response[begin[b] : begin[b + 1]]
                )
        by = length / curvature
        before, length = length, 0.0
        gained += by * before
        for m in range(size):
            out_change[m] += by * towards[m]
            rest[m] -= by * (response[m] + brake[m] * towards[m])
            length += weight[m] * rest[m] * rest[m]
        for m in range(size):
            towards[m] = weight[m] * rest[m] + length / before * towards[m]
        if step >= 16 and step * by * before <= SLOW_RATIO * gained:
            return True
    return length <= enough


direction = kernel(_direction_example)(_direction)


def _move_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    return (
        *(np.ones(1, dtype=np.int64), np.zeros((1, 2), dtype=np.int32), one, np.zeros((1, 1))),
        *(np.zeros(2, dtype=np.int64), np.zeros(1), 1.0, np.zeros((1, 1))),
    )


def _move(
    nodes: NDArray[np.int64],
    first: NDArray[np.int32],
    tail: NDArray[np.int32],
    kept: NDArray[np.float64],
    begin: NDArray[np.int64],
    change: NDArray[np.float64],
    scale: float,
    out_flow: NDArray[np.float64],
) -> None:
    """Set the flows to those of `arrange` plus the scaled changes, or to 0 where that is more than there is.

    Cut flows break the conservation; `bush_grow.load` restores it, node by node.  Where all flow into a node would go,
    it stays as it was.
    """
    through = np.zeros(first.shape[1])
    for b in range(nodes.size):
        if begin[b] == begin[b + 1]:
            continue
        m = begin[b + 1]
        for at in range(nodes[b] - 1, 0, -1):
            main = first[b, at]
            rest, total = through[at], 0.0
            through[at] = 0.0
            for k in range(first[b, at + 1] - 1, main - 1, -1):
                if kept[b, k] <= 0.0:
                    out_flow[b, k] = 0.0
                    continue
                by = rest
                if k > main:
                    m -= 1
                    by = change[m]
                    rest -= by
                through[tail[b, k]] += by
                out_flow[b, k] = max(kept[b, k] + scale * by, 0.0)
                total += out_flow[b, k]
            if total <= 0.0:
                out_flow[b, main : first[b, at + 1]] = kept[b, main : first[b, at + 1]]
        through[0] = 0.0


move = kernel(_move_example)(_move)
