"""The MQTT 5 connection beneath the bus: how it is opened, what it tells the broker, and that its socket is closed."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from api.bus import topics
from api.bus.port import LARGEST_PAYLOAD_BYTES

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 15
ANSWER_WITHIN_S = 5.0
IN_FLIGHT = 16
"""Messages sent and not yet acknowledged; below the 20 that brokers usually grant."""
LARGEST_PACKET_BYTES = 4 * LARGEST_PAYLOAD_BYTES
"""A larger packet never reaches us; between this and the largest payload it is counted and dropped."""

_FAILURE = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """Where the broker is and how to identify ourselves."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None


def new_client(settings: MqttSettings, take: Callable[[aiomqtt.Message], None]) -> aiomqtt.Client:
    """Make a client that is not connected yet; each connection needs one of its own.

    take : gets each message as it is read from the connection, before the broker hears that it arrived
    """
    connect = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    connect.MaximumPacketSize = LARGEST_PACKET_BYTES
    client = aiomqtt.Client(
        settings.host,
        settings.port,
        username=settings.user,
        password=settings.password,
        tls_context=settings.tls,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=True,
        properties=connect,
        keepalive=KEEPALIVE_S,
        timeout=ANSWER_WITHIN_S,
        max_inflight_messages=IN_FLIGHT,
        queue_type=_handing_to(take),
        socket_options=((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),),  # without it each batch waits 40 ms
        will=aiomqtt.Will(topics.STATUS, topics.OFFLINE, qos=1, retain=True),
    )
    client.pending_calls_threshold = IN_FLIGHT
    return client


def _handing_to(take: Callable[[aiomqtt.Message], None]) -> type[asyncio.Queue[aiomqtt.Message]]:
    """Queue that keeps nothing.

    The client's own fills faster than it can be emptied, and loses what it has acknowledged when it is full.  What is
    read no faster than it is taken waits at the broker.
    """

    class Handover(asyncio.Queue[aiomqtt.Message]):
        def put_nowait(self, item: aiomqtt.Message) -> None:
            take(item)

    return Handover


@contextlib.asynccontextmanager
async def connection(client: aiomqtt.Client) -> AsyncIterator[None]:
    """Connect for the length of the block; raises `aiomqtt.MqttError` when that fails.

    Connecting happens in a thread that cannot be stopped, so a cancellation waits for its end (5 s at the most):
    otherwise its socket would outlive us.
    """
    connecting = asyncio.ensure_future(client.__aenter__())
    try:
        await asyncio.shield(connecting)
    except asyncio.CancelledError:
        with contextlib.suppress(aiomqtt.MqttError):
            await connecting
        _abandon(client)
        raise
    except aiomqtt.MqttError:
        _abandon(client)
        raise
    try:
        yield
    finally:
        try:
            await client.__aexit__(None, None, None)
        finally:
            _abandon(client)


LONGEST_EXPIRY_S = 300


def expiring(seconds: float) -> Properties:
    """Publish properties that let the broker forget a message after at most `seconds`, in whole seconds.

    At least 1, the least a broker knows, and at most `LONGEST_EXPIRY_S`: nothing of ours is valid for longer, so more
    can only come of a clock that was set back.
    """
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.MessageExpiryInterval = max(1, min(int(seconds), LONGEST_EXPIRY_S))
    return properties


def numbered(number: int) -> Properties:
    """Subscribe properties with an identifier that comes back on every message, so that it finds its subscribers."""
    properties = Properties(PacketTypes.SUBSCRIBE)  # type: ignore[no-untyped-call]
    properties.SubscriptionIdentifier = number
    return properties


def numbers_of(message: aiomqtt.Message) -> frozenset[int]:
    """Identifiers of the subscriptions a message came for; empty when the broker does not tell."""
    return frozenset(getattr(message.properties, "SubscriptionIdentifier", ()))


def refused(answer: tuple[int, ...] | list[ReasonCode]) -> bool:
    """Whether a broker's answer to a subscription says no."""
    return any((code if isinstance(code, int) else code.value) >= _FAILURE for code in answer)


def _abandon(client: aiomqtt.Client) -> None:
    """Close the socket in the cases in which aiomqtt leaves it open: no CONNACK, or an error while reading."""
    paho = client._client  # noqa: SLF001 - aiomqtt offers no way to close a half-open connection
    paho.on_socket_register_write = None  # written at once: the loop would be asked to write to a socket that is closed
    paho.disconnect()
    paho._reset_sockets()  # noqa: SLF001
    if client._disconnected.done():  # noqa: SLF001
        client._disconnected.exception()  # noqa: SLF001 - seen; keeps asyncio from reporting it as forgotten
