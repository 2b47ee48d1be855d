"""The supply data of one signalised junction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.intergreen import IntergreenMatrix
    from signal_plans.signal_group import SignalGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Signal groups that show green together."""

    id: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLayout:
    """Groups, intergreens and the order of stages of one junction.

    Raises `InvalidValueError` where a stage or the matrix names an unknown group, where two groups of a stage
    conflict, or where a group is in no stage.
    """

    junction_id: str
    name: str
    groups: Mapping[str, SignalGroup]
    intergreen: IntergreenMatrix
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        require.identifier("junction_id", self.junction_id)
        object.__setattr__(self, "groups", MappingProxyType(dict(self.groups)))
        where = f"junction[{self.junction_id}]"
        for pair in self.intergreen.times_s:
            for group in pair:
                self._check_known(f"{where}.intergreen", group)
        if len(self.stages) < 2:
            raise InvalidValueError(f"{where}.stages", len(self.stages), "must be at least 2")
        for stage in self.stages:
            self._check_stage(f"{where}.stage[{stage.id}].groups", stage)
        served = frozenset[str]().union(*(stage.groups for stage in self.stages))
        if missing := sorted(set(self.groups) - served):
            raise InvalidValueError(f"{where}.stages", missing, "every group must be in a stage")
        if everywhere := sorted(frozenset(self.groups).intersection(*(stage.groups for stage in self.stages))):
            raise InvalidValueError(f"{where}.stages", everywhere, "a group that is in all stages would never be red")

    def _check_known(self, where: str, group: str) -> None:
        if group not in self.groups:
            raise InvalidValueError(where, group, "must name a signal group of the junction")

    def _check_stage(self, where: str, stage: Stage) -> None:
        if not stage.groups:
            raise InvalidValueError(where, (), "must not be empty")
        for group in sorted(stage.groups):
            self._check_known(where, group)
        for a, b in combinations(sorted(stage.groups), 2):
            if self.intergreen.conflict(a, b):
                raise InvalidValueError(where, (a, b), "conflicting groups must not be green together")

    def interstage_s(self, ending: Stage, starting: Stage) -> int:
        """Shortest time from the end of one stage to the start of the next, s: the longest intergreen involved."""
        pairs = ((a, b) for a in ending.groups - starting.groups for b in starting.groups - ending.groups)
        return max((self.intergreen.between_s(a, b) for a, b in pairs), default=0)
