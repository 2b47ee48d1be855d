"""Plays the running programmes of the town second by second, and makes no switch to which the monitor objects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.decision import SignalDecision, SignalEvent
from signal_plans.mode import WITHOUT_LAMPS, ModeKind
from signal_plans.monitor import OnlineMonitor, read_fault
from signal_plans.reasons import SignalReason
from signal_plans.stage_player import StagePlayer
from signal_plans.town import ProgrammeTable
from traffic_core.kernels.programme_clock import clock, follow_stages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.monitor import Memory
    from signal_plans.town import Town

NEVER_S = np.iinfo(np.int64).max


class ProgrammePlayer:
    """What runs, what is about to run, and what every lamp shows.

    A programme is a pure function of time, so any second can be played at any speed.  A junction under adaptive control
    goes from what it shows to the stage that is wished.  A switch to which the monitor
    objects does not happen: the old programme goes on and the refusal becomes an event.  A fault within a running
    programme is only told, as an event: programmes are safe by construction, so it means that something in here is
    broken, and these lamps are the centre's picture.  The real ones are secured by the roadside controller alone.
    """

    def __init__(self, town: Town, first: Sequence[SignalDecision]) -> None:
        self.town = town
        self.running = list(first)
        self.pending: dict[int, SignalDecision] = {}
        self.table = ProgrammeTable(town)
        self.second = np.zeros(len(first), np.int64)
        self.lamp = np.zeros(len(town.is_vehicle), np.uint8)
        self.stages = StagePlayer(town)
        self.stage = town.first_stage[:-1].copy()
        self.stage_since_s = np.zeros(len(first), np.int64)
        self.refused_at_s = np.full(len(first), -1, np.int64)
        self.faulty_at_s = np.full(len(first), -1, np.int64)
        """Last second in which the monitor found a fault in what ran; -1 for never."""
        self.changes = 0
        """Counts changes of what runs or is pending."""
        self.decisions: list[SignalDecision] = []
        self.events: list[SignalEvent] = []
        self._switch_at_s = np.full(len(first), NEVER_S, np.int64)
        self._next_switch_s = int(NEVER_S)
        self._monitor = OnlineMonitor(town.rules)
        for j, decision in enumerate(first):
            self.start(j, decision)

    def start(self, j: int, decision: SignalDecision) -> None:
        """Let a junction run a programme from now on; what was pending is dropped."""
        self.changes += 1
        if decision.kind is not ModeKind.ADAPTIVE and decision.wish is not None:
            decision = replace(decision, wish=None)  # it has led here
        self.running[j] = decision
        self._follow(j, decision)
        self.pending.pop(j, None)
        self._switch_at_s[j] = NEVER_S
        self._next_switch_s = int(self._switch_at_s.min(initial=NEVER_S))

    def announce(self, j: int, decision: SignalDecision) -> None:
        """Let a junction switch when the decision becomes valid."""
        self.changes += 1
        if decision.kind is not ModeKind.ADAPTIVE and decision.wish is not None and self.stages.controlled[j]:
            self.stages.show(j, decision.wish.groups, decision.wish.from_s)
        self.pending[j] = decision
        self._switch_at_s[j] = decision.valid_from_s
        self._next_switch_s = int(self._switch_at_s.min(initial=NEVER_S))
        self.decisions.append(decision)

    def say_anew(self, j: int, decision: SignalDecision) -> None:
        """Give what a junction does another reason; the lamps do not notice."""
        self.changes += 1
        self.running[j] = decision
        self.decisions.append(decision)

    def wish(self, j: int, decision: SignalDecision) -> None:
        """Let a junction under adaptive control go to another stage from the next second on."""
        assert decision.wish is not None  # noqa: S101  made by `_wish_stage` of the control
        self.running[j] = decision
        self.stages.show(j, decision.wish.groups, decision.wish.from_s)
        self.decisions.append(decision)

    @property
    def memory(self) -> Memory:
        """What the monitor remembers of the lamps, to be read."""
        return self._monitor.memory

    def coming(self, j: int) -> SignalDecision:
        """What a junction is about to do, or goes on doing."""
        return self.pending.get(j, self.running[j])

    def has_pending(self) -> NDArray[np.bool_]:
        """Junctions (J) with an announced switch."""
        pending: NDArray[np.bool_] = self._switch_at_s != NEVER_S
        return pending

    def note(self, j: int, at_s: int, reason: SignalReason, detail: str) -> None:
        """Keep an event."""
        junction_id = self.town.layouts[j].junction_id
        self.events.append(SignalEvent(junction_id=junction_id, at_s=at_s, reason=reason, detail=detail))

    def forget(self, at_s: int) -> None:
        """Begin again at `at_s` with lamps of unknown age, as after a long pause."""
        self._monitor.forget()
        self.stage_since_s[:] = at_s

    def go_on_after_a_step_back(self, now_s: int) -> None:
        """Give every programme the offset that makes `now_s` its next second, as if time had gone on."""
        for j, running in enumerate(self.running):
            offset_s = (now_s - int(self.second[j]) - 1) % running.programme.cycle_s
            programme = replace(running.programme, offset_s=offset_s)
            reason = SignalReason.CLOCK_STEPPED_BACK
            wish = None if running.wish is None else replace(running.wish, from_s=now_s)
            self.start(j, replace(running, programme=programme, valid_from_s=now_s, reason=reason, wish=wish))
            self.decisions.append(self.running[j])
        self.stages.not_before(now_s)
        self.stage_since_s = np.minimum(self.stage_since_s, now_s)
        self.refused_at_s[:] = -1
        self.faulty_at_s[:] = -1

    def play(self, t: int) -> None:
        """One second of all junctions."""
        if t < self._next_switch_s:  # nothing can be refused: judged and taken over at once
            self._propose(t)
            faults = self._monitor.judge_sequence(self.lamp[None, :])
            if faults[:, 0].any():
                self._refuse(t, faults, [])
        else:
            self._play_switches(t)
        town = self.town
        follow_stages(t, self.lamp, town.first_stage, town.first_member, town.member, self.stage, self.stage_since_s)
        self.stages.follow(t, self._monitor.memory, self.stage, self.stage_since_s)

    def _follow(self, j: int, decision: SignalDecision) -> None:
        """Take the lamps of a junction from where the decision says."""
        self.table.put(j, decision.programme)
        if decision.kind is ModeKind.ADAPTIVE and decision.wish is not None:
            self.stages.show(j, decision.wish.groups, decision.wish.from_s)
            return
        if self.stages.controlled[j] and decision.kind in WITHOUT_LAMPS:
            self._monitor.forget(self.town.groups(j))  # the programme beside it joins nothing that is shown
        self.stages.stop(j)

    def _play_switches(self, t: int) -> None:
        due = np.flatnonzero(self._switch_at_s <= t).tolist()
        for j in due:
            self._follow(j, self.pending[j])
        self._propose(t)
        faults = self._monitor.judge(self.lamp)
        if faults[:, 0].any():
            due = self._refuse(t, faults, due)
            self._propose(t)
        for j in due:
            self.start(j, self.pending[j])
        self._monitor.remember(self.lamp)

    def _propose(self, t: int) -> None:
        """Lamps of second `t`, before anybody has judged them."""
        table, rules = self.table, self.town.rules
        clock(
            t,
            table.cycle_s,
            table.offset_s,
            rules.first_group,
            table.start_s,
            table.length_s,
            rules.amber_s,
            rules.red_amber_s,
            self.second,
            self.lamp,
        )
        self.stages.propose(self._monitor.memory, self.lamp)

    def _refuse(self, t: int, faults: NDArray[np.int64], due: list[int]) -> list[int]:
        """Take back the switches that the monitor objects to; return those that remain."""
        for j in np.flatnonzero(faults[:, 0]).tolist():
            fault = read_fault(self.town.layouts[j], faults[j], int(self.town.first_group[j]))
            if j not in due:
                self.faulty_at_s[j] = t
                self.note(j, t, SignalReason.MONITOR_FAULT, str(fault))
                continue
            self.note(j, t, SignalReason.REFUSED_BY_MONITOR, str(fault))
            self.start(j, replace(self.running[j], valid_from_s=t, reason=SignalReason.REFUSED_BY_MONITOR))
            self.decisions.append(self.running[j])
            self.refused_at_s[j] = t
        return [j for j in due if not faults[j, 0]]
