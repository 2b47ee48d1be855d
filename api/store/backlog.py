"""Rows that wait to be written: bounded, the least important history goes first when there are too many."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.store.rows import IMPORTANCE, Importance, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.store.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and the receipt that was given for it."""

    row: Row
    receipt: Receipt


class Backlog:
    """A queue for each importance.  Not thread-safe: its owner holds a lock.

    capacity : rows that may wait
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queues: dict[Importance, deque[Entry]] = {importance: deque() for importance in Importance}
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, entry: Entry) -> None:
        """Append a row."""
        self._queues[IMPORTANCE[type(entry.row)]].append(entry)
        self._size += 1

    def put_back(self, entries: Iterable[Entry]) -> None:
        """Return rows that were taken and not written to the places they came from."""
        for entry in reversed(list(entries)):
            self._queues[IMPORTANCE[type(entry.row)]].appendleft(entry)
            self._size += 1

    def take(self, limit: int) -> list[Entry]:
        """Remove and return up to `limit` rows: the most important first, the oldest first among equals."""
        taken: list[Entry] = []
        for importance in reversed(Importance):
            queue = self._queues[importance]
            while queue and len(taken) < limit:
                taken.append(queue.popleft())
        self._size -= len(taken)
        return taken

    def trim(self) -> list[Entry]:
        """Remove and return what is too much: the least important first, the oldest first among equals."""
        removed: list[Entry] = []
        for importance in Importance:
            queue = self._queues[importance]
            while queue and self._size > self._capacity:
                removed.append(queue.popleft())
                self._size -= 1
        return removed
