"""How lively a town's car parks are just now, against what is usual for the hour: a fair, a holiday, a storm."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

WINDOW_S = 1_800.0
PSEUDO_CHANGES = 3.0
"""How many changes as usual the belief is worth that the town is as lively as ever."""
DEAD_CHANGES = 3.0
"""A neighbour that should have changed so often in the window and never did may be frozen itself: it tells nothing."""
LEAST_ACTIVITY = 0.3
"""Less lively than this no town is in an hour in which it usually moves."""


class Neighbours:
    """Changes of every car park within the last half hour, beside those to be expected; sums, for towns of any size."""

    def __init__(self, facility_ids: Iterable[str]) -> None:
        self._moved = dict.fromkeys(facility_ids, 0)
        self._should = dict.fromkeys(self._moved, 0.0)
        self._slots = dict.fromkeys(self._moved, 0)
        self._town_moved, self._town_should = 0, 0.0
        self._window: list[tuple[float, str, bool, float]] = []
        """Heap by time: feeds report with different delays."""
        self._now_s: float | None = None

    def note(self, facility_id: str, at_s: float, *, changed: bool, chance: float) -> None:
        """Take in one slot of a car park, and the chance of a change in it."""
        now_s = self._pass(at_s)
        if at_s > now_s - WINDOW_S:
            heapq.heappush(self._window, (at_s, facility_id, changed, chance))
            self._add(facility_id, changed, chance, 1)

    def activity(self, facility_id: str, at_s: float) -> float:
        """Share of the usual changes that the others show, 0.3 to 1; 1 where there are no others to compare with."""
        self._pass(at_s)
        own_moved, own_should = self._told(facility_id)
        changes, expected = self._town_moved - own_moved, max(0.0, self._town_should - own_should)
        return max(LEAST_ACTIVITY, min(1.0, (changes + PSEUDO_CHANGES) / (expected + PSEUDO_CHANGES)))

    def _pass(self, at_s: float) -> float:
        """Forget what is older than the window; all of it where the clock was set back.  Returns the latest time."""
        if self._now_s is None or at_s < self._now_s - 2.0 * WINDOW_S:
            while self._window:
                self._drop()
            self._now_s = at_s
        self._now_s = max(self._now_s, at_s)
        while self._window and self._window[0][0] <= self._now_s - WINDOW_S:
            self._drop()
        return self._now_s

    def _drop(self) -> None:
        _, facility_id, changed, chance = heapq.heappop(self._window)
        self._add(facility_id, changed, chance, -1)

    def _add(self, key: str, changed: bool, chance: float, sign: int) -> None:
        moved, should = self._told(key)
        self._slots[key] += sign
        self._moved[key] += sign * changed
        self._should[key] = self._should[key] + sign * chance if self._slots[key] else 0.0
        now_moved, now_should = self._told(key)
        self._town_moved += now_moved - moved
        self._town_should = self._town_should + now_should - should if self._window else 0.0

    def _told(self, key: str) -> tuple[int, float]:
        """What a car park adds to the town: nothing where it may be frozen itself."""
        if self._moved[key] == 0 and self._should[key] >= DEAD_CHANGES:
            return 0, 0.0
        return self._moved[key], self._should[key]
