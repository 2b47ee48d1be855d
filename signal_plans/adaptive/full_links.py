"""Links whose queue reaches back to their beginning, from what signal control reckons of queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.approaches import Approaches, group_link_shares
from signal_plans.town import town_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from traffic_core.network import Network

FULL_SHARE = 0.95
"""Of the room for queued vehicles on a link."""
STANDING_OCCUPANCY_SHARE = 0.35
"""A detector covered for less does not lie under a queue; as `SignalSettings.queue_occupancy_share`."""


class FullLinks:
    """Groups (G) in the order of the layouts."""

    def __init__(self, layouts: Sequence[SignalLayout], network: Network) -> None:
        town = town_of(list(layouts))
        pairs = group_link_shares(town, network)
        self._group = np.array([group for group, _ in pairs], np.int64)
        self._link = tuple(link for _, link in pairs)
        self.room_veh = Approaches(town, network).storage_veh
        """(G,)"""

    def of(self, queue_veh: NDArray[np.float64], occupancy_share: NDArray[np.float64]) -> frozenset[str]:
        """Full links by queues (G) and occupancies (G, nan: not known); one that nobody measures is not full."""
        stands = np.nan_to_num(occupancy_share, nan=0.0) >= STANDING_OCCUPANCY_SHARE
        is_full = stands & (queue_veh >= FULL_SHARE * self.room_veh)
        return frozenset(self._link[i] for i in np.flatnonzero(is_full[self._group]).tolist())
