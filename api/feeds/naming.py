"""From a feed's own identifiers to ours."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from api.feeds.bay_naming import as_bay, places_of_bays
from api.feeds.port import FeedReject, ParseResult, RejectReason
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.feeds.port import FeedFacility
    from traffic_core.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Rule of one feed: mappings name every facility and bay we take; without any, `prefix` + the feed's identifier.

    bays : the feed's identifier of a bay or of its sensor to ours, `FACILITY.BAY`
    single_bays : each record of the feed is a bay, whatever the format calls it
    """

    facilities: Mapping[str, str]
    prefix: str
    bays: Mapping[str, str] = field(default_factory=dict)
    single_bays: bool = False

    def ours(self, feed_id: str) -> str | None:
        """Our identifier of a facility, or None where the mapping does not know the feed's."""
        if self.facilities:
            return self.facilities.get(feed_id)
        return None if self.bays else self.prefix + feed_id

    def our_bay(self, feed_id: str) -> str | None:
        """Our identifier of a bay, or None where there is none."""
        ours = self.bays.get(feed_id) if self.bays else self.prefix + feed_id
        return ours if ours is not None and "." in ours.strip(".") else None

    def is_bay(self, feed_id: str) -> bool:
        """Whether the feed's identifier is that of a single bay."""
        return self.single_bays or feed_id in self.bays

    def apply(self, result: ParseResult) -> ParseResult:
        """The same result in our identifiers; what the mapping does not know becomes a reject."""
        rejects = list(result.rejects)
        named = [self._named(reading) for reading in result.readings]
        rejects += [reject for reject in named if isinstance(reject, FeedReject)]
        facilities: list[FeedFacility] = []
        bays: list[FeedFacility] = []
        for facility in result.facilities:
            is_bay = facility.is_bay or self.is_bay(facility.id)
            ours = self.our_bay(facility.id) if is_bay else self.ours(facility.id)
            if ours is None:
                rejects.append(_unknown(facility.id, "bay" if is_bay else "facility"))
            else:
                (bays if is_bay else facilities).append(replace(facility, id=ours))
        return ParseResult(
            readings=tuple(reading for reading in named if not isinstance(reading, FeedReject)),
            facilities=(*facilities, *places_of_bays(bays)),
            rejects=tuple(rejects),
        )

    def _named(self, reading: Reading) -> Reading | FeedReject:
        told: Reading | FeedReject = reading
        is_bay = isinstance(reading, BayReading) or self.is_bay(reading.source_id)
        if is_bay and isinstance(reading, OccupancyReading):
            told = as_bay(reading)
        if isinstance(told, FeedReject):
            return told
        ours = self.our_bay(told.source_id) if is_bay else self.ours(told.source_id)
        return (
            _unknown(told.source_id, "bay" if is_bay else "reading") if ours is None else replace(told, source_id=ours)
        )


def _unknown(feed_id: str, what: str) -> FeedReject:
    named = "bays, or has no name like FACILITY.BAY" if what == "bay" else "facilities"
    return FeedReject(
        source_id=feed_id,
        field=what,
        value=feed_id,
        explanation=f"is not in the feed's list of {named}",
        reason=RejectReason.UNKNOWN_FACILITY,
    )
