"""The plan of one junction in metres around its node: arms, lanes, turns, detectors.

A plan is schematic: arms are straight and lie as the links leave the node, lanes are wider than in the street so that
their arrows can be read, the inner area is as large as the arms need.  x runs east, y north.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from traffic_core.arms import untouched_from_m
from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.consistency.facts import ModelFacts
    from traffic_core.network import Detector, Link, Node, Turn

LANE_WIDTH_M = 4.8
SMALLEST_RADIUS_M = 14.0
LARGEST_RADIUS_M = 42.0
CORNER_M = 4.0
RING_RADIUS_M = 24.0
SAME_ARM_DEG = 35.0
SPREAD_DEG = 24.0
"""Arms nearer to each other are drawn this far apart, since they would cover each other."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLane:
    """One lane towards the junction."""

    number: int
    offset_m: float
    """From the axis of the arm, to the left as seen from the node."""
    movements: frozenset[Movement]
    described: bool
    """Whether the model says the movements; otherwise they are those of all turns of the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One street at the junction, in one or both directions."""

    bearing_deg: float
    come: Link | None
    go: Link | None
    lanes: tuple[ArmLane, ...]
    out_offsets_m: tuple[float, ...]
    """Lanes away from the junction, the leftmost (nearest to the axis) first."""
    edges_m: tuple[float, float]
    """Right and left edge of the street, as seen from the node."""
    stop_m: float = 0.0
    """Distance of the stop line from the node."""

    @property
    def neighbour(self) -> str:
        """Node at the other end."""
        if self.come is not None:
            return self.come.from_node
        return self.go.to_node if self.go is not None else ""

    def at(self, along_m: float, offset_m: float) -> Point:
        """Point at a distance from the node along the arm and an offset to the left as seen from the node."""
        angle = math.radians(self.bearing_deg)
        east, north = math.sin(angle), math.cos(angle)
        return along_m * east - offset_m * north, along_m * north + offset_m * east


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPath:
    """One permitted turn across the junction."""

    turn: Turn
    come: Arm
    go: Arm
    start_offset_m: float
    end_offset_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JunctionPlan:
    """Everything that is drawn of one junction."""

    node: Node
    arms: tuple[Arm, ...]
    turns: tuple[TurnPath, ...]
    groups: Mapping[str, tuple[str, ...]]
    """Turns of each vehicle signal group."""
    other_groups: tuple[str, ...]
    """Groups for pedestrians, cycles and buses; the model does not say where they stand."""
    detectors: tuple[Detector, ...]
    names: Mapping[str, str]
    """Names of the nodes at the other ends."""


def junction_plan(facts: ModelFacts, node_id: str, other_groups: tuple[str, ...] = ()) -> JunctionPlan:
    """Lay out a junction."""
    node = facts.network.nodes[node_id]
    arms = _stopped(_spread(_arms(facts, node_id)), node.control)
    come_ids = {link.id for link in facts.come[node_id]}
    return JunctionPlan(
        node=node,
        arms=arms,
        turns=_turns(facts, node_id, arms),
        groups=facts.supplies.get(node_id, {}),
        other_groups=other_groups,
        detectors=tuple(found for found in facts.network.detectors.values() if found.link_id in come_ids),
        names={other: facts.network.nodes[other].name for other in facts.neighbours(node_id)},
    )


def _arms(facts: ModelFacts, node_id: str) -> list[Arm]:
    arriving = list(facts.come[node_id])
    arms: list[Arm] = []
    for go in facts.go[node_id]:
        bearing = bearing_at_start_deg(go.line)
        same = (come for come in arriving if come.from_node == go.to_node)
        pair = next((come for come in same if abs(deflection_deg(_outward_deg(come), bearing)) < SAME_ARM_DEG), None)
        if pair is not None:
            arriving.remove(pair)
        arms.append(_arm(facts, bearing, pair, go))
    arms += [_arm(facts, _outward_deg(come), come, None) for come in arriving]
    return sorted(arms, key=lambda arm: arm.bearing_deg)


