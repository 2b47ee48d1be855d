"""ParkAPI version 3: static and live facts of each car park in one record, as its JSON push carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.open_data.site import countable
from api.wire.base import instant_text
from parking.facility import FacilityKind

if TYPE_CHECKING:
    from api.open_data.site import Edition, Site

SIMULATED = "simulated"


def parkapi_v3(edition: Edition) -> dict[str, object]:
    """All sites of known capacity.

    A site of which something was told once keeps its live fields: silence is then told as `UNKNOWN` without a number,
    at the time of the document, because a reader would keep the last number of a site without live fields.
    """
    items = [_item(site, edition) for site in countable(edition.sites)]
    return {"items": items}


def _item(site: Site, edition: Edition) -> dict[str, object]:
    lon, lat = site.facility.position
    fee_eur_h = site.use.fee_eur_h
    told: dict[str, object] = {
        "uid": site.facility.id,
        "name": site.facility.name,
        "group_uid": site.facility.district,
        "purpose": "CAR",
        "type": _type(site),
        "lat": lat,
        "lon": lon,
        "capacity": site.capacity_veh,
        "has_fee": None if fee_eur_h is None else fee_eur_h > 0.0,
        "park_and_ride_type": ["YES" if site.facility.kind is FacilityKind.PARK_AND_RIDE else "NO"],
        "has_realtime_data": site.has_live,
        "static_data_updated_at": instant_text(site.static_s),
        "tags": [SIMULATED] if edition.publisher.simulated else [],
    }
    if site.has_live:
        told |= {
            "realtime_data_updated_at": site.as_of or instant_text(edition.as_of_s),
            "realtime_opening_status": _opening(site),
            "realtime_capacity": site.capacity_veh,
            "realtime_free_capacity": site.free_veh,
        }
    return told


def _type(site: Site) -> str:
    if site.facility.kind is FacilityKind.ON_STREET:
        return "ON_STREET"
    if site.is_underground:
        return "UNDERGROUND"
    return "CAR_PARK" if site.is_building else "OFF_STREET_PARKING_GROUND"


def _opening(site: Site) -> str:
    if site.is_closed:
        return "CLOSED"
    return "OPEN" if site.invites or site.is_full else "UNKNOWN"
