"""The way from wished stages back to a programme: what to wish meanwhile, and when the programme is joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.joining import WAIT_AT_MOST_S
from signal_plans.lamp import Lamp
from signal_plans.monitor import FAULT_COLUMNS, Fault, lamps_of, monitor_rules
from traffic_core.kernels.monitor import first_entry
from traffic_core.kernels.stage_run import foresee_stages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from signal_plans.monitor import Memory, MonitorRules
    from signal_plans.programme import SignalProgramme

HORIZON_S = 300
"""Longest way: a minimum green, an intergreen, as long again until all ages are forgotten, and the longest cycle."""
TRIES = 3


class Leaving(NamedTuple):
    """Wish these groups, and run the programme from `at_s` on."""

    programme: SignalProgramme
    at_s: int
    groups: frozenset[str]


class _Steering(NamedTuple):
    """What follows when the groups of one second of the programme are wished from now on."""

    row: NDArray[np.uint8]
    """(G,) lamps that are steered to."""
    lamps: NDArray[np.uint8]
    """(T + 1, G) from the second under way on."""
    held_s: NDArray[np.int64]
    """(T,) seconds for which `row` has been shown before the next second t."""


class _Way:
    """One junction on its way to one programme."""

    def __init__(self, memory: Memory, following: SignalProgramme, now_s: int) -> None:
        layout = following.layout
        self.following, self.now_s = following, now_s
        self.cycle = lamps_of(layout, following.cycle_s, following.greens, 0, following.cycle_s)
        self._rules: MonitorRules = monitor_rules([layout])
        self._memory = memory
        self._fault = np.zeros((1, FAULT_COLUMNS), np.int64)
        self._hold_s = int(max(self._rules.min_green_s.max(), self._rules.intergreen_s.max()))

    def steering(self, row: NDArray[np.uint8]) -> _Steering:
        """Foresee what happens if what is green in `row` is wished."""
        memory = self._memory.copy()
        lamps = np.zeros((HORIZON_S + 1, row.size), np.uint8)
        lamps[0] = memory.shown
        wanted = (row == Lamp.GREEN).astype(np.uint8)
        foresee_stages(wanted, *memory, *self._rules, lamps[1:])
        alike = (lamps[:-1] == row).all(axis=1)
        t = np.arange(HORIZON_S)
        held_s = t - np.maximum.accumulate(np.where(alike, -1, t))
        return _Steering(row, lamps, held_s)

    def fits(self, steering: _Steering, t: int, enter: int) -> bool:
        """Whether the monitor lets the programme follow from its second `enter` on, t seconds from the next one."""
        memory = self._memory.copy()
        wanted = (steering.row == Lamp.GREEN).astype(np.uint8)
        foresee_stages(wanted, *memory, *self._rules, np.zeros((t, wanted.size), np.uint8))
        work = memory.copy().arrays
        return first_entry(self.cycle, enter, 1, memory.arrays, work, *self._rules, self._fault) == enter

    def moments(self, steering: _Steering, earliest_s: int, *, in_step: bool) -> Iterator[tuple[int, int]]:
        """Seconds t from the next one, and the programme's second there, that promise a join; the earliest first.

        A few as early as may be, then a few for which the ages of before mean nothing any more.
        """
        cycle_s = self.following.cycle_s
        steady = (self.cycle == steering.row).all(axis=1) & (np.roll(self.cycle, 1, axis=0) == steering.row).all(axis=1)
        first = max(0, earliest_s - self.now_s - 1)
        for least_s in (1, self._hold_s):
            times = [t for t in range(first, HORIZON_S) if steering.held_s[t] >= least_s]
            if in_step:
                seconds = [(t, self.following.second_at(self.now_s + 1 + t)) for t in times]
                yield from [(t, second) for t, second in seconds if steady[second]][:TRIES]
            else:
                # at the beginning of a run, so that nothing of its green is left out
                begins = [s for s in range(cycle_s) if steady[s] and not steady[s - 1]]
                yield from [(t, second) for t in times[:1] for second in begins]

    def join(self, rows: Iterable[NDArray[np.uint8]], earliest_s: int, *, in_step: bool) -> Leaving | None:
        """The first join over all `rows` that may be steered to."""
        best: tuple[int, int, NDArray[np.uint8]] | None = None
        for row in rows:
            steering = self.steering(row)
            for t, enter in self.moments(steering, earliest_s, in_step=in_step):
                if best is not None and t >= best[0]:
                    continue
                if self.fits(steering, t, enter):
                    best = t, enter, row
        return None if best is None else self._leaving(*best)

    def join_anywhere(self, rows: Iterable[NDArray[np.uint8]], earliest_s: int) -> Leaving | None:
        """For programmes that never stand still: any second that the monitor lets through."""
        for row in rows:
            steering = self.steering(row)
            held = np.flatnonzero(steering.held_s >= self._hold_s)
            for t in held[held >= max(0, earliest_s - self.now_s - 1)][:1].tolist():
                for enter in range(self.following.cycle_s):
                    if self.fits(steering, t, enter):
                        return self._leaving(t, enter, row)
        return None

    def _leaving(self, t: int, enter: int, row: NDArray[np.uint8]) -> Leaving:
        at_s, cycle_s = self.now_s + 1 + t, self.following.cycle_s
        programme = replace(self.following, offset_s=(at_s - enter) % cycle_s)
        groups = zip(self.following.layout.groups, row.tolist(), strict=True)
        return Leaving(programme, at_s, frozenset(group for group, lamp in groups if lamp == Lamp.GREEN))


def plan_leave(
    memory: Memory, following: SignalProgramme, now_s: int, earliest_s: int, *, in_step: bool
) -> Leaving | Fault:
    """The soonest moment at which a programme can follow on wished stages, after lamps that were really shown.

    memory : of the groups of the junction after the second `now_s`
    in_step : whether the programme is to keep its offset where that costs `WAIT_AT_MOST_S` at most

    A programme is steered to by wishing the groups that it shows green while its lamps stand still.  Once they have
    been shown for the longest minimum green and intergreen nothing before them matters, and the monitor accepts what
    it accepts within the programme.  So a programme that stands still at all is joined within `HORIZON_S`; a `Fault`
    comes back where there is no way.
    """
    way = _Way(memory, following, now_s)
    changing = ((way.cycle == Lamp.AMBER) | (way.cycle == Lamp.RED_AMBER)).any(axis=1)
    stands = ~changing & (way.cycle == np.roll(way.cycle, 1, axis=0)).all(axis=1)
    rows = _distinct(way.cycle[stands])
    if in_step:
        found = way.join(rows, earliest_s, in_step=True)
        if found is not None and found.at_s - earliest_s <= WAIT_AT_MOST_S:
            return found
    greens = np.where(way.cycle == Lamp.GREEN, Lamp.GREEN, Lamp.RED).astype(np.uint8)
    joined = way.join(rows, earliest_s, in_step=False) or way.join_anywhere(_distinct(greens), earliest_s)
    return joined or Fault(1, 0, "no_way_to_join", following.id, following.id, 0)


def may_follow(memory: Memory, following: SignalProgramme, enter: int) -> bool:
    """Whether the monitor lets a programme follow on remembered lamps from its second `enter` on, for two cycles."""
    rules = monitor_rules([following.layout])
    cycle = lamps_of(following.layout, following.cycle_s, following.greens, 0, following.cycle_s)
    fault = np.zeros((1, FAULT_COLUMNS), np.int64)
    return first_entry(cycle, enter, 1, memory.arrays, memory.copy().arrays, *rules, fault) == enter


def longest_stand(programme: SignalProgramme) -> NDArray[np.uint8]:
    """Lamps (G,) of the longest run of seconds of a cycle in which none changes and one is green; else its greens."""
    cycle = lamps_of(programme.layout, programme.cycle_s, programme.greens, 0, programme.cycle_s)
    changing = ((cycle == Lamp.AMBER) | (cycle == Lamp.RED_AMBER)).any(axis=1)
    best: NDArray[np.uint8] = cycle[int((cycle == Lamp.GREEN).sum(axis=1).argmax())]
    best_s = 0
    for first in range(programme.cycle_s):
        following = np.roll(cycle, -first, axis=0)
        length_s = int(np.logical_and.accumulate((following == cycle[first]).all(axis=1)).sum())
        if not changing[first] and (cycle[first] == Lamp.GREEN).any() and length_s > best_s:
            best, best_s = cycle[first], length_s
    return best


def _distinct(rows: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Rows without repetition, with green for someone, in their order."""
    found = {row.tobytes(): row for row in rows if (row == Lamp.GREEN).any()}
    return list(found.values())
