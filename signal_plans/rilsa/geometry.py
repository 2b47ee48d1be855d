"""Conflict points of a junction: where the ways of two signal groups cross, merge, or meet a crossing on foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.rilsa.arms import Arm, arms_of
from signal_plans.rilsa.matrix import ConflictPoint, clearing_way_m, entering_way_m
from signal_plans.rilsa.paths import TurnPath, crossings, cycle_path, motor_paths
from signal_plans.rilsa.values import DEFAULTS, ClearingCase, RoadUser, Value, plan_value
from signal_plans.signal_group import GroupKind
from traffic_core.bearings import deflection_deg
from traffic_core.errors import InvalidValueError
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signal_plans.signal_group import SignalGroup
    from traffic_core.network import Network

OPPOSITE_BEYOND_DEG = 135.0
"""Two arms face each other where their directions differ by more, or where a turn straight on joins them."""
TURNS = frozenset({Movement.LEFT, Movement.RIGHT})


@dataclass(frozen=True, slots=True)
class Driven:
    """One way of a group on wheels."""

    group: str
    kind: GroupKind
    path: TurnPath

    @property
    def user(self) -> RoadUser:
        """Who enters."""
        return {GroupKind.CYCLE: RoadUser.CYCLE, GroupKind.BUS: RoadUser.BUS}.get(self.kind, RoadUser.MOTOR)


@dataclass(frozen=True, slots=True)
class Walked:
    """A crossing on foot or by bicycle, over the whole arm."""

    group: str
    kind: GroupKind
    arm: Arm


def conflict_points(
    network: Network,
    node_id: str,
    groups: Mapping[str, SignalGroup],
    crossed: Mapping[str, str],
    values: Mapping[str, Value] = DEFAULTS,
) -> tuple[ConflictPoint, ...]:
    """All conflict points between groups of a junction, in the order of the groups.

    `crossed` names, for each group on foot (or of cyclists beside them), a link of the arm it crosses; a group without
    an entry there and without turns has no points.

    Raises `InvalidValueError` where a group or a link of `crossed` is not one of the junction.
    """
    arms = arms_of(network, node_id, values)
    driven = [way for group in groups.values() for way in _driven(group, network, arms, values)]
    walked = [_walked(node_id, groups, group, link_id, arms) for group, link_id in crossed.items()]
    through = frozenset(
        (turn.from_link, turn.to_link)
        for turn in network.turns.values()
        if turn.node_id == node_id and turn.movement is Movement.THROUGH
    )
    found: list[ConflictPoint] = []
    for place, a in enumerate(driven):
        for b in driven[place + 1 :]:
            if a.group != b.group:
                found += _between_ways(a, b, through, values)
    for way in driven:
        for crossing in walked:
            if way.group != crossing.group:
                found += _at_crossing(way, crossing, values)
    return tuple(found)


def crossing_length_m(arm: Arm, values: Mapping[str, Value] = DEFAULTS) -> float:
    """Longest way over a carriageway without a rest: to the refuge where the arm has one, else to the other side."""
    right_m, left_m = arm.edges_m
    return max(left_m, -right_m) if _refuge(arm, values) else left_m - right_m


def clearing_case(kind: GroupKind, path: TurnPath, values: Mapping[str, Value] = DEFAULTS) -> ClearingCase:
    """How a group on wheels clears on this way."""
    if kind is GroupKind.CYCLE:
        return ClearingCase.CYCLE
    if path.turn.movement is Movement.THROUGH:
        return ClearingCase.BUS if kind is GroupKind.BUS else ClearingCase.STRAIGHT
    tight = path.radius_m < float(values["turning.tight_below_m"].value)
    return ClearingCase.TIGHT_TURNING if tight else ClearingCase.TURNING


def _driven(
    group: SignalGroup, network: Network, arms: tuple[Arm, ...], values: Mapping[str, Value]
) -> Iterator[Driven]:
    for turn_id in group.turns:
        turn = network.turns[turn_id]
        if group.kind is GroupKind.CYCLE:
            yield Driven(group.id, group.kind, cycle_path(turn, arms, values))
            continue
        for path in motor_paths(turn, arms, network.lanes):
            yield Driven(group.id, group.kind, path)


def _walked(node_id: str, groups: Mapping[str, SignalGroup], group: str, link_id: str, arms: tuple[Arm, ...]) -> Walked:
    where = f"junction[{node_id}].crossing[{group}]"
    if group not in groups:
        raise InvalidValueError(where, group, "must name a signal group of the junction")
    for arm in arms:
        if link_id in {link.id for link in (arm.come, arm.go) if link is not None}:
            return Walked(group, groups[group].kind, arm)
    raise InvalidValueError(where, link_id, "must name a link of the junction")


def _between_ways(
    a: Driven, b: Driven, through: frozenset[tuple[str, str]], values: Mapping[str, Value]
) -> Iterator[ConflictPoint]:
    """Crossing points of two ways, and the place where they join one exit.  `through`: links joined straight on."""
    same_entry = a.path.turn.from_link == b.path.turn.from_link
    beside = same_entry and (a.kind is GroupKind.CYCLE) == (b.kind is GroupKind.CYCLE)
    if beside:
        return
    met = list(crossings(a.path, b.path))
    if a.path.turn.to_link == b.path.turn.to_link and not same_entry:
        met.append((a.path.to_exit_m, b.path.to_exit_m))
    yields = _oncoming(a.path, b.path, through) or same_entry
    for on_a, on_b in met:
        for (one, one_m), (other, other_m) in (((a, on_a), (b, on_b)), ((b, on_b), (a, on_a))):
            yield ConflictPoint(
                clearing=one.group,
                entering=other.group,
                case=clearing_case(one.kind, one.path, values),
                user=other.user,
                clearing_m=clearing_way_m(one_m),
                entering_m=entering_way_m(other_m),
                what=f"{one.path.turn.id} before {other.path.turn.id}",
                may_yield=yields,
            )


def _oncoming(a: TurnPath, b: TurnPath, through: frozenset[tuple[str, str]]) -> bool:
    """Whether one turns left across or into oncoming traffic that goes straight on or turns right."""
    movements = {a.turn.movement, b.turn.movement}
    if Movement.LEFT not in movements or movements.isdisjoint({Movement.THROUGH, Movement.RIGHT}):
        return False
    if abs(deflection_deg(a.come.bearing_deg, b.come.bearing_deg)) > OPPOSITE_BEYOND_DEG:
        return True
    return any(
        one.come.go is not None and (other.turn.from_link, one.come.go.id) in through for one, other in ((a, b), (b, a))
    )


def _at_crossing(way: Driven, crossing: Walked, values: Mapping[str, Value]) -> Iterator[ConflictPoint]:
    path, arm = way.path, crossing.arm
    on_foot = crossing.kind is not GroupKind.CYCLE
    before_m = path.come.stop_m - path.come.outer_m
    behind_m = path.come.stop_m - path.come.inner_m
    for driven_arm, offset_m, near_m, far_m, yields in (
        (path.come, path.in_offset_m, before_m, behind_m, False),
        (path.go, path.out_offset_m, path.to_exit_m, path.length_m, path.turn.movement in TURNS),
    ):
        if driven_arm is not arm:
            continue
        what = f"{path.turn.id} at the crossing of {arm.come.id if arm.come is not None else path.turn.to_link}"
        yield ConflictPoint(
            clearing=way.group,
            entering=crossing.group,
            case=clearing_case(way.kind, path, values),
            user=RoadUser.PEDESTRIAN if on_foot else RoadUser.CYCLE,
            clearing_m=clearing_way_m(far_m),
            entering_m=entering_way_m(0.0),
            what=what,
            may_yield=yields,
        )
        yield ConflictPoint(
            clearing=crossing.group,
            entering=way.group,
            case=ClearingCase.PEDESTRIAN if on_foot else ClearingCase.CYCLE,
            user=way.user,
            clearing_m=clearing_way_m(_walk_m(arm, offset_m, values)),
            entering_m=entering_way_m(near_m),
            what=what,
            may_yield=yields,
        )


def _walk_m(arm: Arm, offset_m: float, values: Mapping[str, Value]) -> float:
    """Longest way on foot until a lane is free, from either side and, with a refuge, from or to there."""
    right_m, left_m = arm.edges_m
    if _refuge(arm, values):
        right_m, left_m = (0.0, left_m) if offset_m > 0.0 else (right_m, 0.0)
    half_m = arm.lane_width_m / 2.0
    return min(left_m - right_m, max(offset_m + half_m - right_m, left_m - offset_m + half_m))


def _refuge(arm: Arm, values: Mapping[str, Value]) -> bool:
    return arm.two_way and arm.lanes > plan_value("refuge_above_lanes", values)
