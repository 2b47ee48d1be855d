"""Real programmes with one thing made wrong, or harmlessly different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.programme import GreenWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signal_plans.layout import SignalLayout
    from signal_plans.verifying.splitmix import SplitMix

    Make = Callable[["Programme", SplitMix], "Programme | None"]


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that nobody has checked: `signal_plans.programme.SignalProgramme` would refuse the unsafe ones."""

    layout: SignalLayout
    cycle_s: int
    greens: Mapping[str, tuple[GreenWindow, ...]]


def turned(programme: Programme, by_s: int) -> Programme:
    """The same programme, everything later by `by_s`; safe if it was."""
    greens = {
        group: tuple(_window(programme, window.start_s + by_s, window.length_s) for window in windows)
        for group, windows in programme.greens.items()
    }
    return Programme(programme.layout, programme.cycle_s, greens)


def _window(programme: Programme, start_s: int, length_s: int) -> GreenWindow:
    return GreenWindow(start_s=start_s % programme.cycle_s, length_s=length_s)


def _with(programme: Programme, group: str, old: GreenWindow, new: GreenWindow) -> Programme:
    windows = tuple(new if window == old else window for window in programme.greens[group])
    return Programme(programme.layout, programme.cycle_s, {**programme.greens, group: windows})


def _any_window(programme: Programme, chance: SplitMix) -> tuple[str, GreenWindow]:
    group = chance.choice(tuple(programme.layout.groups))
    return group, chance.choice(programme.greens[group])


def _conflict(programme: Programme, chance: SplitMix) -> tuple[str, str, GreenWindow, GreenWindow, int] | None:
    """A conflicting pair, a green of the entering group, the clearing one's before it, and the time between, s."""
    pairs = tuple(programme.layout.intergreen.times_s)
    if not pairs:
        return None
    clearing, entering = chance.choice(pairs)
    entry = chance.choice(programme.greens[entering])

    def cleared_s(window: GreenWindow) -> int:
        return (entry.start_s - window.start_s - window.length_s) % programme.cycle_s

    exit_ = min(programme.greens[clearing], key=cleared_s)
    return clearing, entering, exit_, entry, cleared_s(exit_)


def intergreen_short(programme: Programme, chance: SplitMix) -> Programme | None:
    """A green that ends so late, or begins so early, that one second of an intergreen is missing."""
    if (found := _conflict(programme, chance)) is None:
        return None
    clearing, entering, exit_, entry, cleared_s = found
    more_s = cleared_s - programme.layout.intergreen.between_s(clearing, entering) + 1
    if chance.chance(50):
        length_s = exit_.length_s + more_s
        return _sound(_with(programme, clearing, exit_, _window(programme, exit_.start_s, length_s)))
    length_s = entry.length_s + more_s
    return _sound(_with(programme, entering, entry, _window(programme, entry.start_s - more_s, length_s)))


def overlap(programme: Programme, chance: SplitMix) -> Programme | None:
    """A green that begins within a conflicting one."""
    if (found := _conflict(programme, chance)) is None:
        return None
    _, entering, exit_, entry, _ = found
    start_s = exit_.start_s + chance.between(0, exit_.length_s - 1)
    return _with(programme, entering, entry, _window(programme, start_s, entry.length_s))


def min_green_short(programme: Programme, chance: SplitMix) -> Programme | None:
    """A green one second shorter than the minimum."""
    group, window = _any_window(programme, chance)
    length_s = programme.layout.groups[group].min_green_s - 1
    return _sound(_with(programme, group, window, _window(programme, window.start_s, length_s)))


def dropped_group(programme: Programme, chance: SplitMix) -> Programme | None:
    """A group without green."""
    group = chance.choice(tuple(programme.layout.groups))
    return Programme(programme.layout, programme.cycle_s, {**programme.greens, group: ()})


def shifted_window(programme: Programme, chance: SplitMix) -> Programme | None:
    """One green earlier or later."""
    group, window = _any_window(programme, chance)
    start_s = window.start_s + chance.between(1, programme.cycle_s - 1)
    return _with(programme, group, window, _window(programme, start_s, window.length_s))


def offset_wrap(programme: Programme, chance: SplitMix) -> Programme | None:
    """An offset that is not carried over the end of the cycle: what would begin after it lands seconds off."""
    by_s, wrong_s = chance.between(1, programme.cycle_s - 1), chance.choice((-10, -5, -2, -1, 1, 2, 5, 10))
    greens = {
        group: tuple(
            _window(
                programme,
                window.start_s + by_s + (wrong_s if window.start_s + by_s >= programme.cycle_s else 0),
                window.length_s,
            )
            for window in windows
        )
        for group, windows in programme.greens.items()
    }
    return Programme(programme.layout, programme.cycle_s, greens)


def longer_intergreen(programme: Programme, chance: SplitMix) -> Programme | None:
    """A green that ends sooner or begins later and still has its minimum."""
    group, window = _any_window(programme, chance)
    spare_s = window.length_s - programme.layout.groups[group].min_green_s
    if spare_s < 1:
        return None
    less_s = chance.between(1, spare_s)
    start_s = window.start_s + (less_s if chance.chance(50) else 0)
    return _with(programme, group, window, _window(programme, start_s, window.length_s - less_s))


def turned_programme(programme: Programme, chance: SplitMix) -> Programme | None:
    """The whole programme earlier or later."""
    return turned(programme, chance.between(1, programme.cycle_s - 1))


def longer_cycle(programme: Programme, chance: SplitMix) -> Programme | None:
    """A programme that holds one second of its cycle for several."""
    at_s, more_s = chance.between(0, programme.cycle_s - 1), chance.between(1, 30)
    cycle_s = programme.cycle_s + more_s
    greens = {}
    for group, windows in programme.greens.items():
        longer = []
        for window in windows:
            holds = window.holds(at_s, programme.cycle_s)
            # held before its first second, a window of that second would begin late: it begins then and is longer
            start_s = window.start_s + (more_s if window.start_s > at_s else 0)
            longer.append(GreenWindow(start_s=start_s, length_s=window.length_s + (more_s if holds else 0)))
        greens[group] = tuple(longer)
    return Programme(programme.layout, cycle_s, greens)


def _sound(programme: Programme) -> Programme | None:
    """None where a window is empty or fills the cycle: such windows cannot be written down."""
    windows = [window for windows in programme.greens.values() for window in windows]
    return programme if all(1 <= window.length_s < programme.cycle_s for window in windows) else None


UNSAFE_WINDOWS: dict[str, Make] = {
    "intergreen -1 s": intergreen_short,
    "minimum green -1 s": min_green_short,
    "overlap": overlap,
    "dropped group": dropped_group,
}
"""Unsafe by construction."""

ANY_WINDOWS: dict[str, Make] = {"shifted window": shifted_window, "offset wrap": offset_wrap}
"""Unsafe or not: who knows is asked."""

SAFE_WINDOWS: dict[str, Make] = {
    "longer intergreen": longer_intergreen,
    "turned programme": turned_programme,
    "longer cycle": longer_cycle,
}
"""Safe by construction."""
