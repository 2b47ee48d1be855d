"""Signal control of the town: each second the state of every lamp, now and then a better programme."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.approaches import Approaches
from signal_plans.computing import Demand, ProgrammeComputing
from signal_plans.decision import SignalDecision, SignalState, stage_wish
from signal_plans.joining import plan_change
from signal_plans.lamp import Lamp
from signal_plans.mode import ModeKind
from signal_plans.monitor import Fault
from signal_plans.observed import NOTHING_MORE, Observed
from signal_plans.player import ProgrammePlayer
from signal_plans.programme import COMPUTED_ID, LONGEST_CYCLE_S, SignalProgramme
from signal_plans.queues import standing
from signal_plans.reasons import SignalReason
from signal_plans.selection import BY_ITSELF, NO_SELECTION, Choice, ProgrammeSelection, SelectionData
from signal_plans.stage_choosing import WISH_NOTICE_S, StageChoosing, first_wish
from signal_plans.stage_leaving import plan_leave
from signal_plans.streams.from_layout import stream_town
from signal_plans.switching import plan_switch
from signal_plans.target import SELECTED, Conditions, Target, fits, gives_way, target_of
from signal_plans.town import town_of
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.detectors import advance_queues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from signal_plans.adaptive.control import AdaptiveControl
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

    def __init__(
        self,
        junctions: Mapping[str, Junction],
        network: Network,
        settings: SignalSettings,
        selection: SelectionData = NO_SELECTION,
        adaptive: AdaptiveControl | None = None,
    ) -> None:
        self.town = town_of([junction.layout for junction in junctions.values()])
        self.approaches = Approaches(self.town, network)
        self.junction_ids = tuple(junctions)
        self.selection = ProgrammeSelection(junctions, selection)
        self.adaptive_allowed = np.zeros(len(junctions), np.bool_)
        """(J,) where an operator lets the adaptive controller work; it does so only where it is ready and chosen."""
        self.adaptive_ready = np.zeros(len(junctions), np.bool_)
        """(J,) as told in the last step; only after a quiet time where sensors had failed."""
        self._choosing: StageChoosing | None = None
        if adaptive is not None:
            self._choosing = StageChoosing(self.town, stream_town(network, self.town.layouts), adaptive)
        self.settings = settings
        self._index = {junction_id: j for j, junction_id in enumerate(junctions)}
        self._junctions = tuple(junctions.values())
        self._restored: dict[int, tuple[SignalDecision, ...]] = {}
        self._player: ProgrammePlayer | None = None
        self.now_s = 0
        """Second of the last step, since 1970; 0 before the first."""
        count, groups = len(junctions), len(self.town.is_vehicle)
        self._retry_at_s = np.zeros(count, np.int64)
        self._computing = ProgrammeComputing(self.town, settings)
        self._load = np.full(count, np.nan)
        self._chosen = (BY_ITSELF,) * count
        self._settled: tuple[tuple[Choice, ...], bytes, int] | None = None
        """What was looked at when everything was as chosen: the same again needs no look."""
        self._computes = np.zeros(count, np.bool_)
        self._to_tell: list[tuple[int, SignalReason, str]] = []
        self._queue_veh = np.zeros(groups)

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
            if j is None or not fits(self._junctions[j], command.programme):
                left_out.append(command)
                continue
            self._restored[j] = (*self._restored.get(j, ()), command)[-2:]
        return tuple(left_out)

    def commands(self) -> tuple[SignalDecision, ...]:
        """What runs and what is about to run: all that `restore` and a reconnecting controller need."""
        if self._player is None:
            return ()
        pending = self._player.pending
        return (*self._player.running, *(pending[j] for j in sorted(pending)))

    def running(self, junction_id: str) -> SignalDecision | None:
        """The command that a junction runs; None before the first step."""
        return None if self._player is None else self._player.running[self._index[junction_id]]

    def coming(self, junction_id: str) -> SignalDecision:
        """What a junction is about to do, or goes on doing; after the first step."""
        if self._player is None:
            raise InvalidValueError("junction_id", junction_id, "runs nothing before the first step")
        return self._player.coming(self._index[junction_id])

    def held_until_s(self, j: int) -> int:
        """Until when a junction stays on its fallback after a fault, in seconds since 1970; 0 for none."""
        at_s = -1 if self._player is None else int(self._player.faulty_at_s[j])
        return 0 if at_s < 0 else at_s + self.settings.fault_hold_s

    def index_of(self, junction_id: str) -> int | None:
        """Position of a junction; None where the control does not know it."""
        return self._index.get(junction_id)

    def junction(self, j: int) -> Junction:
        """Supply data of a junction."""
        return self._junctions[j]

    def tell(self, j: int, reason: SignalReason, detail: str) -> None:
        """Let something that happened between two steps be an event of the next one."""
        self._to_tell.append((j, reason, detail))

    def step(
        self,
        now_s: float,
        approach_flow_veh_h: NDArray[np.float64],
        approach_known: NDArray[np.bool_],
        observed: Observed = NOTHING_MORE,
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
        observed
            What else is known: occupancies, detectors for traffic rules, where adaptive control is ready.
        """
        known = self._known_groups(approach_flow_veh_h, approach_known)
        flow = np.where(known, approach_flow_veh_h, 0.0)
        now = math.floor(now_s)
        if self._player is None:
            player, before = self._begin(now), now - 1
        else:
            player, before = self._player, self.now_s
            player.decisions.clear()
            player.events.clear()
        for j, reason, detail in self._to_tell:
            player.note(j, now, reason, detail)
        self._to_tell.clear()
        if now < before:
            player.go_on_after_a_step_back(now)
            self._retry_at_s[:] = 0
            before = now - 1
        self._play(player, before, now, flow)
        junction_known = np.logical_and.reduceat(known | ~self.town.is_vehicle, self.town.first_group[:-1])
        if now > before:
            computes = self._select(player, now, junction_known, observed)
            stands = standing(observed.occupancy_share, known, self.settings.queue_occupancy_share)
            demand = Demand(flow, stands, player.table.green_shares())
            self._recompute(player, (before, now), demand, computes)
            if self._choosing is not None:
                self._choosing.choose(player, (before, now), observed)
        self.now_s = now
        state = self._state(player, flow, known, junction_known, max(0, now - before - 1))
        self._load = np.where(state.load_known, state.load, np.nan)
        return state

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
        fallback = self._junctions[j].fallback
        return self._said(j, fallback, now, Target(ModeKind.PROGRAMME, fallback, SignalReason.FALLBACK))

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
        every_s = self.settings.recompute_every_s
        refused = (player.refused_at_s >= 0) & (now < player.refused_at_s + every_s)
        free: NDArray[np.bool_] = ~player.has_pending() & ~refused & (self._retry_at_s <= now)
        return free

    def _select(
        self, player: ProgrammePlayer, now: int, junction_known: NDArray[np.bool_], observed: Observed
    ) -> NDArray[np.bool_]:
        """Bring junctions to what is chosen for them; return those (J,) that run what is computed from counts."""
        choices, happened = self.selection.choices(now, observed.traffic, self._load)
        for j, reason, detail in happened:
            player.note(j, now, reason, detail)
        if choices is not self._chosen:  # what was refused before says nothing about another wish
            changed = [j for j, (old, new) in enumerate(zip(self._chosen, choices, strict=True)) if old != new]
            self._retry_at_s[changed] = 0
            self._chosen = choices
        if self._choosing is not None:
            self.adaptive_ready = self._choosing.ready(now, observed)
        faulty = (player.faulty_at_s >= 0) & (now - player.faulty_at_s < self.settings.fault_hold_s)
        able = np.column_stack((junction_known, self.adaptive_allowed, self.adaptive_ready, faulty))
        looked_at = choices, able.tobytes(), player.changes
        if looked_at == self._settled:
            return self._computes
        free = self._free(player, now).tolist()
        self._computes = computes = np.zeros_like(junction_known)
        begun, unmet = 0, 0
        for j, conditions in enumerate(able.tolist()):
            junction = self._junctions[j]
            target = target_of(choices[j], junction, Conditions(*conditions))
            computes[j] = target.kind is ModeKind.COMPUTED
            coming = player.coming(j)
            if target.is_met_by(coming, junction.fallback):
                continue
            unmet += 1
            if begun >= MOST_PROGRAMMES_PER_STEP:
                continue
            in_time = now >= self._retry_at_s[j] and now + self.settings.notice_s <= coming.valid_from_s
            if free[j] or (j in player.pending and in_time and gives_way(coming, target)):
                begun += 1
                self._begin_target(player, j, now, target)
        self._settled = None if unmet else looked_at
        return computes

    def _begin_target(self, player: ProgrammePlayer, j: int, now: int, target: Target) -> None:
        running = player.running[j]
        if target.kind is ModeKind.COMPUTED:
            if j in player.pending and running.kind is ModeKind.PROGRAMME:  # what runs goes on until one is computed
                reason = SignalReason.FALLBACK if running.reason in SELECTED else running.reason
                player.announce(j, replace(running, valid_from_s=now + self.settings.notice_s, reason=reason))
            self._computing.force(j)
            return
        programme = running.programme if target.programme is None else target.programme
        leaves = running.kind is ModeKind.ADAPTIVE and target.kind is ModeKind.PROGRAMME
        if leaves or programme.id != running.programme.id:
            self._schedule(player, j, now, programme, target)
            return
        said = replace(running, kind=target.kind, reason=target.reason, detail=target.detail)
        if target.kind is running.kind and j not in player.pending:
            player.say_anew(j, said)
            return
        at_s = now + self.settings.notice_s
        wish = first_wish(running, at_s) if target.kind is ModeKind.ADAPTIVE else None
        self._announce(player, j, now, replace(said, valid_from_s=at_s, wish=wish))

    def _recompute(
        self, player: ProgrammePlayer, turn: tuple[int, int], demand: Demand, computes: NDArray[np.bool_]
    ) -> None:
        """Compute programmes for the junctions whose turn it is.  turn : time of the step before and of this one."""
        now = turn[1]
        due = self._computing.take_due(turn, computes & self._free(player, now), MOST_PROGRAMMES_PER_STEP)
        for found in self._computing.compute(due, demand, player.running):
            j = found.junction
            if found.programme is not None:
                target = Target(ModeKind.PROGRAMME, found.programme, found.reason, found.detail)
                self._schedule(player, j, now, found.programme, target)
                continue
            if found.forced:  # what runs is not wanted: something must take its place
                fallback = self._junctions[j].fallback
                target = Target(ModeKind.PROGRAMME, fallback, SignalReason.FALLBACK, found.detail)
                self._schedule(player, j, now, fallback, target)
            if found.reason is SignalReason.REFUSED_BY_MONITOR:
                player.note(j, now, found.reason, found.detail)

    def _schedule(self, player: ProgrammePlayer, j: int, now: int, programme: SignalProgramme, target: Target) -> None:
        """Announce a programme for the next safe moment, or note that the monitor finds none.

        A computed programme must also have a way back to the fallback.  A programme that was asked for by its name is
        joined with its own offset where that is possible soon.
        """
        if player.stages.controlled[j] and player.running[j].kind is ModeKind.ADAPTIVE:
            self._leave_stages(player, j, now, programme, target)
            return
        in_step = target.reason in SELECTED
        plan = plan_change(player.running[j], programme, now + self.settings.notice_s, in_step=in_step)
        if programme.id == COMPUTED_ID and not isinstance(plan, Fault):
            way_back = plan_switch(programme, self._junctions[j].fallback, now)
            plan = way_back if isinstance(way_back, Fault) else plan
        if isinstance(plan, Fault):
            self._no_way(player, j, now, plan)
            return
        joined, at_s = plan
        self._announce(player, j, now, self._said(j, joined, at_s, target))

    def _said(self, j: int, programme: SignalProgramme, at_s: int, target: Target) -> SignalDecision:
        return SignalDecision(
            junction_id=self.junction_ids[j],
            programme=programme,
            valid_from_s=at_s,
            reason=target.reason,
            detail=target.detail,
        )

    def _no_way(self, player: ProgrammePlayer, j: int, now: int, fault: Fault) -> None:
        self._retry_at_s[j] = now + self.settings.recompute_every_s
        player.note(j, now, SignalReason.REFUSED_BY_MONITOR, str(fault))

    def _leave_stages(
        self, player: ProgrammePlayer, j: int, now: int, programme: SignalProgramme, target: Target
    ) -> None:
        """Announce a programme that follows on adaptive control, and wish what leads to it."""
        memory, in_step = player.memory.copy(self.town.groups(j)), target.reason in SELECTED
        plan = plan_leave(memory, programme, now, now + self.settings.notice_s, in_step=in_step)
        if isinstance(plan, Fault):
            self._no_way(player, j, now, plan)
            return
        wish = stage_wish(self.town.layouts[j], plan.groups, now + WISH_NOTICE_S)
        self._announce(player, j, now, replace(self._said(j, plan.programme, plan.at_s, target), wish=wish))

    def _announce(self, player: ProgrammePlayer, j: int, now: int, decision: SignalDecision) -> None:
        if player.running[j].kind is ModeKind.ADAPTIVE is not decision.kind:
            faulty = decision.reason in {SignalReason.DETECTORS_STALE, SignalReason.MONITOR_FAULT}
            left_out = faulty or (self.adaptive_allowed[j] and not self.adaptive_ready[j])
            reason = SignalReason.ADAPTIVE_DEGRADED if left_out else SignalReason.ADAPTIVE_OFF
            player.note(j, now, reason, f"to {decision.mode}: {decision.reason.value}")
        player.announce(j, decision)

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
            now_s=self.now_s,
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
