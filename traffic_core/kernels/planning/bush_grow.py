"""Give every origin its bush, and put the trips on it.

A bush is an acyclic part of the network in which every node can be reached from its origin.  Row b of the tables holds
bush b: `nodes[b]` nodes in topological order `order[b]`, the origin first; the links into the node at place p are
`link[b, first[b, p]:first[b, p + 1]]`, each with the place `tail` of the node it leaves and its `flow`.
Links of the network are sorted by the node they leave: node i owns links `first_out[i]` to `first_out[i + 1] - 1`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

DUST_RATIO = 1e-13
"""A flow below this part of its node's flow is rounding dust and is swept up."""


def _push(heap: NDArray[np.int64], key: NDArray[np.float64], size: int, node: int, value: float) -> None:
    at = size
    while at > 0:
        parent = (at - 1) // 2
        if key[parent] < value or (key[parent] == value and heap[parent] <= node):
            break
        heap[at], key[at] = heap[parent], key[parent]
        at = parent
    heap[at], key[at] = node, value


push = inner(_push)


def _pop(heap: NDArray[np.int64], key: NDArray[np.float64], size: int) -> None:
    """Remove the first of `size` entries."""
    node, value = heap[size - 1], key[size - 1]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size - 1:
            break
        other = child + 1
        if other < size - 1 and (key[other] < key[child] or (key[other] == key[child] and heap[other] < heap[child])):
            child = other
        if value < key[child] or (value == key[child] and node <= heap[child]):
            break
        heap[at], key[at] = heap[child], key[child]
        at = child
    heap[at], key[at] = node, value


pop = inner(_pop)


def _grow_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    return (
        *(zero, zero, np.zeros(2, dtype=np.int64), zero[:0], np.ones(1, dtype=np.uint8), np.zeros((1, 0))),
        *(one, np.zeros((1, 2), dtype=np.int32), one[:, :0].copy(), one[:, :0].copy(), np.zeros((1, 0))),
        zero.copy(),
    )


def _grow(
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
) -> None:
    """Make all bushes complete: nodes they do not hold yet join by their shortest path.

    origin, bush_class : (B,) node at which each bush starts, and class whose costs hold for it
    cost : (M, L) generalised cost, inf where a class must not drive
    A row with `nodes[b] == 0` becomes the tree of shortest paths.  Nodes that cannot be reached stay outside.
    New links carry no flow.
    Source: Dijkstra (1959), Numerische Mathematik 1, 269-271, started from all nodes of the bush at once.
    """
    size = passable.size
    links = to_node.size
    heap, key = np.empty(links + size + 1, dtype=np.int64), np.empty(links + size + 1)
    dist = np.empty(size)
    by = np.empty(size, dtype=np.int64)
    from_at = np.empty(size, dtype=np.int64)
    done = np.empty(size, dtype=np.uint8)
    for b in range(nodes.size):
        c = cost[bush_class[b]]
        dist[:] = np.inf
        done[:] = 0
        waiting = 0
        if nodes[b] == 0:
            nodes[b] = 1
            order[b, 0] = origin[b]
            first[b, 0] = first[b, 1] = 0
        held = nodes[b]
        for at in range(held):
            i = order[b, at]
            least = 0.0 if at == 0 else np.inf
            for k in range(first[b, at], first[b, at + 1]):
                least = min(least, dist[order[b, tail[b, k]]] + c[link[b, k]])
            dist[i] = least
            done[i] = 1
        for at in range(held):
            i = order[b, at]
            if at > 0 and passable[i] == 0:
                continue
            for a in range(first_out[i], first_out[i + 1]):
                j = to_node[a]
                if done[j] == 0 and dist[i] + c[a] < dist[j]:
                    dist[j] = dist[i] + c[a]
                    by[j] = a
                    from_at[j] = at
                    push(heap, key, waiting, j, dist[j])
                    waiting += 1
        while waiting > 0:
            i, reached = heap[0], key[0]
            pop(heap, key, waiting)
            waiting -= 1
            if done[i] == 1 or reached > dist[i]:
                continue
            done[i] = 1
            at = nodes[b]
            order[b, at] = i
            k = first[b, at]
            link[b, k] = by[i]
            tail[b, k] = from_at[i]
            flow[b, k] = 0.0
            first[b, at + 1] = k + 1
            nodes[b] = at + 1
            if passable[i] == 0:
                continue
            for a in range(first_out[i], first_out[i + 1]):
                j = to_node[a]
                if done[j] == 0 and dist[i] + c[a] < dist[j]:
                    dist[j] = dist[i] + c[a]
                    by[j] = a
                    from_at[j] = at
                    push(heap, key, waiting, j, dist[j])
                    waiting += 1


