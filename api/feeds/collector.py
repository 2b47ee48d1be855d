"""Gathers what the records of one body tell; the one place where a bad field becomes a reject."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from api.feeds.duplicates import single_facilities, single_readings
from api.feeds.fields import FeedFields, FieldError, PlaceFields, StatusFields, safe_id, short_repr
from api.feeds.port import MAX_BODY_BYTES, MAX_RECORDS, FeedFacility, FeedReject, ParseResult, RejectReason
from traffic_core.errors import InvalidValueError
from traffic_core.readings import BayReading, OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from traffic_core.geometry import LonLat
    from traffic_core.readings import Reading

_HTML = re.compile(rb"[\s\xef\xbb\xbf]*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)

Fields = TypeVar("Fields", bound=FeedFields)
Record = TypeVar("Record")


class Collector:
    """Readings, facilities and rejects of one body that reached us at `received_at_s`."""

    def __init__(self, received_at_s: float) -> None:
        self._received_at_s = received_at_s
        self._readings: list[Reading] = []
        self._facilities: list[FeedFacility] = []
        self._rejects: list[FeedReject] = []
        self._refused: set[str] = set()

    def result(self) -> ParseResult:
        """All that was gathered; what stands twice is sorted out."""
        readings, doubled = single_readings(self._readings)
        facilities, named_twice = single_facilities(self._facilities)
        rejects = (*self._rejects, *named_twice, *doubled)
        return ParseResult(readings=readings, facilities=facilities, rejects=rejects)

    def reject(
        self, reason: RejectReason, explanation: str, *, field: str, value: object = None, source_id: str | None = None
    ) -> None:
        """Note one refusal."""
        self._rejects.append(
            FeedReject(
                source_id=source_id, field=field, value=short_repr(value), explanation=explanation, reason=reason
            )
        )

    def fits(self, body: bytes) -> bool:
        """Whether the body is small enough to be parsed and no page for people; notes a reject if it is not."""
        if len(body) > MAX_BODY_BYTES:
            self.reject(RejectReason.OVERSIZED, f"at most {MAX_BODY_BYTES} bytes", field="body", value=len(body))
            return False
        if _HTML.match(body[:1_000]):
            why = "is an HTML page (a login or an error page?), not a feed"
            self.reject(RejectReason.MALFORMED, why, field="body", value=body[:20])
            return False
        return True

    def refuse(self, error: FieldError, *, field: str, value: object, source_id: str | None) -> None:
        """Note a field that cannot be used; it is then not also missing."""
        self._refused.add(field)
        self.reject(error.reason, error.explanation, field=field, value=value, source_id=source_id)

    def limited(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass on the first `MAX_RECORDS` records; one reject stands for all the others."""
        rest = iter(records)
        yield from islice(rest, MAX_RECORDS)
        if next(rest, None) is not None:
            self.reject(RejectReason.OVERSIZED, f"at most {MAX_RECORDS} records", field="records", value=MAX_RECORDS)

    def identify(self, value: object, field: str) -> str | None:
        """Identifier of a record, or None and a reject."""
        if value is None:
            self.reject(RejectReason.MISSING_FIELD, "a record must say whose it is", field=field)
            return None
        try:
            return safe_id(value)
        except FieldError as error:
            self.reject(error.reason, error.explanation, field=field, value=value)
            return None

    def read(self, model: type[Fields], raw: Mapping[str, object], source_id: str) -> Fields:
        """Read the fields of a record; a bad field becomes None and a reject, the good ones stay."""
        told = {field: value for field, value in raw.items() if value is not None}
        self._refused = set()
        try:
            return model.model_validate(told)
        except ValidationError as problems:
            for problem in problems.errors(include_url=False):
                field = str(problem["loc"][0])
                error = problem.get("ctx", {}).get("error")
                reason = error.reason if isinstance(error, FieldError) else RejectReason.WRONG_TYPE
                self._refused.add(field)
                self.reject(
                    reason, problem["msg"].removeprefix("Value error, "), field=field,
                    value=told.pop(field, None), source_id=source_id,
                )  # fmt: skip
            return model.model_validate(told)

    def facility(
        self,
        source_id: str,
        place: PlaceFields,
        to_lon_lat: Callable[[float, float], LonLat | None],
        *,
        is_bay: bool = False,
    ) -> None:
        """Note the static facts of a facility or of a single bay.  `to_lon_lat` takes the feed's lat and lon."""
        position = None
        if place.lat is not None and place.lon is not None:
            position = to_lon_lat(place.lat, place.lon)
            if position is None:
                self.reject(
                    RejectReason.POSITION, "no position on earth in a reference system that this format uses",
                    field="lat, lon", value=(place.lat, place.lon), source_id=source_id,
                )  # fmt: skip
        if place.capacity_veh == 0:
            self.reject(
                RejectReason.OUT_OF_RANGE, "no places: taken as unknown", field="capacity", value=0, source_id=source_id
            )
        self._facilities.append(
            FeedFacility(
                id=source_id,
                name=place.name or source_id,
                capacity_veh=place.capacity_veh or None,
                position=position,
                is_bay=is_bay,
            )
        )

    def bay(self, source_id: str, *, occupied: bool, measured_at_s: float | None, time_field: str) -> None:
        """Note whether a bay is taken; a refused time is not also missing."""
        if measured_at_s is None:
            self._no_time(source_id, time_field)
            return
        try:
            reading = BayReading(
                source_id=source_id,
                measured_at_s=measured_at_s,
                received_at_s=self._received_at_s,
                occupied=occupied,
            )
        except InvalidValueError as error:
            self._invalid(error, source_id)
            return
        self._readings.append(reading)

    def status(self, source_id: str, status: StatusFields, *, is_open: bool | None, time_field: str) -> None:
        """Note a reading of the fields read last, or why there is none; a refused time is not also missing."""
        counts = (status.free_veh, status.occupied_veh)
        if status.measured_at_s is None:
            self._no_time(source_id, time_field)
            return
        if is_open is None and all(value is None for value in counts):
            self.reject(
                RejectReason.NO_VALUE, "tells neither free nor occupied places nor whether it is open",
                field="status", source_id=source_id,
            )  # fmt: skip
            return
        try:
            reading = OccupancyReading(
                source_id=source_id,
                measured_at_s=status.measured_at_s,
                received_at_s=self._received_at_s,
                free_veh=status.free_veh,
                occupied_veh=status.occupied_veh,
                # A garage of no places is a garage whose size is unknown.
                capacity_veh=status.capacity_veh or None,
                is_open=is_open,
            )
        except InvalidValueError as error:
            self._invalid(error, source_id)
            return
        self._readings.append(reading)

    def _no_time(self, source_id: str, time_field: str) -> None:
        if time_field not in self._refused:
            self.reject(
                RejectReason.MISSING_FIELD, "a reading must say when it was measured",
                field=time_field, source_id=source_id,
            )  # fmt: skip

    def _invalid(self, error: InvalidValueError, source_id: str) -> None:
        self.reject(RejectReason.OUT_OF_RANGE, error.limit, field=error.field, value=error.value, source_id=source_id)
