"""Cost of the cheapest way between zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.problem import AssignmentNetwork

LEAST_COST = 1e-9
"""Stands for 0 in the sparse graph, where 0 would be no link."""


def node_costs(network: AssignmentNetwork, link_cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """(Z, Z) cost of the cheapest way between the zones of an assignment; infinite where there is none, diagonal 0.

    Ways do not pass through nodes that are not `passable`.
    """
    if link_cost.shape != network.from_node.shape or np.isnan(link_cost).any() or (link_cost < 0.0).any():
        raise InvalidValueError("link_cost", link_cost.shape, "must be a number of at least 0 for each link")
    nodes = len(network.node_ids)
    closed = network.passable == 0
    # Links into a closed node lead to a copy of it, which nothing leaves.
    head = np.where(closed[network.to_node], nodes + network.to_node, network.to_node)
    usable = np.isfinite(link_cost)
    cost = np.maximum(link_cost[usable], LEAST_COST)
    tail, head = network.from_node[usable], head[usable]
    order = np.lexsort((cost, head, tail))
    first = np.ones(order.size, dtype=np.bool_)  # of parallel links the cheapest
    first[1:] = (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0)
    kept = order[first]
    graph = sparse.csr_array((cost[kept], (tail[kept], head[kept])), shape=(2 * nodes, 2 * nodes))
    ends = np.where(closed[network.zone_node], nodes + network.zone_node, network.zone_node)
    found: NDArray[np.float64] = dijkstra(graph, indices=network.zone_node)[:, ends]
    np.fill_diagonal(found, 0.0)
    return found


def zone_costs(node_cost: NDArray[np.float64], zone_of: Sequence[str], zones: Sequence[str]) -> NDArray[np.float64]:
    """(Z, Z) mean over all pairs of access nodes of two zones; infinite where one of them has no way, diagonal 0.

    `zone_of` names the zone of each row of `node_cost`.
    """
    member = np.array([[of == zone for of in zone_of] for zone in zones], dtype=np.float64)
    count = member.sum(axis=1)
    if (count == 0.0).any():
        at = int(np.argmin(count))
        raise InvalidValueError("zones", zones[at], "must have an access node")
    blocked = member @ np.isinf(node_cost).astype(np.float64) @ member.T > 0.0
    mean = member @ np.where(np.isinf(node_cost), 0.0, node_cost) @ member.T / np.outer(count, count)
    mean[blocked] = np.inf
    np.fill_diagonal(mean, 0.0)
    return mean
