"""Right of way turn by turn: which turns a driver lets pass at a junction, and which gaps he takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.junction_conflicts import arms_of, path_of
from simulator.junction_yields import Place, Yield, at_give_way, at_roundabout, at_signals
from simulator.roads import Yielding
from traffic_core.network import NodeControl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.junction import Junction
    from traffic_core.network import Link, Network, Turn
    from traffic_core.network_arrays import NetworkArrays


def right_of_way(network: Network, arrays: NetworkArrays, junctions: Mapping[str, Junction]) -> Yielding:
    """Right of way of every turn; `junctions` are those whose signals have supply data.

    A node with signals that is not among them works as a give-way node.  Everywhere else, as at ramps, nobody yields:
    streams merge by priority.
    """
    rows: dict[int, Yield] = {}
    for node_id, place in _places(network).items():
        control = network.nodes[node_id].control
        found: dict[str, Yield] = {}
        if control is NodeControl.ROUNDABOUT:
            found = at_roundabout(place)
        elif control is NodeControl.SIGNAL and node_id in junctions:
            found = at_signals(place, junctions[node_id])
        elif control in {NodeControl.GIVE_WAY, NodeControl.SIGNAL} and len(place.arms) > 1:
            found = at_give_way(place)
        rows.update({arrays.turn_index[turn]: row for turn, row in found.items() if row.superior})
    return _as_arrays(rows, arrays)


def _as_arrays(rows: Mapping[int, Yield], arrays: NetworkArrays) -> Yielding:
    turns = arrays.turn_from.size
    critical_gap_s, follow_up_s = np.zeros(turns), np.zeros(turns)
    first_superior = np.zeros(turns + 1, dtype=np.int64)
    pairs: list[tuple[int, float]] = []
    for turn in sorted(rows):
        critical_gap_s[turn], follow_up_s[turn] = rows[turn].gaps
        first_superior[turn + 1] = len(rows[turn].superior)
        pairs += sorted((arrays.turn_index[other], after_s) for other, after_s in rows[turn].superior)
    return Yielding(
        critical_gap_s=critical_gap_s,
        follow_up_s=follow_up_s,
        first_superior=np.cumsum(first_superior),
        superior_turn=np.array([turn for turn, _ in pairs], dtype=np.int64),
        superior_after_s=np.array([after_s for _, after_s in pairs], dtype=np.float64),
    )


def _places(network: Network) -> dict[str, Place]:
    """Junctions that have turns, in the order of the nodes."""
    incoming: dict[str, list[Link]] = {node: [] for node in network.nodes}
    outgoing: dict[str, list[Link]] = {node: [] for node in network.nodes}
    turns: dict[str, list[Turn]] = {node: [] for node in network.nodes}
    for link in network.links.values():
        incoming[link.to_node].append(link)
        outgoing[link.from_node].append(link)
    for turn in network.turns.values():
        turns[turn.node_id].append(turn)
    places = {}
    for node in network.nodes:
        if turns[node]:
            arms = arms_of(incoming[node], outgoing[node])
            places[node] = Place(arms=arms, paths={turn.id: path_of(turn, arms) for turn in turns[node]})
    return places
