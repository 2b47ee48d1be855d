"""Finds a level that does not follow the entries and exits that the same car park counts."""

from __future__ import annotations

from collections import deque

WINDOW_S = 3_600.0
LONGEST_GAP_S = 1_800.0


class CountsWatch:
    """Change of the occupancy beside entries less exits, over the last hour."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, int, int]] = deque()
        self._level_veh: int | None = None
        self._last_s = 0.0

    def note(self, at_s: float, level_veh: int, net_veh: int) -> None:
        """Take in a reading with both: free places, and entries less exits since the reading before."""
        gap_s = at_s - self._last_s
        if self._level_veh is None or not 0.0 <= gap_s <= LONGEST_GAP_S:
            self._steps.clear()
        else:
            self._steps.append((at_s, self._level_veh - level_veh, net_veh))
        while self._steps and self._steps[0][0] <= at_s - WINDOW_S:
            self._steps.popleft()
        self._level_veh, self._last_s = level_veh, at_s

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
