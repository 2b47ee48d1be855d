"""Small networks for assignment, and an independent judge that knows nothing of bushes."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from traffic_core.assignment.problem import AssignmentNetwork, TripClass


def network_of(links, zones, *, nodes=None, blocked=()):
    """Links as (from, to, t0, capacity, b, power[, length, toll]); nodes and zones are whole numbers from 0."""
    count = nodes or 1 + max(max(link[:2]) for link in links)
    columns = [[link[n] if n < len(link) else 0.0 for link in links] for n in range(2, 8)]
    time, capacity, b, power, length, toll = (np.array(column, dtype=np.float64) for column in columns)
    return AssignmentNetwork(
        node_ids=tuple(f"n{n}" for n in range(count)),
        link_ids=tuple(f"a{n}" for n in range(len(links))),
        zone_ids=tuple(f"z{n}" for n in range(len(zones))),
        zone_node=np.array(zones, dtype=np.int64),
        passable=np.array([n not in blocked for n in range(count)], dtype=np.uint8),
        from_node=np.array([link[0] for link in links], dtype=np.int64),
        to_node=np.array([link[1] for link in links], dtype=np.int64),
        free_flow_time=time,
        capacity=capacity,
        b=b,
        power=power,
        length=length,
        toll=toll,
    )


def trips_of(zones, pairs, **kwargs):
    table = np.zeros((zones, zones))
    for (origin, destination), trips in pairs.items():
        table[origin, destination] = trips
    return TripClass(name=kwargs.pop("name", "car"), trips=table, **kwargs)


def judged_gap(network, trip_class, volume):
    """Relative gap of link volumes, from networkx' shortest paths alone; zones that are not passable are split."""
    ratio = np.divide(volume, network.capacity, out=np.zeros_like(volume), where=network.capacity > 0)
    time = network.free_flow_time * (1.0 + network.b * ratio**network.power)
    cost = time + trip_class.toll_weight * network.toll + trip_class.distance_weight * network.length
    graph = nx.DiGraph()
    for a, (i, j) in enumerate(zip(network.from_node.tolist(), network.to_node.tolist(), strict=True)):
        start = ("out", i) if network.passable[i] == 0 else i
        known = graph.get_edge_data(start, j)
        if known is None or cost[a] < known["weight"]:
            graph.add_edge(start, j, weight=cost[a])
    shortest = 0.0
    for o, d in np.argwhere(trip_class.trips > 0.0).tolist():
        if o == d:
            continue
        i, j = int(network.zone_node[o]), int(network.zone_node[d])
        start = ("out", i) if network.passable[i] == 0 else i
        shortest += trip_class.trips[o, d] * nx.dijkstra_path_length(graph, start, j)
    total = float(cost @ volume)
    return (total - shortest) / total


def imbalance(network, trip_class, volume):
    """Largest difference at a node between what comes, what goes, and what starts and ends there."""
    count = len(network.node_ids)
    net = np.bincount(network.from_node, volume, count) - np.bincount(network.to_node, volume, count)
    trips = trip_class.trips.copy()
    np.fill_diagonal(trips, 0.0)
    np.subtract.at(net, network.zone_node, trips.sum(axis=1) - trips.sum(axis=0))
    return float(np.abs(net).max())


@pytest.fixture
def braess():
    """Braess (1968): 6 trips from s to t; s-a and b-t take 10 x, the others 50 + x or 10 + x."""
    links = [
        (0, 1, 1e-9, 1e-10, 1.0, 1.0),
        (0, 2, 50.0, 50.0, 1.0, 1.0),
        (1, 3, 50.0, 50.0, 1.0, 1.0),
        (2, 3, 1e-9, 1e-10, 1.0, 1.0),
        (1, 2, 10.0, 10.0, 1.0, 1.0),
    ]
    return network_of(links, [0, 3]), trips_of(2, {(0, 1): 6.0})
