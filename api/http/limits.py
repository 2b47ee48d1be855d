"""Pure ASGI middleware: no body is too large or too slow, no answer may load from elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
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
    """Read whole bodies before the application does, of known senders only.

    Refused are senders that `may_write` does not know (unread: a stranger costs no memory), bodies over
    `most_bytes(path)` or past `deadline_s`, and whatever comes while `budget_bytes` are being received already.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        may_write: Callable[[str], bool],
        most_bytes: Callable[[str], int],
        deadline_s: float,
        budget_bytes: int,
    ) -> None:
        self.app = app
        self.may_write = may_write
        self.most_bytes = most_bytes
        self.deadline_s = deadline_s
        self.budget_bytes = budget_bytes
        self._received_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except _RefusedError as refused:
            headers = {"Connection": "close"}  # the rest of the body is not read
            answer = JSONResponse({"detail": refused.detail}, refused.status_code, headers=headers)
            await answer(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        if not self.may_write(Headers(scope=scope).get("x-api-key", "")):
            raise _RefusedError(401, "a known key in the header X-API-Key is needed to write")
        most_bytes = self.most_bytes(scope["path"])
        parts = bytearray()
        try:
            async with asyncio.timeout(self.deadline_s):
                while True:
                    message = await receive()
                    more = message.get("body", b"")
                    self._received_bytes += len(more)
                    parts += more
                    if len(parts) > most_bytes:
                        raise _RefusedError(413, f"the body is over {most_bytes} bytes")
                    if self._received_bytes > self.budget_bytes:
                        raise _RefusedError(503, "too much is being received at this moment")
                    if not message.get("more_body", False):
                        return bytes(parts)
        except TimeoutError:
            raise _RefusedError(408, f"the body was not here after {self.deadline_s:g} s") from None
        finally:
            self._received_bytes -= len(parts)


class _RefusedError(Exception):
    def __init__(self, status_code: int, detail: str) -> None:
        super().__init__(detail)
        self.status_code = status_code
        self.detail = detail


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
