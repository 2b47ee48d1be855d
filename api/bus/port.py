"""The port through which everything is published and heard, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from api.bus import patterns
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from types import TracebackType

    from api.bus.subscription import Subscription

LARGEST_PAYLOAD_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a subscriber meets it.

    `retained` says that it was kept from before the subscription (or before a reconnect), not sent just now.
    """

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(slots=True)
class BusCounts:
    """What a bus did since it was made, for metrics and for `doctor`."""

    published: int = 0
    """Messages handed to subscribers, or acknowledged by the broker."""
    received: int = 0
    dropped: int = 0
    """Outgoing messages without retain that had to go because the broker was away too long."""
    expired: int = 0
    """Outgoing messages that were past their expiry when their turn came."""
    oversized: int = 0
    """Incoming messages above the largest payload."""
    overflowed: int = 0
    """Incoming messages lost because a subscriber was too slow for its queue; each subscriber counts for itself."""
    connects: int = 0
    last_error: str | None = None


class Bus(Protocol):
    """Publish and subscribe.  Delivery is at least once: a subscriber may meet a retained message again."""

    @property
    def connected(self) -> bool:
        """Whether messages flow at this moment."""
        ...

    @property
    def counts(self) -> BusCounts:
        """Live counters."""
        ...

    async def start(self) -> None:
        """Begin; returns at once, also when the broker is away."""
        ...

    async def stop(self) -> None:
        """Say `offline`, end all subscriptions, close."""
        ...

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1, expires_at_s: float | None = None
    ) -> None:
        """Hand a message over; never waits for a broker.

        retain : keep the latest message of the topic for those who subscribe later, and send it again on reconnect;
            an empty payload forgets it
        qos : 0 or 1
        expires_at_s : past this moment (s since 1970-01-01 UTC) the message is neither sent nor kept
        Raises `InvalidValueError` for a topic, payload or qos that no bus can carry.
        """
        ...

    def subscribe(self, pattern: str, *, messages_at_most: int = ...) -> Subscription:
        """Listen to a topic or a pattern with wildcards; retained messages that match come first."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def check_outgoing(topic: str, payload: bytes, qos: int) -> None:
    """Refuse what cannot be published; raises `InvalidValueError`."""
    patterns.check_topic(topic)
    if qos not in {0, 1}:
        raise InvalidValueError("qos", qos, "must be 0 or 1")
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        limit = f"must have at most {LARGEST_PAYLOAD_BYTES} bytes"
        raise InvalidValueError(f"payload of {topic}", f"{len(payload)} bytes", limit)
