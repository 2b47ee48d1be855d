"""How lively a town's car parks are just now, against what is usual for the hour: a fair, a holiday, a storm."""

from __future__ import annotations

from collections import deque
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
    """Changes of every car park within the last half hour, beside those to be expected."""

    def __init__(self, facility_ids: Iterable[str]) -> None:
        self._seen: dict[str, deque[tuple[float, bool, float]]] = {key: deque() for key in facility_ids}

    def note(self, facility_id: str, at_s: float, *, changed: bool, chance: float) -> None:
        """Take in one slot of a car park, and the chance of a change in it."""
        seen = self._seen[facility_id]
        seen.append((at_s, changed, chance))
        while seen and (seen[0][0] <= at_s - WINDOW_S or seen[0][0] > at_s):
            seen.popleft()

    def activity(self, facility_id: str, at_s: float) -> float:
        """Share of the usual changes that the others show, 0.3 to 1; 1 where there are no others to compare with."""
        changes, expected = 0.0, 0.0
        for key, seen in self._seen.items():
            if key == facility_id:
                continue
            recent = [slot for slot in seen if at_s - WINDOW_S < slot[0] <= at_s]
            moved = sum(changed for _, changed, _ in recent)
            should = sum(chance for _, _, chance in recent)
            if moved == 0 and should >= DEAD_CHANGES:
                continue
            changes, expected = changes + moved, expected + should
        return max(LEAST_ACTIVITY, min(1.0, (changes + PSEUDO_CHANGES) / (expected + PSEUDO_CHANGES)))

    def alive(self, facility_id: str, at_s: float) -> bool:
        """Whether any other car park changed within the window."""
        return any(
            changed and at_s - WINDOW_S < slot_s <= at_s
            for key, seen in self._seen.items()
            if key != facility_id
            for slot_s, changed, _ in seen
        )
