"""The bus over an MQTT 5 broker: reconnects by itself and then says again everything that still holds."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Self

import aiomqtt

from api.backoff import Backoff
from api.bus import mqtt_client, topics
from api.bus.mqtt_client import IN_FLIGHT, MqttSettings, connection, expiring, new_client
from api.bus.outbox import Outbox, Outgoing
from api.bus.port import LARGEST_PAYLOAD_BYTES, BusCounts, Message, check_outgoing
from api.bus.subscription import MESSAGES_AT_MOST
from api.bus.subscriptions import Subscriptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from api.bus.subscription import Subscription

_log = logging.getLogger(__name__)
WAITING_AT_MOST = 1_000
GOODBYE_WITHIN_S = 2.0


class MqttBus:
    """Publishes and subscribes through a broker that may come and go.

    waiting_at_most : messages without retain that wait while the broker is away
    now_s : clock that expiry is judged by, s since 1970-01-01 UTC
    """

    def __init__(
        self,
        settings: MqttSettings,
        *,
        backoff: Backoff | None = None,
        waiting_at_most: int = WAITING_AT_MOST,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self.counts = BusCounts()
        self._settings = settings
        self._backoff = backoff or Backoff()
        self._now_s = now_s
        self._outbox = Outbox(waiting_at_most, self.counts)
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._subscriptions = Subscriptions(on_change=self._wake.set)
        self._stopping = asyncio.Event()
        self._connected = False
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the broker is there and all subscriptions stand."""
        return self._connected

    async def start(self) -> None:
        """Begin to connect in the background."""
        if self._task is None:
            self._stopping.clear()
            await self.publish(topics.STATUS, topics.ONLINE, retain=True)
            self._task = asyncio.create_task(self._run(), name="mqtt bus")

    async def stop(self) -> None:
        """Send what waits and `offline` (at most 2 s each), disconnect, end all subscriptions."""
        if self._task is None:
            return
        self._stopping.set()
        await self._task
        self._task = None
        self._subscriptions.close()

    async def publish(
        self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1, expires_at_s: float | None = None
    ) -> None:
        """Put a message into the outbox; the connection sends it as soon as it can."""
        check_outgoing(topic, payload, qos)
        self._outbox.add(Outgoing(topic, payload, qos, retain, expires_at_s))
        self._idle.clear()
        self._wake.set()

    def subscribe(self, pattern: str, *, messages_at_most: int = MESSAGES_AT_MOST) -> Subscription:
        """Listen; the broker is told as soon as it is there, and again after each reconnect."""
        return self._subscriptions.add(pattern, messages_at_most)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            began_s = time.monotonic()
            try:
                await self._session()
            except* Exception as errors:  # noqa: BLE001 - told below; the loop must outlive any error of its client
                self._note(errors)
            if time.monotonic() - began_s > self._backoff.ceiling_s:
                self._backoff.reset()
            await self._pause(self._backoff.next_s())

    async def _session(self) -> None:
        """One connection from CONNECT to its loss, or to our stop."""
        client = new_client(self._settings, self._take)
        async with connection(client):
            self.counts.connects += 1
            self._subscriptions.restock()
            self._outbox.restock(self._now_s())
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = (group.create_task(self._until_lost(client)), group.create_task(self._send(client)))
                    await self._stopping.wait()
                    await self._say_goodbye(client)
                    for task in tasks:
                        task.cancel()
            finally:
                self._connected = False

    def _take(self, message: aiomqtt.Message) -> None:
        if len(message.payload) > LARGEST_PAYLOAD_BYTES:
            self.counts.oversized += 1
            return
        self.counts.received += 1
        received = Message(str(message.topic), message.payload, bool(message.retain))
        self.counts.overflowed += self._subscriptions.deliver(received, mqtt_client.numbers_of(message))

    async def _until_lost(self, client: aiomqtt.Client) -> None:
        """Wait for the error that ends the connection; messages never come this way, `_take` gets them."""
        await anext(client.messages)

    async def _send(self, client: aiomqtt.Client) -> None:
        while True:
            self._wake.clear()
            await self._subscribe_what_changed(client)
            self._connected = True
            while batch := self._outbox.take(IN_FLIGHT, self._now_s()):
                await self._send_batch(client, batch)
            if not self._wake.is_set():
                self._idle.set()
            await self._wake.wait()

    async def _send_batch(self, client: aiomqtt.Client, batch: list[Outgoing]) -> None:
        """Send together what fits in flight; whatever is not acknowledged goes back into the outbox."""
        unsent = dict.fromkeys(batch)

        async def send(message: Outgoing) -> None:
            left_s = None if message.expires_at_s is None else message.expires_at_s - self._now_s()
            properties = None if left_s is None else expiring(left_s)
            await client.publish(message.topic, message.payload, message.qos, message.retain, properties)
            del unsent[message]
            self._outbox.acknowledged(message)

        try:
            async with asyncio.TaskGroup() as group:
                for message in batch:
                    group.create_task(send(message))
        finally:
            self._outbox.put_back(unsent)

    async def _subscribe_what_changed(self, client: aiomqtt.Client) -> None:
        for pattern in self._subscriptions.take_left():
            await client.unsubscribe(pattern)
        for pattern, number in self._subscriptions.take_new():
            answer = await client.subscribe(pattern, qos=1, properties=mqtt_client.numbered(number))
            if mqtt_client.refused(answer):
                self.counts.last_error = f"the broker refuses the subscription {pattern}: {answer}"
                _log.error("%s", self.counts.last_error)
            else:
                self._subscriptions.confirm(pattern)

    async def _say_goodbye(self, client: aiomqtt.Client) -> None:
        try:
            await asyncio.wait_for(self._idle.wait(), GOODBYE_WITHIN_S)
        except TimeoutError:
            _log.warning("stopping with %d messages unsent", len(self._outbox))
        await client.publish(topics.STATUS, topics.OFFLINE, qos=1, retain=True, timeout=GOODBYE_WITHIN_S)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    def _note(self, errors: BaseExceptionGroup[BaseException]) -> None:
        error: BaseException = errors
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self.counts.last_error = (
            f"broker {self._settings.host}:{self._settings.port}: {str(error) or type(error).__name__}"
        )
        expected = isinstance(error, (aiomqtt.MqttError, OSError))
        _log.warning("%s", self.counts.last_error, exc_info=None if expected else errors)
