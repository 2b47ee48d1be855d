"""Programmes and rules of one junction as the kernels of the checker take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from traffic_core.kernels.planning import verify as kernels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import GreenWindow


class Rules(NamedTuple):
    """Rules of one junction in the order of the kernels' arguments."""

    intergreen_s: NDArray[np.int64]
    """(G, G) from clearing to entering group, -1 where the pair does not conflict."""
    min_green_s: NDArray[np.int64]
    amber_s: NDArray[np.int64]
    red_amber_s: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker's kernel says of a programme or of one switch."""

    rule: str
    """Empty for a safe one."""
    second: int
    clearing: str
    entering: str
    missing_s: int


RULE_NAMES = {
    kernels.SAFE: "",
    kernels.INTERGREEN: "intergreen",
    kernels.MIN_GREEN: "min_green",
    kernels.SEQUENCE: "sequence",
    kernels.NEVER_GREEN: "never_green",
}


def rules_of(layout: SignalLayout) -> Rules:
    """Rules of a junction, groups in the order of its layout."""
    groups = list(layout.groups.values())
    times_s = layout.intergreen.times_s
    return Rules(
        intergreen_s=np.array([[times_s.get((a.id, b.id), -1) for b in groups] for a in groups], np.int64),
        min_green_s=np.array([group.min_green_s for group in groups], np.int64),
        amber_s=np.array([group.amber_s for group in groups], np.int64),
        red_amber_s=np.array([group.red_amber_s for group in groups], np.int64),
    )


def one_cycle(
    layout: SignalLayout, rules: Rules, cycle_s: int, greens: Mapping[str, tuple[GreenWindow, ...]]
) -> NDArray[np.uint8]:
    """Lamps (cycle, groups) of a programme from its second 0 on."""
    columns = max((len(windows) for windows in greens.values()), default=0)
    starts = np.zeros((len(layout.groups), columns), np.int64)
    lengths = np.zeros_like(starts)
    for g, group in enumerate(layout.groups):
        for w, window in enumerate(greens.get(group, ())):
            starts[g, w], lengths[g, w] = window.start_s, window.length_s
    lamps = np.zeros((cycle_s, len(layout.groups)), np.uint8)
    kernels.paint_cycle(starts, lengths, rules.amber_s, rules.red_amber_s, lamps)
    return lamps


def watch(lamps: NDArray[np.uint8], rules: Rules, from_second: int, seconds: int) -> tuple[NDArray[np.int64], int, int]:
    """Verdict (5,) on a programme watched from a second on, its longest time without green, and the seconds watched."""
    verdict = np.zeros(kernels.VERDICT_COLUMNS, np.int64)
    longest_red_s, watched_s = kernels.watch(lamps, from_second, seconds, *rules, verdict)
    return verdict, longest_red_s, watched_s


def judge_switch(
    rules: Rules, old: NDArray[np.uint8], leave: int, new: NDArray[np.uint8], enter: int
) -> NDArray[np.int64]:
    """Verdict (5,) on one switch, given both programmes' lamps over a cycle."""
    verdict = np.zeros(kernels.VERDICT_COLUMNS, np.int64)
    kernels.judge_switch(old, leave, new, enter, *rules, verdict)
    return verdict


def in_words(layout: SignalLayout, verdict: NDArray[np.int64]) -> Verdict:
    """A verdict (5,) with the names of the groups."""
    kind, second, clearing, entering, missing_s = (int(value) for value in verdict)
    names = tuple(layout.groups)
    return Verdict(RULE_NAMES[kind], second, names[clearing], names[entering], missing_s)
