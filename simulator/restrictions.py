"""Lanes that are blocked and links that are closed for a while: what events and standing buses do to the streets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.traffic_arrays import NOBODY

if TYPE_CHECKING:
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
        self._choose_again(link)

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

    def _choose_again(self, closed: int) -> None:
        """Let those at the end of a link choose another turn who had chosen one into the closed link.

        In a lane group that serves nothing else they wait until it opens.
        """
        town = self._traffic.town
        links = town.length_m.size
        for turn in np.flatnonzero(town.turn_to == closed).tolist():
            group = int(town.turn_group[turn])
            link = int(town.group_link[group])
            alone = town.first_group[link + 1] - town.first_group[link] == 1
            queue = links + link if alone else 2 * links + group
            others = np.flatnonzero((town.turn_group == group) & (town.turn_to != closed))
            vehicle = int(town.head[queue]) if town.length[queue] else NOBODY
            while vehicle != NOBODY:
                if town.vehicle_turn[vehicle] == turn and alone:
                    town.vehicle_turn[vehicle] = NOBODY
                elif town.vehicle_turn[vehicle] == turn and others.size:
                    town.vehicle_turn[vehicle] = int(others[0])
                vehicle = int(town.vehicle_next_in_queue[vehicle])

    def _tell(self, link: int, *, is_closed: bool) -> None:
        self._routes.closed[link] = is_closed
        self._routes.tell_all()
