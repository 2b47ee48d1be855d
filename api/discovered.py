"""Car parks that a feed or a history names and the model does not: each gets a sign of its own that mirrors it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from parking.facility import Facility, FacilityKind
from parking.model import FacilityUse, ParkingModel
from parking.sign import Arrow, Sign, SignRow
from traffic_core.network import Network
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.feeds.port import FeedFacility
    from api.town import Town
    from traffic_core.geometry import LonLat

RING_DEG = 0.01
UNKNOWN_USE = FacilityUse(fee_eur_h=None, mean_stay_min=120.0, guided=True, occupied_share=())
MIRROR_PREFIX = "mirror-"


def with_discovered(town: Town, found: Iterable[FeedFacility], *, interval_s: float, source: str) -> Town:
    """The town with the facilities it did not know.  Where nobody tells a position, they are drawn in a ring."""
    fresh = {facility.id: facility for facility in found if facility.id not in town.parking.facilities}
    if not fresh:
        return town
    west, south, east, north = town.info.bbox
    ring = _ring(((west + east) / 2, (south + north) / 2), len(fresh))
    facilities = dict(town.parking.facilities)
    signs = dict(town.parking.signs)
    for told, place in zip(fresh.values(), ring, strict=True):
        facility = _facility(told, place, interval_s, source)
        facilities[facility.id] = facility
        mirror = _mirror(facility)
        signs[mirror.id] = mirror
    uses = dict(town.parking.uses) | dict.fromkeys(fresh, UNKNOWN_USE)
    return replace(town, parking=replace(town.parking, facilities=facilities, signs=signs, uses=uses))


def empty_parking() -> ParkingModel:
    """A town without car parks."""
    return ParkingModel(facilities={}, signs={}, uses={})


def empty_network() -> Network:
    """A town without streets."""
    return Network(nodes={}, links={}, turns={})


def _facility(told: FeedFacility, place: LonLat, interval_s: float, source: str) -> Facility:
    where = source if told.position is not None else f"{source}; position unknown, drawn in a ring"
    return Facility(
        id=told.id,
        name=told.name,
        district="",
        position=told.position or place,
        kind=FacilityKind.GARAGE,
        capacity_veh=told.capacity_veh or None,
        reserve_veh=0,
        update_interval_s=interval_s,
        access_node="",
        provenance=Provenance(source=where, confidence=Confidence.DERIVED),
    )


def _mirror(facility: Facility) -> Sign:
    row = SignRow(label_de=facility.name, label_en=facility.name, arrow=Arrow.HERE, facility_ids=(facility.id,))
    return Sign(
        id=MIRROR_PREFIX + facility.id,
        name=facility.name,
        position=facility.position,
        link_id="",
        rows=(row,),
        provenance=facility.provenance,
    )


def _ring(centre: LonLat, count: int) -> Sequence[LonLat]:
    angles = (2 * math.pi * number / max(count, 1) for number in range(count))
    narrow = math.cos(math.radians(centre[1]))
    return [(centre[0] + RING_DEG * math.sin(a) / narrow, centre[1] + RING_DEG * math.cos(a)) for a in angles]
