"""Which way to every destination: shortest-time trees that follow the travel times of the last minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core.kernels.paths import UNREACHABLE, first_links, trees

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from traffic_core.kernels.vehicles import Queues
    from traffic_core.network_arrays import NetworkArrays

MEMORY_SHARE = 0.5
"""Weight of the old estimate when drivers learn a new travel time."""


class RouteTable:
    """Fastest ways from every link to every destination node.

    All drivers know the travel times of the last period; they follow `next_link` at every junction.
    """

    def __init__(self, arrays: NetworkArrays, destinations: Iterable[str]) -> None:
        self._arrays = arrays
        self._row = {node: row for row, node in enumerate(dict.fromkeys(destinations))}
        self._nodes = np.array([arrays.node_index[node] for node in self._row], dtype=np.int64)
        links = arrays.lanes.size
        self.time_s = arrays.free_flow_s.copy()
        self.cost_s = np.empty((self._nodes.size, links))
        self.next_link = np.empty((self._nodes.size, links), dtype=np.int64)
        self.first_link = np.empty((self._nodes.size, len(arrays.node_index)), dtype=np.int64)
        self._grow_trees()

    def row(self, node: str) -> int:
        """Row of a destination node."""
        return self._row[node]

    def start(self, node: str, row: int) -> int | None:
        """Link to begin with from a node, or None where there is no way (or no way to go)."""
        link = int(self.first_link[row, self._arrays.node_index[node]])
        return None if link == UNREACHABLE else link

    def time_from_node_s(self, node: str, row: int) -> float:
        """Driving time from a node, s; 0 at the destination itself, inf without a way."""
        if self._arrays.node_index[node] == self._nodes[row]:
            return 0.0
        link = self.start(node, row)
        return float("inf") if link is None else float(self.cost_s[row, link])

    def learn(self, queues: Queues, period_s: float) -> None:
        """Take over the travel times of the last period from the fleet, set its sums to zero, and route anew."""
        measured_s = travel_times_s(
            self._arrays.free_flow_s, queues.drive_time_s, queues.drive_count_veh, queues.on_link_veh, period_s
        )
        self.time_s = MEMORY_SHARE * self.time_s + (1.0 - MEMORY_SHARE) * measured_s
        queues.drive_time_s[:] = 0.0
        queues.drive_count_veh[:] = 0
        self._grow_trees()

    def _grow_trees(self) -> None:
        arrays = self._arrays
        trees(
            self._nodes,
            arrays.to_node,
            self.time_s,
            arrays.first_into,
            arrays.turn_into,
            arrays.turn_from,
            self.cost_s,
            self.next_link,
        )
        first_links(arrays.from_node, self.cost_s, self.first_link)


def travel_times_s(
    free_flow_s: NDArray[np.float64],
    sum_s: NDArray[np.float64],
    count_veh: NDArray[np.int64],
    on_link_veh: NDArray[np.int64],
    period_s: float,
) -> NDArray[np.float64]:
    """Travel time of each link in the last period, s, shape (L,).

    The mean of those who left it; free flow where nobody drove; free flow plus the period where vehicles are on the
    link and none got away.
    """
    mean_s = sum_s / np.maximum(1, count_veh)
    unmeasured_s = np.where(on_link_veh > 0, free_flow_s + period_s, free_flow_s)
    return np.maximum(free_flow_s, np.where(count_veh > 0, mean_s, unmeasured_s))
