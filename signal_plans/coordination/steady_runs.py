"""Seconds of a cycle in which all lamps stay as they are: where time can be held or left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.lamp import Lamp
from signal_plans.monitor import OnlineMonitor, monitor_rules

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from signal_plans.programme import SignalProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyRun:
    """A run of such seconds with green for someone, without amber and red-amber."""

    first: int
    last: int
    length_s: int
    spare_s: int
    """So many seconds can be left out with everything else as it is."""


def steady_runs(programme: SignalProgramme, lamps: NDArray[np.uint8]) -> tuple[SteadyRun, ...]:
    """Runs of a programme by their first second; `lamps` (cycle, groups) are those of its cycle."""
    cycle_s = programme.cycle_s
    changing = ((lamps == Lamp.AMBER) | (lamps == Lamp.RED_AMBER)).any(axis=1)
    steady = ~changing & (lamps == Lamp.GREEN).any(axis=1)
    begins = [s for s in range(cycle_s) if steady[s] and not (steady[s - 1] and (lamps[s] == lamps[s - 1]).all())]
    runs = []
    for first in begins:
        length_s = 1
        while _goes_on(lamps, steady, (first + length_s) % cycle_s):
            length_s += 1
        spare_s = _spare_s(programme, lamps, first, length_s)
        runs.append(SteadyRun(first=first, last=(first + length_s - 1) % cycle_s, length_s=length_s, spare_s=spare_s))
    return tuple(runs)


def _goes_on(lamps: NDArray[np.uint8], steady: NDArray[np.bool_], second: int) -> bool:
    return bool(steady[second]) and bool((lamps[second] == lamps[second - 1]).all())


def _spare_s(programme: SignalProgramme, lamps: NDArray[np.uint8], first: int, length_s: int) -> int:
    """Most seconds at the end of a run without which the monitor still finds a cycle between two others in order."""
    rules = monitor_rules([programme.layout])
    cycle = np.roll(lamps, -first, axis=0)
    for spare_s in range(length_s - 1, 0, -1):
        cut = np.concatenate((cycle, cycle[: length_s - spare_s], cycle[length_s:], cycle))
        if not OnlineMonitor(rules).judge_sequence(cut)[0, 0]:
            return spare_s
    return 0
