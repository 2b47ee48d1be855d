"""A signal programme: safe by construction.

Offset, defined once: the programme's second at time t is `(t - offset_s) mod cycle_s`, t in seconds since
1970-01-01 00:00 UTC.  A larger offset therefore starts everything later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.interval_check import violations
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.layout import SignalLayout

SHORTEST_CYCLE_S = 20
LONGEST_CYCLE_S = 120
COMPUTED_ID = "computed"
"""Programme made from counts; supplied programmes must have other ids."""
MOST_WINDOWS = 4
"""Greens of one group in a cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenWindow:
    """Green of one group within the cycle, from `start_s` for `length_s` seconds; it may run over the cycle's end."""

    start_s: int
    length_s: int

    def holds(self, second: int, cycle_s: int) -> bool:
        """Whether a second of the cycle is green."""
        return (second - self.start_s) % cycle_s < self.length_s


def groups_by_second(greens: Mapping[str, tuple[GreenWindow, ...]], cycle_s: int) -> list[frozenset[str]]:
    """Groups that are green in each second of a cycle."""
    return [
        frozenset(group for group, windows in greens.items() if any(each.holds(second, cycle_s) for each in windows))
        for second in range(cycle_s)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalProgramme:
    """When each group of a junction is green in a cycle.

    Raises `UnsafeProgrammeError` unless it keeps every intergreen, minimum green and lamp sequence of its layout.
    """

    id: str
    layout: SignalLayout
    cycle_s: int
    offset_s: int
    greens: Mapping[str, tuple[GreenWindow, ...]]

    def __post_init__(self) -> None:
        require.identifier("programme.id", self.id)
        where = f"programme[{self.layout.junction_id}/{self.id}]"
        require.between(f"{where}.cycle_s", self.cycle_s, SHORTEST_CYCLE_S, LONGEST_CYCLE_S)
        require.between(f"{where}.offset_s", self.offset_s, 0, self.cycle_s - 1)
        object.__setattr__(self, "greens", MappingProxyType({g: tuple(w) for g, w in self.greens.items()}))
        for group, windows in self.greens.items():
            if group not in self.layout.groups:
                raise InvalidValueError(f"{where}.greens", group, "must name a signal group of the junction")
            require.between(f"{where}.greens[{group}].windows", len(windows), 0, MOST_WINDOWS)
            for window in windows:
                require.between(f"{where}.greens[{group}].start_s", window.start_s, 0, self.cycle_s - 1)
                require.between(f"{where}.greens[{group}].length_s", window.length_s, 1, self.cycle_s - 1)
        if found := violations(self.layout, self.cycle_s, self.greens):
            raise UnsafeProgrammeError(f"{self.layout.junction_id}/{self.id}", found)

    def second_at(self, t_s: float) -> int:
        """The programme's second at time `t_s`, in [0, cycle_s)."""
        return math.floor(t_s - self.offset_s) % self.cycle_s

    def is_green(self, group: str, second: int) -> bool:
        """Whether a group is green in a second of the cycle."""
        return any(window.holds(second, self.cycle_s) for window in self.greens[group])
