"""The way of a turn through a junction, from its stop line until it has left the crossing behind.

Straight on: stop line, then a straight piece.  Turning: the largest circular arc that touches the axes of both lanes
within the inner area, with straight pieces before and behind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.rilsa.values import DEFAULTS, Value, plan_value
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from signal_plans.rilsa.arms import Arm, Point
    from traffic_core.network import Lane, Turn

STRAIGHT_WITHIN = math.radians(8.0)
"""Axes that nearly have one direction meet far away or nowhere: the way is an S-bend instead of an arc."""
ARC_STEP = math.radians(2.0)
BEND_STEPS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPath:
    """A way through the junction for one lane of a turn."""

    turn: Turn
    come: Arm
    go: Arm
    points: tuple[Point, ...]
    """From the stop line to the outer edge of the crossing of the arm it leaves by."""
    radius_m: float
    """Of its arc; infinite where it runs straight on."""
    in_offset_m: float
    out_offset_m: float

    @property
    def length_m(self) -> float:
        """From the stop line to the outer edge of the crossing."""
        return sum(math.dist(a, b) for a, b in pairwise(self.points))

    @property
    def to_exit_m(self) -> float:
        """From the stop line to where it leaves the inner area, on the axis of its exit lane."""
        return self.length_m - (self.go.outer_m - self.go.inner_m)


def motor_paths(turn: Turn, arms: Sequence[Arm], lanes: Sequence[Lane]) -> tuple[TurnPath, ...]:
    """Ways of all lanes that serve a turn; `lanes` are those of the network, none known means all may serve it.

    Who turns right keeps to the right of the exit, who turns left to its left, who goes through keeps his place.
    """
    come, go = _arm_of(turn, arms)
    if come.come is None or go.go is None:
        return ()
    known = {lane.number for lane in lanes if lane.link_id == turn.from_link}
    named = {lane.number for lane in lanes if lane.link_id == turn.from_link and turn.movement in lane.movements}
    serving = sorted(named | ({*range(1, come.come.lanes + 1)} - known)) or [*range(1, come.come.lanes + 1)]
    exits = go.go.lanes
    found = []
    for place, number in enumerate(serving):
        if turn.movement in {Movement.LEFT, Movement.U_TURN}:
            to = max(1, exits - (len(serving) - 1 - place))
        else:
            to = min(exits, place + 1)
        found.append(_path(turn, (come, go), come.in_offset_m(number), go.out_offset_m(to)))
    return tuple(found)


def cycle_path(turn: Turn, arms: Sequence[Arm], values: Mapping[str, Value] = DEFAULTS) -> TurnPath:
    """Way of a cyclist at the right edge of the carriageway."""
    come, go = _arm_of(turn, arms)
    to_edge_m = plan_value("cycle_to_edge_m", values)
    return _path(turn, (come, go), come.edges_m[1] - to_edge_m, go.edges_m[0] + to_edge_m)


def crossings(a: TurnPath, b: TurnPath) -> tuple[tuple[float, float], ...]:
    """Where two ways cross: distances from the stop line of `a` and from that of `b`, m, in the order of `a`."""
    first, second = np.array(a.points), np.array(b.points)
    along_a, along_b = np.diff(first, axis=0), np.diff(second, axis=0)
    apart = second[None, :-1] - first[:-1, None]
    area = _cross(along_a[:, None], along_b[None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        on_a = _cross(apart, along_b[None, :]) / area
        on_b = _cross(apart, along_a[:, None]) / area
    met = (area != 0.0) & (on_a >= 0.0) & (on_a < 1.0) & (on_b >= 0.0) & (on_b < 1.0)
    to_a, to_b = _lengths(along_a), _lengths(along_b)
    found = [
        (
            float(to_a[i] + on_a[i, j] * math.hypot(*along_a[i])),
            float(to_b[j] + on_b[i, j] * math.hypot(*along_b[j])),
        )
        for i, j in np.argwhere(met)
    ]
    return tuple(sorted(found))


def _cross(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def _lengths(along: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Way from the beginning to the start of each piece."""
    return np.concatenate((np.zeros(1), np.cumsum(np.hypot(along[:, 0], along[:, 1]))))


