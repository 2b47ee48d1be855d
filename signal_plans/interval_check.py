"""Is a programme safe?  Interval algebra on one cycle that closes on itself.

`signal_plans.monitor` answers the same question second by second with other code; the two must agree.
Intergreen is counted from the end of green of the clearing group to the start of green of the entering one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signal_plans.layout import SignalLayout
    from signal_plans.programme import GreenWindow
    from signal_plans.signal_group import SignalGroup

SHORTEST_RED_S = 1
"""Between amber and red-amber a driver must see red."""


def violations(layout: SignalLayout, cycle_s: int, greens: Mapping[str, tuple[GreenWindow, ...]]) -> tuple[str, ...]:
    """Every breach of a minimum green, a lamp sequence or an intergreen; empty for a safe programme.

    `greens` are the windows of each group with starts in [0, cycle_s) and lengths in [1, cycle_s).  Each message names
    the groups, the second of the cycle and the missing seconds.
    """
    found: list[str] = []
    for group in layout.groups.values():
        windows = greens.get(group.id, ())
        if not windows:
            found.append(f"{group.id}: never green")
        found += _short_greens(group, windows)
        found += _short_reds(group, cycle_s, windows)
    for (clearing, entering), needed_s in layout.intergreen.times_s.items():
        found += _short_intergreens(
            (clearing, greens.get(clearing, ())), (entering, greens.get(entering, ())), needed_s, cycle_s
        )
    return tuple(found)


def _short_greens(group: SignalGroup, windows: tuple[GreenWindow, ...]) -> Iterator[str]:
    for window in windows:
        if (missing_s := group.min_green_s - window.length_s) > 0:
            yield f"{group.id}: green from second {window.start_s} misses {missing_s} s of {group.min_green_s} s"


def _short_reds(group: SignalGroup, cycle_s: int, windows: tuple[GreenWindow, ...]) -> Iterator[str]:
    """Greens of one group that overlap or leave no room for amber, red and red-amber between them."""
    needed_s = group.amber_s + SHORTEST_RED_S + group.red_amber_s
    in_order = sorted(windows, key=lambda window: (window.start_s, window.length_s))
    for i, window in enumerate(in_order):
        following = in_order[(i + 1) % len(in_order)]
        wrapped_s = cycle_s if i + 1 == len(in_order) else 0
        pause_s = following.start_s + wrapped_s - window.start_s - window.length_s
        if pause_s < needed_s:
            end = (window.start_s + window.length_s) % cycle_s
            yield f"{group.id}: red after second {end} misses {needed_s - pause_s} s of amber, red and red-amber"


def _short_intergreens(
    clearing: tuple[str, tuple[GreenWindow, ...]],
    entering: tuple[str, tuple[GreenWindow, ...]],
    needed_s: int,
    cycle_s: int,
) -> Iterator[str]:
    for entry in entering[1]:
        for exit_ in clearing[1]:
            if (entry.start_s - exit_.start_s) % cycle_s < exit_.length_s:
                overlap_s = exit_.length_s - (entry.start_s - exit_.start_s) % cycle_s
                yield (
                    f"{clearing[0]} -> {entering[0]}: green together from second {entry.start_s}, "
                    f"misses {overlap_s + needed_s} s"
                )
                continue
            cleared_s = (entry.start_s - exit_.start_s - exit_.length_s) % cycle_s
            if cleared_s < needed_s:
                yield (
                    f"{clearing[0]} -> {entering[0]}: green at second {entry.start_s} "
                    f"misses {needed_s - cleared_s} s of {needed_s} s intergreen"
                )
