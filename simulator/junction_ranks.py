"""Ranks of the turns at a junction with signs: which arms are the major road, and who comes after whom."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from traffic_core.bearings import THROUGH_WITHIN_DEG, deflection_deg
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from simulator.junction_conflicts import Arm, TurnPath

RANK = {
    RoadClass.MOTORWAY: 0,
    RoadClass.TRUNK: 1,
    RoadClass.PRIMARY: 2,
    RoadClass.SECONDARY: 3,
    RoadClass.TERTIARY: 4,
    RoadClass.RAMP: 5,
    RoadClass.RESIDENTIAL: 6,
    RoadClass.SERVICE: 7,
}
"""The lower, the more right of way at a give-way node."""


def major_arms(arms: Sequence[Arm], paths: Collection[TurnPath]) -> tuple[int, int]:
    """The two of at least two arms that make the major road, in clockwise order.

    They are the arms of the highest road class.  Where more than two have it, it is a pair that is joined by a turn,
    if there is one, and runs straight on (within 45 degrees): of several the one with most capacity, then the
    straightest.  A single arm goes on into the best class straight on, or else into the best class there is.
    """
    classes = [min(RANK[link.road_class] for link in arm.links) for arm in arms]
    highest = [a for a, rank in enumerate(classes) if rank == min(classes)]
    if len(highest) == 1:
        (first,) = highest
        pairs = [(min(first, other), max(first, other)) for other in range(len(arms)) if other != first]
    else:
        pairs = list(combinations(highest, 2))
    joined = {tuple(sorted((path.entry // 2, path.exit // 2))) for path in paths}

    def worth(pair: tuple[int, int]) -> tuple[bool, bool, int, float, int, tuple[int, int]]:
        a, b = pair
        bend_deg = _bend_deg(arms[a], arms[b])
        return (
            pair not in joined,
            bend_deg > THROUGH_WITHIN_DEG,
            classes[a] + classes[b],
            -_capacity_veh_h(arms[a]) - _capacity_veh_h(arms[b]) if bend_deg <= THROUGH_WITHIN_DEG else 0.0,
            round(bend_deg),
            pair,
        )

    return min(pairs, key=worth)


def rank_of(path: TurnPath, major: tuple[int, int], arms: int) -> int:
    """Rank of a turn among `arms` arms: 1 waits for nobody, 5 for all others it meets.

    1 major through and right; 2 major left; 3 minor right; 4 minor through; 5 minor left: as in HBS 2015 and § 8 and
    § 9 StVO, where 2 and 3 are one rank because they do not meet at a crossing; they do where a major road bends.
    What is through, left and right follows from the order of the arms.  Back into the own arm counts as left.
    """
    come, go = path.entry // 2, path.exit // 2
    first, second = major
    if come in major:
        to_other = _counter_clockwise(come, second if come == first else first, arms)
        return 1 if 0 < _counter_clockwise(come, go, arms) <= to_other else 2
    to_right = min(_counter_clockwise(come, first, arms), _counter_clockwise(come, second, arms))
    to_left = max(_counter_clockwise(come, first, arms), _counter_clockwise(come, second, arms))
    to_exit = _counter_clockwise(come, go, arms)
    if 0 < to_exit <= to_right:
        return 3
    return 4 if to_right < to_exit < to_left else 5


def _counter_clockwise(start: int, end: int, arms: int) -> int:
    """Arms from `start` to `end` counter-clockwise, 0 for the same: a driver has small numbers on his right."""
    return (start - end) % arms


def _bend_deg(a: Arm, b: Arm) -> float:
    """By how much a road from one arm to the other bends, degrees from 0 (straight) to 180."""
    return abs(deflection_deg(a.bearing_deg + 180.0, b.bearing_deg))


def _capacity_veh_h(arm: Arm) -> float:
    return max(link.capacity_veh_h for link in arm.links)
