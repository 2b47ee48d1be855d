"""Measure how far an assignment is from equilibrium.

The form of the bushes is described in `bush_grow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _shortest(
    origin: int,
    count: int,
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    first_out: NDArray[np.int64],
    to_node: NDArray[np.int64],
    passable: NDArray[np.uint8],
    cost: NDArray[np.float64],
    dist: NDArray[np.float64],
    queue: NDArray[np.int64],
    queued: NDArray[np.uint8],
    place: NDArray[np.float64],
) -> None:
    """Shortest distances in the whole network, corrected from those in the bush, which are nearly right.

    Source: label correcting with a queue (Moore 1959); the bush gives the order in which most labels are final at once.
    """
    place[0] = dist[order[0]] = 0.0
    for at in range(1, count):
        least = np.inf
        for k in range(first[at], first[at + 1]):
            reached = place[tail[k]] + cost[link[k]]
            least = min(least, reached)
        place[at] = dist[order[at]] = least
    head, waiting = 0, 0
    size = queue.size
    for at in range(count):
        i = order[at]
        if passable[i] == 0 and i != origin:
            continue
        for a in range(first_out[i], first_out[i + 1]):
            j = to_node[a]
            reached = dist[i] + cost[a]
            if reached < dist[j]:
                dist[j] = reached
                if queued[j] == 0:
                    queue[(head + waiting) % size] = j
                    waiting += 1
                    queued[j] = 1
    while waiting > 0:
        i = queue[head]
        head = (head + 1) % size
        waiting -= 1
        queued[i] = 0
        if passable[i] == 0 and i != origin:
            continue
        for a in range(first_out[i], first_out[i + 1]):
            j = to_node[a]
            reached = dist[i] + cost[a]
            if reached < dist[j]:
                dist[j] = reached
                if queued[j] == 0:
                    queue[(head + waiting) % size] = j
                    waiting += 1
                    queued[j] = 1


shortest = inner(_shortest)


def _measure_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    net = (np.zeros(2, dtype=np.int64), zero[:0], np.ones(1, dtype=np.uint8), np.zeros((1, 0)))
    none = one[:, :0].copy()
    return (zero, zero, *net, one, np.zeros((1, 2), dtype=np.int32), none, none, np.zeros((1, 0)), np.ones_like(zero))


def _measure(
    origin: NDArray[np.int64],
    bush_class: NDArray[np.int64],
    first_out: NDArray[np.int64],
    to_node: NDArray[np.int64],
    passable: NDArray[np.uint8],
    cost: NDArray[np.float64],
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    nodes: NDArray[np.int64],
) -> tuple[float, float]:
    """Measure the gap at these costs and flows.

    cost : (M, L) generalised cost
    Returns (excess, total): cost of all flows above the shortest paths in the whole network, and cost of all flows.
    The excess is a sum of terms from 0 up, link by link, so that nothing cancels.
    """
    size = passable.size
    dist, place = np.empty(size), np.empty(size)
    queue, queued = np.empty(size + 1, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    excess, total = 0.0, 0.0
    for b in range(nodes.size):
        c = cost[bush_class[b]]
        dist[:] = np.inf
        shortest(
            origin[b], nodes[b], order[b], first[b], link[b], tail[b],
            first_out, to_node, passable, c, dist, queue, queued, place,
        )  # fmt: skip
        for at in range(1, nodes[b]):
            here = dist[order[b, at]]
            for k in range(first[b, at], first[b, at + 1]):
                if flow[b, k] > 0.0:
                    a = link[b, k]
                    excess += flow[b, k] * (dist[order[b, tail[b, k]]] + c[a] - here)
                    total += flow[b, k] * c[a]
    return excess, total


measure = kernel(_measure_example)(_measure)
