"""How a list names its columns and words: options of the formats `csv_list`, `geojson_list` and `json_list`."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from api.feeds.local_times import ISO, UNIX_MS, UNIX_S
from api.feeds.options import FormatOptions, ZoneName


class StateWord(StrEnum):
    """What a word of a list means for a facility."""

    OPEN = "open"
    CLOSED = "closed"
    FULL = "full"
    AVAILABLE = "available"
    """There are free places; says nothing about opening."""
    NO_DATA = "no_data"
    """The counts beside it are not measured."""


class BayWord(StrEnum):
    """What a word of a list means for a bay."""

    FREE = "free"
    TAKEN = "taken"
    NO_DATA = "no_data"


def _time_form(value: str) -> str:
    if value in {ISO, UNIX_S, UNIX_MS}:
        return value
    needed = ("%d", "%m", "%H", "%M")
    if not all(part in value for part in needed) or ("%Y" not in value and "%y" not in value):
        raise ValueError(f"must be iso, unix_s, unix_ms or a pattern like %d.%m.%Y %H:%M, with {', '.join(needed)}")
    try:
        datetime.strptime(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).strftime(value), value)  # noqa: DTZ007  # a trial
    except ValueError as error:
        raise ValueError("must be a pattern like %d.%m.%Y %H:%M") from error
    return value


def _as_state(value: object) -> object:
    return StateWord(value) if isinstance(value, str) and value in set(StateWord) else value


def _as_bay(value: object) -> object:
    return BayWord(value) if isinstance(value, str) and value in set(BayWord) else value


def _lower(words: dict[str, StateWord]) -> dict[str, StateWord]:
    return {word.strip().lower(): meaning for word, meaning in words.items()}


def _lower_bays(words: dict[str, BayWord]) -> dict[str, BayWord]:
    return {word.strip().lower(): meaning for word, meaning in words.items()}


_State = Annotated[StateWord, BeforeValidator(_as_state)]
_Bay = Annotated[BayWord, BeforeValidator(_as_bay)]


class Columns(FormatOptions):
    """Names of columns; a dot leads into a nested object of JSON.  A column that a list lacks is not told."""

    id: str = "id"
    name: str = "name"
    capacity: str = "capacity"
    free: str = "free"
    occupied: str = "occupied"
    lat: str = "lat"
    lon: str = "lon"
    time: str = "time"
    state: str = "state"
    bay: str | None = None
    """The column that says whether a single bay is taken; with it each record is a bay."""


class ListOptions(FormatOptions):
    """What all lists have in common."""

    columns: Columns = Columns()
    time_form: Annotated[str, AfterValidator(_time_form)] = ISO
    time_zone: ZoneName | None = None
    """Where times without an offset are local; without it they are refused."""
    time_is_arrival: bool = False
    """The list tells no time: its records count as measured when they came.  A list that stops then looks alive."""
    states: Annotated[dict[str, _State], AfterValidator(_lower)] = Field(
        default_factory=lambda: {
            "open": StateWord.OPEN,
            "closed": StateWord.CLOSED,
            "full": StateWord.FULL,
            "available": StateWord.AVAILABLE,
            "nodata": StateWord.NO_DATA,
            "no_data": StateWord.NO_DATA,
            "unknown": StateWord.NO_DATA,
        }
    )
    bays: Annotated[dict[str, _Bay], AfterValidator(_lower_bays)] = Field(
        default_factory=lambda: {
            "true": BayWord.TAKEN,
            "taken": BayWord.TAKEN,
            "occupied": BayWord.TAKEN,
            "false": BayWord.FREE,
            "free": BayWord.FREE,
            "vacant": BayWord.FREE,
            "unknown": BayWord.NO_DATA,
        }
    )

    @property
    def zone(self) -> ZoneInfo | None:
        """Where times without an offset are local."""
        return None if self.time_zone is None else ZoneInfo(self.time_zone)
