"""Which feed tells the state of a car park or a bay: two feeds that disagree would make it flicker."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from api.feeds.port import FeedReject, RejectReason
from parking.counting.settings import DEFAULT_COUNTING
from traffic_core.readings import BayReading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.feeds.config import FeedConfig
    from api.feeds.port import ParseResult
    from traffic_core.readings import Reading

SILENT_S = 1_800.0
"""A car park of which its feed has told nothing for so long may be told by another: its last level is too old."""
BAY_SILENT_S = DEFAULT_COUNTING.bay_silent_s


class Owners:
    """The feed that tells of a source first owns it; one that lists it by name goes before one that does not.

    What counts is what was accepted, and when it was measured: neither a device that may not report nor a feed that
    repeats an old state keeps a car park from the others.
    """

    def __init__(self, feeds: Iterable[FeedConfig]) -> None:
        self._listed = {
            feed.id: frozenset({*feed.naming.facilities.values(), *feed.naming.bays.values()}) for feed in feeds
        }
        self._owners: dict[tuple[type[Reading], str], tuple[str, float]] = {}
        """Feed and the time it told last, s, by kind and name of the source."""

    def sift(self, feed_id: str, result: ParseResult) -> ParseResult:
        """The same result; readings of what another feed owns become rejects."""
        owners = [self._owner(feed_id, reading) for reading in result.readings]
        told = list(zip(result.readings, owners, strict=True))
        refused = [_refused(reading, owner) for reading, owner in told if owner is not None]
        if not refused:
            return result
        kept = tuple(reading for reading, owner in told if owner is None)
        return replace(result, readings=kept, rejects=(*result.rejects, *refused))

    def note(self, feed_id: str, accepted: Iterable[Reading]) -> None:
        """Remember whose readings were accepted."""
        for reading in accepted:
            told_s = min(reading.measured_at_s, reading.received_at_s)
            self._owners[type(reading), reading.source_id] = (feed_id, told_s)

    def _owner(self, feed_id: str, reading: Reading) -> str | None:
        """The other feed that owns what a reading is about; None where there is none."""
        owner, told_s = self._owners.get((type(reading), reading.source_id), (feed_id, 0.0))
        if owner == feed_id:
            return None
        here, there = (reading.source_id in self._listed.get(key, ()) for key in (feed_id, owner))
        silent_s = BAY_SILENT_S if isinstance(reading, BayReading) else SILENT_S
        if (here and not there) or reading.received_at_s - told_s > silent_s:
            return None
        return owner


def accepted_of(result: ParseResult, refused: Iterable[tuple[str | None, str]]) -> list[Reading]:
    """Readings whose sources were not refused.

    refused : source and reason of each refusal in the answer to `result`; those of its own rejects are among them
    """
    later = Counter(refused)
    later.subtract((reject.source_id, reject.reason.value) for reject in result.rejects)
    names = {source_id for (source_id, _), count in later.items() if count > 0}
    return [reading for reading in result.readings if reading.source_id not in names]


def _refused(reading: Reading, owner: str) -> FeedReject:
    return FeedReject(
        source_id=reading.source_id,
        field="source_id",
        value=reading.source_id,
        explanation=f"is told by feed {owner}",
        reason=RejectReason.OWNED_BY_OTHER_FEED,
    )
