"""Signal control of the town: each second the state of every lamp, now and then a better programme."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.approaches import Approaches
from signal_plans.decision import SignalDecision, SignalState
from signal_plans.errors import UnsafeProgrammeError
from signal_plans.lamp import Lamp
from signal_plans.monitor import Fault
from signal_plans.player import ProgrammePlayer
from signal_plans.programme import COMPUTED_ID, LONGEST_CYCLE_S, SignalProgramme
from signal_plans.reasons import SignalReason
from signal_plans.switching import is_worth_a_switch, plan_switch
from signal_plans.timing import programme_from_stages
from signal_plans.town import town_of
from signal_plans.webster import stage_greens_s
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.detectors import advance_queues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from signal_plans.junction import Junction
    from signal_plans.settings import SignalSettings
    from traffic_core.network import Network

LOOK_BACK_S = 2 * LONGEST_CYCLE_S
"""Seconds played before the first one, and at most after a pause, so that stages and ages are right from the start."""

MOST_PROGRAMMES_PER_STEP = 50
"""Programmes built in one step at most, so that no step is late; the others follow in the next ones."""


class SignalControl:
    """Runs one programme per junction, computes better ones from flows and joins them safely.

    A programme is a pure function of time: seconds between two steps are played in between.  Nothing here reads a
    clock.  Arrays are in the order of `town`.
    """

    def __init__(self, junctions: Mapping[str, Junction], network: Network, settings: SignalSettings) -> None:
        self.town = town_of([junction.layout for junction in junctions.values()])
        self.approaches = Approaches(self.town, network)
        self.junction_ids = tuple(junctions)
        self._settings = settings
        self._index = {junction_id: j for j, junction_id in enumerate(junctions)}
        self._junctions = tuple(junctions.values())
        self._restored: dict[int, tuple[SignalDecision, ...]] = {}
        self._player: ProgrammePlayer | None = None
        self._now_s = 0
        count, groups = len(junctions), len(self.town.is_vehicle)
        self._retry_at_s = np.zeros(count, np.int64)
        self._due = np.zeros(count, np.bool_)
        self._queue_veh = np.zeros(groups)
        self._phase_s = np.arange(count, dtype=np.int64) * settings.recompute_every_s // max(count, 1)

    def restore(self, commands: Iterable[SignalDecision]) -> tuple[SignalDecision, ...]:
        """Go on with commands from before a restart; call before the first step.

        Of two commands for a junction the earlier runs from the start and the later takes over at its time; of more
        the last two count.  Commands that no longer fit the supply are not taken and come back.
        """
        if self._player is not None:
            raise InvalidValueError("commands", "restore", "must come before the first step")
        left_out = []
        for command in sorted(commands, key=lambda command: command.valid_from_s):
            j = self._index.get(command.junction_id)
            if j is None or not self._fits(j, command.programme):
                left_out.append(command)
                continue
            self._restored[j] = (*self._restored.get(j, ()), command)[-2:]
        return tuple(left_out)

    def _fits(self, j: int, programme: SignalProgramme) -> bool:
        """Whether a programme is computed for the junction's layout, or one of its supply but for the offset."""
        if programme.id == COMPUTED_ID:
            return programme.layout == self.town.layouts[j]
        return any(replace(programme, offset_s=own.offset_s) == own for own in self._junctions[j].programmes)

    def commands(self) -> tuple[SignalDecision, ...]:
        """What runs and what is about to run: all that `restore` and a reconnecting controller need."""
        if self._player is None:
            return ()
        pending = self._player.pending
        return (*self._player.running, *(pending[j] for j in sorted(pending)))

    def running(self, junction_id: str) -> SignalDecision | None:
        """The command that a junction runs; None before the first step."""
        return None if self._player is None else self._player.running[self._index[junction_id]]

    def step(
        self, now_s: float, approach_flow_veh_h: NDArray[np.float64], approach_known: NDArray[np.bool_]
    ) -> SignalState:
        """Play up to `now_s` and decide.

        Parameters
        ----------
        now_s
            Seconds since 1970-01-01 00:00 UTC.  Where it runs backwards, programmes go on without a jump under new
            offsets.
        approach_flow_veh_h, approach_known
            (G,) smoothed flow of each group, and whether it is known; see `Approaches.group_flows`.  A value that is
            negative or not a number is not known.
        """
        known = self._known_groups(approach_flow_veh_h, approach_known)
        flow = np.where(known, approach_flow_veh_h, 0.0)
        now = math.floor(now_s)
        if self._player is None:
            player, before = self._begin(now), now - 1
        else:
            player, before = self._player, self._now_s
            player.decisions.clear()
            player.events.clear()
        if now < before:
            player.go_on_after_a_step_back(now)
            self._retry_at_s[:] = 0
            before = now - 1
        self._play(player, before, now, flow)
        junction_known = np.logical_and.reduceat(known | ~self.town.is_vehicle, self.town.first_group[:-1])
        if now > before:
            self._return_to_fallback(player, now, junction_known)
            self._recompute(player, before, now, flow, junction_known)
        self._now_s = now
        return self._state(player, flow, known, junction_known, max(0, now - before - 1))

    def _known_groups(self, flow: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
        shape = self.town.is_vehicle.shape
        for name, array in (("approach_flow_veh_h", flow), ("approach_known", known)):
            if array.shape != shape:
                raise InvalidValueError(name, array.shape, f"must have the shape {shape}")
        usable: NDArray[np.bool_] = known.astype(np.bool_) & np.isfinite(flow) & (flow >= 0.0) & self.town.is_vehicle
        return usable

    def _begin(self, now: int) -> ProgrammePlayer:
        """Start all junctions, as restored or on their fallback, and play the time just before."""
        first = [
            self._restored[j][0] if j in self._restored else self._at_start(j, now) for j in range(len(self._index))
        ]
        self._player = player = ProgrammePlayer(self.town, first)
        player.forget(now - LOOK_BACK_S)
        for j, commands in sorted(self._restored.items()):
            if len(commands) > 1:
                player.announce(j, commands[1])
        player.decisions[:] = [decision for j, decision in enumerate(first) if j not in self._restored]
        for t in range(now - LOOK_BACK_S, now):
            player.play(t)
        return player

    def _at_start(self, j: int, now: int) -> SignalDecision:
        return SignalDecision(
            junction_id=self.junction_ids[j],
            programme=self._junctions[j].fallback,
            valid_from_s=now,
            reason=SignalReason.FALLBACK,
        )

    def _play(self, player: ProgrammePlayer, before: int, now: int, flow: NDArray[np.float64]) -> None:
        first = max(before + 1, now - LOOK_BACK_S)
        if first > before + 1:
            player.forget(first)
        room, saturation = self.approaches.storage_veh, self.town.saturation_veh_h
        for t in range(first, now + 1):
            player.play(t)
            green = (player.lamp == Lamp.GREEN).astype(np.uint8)
            advance_queues(self._queue_veh, flow, saturation, green, room, 1.0)

    def _free(self, player: ProgrammePlayer, now: int) -> NDArray[np.bool_]:
        """Junctions that may be given another programme: none pending, not refused lately."""
        every_s = self._settings.recompute_every_s
        refused = (player.refused_at_s >= 0) & (now < player.refused_at_s + every_s)
        free: NDArray[np.bool_] = ~player.has_pending() & ~refused & (self._retry_at_s <= now)
        return free

    def _return_to_fallback(self, player: ProgrammePlayer, now: int, junction_known: NDArray[np.bool_]) -> None:
        silent = np.flatnonzero(~junction_known & self._free(player, now)).tolist()
        lost = [j for j in silent if player.running[j].programme.id == COMPUTED_ID]
        for j in lost[:MOST_PROGRAMMES_PER_STEP]:
            self._schedule(player, j, now, self._junctions[j].fallback, SignalReason.DETECTORS_STALE)

    def _recompute(
        self,
        player: ProgrammePlayer,
        before: int,
        now: int,
        flow: NDArray[np.float64],
        junction_known: NDArray[np.bool_],
    ) -> None:
        """Compute programmes for the junctions whose turn it is; their turns are spread over the interval."""
        every_s = self._settings.recompute_every_s
        self._due |= (now - self._phase_s) // every_s > (before - self._phase_s) // every_s
        self._due &= junction_known & self._free(player, now)
        due = np.flatnonzero(self._due)[:MOST_PROGRAMMES_PER_STEP]
        if due.size == 0:
            return
        self._due[due] = False
        greens_s = stage_greens_s(self.town, flow, self._settings)
        for j in due.tolist():
            green_s = greens_s[self.town.stages(j)].tolist()
            try:
                programme = programme_from_stages(self.town.layouts[j], green_s, COMPUTED_ID)
            except (UnsafeProgrammeError, InvalidValueError) as error:
                player.note(j, now, SignalReason.REFUSED_BY_MONITOR, str(error))
                continue
            if is_worth_a_switch(player.running[j].programme, programme, self._settings.smallest_change_s):
                self._schedule(player, j, now, programme, SignalReason.COMPUTED_FROM_COUNTS)

    def _schedule(
        self, player: ProgrammePlayer, j: int, now: int, programme: SignalProgramme, reason: SignalReason
    ) -> None:
        """Announce a programme for the next safe moment, or note that the monitor finds none.

        A computed programme must also have a way back to the fallback.
        """
        plan = plan_switch(player.running[j].programme, programme, now + self._settings.notice_s)
        if programme.id == COMPUTED_ID and not isinstance(plan, Fault):
            way_back = plan_switch(programme, self._junctions[j].fallback, now)
            plan = way_back if isinstance(way_back, Fault) else plan
        if isinstance(plan, Fault):
            self._retry_at_s[j] = now + self._settings.recompute_every_s
            player.note(j, now, SignalReason.REFUSED_BY_MONITOR, str(plan))
            return
        joined, at_s = plan
        junction_id = self.junction_ids[j]
        player.announce(j, SignalDecision(junction_id=junction_id, programme=joined, valid_from_s=at_s, reason=reason))

    def _state(
        self,
        player: ProgrammePlayer,
        flow: NDArray[np.float64],
        known: NDArray[np.bool_],
        junction_known: NDArray[np.bool_],
        skipped_s: int,
    ) -> SignalState:
        capacity_veh_h = self.town.saturation_veh_h * player.table.green_shares()
        load = np.divide(flow, capacity_veh_h, out=np.zeros_like(flow), where=capacity_veh_h > 0.0)
        return SignalState(
            now_s=self._now_s,
            second=player.second.copy(),
            stage=player.stage - self.town.first_stage[:-1],
            stage_since_s=player.stage_since_s.copy(),
            lamp=player.lamp.copy(),
            queue_veh=self._queue_veh.copy(),
            flow_known=known,
            load=np.maximum.reduceat(load, self.town.first_group[:-1]),
            load_known=junction_known,
            decisions=tuple(player.decisions),
            events=tuple(player.events),
            skipped_s=skipped_s,
        )
