"""Algorithm B, first half: exchange the links of the bushes.

The form of the bushes is described in `bush_grow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def _exchange_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    two = np.zeros(2, dtype=np.int64)
    net = (two, zero[:0], zero[:0], two, zero[:0], np.ones(1, dtype=np.uint8), np.zeros((1, 0)))
    none = one[:, :0].copy()
    return (zero, zero, *net, one, np.zeros((1, 2), dtype=np.int32), none, none, np.zeros((1, 0)), np.ones_like(zero))


def _exchange(
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
) -> None:
    """Drop unused links from all bushes and take in those that can shorten a path; put the nodes in order again.

    from_node, to_node : (L,) ends of the links; links into node j are `in_link[first_in[j]:first_in[j + 1]]`
    cost : (M, L) generalised cost
    A link from i to j joins where longest[i] + cost < longest[j] over used paths: the order by `longest` shows that no
    cycle can arise, also where links cost nothing.
    Source: Dial (2006), Transportation Research B 40, 917-936; Nie (2010), Transportation Research B 44, 73-89.
    """
    size = passable.size
    longest = np.full(size, np.inf)
    queue, queued = np.empty(size + 1, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    inside = np.full(to_node.size, -1.0)
    stack, seen, state = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    by, idle = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.uint8)
    new_order, new_place = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    for b in range(nodes.size):
        c = cost[bush_class[b]]
        count = nodes[b]
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


exchange = kernel(_exchange_example)(_exchange)