grow = kernel(_grow_example)(_grow)


def _inherit_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    two = np.zeros((1, 2), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    old = (one, two, one, one, np.zeros((1, 1)), np.ones(1, dtype=np.int64))
    new = (one.copy(), two.copy(), one.copy(), one.copy(), np.zeros((1, 1)), zero.copy())
    return (zero, zero, np.zeros((1, 1)), *old, *new)


def _inherit(
    heir_of: NDArray[np.int64],
    bush_class: NDArray[np.int64],
    fixed: NDArray[np.float64],
    old_order: NDArray[np.int32],
    old_first: NDArray[np.int32],
    old_link: NDArray[np.int32],
    old_tail: NDArray[np.int32],
    old_flow: NDArray[np.float64],
    old_nodes: NDArray[np.int64],
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    nodes: NDArray[np.int64],
) -> None:
    """Begin bushes with what is left of former ones: nodes still reached without closed links, in their order.

    heir_of : (B,) former row of each bush, -1 where there was none: such a bush stays empty
    fixed : (M, L) inf where a class must not drive
    """
    place = np.empty(order.shape[1], dtype=np.int32)
    for b in range(heir_of.size):
        old = heir_of[b]
        if old < 0:
            continue
        closed = fixed[bush_class[b]]
        place[0] = 0
        order[b, 0] = old_order[old, 0]
        first[b, 0] = first[b, 1] = 0
        held, links = 1, 0
        for at in range(1, old_nodes[old]):
            place[at] = -1
            begin = links
            for k in range(old_first[old, at], old_first[old, at + 1]):
                if place[old_tail[old, k]] >= 0 and closed[old_link[old, k]] < np.inf:
                    link[b, links] = old_link[old, k]
                    tail[b, links] = place[old_tail[old, k]]
                    flow[b, links] = old_flow[old, k]
                    links += 1
            if links > begin:
                place[at] = held
                order[b, held] = old_order[old, at]
                held += 1
                first[b, held] = links
        nodes[b] = held


inherit = kernel(_inherit_example)(_inherit)


def _reload(
    count: int,
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    wanted: NDArray[np.float64],
    through: NDArray[np.float64],
    volume: NDArray[np.float64],
) -> None:
    """Set the flows of a bush anew from its demand, in the proportions they have at every node."""
    for at in range(count):
        through[at] = wanted[order[at]]
    for at in range(count - 1, 0, -1):
        total = 0.0
        for k in range(first[at], first[at + 1]):
            total += flow[k]
        dust = DUST_RATIO * total
        kept = 0.0
        for k in range(first[at], first[at + 1]):
            if flow[k] <= dust:
                flow[k] = 0.0
            kept += flow[k]
        if through[at] <= 0.0:
            for k in range(first[at], first[at + 1]):
                flow[k] = 0.0
            continue
        if kept <= 0.0:
            flow[first[at]] = kept = through[at]
        scale = through[at] / kept
        for k in range(first[at], first[at + 1]):
            if flow[k] > 0.0:
                flow[k] *= scale
                through[tail[k]] += flow[k]
                volume[link[k]] += flow[k]


reload = inner(_reload)


def _load_example() -> tuple[Any, ...]:
    one = np.zeros((1, 1), dtype=np.int32)
    zero = np.zeros(1, dtype=np.int64)
    return (
        *(zero, one, np.zeros((1, 2), dtype=np.int32), one, one, np.zeros((1, 1)), np.ones(1, dtype=np.int64)),
        *(zero, zero, np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)),
    )


def _load(
    bush_class: NDArray[np.int64],
    order: NDArray[np.int32],
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    nodes: NDArray[np.int64],
    zone_node: NDArray[np.int64],
    bush_row: NDArray[np.int64],
    demand: NDArray[np.float64],
    out_volume: NDArray[np.float64],
    wanted: NDArray[np.float64],
) -> None:
    """Put the demand on all bushes, in the proportions of their flows; in equal costs conservation holds to rounding.

    zone_node : (Z,) node of each zone
    bush_row : (B,) row of `demand` that belongs to each bush
    demand : (R, Z) passenger-car equivalents from one origin of one class to every zone
    out_volume : (M, L) passenger-car equivalents of each class
    wanted : (N,) scratch, zero before and after
    """
    out_volume[:] = 0.0
    through = np.zeros(order.shape[1])
    for b in range(nodes.size):
        for z in range(zone_node.size):
            wanted[zone_node[z]] += demand[bush_row[b], z]
        reload(nodes[b], order[b], first[b], link[b], tail[b], flow[b], wanted, through, out_volume[bush_class[b]])
        for z in range(zone_node.size):
            wanted[zone_node[z]] = 0.0


load = kernel(_load_example)(_load)
