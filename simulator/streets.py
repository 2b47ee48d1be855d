"""Who may go when: saturation flows, right of way and signs of a town as the arrays of the vehicle kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.signal_group import GroupKind
from traffic_core.kernels.vehicles import Streets
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from traffic_core.network import Network
    from traffic_core.network_arrays import NetworkArrays

SATURATION_VEH_H_LANE = 1_900.0
"""Flow over a stop line or into a link per lane where no table says otherwise."""
CRITICAL_GAP_S = 6.0
FOLLOW_UP_S = 3.3
GIVE_WAY_CONFLICT_SHARE = 0.7
"""Share of the superior flow a minor approach waits for: all of it to turn left, one direction to turn right."""
ROUNDABOUT_CRITICAL_GAP_S = 4.1
ROUNDABOUT_FOLLOW_UP_S = 2.9
ROUNDABOUT_CONFLICT_SHARE = 0.5
"""Share of each other entry's flow that passes in front of an entry; exact for four arms with equal turns."""
RANK = {
    RoadClass.MOTORWAY: 0,
    RoadClass.TRUNK: 1,
    RoadClass.PRIMARY: 2,
    RoadClass.SECONDARY: 3,
    RoadClass.TERTIARY: 4,
    RoadClass.RAMP: 5,
    RoadClass.RESIDENTIAL: 6,
    RoadClass.SERVICE: 7,
}
"""The lower, the more right of way at a give-way node."""


def streets_of(
    network: Network, arrays: NetworkArrays, junctions: Mapping[str, Junction], signed_links: Iterable[str]
) -> Streets:
    """Kernel arrays of the streets; `signed_links` carry a sign.

    A node with signals that is not among `junctions`, because its supply data are not known, works as a give-way node.
    """
    headway_s = 1.0 / saturation_veh_s(arrays, junctions)
    critical_gap_s = np.zeros(headway_s.size)
    conflicts: list[list[tuple[int, float]]] = [[] for _ in range(headway_s.size)]
    for node_id, node in network.nodes.items():
        entries = _groups_into(arrays, arrays.node_index[node_id])
        if node.control is NodeControl.ROUNDABOUT:
            gap_s, follow_up_s, weight = ROUNDABOUT_CRITICAL_GAP_S, ROUNDABOUT_FOLLOW_UP_S, ROUNDABOUT_CONFLICT_SHARE
            superior = {g: [other for other in entries if not _same_link(arrays, g, other)] for g in entries}
        elif node.control is NodeControl.GIVE_WAY or (node.control is NodeControl.SIGNAL and node_id not in junctions):
            gap_s, follow_up_s, weight = CRITICAL_GAP_S, FOLLOW_UP_S, GIVE_WAY_CONFLICT_SHARE
            superior = _superior_groups(network, arrays, entries)
        else:
            continue
        for group, others in superior.items():
            if others:
                critical_gap_s[group] = gap_s
                headway_s[group] = max(headway_s[group], follow_up_s / float(arrays.group_lanes[group]))
                conflicts[group] = [(other, weight) for other in others]
    has_sign = np.zeros(arrays.lanes.size, dtype=np.uint8)
    has_sign[[arrays.link_index[link] for link in signed_links]] = 1
    first_conflict = np.zeros(headway_s.size + 1, dtype=np.int64)
    first_conflict[1:] = np.cumsum([len(row) for row in conflicts])
    return Streets(
        free_flow_s=arrays.free_flow_s,
        entry_headway_s=1.0 / np.maximum(arrays.capacity_veh_s, _lane_saturation_veh_s(arrays.lanes)),
        storage_veh=arrays.storage_veh,
        first_turn=arrays.first_turn,
        turn_to=arrays.turn_to,
        turn_group=arrays.turn_group,
        first_group=arrays.first_group,
        group_storage_veh=arrays.group_storage_veh,
        group_headway_s=headway_s,
        critical_gap_s=critical_gap_s,
        first_conflict=first_conflict,
        conflict_group=np.array([other for row in conflicts for other, _ in row], dtype=np.int64),
        conflict_weight=np.array([weight for row in conflicts for _, weight in row], dtype=np.float64),
        has_sign=has_sign,
    )


def saturation_veh_s(arrays: NetworkArrays, junctions: Mapping[str, Junction]) -> NDArray[np.float64]:
    """Flow each lane group discharges while it may go, veh/s, shape (G,).

    Without a signal it is the group's share of the link's capacity.  A signal group's saturation flow is spread over
    the lanes of all lane groups it serves; a lane group with several signal groups takes the largest flow per lane.
    """
    share = arrays.group_lanes / np.maximum(1, arrays.lanes[arrays.group_link])
    flow_veh_s: NDArray[np.float64] = share * arrays.capacity_veh_s[arrays.group_link]
    per_lane_veh_s = np.zeros(flow_veh_s.size)
    for junction in junctions.values():
        for group in junction.layout.groups.values():
            if group.kind is GroupKind.VEHICLE:
                served = sorted({int(arrays.turn_group[arrays.turn_index[turn]]) for turn in group.turns})
                per_lane = group.saturation_flow_veh_h / 3_600.0 / float(arrays.group_lanes[served].sum())
                per_lane_veh_s[served] = np.maximum(per_lane_veh_s[served], per_lane)
    signalised = per_lane_veh_s > 0.0
    flow_veh_s[signalised] = (per_lane_veh_s * arrays.group_lanes)[signalised]
    return flow_veh_s


def _lane_saturation_veh_s(lanes: NDArray[np.int64]) -> NDArray[np.float64]:
    return lanes.astype(np.float64) * (SATURATION_VEH_H_LANE / 3_600.0)


def _groups_into(arrays: NetworkArrays, node: int) -> list[int]:
    return [int(group) for group in np.flatnonzero(arrays.to_node[arrays.group_link] == node)]


def _same_link(arrays: NetworkArrays, a: int, b: int) -> bool:
    return bool(arrays.group_link[a] == arrays.group_link[b])


def _superior_groups(network: Network, arrays: NetworkArrays, entries: list[int]) -> dict[int, list[int]]:
    """Groups of higher-ranking roads that each group of a give-way node must let pass."""
    roads = tuple(network.links.values())
    rank = {group: RANK[roads[arrays.group_link[group]].road_class] for group in entries}
    return {group: [other for other in entries if rank[other] < rank[group]] for group in entries}
