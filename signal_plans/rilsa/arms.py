"""Arms of a junction in metres around its node: lanes, stop lines, crossings for pedestrians.

x runs east, y north.  Arms are straight and lie as the links leave the node; lanes are as wide as the table says.
Right-hand traffic: seen from the node, lanes that come in lie left of the axis of the arm, lanes that go out right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from signal_plans.rilsa.values import DEFAULTS, Value, plan_value
from traffic_core.arms import paired_ways, untouched_from_m
from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from traffic_core.network import Link, Network

SAME_STREET_WITHIN_DEG = 90.0
"""Links between the same two nodes in opposite directions are one arm up to this difference of direction."""
CARRIAGEWAYS_WITHIN_DEG = 35.0
"""Carriageways to different nodes, as of a divided road, are one arm up to this difference."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A street at a junction.  Distances along it count from the node."""

    come: Link | None
    go: Link | None
    bearing_deg: float
    """Direction in which it leaves the node, clockwise from north."""
    lane_width_m: float
    inner_m: float = 0.0
    """The edge of the crossing on the side of the node, where vehicles leave the inner area too."""
    outer_m: float = 0.0
    """The other edge of the crossing."""
    stop_m: float = 0.0

    @property
    def edges_m(self) -> tuple[float, float]:
        """Right and left edge of the carriageway, as offsets to the left of the axis, seen from the node."""
        inward, outward = self._lanes
        return (self._shift_m - outward * self.lane_width_m, self._shift_m + inward * self.lane_width_m)

    @property
    def lanes(self) -> int:
        """Lanes of both directions."""
        return sum(self._lanes)

    @property
    def two_way(self) -> bool:
        """Whether traffic comes in and goes out."""
        return self.come is not None and self.go is not None

    @property
    def _lanes(self) -> tuple[int, int]:
        return (self.come.lanes if self.come is not None else 0, self.go.lanes if self.go is not None else 0)

    @property
    def _shift_m(self) -> float:
        """The arm of a one-way street has its axis in the middle."""
        inward, outward = self._lanes
        return 0.0 if inward and outward else (outward - inward) * self.lane_width_m / 2.0

    def in_offset_m(self, number: int) -> float:
        """Axis of an incoming lane, counted from 1 as the rightmost."""
        return self._shift_m + (self._lanes[0] - number + 0.5) * self.lane_width_m

    def out_offset_m(self, number: int) -> float:
        """Axis of an outgoing lane, counted from 1 as the rightmost."""
        return self._shift_m - (self._lanes[1] - number + 0.5) * self.lane_width_m

    def at(self, along_m: float, offset_m: float) -> Point:
        """Point at a distance from the node and an offset to the left, seen from the node."""
        angle = math.radians(self.bearing_deg)
        east, north = math.sin(angle), math.cos(angle)
        return along_m * east - offset_m * north, along_m * north + offset_m * east


def arms_of(network: Network, node_id: str, values: Mapping[str, Value] = DEFAULTS) -> tuple[Arm, ...]:
    """Arms of a junction, clockwise from north, with their stop lines.

    Links of the same street in opposite directions are paired first, then carriageways, always the nearest first.
    """
    come = [link for link in network.links.values() if link.to_node == node_id]
    go = [link for link in network.links.values() if link.from_node == node_id]
    into_deg = [(bearing_at_end_deg(link.line) + 180.0) % 360.0 for link in come]
    out_deg = [bearing_at_start_deg(link.line) for link in go]
    pairs = []
    for i, coming in enumerate(come):
        for o, going in enumerate(go):
            apart_deg = abs(deflection_deg(into_deg[i], out_deg[o]))
            same = coming.from_node == going.to_node
            if apart_deg <= (SAME_STREET_WITHIN_DEG if same else CARRIAGEWAYS_WITHIN_DEG):
                pairs.append((not same, apart_deg, i, o))
    width_m = plan_value("lane_width_m", values)
    arms = [
        Arm(
            come=None if i is None else come[i],
            go=None if o is None else go[o],
            bearing_deg=bearing_deg,
            lane_width_m=width_m,
        )
        for i, o, bearing_deg in paired_ways(into_deg, out_deg, pairs)
    ]
    return _stopped(sorted(arms, key=lambda arm: arm.bearing_deg), values)


def _stopped(arms: Sequence[Arm], values: Mapping[str, Value]) -> tuple[Arm, ...]:
    """Put the crossings where the arms no longer touch their neighbours, and the stop lines before them."""
    corner_m, crossing_m, line_m, farthest_m = (
        plan_value(name, values) for name in ("corner_m", "crossing_width_m", "stop_line_m", "farthest_stop_m")
    )
    free_m = untouched_from_m([arm.bearing_deg for arm in arms], [arm.edges_m for arm in arms])
    found = []
    for arm, free in zip(arms, free_m, strict=True):
        inner_m = min(free + corner_m, farthest_m - crossing_m - line_m)
        outer_m = inner_m + crossing_m
        found.append(replace(arm, inner_m=inner_m, outer_m=outer_m, stop_m=outer_m + line_m))
    return tuple(found)
