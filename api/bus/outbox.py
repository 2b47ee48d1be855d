"""What waits for the broker: the latest retained message of each topic, and a bounded queue of the others."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.bus.port import BusCounts


@dataclass(frozen=True, slots=True, eq=False)
class Outgoing:
    """One message on its way out; each is itself, two with equal content are two."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    expires_at_s: float | None

    def is_expired(self, now_s: float) -> bool:
        """Whether it must not be sent any more."""
        return self.expires_at_s is not None and self.expires_at_s <= now_s


class Outbox:
    """Keeps the order of publishing.  A retained message that is overtaken before it was sent is never sent.

    capacity : messages without retain that may wait; the oldest goes first when there are more
    """

    def __init__(self, capacity: int, counts: BusCounts) -> None:
        self._capacity = capacity
        self._counts = counts
        self._held: dict[str, Outgoing] = {}
        self._waiting: dict[str | int, Outgoing] = {}
        self._passing: deque[int] = deque()
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, message: Outgoing) -> None:
        """Take a message in."""
        if message.retain:
            self._held[message.topic] = message
            self._waiting.pop(message.topic, None)
            self._waiting[message.topic] = message
            return
        number = next(self._numbers)
        self._waiting[number] = message
        self._passing.append(number)
        self._trim()

    def take(self, limit: int, now_s: float) -> list[Outgoing]:
        """Remove and return up to `limit` messages that are still valid, oldest first."""
        batch: list[Outgoing] = []
        while self._waiting and len(batch) < limit:
            key = next(iter(self._waiting))
            message = self._waiting.pop(key)
            if isinstance(key, int):
                self._passing.popleft()
            if message.is_expired(now_s):
                self._counts.expired += 1
                self._forget(message)
            else:
                batch.append(message)
        return batch

    def acknowledged(self, message: Outgoing) -> None:
        """Note that the broker has a message.  A cleared topic needs no further care then."""
        self._counts.published += 1
        if not message.payload:
            self._forget(message)

    def put_back(self, unsent: Iterable[Outgoing]) -> None:
        """Return messages that were taken but not acknowledged to the front, unless overtaken meanwhile."""
        front: dict[str | int, Outgoing] = {}
        numbers: list[int] = []
        for message in unsent:
            if not message.retain:
                numbers.append(next(self._numbers))
                front[numbers[-1]] = message
            elif self._held.get(message.topic) is message:
                front[message.topic] = message
        self._waiting = front | self._waiting
        self._passing.extendleft(reversed(numbers))
        self._trim()

    def restock(self, now_s: float) -> None:
        """After a connect: let everything retained that is still valid wait again, ahead of the rest."""
        for message in list(self._held.values()):
            if message.is_expired(now_s):
                self._counts.expired += 1
                self._forget(message)
                self._waiting.pop(message.topic, None)
        restocked: dict[str | int, Outgoing] = dict(self._held.items())
        self._waiting = restocked | self._waiting

    def _forget(self, message: Outgoing) -> None:
        if self._held.get(message.topic) is message:
            del self._held[message.topic]

    def _trim(self) -> None:
        while len(self._passing) > self._capacity:
            del self._waiting[self._passing.popleft()]
            self._counts.dropped += 1
