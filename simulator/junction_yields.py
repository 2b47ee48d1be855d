"""Who yields to whom at one junction: roundabout, signs, or signals with permissive left turns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from signal_plans.signal_group import GroupKind
from simulator.junction_conflicts import circulates_past, conflict, leaves_left_of
from simulator.junction_ranks import major_arms, rank_of
from traffic_core.bearings import deflection_deg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signal_plans.junction import Junction
    from simulator.junction_conflicts import Arm, TurnPath


class Gaps(NamedTuple):
    """What a driver who gives way needs: the shortest gap he takes, and the headway of those who use the same gap."""

    critical_s: float
    follow_up_s: float


# All of them are usual values of German practice, none is measured: to be confirmed by the town.
ROUNDABOUT_GAPS = Gaps(4.1, 2.9)
MAJOR_LEFT_GAPS = Gaps(5.5, 2.6)
MINOR_GAPS = {3: Gaps(5.9, 3.1), 4: Gaps(6.5, 3.8), 5: Gaps(6.6, 3.8)}
"""By rank: to the right, through, to the left."""
PERMISSIVE_LEFT_GAPS = Gaps(4.5, 2.5)
ROUNDABOUT_RADIUS_M = 15.0
"""Of the circle vehicles drive on; an ordinary small roundabout, as the network does not know its size."""
ROUNDABOUT_SPEED_M_S = 7.0
OPPOSITE_WITHIN_DEG = 80.0
"""Arms with signals are opposite each other up to this much off a straight line; beyond it they are side roads."""
AT_THE_JUNCTION_S = -1.0
"""Value of `superior_after_s` where the two turns meet at the junction itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A junction as its drivers see it."""

    arms: tuple[Arm, ...]
    paths: Mapping[str, TurnPath]
    """By turn, in the order of the network."""


class Yield(NamedTuple):
    """Whom a turn lets pass, as (turn, seconds after), and the gaps it needs."""

    gaps: Gaps
    superior: list[tuple[str, float]]


def at_roundabout(place: Place) -> dict[str, Yield]:
    """Who enters yields to everybody of another entry who passes in front of him."""
    round_s = 2.0 * math.pi * ROUNDABOUT_RADIUS_M / ROUNDABOUT_SPEED_M_S
    bearing_deg = [arm.bearing_deg for arm in place.arms]
    return {
        turn: Yield(
            ROUNDABOUT_GAPS,
            [
                (other, (bearing_deg[past.entry // 2] - bearing_deg[path.entry // 2]) % 360.0 / 360.0 * round_s)
                for other, past in place.paths.items()
                if circulates_past(past, path.entry, len(place.arms))
            ],
        )
        for turn, path in place.paths.items()
    }


def at_give_way(place: Place) -> dict[str, Yield]:
    """Of two turns that cross or merge the one of lower rank yields; of equal rank nobody does."""
    major = major_arms(place.arms, place.paths.values())
    rank = {turn: rank_of(path, major, len(place.arms)) for turn, path in place.paths.items()}
    return {
        turn: Yield(
            MAJOR_LEFT_GAPS if path.entry // 2 in major else MINOR_GAPS[rank[turn]],
            [
                (other, AT_THE_JUNCTION_S)
                for other, against in place.paths.items()
                if rank[other] < rank[turn] and conflict(path, against)
            ],
        )
        for turn, path in place.paths.items()
    }


def at_signals(place: Place, junction: Junction) -> dict[str, Yield]:
    """Permissive left turns: of two oncoming turns that may be green together and conflict the left one yields.

    Left of an oncoming arm is what leaves by an arm on the left of the straight line to it, or turns back, whatever a
    turn is called: at skew junctions straight on for the one may be to the left of the other.
    """
    never_together = _never_green_together(junction)
    return {
        turn: Yield(
            PERMISSIVE_LEFT_GAPS,
            [
                (other, AT_THE_JUNCTION_S)
                for other, against in place.paths.items()
                if _oncoming(place.arms[path.entry // 2], place.arms[against.entry // 2])
                and leaves_left_of(path, against.entry, len(place.arms))
                and not leaves_left_of(against, path.entry, len(place.arms))
                and conflict(path, against)
                and not never_together(turn, other)
            ],
        )
        for turn, path in place.paths.items()
    }


def _oncoming(a: Arm, b: Arm) -> bool:
    return abs(deflection_deg(a.bearing_deg + 180.0, b.bearing_deg)) <= OPPOSITE_WITHIN_DEG


def _never_green_together(junction: Junction) -> Callable[[str, str], bool]:
    """Whether all groups of one turn have an intergreen with all groups of another; a turn without a group is free."""
    groups: dict[str, list[str]] = {}
    for group in junction.layout.groups.values():
        if group.kind is GroupKind.VEHICLE:
            for turn in group.turns:
                groups.setdefault(turn, []).append(group.id)

    def never(a: str, b: str) -> bool:
        if a not in groups or b not in groups:
            return False
        return all(junction.layout.intergreen.conflict(x, y) for x in groups[a] for y in groups[b])

    return never
