"""The third opinion: sets of green seconds, in plain Python.  Slow, and short enough to be seen to be right.

It shares no code with the interval check, the monitor or the kernels that it judges.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import GreenWindow
    from signal_plans.signal_group import SignalGroup

Greens: TypeAlias = "Mapping[str, tuple[GreenWindow, ...]]"

_FOLLOWS = {"red": "red-amber", "red-amber": "green", "green": "amber", "amber": "red"}


def is_unsafe(layout: SignalLayout, cycle_s: int, greens: Greens) -> bool:
    """Whether a programme that repeats for ever breaks a rule."""
    lit = {group: _green_seconds(cycle_s, greens.get(group, ())) for group in layout.groups}
    if any(not seconds for seconds in lit.values()):
        return True
    for (clearing, entering), needed_s in layout.intergreen.times_s.items():
        for second in lit[clearing]:
            if any((second + wait_s) % cycle_s in lit[entering] for wait_s in range(needed_s + 1)):
                return True
    return any(
        _is_illegal(group, [_lamp(group, lit[group.id], cycle_s, t) for t in range(3 * cycle_s)])
        for group in layout.groups.values()
    )


def is_unsafe_switch(layout: SignalLayout, old: tuple[int, Greens, int], new: tuple[int, Greens, int]) -> bool:
    """Whether leaving a programme for another breaks a rule; each is (cycle, windows, second of the switch)."""
    shown: dict[str, list[str]] = {group: [] for group in layout.groups}
    for (cycle_s, greens, second), first_t, end_t in ((old, -2 * old[0], 0), (new, 0, 2 * new[0])):
        for group in layout.groups.values():
            lit = _green_seconds(cycle_s, greens.get(group.id, ()))
            shown[group.id] += [_lamp(group, lit, cycle_s, (second + t) % cycle_s) for t in range(first_t, end_t)]
    green = {group: {t for t, lamp in enumerate(lamps) if lamp == "green"} for group, lamps in shown.items()}
    for (clearing, entering), needed_s in layout.intergreen.times_s.items():
        for t in green[clearing]:
            if any(t + wait_s in green[entering] for wait_s in range(needed_s + 1)):
                return True
    return any(_is_illegal(group, shown[group.id]) for group in layout.groups.values())


def _green_seconds(cycle_s: int, windows: tuple[GreenWindow, ...]) -> AbstractSet[int]:
    return {
        second % cycle_s for window in windows for second in range(window.start_s, window.start_s + window.length_s)
    }


def _lamp(group: SignalGroup, lit: AbstractSet[int], cycle_s: int, second: int) -> str:
    if second % cycle_s in lit:
        return "green"
    if any((second + ahead_s) % cycle_s in lit for ahead_s in range(1, group.red_amber_s + 1)):
        return "red-amber"
    if any((second - ago_s) % cycle_s in lit for ago_s in range(1, group.amber_s + 1)):
        return "amber"
    return "red"


def _is_illegal(group: SignalGroup, lamps: list[str]) -> bool:
    """Whether a group's lamps skip one, or show one too short or too long; the first and last may be cut."""
    least_s = {"red": 1, "red-amber": group.red_amber_s, "green": group.min_green_s, "amber": group.amber_s}
    most_s = {"red-amber": group.red_amber_s, "amber": group.amber_s}
    runs = [(lamp, len(list(run))) for lamp, run in groupby(lamps)]
    for i, (lamp, length_s) in enumerate(runs):
        if length_s > most_s.get(lamp, len(lamps)):
            return True
        if 0 < i < len(runs) - 1 and length_s < least_s[lamp]:
            return True
        if i + 1 < len(runs):
            following = _FOLLOWS[lamp]
            while following in most_s and most_s[following] == 0:
                following = _FOLLOWS[following]
            if runs[i + 1][0] != following:
                return True
    return False
