"""The scenario file as it is written, in pydantic: every key, its type and limits; its schema is published."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from parking.facility import FacilityKind
from parking.sign import Arrow
from traffic_core.demand import Purpose
from traffic_core.network import MOST_LANES, Movement, RoadClass

if TYPE_CHECKING:
    from enum import StrEnum

__all__ = ["Measure", "ScenarioDocument", "ValidationError", "schema"]

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


def _tuple(value: object) -> object:
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
Point = Annotated[tuple[Lon, Lat], BeforeValidator(_tuple)]
Movements = Annotated[
    tuple[Annotated[Movement, _word(Movement)], ...],
    BeforeValidator(_tuple),
    Field(min_length=1),
]
LaneTurns = Annotated[
    tuple[Movements, ...],
    BeforeValidator(_tuple),
    Field(description="Movements of each lane, from the right."),
]
HourlyShares = Annotated[tuple[Share, ...], BeforeValidator(_tuple), Field(min_length=24, max_length=24)]
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


class CloseLink(Timed):
    """Nobody may use a link; with a time nobody may enter it meanwhile."""

    measure: Literal["close_link"]
    link: Ids


class CloseTurn(Part):
    """A turn is forbidden: by its id, or by both links."""

    measure: Literal["close_turn"]
    turn: Id | None = None
    from_link: Id | None = None
    to_link: Id | None = None


class SetLanes(Part):
    """A link has another number of lanes; the capacity of each stays."""

    measure: Literal["lanes"]
    link: Ids
    lanes: Lanes
    lane_turns: LaneTurns | None = None


class SetSpeed(Part):
    """A link has another free speed."""

    measure: Literal["speed"]
    link: Ids
    speed_km_h: SpeedKmH


class SetCapacity(Part):
    """A link has another capacity."""

    measure: Literal["capacity"]
    link: Ids
    veh_h: CapacityVehH


class NewLink(Part):
    """One direction of a new street; turns at both ends follow from the drawn lines."""

    measure: Literal["new_link"]
    id: Id
    name: Text
    from_node: Id
    to_node: Id
    lanes: Lanes
    speed_km_h: SpeedKmH
    capacity_veh_h: CapacityVehH
    road_class: RoadClassWord
    line: Annotated[tuple[Point, ...], BeforeValidator(_tuple), Field(max_length=1_000)] = ()
    lane_turns: LaneTurns | None = None


class UseProgramme(Timed):
    """A junction runs one programme of its supply data: its only one, or with a time meanwhile."""

    measure: Literal["signal_programme"]
    junction: Id
    programme: Id


Green = Annotated[
    tuple[Annotated[int, Field(ge=0, le=119)], Annotated[int, Field(ge=1, le=119)]], BeforeValidator(_tuple)
]


class ChangeProgramme(Part):
    """A programme of a junction with other times; it must pass the safety check."""

    measure: Literal["programme_change"]
    junction: Id
    programme: Id
    cycle_s: Annotated[int, Field(ge=20, le=120)] | None = None
    offset_s: Annotated[int, Field(ge=0, le=119)] | None = None
    greens: dict[Id, Green] = Field(default_factory=dict, description="Start and length of green by group, s.")


class SetControl(Part):
    """Junctions obey the centre, run their own first programme, or are controlled adaptively; `all` names all."""

    measure: Literal["control"]
    junction: Ids
    mode: Literal["own", "centre", "adaptive"]


class NewSignal(Part):
    """A node gets signals, or others than it has; supply data in the tables of a model folder."""

    measure: Literal["new_signal"]
    junction: Id
    supply: Text


class RemoveSignal(Part):
    """A junction loses its signals; the higher road class has right of way."""

    measure: Literal["remove_signal"]
    junction: Id


class NewFacility(Part):
    """A car park at a node, or in the middle of a link."""

    measure: Literal["new_facility"]
    id: Id
    name: Text
    district: Text
    kind: KindWord
    capacity_veh: PlacesVeh
    reserve_veh: Annotated[int, Field(ge=0)] = 0
    fee_eur_h: FeeEurH | None = None
    mean_stay_min: Annotated[float, Field(ge=1.0, le=10_080.0)]
    access_node: Id | None = None
    link: Id | None = None
    position_m: PositionM | None = None
    opposite_link: Id | None = None
    occupied_share: (
        Annotated[tuple[Share, ...], BeforeValidator(_tuple), Field(min_length=24, max_length=24)] | None
    ) = None
    guided: bool = True


class CloseFacility(Timed):
    """A car park lets nobody in."""

    measure: Literal["close_facility"]
    facility: Id


class ResizeFacility(Part):
    """A car park has another number of places; who wants to park there stays the same."""

    measure: Literal["resize_facility"]
    facility: Id
    capacity_veh: PlacesVeh | None = None
    change_veh: Annotated[int, Field(ge=-100_000, le=100_000)] | None = None


class SetPrice(Part):
    """A car park has another fee."""

    measure: Literal["price"]
    facility: Id
    fee_eur_h: FeeEurH


class Row(Part):
    """One line of a sign."""

    label_de: Text
    label_en: Text
    arrow: ArrowWord
    facilities: Ids


class NewSign(Part):
    """A dynamic sign beside a link."""

    measure: Literal["new_sign"]
    id: Id
    name: Text
    link: Id
    position_m: PositionM
    rows: Annotated[tuple[Row, ...], BeforeValidator(_tuple), Field(min_length=1, max_length=8)]


class RemoveSign(Part):
    """A dynamic sign is taken away."""

    measure: Literal["remove_sign"]
    sign: Id


class SetKappa(Part):
    """Another share of drivers to car parks reads signs."""

    measure: Literal["kappa"]
    share: Share


class ScaleDemand(Part):
    """More or fewer trips: all, or those of a purpose, or those that begin or end in a zone, or both."""

    measure: Literal["demand"]
    factor: Factor
    zone: Id | None = None
    purpose: PurposeWord | None = None


class Happening(Part):
    """Visitors come to a zone, and go home where the time to leave is given."""

    measure: Literal["event"]
    name: Text
    zone: Id
    from_zones: dict[Id, Annotated[float, Field(gt=0.0, le=1e6)]] | None = None
    visitors_veh: Annotated[float, Field(gt=0.0, le=MOST_VISITORS_VEH)]
    arrive_from: Time | None = None
    arrive_until: Time | None = None
    leave_from: Time | None = None
    leave_until: Time | None = None


class Incident(Part):
    """Lanes of a link are blocked for a time, at its stop line or at a place on it."""

    measure: Literal["incident"]
    link: Id
    lanes_blocked: Lanes
    from_: Annotated[Time, Field(alias="from")]
    until: Time
    position_m: PositionM | None = None


class DetectorFault(Timed):
    """A detector is silent, counts nothing, or repeats its last values."""

    measure: Literal["detector_fault"]
    detector: Id
    fault: Literal["silent", "zero", "stuck"]


Measure: TypeAlias = (
    CloseLink
    | CloseTurn
    | SetLanes
    | SetSpeed
    | SetCapacity
    | NewLink
    | UseProgramme
    | ChangeProgramme
    | SetControl
    | NewSignal
    | RemoveSignal
    | NewFacility
    | CloseFacility
    | ResizeFacility
    | SetPrice
    | NewSign
    | RemoveSign
    | SetKappa
    | ScaleDemand
    | Happening
    | Incident
    | DetectorFault
)


class DeviceQuality(Part):
    """How well the devices at the roadside work."""

    detector_miss_share: Share = 0.0
    counter_miss_share: Share = 0.0
    area_miss_share: Share = 0.0


class ScenarioDocument(Part):
    """A scenario file.  A key that is not given is inherited from the scenario it extends, else has its default."""

    extends: Text | None = None
    id: Annotated[str, Field(pattern=SCENARIO_ID_PATTERN)]
    title_de: Text
    title_en: Text
    description_de: Text | None = None
    description_en: Text | None = None
    sources: Annotated[tuple[Text, ...], BeforeValidator(_tuple)] | None = None
    model: Annotated[Text, Field(description="Model folder, from here; default: the shipped model.")] | None = None
    day: Day | None = None
    from_: Annotated[Time | None, Field(alias="from")] = None
    until: Time | None = None
    warm_up_min: Annotated[float, Field(ge=0.0, le=1_440.0, description="Default 30.")] | None = None
    kappa: Annotated[float, Field(ge=0.0, le=1.0, description="Default 0.2.")] | None = None
    centre: Annotated[bool, Field(description="Default true.")] | None = None
    devices: DeviceQuality | None = None
    step_s: Annotated[float, Field(ge=0.1, le=60.0, description="Longest step of the kernel; default 1.")] | None = None
    measures: Annotated[tuple[Annotated[Measure, Field(discriminator="measure")], ...], BeforeValidator(_tuple)] = ()


def schema() -> dict[str, Any]:
    """JSON schema of a scenario file."""
    made = ScenarioDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made | {"title": "Stadttakt scenario"}
