"""Server-sent events: the full state at connect, then changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic_core import to_json
from starlette.responses import StreamingResponse

from api.wire.base import instant_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.board import Item
    from api.http.live import Live

LIST_NAMES = {"signs": "signs", "signals": "signals", "parking": "facilities"}
HEARTBEAT_S = 1.0
STATIC_SIGNAL_FIELDS = {"greens", "offset_s"}


def stream(live: Live) -> APIRouter:
    """`GET /v1/stream`."""
    router = APIRouter(prefix="/v1")

    @router.get("/stream", response_class=StreamingResponse, tags=["stream"])
    async def events() -> StreamingResponse:
        """Events `signs`, `signals`, `parking`, `loads` with what has changed, and `clock` every second."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_events(live), media_type="text/event-stream", headers=headers)

    return router


async def _events(live: Live) -> AsyncIterator[bytes]:
    with live.board.listen() as listener:
        yield b"retry: 2000\n\n"
        while True:
            now_s = live.clock.now_s()
            for kind, items in listener.take().items():
                yield _event(kind, live.board.as_of_s[kind], items, now_s)
            yield _frame("clock", {"as_of": instant_text(now_s), "speed": live.clock.speed})
            await asyncio.sleep(HEARTBEAT_S)


def _event(kind: str, as_of_s: float, items: dict[str, Item], now_s: float) -> bytes:
    valid = {item_id: item.payload for item_id, item in items.items() if item.is_valid(now_s)}
    told: dict[str, object] = {"as_of": instant_text(as_of_s)}
    if kind == "loads":
        told["links"] = {item_id: payload.model_dump() for item_id, payload in valid.items()}
    else:
        left_out = STATIC_SIGNAL_FIELDS if kind == "signals" else set()
        told[LIST_NAMES[kind]] = [payload.model_dump(exclude=left_out) for payload in valid.values()]
    return _frame(kind, told)


def _frame(name: str, told: dict[str, object]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + to_json(told) + b"\n\n"
