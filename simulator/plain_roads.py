"""Networks given by numbers alone, without geography: of benchmarks, closed forms and other people's cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.road_traffic import Trips
from simulator.roads import NO_SIGNAL, Roads, Yielding, offsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlainLinks:
    """L links between N nodes; entry, exit and node capacities in veh/s, inf where there is no limit."""

    nodes: int
    from_node: Ints
    to_node: Ints
    length_m: Floats
    speed_m_s: Floats
    wave_m_s: Floats
    jam_veh_m: Floats
    entry_veh_s: Floats
    exit_veh_s: Floats
    priority: Floats
    """At merges; who waits outside a link has the same"""
    node_veh_s: Floats
    signal: Ints
    """(L,) row of a signal that holds every turn at the end of the link, or NO_SIGNAL"""


def plain_roads(links: PlainLinks) -> Roads:
    """One queue per link; every turn but back along the same street is permitted, nobody yields."""
    count = links.length_m.size
    first_out = offsets(links.from_node, links.nodes)
    out = np.argsort(links.from_node, kind="stable")
    turns = [
        (link, int(into))
        for link in range(count)
        for into in out[first_out[links.to_node[link]] : first_out[links.to_node[link] + 1]]
        if links.to_node[into] != links.from_node[link]
    ]
    turn_from = np.array([link for link, _ in turns], dtype=np.int64)
    capacity_veh_s = links.speed_m_s * links.wave_m_s * links.jam_veh_m / (links.speed_m_s + links.wave_m_s)
    return Roads(
        nodes=links.nodes,
        from_node=links.from_node,
        to_node=links.to_node,
        length_m=links.length_m,
        speed_m_s=links.speed_m_s,
        wave_m_s=links.wave_m_s,
        jam_pce_m=links.jam_veh_m,
        entry_pce_s=links.entry_veh_s,
        exit_pce_s=links.exit_veh_s,
        priority=np.concatenate([links.priority, links.priority]),
        turn_from=turn_from,
        turn_to=np.array([into for _, into in turns], dtype=np.int64),
        turn_group=turn_from.copy(),
        turn_signal=links.signal[turn_from] if turns else np.zeros(0, dtype=np.int64) + NO_SIGNAL,
        group_link=np.arange(count, dtype=np.int64),
        group_pce_s=np.minimum(capacity_veh_s, links.exit_veh_s),
        group_room_pce=links.jam_veh_m * links.length_m,
        node_pce_s=links.node_veh_s,
        yielding=Yielding.nobody(len(turns)),
        may_overtake=np.zeros(count, dtype=np.uint8),
        has_sign=np.zeros(count, dtype=np.uint8),
    )


def plain_trips(at_s: Floats, origin: Ints, destination: Ints, tree: Ints) -> Trips:
    """Trips of cars in the order of their time; `destination` is a row of the routes."""
    order = np.argsort(at_s, kind="stable")
    count = at_s.size
    return Trips(
        at_s=at_s[order],
        origin=origin[order],
        destination=destination[order],
        tree=tree[order],
        kind=np.zeros(count, dtype=np.int64),
        flags=np.zeros(count, dtype=np.uint8),
        first_link=np.full(count, -1, dtype=np.int64),
        end_s=np.full(count, np.nan),
    )
