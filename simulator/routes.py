"""Which way to every destination: shortest-time trees that follow the travel times of the last minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.roads import SHORTEST_FREE_FLOW_S, offsets
from traffic_core.kernels.paths import UNREACHABLE, first_links, trees
from traffic_core.traffic_arrays import ENDS_HERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.roads import Roads
    from traffic_core.traffic_arrays import Town

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MEMORY_SHARE = 0.5
"""Weight of the old estimate when drivers learn a new travel time."""
FAR_S = 1e7
"""Longer than any way: the time of a closed link."""
TREE_SHARES = (1 / 3, 2 / 9, 4 / 27, 8 / 27)
"""Shares of the drivers who follow the newest trees, those of one, two and three periods ago: a third of those who knew
the last news hears the next.  If all heard it at once, all would crowd the same way."""


def tree_of(uniform: Floats) -> Ints:
    """Which trees drivers follow, from a uniform number each."""
    return np.minimum(np.searchsorted(np.cumsum(TREE_SHARES), uniform, side="right"), len(TREE_SHARES) - 1)


class RouteTable:
    """Fastest ways from every link to D destination nodes.

    `next_link` (A, D, L) and `first_link` (A, D, N) hold A trees for each destination, the newest first.
    """

    def __init__(self, roads: Roads, destinations: Ints, *, ages: int = len(TREE_SHARES)) -> None:
        self._roads = roads
        self._destinations = destinations
        links = roads.length_m.size
        self._into = (
            offsets(np.sort(roads.turn_to), links),
            np.argsort(roads.turn_to, kind="stable").astype(np.int64),
        )
        self.free_flow_s = np.maximum(SHORTEST_FREE_FLOW_S, roads.length_m / roads.speed_m_s)
        self.time_s = self.free_flow_s.copy()
        self.closed = np.zeros(links, dtype=np.bool_)
        self.cost_s = np.empty((destinations.size, links))
        """(D, L) time from the start of a link, newest estimate; inf without a way"""
        self._next = np.empty((destinations.size, links), dtype=np.int64)
        self._first = np.empty((destinations.size, roads.nodes), dtype=np.int64)
        self.next_link = np.empty((ages, destinations.size, links), dtype=np.int32)
        self.first_link = np.empty((ages, destinations.size, roads.nodes), dtype=np.int32)
        self.tell_all()
        self.free_s = self.times_from_nodes_s()
        """(D, N) time from a node on the empty network; 0 at the destination itself, inf without a way"""
        self._seen_s = np.zeros(links)
        self._seen_veh = np.zeros(links, dtype=np.int64)

    def learn(self, town: Town, period_s: float) -> None:
        """Take over the travel times since the last call; those who follow the newest trees hear of it."""
        sum_s, count_veh = town.drive_time_s - self._seen_s, town.left_veh - self._seen_veh
        self._seen_s, self._seen_veh = town.drive_time_s.copy(), town.left_veh.copy()
        inside_veh = town.entered_veh - town.left_veh
        measured_s = travel_times_s(self.free_flow_s, sum_s, count_veh, inside_veh, period_s)
        self.time_s = MEMORY_SHARE * self.time_s + (1.0 - MEMORY_SHARE) * measured_s
        self._grow()
        for table, newest in ((self.next_link, self._next), (self.first_link, self._first)):
            table[1:] = table[:-1].copy()
            table[0] = newest

    def tell_all(self) -> None:
        """Let all drivers hear the newest at once: a closed street is told on the radio."""
        self._grow()
        self.next_link[:] = self._next
        self.first_link[:] = self._first

    def start(self, node: int, row: int) -> int | None:
        """Link to begin with from a node, or None where there is no way (or no way to go)."""
        link = int(self._first[row, node])
        return None if link < 0 else link

    def time_from_node_s(self, node: int, row: int) -> float:
        """Newest driving time from a node, s; 0 at the destination itself, inf without a way."""
        if node == self._destinations[row]:
            return 0.0
        link = self.start(node, row)
        return float("inf") if link is None else float(self.cost_s[row, link])

    def times_from_nodes_s(self) -> Floats:
        """(D, N) newest driving times from all nodes, as `time_from_node_s`."""
        rows = np.arange(self._destinations.size)
        times_s = np.where(
            self._first >= 0, np.take_along_axis(self.cost_s, np.maximum(self._first, 0), axis=1), np.inf
        )
        times_s[rows, self._destinations] = 0.0
        return times_s

    def _grow(self) -> None:
        roads = self._roads
        # who is on a closed link finds his way on from there; nobody is led over it from elsewhere
        time_s = np.where(self.closed, FAR_S, self.time_s)
        trees(self._destinations, roads.to_node, time_s, *self._into, roads.turn_from, self.cost_s, self._next)
        drives_out = self.closed & (self.cost_s < 2.0 * FAR_S)
        self._next[(self.cost_s >= FAR_S) & ~drives_out] = UNREACHABLE
        self.cost_s[self.cost_s >= FAR_S] = np.inf
        first_links(roads.from_node, self.cost_s, self._first)
        self._first[np.arange(self._destinations.size), self._destinations] = ENDS_HERE


def travel_times_s(free_flow_s: Floats, sum_s: Floats, count_veh: Ints, on_link_veh: Ints, period_s: float) -> Floats:
    """Travel time of each link in the last period, s, shape (L,).

    The mean of those who left it; free flow where nobody drove; free flow plus the period where vehicles are on the
    link and none got away.
    """
    mean_s = sum_s / np.maximum(1, count_veh)
    unmeasured_s = np.where(on_link_veh > 0, free_flow_s + period_s, free_flow_s)
    return np.maximum(free_flow_s, np.where(count_veh > 0, mean_s, unmeasured_s))
