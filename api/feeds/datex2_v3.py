"""DATEX II v3 parking publications, namespace `http://datex2.eu/schema/3/parking`.

Static: `parkingTable/hierarchyElementGeneral`.  Status: `parkingStatusInformation`; both as in version 3.7.  Earlier
versions say `parkingRecord` and `parkingRecordStatus` with the names of version 2.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees_or_utm_32
from api.feeds.datex2_v23 import read_facility, read_record_status
from api.feeds.datex2_xml import local_name, read_xml, records, text_at, type_name
from api.feeds.fields import Capacity, Coordinate, CountText, Name, PlaceFields, StatusFields, Time
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from api.feeds.port import ParseResult

_RECORDS = {
    "parkingTable": {"hierarchyElementGeneral", "parkingRecord"},
    "payload": {"parkingStatusInformation", "parkingRecordStatus"},
}
_TELLING = {"parkingTable", "parkingStatusInformation", "parkingRecordStatus"}
_OPEN = {"open", "openWithServiceLimitation"}
_CLOSED = {"closed", "closedOnHoliday", "closedOnMaintenance", "temporarilyClosed"}
_FULL = {"full", "noParkingSpacesAvailable", "allParkingsFull", "noMoreParkingSpacesAvailable"}
_COUNT_FAULTS = {"communicationsFailure", "erroneousOccupancyInformation", "noParkingInformationAvailable"}
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class _Place(PlaceFields):
    name: Name | None = None
    capacity_veh: Capacity | None = Field(None, alias="quantity")
    lat: Coordinate | None = Field(None, alias="latitude")
    lon: Coordinate | None = Field(None, alias="longitude")


class _Status(StatusFields):
    measured_at_s: Time | None = Field(None, alias="lastUpdated")
    free_veh: CountText | None = Field(None, alias="vacant")
    occupied_veh: CountText | None = Field(None, alias="occupied")
    capacity_veh: Capacity | None = Field(None, alias="capacity")


class _Moments(StatusFields):
    status_at_s: Time | None = Field(None, alias="statusTime")
    published_at_s: Time | None = Field(None, alias="published")


class Datex2V3:
    """Any prefix is accepted; a DTD, an entity or an external reference makes the body malformed."""

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        root = read_xml(body, collector)
        if root is None:
            return collector.result()
        if not {local_name(element) for element in root.iter()} & _TELLING:
            why = "holds no parking publication of version 3"
            collector.reject(RejectReason.MALFORMED, why, field="body", value=root.tag)
            return collector.result()
        published = text_at(root, ".//{*}publicationTime")
        for record in collector.limited(records(root, _RECORDS)):
            _READERS[local_name(record)](record, published, collector)
        return collector.result()


def _read_place(record: Element, published: str | None, collector: Collector) -> None:
    del published  # a static fact has no time of measurement
    kind = type_name(record)
    source_id = collector.identify(record.get("id"), f"{kind}.id")
    if source_id is None:
        return
    if kind not in {"Place", "Campus", "Space"}:
        why = "a part of a place is no facility of its own"
        collector.reject(
            RejectReason.NOT_A_FACILITY, why, field="hierarchyElementGeneral", value=kind, source_id=source_id
        )
        return
    point = "locationReference/pointByCoordinates/pointCoordinates"
    shown = "locationReference/coordinatesForDisplay"
    raw = {
        "name": text_at(record, "name/values/value"),
        "quantity": text_at(record, "supply/quantity"),
        "latitude": text_at(record, f"{point}/latitude", f"{shown}/latitude"),
        "longitude": text_at(record, f"{point}/longitude", f"{shown}/longitude"),
    }
    place = collector.read(_Place, raw, source_id)
    collector.facility(source_id, place, from_degrees_or_utm_32, is_bay=kind == "Space")


def _read_status(record: Element, published: str | None, collector: Collector) -> None:
    reference = record.find("{*}reference")
    source_id = collector.identify(None if reference is None else reference.get("id"), "reference.id")
    if source_id is None or _is_forecast(record, published, source_id, collector):
        return
    if type_name(record) == "SpaceStatus":
        _read_space(record, published, source_id, collector)
        return
    raw = {
        # Where a publisher leaves both times out, the publication is the only time there is.
        "lastUpdated": text_at(record, "lastUpdated", "statusValidity/statusTime") or published,
        "vacant": text_at(record, "occupancy/numberOfVacantSpaces"),
        "occupied": text_at(record, "occupancy/numberOfOccupiedSpaces", "occupancy/numberOfVehicles"),
        "capacity": text_at(record, "occupancy/numberOfSpacesOverride", "supply/quantity"),
    }
    if _is_faulty(record, source_id, collector):
        raw |= {"vacant": None, "occupied": None}
    status = collector.read(_Status, raw, source_id)
    words = {(word.text or "").strip() for word in record.findall("{*}status")}
    graded = text_at(record, "occupancy/numberOfVacantSpacesGraded") or ""
    if raw["vacant"] is None and raw["occupied"] is None and (words | {graded}) & _FULL:
        status = status.model_copy(update={"free_veh": 0})
    opening = text_at(record, "openingStatus") or ""
    is_open = False if opening in _CLOSED else (True if opening in _OPEN else None)
    if _BOOLEANS.get(text_at(record, "occupancy/parkingNotAllowed") or "", False):
        is_open = False
    collector.status(source_id, status, is_open=is_open, time_field="lastUpdated")


def _read_space(record: Element, published: str | None, source_id: str, collector: Collector) -> None:
    times = ("measurementOrCalculationTime", "lastUpdated", "statusValidity/statusTime")
    status = collector.read(_Status, {"lastUpdated": text_at(record, *times) or published}, source_id)
    word = text_at(record, "occupied")
    occupied = _BOOLEANS.get(word or "")
    if _BOOLEANS.get(text_at(record, "declarationValidNow") or "", True) is False or _is_faulty(
        record, source_id, collector
    ):
        why = "tells that its state is not valid now"
        collector.reject(RejectReason.NO_VALUE, why, field="occupied", value=word, source_id=source_id)
    elif occupied is None:
        reason = RejectReason.MISSING_FIELD if word is None else RejectReason.WRONG_TYPE
        collector.reject(reason, "must be true or false", field="occupied", value=word, source_id=source_id)
    else:
        at_s = status.measured_at_s
        collector.bay(source_id, occupied=occupied, measured_at_s=at_s, time_field="lastUpdated")


def _is_forecast(record: Element, published: str | None, source_id: str, collector: Collector) -> bool:
    """A validity makes a forecast, except a moment that had come when it was published."""
    if record.find("{*}statusValidity") is None:
        return False
    raw = {"statusTime": text_at(record, "statusValidity/statusTime"), "published": published}
    moments = collector.read(_Moments, raw, source_id)
    at_s, published_at_s = moments.status_at_s, moments.published_at_s
    if at_s is not None and published_at_s is not None and at_s <= published_at_s:
        return False
    why = "a status with a validity is a forecast"
    collector.reject(RejectReason.FORECAST, why, field="statusValidity", source_id=source_id)
    return True


def _is_faulty(record: Element, source_id: str, collector: Collector) -> bool:
    """Whether the publisher says that its counts are wrong or cannot be known."""
    faults = {(word.text or "").strip() for word in record.findall("{*}parkingFault")} & _COUNT_FAULTS
    if faults:
        why = "the publisher reports that its figures are wrong or unknown"
        value = ", ".join(sorted(faults))
        collector.reject(RejectReason.REPORTED_FAULT, why, field="parkingFault", value=value, source_id=source_id)
    return bool(faults)


_READERS = {
    "hierarchyElementGeneral": _read_place,
    "parkingRecord": read_facility,
    "parkingStatusInformation": _read_status,
    "parkingRecordStatus": read_record_status,
}
