"""The second-by-second watch on lamps: before a switch on the whole sequence, and online on every second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.lamp import Lamp
from traffic_core.kernels import monitor as kernels
from traffic_core.kernels.programme_clock import lamp_cycles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import GreenWindow, SignalProgramme

FAULT_COLUMNS = 6


class MonitorRules(NamedTuple):
    """Safety rules of several junctions as arrays, in the order the monitor's kernels take them."""

    first_group: NDArray[np.int64]
    first_cell: NDArray[np.int64]
    intergreen_s: NDArray[np.int64]
    min_green_s: NDArray[np.int64]
    amber_s: NDArray[np.int64]
    red_amber_s: NDArray[np.int64]


class Memory(NamedTuple):
    """What is known of lamps that were shown; see `traffic_core.kernels.monitor`."""

    shown: NDArray[np.uint8]
    """(G,) lamps of the last second."""
    shown_s: NDArray[np.int64]
    """(G,) for how many seconds."""
    ended_s: NDArray[np.int64]
    """(G,) from the end of the last green to the last second."""

    def copy(self, groups: slice = slice(None)) -> Memory:
        """What is remembered of some groups, for good."""
        return Memory(self.shown[groups].copy(), self.shown_s[groups].copy(), self.ended_s[groups].copy())

    @property
    def arrays(self) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
        """The same for kernels that take it in one piece, which know no names."""
        return self.shown, self.shown_s, self.ended_s


@dataclass(frozen=True, slots=True)
class Fault:
    """The first breach of a rule that the monitor saw, and how many there were."""

    count: int
    second: int
    kind: str
    clearing: str
    entering: str
    missing_s: int

    def __str__(self) -> str:
        return f"{self.clearing} -> {self.entering}: {self.kind} at second {self.second} misses {self.missing_s} s"


_KINDS = {kernels.INTERGREEN: "intergreen", kernels.MIN_GREEN: "min_green", kernels.SEQUENCE: "sequence"}


def monitor_rules(layouts: Sequence[SignalLayout]) -> MonitorRules:
    """Rules of junctions in a row."""
    sizes = [len(layout.groups) for layout in layouts]
    cells = [
        layout.intergreen.times_s.get((clearing, entering), -1)
        for layout in layouts
        for clearing in layout.groups
        for entering in layout.groups
    ]
    groups = [group for layout in layouts for group in layout.groups.values()]
    return MonitorRules(
        first_group=np.cumsum([0, *sizes], dtype=np.int64),
        first_cell=np.cumsum([0, *(size * size for size in sizes)], dtype=np.int64),
        intergreen_s=np.array(cells, np.int64),
        min_green_s=np.array([group.min_green_s for group in groups], np.int64),
        amber_s=np.array([group.amber_s for group in groups], np.int64),
        red_amber_s=np.array([group.red_amber_s for group in groups], np.int64),
    )


class OnlineMonitor:
    """Remembers what each group showed and judges the next second before it is taken."""

    def __init__(self, rules: MonitorRules) -> None:
        groups = len(rules.min_green_s)
        self._rules = rules
        self._shown = np.full(groups, kernels.NOTHING, np.uint8)
        self._shown_s = np.zeros(groups, np.int64)
        self._ended_s = np.zeros(groups, np.int64)
        self._fault = np.zeros((len(rules.first_group) - 1, FAULT_COLUMNS), np.int64)

    def judge(self, lamp: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Faults (J, 6) of the lamps (G,) if they came next; column 0 is the count.  Valid till the next call."""
        kernels.judge_second(lamp, self._shown, self._shown_s, self._ended_s, *self._rules, self._fault)
        return self._fault

    def remember(self, lamp: NDArray[np.uint8]) -> None:
        """Take the lamps (G,) as the next second."""
        kernels.remember_second(lamp, self._shown, self._shown_s, self._ended_s)

    def judge_sequence(self, lamps: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Take a sequence of lamps (T, G) and return its faults (J, 6).  Valid till the next call."""
        kernels.judge_sequence(lamps, self._shown, self._shown_s, self._ended_s, *self._rules, self._fault)
        return self._fault

    def forget(self, groups: slice = slice(None)) -> None:
        """Start anew with lamps of unknown age."""
        self._shown[groups] = kernels.NOTHING

    @property
    def memory(self) -> Memory:
        """What is remembered, to be read: it changes with every second."""
        return Memory(self._shown, self._shown_s, self._ended_s)


def read_fault(layout: SignalLayout, row: NDArray[np.int64], first_group: int = 0) -> Fault | None:
    """One row of faults in words; None where there is none."""
    count, second, kind, clearing, entering, missing_s = (int(value) for value in row)
    if count == 0:
        return None
    names = tuple(layout.groups)
    return Fault(count, second, _KINDS[kind], names[clearing - first_group], names[entering - first_group], missing_s)


def lamps_of(
    layout: SignalLayout, cycle_s: int, greens: Mapping[str, tuple[GreenWindow, ...]], from_second: int, seconds: int
) -> NDArray[np.uint8]:
    """Lamps (seconds, groups) that a programme shows from a second of its cycle onwards."""
    most_windows = max(len(windows) for windows in greens.values())
    starts = np.zeros((len(layout.groups), most_windows), np.int64)
    lengths = np.zeros_like(starts)
    for g, group in enumerate(layout.groups):
        for w, window in enumerate(greens.get(group, ())):
            starts[g, w], lengths[g, w] = window.start_s, window.length_s
    amber_s = np.array([group.amber_s for group in layout.groups.values()], np.int64)
    red_amber_s = np.array([group.red_amber_s for group in layout.groups.values()], np.int64)
    lamps = np.zeros((seconds, len(layout.groups)), np.uint8)
    lamp_cycles(cycle_s, starts, lengths, amber_s, red_amber_s, from_second, lamps)
    return lamps


def programme_fault(layout: SignalLayout, cycle_s: int, greens: Mapping[str, tuple[GreenWindow, ...]]) -> Fault | None:
    """Watch two cycles of a programme; a group that is never green is a fault of its own kind."""
    lamps = lamps_of(layout, cycle_s, greens, 0, 2 * cycle_s)
    for group, lit in zip(layout.groups, (lamps == Lamp.GREEN).any(axis=0), strict=True):
        if not lit:
            return Fault(1, 0, "never_green", group, group, 0)
    return read_fault(layout, OnlineMonitor(monitor_rules([layout])).judge_sequence(lamps)[0])


def switch_fault(old: SignalProgramme, old_second: int, new: SignalProgramme, new_second: int) -> Fault | None:
    """Watch two cycles of `old`, then, from its second `old_second` on, two of `new` from `new_second` onwards.

    Seconds of the fault count from the switch.
    """
    before_s, after_s = 2 * old.cycle_s, 2 * new.cycle_s
    before = lamps_of(old.layout, old.cycle_s, old.greens, old_second, before_s)
    after = lamps_of(new.layout, new.cycle_s, new.greens, new_second, after_s)
    watch = OnlineMonitor(monitor_rules([old.layout]))
    faults = watch.judge_sequence(np.concatenate((before, after)))
    faults[:, 1] -= before_s
    return read_fault(old.layout, faults[0])
