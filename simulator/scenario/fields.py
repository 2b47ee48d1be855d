"""Types of the values of a scenario file, and what all its parts have in common."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from parking.facility import FacilityKind
from parking.sign import Arrow
from traffic_core.demand import Purpose
from traffic_core.network import MOST_LANES, Movement, RoadClass

if TYPE_CHECKING:
    from enum import StrEnum

LARGEST_FACTOR = 10.0
MOST_VISITORS_VEH = 100_000.0
TIME_PATTERN = r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"


def _several(value: object) -> object:
    """One id or a list of them: both mean a list."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(value)
    raise ValueError("must be an id or a list of ids")


def as_tuple(value: object) -> object:
    """A list of a file as a tuple; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def _day(value: object) -> object:
    with suppress(ValueError):
        if str(day := dt.date.fromisoformat(str(value))) == value and 1970 <= day.year < 2200:
            return day
    raise ValueError("must be a day YYYY-MM-DD of the years 1970 to 2199")


def _word(kinds: type[StrEnum]) -> BeforeValidator:
    """A word of an enumeration; strict models take members only, and a file holds text."""

    def member(value: object) -> object:
        known = {kind.value: kind for kind in kinds}
        if not isinstance(value, str) or value not in known:
            raise ValueError("must be one of " + ", ".join(known))
        return known[value]

    return BeforeValidator(member)


SCENARIO_ID_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$"
_ID_PATTERN = r"^[^#+/\s]([^#+/\x00-\x1f\x7f]*[^#+/\s])?$"
Id = Annotated[str, Field(min_length=1, max_length=80, pattern=_ID_PATTERN)]
Ids = Annotated[
    tuple[Id, ...],
    BeforeValidator(_several),
    Field(min_length=1),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}),
]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]
Time = Annotated[str, Field(pattern=TIME_PATTERN, description="Local time, HH:MM; 24:00 is the end of the day.")]
Day = Annotated[dt.date, BeforeValidator(_day)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Factor = Annotated[float, Field(ge=0.0, le=LARGEST_FACTOR)]
Lanes = Annotated[int, Field(ge=1, le=MOST_LANES)]
SpeedKmH = Annotated[float, Field(ge=5.0, le=200.0)]
CapacityVehH = Annotated[float, Field(ge=50.0, le=3_000.0 * MOST_LANES, description="All lanes together.")]
PositionM = Annotated[float, Field(ge=0.0, description="Behind the start of the link, in driving direction.")]
PlacesVeh = Annotated[int, Field(ge=1, le=100_000)]
FeeEurH = Annotated[float, Field(ge=0.0, le=100.0)]
Lon = Annotated[float, Field(ge=-180.0, le=180.0)]
Lat = Annotated[float, Field(ge=-90.0, le=90.0)]
Point = Annotated[tuple[Lon, Lat], BeforeValidator(as_tuple)]
Movements = Annotated[
    tuple[Annotated[Movement, _word(Movement)], ...],
    BeforeValidator(as_tuple),
    Field(min_length=1),
]
LaneTurns = Annotated[
    tuple[Movements, ...],
    BeforeValidator(as_tuple),
    Field(description="Movements of each lane, from the right."),
]
PurposeWord = Annotated[Purpose, _word(Purpose)]
RoadClassWord = Annotated[RoadClass, _word(RoadClass)]
KindWord = Annotated[FacilityKind, _word(FacilityKind)]
ArrowWord = Annotated[Arrow, _word(Arrow)]


class Part(BaseModel):
    """Nothing is coerced, nothing unknown is accepted, no number is infinite."""

    model_config = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, frozen=True, validate_by_name=False, validate_by_alias=True
    )


class Timed(Part):
    """Something that holds for a part of the run; without both times for the whole of it."""

    from_: Annotated[Time | None, Field(alias="from")] = None
    until: Time | None = None
