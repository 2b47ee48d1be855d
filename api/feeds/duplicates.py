"""Records of one body that say something about the same thing and the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.port import FeedReject, RejectReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.feeds.port import FeedFacility
    from traffic_core.readings import Reading


def single_readings(readings: Iterable[Reading]) -> tuple[tuple[Reading, ...], list[FeedReject]]:
    """Each statement once.

    Where records of one source and one moment differ, nobody can tell which of them is right: none stays.
    """
    groups: dict[tuple[type[Reading], str, float], list[Reading]] = {}
    for reading in readings:
        groups.setdefault((type(reading), reading.source_id, reading.measured_at_s), []).append(reading)
    kept: list[Reading] = []
    rejects: list[FeedReject] = []
    for group in groups.values():
        first, *others = group
        if all(other == first for other in others):
            kept.append(first)
            rejects += [
                _reject(RejectReason.DUPLICATE, "stands twice in this body", other.source_id) for other in others
            ]
        else:
            why = f"{len(group)} records of one moment differ: none of them is believed"
            rejects += [_reject(RejectReason.CONTRADICTORY, why, reading.source_id) for reading in group]
    return tuple(kept), rejects


def single_facilities(facilities: Iterable[FeedFacility]) -> tuple[tuple[FeedFacility, ...], list[FeedReject]]:
    """The first of each identifier."""
    kept: dict[str, FeedFacility] = {}
    others = [facility for facility in facilities if kept.setdefault(facility.id, facility) is not facility]
    why = "stands twice in this body, the first counts"
    return tuple(kept.values()), [_reject(RejectReason.DUPLICATE, why, other.id, "facility") for other in others]


def _reject(reason: RejectReason, explanation: str, source_id: str, field: str = "reading") -> FeedReject:
    return FeedReject(source_id=source_id, field=field, value=source_id, explanation=explanation, reason=reason)
