"""Shortest-time trees over links, so that forbidden turns are respected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNREACHABLE = -1
ENDS_HERE = -2


def _less(cost_s: NDArray[np.float64], a: int, b: int) -> bool:
    return bool(cost_s[a] < cost_s[b] or (cost_s[a] == cost_s[b] and a < b))


less = inner(_less)


def _sift_up(heap: NDArray[np.int64], place: NDArray[np.int64], cost_s: NDArray[np.float64], at: int) -> None:
    link = heap[at]
    while at > 0:
        parent = (at - 1) // 2
        if not less(cost_s, link, heap[parent]):
            break
        heap[at] = heap[parent]
        place[heap[at]] = at
        at = parent
    heap[at] = link
    place[link] = at


sift_up = inner(_sift_up)


def _sift_down(heap: NDArray[np.int64], place: NDArray[np.int64], cost_s: NDArray[np.float64], size: int) -> None:
    at = 0
    link = heap[0]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and less(cost_s, heap[child + 1], heap[child]):
            child += 1
        if not less(cost_s, heap[child], link):
            break
        heap[at] = heap[child]
        place[heap[at]] = at
        at = child
    heap[at] = link
    place[link] = at


sift_down = inner(_sift_down)


def _trees_example() -> tuple[Any, ...]:
    one, two = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    return one, one, np.ones(1), two, one[:0], one[:0], np.ones((1, 1)), np.ones((1, 1), dtype=np.int64)


def _trees(
    destination_node: NDArray[np.int64],
    to_node: NDArray[np.int64],
    time_s: NDArray[np.float64],
    first_into: NDArray[np.int64],
    turn_into: NDArray[np.int64],
    turn_from: NDArray[np.int64],
    out_cost_s: NDArray[np.float64],
    out_next_link: NDArray[np.int64],
) -> None:
    """Shortest-time tree towards every destination, turn based.

    destination_node : (D,) node index of each destination
    to_node : (L,) node at the end of each link
    time_s : (L,) time to drive each link, s, above 0
    first_into, turn_into, turn_from : (L + 1,), (T,), (T,) turns `turn_into[first_into[b]:first_into[b + 1]]` lead into
        link b, from link `turn_from[turn]`
    out_cost_s : (D, L) time from the start of the link to the destination, s; inf where there is no way
    out_next_link : (D, L) link to take next; ENDS_HERE on links that end at the destination, UNREACHABLE without a way

    Of equally fast ways the one over the lower link index is taken, whatever the order of the heap.
    Source: Dijkstra (1959) with a binary heap with decrease-key, on the line graph of the network.
    """
    links = to_node.size
    heap = np.empty(links, dtype=np.int64)
    place = np.empty(links, dtype=np.int64)
    for d in range(destination_node.size):
        cost_s, next_link = out_cost_s[d], out_next_link[d]
        cost_s[:] = np.inf
        next_link[:] = UNREACHABLE
        place[:] = -1
        size = 0
        for link in range(links):
            if to_node[link] == destination_node[d]:
                cost_s[link] = time_s[link]
                next_link[link] = ENDS_HERE
                heap[size] = link
                size += 1
                sift_up(heap, place, cost_s, size - 1)
        while size > 0:
            link = heap[0]
            size -= 1
            if size > 0:
                heap[0] = heap[size]
                sift_down(heap, place, cost_s, size)
            for k in range(first_into[link], first_into[link + 1]):
                before = turn_from[turn_into[k]]
                if next_link[before] == ENDS_HERE:
                    continue
                reached_s = cost_s[link] + time_s[before]
                if reached_s < cost_s[before]:
                    new = cost_s[before] == np.inf
                    cost_s[before] = reached_s
                    next_link[before] = link
                    if new:
                        heap[size] = before
                        place[before] = size
                        size += 1
                    sift_up(heap, place, cost_s, place[before])
                elif reached_s == cost_s[before] and link < next_link[before]:
                    next_link[before] = link


trees = kernel(_trees_example)(_trees)


def _first_links_example() -> tuple[Any, ...]:
    return np.zeros(1, dtype=np.int64), np.ones((1, 1)), np.zeros((1, 1), dtype=np.int64)


def _first_links(from_node: NDArray[np.int64], cost_s: NDArray[np.float64], out_first_link: NDArray[np.int64]) -> None:
    """Best link to begin a trip with at every node.

    from_node : (L,) node at the start of each link
    cost_s : (D, L) as `trees` gives it
    out_first_link : (D, N) link that leaves the node and is fastest to the destination; UNREACHABLE without a way
    """
    out_first_link[:] = UNREACHABLE
    for d in range(cost_s.shape[0]):
        for link in range(from_node.size):
            if cost_s[d, link] == np.inf:
                continue
            best = out_first_link[d, from_node[link]]
            if best == UNREACHABLE or cost_s[d, link] < cost_s[d, best]:
                out_first_link[d, from_node[link]] = link


first_links = kernel(_first_links_example)(_first_links)
