"""The HTTP server on a socket of our own, stopped by us and not by signals."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn

from api.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

GRACE_S = 1
MOST_CONNECTIONS = 4_000


class Server(uvicorn.Server):
    """Serves one application until `should_exit` is set."""

    def __init__(self, app: FastAPI, listening: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=GRACE_S,
                limit_concurrency=MOST_CONNECTIONS,
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


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to the address.  Until it is served, clients are refused at once instead of left waiting.

    Raises `ConfigError` when the address cannot be had.
    """
    reserved = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except (OSError, OverflowError) as error:
        reserved.close()
        raise ConfigError("--host/--port", f"{host}:{port}", f"cannot be listened on: {error}") from error
    return reserved


def address_of(listening: socket.socket) -> str:
    """The address as one types it into a browser."""
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"
