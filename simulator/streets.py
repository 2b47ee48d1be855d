"""The town's streets as the traffic kernel drives on them: fundamental diagrams, saturation flows, right of way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.signal_group import GroupKind
from simulator.right_of_way import right_of_way
from simulator.roads import Roads
from traffic_core.network_arrays import JAM_SPACING_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from traffic_core.network import Network
    from traffic_core.network_arrays import NetworkArrays

SATURATION_VEH_H_LANE = 1_900.0
"""Flow of a lane at its best where no table says more."""
OUTSIDE_SHARE = 0.5
"""Weight of those who leave a driveway against one lane of the street they enter."""


def town_roads(
    network: Network,
    arrays: NetworkArrays,
    junctions: Mapping[str, Junction],
    turn_signal: NDArray[np.int64],
    signed_links: Iterable[str],
) -> Roads:
    """Streets of a town; `turn_signal` (T,) as `Lights` numbers the signals, `signed_links` carry a sign.

    The fundamental diagram of a link has its free speed, one vehicle per 7.0 m and lane at a standstill and the
    capacity of its lanes or of the table, whichever is more; its end discharges what the table or its signals say.
    A node with signals that is not among `junctions`, because its supply data are not known, works as a give-way node.
    """
    lanes = arrays.lanes.astype(np.float64)
    speed_m_s = arrays.length_m / arrays.free_flow_s
    jam_pce_m = lanes / JAM_SPACING_M
    lane_pce_s = lanes * (SATURATION_VEH_H_LANE / 3_600.0)
    capacity_pce_s = np.minimum(np.maximum(arrays.capacity_veh_s, lane_pce_s), 0.9 * speed_m_s * jam_pce_m)
    has_sign = np.zeros(arrays.lanes.size, dtype=np.uint8)
    has_sign[[arrays.link_index[link] for link in signed_links]] = 1
    return Roads(
        nodes=len(arrays.node_index),
        from_node=arrays.from_node,
        to_node=arrays.to_node,
        length_m=arrays.length_m,
        speed_m_s=speed_m_s,
        wave_m_s=capacity_pce_s / (jam_pce_m - capacity_pce_s / speed_m_s),
        jam_pce_m=jam_pce_m,
        entry_pce_s=np.full(lanes.size, np.inf),
        exit_pce_s=np.full(lanes.size, np.inf),
        priority=np.concatenate([lane_pce_s, OUTSIDE_SHARE * lane_pce_s / lanes]),
        turn_from=arrays.turn_from,
        turn_to=arrays.turn_to,
        turn_group=arrays.turn_group,
        turn_signal=turn_signal,
        group_link=arrays.group_link,
        group_pce_s=saturation_veh_s(arrays, junctions),
        group_room_pce=arrays.group_lanes * arrays.length_m[arrays.group_link] / JAM_SPACING_M,
        node_pce_s=np.full(len(arrays.node_index), np.inf),
        yielding=right_of_way(network, arrays, junctions),
        may_overtake=(arrays.lanes > 1).astype(np.uint8),
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
