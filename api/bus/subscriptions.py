"""The subscriptions of a bus over a broker: what the broker has to be told, and who gets which message."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from api.bus import patterns
from api.bus.subscription import Subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.bus.port import Message


class Subscriptions:
    """One subscription at the broker for each distinct pattern, shared by all who asked for it.

    on_change : called when there is something to tell the broker
    """

    def __init__(self, *, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._by_pattern: dict[str, list[Subscription]] = {}
        self._numbers: dict[str, int] = {}
        self._next_number = count(1)
        self._new: dict[str, None] = {}
        self._left: dict[str, None] = {}

    def add(self, pattern: str, messages_at_most: int) -> Subscription:
        """Add a subscriber; a pattern that is subscribed already is asked for again, for its retained messages."""
        subscription = Subscription(pattern, messages_at_most=messages_at_most, on_close=self._remove)
        self._by_pattern.setdefault(pattern, []).append(subscription)
        self._numbers.setdefault(pattern, next(self._next_number))
        self._left.pop(pattern, None)
        self._new[pattern] = None
        self._on_change()
        return subscription

    def close(self) -> None:
        """End all subscriptions."""
        for subscribers in list(self._by_pattern.values()):
            for subscription in list(subscribers):
                subscription.close()

    def restock(self) -> None:
        """After a connect: the broker knows nothing of us."""
        self._left.clear()
        self._new = dict.fromkeys(self._by_pattern)

    def take_new(self) -> list[tuple[str, int]]:
        """Patterns to subscribe, with their identifiers; counted as told."""
        told = [(pattern, self._numbers[pattern]) for pattern in self._new]
        self._new.clear()
        return told

    def take_left(self) -> list[str]:
        """Patterns nobody wants any more; counted as told."""
        told = list(self._left)
        self._left.clear()
        return told

    def confirm(self, pattern: str) -> None:
        """Note that the broker delivers a pattern."""
        for subscription in self._by_pattern.get(pattern, ()):
            subscription.set_ready()

    def deliver(self, message: Message, numbers: frozenset[int]) -> int:
        """Hand a message to those whose subscription it came for; without identifiers, to all that match.

        Returns how many older messages had to go for it.
        """
        dropped = 0
        for pattern, subscribers in self._by_pattern.items():
            if self._numbers[pattern] in numbers or (not numbers and patterns.matches(pattern, message.topic)):
                dropped += sum(subscription.offer(message) for subscription in subscribers)
        return dropped

    def _remove(self, subscription: Subscription) -> None:
        pattern = subscription.pattern
        subscribers = self._by_pattern[pattern]
        subscribers.remove(subscription)
        if not subscribers:
            del self._by_pattern[pattern], self._numbers[pattern]
            self._new.pop(pattern, None)
            self._left[pattern] = None
            self._on_change()
