"""Which stages junctions under adaptive control go to, and where it may work at all."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.green_windows import GreenWindows
from signal_plans.adaptive.requests import NOBODY_ASKS
from signal_plans.decision import stage_wish
from signal_plans.lamp import Lamp
from signal_plans.reasons import SignalReason
from signal_plans.stage_guard import StageGuard
from signal_plans.stage_player import stage_to_begin_with

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.adaptive.control import AdaptiveControl
    from signal_plans.decision import SignalDecision, StageWish
    from signal_plans.observed import Observed
    from signal_plans.player import ProgrammePlayer
    from signal_plans.streams.model import StreamTown
    from signal_plans.town import Town

WISH_NOTICE_S = 1
"""From a wish for a stage to the second in which it counts."""
QUIET_S = 60
"""How long sensors must have been fresh without a break before adaptive control, once it had to end, works again."""


class StageChoosing:
    """Asks adaptive control once a second for all junctions, and sees to it that nobody is forgotten."""

    def __init__(self, town: Town, streams: StreamTown, adaptive: AdaptiveControl) -> None:
        self._town = town
        self._adaptive = adaptive
        self._guard = StageGuard(town, streams)
        settings = adaptive.settings
        self._windows: GreenWindows | None = None
        if settings.coordination_weight > 0.0:
            self._windows = GreenWindows(streams, settings.coordination_weight, settings.horizon_s)
        self._unready_at_s = np.full(len(town.layouts), -math.inf)
        self._was_ready = np.zeros(len(town.layouts), np.bool_)

    def ready(self, now: int, observed: Observed) -> NDArray[np.bool_]:
        """Junctions (J) with fresh sensors; where they had failed only after a quiet time."""
        fresh = observed.adaptive_ready
        if fresh is None:
            fresh = np.zeros_like(self._was_ready)
        self._unready_at_s = np.minimum(self._unready_at_s, now)  # the clock may have been set back
        waits = now - self._unready_at_s < QUIET_S
        self._unready_at_s[~fresh & (self._was_ready | waits)] = now
        self._was_ready = fresh & (now - self._unready_at_s >= QUIET_S)
        return self._was_ready.copy()

    def choose(self, player: ProgrammePlayer, turn: tuple[int, int], observed: Observed) -> None:
        """Bring junctions under adaptive control to the stages that are worth it.

        turn : time of the step before and of this one, s
        """
        before, now = turn
        requests = observed.requests or NOBODY_ASKS
        for place, fault in requests.faults:
            j = int(np.searchsorted(self._town.first_group, place, side="right")) - 1
            name = list(self._town.layouts[j].groups)[place - int(self._town.first_group[j])]
            player.note(j, now, SignalReason.BUTTON_FAULT, f"{name}: {fault}")
        self._guard.watch(player.lamp == Lamp.GREEN, now - before, observed.sightings, requests.waited_s)
        if player.stages.is_idle:
            return
        running = player.stages.running(now, player.stage, player.stage_since_s, ~player.has_pending())
        overdue = self._guard.overdue(running.ready)
        if observed.sightings is not None:
            slow = observed.exit_slow
            if slow is None:
                slow = np.zeros(len(self._adaptive.exits), np.bool_)
            red_cost_s = None
            if self._windows is not None:
                red_cost_s = self._windows.red_cost_s(now, [decision.programme for decision in player.running])
            wishes = self._adaptive.step(observed.sightings, running, slow, requests, red_cost_s)
            changes = running.ready & self._was_ready & (wishes >= 0) & (wishes != running.stage)
            changes[[j for j, _, _ in overdue]] = False
            for j in np.flatnonzero(changes).tolist():
                self._wish(player, j, now, int(wishes[j]), SignalReason.ADAPTIVE_ON)
        for j, stage, group in overdue:
            self._wish(player, j, now, stage, SignalReason.ADAPTIVE_LONGEST_RED, group)

    def _wish(
        self, player: ProgrammePlayer, j: int, now: int, stage: int, reason: SignalReason, detail: str = ""
    ) -> None:
        layout, at_s = self._town.layouts[j], now + WISH_NOTICE_S
        wish = stage_wish(layout, layout.stages[stage].groups, at_s)
        player.wish(j, replace(player.running[j], valid_from_s=at_s, reason=reason, detail=detail, wish=wish))


def first_wish(running: SignalDecision, at_s: int) -> StageWish:
    """What a junction is to show when adaptive control takes over: the stage that runs or comes next."""
    layout = running.programme.layout
    if running.wish is not None:
        return stage_wish(layout, running.wish.groups, at_s)
    return stage_wish(layout, layout.stages[stage_to_begin_with(running.programme, at_s)].groups, at_s)
