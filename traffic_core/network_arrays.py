"""The network as arrays for the kernels: the only place where `Network` becomes struct-of-arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from traffic_core.network import Network

JAM_SPACING_M = 7.0
"""Front to front distance of standing vehicles in one lane."""
SHORTEST_FREE_FLOW_S = 1.0
"""A vehicle spends at least one simulation step on a link, so that it moves at most once per step."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkArrays:
    """Links (L), turns (T), lane groups (G) and nodes (N) in the order of the network's mappings.

    Turns are sorted by the link they leave: link l owns turns `first_turn[l]` to `first_turn[l + 1] - 1`.
    Turns into a link b are `turn_into[first_into[b]:first_into[b + 1]]`.
    A lane group is a set of lanes that share movements, hence one queue at the downstream end of the link; link l owns
    groups `first_group[l]` to `first_group[l + 1] - 1`.
    """

    node_index: dict[str, int]
    link_index: dict[str, int]
    turn_index: dict[str, int]
    from_node: NDArray[np.int64]
    to_node: NDArray[np.int64]
    length_m: NDArray[np.float64]
    free_flow_s: NDArray[np.float64]
    capacity_veh_s: NDArray[np.float64]
    """All lanes of the link together."""
    lanes: NDArray[np.int64]
    first_turn: NDArray[np.int64]
    turn_from: NDArray[np.int64]
    turn_to: NDArray[np.int64]
    turn_group: NDArray[np.int64]
    first_into: NDArray[np.int64]
    turn_into: NDArray[np.int64]
    first_group: NDArray[np.int64]
    group_link: NDArray[np.int64]
    group_lanes: NDArray[np.int64]
    detector_ids: tuple[str, ...]
    detector_link: NDArray[np.int64]
    detector_to_stop_line_m: NDArray[np.float64]
    detector_interval_s: NDArray[np.float64]


def arrays_of(network: Network) -> NetworkArrays:
    """Convert a network.  Deterministic: the order of the arrays is the order of the network's mappings."""
    nodes = {node: index for index, node in enumerate(network.nodes)}
    links = {link: index for index, link in enumerate(network.links)}
    turns = sorted(network.turns.values(), key=lambda turn: links[turn.from_link])
    turn_from = _ints(links[turn.from_link] for turn in turns)
    turn_to = _ints(links[turn.to_link] for turn in turns)
    roads = tuple(network.links.values())
    length_m = np.array([road.length_m for road in roads], dtype=np.float64)
    speed_m_s = np.array([road.free_speed_m_s for road in roads], dtype=np.float64)
    lanes = _ints(road.lanes for road in roads)
    movements = lane_movements(network)
    first_group = np.zeros(len(roads) + 1, dtype=np.int64)
    first_group[1:] = np.cumsum([len(movements[road.id]) for road in roads])
    group_link = np.repeat(np.arange(len(roads), dtype=np.int64), np.diff(first_group))
    group_lanes = _ints(count for road in roads for count, _ in movements[road.id])
    turn_group = _ints(
        first_group[links[turn.from_link]] + _group_of(turn.movement, movements[turn.from_link]) for turn in turns
    )
    detectors = tuple(network.detectors.values())
    return NetworkArrays(
        node_index=nodes,
        link_index=links,
        turn_index={turn.id: index for index, turn in enumerate(turns)},
        from_node=_ints(nodes[road.from_node] for road in roads),
        to_node=_ints(nodes[road.to_node] for road in roads),
        length_m=length_m,
        free_flow_s=np.maximum(SHORTEST_FREE_FLOW_S, length_m / speed_m_s),
        capacity_veh_s=np.array([road.capacity_veh_h for road in roads], dtype=np.float64) / 3_600.0,
        lanes=lanes,
        first_turn=_offsets(turn_from, len(roads)),
        turn_from=turn_from,
        turn_to=turn_to,
        turn_group=turn_group,
        first_into=_offsets(turn_to, len(roads)),
        turn_into=np.argsort(turn_to, kind="stable").astype(np.int64),
        first_group=first_group,
        group_link=group_link,
        group_lanes=group_lanes,
        detector_ids=tuple(detector.id for detector in detectors),
        detector_link=_ints(links[detector.link_id] for detector in detectors),
        detector_to_stop_line_m=np.array([detector.to_stop_line_m for detector in detectors], dtype=np.float64),
        detector_interval_s=np.array([detector.interval_s for detector in detectors], dtype=np.float64),
    )


def lane_movements(network: Network) -> dict[str, list[tuple[int, frozenset[Movement]]]]:
    """Lane groups of every link as (number of lanes, movements), from the right.

    Lanes that share a movement are one group.  Lanes nobody described join the leftmost group; a link without any
    described lane is one group for every movement.
    """
    described: dict[str, list[tuple[int, frozenset[Movement]]]] = {link: [] for link in network.links}
    for lane in sorted(network.lanes, key=lambda lane: lane.number):
        groups = described[lane.link_id]
        merged = (1, lane.movements)
        for group in [group for group in groups if group[1] & lane.movements]:
            merged = (merged[0] + group[0], merged[1] | group[1])
            groups.remove(group)
        groups.append(merged)
    for link in network.links.values():
        groups = described[link.id]
        if not groups:
            groups.append((link.lanes, frozenset(Movement)))
        elif (missing := link.lanes - sum(count for count, _ in groups)) > 0:
            groups[-1] = (groups[-1][0] + missing, groups[-1][1])
    return described


def _group_of(movement: Movement, groups: list[tuple[int, frozenset[Movement]]]) -> int:
    """Index of the group that serves a movement; what no lane allows is done from the leftmost."""
    return next((index for index, (_, served) in enumerate(groups) if movement in served), len(groups) - 1)


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def _offsets(owner: NDArray[np.int64], owners: int) -> NDArray[np.int64]:
    """First row of each owner in a table sorted by owner, shape (owners + 1,)."""
    offsets = np.zeros(owners + 1, dtype=np.int64)
    offsets[1:] = np.cumsum(np.bincount(owner, minlength=owners))
    return offsets
