"""Finds a level that does not follow the entries and exits that the same car park counts."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WINDOW_S = 3_600.0
LONGEST_GAP_S = 1_800.0
FOLLOWED_S = 21_600.0
"""A level that has moved with its counts for so long is believed again: it was put right in one step, by a person."""


class CountsWatch:
    """Change of the occupancy beside entries less exits: over the last hour, and since a fault that stands."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, int, int]] = deque()
        self._level_veh: int | None = None
        self._last_s = 0.0
        self._held_veh: int | None = None
        """By how much both differ since the fault that stands; the hour forgets, the level does not."""
        self._followed_s = 0.0
        """Since when both have agreed within the hour."""
        self._low_veh, self._high_veh = 0, 0
        """Between which the level has moved since; a flicker is no movement."""

    def note(self, at_s: float, level_veh: int, net_veh: int) -> None:
        """Take in a reading with both: free places, and entries less exits since the reading before."""
        gap_s = at_s - self._last_s
        change_veh = 0 if self._level_veh is None else self._level_veh - level_veh
        if self._level_veh is None or not 0.0 <= gap_s <= LONGEST_GAP_S:
            self._steps.clear()
        else:
            self._steps.append((at_s, change_veh, net_veh))
        if self._held_veh is not None:
            self._held_veh = None if gap_s > WINDOW_S else self._held_veh + change_veh - net_veh
        self._low_veh, self._high_veh = min(self._low_veh, level_veh), max(self._high_veh, level_veh)
        while self._steps and self._steps[0][0] <= at_s - WINDOW_S:
            self._steps.popleft()
        self._level_veh, self._last_s = level_veh, at_s

    def hold(self) -> None:
        """A fault begins: from now on the gap is kept, however long ago it arose."""
        self._held_veh = self.change_veh - self.net_veh
        self._follow()

    def begin_anew(self) -> None:
        """A fault has ended, perhaps with a jump to what is true: that is no gap."""
        self._steps.clear()
        self._held_veh = None

    def _follow(self) -> None:
        self._followed_s = self._last_s
        self._low_veh = self._high_veh = self._level_veh or 0

    def lost(self, at_s: float) -> bool:
        """Whether the counts have fallen silent for so long that they tell nothing of the level any more."""
        return self._held_veh is None or at_s - self._last_s > WINDOW_S

    def agrees(self, limit_veh: float) -> bool:
        """Whether the level held against the counts is right again, or has followed them for hours while it moved."""
        if self.gap_veh > 0.5 * limit_veh or self._followed_s > self._last_s:
            self._follow()
        if abs(self._held_veh or 0) <= 0.5 * limit_veh:
            return True
        return self._last_s - self._followed_s >= FOLLOWED_S and self._high_veh - self._low_veh > limit_veh

    def state(self) -> dict[str, Any]:
        """Plain values that `restore` takes back."""
        return {
            "steps": [list(step) for step in self._steps],
            "level_veh": self._level_veh,
            "last_s": self._last_s,
            "held_veh": self._held_veh,
            "followed": [self._followed_s, self._low_veh, self._high_veh],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave.  Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        self._steps = deque((float(at_s), int(change), int(net)) for at_s, change, net in state["steps"])
        self._level_veh = None if state["level_veh"] is None else int(state["level_veh"])
        self._last_s = float(state["last_s"])
        held_veh, followed = state.get("held_veh"), state.get("followed", [0.0, 0, 0])
        self._held_veh = None if held_veh is None else int(held_veh)
        self._followed_s, self._low_veh, self._high_veh = float(followed[0]), int(followed[1]), int(followed[2])

    @property
    def from_s(self) -> float:
        """When the window begins."""
        return self._steps[0][0] if self._steps else self._last_s

    @property
    def change_veh(self) -> int:
        """Change of the occupancy in the window, as the level tells it."""
        return sum(change for _, change, _ in self._steps)

    @property
    def net_veh(self) -> int:
        """The same as the counts tell it."""
        return sum(net for _, _, net in self._steps)

    @property
    def gap_veh(self) -> int:
        """By how much both differ."""
        return abs(self.change_veh - self.net_veh)
