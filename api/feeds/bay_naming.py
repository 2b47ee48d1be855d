"""Records of single bays: the state of a bay from the counts of a place for one, and the facility that bays make up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.feeds.fields import short_repr
from api.feeds.port import FeedFacility, FeedReject, RejectReason
from traffic_core.readings import BayReading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.readings import OccupancyReading


def as_bay(reading: OccupancyReading) -> BayReading | FeedReject:
    """The bay of a record that is published as a car park with one place."""
    if reading.capacity_veh not in {None, 1}:
        return _reject(reading, RejectReason.OUT_OF_RANGE, "capacity", reading.capacity_veh, "a bay has one place")
    for name in ("free_veh", "occupied_veh"):
        value = getattr(reading, name)
        if value not in {None, 0, 1}:
            return _reject(reading, RejectReason.OUT_OF_RANGE, name, value, "must be 0 or 1 for a bay")
    if reading.is_open is False:
        return _reject(reading, RejectReason.NO_VALUE, "status", "closed", "a closed bay is neither free nor taken")
    told = {reading.free_veh == 0} if reading.free_veh is not None else set()
    told |= {reading.occupied_veh == 1} if reading.occupied_veh is not None else set()
    if not told:
        return _reject(reading, RejectReason.NO_VALUE, "status", None, "does not tell whether the bay is taken")
    if len(told) > 1:
        value = (reading.free_veh, reading.occupied_veh)
        return _reject(reading, RejectReason.CONTRADICTORY, "free, occupied", value, "do not add up to one place")
    return BayReading(
        source_id=reading.source_id,
        measured_at_s=reading.measured_at_s,
        received_at_s=reading.received_at_s,
        occupied=told.pop(),
    )


def places_of_bays(bays: Sequence[FeedFacility]) -> tuple[FeedFacility, ...]:
    """The facilities that bays named `FACILITY.BAY` make up: as many places as bays, in the middle of them."""
    by_facility: dict[str, list[FeedFacility]] = {}
    for bay in bays:
        by_facility.setdefault(bay.id.rpartition(".")[0], []).append(bay)
    return tuple(_facility(facility_id, members) for facility_id, members in by_facility.items())


def _facility(facility_id: str, bays: list[FeedFacility]) -> FeedFacility:
    positions = [bay.position for bay in bays if bay.position is not None]
    middle = None
    if positions:
        lons, lats = zip(*positions, strict=True)
        middle = (sum(lons) / len(lons), sum(lats) / len(lats))
    return FeedFacility(id=facility_id, name=facility_id, capacity_veh=len(bays), position=middle)


def _reject(reading: OccupancyReading, reason: RejectReason, field: str, value: object, explanation: str) -> FeedReject:
    return FeedReject(
        source_id=reading.source_id, field=field, value=short_repr(value), explanation=explanation, reason=reason
    )
