"""DATEX II version 3.7, parking: table of places, their status with what is unknown said as unknown, and forecasts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lxml import etree

from api.open_data.site import SimpleForecast, simple_forecasts
from api.open_data.xml import COUNTRY, LANGUAGE, TYPE, XSI, add, add_words, encoded
from api.wire.base import instant_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from api.open_data.site import Edition, Site

D2 = "http://datex2.eu/schema/3/d2Payload"
PARKING = "http://datex2.eu/schema/3/parking"
COMMON = "http://datex2.eu/schema/3/common"
FACILITIES = "http://datex2.eu/schema/3/facilities"
LOCATION = "http://datex2.eu/schema/3/locationReferencing"
NAMESPACES = {
    "d2": D2,
    "prk": PARKING,
    "com": COMMON,
    "fac": FACILITIES,
    "loc": LOCATION,
    "xsi": XSI,
}
LAYER = 0


def table(edition: Edition) -> bytes | None:
    """Static facts of all sites, without a supply where the capacity is unknown; None without any site."""
    root = _envelope(edition, "prk:ParkingTablePublication")
    _header(root, edition)
    attributes = {"id": edition.publisher.id, "version": edition.version}
    places = add(root, PARKING, "parkingTable", attributes=attributes)
    add_words(places, PARKING, "name", edition.publisher.name, inner=COMMON)
    add(places, PARKING, "versionTime", instant_text(edition.static_s))
    for site in edition.sites:
        _place(places, site)
    return encoded(root) if edition.sites else None


def status(edition: Edition) -> bytes | None:
    """State of all sites: `unknown`, without a number, where nothing valid is known; None without any site."""
    root = _status_publication(edition)
    for site in edition.sites:
        record = _status_record(root, site, site.as_of)
        opening = "open" if site.invites or site.is_full else "statusUnknown"
        add(record, FACILITIES, "openingStatus", "closed" if site.is_closed else opening)
        if site.free_veh is not None:
            _occupancy(record, site, site.free_veh)
        available = "spacesAvailable" if site.invites else "unknown"
        add(record, PARKING, "status", "full" if site.is_full else available)
    return encoded(root) if edition.sites else None


def forecast(edition: Edition) -> bytes | None:
    """Free places at the coming moments: the median, and limits that hold with 90 %; None where nothing is forecast.

    Every record holds `statusValidity`, the mark of a forecast.
    """
    root = _status_publication(edition)
    told = simple_forecasts(edition)
    for expected in told:
        record = _status_record(root, expected.site, instant_text(expected.made_at_s))
        _expected(record, expected)
        validity = add(record, PARKING, "statusValidity", attributes={TYPE: "prk:ValidityByTime"})
        add(validity, PARKING, "statusTime", instant_text(expected.at_s))
    return encoded(root) if told else None


def _envelope(edition: Edition, kind: str) -> _Element:
    attributes = {"lang": LANGUAGE, "modelBaseVersion": "3", TYPE: kind}
    root = etree.Element(f"{{{D2}}}payload", attributes, nsmap=NAMESPACES)
    add(root, COMMON, "publicationTime", instant_text(edition.as_of_s))
    creator = add(root, COMMON, "publicationCreator")
    add(creator, COMMON, "country", COUNTRY)
    add(creator, COMMON, "nationalIdentifier", edition.publisher.name)
    return root


def _header(root: _Element, edition: Edition) -> None:
    header = add(root, PARKING, "headerInformation")
    add(header, COMMON, "confidentiality", "noRestriction")
    add(header, COMMON, "informationStatus", "test" if edition.publisher.simulated else "real")


def _place(parent: _Element, site: Site) -> None:
    attributes = {"id": site.facility.id, "version": site.version, TYPE: "prk:Place"}
    place = add(parent, PARKING, "hierarchyElementGeneral", attributes=attributes)
    add_words(place, FACILITIES, "name", site.facility.name, inner=COMMON)
    location = add(place, FACILITIES, "locationReference", attributes={TYPE: "loc:PointLocation"})
    lon, lat = site.facility.position
    at = add(add(location, LOCATION, "pointByCoordinates"), LOCATION, "pointCoordinates")
    add(at, LOCATION, "latitude", lat)
    add(at, LOCATION, "longitude", lon)
    add(place, PARKING, "layer", LAYER)
    add(place, PARKING, "type", "place")
    if site.capacity_veh is not None:
        supply = add(place, PARKING, "supply")
        add(supply, PARKING, "quantity", site.capacity_veh)
        add(supply, PARKING, "viewType", "spaceView")
    add(place, PARKING, "layout", "building" if site.is_building or site.is_underground else "openSpace")


def _status_publication(edition: Edition) -> _Element:
    root = _envelope(edition, "prk:ParkingStatusPublication")
    reference = {"id": edition.publisher.id, "version": edition.version, "targetClass": "prk:ParkingTable"}
    add(root, PARKING, "parkingTableReference", attributes=reference)
    _header(root, edition)
    return root


def _status_record(root: _Element, site: Site, updated: str | None) -> _Element:
    record = add(root, PARKING, "parkingStatusInformation", attributes={TYPE: "prk:PlaceStatus"})
    reference = {"id": site.facility.id, "version": site.version, "targetClass": "fac:FacilityObject"}
    add(record, FACILITIES, "reference", attributes=reference)
    if updated is not None:
        add(record, FACILITIES, "lastUpdated", updated)
    return record


def _occupancy(record: _Element, site: Site, free_veh: int) -> _Element:
    occupancy = add(record, PARKING, "occupancy")
    if site.capacity_veh is not None:
        add(occupancy, PARKING, "numberOfSpacesOverride", site.capacity_veh)
    add(occupancy, PARKING, "numberOfVacantSpaces", free_veh)
    return occupancy


def _expected(record: _Element, expected: SimpleForecast) -> None:
    occupancy = _occupancy(record, expected.site, expected.median_veh)
    add(occupancy, PARKING, "numberOfVacantSpacesLowerThan", math.ceil(expected.high_veh) + 1)
    if expected.low_veh >= 1.0:
        add(occupancy, PARKING, "numberOfVacantSpacesHigherThan", math.floor(expected.low_veh) - 1)
