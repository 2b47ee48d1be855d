"""The supply data of one signalised junction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from signal_plans.intergreen import interstage_s
from signal_plans.signal_group import WALKING_M_S, GroupKind
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

    Raises `InvalidValueError` where a stage, the matrix or a permissive pair names an unknown group, where two groups
    of a stage conflict, where a group is in no stage, where pedestrians have less green than their crossing needs, or
    where a permissive pair has an intergreen or gives way on foot.
    """

    junction_id: str
    name: str
    groups: Mapping[str, SignalGroup]
    intergreen: IntergreenMatrix
    stages: tuple[Stage, ...]
    permissive: frozenset[tuple[str, str]] = frozenset()
    """Pairs (who gives way, who goes first) whose ways meet although both may be green: turners against pedestrians
    beside them or against oncoming traffic.  Only what somebody flagged is in it."""

    def __post_init__(self) -> None:
        require.identifier("junction_id", self.junction_id)
        object.__setattr__(self, "groups", MappingProxyType(dict(self.groups)))
        where = f"junction[{self.junction_id}]"
        for pair in self.intergreen.times_s:
            for group in pair:
                self._check_known(f"{where}.intergreen", group)
        for member in self.groups.values():
            self._check_walking(f"{where}.signal_group[{member.id}].min_green_s", member)
        for pair in sorted(self.permissive):
            self._check_permissive(f"{where}.permissive[{pair[0]},{pair[1]}]", *pair)
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
                between_s = f"{self.intergreen.between_s(a, b)} s and {self.intergreen.between_s(b, a)} s"
                limit = f"conflicting groups must not be green together, they need {between_s} of intergreen"
                raise InvalidValueError(where, (a, b), limit)

    def _check_walking(self, where: str, group: SignalGroup) -> None:
        needed_s = group.least_walking_green_s
        if group.min_green_s < needed_s:
            share = "all of it, equipped for the blind," if group.for_blind else "half of it"
            limit = f"must be at least {needed_s} s: crossing {group.crossing_m:g} m, {share} at {WALKING_M_S:g} m/s"
            raise InvalidValueError(where, group.min_green_s, limit)

    def _check_permissive(self, where: str, yielding: str, first: str) -> None:
        for group in (yielding, first):
            self._check_known(where, group)
        if yielding == first:
            raise InvalidValueError(where, (yielding, first), "a group does not give way to itself")
        if self.groups[yielding].kind is GroupKind.PEDESTRIAN:
            raise InvalidValueError(where, yielding, "pedestrians are never left to give way")
        if self.intergreen.conflict(yielding, first):
            time_s = self.intergreen.between_s(yielding, first)
            raise InvalidValueError(where, time_s, "a permissive pair must not be in the intergreen matrix")

    def interstage_s(self, ending: Stage, starting: Stage) -> int:
        """Shortest time from the end of one stage to the start of the next, s: the longest intergreen involved."""
        return interstage_s(self.intergreen, ending.groups, starting.groups)
