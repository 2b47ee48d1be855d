"""Lanes that are blocked and links that are closed for a while: what events and standing buses do to the streets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.road_traffic import RoadTraffic
    from simulator.routes import RouteTable


class Restrictions:
    """Keeps count of what is blocked and sets headways, closures and routes accordingly.  Restrictions may overlap."""

    def __init__(self, traffic: RoadTraffic, routes: RouteTable, lanes: NDArray[np.int64]) -> None:
        self._traffic = traffic
        self._routes = routes
        self._lanes = lanes
        self._blocked: dict[int, int] = {}
        self._closed: dict[int, int] = {}
        self._exit_headway_s = traffic.town.exit_headway_s.copy()
        self._group_headway_s = traffic.town.group_headway_s.copy()

    def block(self, link: int, lanes: int, now_s: float) -> None:
        """Block lanes at the end of a link; with all lanes blocked nobody leaves it there."""
        self._change(link, lanes, now_s)

    def unblock(self, link: int, lanes: int, now_s: float) -> None:
        """Free lanes that were blocked."""
        self._change(link, -lanes, now_s)

    def close(self, link: int) -> None:
        """Let nobody enter a link any more; all drivers hear of it."""
        self._closed[link] = self._closed.get(link, 0) + 1
        self._traffic.town.entry_free_s[link] = math.inf
        self._tell(link, is_closed=True)

    def reopen(self, link: int, now_s: float) -> None:
        """Take back one closure."""
        self._closed[link] -= 1
        if self._closed[link] == 0:
            self._traffic.town.entry_free_s[link] = now_s
            self._tell(link, is_closed=False)

    def _change(self, link: int, lanes: int, now_s: float) -> None:
        town = self._traffic.town
        before = self._open_lanes(link)
        self._blocked[link] = self._blocked.get(link, 0) + lanes
        after = self._open_lanes(link)
        if after == 0:
            town.exit_free_s[link] = math.inf
            return
        if before == 0:
            town.exit_free_s[link] = now_s
        ratio = int(self._lanes[link]) / after
        town.exit_headway_s[link] = self._exit_headway_s[link] * ratio
        groups = slice(int(town.first_group[link]), int(town.first_group[link + 1]))
        town.group_headway_s[groups] = self._group_headway_s[groups] * ratio

    def _open_lanes(self, link: int) -> int:
        return max(0, int(self._lanes[link]) - self._blocked.get(link, 0))

    def _tell(self, link: int, *, is_closed: bool) -> None:
        self._routes.closed[link] = is_closed
        self._routes.tell_all()
