"""A bus inside this process, for a service that runs without a broker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from api.bus import patterns, topics
from api.bus.port import BusCounts, Message, check_outgoing
from api.bus.subscription import MESSAGES_AT_MOST, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class _Kept:
    payload: bytes
    expires_at_s: float | None


class InProcessBus:
    """Delivers within one event loop; what it retains ends with the process."""

    def __init__(self, *, now_s: Callable[[], float] = time.time) -> None:
        self.counts = BusCounts()
        self._now_s = now_s
        self._kept: dict[str, _Kept] = {}
        self._subscriptions: list[Subscription] = []
        self._running = False

    @property
    def connected(self) -> bool:
        """True between start and stop."""
        return self._running

    async def start(self) -> None:
        """Begin, and say so on the status topic."""
        self._running = True
        self.counts.connects += 1
        await self.publish(topics.STATUS, topics.ONLINE, retain=True)

    async def stop(self) -> None:
        """Say `offline` and end all subscriptions."""
        if not self._running:
            return
        await self.publish(topics.STATUS, topics.OFFLINE, retain=True)
        self._running = False
        for subscription in list(self._subscriptions):
            subscription.close()

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1, expires_at_s: float | None = None
    ) -> None:
        """Deliver to everybody who listens now; keep for later when `retain`."""
        check_outgoing(topic, payload, qos)
        if expires_at_s is not None and expires_at_s <= self._now_s():
            self.counts.expired += 1
            return
        if retain and payload:
            self._kept[topic] = _Kept(payload, expires_at_s)
        elif retain:
            self._kept.pop(topic, None)
        self.counts.published += 1
        for subscription in self._subscriptions:
            if patterns.matches(subscription.pattern, topic):
                self.counts.overflowed += subscription.offer(Message(topic, payload))
                self.counts.received += 1

    def subscribe(self, pattern: str, *, messages_at_most: int = MESSAGES_AT_MOST) -> Subscription:
        """Listen; what is retained and still valid comes first."""
        subscription = Subscription(pattern, messages_at_most=messages_at_most, on_close=self._subscriptions.remove)
        self._forget_expired()
        for topic, kept in self._kept.items():
            if patterns.matches(pattern, topic):
                self.counts.overflowed += subscription.offer(Message(topic, kept.payload, retained=True))
                self.counts.received += 1
        self._subscriptions.append(subscription)
        subscription.set_ready()
        return subscription

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _forget_expired(self) -> None:
        now_s = self._now_s()
        for topic, kept in list(self._kept.items()):
            if kept.expires_at_s is not None and kept.expires_at_s <= now_s:
                del self._kept[topic]
