"""The intergreen matrix: how long after the end of one green a conflicting green may begin."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_S = 60


@dataclass(frozen=True, slots=True)
class IntergreenMatrix:
    """Intergreen times in whole seconds by (clearing group, entering group).

    A pair that is not listed does not conflict.  A conflict is listed in both directions.
    """

    times_s: Mapping[tuple[str, str], int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "times_s", MappingProxyType(dict(self.times_s)))
        for (clearing, entering), time_s in self.times_s.items():
            where = f"intergreen[{clearing},{entering}]"
            require.between(where, time_s, 0, LONGEST_S)
            if clearing == entering:
                raise InvalidValueError(where, time_s, "a group does not conflict with itself")
            if (entering, clearing) not in self.times_s:
                limit = f"the opposite direction must be listed too, {entering} clearing before {clearing}"
                raise InvalidValueError(where, time_s, limit)

    def conflict(self, a: str, b: str) -> bool:
        """Whether two groups must never be green together."""
        return (a, b) in self.times_s

    def between_s(self, clearing: str, entering: str) -> int:
        """Intergreen time, s; 0 for groups that do not conflict."""
        return self.times_s.get((clearing, entering), 0)


def interstage_s(matrix: IntergreenMatrix, ending: frozenset[str], starting: frozenset[str]) -> int:
    """Shortest time from the end of one set of greens to the start of the next, s: the longest intergreen involved.

    Groups of both sets stay green.
    """
    pairs = ((a, b) for a in ending - starting for b in starting - ending)
    return max((matrix.between_s(a, b) for a, b in pairs), default=0)


def matrix_from_table(
    junction_id: str, groups: Sequence[str], rows: Sequence[Sequence[int | None]]
) -> IntergreenMatrix:
    """Matrix from a square table: row = clearing group, column = entering group, both in the order of `groups`.

    None stands where groups do not conflict.

    Raises
    ------
    InvalidValueError
        Names junction and groups: of a table that is not square, a group that occurs twice or conflicts with itself, a
        time that is out of bounds, a conflict that stands in one direction only.
    """
    where = f"junction[{junction_id}].intergreen"
    size = len(groups)
    if len(set(groups)) < size:
        raise InvalidValueError(f"{where}.groups", tuple(groups), "must occur once each")
    if len(rows) != size:
        raise InvalidValueError(where, len(rows), f"must be square: {size} rows for the groups {', '.join(groups)}")
    for group, row in zip(groups, rows, strict=True):
        if len(row) != size:
            limit = f"must be square: {size} times for the groups {', '.join(groups)}"
            raise InvalidValueError(f"{where}[{group}]", len(row), limit)
    times_s: dict[tuple[str, str], int] = {}
    for i, clearing in enumerate(groups):
        for j, entering in enumerate(groups):
            time_s, back_s = rows[i][j], rows[j][i]
            named = f"{where}[{clearing},{entering}]"
            if time_s is None:
                continue
            if i == j:
                raise InvalidValueError(named, time_s, "a group does not conflict with itself")
            if back_s is None:
                limit = f"a conflict needs both directions, {entering} clearing before {clearing} is missing"
                raise InvalidValueError(named, time_s, limit)
            require.between(named, time_s, 0, LONGEST_S)
            times_s[clearing, entering] = time_s
    return IntergreenMatrix(times_s)
