"""DATEX II v2.3 parking publications: the parking facility extension (towns) and parking records (regions).

Static: `parkingFacilityTable/parkingFacility`, `parkingTable/parkingRecord`.
Status: `parkingFacilityTableStatusPublication/parkingFacilityStatus`, `parkingStatusPublication/parkingRecordStatus`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees_or_utm_32
from api.feeds.fields import Capacity, Coordinate, CountText, Name, PlaceFields, StatusFields, Time
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from api.feeds.port import ParseResult

_PIECE_BYTES = 256 * 1024
_CLOSED = {"closed", "closedAbnormal"}


class _Place(PlaceFields):
    name: Name | None = None
    capacity_veh: Capacity | None = Field(None, alias="capacity")
    lat: Coordinate | None = Field(None, alias="latitude")
    lon: Coordinate | None = Field(None, alias="longitude")


class _Status(StatusFields):
    measured_at_s: Time | None = Field(None, alias="time")
    free_veh: CountText | None = Field(None, alias="vacant")
    occupied_veh: CountText | None = Field(None, alias="occupied")
    capacity_veh: Capacity | None = Field(None, alias="capacity")


class Datex2V23:
    """Any namespace or prefix is accepted; a DTD, an entity or an external reference makes the body malformed."""

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        root = _root(body, collector)
        if root is None:
            return collector.result()
        if not any(_local(element) in _RECORDS for element in root.iter()):
            collector.reject(RejectReason.MALFORMED, "holds no parking publication", field="body", value=root.tag)
            return collector.result()
        published = _text(root, ".//{*}publicationTime")
        for record in collector.limited(_records(root)):
            _READERS[_local(record)](record, published, collector)
        return collector.result()


_RECORDS = {
    "parkingFacilityTable": "parkingFacility",
    "parkingTable": "parkingRecord",
    "parkingFacilityTableStatusPublication": "parkingFacilityStatus",
    "parkingStatusPublication": "parkingRecordStatus",
}


def _root(body: bytes, collector: Collector) -> Element | None:
    if not collector.fits(body):
        return None
    try:
        parser = DefusedXMLParser(target=TreeBuilder(), forbid_dtd=True)
        # The tree builder in C makes elements that survive any depth; pieces let other threads have their turn.
        for start in range(0, len(body), _PIECE_BYTES):
            parser.feed(body[start : start + _PIECE_BYTES])
        root: Element = parser.close()
    except DefusedXmlException as error:
        why = f"a DTD or an entity is not accepted ({type(error).__name__})"
        collector.reject(RejectReason.MALFORMED, why, field="body", value=body[:20])
        return None
    except (ParseError, ValueError, LookupError) as error:
        collector.reject(RejectReason.MALFORMED, f"is not XML: {error}", field="body", value=body[:20])
        return None
    return root


def _records(root: Element) -> Iterator[Element]:
    for element in root.iter():
        wanted = _RECORDS.get(_local(element))
        if wanted is not None:
            yield from element.findall(f"{{*}}{wanted}")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, *paths: str) -> str | None:
    """Text at the first path that leads to some; a path names elements of any namespace."""
    for path in paths:
        steps = path if path.startswith(".//") else "/".join(f"{{*}}{step}" for step in path.split("/"))
        found = element.findtext(steps)
        if found is not None and found.strip():
            return found.strip()
    return None


def _read_facility(record: Element, published: str | None, collector: Collector) -> None:
    del published  # a static fact has no time of measurement
    source_id = collector.identify(record.get("id"), f"{_local(record)}.id")
    if source_id is None:
        return
    place = "facilityLocation/locationForDisplay"
    point = "parkingLocation/pointByCoordinates/pointCoordinates"
    raw = {
        "name": _text(record, "parkingFacilityName/values/value", "parkingName/values/value"),
        "capacity": _text(record, "totalParkingCapacity", "parkingNumberOfSpaces"),
        "latitude": _text(
            record, f"{place}/latitude", f"{point}/latitude", "parkingLocation/locationForDisplay/latitude"
        ),
        "longitude": _text(
            record, f"{place}/longitude", f"{point}/longitude", "parkingLocation/locationForDisplay/longitude"
        ),
    }
    collector.facility(source_id, collector.read(_Place, raw, source_id), from_degrees_or_utm_32)


def _read_facility_status(record: Element, published: str | None, collector: Collector) -> None:
    del published  # fresh at every publication, also when the status is months old
    source_id = _reference(record, "parkingFacilityReference", collector)
    if source_id is None:
        return
    raw = {
        "time": _text(record, "parkingFacilityStatusTime"),
        "vacant": _text(record, "totalNumberOfVacantParkingSpaces"),
        "occupied": _text(record, "totalNumberOfOccupiedParkingSpaces"),
        "capacity": _text(record, "totalParkingCapacityShortTermOverride", "totalParkingCapacityOverride"),
    }
    words = {(word.text or "").strip() for word in record.findall("{*}parkingFacilityStatus")}
    _note(source_id, raw, words, collector)


def _read_record_status(record: Element, published: str | None, collector: Collector) -> None:
    source_id = _reference(record, "parkingRecordReference", collector)
    if source_id is None:
        return
    if record.find("{*}parkingStatusValidity") is not None:
        collector.reject(
            RejectReason.FORECAST, "a status with a validity is a forecast",
            field="parkingStatusValidity", source_id=source_id,
        )  # fmt: skip
        return
    raw = {
        # Some publishers leave the time of origin out; the publication is then the only time there is.
        "time": _text(record, "parkingStatusOriginTime") or published,
        "vacant": _text(record, "parkingOccupancy/parkingNumberOfVacantSpaces"),
        "occupied": _text(record, "parkingOccupancy/parkingNumberOfOccupiedSpaces"),
        "capacity": _text(record, "parkingOccupancy/parkingNumberOfSpacesOverride"),
    }
    words = {_text(record, "parkingSiteOpeningStatus") or "", _text(record, "parkingSiteStatus") or ""}
    _note(source_id, raw, words, collector)


def _reference(record: Element, name: str, collector: Collector) -> str | None:
    reference = record.find(f"{{*}}{name}")
    return collector.identify(None if reference is None else reference.get("id"), f"{name}.id")


def _note(source_id: str, raw: dict[str, str | None], words: set[str], collector: Collector) -> None:
    status = collector.read(_Status, raw, source_id)
    if status.free_veh is None and raw["vacant"] is None and "full" in words:
        status = status.model_copy(update={"free_veh": 0})
    is_open = False if words & _CLOSED else (True if "open" in words else None)
    collector.status(source_id, status, is_open=is_open, time_field="time")


_READERS = {
    "parkingFacility": _read_facility,
    "parkingRecord": _read_facility,
    "parkingFacilityStatus": _read_facility_status,
    "parkingRecordStatus": _read_record_status,
}