def _arm_of(turn: Turn, arms: Sequence[Arm]) -> tuple[Arm, Arm]:
    come = next(arm for arm in arms if arm.come is not None and arm.come.id == turn.from_link)
    go = next(arm for arm in arms if arm.go is not None and arm.go.id == turn.to_link)
    return come, go


def _path(turn: Turn, arms: tuple[Arm, Arm], in_offset_m: float, out_offset_m: float) -> TurnPath:
    come, go = arms
    start, end = come.at(come.inner_m, in_offset_m), go.at(go.inner_m, out_offset_m)
    inner, radius_m = _inner(start, end, come.bearing_deg + 180.0, go.bearing_deg)
    if turn.movement is Movement.THROUGH:
        radius_m = math.inf
    points = (come.at(come.stop_m, in_offset_m), *inner, go.at(go.outer_m, out_offset_m))
    return TurnPath(
        turn=turn,
        come=come,
        go=go,
        points=points,
        radius_m=radius_m,
        in_offset_m=in_offset_m,
        out_offset_m=out_offset_m,
    )


def _inner(start: Point, end: Point, in_deg: float, out_deg: float) -> tuple[list[Point], float]:
    """Points from `start` to `end`, which are driven through in the two directions, and the radius."""
    into, out = _direction(in_deg), _direction(out_deg)
    turned = math.atan2(into[0] * out[1] - into[1] * out[0], into[0] * out[0] + into[1] * out[1])
    straight = math.dist(start, end) or 1.0
    if abs(math.sin(turned)) >= math.sin(STRAIGHT_WITHIN):
        across = (end[0] - start[0], end[1] - start[1])
        before_m = (across[0] * out[1] - across[1] * out[0]) / math.sin(turned)
        behind_m = (into[0] * across[1] - into[1] * across[0]) / math.sin(turned)
        if before_m > 0.0 and behind_m > 0.0:
            return _with_arc(start, end, (into, out), (before_m, behind_m, turned))
    if abs(turned) <= STRAIGHT_WITHIN:
        return [start, end], math.inf
    return list(_bend(start, end, into, out, 0.6 * straight)), straight / 2.0


def _with_arc(
    start: Point, end: Point, ways: tuple[Point, Point], bend: tuple[float, float, float]
) -> tuple[list[Point], float]:
    """An arc that touches both axes, which meet `before_m` behind the start and `behind_m` before the end."""
    (into, out), (before_m, behind_m, turned) = ways, bend
    tangent_m = min(before_m, behind_m)
    radius_m = tangent_m / math.tan(abs(turned) / 2.0)
    side = math.copysign(1.0, turned)
    first = (start[0] + (before_m - tangent_m) * into[0], start[1] + (before_m - tangent_m) * into[1])
    middle = (first[0] - side * radius_m * into[1], first[1] + side * radius_m * into[0])
    from_middle = (first[0] - middle[0], first[1] - middle[1])
    steps = max(2, math.ceil(abs(turned) / ARC_STEP))
    arc = []
    for step in range(1, steps):
        cos, sin = math.cos(turned * step / steps), math.sin(turned * step / steps)
        arc.append(
            (
                middle[0] + from_middle[0] * cos - from_middle[1] * sin,
                middle[1] + from_middle[0] * sin + from_middle[1] * cos,
            )
        )
    last = (end[0] - (behind_m - tangent_m) * out[0], end[1] - (behind_m - tangent_m) * out[1])
    points = [start, *([first] if before_m > tangent_m else []), *arc, *([last] if behind_m > tangent_m else []), end]
    return points, radius_m


def _bend(start: Point, end: Point, into: Point, out: Point, reach_m: float) -> Iterator[Point]:
    """A cubic curve that leaves and arrives in the two directions: for turning back and for shifted arms."""
    b = (start[0] + reach_m * into[0], start[1] + reach_m * into[1])
    c = (end[0] - reach_m * out[0], end[1] - reach_m * out[1])
    for step in range(BEND_STEPS + 1):
        t = step / BEND_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        x, y = (sum(w * p[axis] for w, p in zip(weights, (start, b, c, end), strict=True)) for axis in (0, 1))
        yield x, y


def _direction(bearing_deg: float) -> Point:
    return math.sin(math.radians(bearing_deg)), math.cos(math.radians(bearing_deg))
