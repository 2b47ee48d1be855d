"""Streets, lane arrows, turns, crossings and detectors of a sketch as shapes of a page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.drawing import svg
from signal_plans.drawing.sketch import ARM_M
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.drawing.sketch import Sketch, SketchArm, SketchLane, SketchTurn
    from signal_plans.drawing.svg import Point

ASPHALT, KERB, PAINT, UNKNOWN_PAINT, LOOP = "#c3c9cf", "#7b858e", "#ffffff", "#98a2ab", "#f2c200"
LANE_M = 4.8
_BRANCH_DEG = {Movement.LEFT: -60.0, Movement.THROUGH: 0.0, Movement.RIGHT: 60.0, Movement.U_TURN: -150.0}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a sketch lies on the page: its middle, and page units per metre."""

    middle: Point
    scale: float
    arm_m: float = ARM_M
    """Length of the arms beyond their stop lines."""

    def at(self, place_m: Point) -> Point:
        """Point on the page of metres east and north."""
        return self.middle[0] + place_m[0] * self.scale, self.middle[1] - place_m[1] * self.scale


def streets(sketch: Sketch, frame: Frame) -> Iterator[str]:
    """Asphalt, edges, lane lines and stop lines."""
    inner = [frame.at(arm.at(arm.stop_m, edge_m)) for arm in sketch.arms for edge_m in reversed(arm.edges_m)]
    if len(inner) > 2:
        yield svg.polygon(inner, ASPHALT)
    for arm in sketch.arms:
        near, far = arm.stop_m, arm.stop_m + frame.arm_m
        right, left = arm.edges_m
        corners = ((near - 0.3, left), (far, left), (far, right), (near - 0.3, right))
        yield svg.polygon([frame.at(arm.at(along, offset)) for along, offset in corners], ASPHALT)
        for edge_m in arm.edges_m:
            yield svg.line(frame.at(arm.at(near, edge_m)), frame.at(arm.at(far, edge_m)), KERB, 0.3 * frame.scale)
    for arm in sketch.arms:
        yield from _markings(arm, frame)


def _markings(arm: SketchArm, frame: Frame) -> Iterator[str]:
    near, far = arm.stop_m, arm.stop_m + frame.arm_m

    def along(offset_m: float, width_m: float, dashes: str = "") -> str:
        ends = frame.at(arm.at(near, offset_m)), frame.at(arm.at(far, offset_m))
        return svg.line(*ends, PAINT, width_m * frame.scale, dashes)

    dash = f"{svg.number(2.4 * frame.scale)} {svg.number(1.8 * frame.scale)}"
    inward = sorted((lane.offset_m for lane in arm.lanes), reverse=True)
    for offset_m in (*inward[:-1], *arm.out_offsets_m[:-1]):
        yield along(offset_m - LANE_M / 2, 0.3, dash)
    if inward and arm.out_offsets_m:
        yield along(inward[-1] - LANE_M / 2, 0.5)
    if inward:
        ends = frame.at(arm.at(near, inward[-1] - LANE_M / 2)), frame.at(arm.at(near, arm.edges_m[1]))
        yield svg.line(*ends, PAINT, 1.0 * frame.scale)


def lane_arrow(arm: SketchArm, lane: SketchLane, frame: Frame) -> Iterator[str]:
    """Arrow on the surface of a lane: a stem, and a head for each movement."""
    colour = PAINT if lane.described else UNKNOWN_PAINT
    width = 0.55 * frame.scale
    tail_m = arm.stop_m + 8.5
    fork_m = arm.at(tail_m - 3.0, lane.offset_m)
    fork = frame.at(fork_m)
    yield svg.line(frame.at(arm.at(tail_m + 3.0, lane.offset_m)), fork, colour, width)
    for movement in sorted(lane.movements):
        heading = math.radians(arm.bearing_deg + 180.0 + _BRANCH_DEG[movement])
        reach_m = 2.2 if movement is Movement.THROUGH else 1.2
        neck_m = fork_m[0] + reach_m * math.sin(heading), fork_m[1] + reach_m * math.cos(heading)
        yield svg.line(fork, frame.at(neck_m), colour, width)
        yield svg.polygon(_head(frame.at(neck_m), heading, 1.9 * frame.scale, 0.95 * frame.scale), colour)


