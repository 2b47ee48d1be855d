"""Pure ASGI middleware: no body is too large or too slow, no answer may load from elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    b"default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


class BodyLimit:
    """Read whole bodies before the application does; refuse those over `most_bytes(path)` or past `deadline_s`."""

    def __init__(self, app: ASGIApp, *, most_bytes: Callable[[str], int], deadline_s: float) -> None:
        self.app = app
        self.most_bytes = most_bytes
        self.deadline_s = deadline_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        most_bytes = self.most_bytes(scope["path"])
        try:
            async with asyncio.timeout(self.deadline_s):
                body = await _read(receive, most_bytes)
        except TimeoutError:
            refusal = JSONResponse({"detail": f"the body was not here after {self.deadline_s:g} s"}, 408)
            await refusal(scope, receive, send)
            return
        if body is None:
            refusal = JSONResponse({"detail": f"the body is over {most_bytes} bytes"}, 413)
            await refusal(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


class SafeHeaders:
    """Add the headers that keep a browser from loading or framing anything foreign."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        await self.app(scope, receive, guarded)


async def _read(receive: Receive, most_bytes: int) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > most_bytes:
            return None
        if not message.get("more_body", False):
            return bytes(parts)
