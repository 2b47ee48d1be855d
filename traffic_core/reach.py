"""Driving times at free speed along permitted turns, for what is computed once at a start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.network import Network


def drive_times_s(network: Network, from_links: Sequence[str], to_nodes: Sequence[str]) -> NDArray[np.float64]:
    """Time from the start of each link to each node, s; infinite where there is no way or the name is unknown.

    Returns (len(from_links), len(to_nodes)).  Dijkstra over links joined by turns.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(network.links)
    for turn in network.turns.values():
        graph.add_edge(turn.from_link, turn.to_link, time_s=_link_time_s(network, turn.to_link))
    times_s = np.full((len(from_links), len(to_nodes)), np.inf)
    ends: dict[str, list[int]] = {}
    for column, node_id in enumerate(to_nodes):
        ends.setdefault(node_id, []).append(column)
    for row, link_id in enumerate(from_links):
        if link_id not in network.links:
            continue
        first_s = _link_time_s(network, link_id)
        reached = nx.single_source_dijkstra_path_length(graph, link_id, weight="time_s")
        for other, time_s in reached.items():
            for column in ends.get(network.links[other].to_node, ()):
                times_s[row, column] = min(times_s[row, column], first_s + time_s)
    return times_s


def _link_time_s(network: Network, link_id: str) -> float:
    link = network.links[link_id]
    return link.length_m / link.free_speed_m_s
