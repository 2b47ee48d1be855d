"""Which ways on are permitted at each junction, and how a driver would call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.bearings import (
    THROUGH_WITHIN_DEG,
    U_TURN_BEYOND_DEG,
    bearing_at_end_deg,
    bearing_at_start_deg,
    deflection_deg,
)
from traffic_core.formats.osm.defaults import RANK
from traffic_core.formats.osm.drafts import Junctions
from traffic_core.network import Movement, RoadClass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.restrictions import Rule
    from traffic_core.geometry import LonLat


def permitted_turns(
    drafts: Sequence[Draft],
    rules: Mapping[int, Sequence[Rule]],
    gates: Collection[int],
    positions: Mapping[int, LonLat],
) -> list[tuple[int, int]]:
    """Pairs of drafts (from, to) that one may drive in succession.

    All combinations but those that a rule forbids and those that lead back; one may turn round only where no other
    street goes on.  At a gate nothing goes on.
    """
    junctions = Junctions(drafts)
    angles = _Angles(drafts, positions)
    pairs: list[tuple[int, int]] = []
    for node, into in junctions.into.items():
        if node in gates:
            continue
        for come in into:
            others = [go for go in junctions.out[node] if drafts[go].piece != drafts[come].piece]
            ahead = [go for go in others if abs(angles.deg(come, go)) <= U_TURN_BEYOND_DEG]
            pairs.extend(
                (come, go)
                for go in ahead or others or junctions.out[node]
                if not any(rule.forbids(drafts[come], drafts[go]) for rule in rules.get(node, ()))
            )
    return pairs


def movements(
    drafts: Sequence[Draft], pairs: Sequence[tuple[int, int]], positions: Mapping[int, LonLat]
) -> dict[tuple[int, int], Movement]:
    """Movement of each permitted pair, called after its change of direction.

    Where as many directions are painted on the lanes as there are turns, the paint decides, from left to right.
    Where two turns would be through, the one that goes on as the same road is; the others go off to their side.  In a
    roundabout to go on circling is through.
    """
    angles = _Angles(drafts, positions)
    onward: dict[int, list[int]] = {}
    for come, go in pairs:
        onward.setdefault(come, []).append(go)
    called: dict[tuple[int, int], Movement] = {}
    for come, goes in onward.items():
        angle_deg = {go: angles.deg(come, go) for go in goes}
        back = {go for go in goes if drafts[go].piece == drafts[come].piece or abs(angle_deg[go]) > U_TURN_BEYOND_DEG}
        ahead = sorted(set(goes) - back, key=lambda go: (angle_deg[go], go))
        called.update({(come, go): Movement.U_TURN for go in sorted(back)})
        painted = _painted(drafts[come])
        if len(painted) == len(ahead) > 1:
            called.update({(come, go): turn for go, turn in zip(ahead, painted, strict=True)})
        else:
            called.update({(come, go): turn for go, turn in _by_angle(drafts, come, ahead, angle_deg).items()})
    return called


class _Angles:
    """Changes of direction between drafts, degrees; right is positive."""

    def __init__(self, drafts: Sequence[Draft], positions: Mapping[int, LonLat]) -> None:
        lines = [[positions[node] for node in draft.nodes] for draft in drafts]
        self.arriving_deg = [bearing_at_end_deg(line) for line in lines]
        self.leaving_deg = [bearing_at_start_deg(line) for line in lines]

    def deg(self, come: int, go: int) -> float:
        return deflection_deg(self.arriving_deg[come], self.leaving_deg[go])


def _painted(draft: Draft) -> list[Movement]:
    """Directions painted on the lanes from left to right; none where a lane is plain."""
    if draft.marks is None or None in draft.marks:
        return []
    shown = frozenset[Movement]().union(*(mark for mark in draft.marks if mark is not None))
    return [turn for turn in (Movement.LEFT, Movement.THROUGH, Movement.RIGHT) if turn in shown]


def _by_angle(
    drafts: Sequence[Draft], come: int, ahead: Sequence[int], angle_deg: Mapping[int, float]
) -> dict[int, Movement]:
    here = drafts[come]
    circling = {go for go in ahead if here.roundabout and drafts[go].roundabout}
    straight = circling or {go for go in ahead if abs(angle_deg[go]) <= THROUGH_WITHIN_DEG}
    main = min(straight, key=lambda go: _strangeness(here, drafts[go], angle_deg[go]), default=None)
    turns: dict[int, Movement] = {}
    for go in ahead:
        reference_deg = angle_deg[main] if main is not None and (circling or go in straight) else 0.0
        if go == main:
            turns[go] = Movement.THROUGH
        else:
            turns[go] = Movement.RIGHT if angle_deg[go] > reference_deg else Movement.LEFT
    return turns


def _strangeness(come: Draft, go: Draft, angle_deg: float) -> tuple[bool, bool, bool, float]:
    """Sort key: the lower, the more a driver takes `go` for the road he is on."""
    leaves_for_ramp = go.road_class is RoadClass.RAMP and come.road_class is not RoadClass.RAMP
    falls_in_rank = RANK[go.road_class] > RANK[come.road_class]
    return leaves_for_ramp, falls_in_rank, come.name != go.name, abs(angle_deg)
