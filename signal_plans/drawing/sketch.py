"""What a sketch of a junction shows, in metres around its node: arms, lanes, turns, detectors, crossings."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.drawing.svg import Point
    from traffic_core.network import Movement

ARM_M = 48.0
"""Length of an arm beyond its stop line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchLane:
    """One lane towards the junction, with its place left of the arm's axis as seen from the node."""

    offset_m: float
    movements: frozenset[Movement]
    described: bool = True
    """Whether the model says the movements; otherwise they are those of all turns of the street."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchArm:
    """One street at the junction; offsets count to the left as seen from the node."""

    name: str
    bearing_deg: float
    stop_m: float
    edges_m: tuple[float, float]
    """Right and left edge."""
    lanes: tuple[SketchLane, ...] = ()
    out_offsets_m: tuple[float, ...] = ()
    detectors: tuple[tuple[str, float], ...] = ()
    """Detectors with their distance to the stop line, m."""
    crossings: tuple[str, ...] = ()
    """Groups on foot that cross this arm, where that is known."""
    cycle_crossings: tuple[str, ...] = ()
    """Groups of cyclists that cross this arm beside the crossing on foot."""

    def at(self, along_m: float, offset_m: float) -> Point:
        """East and north of a point along the arm and left of its axis, m."""
        angle = math.radians(self.bearing_deg)
        east, north = math.sin(angle), math.cos(angle)
        return along_m * east - offset_m * north, along_m * north + offset_m * east


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchTurn:
    """One way across the junction between two arms by their places."""

    id: str
    from_arm: int
    to_arm: int
    start_offset_m: float
    end_offset_m: float
    gives_way_to: tuple[str, ...] = ()
    """Groups that may be green at the same time and go first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A junction; `groups` holds the turns of each signal group, none for those whose place is not known."""

    id: str
    name: str
    arms: tuple[SketchArm, ...]
    turns: tuple[SketchTurn, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.arms:
            raise InvalidValueError(f"sketch[{self.id}].arms", 0, "must be at least 1")
        for turn in self.turns:
            for arm in (turn.from_arm, turn.to_arm):
                if not 0 <= arm < len(self.arms):
                    raise InvalidValueError(f"sketch[{self.id}].turn[{turn.id}]", arm, "must name an arm")

    def radius_m(self, arm_m: float = ARM_M) -> float:
        """Distance from the node to the end of the farthest arm, with arms of this length."""
        return max(arm.stop_m for arm in self.arms) + arm_m

    def group_of(self, turn_id: str) -> str:
        """Group that a turn obeys; empty where none does."""
        return next((group for group, turns in self.groups.items() if turn_id in turns), "")

    def gives_way(self) -> dict[str, tuple[str, ...]]:
        """Of each group with turns that give way, the groups that go first."""
        found: dict[str, tuple[str, ...]] = {}
        for turn in self.turns:
            if turn.gives_way_to:
                group = self.group_of(turn.id)
                found[group] = tuple(dict.fromkeys((*found.get(group, ()), *turn.gives_way_to)))
        return found

    def without_place(self) -> tuple[str, ...]:
        """Groups that have neither a turn nor a crossing."""
        crossing = {group for arm in self.arms for group in (*arm.crossings, *arm.cycle_crossings)}
        return tuple(group for group, turns in self.groups.items() if not turns and group not in crossing)
