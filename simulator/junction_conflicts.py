"""Arms of a junction, and where the paths of two turns cross or merge: from the order of the arms alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from traffic_core.arms import paired_ways
from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.network import Link, Turn

SAME_STREET_WITHIN_DEG = 90.0
"""Two links between the same two nodes in opposite directions are one arm up to this difference of direction."""
CARRIAGEWAYS_WITHIN_DEG = (-15.0, 60.0)
"""Carriageways to different nodes, as of a divided road, are one arm where the way out lies by so much clockwise of the
way in and no street between them; the right-hand order of the two may be drawn a little wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A street at a junction: the link that comes in and the one that goes out, either may be missing.

    `bearing_deg`: direction in which the street leaves the junction, clockwise from north.
    """

    incoming: Link | None
    outgoing: Link | None
    bearing_deg: float

    @property
    def links(self) -> tuple[Link, ...]:
        """The one or two links of the arm."""
        return tuple(link for link in (self.incoming, self.outgoing) if link is not None)


class TurnPath(NamedTuple):
    """Where a turn enters and leaves the junction, as points of a circle around it, counted clockwise.

    Arm a (of n, clockwise) owns the points 2a, where its traffic comes in, and 2a + 1, where traffic goes out: with
    right-hand traffic the way in lies counter-clockwise of the way out.
    """

    entry: int
    exit: int


def arms_of(incoming: Sequence[Link], outgoing: Sequence[Link]) -> tuple[Arm, ...]:
    """Arms of a junction, clockwise from north.

    Links of the same street in opposite directions are paired first, then carriageways, always the nearest first.  What
    stays alone is a one-way arm.
    """
    into_deg = [(bearing_at_end_deg(link.line) + 180.0) % 360.0 for link in incoming]
    out_deg = [bearing_at_start_deg(link.line) for link in outgoing]
    pairs = []
    for i, come in enumerate(incoming):
        for o, go in enumerate(outgoing):
            apart_deg = deflection_deg(into_deg[i], out_deg[o])
            if come.from_node == go.to_node and abs(apart_deg) <= SAME_STREET_WITHIN_DEG:
                pairs.append((0, abs(apart_deg), i, o))
            elif _carriageways(into_deg[i], apart_deg, [*into_deg, *out_deg]):
                pairs.append((1, abs(apart_deg), i, o))
    arms = [
        Arm(
            incoming=None if i is None else incoming[i],
            outgoing=None if o is None else outgoing[o],
            bearing_deg=bearing_deg,
        )
        for i, o, bearing_deg in paired_ways(into_deg, out_deg, pairs)
    ]
    return tuple(sorted(arms, key=lambda arm: arm.bearing_deg))


def _carriageways(into_deg: float, apart_deg: float, all_deg: Sequence[float]) -> bool:
    """Whether a way in and a way out that lies `apart_deg` clockwise of it may belong to one divided road."""
    least_deg, most_deg = CARRIAGEWAYS_WITHIN_DEG
    alone = not any(0.0 < deflection_deg(into_deg, other_deg) < apart_deg for other_deg in all_deg)
    return least_deg <= apart_deg <= most_deg and alone


def path_of(turn: Turn, arms: Sequence[Arm]) -> TurnPath:
    """Path of a turn at the junction of these arms."""
    entry = next(a for a, arm in enumerate(arms) if arm.incoming is not None and arm.incoming.id == turn.from_link)
    leave = next(a for a, arm in enumerate(arms) if arm.outgoing is not None and arm.outgoing.id == turn.to_link)
    return TurnPath(2 * entry, 2 * leave + 1)


def conflict(a: TurnPath, b: TurnPath) -> bool:
    """Whether two paths cross (their ends interleave on the circle) or merge.  Never for two ways out of one link."""
    if a.entry == b.entry:
        return False
    if a.exit == b.exit:
        return True
    low, high = sorted(a)
    return (low < b.entry < high) != (low < b.exit < high)


def circulates_past(circulating: TurnPath, entry: int, arms: int) -> bool:
    """Whether a vehicle on a roundabout of `arms` arms passes an entry before it leaves.

    It drives counter-clockwise.  The way out of an arm comes before the way in, so that who leaves there does not pass.
    """
    points = 2 * arms
    to_entry = (circulating.entry - entry) % points
    return 0 < to_entry < (circulating.entry - circulating.exit) % points


def leaves_left_of(path: TurnPath, entry: int, arms: int) -> bool:
    """Whether a turn, seen by its driver, leaves on the left of the arm of another entry, or turns back."""
    points = 2 * arms
    return (path.exit - path.entry) % points <= (entry - path.entry) % points
