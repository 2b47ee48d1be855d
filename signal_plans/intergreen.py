"""The intergreen matrix: how long after the end of one green a conflicting green may begin."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping


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
            require.between(where, time_s, 0, 60)
            if clearing == entering:
                raise InvalidValueError(where, time_s, "a group does not conflict with itself")
            if (entering, clearing) not in self.times_s:
                raise InvalidValueError(where, time_s, "the opposite direction must be listed too")

    def conflict(self, a: str, b: str) -> bool:
        """Whether two groups must never be green together."""
        return (a, b) in self.times_s

    def between_s(self, clearing: str, entering: str) -> int:
        """Intergreen time, s; 0 for groups that do not conflict."""
        return self.times_s.get((clearing, entering), 0)
