"""`stadttakt feeds check`: pull every feed once, run what comes through the quality gate, tell what became of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.discovered import with_discovered
from api.errors import ConfigError
from api.feeds.check_entry import entry_of_reading, entry_of_reject, place_of
from api.feeds.config import load_feeds
from api.feeds.owners import Owners
from api.feeds.port import RejectReason
from api.feeds.puller import pull_once
from api.feeds.redact import redacted
from parking.picture import known_sources
from traffic_core.quality_gate import Accepted, QualityGate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from api.feeds.config import FeedConfig
    from api.feeds.port import ParseResult
    from api.feeds.puller import FeedEvent
    from api.town import Town

PASSED_OVER = frozenset({RejectReason.FORECAST, RejectReason.NOT_A_FACILITY, RejectReason.UNKNOWN_FACILITY})
"""Refusals of what is none of our business: no fault of the feed."""
_LONGEST_INTERVAL_S = 1_800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of one feed; `problem` tells why it was not asked at all."""

    feed: FeedConfig
    attempts: Sequence[tuple[FeedEvent, ParseResult | None]] = ()
    problem: str = ""

    @property
    def outcome(self) -> str:
        """`ok`, `failed`, or `not_pulled` for a feed that has no address."""
        if self.problem or not all(event.ok for event, _ in self.attempts):
            return "failed"
        return "ok" if self.attempts else "not_pulled"


async def check(
    path: Path, environ: Mapping[str, str], town: Town, clock: Callable[[], float], only: str | None
) -> Any:
    """What a check tells, as plain data with `exit_code`; raises `ConfigError` for a file that cannot be used."""
    feeds = load_feeds(path)
    if only is not None:
        if only not in {feed.id for feed in feeds}:
            raise ConfigError("--feed", only, f"must be one of {', '.join(feed.id for feed in feeds)}")
        feeds = tuple(feed for feed in feeds if feed.id == only)
    pulled = await asyncio.gather(*(_pull(feed, environ, clock) for feed in feeds))
    known = frozenset(town.parking.facilities)
    for part in pulled:
        told = [facility for _, result in part.attempts if result is not None for facility in result.facilities]
        interval_s = min(part.feed.interval_s, _LONGEST_INTERVAL_S)
        town = with_discovered(town, told, interval_s=interval_s, source=f"feed {part.feed.id}")
    gate = QualityGate(known_sources(town.network, town.parking))
    now_s = clock()
    owners = Owners(feeds)
    told_of = {  # those that list what they tell of go before those that do not
        part.feed.id: _report(part, gate, owners, now_s, known)
        for part in sorted(pulled, key=lambda part: not (part.feed.naming.facilities or part.feed.naming.bays))
    }
    reports = [told_of[feed.id] for feed in feeds]
    heard = {entry["facility"] for report in reports for entry in report["records"]}
    document = {
        "file": str(path),
        "model": town.info.id,
        "feeds": reports,
        "facilities_without_a_feed": sorted(known - heard),
        "exit_code": 0 if all(report["fault"] is False for report in reports) else 1,
    }
    return _without_secrets(document, [environ.get(feed.api_key_env or "") for feed in feeds])


async def _pull(feed: FeedConfig, environ: Mapping[str, str], clock: Callable[[], float]) -> Pulled:
    if feed.source is None:
        return Pulled(feed=feed)
    try:
        api_key = feed.api_key(environ)
    except ConfigError as error:
        return Pulled(feed=feed, problem=str(error))
    return Pulled(feed=feed, attempts=await pull_once(feed, clock, api_key=api_key))


def _report(pulled: Pulled, gate: QualityGate, owners: Owners, now_s: float, known: frozenset[str]) -> dict[str, Any]:
    feed = pulled.feed
    results = [owners.sift(feed.id, result) for _, result in pulled.attempts if result is not None]
    rejects = [reject for result in results for reject in result.rejects]
    readings = [reading for result in results for reading in result.readings]
    told = {facility.id for result in results for facility in result.facilities}
    judged = [(reading, gate.judge(reading, now_s)) for reading in readings]
    owners.note(feed.id, [reading for reading, outcome in judged if isinstance(outcome, Accepted)])
    records = [entry_of_reading(reading, outcome, now_s) for reading, outcome in judged]
    ours = [reject for reject in rejects if reject.reason is not RejectReason.UNKNOWN_FACILITY]
    records += [entry_of_reject(reject, feed.naming) for reject in ours]
    heard = {entry["facility"] for entry in records} | told | {entry["source"] for entry in records}
    static_only = sorted(told - {entry["facility"] for entry in records})
    expected = {*feed.naming.facilities.values(), *feed.naming.bays.values()}
    fault = pulled.outcome == "failed" or any(
        entry["outcome"] == "rejected" and entry["reason"] not in PASSED_OVER for entry in records
    )
    return {
        "id": feed.id,
        "format": feed.format,
        "address": None if feed.source is None else str(feed.source),
        "outcome": pulled.outcome,
        "problem": pulled.problem,
        "attempts": [_attempt(event) for event, _ in pulled.attempts],
        "counts": dict(sorted(Counter(entry["outcome"] for entry in records).items())),
        "records": sorted(records, key=lambda entry: (entry["facility"] or "", entry["source"] or "")),
        "static_only": static_only,
        "not_listed": sorted({r.source_id or "" for r in rejects if r.reason is RejectReason.UNKNOWN_FACILITY}),
        "not_in_model": sorted(heard & (told | {place_of(reading) for reading in readings}) - known),
        "listed_but_not_told": sorted(expected - heard) if pulled.attempts else [],
        "fault": fault,
    }


def _attempt(event: FeedEvent) -> dict[str, Any]:
    return {
        "outcome": event.kind.value,
        "explanation": event.explanation,
        "readings": event.readings,
        "facilities": event.facilities,
        "rejects": event.rejects,
    }


def _without_secrets(value: Any, secrets: Sequence[str | None]) -> Any:
    if isinstance(value, str):
        return redacted(value, secrets)
    if isinstance(value, dict):
        return {key: _without_secrets(part, secrets) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_secrets(part, secrets) for part in value]
    return value
