"""Pull one feed for ever: fetch, parse, name, deliver; every failure is an event, and the loop goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from api.backoff import Backoff
from api.feeds.fetch import FeedEventKind, Fetched, FetchError, fetch_file, fetch_http
from api.feeds.redact import redacted, without_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from api.feeds.config import FeedConfig
    from api.feeds.port import ParseResult

BACKOFF_CEILING_S = 900.0
"""Longest wait after failures, unless the feed's own interval is longer."""
STATIC_INTERVAL_S = 86_400.0
"""Static facts are asked for once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEvent:
    """What came of one attempt.  `next_s` is the wait before the next one, 0 where another follows at once."""

    feed_id: str
    kind: FeedEventKind
    at_s: float
    explanation: str = ""
    status_code: int | None = None
    readings: int = 0
    facilities: int = 0
    rejects: int = 0
    next_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the feed's source answered as it should."""
        return self.kind in {FeedEventKind.PULLED, FeedEventKind.NOT_MODIFIED}


@dataclass(slots=True)
class _Source:
    """One address of a feed and what its server told us to ask with."""

    place: str | Path
    validators: Mapping[str, str] = field(default_factory=dict)
    next_at_s: float = 0.0


def _ignore(event: FeedEvent) -> None:
    """Take an event nobody asked for."""
    del event


async def run_feed(
    feed: FeedConfig,
    sink: Callable[[ParseResult], Awaitable[None]],
    clock: Callable[[], float],
    *,
    on_event: Callable[[FeedEvent], None] = _ignore,
    api_key: str | None = None,
    client: httpx.AsyncClient | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Pull `feed` until the task is cancelled; never ends and never raises by itself.

    `sink` gets every parsed body in our identifiers, static facts first; `clock` returns seconds since 1970 UTC;
    `on_event` learns of every attempt and must not raise.  A `client` that is given stays open.
    """
    own = client is None
    # Surroundings such as a proxy variable or a netrc file shall not decide where a key is sent.
    client = client or httpx.AsyncClient(trust_env=False, timeout=feed.timeout_s)
    try:
        await _Puller(feed, sink, clock, on_event, client, api_key).run(sleep)
    finally:
        if own:
            await client.aclose()


async def pull_once(
    feed: FeedConfig, clock: Callable[[], float], *, api_key: str | None = None
) -> list[tuple[FeedEvent, ParseResult | None]]:
    """Ask each source of `feed` once, static facts first.  Never raises for what the feed does."""
    results: list[ParseResult] = []

    async def keep(result: ParseResult) -> None:
        results.append(result)

    async with httpx.AsyncClient(trust_env=False, timeout=feed.timeout_s) as client:
        puller = _Puller(feed, keep, clock, _ignore, client, api_key)
        events = await puller.once()
    return [(event, results.pop(0) if event.kind is FeedEventKind.PULLED else None) for event in events]


class _Puller:
    def __init__(
        self,
        feed: FeedConfig,
        sink: Callable[[ParseResult], Awaitable[None]],
        clock: Callable[[], float],
        on_event: Callable[[FeedEvent], None],
        client: httpx.AsyncClient,
        api_key: str | None,
    ) -> None:
        self._feed = feed
        self._sink = sink
        self._clock = clock
        self._on_event = on_event
        self._client = client
        self._api_key = api_key
        self._secret_headers = {} if api_key is None else {feed.api_key_header: api_key}
        self._static = None if feed.static_source is None else _Source(feed.static_source)
        if feed.source is None:
            raise ValueError(f"feed {feed.id} has no url to pull from")
        self._live = _Source(feed.source)
        self._backoff = Backoff(first_s=feed.interval_s, ceiling_s=max(BACKOFF_CEILING_S, feed.interval_s))

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        while True:
            if self._static is not None and self._clock() >= self._static.next_at_s:
                event = await self._attempt(self._static)
                if event.ok:
                    self._static.next_at_s = self._clock() + STATIC_INTERVAL_S
                self._on_event(event)
            event = await self._attempt(self._live)
            if event.ok:
                self._backoff.reset()
            next_s = self._feed.interval_s if event.ok else self._backoff.next_s()
            self._on_event(replace(event, next_s=next_s))
            await sleep(next_s)

    async def once(self) -> list[FeedEvent]:
        return [await self._attempt(source) for source in (self._static, self._live) if source is not None]

    async def _attempt(self, source: _Source) -> FeedEvent:
        try:
            fetched = await self._fetch(source)
            if fetched.body is None:
                return self._event(FeedEventKind.NOT_MODIFIED)
            result = await self._parse(fetched.body)
            await self._sink(result)
        except FetchError as error:
            return self._event(error.kind, error.explanation, status_code=error.status_code)
        except Exception as error:  # noqa: BLE001  # whatever we or the taker throw, the feed lives on and says so
            return self._event(FeedEventKind.NOT_DELIVERED, f"{type(error).__name__}: {error}")
        # Only now: what was not delivered must come again, not be answered by "not modified".
        source.validators = fetched.validators
        return self._event(FeedEventKind.PULLED, result=result)

    async def _fetch(self, source: _Source) -> Fetched:
        if isinstance(source.place, Path):
            return await fetch_file(source.place, self._feed.timeout_s)
        return await fetch_http(
            self._client, source.place, self._feed.timeout_s, source.validators, self._secret_headers
        )

    async def _parse(self, body: bytes) -> ParseResult:
        # A body of megabytes takes long enough to parse to be noticed by the control loop.
        result = await asyncio.to_thread(self._feed.reader.parse, body, self._clock())
        return without_key(self._feed.naming.apply(result), self._api_key)

    def _event(
        self,
        kind: FeedEventKind,
        explanation: str = "",
        *,
        status_code: int | None = None,
        result: ParseResult | None = None,
    ) -> FeedEvent:
        return FeedEvent(
            feed_id=self._feed.id,
            kind=kind,
            at_s=self._clock(),
            explanation=redacted(explanation, [self._api_key])[:200],
            status_code=status_code,
            readings=0 if result is None else len(result.readings),
            facilities=0 if result is None else len(result.facilities),
            rejects=0 if result is None else len(result.rejects),
        )
