"""One cycle of lamps with one lamp made wrong: what no window says, so that only those who watch lamps can see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.lamp import Lamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from signal_plans.verifying.splitmix import SplitMix

    Spoil = Callable[[NDArray[np.uint8], SplitMix], NDArray[np.uint8] | None]


def _spoilt(
    lamps: NDArray[np.uint8], chance: SplitMix, *, change: tuple[Lamp, Lamp], where: Lamp, step: int
) -> NDArray[np.uint8] | None:
    """Lamps (C, G) in which one second of the lamp `change[0]` shows `change[1]`, None where there is no such second.

    It is one just after the lamp `where` for step 1, just before it for step -1.
    """
    neighbour = np.roll(lamps, step, axis=0)
    found = np.argwhere((lamps == change[0]) & (neighbour == where))
    if found.size == 0:
        return None
    t, g = found[chance.between(0, len(found) - 1)].tolist()
    spoilt = lamps.copy()
    spoilt[t, g] = change[1]
    return spoilt


def longer_amber(lamps: NDArray[np.uint8], chance: SplitMix) -> NDArray[np.uint8] | None:
    """Amber in the first second of red."""
    return _spoilt(lamps, chance, change=(Lamp.RED, Lamp.AMBER), where=Lamp.AMBER, step=1)


def shorter_amber(lamps: NDArray[np.uint8], chance: SplitMix) -> NDArray[np.uint8] | None:
    """Red in the last second of amber."""
    return _spoilt(lamps, chance, change=(Lamp.AMBER, Lamp.RED), where=Lamp.RED, step=-1)


def longer_red_amber(lamps: NDArray[np.uint8], chance: SplitMix) -> NDArray[np.uint8] | None:
    """Red-amber in the last second of red."""
    return _spoilt(lamps, chance, change=(Lamp.RED, Lamp.RED_AMBER), where=Lamp.RED_AMBER, step=-1)


def skipped_red_amber(lamps: NDArray[np.uint8], chance: SplitMix) -> NDArray[np.uint8] | None:
    """Red in the last second before green."""
    return _spoilt(lamps, chance, change=(Lamp.RED_AMBER, Lamp.RED), where=Lamp.GREEN, step=-1)


def skipped_amber(lamps: NDArray[np.uint8], chance: SplitMix) -> NDArray[np.uint8] | None:
    """Red in the first second after green."""
    return _spoilt(lamps, chance, change=(Lamp.AMBER, Lamp.RED), where=Lamp.GREEN, step=1)


UNSAFE_LAMPS: dict[str, Spoil] = {
    "amber +1 s": longer_amber,
    "amber -1 s": shorter_amber,
    "red-amber +1 s": longer_red_amber,
    "skipped red-amber": skipped_red_amber,
    "skipped amber": skipped_amber,
}
"""Unsafe by construction."""
