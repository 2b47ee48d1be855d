"""The HTTP server on a socket of our own, stopped by us and not by signals, patient with nobody."""

from __future__ import annotations

import contextlib
import resource
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.errors import ConfigError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from fastapi import FastAPI
    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

GRACE_S = 1
HEADER_DEADLINE_S = 10.0
MOST_CONNECTIONS = 4_000
OTHER_FILES = 200
"""Descriptors left for the store, the broker, feeds and libraries."""
BACKLOG = 128
"""Short: asyncio tries, and complains, as often as this when descriptors run out."""


class StrictProtocol(H11Protocol):
    """HTTP/1.1 that closes connections which do not finish their header, and those above the limit."""

    most_connections = MOST_CONNECTIONS

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or refuse it at once."""
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read; while no request is being answered, the next header has its deadline."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._unwatch()
        super().connection_lost(exc)

    @property
    def _is_answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None until the first request, whatever its annotation says
        return cycle is not None and not cycle.response_complete

    def _watch(self) -> None:
        if self._is_answering:
            self._unwatch()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(HEADER_DEADLINE_S, self._too_late)

    def _unwatch(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._deadline = None
        if not self._is_answering:
            self.transport.abort()


class Server(uvicorn.Server):
    """Serves one application until `should_exit` is set."""

    def __init__(self, app: FastAPI, listening: socket.socket, most_connections: int = MOST_CONNECTIONS) -> None:
        protocol = type("Protocol", (StrictProtocol,), {"most_connections": most_connections})
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                backlog=BACKLOG,
                timeout_graceful_shutdown=GRACE_S,
                server_header=False,
            )
        )
        self._listening = listening

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the service."""
        yield

    async def run_until_told(self) -> None:
        """Serve."""
        await self.serve(sockets=[self._listening])


def allow_many_connections() -> int:
    """Raise the limit of open files as far as we may; return how many connections that allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(MOST_CONNECTIONS, soft - OTHER_FILES))


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the address.  Until `begin_to_listen`, clients are refused at once instead of left waiting.

    Raises `ConfigError` when the address cannot be had.
    """
    # The protocol is named because asyncio switches off the delay of small packets only where it is.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reserved = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except (OSError, OverflowError) as error:
        reserved.close()
        raise _not_to_be_had(f"{host}:{port}", error) from error
    return reserved


def begin_to_listen(reserved: socket.socket) -> None:
    """Accept connections from now on.  Raises `ConfigError` when somebody else was quicker."""
    try:
        reserved.listen(BACKLOG)
    except OSError as error:
        raise _not_to_be_had(address_of(reserved), error) from error


def address_of(listening: socket.socket) -> str:
    """The address as one types it into a browser."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _not_to_be_had(address: str, error: Exception) -> ConfigError:
    return ConfigError("--host/--port", address, f"cannot be listened on: {error}")
