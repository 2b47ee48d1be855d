"""One record of a list with configured columns: static facts, a reading, or the state of a bay."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import Field

from api.feeds.coordinates import from_degrees_or_utm_32
from api.feeds.fields import Capacity, CoordinateAny, CountAny, FieldError, Name, PlaceFields, StatusFields
from api.feeds.list_options import BayWord, StateWord
from api.feeds.local_times import list_time_s
from api.feeds.port import RejectReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.feeds.collector import Collector
    from api.feeds.list_options import ListOptions

Word = TypeVar("Word", StateWord, BayWord)
_COUNTS = ("free", "occupied")
_IS_OPEN = {StateWord.OPEN: True, StateWord.CLOSED: False}


class _Place(PlaceFields):
    name: Name | None = None
    capacity_veh: Capacity | None = Field(None, alias="capacity")
    lat: CoordinateAny | None = None
    lon: CoordinateAny | None = None


class _Status(StatusFields):
    free_veh: CountAny | None = Field(None, alias="free")
    occupied_veh: CountAny | None = Field(None, alias="occupied")
    capacity_veh: Capacity | None = Field(None, alias="capacity")


class ListRecords:
    """Reads the records of one list that reached us at `received_at_s`."""

    def __init__(self, options: ListOptions, collector: Collector, received_at_s: float) -> None:
        self._options = options
        self._collector = collector
        self._received_at_s = received_at_s

    def read(self, told: Callable[[str], object], where: str) -> None:
        """Read one record; `told` gives the value of a column, None where there is none."""
        columns = self._options.columns
        names = {key: name for key, name in columns if isinstance(name, str)}
        raw = {key: _without_blank(told(name)) for key, name in names.items()}
        source_id = self._collector.identify(_whole(raw["id"]), f"{where}.{columns.id}")
        if source_id is None:
            return
        if any(raw[key] is not None for key in ("name", "capacity", "lat", "lon")):
            place = self._collector.read(_Place, raw, source_id)
            is_bay = columns.bay is not None
            self._collector.facility(source_id, place, from_degrees_or_utm_32, is_bay=is_bay)
        if columns.bay is not None:
            self._read_bay(source_id, raw)
        elif any(raw[key] is not None for key in (*_COUNTS, "state")):
            self._read_status(source_id, raw)

    def _read_status(self, source_id: str, raw: Mapping[str, object]) -> None:
        state = self._word(source_id, "state", raw["state"], self._options.states)
        if state is StateWord.NO_DATA:
            self._no_data(source_id, "state", raw["state"])
            return
        status = self._collector.read(_Status, {key: raw[key] for key in (*_COUNTS, "capacity")}, source_id)
        if state is StateWord.FULL and raw["free"] is None:
            status = status.model_copy(update={"free_veh": 0})
        status = status.model_copy(update={"measured_at_s": self._time_s(source_id, raw["time"])})
        is_open = None if state is None else _IS_OPEN.get(state)
        self._collector.status(source_id, status, is_open=is_open, time_field=self._options.columns.time)

    def _read_bay(self, source_id: str, raw: Mapping[str, object]) -> None:
        if raw["bay"] is None:
            self._no_data(source_id, "bay", None)
            return
        word = self._word(source_id, "bay", raw["bay"], self._options.bays)
        if word is BayWord.NO_DATA:
            self._no_data(source_id, "bay", raw["bay"])
        elif word is not None:
            self._collector.read(_Status, {}, source_id)
            time_field = self._options.columns.time
            at_s = self._time_s(source_id, raw["time"])
            self._collector.bay(source_id, occupied=word is BayWord.TAKEN, measured_at_s=at_s, time_field=time_field)

    def _time_s(self, source_id: str, value: object) -> float | None:
        options = self._options
        if options.time_is_arrival:
            return self._received_at_s
        if value is None:
            return None
        try:
            return list_time_s(value, options.time_form, options.zone, self._received_at_s)
        except FieldError as error:
            self._collector.refuse(error, field=options.columns.time, value=value, source_id=source_id)
            return None

    def _word(self, source_id: str, key: str, value: object, words: Mapping[str, Word]) -> Word | None:
        if value is None:
            return None
        text = str(value).strip().lower() if isinstance(value, str | int) else ""
        if text not in words:
            self._collector.reject(
                RejectReason.WRONG_TYPE, f"must be one of {', '.join(sorted(words))}",
                field=str(getattr(self._options.columns, key)), value=value, source_id=source_id,
            )  # fmt: skip
        return words.get(text)

    def _no_data(self, source_id: str, key: str, value: object) -> None:
        self._collector.reject(
            RejectReason.NO_VALUE, "tells that nothing was measured",
            field=str(getattr(self._options.columns, key)), value=value, source_id=source_id,
        )  # fmt: skip


def _without_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _whole(value: object) -> object:
    """Identifiers of tables are numbers with a decimal zero at times."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
