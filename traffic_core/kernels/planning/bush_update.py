"""Algorithm B, first half: measure the gap, and exchange the links of the bushes.

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


def _hang(
    waiting: int,
    origin: int,
    first_out: NDArray[np.int64],
    from_node: NDArray[np.int64],
    to_node: NDArray[np.int64],
    first_in: NDArray[np.int64],
    in_link: NDArray[np.int64],
    passable: NDArray[np.uint8],
    cost: NDArray[np.float64],
    longest: NDArray[np.float64],
    by: NDArray[np.int64],
    idle: NDArray[np.uint8],
    queue: NDArray[np.int64],
    queued: NDArray[np.uint8],
) -> None:
    """Hang the nodes without flow, the first `waiting` of the queue, on those with flow by their shortest paths.

    by : (N,) out: link by which an idle node is reached.  Without this, a detour over k idle nodes would need k
    exchanges of links to be found.
    """
    size = queue.size
    head = 0
    while waiting > 0:
        j = queue[head]
        head = (head + 1) % size
        waiting -= 1
        queued[j] = 0
        before = longest[j]
        for n in range(first_in[j], first_in[j + 1]):
            a = in_link[n]
            i = from_node[a]
            if longest[i] + cost[a] < longest[j] and (passable[i] != 0 or i == origin):
                longest[j] = longest[i] + cost[a]
                by[j] = a
        if longest[j] < before and passable[j] != 0:
            for a in range(first_out[j], first_out[j + 1]):
                i = to_node[a]
                if idle[i] != 0 and queued[i] == 0 and longest[j] + cost[a] < longest[i]:
                    queue[(head + waiting) % size] = i
                    queued[i] = 1
                    waiting += 1


hang = inner(_hang)


def _update_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    two = np.zeros(2, dtype=np.int64)
    return (
        *(zero, zero, two, zero[:0], zero[:0], two, zero[:0], np.ones(1, dtype=np.uint8), np.zeros((1, 0))),
        *(one, np.zeros((1, 2), dtype=np.int32), one[:, :0].copy(), one[:, :0].copy(), np.zeros((1, 0))),
        *(np.ones(1, dtype=np.int64), True),
    )


def _update(
    origin: NDArray[np.int64],
    bush_class: NDArray[np.int64],
    first_out: NDArray[np.int64],
    from_node: NDArray[np.int64],
    to_node: NDArray[np.int64],
    first_in: NDArray[np.int64],
    in_link: NDArray[np.int64],
    passable: NDArray[np.uint8],
    cost: NDArray[np.float64],
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    nodes: NDArray[np.int64],
    exchange: bool,
) -> tuple[float, float]:
    """Measure the gap at these costs and flows; then drop unused links and take in those that can shorten a path.

    from_node, to_node : (L,) ends of the links; links into node j are `in_link[first_in[j]:first_in[j + 1]]`
    cost : (M, L) generalised cost
    exchange : False only measures
    Returns (excess, total): cost of all flows above the shortest paths in the whole network, and cost of all flows.
    A link from i to j joins where longest[i] + cost < longest[j] over used paths: the order by `longest` shows that no
    cycle can arise.
    Source: Dial (2006), Transportation Research B 40, 917-936; Nie (2010), Transportation Research B 44, 73-89.
    """
    size = passable.size
    dist, longest, place = np.full(size, np.inf), np.full(size, np.inf), np.empty(size)
    queue, queued = np.empty(size + 1, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    inside = np.full(to_node.size, -1.0)
    stack, seen, state = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    by, idle = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    new_order, new_place = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    excess, total = 0.0, 0.0
    for b in range(nodes.size):
        c = cost[bush_class[b]]
        count = nodes[b]
        dist[:] = np.inf
        shortest(
            origin[b], count, order[b], first[b], link[b], tail[b],
            first_out, to_node, passable, c, dist, queue, queued, place,
        )  # fmt: skip
        for at in range(1, count):
            here = dist[order[b, at]]
            for k in range(first[b, at], first[b, at + 1]):
                if flow[b, k] > 0.0:
                    a = link[b, k]
                    excess += flow[b, k] * (dist[order[b, tail[b, k]]] + c[a] - here)
                    total += flow[b, k] * c[a]
        if not exchange:
            continue
        longest[order[b, 0]] = 0.0
        waiting = 0
        for at in range(1, count):
            j = order[b, at]
            high = -np.inf
            for k in range(first[b, at], first[b, at + 1]):
                if flow[b, k] > 0.0:
                    a = link[b, k]
                    inside[a] = flow[b, k]
                    high = max(high, longest[order[b, tail[b, k]]] + c[a])
            if high > -np.inf:
                longest[j] = high
            else:
                queue[waiting] = j
                queued[j] = idle[j] = 1
                waiting += 1
        hang(waiting, origin[b], first_out, from_node, to_node, first_in, in_link, passable, c, longest, by, idle,
             queue, queued)  # fmt: skip
        for at in range(1, count):
            j = order[b, at]
            if idle[j] != 0:
                idle[j] = 0
                inside[by[j]] = 0.0
        for at in range(count):
            i = order[b, at]
            state[i] = 0
            seen[i] = first_in[i]
            if at > 0 and passable[i] == 0:
                continue
            for a in range(first_out[i], first_out[i + 1]):
                if inside[a] < 0.0 and longest[i] + c[a] < longest[to_node[a]]:
                    inside[a] = 0.0
        placed, links = 0, 0
        for at in range(count):
            if state[order[b, at]] == 2:
                continue
            stack[0] = order[b, at]
            height = 1
            while height > 0:
                j = stack[height - 1]
                ready = True
                while seen[j] < first_in[j + 1]:
                    a = in_link[seen[j]]
                    if inside[a] >= 0.0 and state[from_node[a]] != 2:
                        stack[height] = from_node[a]
                        height += 1
                        ready = False
                        break
                    seen[j] += 1
                if ready:
                    height -= 1
                    state[j] = 2
                    new_order[placed] = j
                    new_place[j] = placed
                    placed += 1
        for at in range(count):
            j = new_order[at]
            order[b, at] = j
            first[b, at] = links
            for n in range(first_in[j], first_in[j + 1]):
                a = in_link[n]
                if inside[a] >= 0.0:
                    link[b, links] = a
                    tail[b, links] = new_place[from_node[a]]
                    flow[b, links] = inside[a]
                    inside[a] = -1.0
                    links += 1
        first[b, count] = links
        for at in range(count):
            longest[order[b, at]] = np.inf
    return excess, total


update = kernel(_update_example)(_update)
