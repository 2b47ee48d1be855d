"""From a feed's own identifiers to ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from api.feeds.port import FeedReject, ParseResult, RejectReason

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Rule of one feed: a mapping names every facility we take; without one, `prefix` + the feed's identifier."""

    facilities: Mapping[str, str]
    prefix: str

    def ours(self, feed_id: str) -> str | None:
        """Our identifier, or None where the mapping does not know the feed's."""
        if self.facilities:
            return self.facilities.get(feed_id)
        return self.prefix + feed_id

    def apply(self, result: ParseResult) -> ParseResult:
        """The same result in our identifiers; what the mapping does not know becomes a reject."""
        rejects = list(result.rejects)
        readings = []
        for reading in result.readings:
            ours = self.ours(reading.source_id)
            if ours is None:
                rejects.append(_unknown(reading.source_id, "reading"))
            else:
                readings.append(replace(reading, source_id=ours))
        facilities = []
        for facility in result.facilities:
            ours = self.ours(facility.id)
            if ours is None:
                rejects.append(_unknown(facility.id, "facility"))
            else:
                facilities.append(replace(facility, id=ours))
        return ParseResult(readings=tuple(readings), facilities=tuple(facilities), rejects=tuple(rejects))


def _unknown(feed_id: str, field: str) -> FeedReject:
    return FeedReject(
        source_id=feed_id,
        field=field,
        value=feed_id,
        explanation="is not in the feed's list of facilities",
        reason=RejectReason.UNKNOWN_FACILITY,
    )
