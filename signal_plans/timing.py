"""From greens of stages to a programme."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.programme import GreenWindow, SignalProgramme
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.layout import SignalLayout


def interstages_s(layout: SignalLayout) -> tuple[int, ...]:
    """Time from the end of each stage to the start of the next, the last one's to the first."""
    stages = layout.stages
    return tuple(layout.interstage_s(stages[i], stages[(i + 1) % len(stages)]) for i in range(len(stages)))


def lost_time_s(layout: SignalLayout) -> int:
    """Seconds of a cycle that belong to no stage.

    Effective green is taken as long as displayed green: what starting loses, amber gives back.
    """
    return sum(interstages_s(layout))


def stage_runs(layout: SignalLayout, group: str) -> list[tuple[int, int]]:
    """Runs of consecutive stages in which a group is green, each as (first stage, number of stages), with wrap."""
    n = len(layout.stages)
    runs = []
    for first in range(n):
        if group in layout.stages[first].groups and group not in layout.stages[first - 1].groups:
            count = 1
            while group in layout.stages[(first + count) % n].groups:
                count += 1
            runs.append((first, count))
    return runs


def stage_min_green_s(layout: SignalLayout) -> tuple[int, ...]:
    """Shortest green of each stage; a group that runs through several stages spreads its minimum over them."""
    shortest_s = [1] * len(layout.stages)
    for group in layout.groups.values():
        for first, count in stage_runs(layout, group.id):
            for i in range(first, first + count):
                stage = i % len(shortest_s)
                shortest_s[stage] = max(shortest_s[stage], math.ceil(group.min_green_s / count))
    return tuple(shortest_s)


def programme_from_stages(
    layout: SignalLayout, green_s: Sequence[int], programme_id: str, offset_s: int = 0
) -> SignalProgramme:
    """Programme with the given greens of the layout's stages, in their order.

    Second 0 is the start of the first stage's green.  Between two stages lies their longest intergreen; groups of both
    stay green across.  `offset_s` is taken modulo the cycle.

    Raises
    ------
    InvalidValueError
        Where the number of greens is not the number of stages or the cycle is out of bounds.
    UnsafeProgrammeError
        Where the greens break a safety rule.
    """
    where = f"programme[{layout.junction_id}/{programme_id}].green_s"
    if len(green_s) != len(layout.stages):
        raise InvalidValueError(where, tuple(green_s), f"must hold {len(layout.stages)} greens, one for each stage")
    if min(green_s) < 1:
        raise InvalidValueError(where, tuple(green_s), "must be at least 1 s each")
    pauses_s = interstages_s(layout)
    starts_s = [0]
    for green, pause in zip(green_s, pauses_s, strict=True):
        starts_s.append(starts_s[-1] + green + pause)
    cycle_s = starts_s.pop()
    n = len(green_s)
    greens = {}
    for group in layout.groups:
        windows = []
        for first, count in stage_runs(layout, group):
            stages = [(first + i) % n for i in range(count)]
            length_s = sum(green_s[i] for i in stages) + sum(pauses_s[i] for i in stages[:-1])
            windows.append(GreenWindow(start_s=starts_s[first], length_s=length_s))
        greens[group] = tuple(windows)
    return SignalProgramme(id=programme_id, layout=layout, cycle_s=cycle_s, offset_s=offset_s % cycle_s, greens=greens)
