"""Pulls all feeds of a file, first to learn which car parks there are, then for good."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from api.discovered import with_discovered
from api.feeds.bay_devices import with_heartbeats
from api.feeds.config import load_feeds
from api.feeds.fetch import FeedEventKind
from api.feeds.owners import Owners, accepted_of
from api.feeds.port import RejectReason
from api.feeds.puller import run_feed
from api.feeds.redact import redacted, without_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from api.clock import Clock
    from api.feeds.config import FeedConfig
    from api.feeds.port import FeedFacility, ParseResult
    from api.feeds.puller import FeedEvent
    from api.intake import Intake
    from api.town import Town
    from api.wire.readings import BatchAnswer

log = structlog.get_logger(__name__)

FIRST_PULL_S = 10.0
"""The start waits so long for feeds to tell their car parks; a feed that is slower adds none until the next start."""
LONGEST_INTERVAL_S = 1_800.0


class FeedRunner:
    """Holds what feeds deliver until the service is there to take it."""

    def __init__(self, feeds: Sequence[FeedConfig], keys: Mapping[str, str | None] | None = None) -> None:
        self._feeds = {feed.id: feed for feed in feeds}
        self._pulled = [feed for feed in feeds if feed.source is not None]
        self._keys = keys or {}
        self._owners = Owners(feeds)
        self._told_owned: set[tuple[str, str | None]] = set()
        self._held: list[tuple[str, ParseResult]] = []
        self._intake: Intake | None = None
        self._facilities: dict[str, list[FeedFacility]] = {feed.id: [] for feed in feeds}
        self._tried = {feed.id: asyncio.Event() for feed in self._pulled}
        self._tasks: list[asyncio.Task[None]] = []
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """Attempts by feed and outcome, for the metrics."""

    @classmethod
    def from_file(cls, path: Path, environ: Mapping[str, str]) -> FeedRunner:
        """Read the file of feeds and their keys.  Raises `ConfigError`."""
        feeds = load_feeds(path)
        return cls(feeds, {feed.id: feed.api_key(environ) for feed in feeds})

    async def discover(self, town: Town, clock: Clock) -> Town:
        """Begin to pull; return the town with the car parks that the feeds name."""
        self._tasks += [asyncio.create_task(self._pull(feed, clock)) for feed in self._pulled]
        tried = asyncio.gather(*(event.wait() for event in self._tried.values()))
        try:
            await asyncio.wait_for(tried, FIRST_PULL_S)
        except TimeoutError:
            late = [feed_id for feed_id, event in self._tried.items() if not event.is_set()]
            log.warning("feeds_are_late", feeds=late)
        for feed in self._pulled:
            interval_s = min(feed.interval_s, LONGEST_INTERVAL_S)
            found = _joined(self._facilities[feed.id])
            town = with_discovered(town, found, interval_s=interval_s, source=f"feed {feed.id}")
        return with_heartbeats(town, self._feeds.values())

    async def run(self, intake: Intake) -> None:
        """Hand over what was held and everything that comes, also over the bus, until cancelled."""
        self._intake = intake
        listening = [feed for feed in self._feeds.values() if feed.mqtt_topic is not None]
        self._tasks += [asyncio.create_task(self._listen(feed, intake)) for feed in listening]
        held, self._held = self._held, []
        order = list(self._feeds)  # the file's, not that of the answers
        for feed_id, result in sorted(held, key=lambda item: order.index(item[0])):
            self.take(feed_id, result, intake)
        try:
            await asyncio.gather(*self._tasks)
            await asyncio.Event().wait()
        finally:
            self.stop()

    async def push(self, feed_id: str, body: bytes, received_at_s: float) -> ParseResult:
        """Parse a body that was sent to us, in a thread.  Raises `KeyError` for a feed that is not in the file."""
        feed = self._feeds[feed_id]
        parsed = await asyncio.to_thread(feed.reader.parse, body, received_at_s)
        return without_key(feed.naming.apply(parsed), self._keys.get(feed_id))

    def take(
        self, feed_id: str, result: ParseResult, intake: Intake, may_report: Callable[[str], bool] | None = None
    ) -> BatchAnswer:
        """Hand over what a feed tells, but not of what another feed owns."""
        sifted = self._owners.sift(feed_id, result)
        for reject in sifted.rejects:
            known = (feed_id, reject.source_id)
            if reject.reason is RejectReason.OWNED_BY_OTHER_FEED and known not in self._told_owned:
                self._told_owned.add(known)
                log.warning("owned_by_other_feed", feed=feed_id, source=reject.source_id, why=reject.explanation)
        answer = intake.take_result(sifted) if may_report is None else intake.take_result(sifted, may_report)
        refused = ((item.source_id, item.reason) for item in answer.rejected)
        self._owners.note(feed_id, accepted_of(sifted, refused))
        return answer

    def stop(self) -> None:
        """End all pulling."""
        for task in self._tasks:
            task.cancel()

    async def _pull(self, feed: FeedConfig, clock: Clock) -> None:
        async def sink(result: ParseResult) -> None:
            if result.rejects and not result.readings and not result.facilities:
                first = result.rejects[0]
                why = redacted(f"{first.field} = {first.value}: {first.explanation}", [self._keys.get(feed.id)])
                log.warning("feed_tells_nothing", feed=feed.id, rejects=len(result.rejects), explanation=why)
            if self._intake is None:
                self._facilities[feed.id].extend(result.facilities)
                self._held.append((feed.id, result))
            else:
                self.take(feed.id, result, self._intake)

        await run_feed(feed, sink, clock.now_s, on_event=self._note, api_key=self._keys.get(feed.id))

    async def _listen(self, feed: FeedConfig, intake: Intake) -> None:
        """Take the messages of a feed's topic; whatever is in them is counted, and the loop goes on."""
        async with intake.bus.subscribe(feed.mqtt_topic or "") as messages:
            async for message in messages:
                outcome = "message"
                if message.retained and feed.times_on_arrival:  # nobody knows when it was measured
                    self.outcomes[feed.id, "retained"] += 1
                    continue
                try:
                    result = await self.push(feed.id, message.payload, intake.clock.now_s())
                    self.take(feed.id, result, intake)
                except Exception as error:  # noqa: BLE001  # one message must not end the others
                    outcome = FeedEventKind.NOT_DELIVERED.value
                    log.warning("feed_failed", feed=feed.id, outcome=outcome, explanation=type(error).__name__)
                self.outcomes[feed.id, outcome] += 1

    def _note(self, event: FeedEvent) -> None:
        self.outcomes[event.feed_id, event.kind.value] += 1
        if not event.ok:
            log.warning("feed_failed", feed=event.feed_id, outcome=event.kind.value, explanation=event.explanation)
        if event.next_s > 0:
            self._tried[event.feed_id].set()


def _joined(found: list[FeedFacility]) -> list[FeedFacility]:
    """One entry per facility: what the static part tells goes before what the live part leaves open."""
    best: dict[str, FeedFacility] = {}
    for facility in found:
        known = best.get(facility.id)
        if known is None or (known.capacity_veh is None and facility.capacity_veh is not None):
            best[facility.id] = facility
    return list(best.values())
