"""Finds a level that stays within a narrow band for days, whether or not anything else is known."""

from __future__ import annotations

import math
from collections import deque

HOUR_S = 3_600.0
MOST_HOURS = 200
"""So many hours are kept apart, more than a week; what is older is one."""
BAND_SHARE = 0.01
BAND_VEH = 1
LONGEST_GAP_S = 6.0 * HOUR_S
"""After a longer silence the days before do not count."""


def band_veh(capacity_veh: int | None) -> int:
    """Width of the band: one place, or 1 % of the capacity."""
    return max(BAND_VEH, int(BAND_SHARE * (capacity_veh or 0)))


class ConstantWatch:
    """The longest time up to now in which a level has stayed within its band; kept by the hour."""

    def __init__(self) -> None:
        self._hours: deque[tuple[float, int, int]] = deque()
        self._last_s = -math.inf

    def note(self, at_s: float, level_veh: int, width_veh: int) -> None:
        """Take in a level."""
        if not 0.0 <= at_s - self._last_s <= LONGEST_GAP_S:
            self._hours.clear()
        self._last_s = at_s
        if self._hours and at_s - self._hours[-1][0] < HOUR_S:
            from_s, low, high = self._hours.pop()
            self._hours.append((from_s, min(low, level_veh), max(high, level_veh)))
        else:
            self._hours.append((at_s, level_veh, level_veh))
        if len(self._hours) > MOST_HOURS:
            first, second = self._hours.popleft(), self._hours.popleft()
            self._hours.appendleft((first[0], min(first[1], second[1]), max(first[2], second[2])))
        low, high = self.band()
        while high - low > width_veh and len(self._hours) > 1:
            self._hours.popleft()
            low, high = self.band()
        if high - low > width_veh:
            self._hours.clear()
            self._hours.append((at_s, level_veh, level_veh))

    def pause(self, at_s: float) -> None:
        """The time since the last level up to now does not count: the car park was closed."""
        if self._hours and at_s > self._last_s:
            passed_s = at_s - self._last_s
            self._hours = deque((from_s + passed_s, low, high) for from_s, low, high in self._hours)
            self._last_s = at_s

    @property
    def from_s(self) -> float:
        """Since when the level has stayed in the band."""
        return self._hours[0][0] if self._hours else math.inf

    def band(self) -> tuple[int, int]:
        """Lowest and highest level of that time; there must have been one."""
        return min(low for _, low, _ in self._hours), max(high for _, _, high in self._hours)

    def state(self) -> list[list[float]]:
        """First hour and band, to be kept over a restart."""
        if not self._hours:
            return []
        low, high = self.band()
        return [[self._hours[0][0], low, high], [self._last_s, low, high]]

    def restore(self, state: list[list[float]]) -> None:
        """Take over what `state` gave."""
        self._hours.clear()
        if state:
            self._hours.append((float(state[0][0]), int(state[0][1]), int(state[0][2])))
            self._last_s = float(state[1][0])
