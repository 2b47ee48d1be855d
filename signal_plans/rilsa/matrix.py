"""From conflict points to the intergreen matrix of signal groups."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.rilsa.formula import intergreen_s
from signal_plans.rilsa.values import DEFAULTS, ClearingCase, RoadUser, Value, clearing, entering_speed_m_s
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DECIMALS = 6
"""Of a computed way: what lies beyond is noise of floating point, not distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictPoint:
    """A point that road users of two groups both pass, with the ways from their stop lines to it.

    `what` says who clears and who enters.  `may_yield`: one of them is a turner who may be left to give way, to
    pedestrians beside him or to oncoming traffic.
    """

    clearing: str
    entering: str
    case: ClearingCase
    user: RoadUser
    clearing_m: Fraction
    entering_m: Fraction
    what: str
    may_yield: bool = False


def clearing_way_m(way_m: float) -> Fraction:
    """A clearing way in full decimetres, rounded to the safe side: up."""
    return Fraction(math.ceil(round(10.0 * way_m, _DECIMALS)), 10)


def entering_way_m(way_m: float) -> Fraction:
    """An entering way in full decimetres, rounded to the safe side: down."""
    return Fraction(math.floor(round(10.0 * way_m, _DECIMALS)), 10)


def point_intergreen_s(point: ConflictPoint, values: Mapping[str, Value] = DEFAULTS) -> int:
    """Intergreen of one conflict point, s."""
    speed_m_s = entering_speed_m_s(point.user, values)
    return intergreen_s(point.clearing_m, point.entering_m, clearing(point.case, values), speed_m_s)


def decisive_points(
    points: Iterable[ConflictPoint], values: Mapping[str, Value] = DEFAULTS
) -> dict[tuple[str, str], ConflictPoint]:
    """The first point with the longest intergreen of each (clearing, entering) pair; pairs in the order of names."""
    longest: dict[tuple[str, str], ConflictPoint] = {}
    for point in points:
        pair = point.clearing, point.entering
        if pair not in longest or point_intergreen_s(point, values) > point_intergreen_s(longest[pair], values):
            longest[pair] = point
    return dict(sorted(longest.items()))


def matrix_of(
    junction_id: str,
    points: Iterable[ConflictPoint],
    *,
    permissive: frozenset[tuple[str, str]] = frozenset(),
    values: Mapping[str, Value] = DEFAULTS,
) -> IntergreenMatrix:
    """Matrix with the longest intergreen over all conflict points of each pair of groups.

    `permissive` pairs (who gives way, who goes first) are left out; nothing is left out without being named.

    Raises
    ------
    InvalidValueError
        Names junction and both groups: of a conflict that has points in one direction only, of a permissive pair that
        does not conflict or has a point at which nobody may be left to give way.
    """
    every = tuple(points)
    decisive = decisive_points(every, values)
    where = f"junction[{junction_id}]"
    for first, second in decisive:
        if (second, first) not in decisive:
            limit = f"must have conflict points with {second} clearing and {first} entering too"
            raise InvalidValueError(f"{where}.intergreen[{first},{second}]", "one direction", limit)
    strict = {pair for point in every if not point.may_yield for pair in _both(point.clearing, point.entering)}
    left_out: set[tuple[str, str]] = set()
    for first, second in sorted(permissive):
        named = f"{where}.permissive[{first},{second}]"
        if (first, second) not in decisive:
            raise InvalidValueError(named, "no conflict", "must be groups whose ways meet")
        if (first, second) in strict:
            limit = "must only be turners against pedestrians beside them or against oncoming traffic"
            raise InvalidValueError(named, "not permitted", limit)
        left_out.update(_both(first, second))
    kept = {pair: point_intergreen_s(point, values) for pair, point in decisive.items() if pair not in left_out}
    return IntergreenMatrix(kept)


def may_be_permissive(points: Iterable[ConflictPoint]) -> frozenset[tuple[str, str]]:
    """Pairs of groups, both directions, that meet only where one of them may be left to give way."""
    every = tuple(points)
    strict = {pair for point in every if not point.may_yield for pair in _both(point.clearing, point.entering)}
    return frozenset(pair for point in every for pair in _both(point.clearing, point.entering) if pair not in strict)


def _both(a: str, b: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (a, b), (b, a)
