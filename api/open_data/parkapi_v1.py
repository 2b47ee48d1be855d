"""ParkAPI version 1, the form of ParkenDD: an index of cities, and the lots of one city."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.open_data.site import countable
from parking.facility import FacilityKind

if TYPE_CHECKING:
    from api.open_data.site import Edition, Site

API_VERSION = "1.0"
REFERENCE = "https://github.com/offenesdresden/ParkAPI"
NO_DATA = "nodata"


def index(edition: Edition, version: str) -> dict[str, object]:
    """The root document: one city."""
    publisher = edition.publisher
    lon, lat = publisher.position
    city = {
        "name": publisher.name,
        "coords": {"lat": lat, "lng": lon},
        "source": "",
        "url": "",
        "active_support": True,
        "attribution": {"contributor": publisher.name, "license": publisher.licence, "url": ""},
    }
    return {
        "api_version": API_VERSION,
        "server_version": version,
        "reference": REFERENCE,
        "cities": {publisher.id: city},
    }


def city(edition: Edition) -> dict[str, object]:
    """The lots of known capacity.  State `nodata`, without `free`, where nothing valid is known.

    Times are in UTC without an offset, as that version has it.  `last_updated` stands for all lots: it is the oldest
    time of those that are told.
    """
    sites = countable(edition.sites)
    made_at = datetime.fromtimestamp(edition.as_of_s, UTC)
    told = [site.as_of for site in sites if site.as_of is not None and _state(site) != NO_DATA]
    return {
        "last_downloaded": _plain(made_at),
        "last_updated": _plain(min((datetime.fromisoformat(as_of) for as_of in told), default=made_at)),
        "data_source": "simulated" if edition.publisher.simulated else edition.publisher.name,
        "lots": [_lot(site) for site in sites],
    }


def _lot(site: Site) -> dict[str, object]:
    lon, lat = site.facility.position
    told: dict[str, object] = {
        "id": site.facility.id,
        "name": site.facility.name,
        "lot_type": _type(site),
        "region": site.facility.district,
        "address": site.facility.district,
        "coords": {"lat": lat, "lng": lon},
        "total": site.capacity_veh,
        "state": _state(site),
        "forecast": False,
        "notes": {},
    }
    if site.free_veh is not None:
        told["free"] = site.free_veh
    return told


def _type(site: Site) -> str:
    if site.facility.kind is FacilityKind.PARK_AND_RIDE:
        return "Park-Ride"
    if site.is_underground:
        return "Tiefgarage"
    return "Parkhaus" if site.is_building else "Parkplatz"


def _state(site: Site) -> str:
    if site.is_closed:
        return "closed"
    if site.is_full:
        return "full"
    if site.invites:
        return "open"
    return NO_DATA


def _plain(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
