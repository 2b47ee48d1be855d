"""The shortest safe way from the running programme to one with a fixed offset.

Three ways are tried: join it at a second where the lamps fit; reach it by holding greens a little longer for some
seconds; reach it by ending greens a little earlier.  The monitor judges every second of each, from two cycles before to
two cycles after, and the way that arrives first is taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.coordination.steady_runs import SteadyRun, steady_runs
from signal_plans.lamp import Lamp
from signal_plans.monitor import Fault, OnlineMonitor, lamps_of, monitor_rules, read_fault
from signal_plans.switching import plan_switch
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.programme import SignalProgramme

LONGEST_HOLD_S = 15
"""A green is held at most so much longer."""
_PARTS = (1.0, 0.75, 0.5, 0.25)
"""Shares of what each green could give that are tried, since greens that overlap cannot all give everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """What is shown from `leave_s` on: these seconds of the following programme, then the programme by its offset."""

    asked_s: int
    """When the change was asked for."""
    leave_s: int
    """First second that is no longer the running programme's."""
    seconds: tuple[int, ...]
    way: str
    """join, hold or shorten."""

    @property
    def arrive_s(self) -> int:
        """First second that is the following programme's by its own offset."""
        return self.leave_s + len(self.seconds)

    @property
    def length_s(self) -> int:
        """From the wish to the arrival."""
        return self.arrive_s - self.asked_s


