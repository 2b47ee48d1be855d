"""ParkAPI v3: JSON with `items`, one per parking site, static and realtime fields side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees
from api.feeds.fields import CapacityNumber, Coordinate, Count, Name, PlaceFields, StatusFields, Time
from api.feeds.json_body import read_json
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.port import ParseResult

_ID_FIELDS = ("uid", "original_uid", "id")
_OPEN = {"OPEN": True, "CLOSED": False, "UNKNOWN": None}


class _Place(PlaceFields):
    name: Name | None = None
    capacity_veh: CapacityNumber | None = Field(None, alias="capacity")
    lat: Coordinate | None = None
    lon: Coordinate | None = None


class _Status(StatusFields):
    measured_at_s: Time | None = Field(None, alias="realtime_data_updated_at")
    free_veh: Count | None = Field(None, alias="realtime_free_capacity")
    capacity_veh: CapacityNumber | None = Field(None, alias="realtime_capacity")


class ParkApiV3:
    """Items of the source converters (`uid`) and of the public listing (`original_uid`, `id`)."""

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is None:
            return collector.result()
        items = content.get("items") if isinstance(content, dict) else None
        if not isinstance(items, list):
            collector.reject(RejectReason.MALFORMED, "must be an object with a list 'items'", field="items")
            return collector.result()
        for index, item in enumerate(collector.limited(items)):
            _read_item(item, f"items[{index}]", collector)
        return collector.result()


def _read_item(item: object, where: str, collector: Collector) -> None:
    if not isinstance(item, dict):
        collector.reject(RejectReason.WRONG_TYPE, "must be an object", field=where, value=item)
        return
    raw_id = next((item[field] for field in _ID_FIELDS if item.get(field) is not None), None)
    source_id = collector.identify(raw_id, f"{where}.uid")
    if source_id is None:
        return
    if any(item.get(field) is not None for field in ("name", "capacity", "lat", "lon")):
        collector.facility(source_id, collector.read(_Place, item, source_id), from_degrees)
    has_status = any(field.startswith("realtime_") and value is not None for field, value in item.items())
    if has_status and item.get("has_realtime_data") is not False:
        status = collector.read(_Status, item, source_id)
        is_open = _is_open(item.get("realtime_opening_status"), source_id, collector)
        collector.status(source_id, status, is_open=is_open, time_field="realtime_data_updated_at")


def _is_open(value: object, source_id: str, collector: Collector) -> bool | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in _OPEN:
        collector.reject(
            RejectReason.WRONG_TYPE, "must be OPEN, CLOSED or UNKNOWN",
            field="realtime_opening_status", value=value, source_id=source_id,
        )  # fmt: skip
        return None
    return _OPEN[value]
