"""The board: what is published at this moment, ready to be sent, and who wants to hear of changes."""

from __future__ import annotations

import asyncio
import hashlib
import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from api.wire.base import WireModel

CLOCK_TOLERANCE_S = 5.0
KINDS = ("signs", "signals", "parking", "loads")


@dataclass(frozen=True, slots=True)
class Page:
    """One document, encoded once and sent many times."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Item:
    """One sign, junction, facility or link as it is published."""

    payload: WireModel
    page: Page
    issued_at_s: float
    valid_until_s: float = math.inf

    def is_valid(self, now_s: float) -> bool:
        """Whether it may be sent: not expired, and not from a future that a clock set back has made of the past."""
        return self.valid_until_s == math.inf or self.issued_at_s - CLOCK_TOLERANCE_S <= now_s < self.valid_until_s


class Listener:
    """Changes one listener has not heard of yet; the newest of each item only, so that a slow one costs no memory."""

    def __init__(self) -> None:
        self.pending: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
        self.woken = asyncio.Event()

    def take(self) -> dict[str, dict[str, Item]]:
        """Hand out and forget what is pending."""
        taken = {kind: items for kind, items in self.pending.items() if items}
        self.pending = {kind: {} for kind in KINDS}
        self.woken.clear()
        return taken


class Board:
    """Items by kind and id.  Belongs to the event loop's thread."""

    def __init__(self) -> None:
        self.as_of_s: dict[str, float] = dict.fromkeys(KINDS, 0.0)
        self.items: dict[str, dict[str, Item]] = {kind: {} for kind in KINDS}
        self._listeners: set[Listener] = set()

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def put(
        self,
        kind: str,
        now_s: float,
        payloads: Mapping[str, WireModel],
        valid_until_s: Mapping[str, float] | None = None,
    ) -> list[str]:
        """Publish items; return the ids of those that changed."""
        limits_s = valid_until_s or {}
        self.as_of_s[kind] = now_s
        known = self.items[kind]
        changed = [
            item_id
            for item_id, payload in payloads.items()
            if item_id not in known or known[item_id].payload != payload
        ]
        for item_id in payloads.keys() & limits_s.keys() - set(changed):  # said again: it holds for longer
            known[item_id] = replace(known[item_id], issued_at_s=now_s, valid_until_s=limits_s[item_id])
        for item_id in changed:
            page = encode(payloads[item_id])
            known[item_id] = Item(payloads[item_id], page, now_s, limits_s.get(item_id, math.inf))
        for listener in self._listeners:
            listener.pending[kind].update({item_id: known[item_id] for item_id in changed})
            listener.woken.set()
        return changed

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        """Hear of everything from now on, beginning with all that is published."""
        listener = Listener()
        for kind in KINDS:
            listener.pending[kind].update(self.items[kind])
        listener.woken.set()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)


def encode(payload: WireModel | Mapping[str, object]) -> Page:
    """JSON of a payload with a strong entity tag over its bytes."""
    body = to_json(payload)
    return Page(body, f'"{hashlib.sha256(body).hexdigest()[:24]}"')
