"""What a subscriber holds: a bounded queue of messages to iterate over."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Self

from api.bus import patterns

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from api.bus.port import Message

_log = logging.getLogger(__name__)
MESSAGES_AT_MOST = 10_000
BYTES_AT_MOST = 64 * 1024 * 1024


class Subscription:
    """Messages of one pattern, oldest first; iterate with `async for`, end it with `close()` or `async with`.

    A subscriber that is too slow loses its oldest messages; `dropped` counts them.  Belongs to one event loop.
    """

    def __init__(
        self,
        pattern: str,
        *,
        messages_at_most: int = MESSAGES_AT_MOST,
        bytes_at_most: int = BYTES_AT_MOST,
        on_close: Callable[[Subscription], None] | None = None,
    ) -> None:
        patterns.check_pattern(pattern)
        self.pattern = pattern
        self.dropped = 0
        self._told = False
        self._messages: deque[Message] = deque()
        self._messages_at_most = messages_at_most
        self._bytes_at_most = bytes_at_most
        self._bytes = 0
        self._on_close = on_close
        self._closed = False
        self._changed = asyncio.Event()
        self._ready = asyncio.Event()

    def offer(self, message: Message) -> int:
        """Append a message; never blocks.  Returns how many had to go for it."""
        if self._closed:
            return 0
        dropped_before = self.dropped
        self._messages.append(message)
        self._bytes += len(message.payload)
        while len(self._messages) > self._messages_at_most or self._bytes > self._bytes_at_most:
            self._take()
            self.dropped += 1
        self._changed.set()
        if self.dropped > dropped_before and not self._told:
            self._told = True  # once until the subscriber has caught up: the counter tells how many
            _log.warning("a subscriber of %s is too slow: the oldest messages are dropped", self.pattern)
        return self.dropped - dropped_before

    def set_ready(self) -> None:
        """Note that the bus delivers to this subscription from now on."""
        self._ready.set()

    async def ready(self) -> None:
        """Wait until the bus has confirmed the subscription for the first time."""
        await self._ready.wait()

    def close(self) -> None:
        """End the subscription: what is queued can still be read, then the iteration stops."""
        if self._closed:
            return
        self._closed = True
        self._changed.set()
        if self._on_close is not None:
            self._on_close(self)

    def __len__(self) -> int:
        return len(self._messages)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._messages:
            if self._closed:
                raise StopAsyncIteration
            self._told = False
            self._changed.clear()
            await self._changed.wait()
        return self._take()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self) -> Message:
        message = self._messages.popleft()
        self._bytes -= len(message.payload)
        return message
