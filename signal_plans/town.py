"""All signalised junctions as arrays: the order and the pointers that every kernel call uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.monitor import MonitorRules, monitor_rules
from signal_plans.programme import MOST_WINDOWS, SignalProgramme
from signal_plans.signal_group import GroupKind
from signal_plans.timing import lost_time_s, stage_min_green_s, stage_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Junctions (J), their groups (G) and stages (S) in a row, and members (M) of the stages; see `town_of`."""

    layouts: tuple[SignalLayout, ...]
    rules: MonitorRules
    is_vehicle: NDArray[np.bool_]
    """(G,)"""
    saturation_veh_h: NDArray[np.float64]
    """(G,) 0 for groups without vehicles."""
    stages_of_group: NDArray[np.float64]
    """(G,) in how many stages a group is green."""
    first_stage: NDArray[np.int64]
    """(J + 1,)"""
    first_member: NDArray[np.int64]
    """(S + 1,)"""
    member: NDArray[np.int64]
    """(M,) groups of each stage, as indices among all groups."""
    stage_min_green_s: NDArray[np.int64]
    """(S,)"""
    lost_s: NDArray[np.int64]
    """(J,)"""

    @property
    def first_group(self) -> NDArray[np.int64]:
        """Pointers (J + 1,) to the first group of each junction."""
        return self.rules.first_group

    def groups(self, j: int) -> slice:
        """Positions of the groups of junction `j`."""
        return slice(int(self.first_group[j]), int(self.first_group[j + 1]))

    def stages(self, j: int) -> slice:
        """Positions of the stages of junction `j`."""
        return slice(int(self.first_stage[j]), int(self.first_stage[j + 1]))

    def flow_ratios(self, flow_veh_h: NDArray[np.float64]) -> NDArray[np.float64]:
        """Critical flow over saturation flow (S,) from flows of groups (G,).

        A group that is green in several stages counts in each with an equal part.
        """
        per_group = np.divide(
            flow_veh_h,
            self.saturation_veh_h * self.stages_of_group,
            out=np.zeros_like(flow_veh_h),
            where=self.is_vehicle,
        )
        ratios: NDArray[np.float64] = np.maximum.reduceat(per_group[self.member], self.first_member[:-1])
        return ratios


def town_of(layouts: Sequence[SignalLayout]) -> Town:
    """Arrays of junctions in the given order."""
    rules = monitor_rules(layouts)
    groups = [group for layout in layouts for group in layout.groups.values()]
    vehicle = np.array([group.kind is GroupKind.VEHICLE for group in groups], np.bool_)
    flows = np.array([group.saturation_flow_veh_h for group in groups], np.float64)
    runs = [stage_runs(layout, group) for layout in layouts for group in layout.groups]
    member: list[int] = []
    sizes: list[int] = []
    for layout, first in zip(layouts, rules.first_group, strict=False):
        place = {group: int(first) + i for i, group in enumerate(layout.groups)}
        for stage in layout.stages:
            member += sorted(place[group] for group in stage.groups)
            sizes.append(len(stage.groups))
    return Town(
        layouts=tuple(layouts),
        rules=rules,
        is_vehicle=vehicle,
        saturation_veh_h=np.where(vehicle, flows, 0.0),
        stages_of_group=np.array([sum(count for _, count in group) for group in runs], np.float64),
        first_stage=_pointers(len(layout.stages) for layout in layouts),
        first_member=_pointers(sizes),
        member=np.array(member, np.int64),
        stage_min_green_s=np.array([s for layout in layouts for s in stage_min_green_s(layout)], np.int64),
        lost_s=np.array([lost_time_s(layout) for layout in layouts], np.int64),
    )


def _pointers(sizes: Iterable[int]) -> NDArray[np.int64]:
    return np.cumsum([0, *sizes], dtype=np.int64)


class ProgrammeTable:
    """The running programmes as arrays, one row of windows for each group."""

    def __init__(self, town: Town) -> None:
        junctions, groups = len(town.layouts), len(town.is_vehicle)
        self._town = town
        self.cycle_s = np.full(junctions, 60, np.int64)
        self.offset_s = np.zeros(junctions, np.int64)
        self.start_s = np.zeros((groups, MOST_WINDOWS), np.int64)
        self.length_s = np.zeros((groups, MOST_WINDOWS), np.int64)

    def put(self, j: int, programme: SignalProgramme) -> None:
        """Let junction `j` run a programme."""
        self.cycle_s[j] = programme.cycle_s
        self.offset_s[j] = programme.offset_s
        rows = self._town.groups(j)
        self.start_s[rows] = 0
        self.length_s[rows] = 0
        for g, group in enumerate(self._town.layouts[j].groups, start=rows.start):
            for w, window in enumerate(programme.greens[group]):
                self.start_s[g, w], self.length_s[g, w] = window.start_s, window.length_s

    def green_shares(self) -> NDArray[np.float64]:
        """Green over cycle time of each group (G,)."""
        shares: NDArray[np.float64] = self.length_s.sum(axis=1) / np.repeat(
            self.cycle_s, np.diff(self._town.first_group)
        )
        return shares
