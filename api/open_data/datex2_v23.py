"""DATEX II version 2.3 with its parking extension: table of sites, their status, and forecasts.

Readers in use demand a number of places in the table, and vacant places in every status.  The documents therefore hold
only what has both; whoever wants the state of all sites reads version 3.7, where silence has a form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lxml import etree

from api.open_data.site import countable, simple_forecasts
from api.open_data.xml import COUNTRY, LANGUAGE, TYPE, XSI, add, add_words, encoded
from api.wire.base import instant_text
from parking.facility import FacilityKind

if TYPE_CHECKING:
    from lxml.etree import _Element

    from api.open_data.site import Edition, Site

NAMESPACE = "http://datex2.eu/schema/2/2_0"


def table(edition: Edition) -> bytes | None:
    """Static facts of the sites of known capacity; None where there is none."""
    root, extension = _envelope(edition, "ParkingTablePublication")
    publication = add(extension, NAMESPACE, "parkingTablePublication")
    _header(publication, edition)
    table_attributes = {"id": edition.publisher.id, "version": edition.version}
    sites = add(publication, NAMESPACE, "parkingTable", attributes=table_attributes)
    add_words(sites, NAMESPACE, "parkingTableName", edition.publisher.name)
    add(sites, NAMESPACE, "parkingTableVersionTime", instant_text(edition.static_s))
    known = countable(edition.sites)
    for site in known:
        _record(sites, site)
    return encoded(root) if known else None


def status(edition: Edition) -> bytes | None:
    """Vacant places of the sites of which a number is known, or which are closed; None where there is none of them."""
    root, publication = _status_publication(edition, "ParkingStatusPublication")
    told = [(site, site.free_veh, site.as_of) for site in countable(edition.sites)]
    known = [(site, free_veh, as_of) for site, free_veh, as_of in told if free_veh is not None and as_of is not None]
    for site, free_veh, as_of in known:
        record = _status_record(publication, site, as_of)
        _occupancy(record, site.capacity_veh, free_veh)
        _site_status(record, site)
    return encoded(root) if known else None


def forecast(edition: Edition) -> bytes | None:
    """Median of the free places at the coming moments; None where nothing is forecast.

    Every record holds `parkingStatusValidity`, the mark of a forecast.
    """
    root, publication = _status_publication(edition, "ParkingStatusForecast")
    told = simple_forecasts(edition)
    for expected in told:
        record = _status_record(publication, expected.site, instant_text(expected.made_at_s))
        _occupancy(record, expected.site.capacity_veh, expected.median_veh)
        validity = add(record, NAMESPACE, "parkingStatusValidity")
        add(validity, NAMESPACE, "parkingStatusTime", instant_text(expected.at_s))
    return encoded(root) if told else None


def _envelope(edition: Edition, name: str) -> tuple[_Element, _Element]:
    namespaces = cast("dict[str, str]", {None: NAMESPACE, "xsi": XSI})  # readers look for names without a prefix
    root = etree.Element(f"{{{NAMESPACE}}}d2LogicalModel", {"modelBaseVersion": "2"}, nsmap=namespaces)
    exchange = add(root, NAMESPACE, "exchange")
    _identifier(add(exchange, NAMESPACE, "supplierIdentification"), edition)
    attributes = {"lang": LANGUAGE, TYPE: "GenericPublication"}
    payload = add(root, NAMESPACE, "payloadPublication", attributes=attributes)
    add(payload, NAMESPACE, "publicationTime", instant_text(edition.as_of_s))
    _identifier(add(payload, NAMESPACE, "publicationCreator"), edition)
    add(payload, NAMESPACE, "genericPublicationName", name)
    return root, add(payload, NAMESPACE, "genericPublicationExtension")


def _identifier(parent: _Element, edition: Edition) -> None:
    add(parent, NAMESPACE, "country", COUNTRY)
    add(parent, NAMESPACE, "nationalIdentifier", edition.publisher.name)


def _header(publication: _Element, edition: Edition) -> None:
    header = add(publication, NAMESPACE, "headerInformation")
    add(header, NAMESPACE, "confidentiality", "noRestriction")
    add(header, NAMESPACE, "informationStatus", "test" if edition.publisher.simulated else "real")


def _status_publication(edition: Edition, name: str) -> tuple[_Element, _Element]:
    root, extension = _envelope(edition, name)
    publication = add(extension, NAMESPACE, "parkingStatusPublication")
    reference = {"id": edition.publisher.id, "version": edition.version, "targetClass": "ParkingTable"}
    add(publication, NAMESPACE, "parkingTableReference", attributes=reference)
    _header(publication, edition)
    return root, publication


def _record(parent: _Element, site: Site) -> None:
    attributes = {"id": site.facility.id, "version": site.version, TYPE: "UrbanParkingSite"}
    record = add(parent, NAMESPACE, "parkingRecord", attributes=attributes)
    add_words(record, NAMESPACE, "parkingName", site.facility.name)
    add(record, NAMESPACE, "parkingRecordVersionTime", instant_text(site.static_s))
    add(record, NAMESPACE, "parkingNumberOfSpaces", site.capacity_veh)
    location = add(record, NAMESPACE, "parkingLocation", attributes={TYPE: "Point"})
    lon, lat = site.facility.position
    at = add(add(location, NAMESPACE, "pointByCoordinates"), NAMESPACE, "pointCoordinates")
    add(at, NAMESPACE, "latitude", lat)
    add(at, NAMESPACE, "longitude", lon)
    if site.use.fee_eur_h is not None:
        add(add(record, NAMESPACE, "tariffsAndPayment"), NAMESPACE, "freeOfCharge", site.use.fee_eur_h == 0.0)
    add(record, NAMESPACE, "parkingLayout", _layout(site))
    on_street = site.facility.kind is FacilityKind.ON_STREET
    add(record, NAMESPACE, "urbanParkingSiteType", "onStreetParking" if on_street else "offStreetParking")


def _layout(site: Site) -> str:
    if site.is_underground:
        return "underground"
    return "multiStorey" if site.is_building else "singleLevel"


def _status_record(publication: _Element, site: Site, origin: str) -> _Element:
    record = add(publication, NAMESPACE, "parkingRecordStatus", attributes={TYPE: "ParkingSiteStatus"})
    reference = {"id": site.facility.id, "version": site.version, "targetClass": "ParkingRecord"}
    add(record, NAMESPACE, "parkingRecordReference", attributes=reference)
    add(record, NAMESPACE, "parkingStatusOriginTime", origin)
    return record


def _occupancy(record: _Element, capacity_veh: int | None, free_veh: int) -> None:
    occupancy = add(record, NAMESPACE, "parkingOccupancy")
    add(occupancy, NAMESPACE, "parkingNumberOfSpacesOverride", capacity_veh)
    add(occupancy, NAMESPACE, "parkingNumberOfVacantSpaces", free_veh)


def _site_status(record: _Element, site: Site) -> None:
    if not site.is_closed:
        add(record, NAMESPACE, "parkingSiteStatus", "full" if site.is_full else "spacesAvailable")
    add(record, NAMESPACE, "parkingSiteOpeningStatus", "closed" if site.is_closed else "open")
