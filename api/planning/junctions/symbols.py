"""Streets, lane arrows, stop lines, detectors and turns of a junction as shapes on a plan in metres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, Polygon
from matplotlib.path import Path as Shape

from api.planning.junctions.plan import LANE_WIDTH_M
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from api.planning.junctions.plan import Arm, ArmLane, JunctionPlan, Point, TurnPath

ARM_M = 48.0
"""Length of an arm beyond the stop line."""
ASPHALT, KERB, PAINT, UNKNOWN_PAINT, ISLAND = "#b3bbc3", "#6b7680", "#ffffff", "#8b959e", "#dfe7da"
ARROW_POINTS = 1.8
SPIRAL_DEG = 44.0
"""So far round a roundabout one drives from its rim to the own circle."""
LOOP = "#f2c200"
INK, GROUND = "#17202a", "#f4f6f3"
_BRANCH = {Movement.LEFT: -60.0, Movement.THROUGH: 0.0, Movement.RIGHT: 60.0, Movement.U_TURN: -150.0}


def draw_streets(axes: Axes, plan: JunctionPlan) -> None:
    """Asphalt of the inner area and the arms, with edges, lane lines and stop lines."""
    inner = [arm.at(arm.stop_m, edge_m) for arm in plan.arms for edge_m in reversed(arm.edges_m)]
    ring_m = max(arm.stop_m for arm in plan.arms)
    ring = plan.node.control is NodeControl.ROUNDABOUT
    if ring:
        axes.add_patch(Circle((0, 0), ring_m, facecolor=ASPHALT, edgecolor=KERB, linewidth=0.8, zorder=1))
    elif len(inner) > 2:
        axes.add_patch(Polygon(inner, closed=True, facecolor=ASPHALT, edgecolor="none", zorder=1))
    for arm in plan.arms:
        _draw_arm(axes, arm)
    if ring:
        axes.add_patch(Circle((0, 0), ring_m * 0.45, facecolor=ISLAND, edgecolor=KERB, linewidth=0.8, zorder=3))


def _draw_arm(axes: Axes, arm: Arm) -> None:
    near, far = arm.stop_m, arm.stop_m + ARM_M
    right, left = arm.edges_m
    corners = [arm.at(near - 0.2, left), arm.at(far, left), arm.at(far, right), arm.at(near - 0.2, right)]
    axes.add_patch(Polygon(corners, closed=True, facecolor=ASPHALT, edgecolor="none", zorder=1))
    for offset_m in arm.edges_m:
        _line(axes, arm.at(near, offset_m), arm.at(far, offset_m), KERB, 0.9)
    dividers = [lane.offset_m - LANE_WIDTH_M / 2.0 for lane in arm.lanes[:-1]]
    dividers += [offset_m - LANE_WIDTH_M / 2.0 for offset_m in arm.out_offsets_m[:-1]]
    for offset_m in dividers:
        _line(axes, arm.at(near, offset_m), arm.at(far, offset_m), PAINT, 0.9, dashes=(6, 4))
    if arm.lanes and arm.out_offsets_m:
        axis_m = arm.lanes[-1].offset_m - LANE_WIDTH_M / 2.0
        _line(axes, arm.at(near, axis_m), arm.at(far, axis_m), PAINT, 1.6)
    if arm.lanes:
        inner_m = arm.lanes[-1].offset_m - LANE_WIDTH_M / 2.0
        _line(axes, arm.at(near, inner_m), arm.at(near, left), PAINT, 2.4)
    for lane in arm.lanes:
        draw_lane_arrow(axes, arm, lane, near + 8.5)


def draw_lane_arrow(axes: Axes, arm: Arm, lane: ArmLane, tail_m: float) -> None:
    """Arrow on the surface of a lane: a stem, and a head for each movement."""
    colour = PAINT if lane.described else UNKNOWN_PAINT
    forward = math.radians(arm.bearing_deg + 180.0)
    fork = arm.at(tail_m - 3.0, lane.offset_m)
    _line(axes, arm.at(tail_m + 3.0, lane.offset_m), fork, colour, ARROW_POINTS)
    for movement in sorted(lane.movements):
        turned = forward + math.radians(_BRANCH[movement])
        reach_m = 2.4 if movement is Movement.THROUGH else 1.2
        neck = (fork[0] + reach_m * math.sin(turned), fork[1] + reach_m * math.cos(turned))
        _line(axes, fork, neck, colour, ARROW_POINTS)
        axes.add_patch(
            Polygon(_head(neck, turned, 1.7, 0.85), closed=True, facecolor=colour, edgecolor="none", zorder=4)
        )


def _head(neck: Point, direction: float, length_m: float, half_m: float) -> list[Point]:
    east, north = math.sin(direction), math.cos(direction)
    tip = (neck[0] + length_m * east, neck[1] + length_m * north)
    sides = [(neck[0] + side * half_m * north, neck[1] - side * half_m * east) for side in (1.0, -1.0)]
    return [tip, *sides]


def draw_turn(axes: Axes, path: TurnPath, colour: str, *, ring_m: float | None = None) -> None:
    """A turn as a curved arrow, from its lanes to the lanes it leads to; along the ring at `ring_m` if given."""
    start = path.come.at(path.come.stop_m - 0.6, path.start_offset_m)
    end = path.go.at(path.go.stop_m + 1.5, path.end_offset_m)
    if ring_m is None:
        reach_m = 0.55 * math.dist(start, end)
        first = path.come.at(path.come.stop_m - 0.6 - reach_m, path.start_offset_m)
        second = path.go.at(path.go.stop_m + 1.5 - reach_m, path.end_offset_m)
        shape = Shape([start, first, second, end], [Shape.MOVETO, Shape.CURVE4, Shape.CURVE4, Shape.CURVE4])
    else:
        shape = Shape(_along_ring(start, end, ring_m))
    for line_width, line_colour, zorder in ((3.2, "white", 5), (1.7, colour, 6)):
        axes.add_patch(
            FancyArrowPatch(
                path=shape,
                arrowstyle="-|>" if line_colour == colour else "-",
                mutation_scale=9,
                linewidth=line_width,
                color=line_colour,
                shrinkA=0,
                shrinkB=0,
                joinstyle="round",
                capstyle="butt",
                zorder=zorder,
            )
        )


def _along_ring(start: Point, end: Point, ring_m: float) -> list[Point]:
    """Counterclockwise from point to point, as one drives on the right, spiralling into the ring and out of it."""
    entry_deg, leave_deg = (math.degrees(math.atan2(point[1], point[0])) for point in (start, end))
    through_deg = (leave_deg - entry_deg) % 360.0
    outer_m = math.hypot(*start)
    steps = max(6, int(through_deg / 5.0))
    points: list[Point] = [start]
    for step in range(1, steps):
        passed_deg = through_deg * step / steps
        inward = min(1.0, passed_deg / SPIRAL_DEG, (through_deg - passed_deg) / SPIRAL_DEG)
        radius_m = outer_m - (outer_m - ring_m) * (1.0 - math.cos(inward * math.pi)) / 2.0
        angle = math.radians(entry_deg + passed_deg)
        points.append((radius_m * math.cos(angle), radius_m * math.sin(angle)))
    return [*points, end]


def draw_detector(axes: Axes, arm: Arm, along_m: float) -> None:
    """A loop across all lanes towards the junction."""
    low = min(lane.offset_m for lane in arm.lanes) - 0.38 * LANE_WIDTH_M
    high = max(lane.offset_m for lane in arm.lanes) + 0.38 * LANE_WIDTH_M
    corners = [
        arm.at(along_m - 0.8, low),
        arm.at(along_m + 0.8, low),
        arm.at(along_m + 0.8, high),
        arm.at(along_m - 0.8, high),
    ]
    axes.add_patch(Polygon(corners, closed=True, facecolor=LOOP, edgecolor=INK, linewidth=0.7, zorder=4))


def _line(axes: Axes, a: Point, b: Point, colour: str, width: float, dashes: tuple[int, int] | None = None) -> None:
    line = Line2D((a[0], b[0]), (a[1], b[1]), color=colour, linewidth=width, solid_capstyle="butt", zorder=3)
    if dashes is not None:
        line.set_dashes(dashes)
    axes.add_line(line)
