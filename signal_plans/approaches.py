"""From flows of links to flows of signal groups.

A detector counts all lanes of its link.  Of several detectors on a link the mean counts.  Where the turns of a link
obey several groups, its flow is split by direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.signal_group import GroupKind
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from signal_plans.town import Town
    from traffic_core.network import Network

MOVEMENT_WEIGHT: Mapping[Movement, float] = {
    Movement.THROUGH: 0.70,
    Movement.RIGHT: 0.15,
    Movement.LEFT: 0.15,
    Movement.U_TURN: 0.0,
}
"""Share of a link's flow by direction until turning counts are known; assumed, scaled to the turns a link has."""

STANDING_VEHICLE_M = 7.0
"""Length of street per queued vehicle."""


class Approaches:
    """Which links feed which vehicle groups, and how much queue they hold."""

    def __init__(self, town: Town, network: Network) -> None:
        shares = group_link_shares(town, network)
        self.links = tuple(dict.fromkeys(link for _, link in shares))
        place = {link: i for i, link in enumerate(self.links)}
        self._group = np.array([group for group, _ in shares], np.int64)
        self._link = np.array([place[link] for _, link in shares], np.int64)
        self._share = np.array(list(shares.values()), np.float64)
        self._groups = len(town.is_vehicle)
        self._is_vehicle = town.is_vehicle
        room_veh = [
            network.links[link].length_m * network.links[link].lanes / STANDING_VEHICLE_M for link in self.links
        ]
        users = np.bincount(self._link, minlength=len(self.links))
        per_user = np.array(room_veh, np.float64) / np.maximum(users, 1)
        self.storage_veh = self._sum(per_user[self._link])
        """(G,) room for queued vehicles on the approach links; links with several groups are divided evenly."""

    def group_flows(
        self, link_flow_veh_h: NDArray[np.float64], link_known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Flow (G,) and whether it is known (G,), from flows of `links` (L,); a group needs all of its links."""
        unknown = self._sum((~link_known[self._link]).astype(np.float64)) > 0.0
        flow = self._sum(np.where(link_known, link_flow_veh_h, 0.0)[self._link] * self._share)
        return flow, self._is_vehicle & ~unknown

    def group_occupancy(self, link_share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Occupancy (G,) of each group's most occupied link, from shares of `links` (L,); nan where none is known."""
        found = np.full(self._groups, -np.inf)
        np.maximum.at(found, self._group, np.nan_to_num(link_share[self._link], nan=-np.inf))
        return np.where(np.isinf(found), np.nan, found)

    def _sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(self._group, weights=values, minlength=self._groups).astype(np.float64)


def group_link_shares(town: Town, network: Network) -> dict[tuple[int, str], float]:
    """Share of a link's flow that obeys a vehicle group, by (position of the group, link); 1 in total per link."""
    weights: dict[tuple[int, str], float] = {}
    total: dict[str, float] = {}
    groups = (group for layout in town.layouts for group in layout.groups.values())
    for g, group in enumerate(groups):
        if group.kind is not GroupKind.VEHICLE:
            continue
        for turn_id in group.turns:
            turn = network.turns[turn_id]
            weight = MOVEMENT_WEIGHT[turn.movement] or 1e-9
            weights[g, turn.from_link] = weights.get((g, turn.from_link), 0.0) + weight
            total[turn.from_link] = total.get(turn.from_link, 0.0) + weight
    return {(g, link): weight / total[link] for (g, link), weight in weights.items()}