class Transitions:
    """All transitions between two programmes of one junction, whenever they are asked for."""

    def __init__(
        self, running: SignalProgramme, following: SignalProgramme, longest_hold_s: int = LONGEST_HOLD_S
    ) -> None:
        if running.layout != following.layout:
            field = f"junction[{running.layout.junction_id}].layout"
            raise InvalidValueError(field, following.layout.junction_id, "must be the same for both programmes")
        self.running, self.following = running, following
        self._longest_hold_s = longest_hold_s
        self._rules = monitor_rules([running.layout])
        self._old = lamps_of(running.layout, running.cycle_s, running.greens, 0, running.cycle_s)
        self._new = lamps_of(following.layout, following.cycle_s, following.greens, 0, following.cycle_s)
        self._runs = steady_runs(following, self._new)
        self._same = running.cycle_s == following.cycle_s and running.greens == following.greens
        self._entries = [] if self._same else self._alike() or self._joined()
        self._joins: dict[tuple[int, int], bool] = {}
        self._moves: dict[tuple[int, int, int], tuple[str, tuple[int, ...]]] = {}

    def shortest(self, asked_s: int) -> Transition | Fault:
        """Transition that arrives first; a `Fault` where the monitor objects to all."""
        found: list[Transition] = []
        joined_s = self._join_s(asked_s)
        if joined_s is not None:
            found.append(Transition(asked_s=asked_s, leave_s=joined_s, seconds=(), way="join"))
        for leave_s, enter in self._entries_after(asked_s):
            way, seconds = self._move(leave_s, enter)
            if way:
                found.append(Transition(asked_s=asked_s, leave_s=leave_s, seconds=seconds, way=way))
        if found:
            return min(found, key=lambda change: (change.length_s, len(change.seconds)))
        joined = plan_switch(self.running, self.following, asked_s)
        return joined if isinstance(joined, Fault) else Fault(1, 0, "no_transition", "", "", 0)

    def longest(self) -> Transition | Fault:
        """The longest of the shortest transitions over all seconds at which one can be asked for."""
        worst: Transition | None = None
        for asked_s in range(math.lcm(self.running.cycle_s, self.following.cycle_s)):
            found = self.shortest(asked_s)
            if isinstance(found, Fault):
                return found
            if worst is None or found.length_s > worst.length_s:
                worst = found
        assert worst is not None  # noqa: S101  a cycle has at least one second
        return worst

    def lamps(self, transition: Transition) -> NDArray[np.uint8]:
        """Lamps (T, groups) from two cycles before the transition to two cycles after it."""
        return self._sequence(transition.leave_s, transition.seconds)

    def _join_s(self, asked_s: int) -> int | None:
        """First time at which the following programme can be taken where it is."""
        seconds = self.running.second_at(asked_s), self.following.second_at(asked_s)
        cycles = self.running.cycle_s, self.following.cycle_s
        for later_s in range(2 * max(cycles)):
            pair = (seconds[0] + later_s) % cycles[0], (seconds[1] + later_s) % cycles[1]
            if pair not in self._joins:
                self._joins[pair] = self._safe(asked_s + later_s, ())
            if self._joins[pair]:
                return asked_s + later_s
        return None

    def _entries_after(self, asked_s: int) -> list[tuple[int, int]]:
        """Times at which the following programme is entered with some offset, and its seconds then.

        Where only the offset differs that is at once.  Otherwise it is where both have just begun the same greens, or,
        failing that, where programmes are joined at all.
        """
        running = self.running
        second = running.second_at(asked_s)
        if self._same:
            return [(asked_s, second)]
        return [(asked_s + (leave - second) % running.cycle_s, enter) for leave, enter in self._entries]

    def _alike(self) -> list[tuple[int, int]]:
        """Seconds of both programmes with which steady runs with the same lamps begin."""
        old_runs = steady_runs(self.running, self._old)
        return [
            (old.first, new.first)
            for old in old_runs
            for new in self._runs
            if (self._old[old.first] == self._new[new.first]).all()
        ]

    def _joined(self) -> list[tuple[int, int]]:
        """The one pair of seconds at which `plan_switch` joins the programmes, if it does."""
        joined = plan_switch(self.running, self.following, 0)
        if isinstance(joined, Fault):
            return []
        programme, leave_s = joined
        return [(self.running.second_at(leave_s), programme.second_at(leave_s))]

    def _move(self, leave_s: int, enter: int) -> tuple[str, tuple[int, ...]]:
        """Shorter of holding and shortening from `leave_s` on, with the seconds shown; no way where neither is safe."""
        place = self.running.second_at(leave_s), self.following.second_at(leave_s), enter
        if place not in self._moves:
            ways = [(name, self._moved(leave_s, enter, hold=name == "hold")) for name in ("hold", "shorten")]
            safe = [(name, seconds) for name, seconds in ways if seconds is not None]
            self._moves[place] = min(safe, key=lambda way: len(way[1]), default=("", ()))
        return self._moves[place]

    def _moved(self, leave_s: int, enter: int, *, hold: bool) -> tuple[int, ...] | None:
        """Seconds of the following programme from where it is entered until its offset is right."""
        cycle_s = self.following.cycle_s
        later_s = (enter - self.following.second_at(leave_s)) % cycle_s
        to_move_s = later_s if hold else (-later_s) % cycle_s
        for part in _PARTS:
            gives = {run: self._gift_s(run, part, hold=hold) for run in self._runs}
            if to_move_s and not any(gives.values()):
                return None
            moved = tuple(_seconds(gives, enter, to_move_s, cycle_s, hold=hold))
            if self._safe(leave_s, moved):
                return moved
        return None

    def _gift_s(self, run: SteadyRun, part: float, *, hold: bool) -> int:
        return math.ceil(self._longest_hold_s * part) if hold else int(run.spare_s * part)

    def _safe(self, leave_s: int, seconds: Sequence[int]) -> bool:
        """Whether the monitor objects to no second and no group waits longer than two cycles for green."""
        lamps = self._sequence(leave_s, seconds)
        if read_fault(self.running.layout, OnlineMonitor(self._rules).judge_sequence(lamps)[0]) is not None:
            return False
        longest_s = 2 * max(self.running.cycle_s, self.following.cycle_s)
        return bool((_longest_wait_s(lamps) <= longest_s).all())

    def _sequence(self, leave_s: int, seconds: Sequence[int]) -> NDArray[np.uint8]:
        old, new = self.running, self.following
        before = (old.second_at(leave_s) + np.arange(2 * old.cycle_s)) % old.cycle_s
        after = (new.second_at(leave_s + len(seconds)) + np.arange(2 * new.cycle_s)) % new.cycle_s
        return np.concatenate((self._old[before], self._new[np.array(seconds, np.int64)], self._new[after]))


def _seconds(gives: dict[SteadyRun, int], enter: int, to_move_s: int, cycle_s: int, *, hold: bool) -> list[int]:
    """Seconds of the programme until it has been moved."""
    shown: list[int] = []
    second, left_s = enter, to_move_s
    by_last = {run.last: run for run in gives} if hold else {}
    by_first = {} if hold else {run.first: run for run in gives}
    while left_s > 0:
        shown.append(second)
        if second in by_last:
            more_s = min(left_s, gives[by_last[second]])
            shown += [second] * more_s
            left_s -= more_s
        if second in by_first:
            run = by_first[second]
            less_s = min(left_s, gives[run])
            shown += [(second + i) % cycle_s for i in range(1, run.length_s - less_s)]
            second = run.last
            left_s -= less_s
        second = (second + 1) % cycle_s
    return shown


def _longest_wait_s(lamps: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Longest time without green of each group (groups,), s."""
    second = np.arange(len(lamps))[:, np.newaxis]
    last_green = np.maximum.accumulate(np.where(lamps == Lamp.GREEN, second, -1), axis=0)
    longest: NDArray[np.int64] = (second - last_green).max(axis=0)
    return longest