def _outward_deg(come: Link) -> float:
    return (bearing_at_end_deg(come.line) + 180.0) % 360.0


def _arm(facts: ModelFacts, bearing_deg: float, come: Link | None, go: Link | None) -> Arm:
    inward = come.lanes if come is not None else 0
    outward = go.lanes if go is not None else 0
    shift = 0.0 if inward and outward else (outward - inward) * LANE_WIDTH_M / 2.0
    lanes: list[ArmLane] = []
    if come is not None:
        known = {lane.number: lane.movements for lane in facts.lanes_of.get(come.id, [])}
        everything = frozenset(turn.movement for turn in facts.turns_from[come.id])
        for number in range(1, inward + 1):
            offset_m = (inward - number + 0.5) * LANE_WIDTH_M + shift
            movements = known.get(number, everything)
            lanes.append(ArmLane(number=number, offset_m=offset_m, movements=movements, described=number in known))
    return Arm(
        bearing_deg=bearing_deg,
        come=come,
        go=go,
        lanes=tuple(lanes),
        out_offsets_m=tuple(shift - (place + 0.5) * LANE_WIDTH_M for place in range(outward)),
        edges_m=(shift - outward * LANE_WIDTH_M, shift + inward * LANE_WIDTH_M),
    )


def _spread(arms: list[Arm]) -> list[Arm]:
    """Turn arms that lie too near to each other apart, each by half of what is missing."""
    if len(arms) < 2 or len(arms) * SPREAD_DEG > 360.0:
        return arms
    bearings = [arm.bearing_deg for arm in arms]
    for _ in range(20):
        for place in range(len(bearings)):
            other = (place + 1) % len(bearings)
            missing = SPREAD_DEG - (bearings[other] - bearings[place]) % 360.0
            if missing > 0.01:
                bearings[place] -= missing / 2.0
                bearings[other] += missing / 2.0
    return [replace(arm, bearing_deg=bearing % 360.0) for arm, bearing in zip(arms, bearings, strict=True)]


def _stopped(arms: list[Arm], control: NodeControl) -> tuple[Arm, ...]:
    """Put each stop line where the arm no longer touches its neighbours; at a roundabout all on one circle."""
    ring = control is NodeControl.ROUNDABOUT
    least_m = RING_RADIUS_M if ring else SMALLEST_RADIUS_M
    free_m = untouched_from_m([arm.bearing_deg for arm in arms], [arm.edges_m for arm in arms])
    needed_m = [max(least_m, free + CORNER_M) for free in free_m]
    if ring:
        needed_m = [max(needed_m)] * len(arms)
    return tuple(replace(arm, stop_m=min(far, LARGEST_RADIUS_M)) for arm, far in zip(arms, needed_m, strict=True))


def _turns(facts: ModelFacts, node_id: str, arms: tuple[Arm, ...]) -> tuple[TurnPath, ...]:
    come_arm = {arm.come.id: arm for arm in arms if arm.come is not None}
    go_arm = {arm.go.id: arm for arm in arms if arm.go is not None}
    paths: list[TurnPath] = []
    for link in facts.come[node_id]:
        for turn in facts.turns_from[link.id]:
            come, go = come_arm[turn.from_link], go_arm[turn.to_link]
            serving = [lane.offset_m for lane in come.lanes if turn.movement in lane.movements]
            offsets = serving or [lane.offset_m for lane in come.lanes]
            paths.append(
                TurnPath(
                    turn=turn,
                    come=come,
                    go=go,
                    start_offset_m=sum(offsets) / len(offsets),
                    end_offset_m=_end_offset_m(turn.movement, go),
                )
            )
    return tuple(paths)


def _end_offset_m(movement: Movement, go: Arm) -> float:
    """Who turns right takes the right lane, who turns left the left one, who goes through the middle."""
    if movement is Movement.RIGHT:
        return go.out_offsets_m[-1]
    if movement is Movement.THROUGH:
        return sum(go.out_offsets_m) / len(go.out_offsets_m)
    return go.out_offsets_m[0]
