"""DATEX II v2.3 parking publications: the parking facility extension (towns) and parking records (regions).

Static: `parkingFacilityTable/parkingFacility`, `parkingTable/parkingRecord`.
Status: `parkingFacilityTableStatusPublication/parkingFacilityStatus`, `parkingStatusPublication/parkingRecordStatus`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees_or_utm_32
from api.feeds.datex2_xml import local_name, read_xml, records, text_at
from api.feeds.fields import Capacity, Coordinate, CountText, Name, PlaceFields, StatusFields, Time
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from api.feeds.port import ParseResult

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
        root = read_xml(body, collector)
        if root is None:
            return collector.result()
        if not {local_name(element) for element in root.iter()} & _TELLING:
            collector.reject(RejectReason.MALFORMED, "holds no parking publication", field="body", value=root.tag)
            return collector.result()
        published = text_at(root, ".//{*}publicationTime")
        for record in collector.limited(records(root, _RECORDS)):
            _READERS[local_name(record)](record, published, collector)
        return collector.result()


_RECORDS = {
    "parkingFacilityTable": {"parkingFacility"},
    "parkingTable": {"parkingRecord"},
    "parkingFacilityTableStatusPublication": {"parkingFacilityStatus", "parkingAreaStatus"},
    "parkingStatusPublication": {"parkingRecordStatus"},
    # Some publishers make the payload itself the publication instead of putting it into a generic one.
    "payloadPublication": {"parkingFacilityStatus", "parkingAreaStatus", "parkingRecordStatus"},
}
_TELLING = {*_RECORDS, *(name for names in _RECORDS.values() for name in names)} - {"payloadPublication"}


def read_facility(record: Element, published: str | None, collector: Collector) -> None:
    """Note the static facts of a `parkingFacility` or `parkingRecord`."""
    del published  # a static fact has no time of measurement
    source_id = collector.identify(record.get("id"), f"{local_name(record)}.id")
    if source_id is None:
        return
    place = "facilityLocation/locationForDisplay"
    point = "parkingLocation/pointByCoordinates/pointCoordinates"
    raw = {
        "name": text_at(record, "parkingFacilityName/values/value", "parkingName/values/value"),
        "capacity": text_at(record, "totalParkingCapacity", "parkingNumberOfSpaces"),
        "latitude": text_at(
            record, f"{place}/latitude", f"{point}/latitude", "parkingLocation/locationForDisplay/latitude"
        ),
        "longitude": text_at(
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
        "time": text_at(record, "parkingFacilityStatusTime"),
        "vacant": text_at(record, "totalNumberOfVacantParkingSpaces"),
        "occupied": text_at(record, "totalNumberOfOccupiedParkingSpaces"),
        "capacity": text_at(record, "totalParkingCapacityShortTermOverride", "totalParkingCapacityOverride"),
    }
    words = {(word.text or "").strip() for word in record.findall("{*}parkingFacilityStatus")}
    _note(source_id, raw, words, collector)


def _read_area_status(record: Element, published: str | None, collector: Collector) -> None:
    del published
    source_id = _reference(record, "parkingAreaReference", collector)
    if source_id is not None:
        why = "the sum of a district is no facility"
        collector.reject(RejectReason.NOT_A_FACILITY, why, field=local_name(record), source_id=source_id)


def read_record_status(record: Element, published: str | None, collector: Collector) -> None:
    """Note a `parkingRecordStatus`; `published` is the time of the publication."""
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
        "time": text_at(record, "parkingStatusOriginTime") or published,
        "vacant": text_at(record, "parkingOccupancy/parkingNumberOfVacantSpaces"),
        "occupied": text_at(record, "parkingOccupancy/parkingNumberOfOccupiedSpaces"),
        "capacity": text_at(record, "parkingOccupancy/parkingNumberOfSpacesOverride"),
    }
    words = {text_at(record, "parkingSiteOpeningStatus") or "", text_at(record, "parkingSiteStatus") or ""}
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
    "parkingFacility": read_facility,
    "parkingRecord": read_facility,
    "parkingFacilityStatus": _read_facility_status,
    "parkingRecordStatus": read_record_status,
    "parkingAreaStatus": _read_area_status,
}