def _head(neck: Point, heading: float, length: float, half: float) -> list[Point]:
    """Arrow head on the page; `heading` is clockwise from north, radians."""
    right, up = math.sin(heading), -math.cos(heading)
    tip = neck[0] + length * right, neck[1] + length * up
    return [tip, (neck[0] - half * up, neck[1] + half * right), (neck[0] + half * up, neck[1] - half * right)]


@dataclass(frozen=True, slots=True)
class Pen:
    """How an arrow is drawn; dashed means that who turns gives way."""

    colour: str
    width_m: float
    dashed: bool = False

    def dashes(self, frame: Frame) -> str:
        """Dash and gap on the page."""
        if not self.dashed:
            return ""
        return f"{svg.number(1.7 * self.width_m * frame.scale)} {svg.number(1.3 * self.width_m * frame.scale)}"


def turn_arrow(sketch: Sketch, turn: SketchTurn, frame: Frame, pen: Pen) -> Iterator[str]:
    """A turn as a curved arrow with a white rim, from its lanes into the arm it leads to."""
    width_m = pen.width_m
    come, go = sketch.arms[turn.from_arm], sketch.arms[turn.to_arm]
    start_m = come.at(come.stop_m - 0.8, turn.start_offset_m)
    head_m = 3.2 * width_m
    end_m = go.at(go.stop_m + 2.0, turn.end_offset_m)
    reach_m = 0.5 * math.dist(start_m, end_m)
    first_m = come.at(come.stop_m - 0.8 - reach_m, turn.start_offset_m)
    second_m = go.at(go.stop_m + 2.0 - reach_m, turn.end_offset_m)
    points = [frame.at(point) for point in (start_m, first_m, second_m, end_m)]
    yield svg.curve(points, "white", (width_m + 0.9) * frame.scale)
    yield svg.curve(points, pen.colour, width_m * frame.scale, pen.dashes(frame))
    heading = math.radians(go.bearing_deg)
    head = _head(points[3], heading, head_m * frame.scale, 0.5 * head_m * frame.scale)
    yield svg.polygon(head, pen.colour, stroke="white", width=0.25 * frame.scale)


def crossing(arm: SketchArm, frame: Frame, colour: str) -> Iterator[str]:
    """A crossing before the stop line as bars across the arm."""
    right, left = arm.edges_m
    bars = max(2, round((left - right) / 1.6))
    for bar in range(bars):
        offset_m = right + (left - right) * (bar + 0.5) / bars
        near, far = frame.at(arm.at(arm.stop_m - 4.2, offset_m)), frame.at(arm.at(arm.stop_m - 1.4, offset_m))
        yield svg.line(near, far, colour, 0.75 * frame.scale)


def cycle_crossing(arm: SketchArm, frame: Frame, colour: str) -> Iterator[str]:
    """A crossing for cycles on the side of the node: two rows of blocks across the arm."""
    right, left = arm.edges_m
    dashes = f"{svg.number(0.9 * frame.scale)} {svg.number(0.6 * frame.scale)}"
    for along_m in (arm.stop_m - 6.4, arm.stop_m - 5.0):
        ends = frame.at(arm.at(along_m, right)), frame.at(arm.at(along_m, left))
        yield svg.line(*ends, colour, 0.5 * frame.scale, dashes)


def loop(arm: SketchArm, along_m: float, frame: Frame) -> str:
    """A detector across all lanes towards the junction."""
    offsets = [lane.offset_m for lane in arm.lanes] or [sum(arm.edges_m) / 2]
    low, high = min(offsets) - 0.38 * LANE_M, max(offsets) + 0.38 * LANE_M
    corners = ((along_m - 0.9, low), (along_m + 0.9, low), (along_m + 0.9, high), (along_m - 0.9, high))
    points = [frame.at(arm.at(along, offset)) for along, offset in corners]
    return svg.polygon(points, LOOP, stroke=svg.INK, width=0.2 * frame.scale)
