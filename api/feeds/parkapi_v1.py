"""ParkAPI v1: JSON with `lots` and one `last_updated` for all of them (https://github.com/offenesdresden/ParkAPI)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import Field

from api.feeds.collector import Collector
from api.feeds.coordinates import from_degrees
from api.feeds.fields import CapacityNumber, Coordinate, Count, FieldError, Name, PlaceFields, StatusFields
from api.feeds.json_body import read_json
from api.feeds.local_times import ISO, list_time_s
from api.feeds.options import FormatOptions, ZoneName
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from api.feeds.port import ParseResult

_OPEN = {"open": True, "many": True, "few": True, "full": True, "closed": False, "unknown": None}
_NO_DATA = "nodata"


class ParkApiV1Options(FormatOptions):
    """The format says that its times are UTC; some servers write local ones."""

    time_zone: ZoneName = "UTC"


class _Place(PlaceFields):
    name: Name | None = None
    capacity_veh: CapacityNumber | None = Field(None, alias="total")
    lat: Coordinate | None = None
    lon: Coordinate | None = Field(None, alias="lng")


class _Status(StatusFields):
    free_veh: Count | None = Field(None, alias="free")


class ParkApiV1:
    """One town's document.  `last_updated` says when the town told its figures; `last_downloaded` is not used."""

    def __init__(self, options: ParkApiV1Options) -> None:
        self._zone = ZoneInfo(options.time_zone)

    def parse(self, body: bytes, received_at_s: float) -> ParseResult:
        """Read a body; see `FeedFormat`."""
        collector = Collector(received_at_s)
        content = read_json(body, collector)
        if content is None:
            return collector.result()
        lots = content.get("lots") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(lots, list):
            collector.reject(RejectReason.MALFORMED, "must be an object with a list 'lots'", field="lots")
            return collector.result()
        for index, lot in enumerate(collector.limited(lots)):
            if not isinstance(lot, dict):
                collector.reject(RejectReason.WRONG_TYPE, "must be an object", field=f"lots[{index}]", value=lot)
                continue
            source_id = collector.identify(lot.get("id"), f"lots[{index}].id")
            if source_id is not None:
                told = {"last_updated": content.get("last_updated")} | _told(lot)
                self._read_lot(source_id, told, collector, received_at_s)
        return collector.result()

    def _read_lot(self, source_id: str, lot: dict[str, object], collector: Collector, received_at_s: float) -> None:
        coords = lot.get("coords")
        place = lot | (coords if isinstance(coords, dict) else {})
        told = collector.read(_Place, place, source_id)
        collector.facility(source_id, told, from_degrees)
        state = lot.get("state")
        if state == _NO_DATA or (state is None and lot.get("free") is None):
            collector.reject(
                RejectReason.NO_VALUE, "tells that nothing was measured", field="state", value=state,
                source_id=source_id,
            )  # fmt: skip
            return
        is_open = None
        if isinstance(state, str) and state in _OPEN:
            is_open = _OPEN[state]
        elif state is not None:
            collector.reject(
                RejectReason.WRONG_TYPE, f"must be one of {', '.join([*_OPEN, _NO_DATA])}", field="state", value=state,
                source_id=source_id,
            )  # fmt: skip
        status = collector.read(_Status, {"free": lot.get("free")}, source_id)
        if state == "full" and lot.get("free") is None:
            status = status.model_copy(update={"free_veh": 0})
        time_s = self._time_s(source_id, lot.get("last_updated"), collector, received_at_s)
        status = status.model_copy(update={"measured_at_s": time_s, "capacity_veh": told.capacity_veh})
        collector.status(source_id, status, is_open=is_open, time_field="last_updated")

    def _time_s(self, source_id: str, value: object, collector: Collector, received_at_s: float) -> float | None:
        if value is None:
            return None
        try:
            return list_time_s(value, ISO, self._zone, received_at_s)
        except FieldError as error:
            collector.refuse(error, field="last_updated", value=value, source_id=source_id)
            return None


def _told(lot: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in lot.items() if value is not None}
