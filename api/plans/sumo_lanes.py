"""Room for a queue before a signal of a SUMO network: edges are often cut into pieces of a few metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.streams.model import ApproachLane
from traffic_core.formats.sumo.streets import U_TURN_DIRS

if TYPE_CHECKING:
    from api.plans.sumo_net import SumoNet

REACH_M = 300.0


class LaneRooms:
    """Lanes with the street behind them, back to where other vehicles come from or go to."""

    def __init__(self, net: SumoNet) -> None:
        self._net = net
        self._behind: dict[tuple[str, int], list[tuple[str, int]]] = {}
        self._ways_on: dict[tuple[str, int], int] = {}
        self._before: dict[str, set[str]] = {}
        self._after: dict[str, set[str]] = {}
        for connection in net.raw.connections:
            source = connection.text("from"), connection.index("fromLane")
            target = connection.text("to"), connection.index("toLane")
            if connection.attributes.get("dir") in U_TURN_DIRS:
                continue
            self._before.setdefault(target[0], set()).add(source[0])
            self._after.setdefault(source[0], set()).add(target[0])
            if not connection.attributes.get("tl"):
                self._ways_on[source] = self._ways_on.get(source, 0) + 1
                self._behind.setdefault(target, []).append(source)

    def lane(self, edge: str, index: int) -> ApproachLane:
        """A lane at a stop line, as long as its vehicles can queue."""
        speed_m_s = self._net.raw.lanes[edge][index].not_negative("speed")
        return ApproachLane(id=f"{edge}_{index}", length_m=self.room_m(edge, index), speed_m_s=speed_m_s)

    def room_m(self, edge: str, index: int, reach_m: float = REACH_M) -> float:
        """Length of a lane and of its part of the lanes behind it, m.

        It ends at a signal, where another street joins or leaves, and at `reach_m`.  Where vehicles enter the network,
        they queue before it, and the room is `reach_m`.
        """
        if edge not in self._before:
            return reach_m
        own_m = self._net.raw.lanes[edge][index].not_negative("length")
        street = self._before[edge]
        bend = len(street) == 1 and all(len(self._after[before]) == 1 for before in street)
        if own_m >= reach_m or not bend:
            return own_m
        behind = self._behind.get((edge, index), ())
        return own_m + sum(self.room_m(*lane, reach_m - own_m) / self._ways_on[lane] for lane in behind)
