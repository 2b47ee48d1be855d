"""Junctions that show wished stages instead of a programme: what is wished, and how far the lamps have got."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.control import RunningStages
from signal_plans.lamp import Lamp
from signal_plans.monitor import lamps_of
from traffic_core.kernels.stage_run import follow_wishes, run_stages

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from signal_plans.monitor import Memory
    from signal_plans.programme import SignalProgramme
    from signal_plans.town import Town


class StagePlayer:
    """Lamps of the junctions under control (J); their ages are those that the monitor remembers."""

    def __init__(self, town: Town) -> None:
        self._town = town
        count = len(town.layouts)
        self.controlled = np.zeros(count, np.bool_)
        """(J,)"""
        self._is_stage = np.zeros(count, np.bool_)
        """(J,) whether what is wished is a stage, and not another set of groups."""
        self._wanted = np.zeros(len(town.is_vehicle), np.uint8)
        self._wished = town.first_stage[:-1].copy()
        self._since_s = np.zeros(count, np.int64)
        self._green = np.zeros(count, np.bool_)
        self._ready = np.zeros(count, np.bool_)
        self.is_idle = True
        """No junction is under control."""

    def show(self, j: int, groups: Collection[str], at_s: int) -> None:
        """Wish these groups of a junction green from `at_s` on; the same again changes nothing."""
        town = self._town
        layout, rows = town.layouts[j], town.groups(j)
        wanted = np.array([group in groups for group in layout.groups], np.uint8)
        if self.controlled[j] and (self._wanted[rows] == wanted).all():
            return
        self._wanted[rows] = wanted
        stages = [s for s, stage in enumerate(layout.stages) if stage.groups == frozenset(groups)]
        self._is_stage[j] = bool(stages)
        if stages:
            self._wished[j] = town.first_stage[j] + stages[0]
        self.controlled[j] = True
        self._since_s[j] = at_s
        self._green[j] = self._ready[j] = False
        self.is_idle = False

    def stop(self, j: int) -> None:
        """Leave a junction to its programme."""
        self.controlled[j] = False
        self._wanted[self._town.groups(j)] = 0
        self.is_idle = not self.controlled.any()

    def propose(self, memory: Memory, lamp: NDArray[np.uint8]) -> None:
        """Write the lamps of the next second of the junctions under control into `lamp` (G,)."""
        if not self.is_idle:
            run_stages(self.controlled, self._wanted, *memory, *self._town.rules, lamp)

    def follow(self, now_s: int, memory: Memory, stage: NDArray[np.int64], stage_since_s: NDArray[np.int64]) -> None:
        """Bring the running stages (J,) of junctions under control to the wished ones, after the second `now_s`."""
        if self.is_idle:
            return
        town = self._town
        rows = self.controlled & self._is_stage
        stage[rows] = self._wished[rows]
        follow_wishes(
            now_s, rows, stage, town.first_member, town.member, memory.shown, memory.shown_s, town.rules.min_green_s,
            self._since_s, self._green, self._ready,
        )  # fmt: skip
        stage_since_s[rows] = self._since_s[rows]

    def not_before(self, now_s: int) -> None:
        """Let no stage have begun in the future, after the clock was set back."""
        self._since_s = np.minimum(self._since_s, now_s)

    def running(
        self, now_s: int, stage: NDArray[np.int64], since_s: NDArray[np.int64], may_change: NDArray[np.bool_]
    ) -> RunningStages:
        """All junctions as adaptive control wants them; only where it `may_change` (J) a stage may end."""
        return RunningStages(
            stage=stage - self._town.first_stage[:-1],
            elapsed_s=np.maximum(now_s - since_s + 1, 0),
            ready=self._ready & may_change & self._is_stage & self.controlled,
            green=self._green.copy(),
        )


def stage_to_begin_with(programme: SignalProgramme, at_s: int) -> int:
    """The stage that a programme shows at `at_s` or comes to next, counted from 0; the first where it shows none."""
    layout = programme.layout
    second = programme.second_at(at_s)
    lamps = lamps_of(layout, programme.cycle_s, programme.greens, second, programme.cycle_s)
    place = {group: g for g, group in enumerate(layout.groups)}
    sizes = [len(stage.groups) for stage in layout.stages]
    members = [[place[group] for group in sorted(stage.groups)] for stage in layout.stages]
    shown = np.array([(lamps[:, own] == Lamp.GREEN).all(axis=1) for own in members])
    for t in range(programme.cycle_s):
        found = [s for s in range(len(sizes)) if shown[s, t]]
        if found:
            return max(found, key=lambda s: (sizes[s], -s))
    return 0
