"""The scenario file as it is written, in pydantic: every key, its type and limits; its schema is published."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, ValidationError

from simulator.scenario.fields import (
    MOST_VISITORS_VEH,
    SCENARIO_ID_PATTERN,
    ArrowWord,
    CapacityVehH,
    Day,
    Factor,
    FeeEurH,
    Id,
    Ids,
    KindWord,
    Lanes,
    LaneTurns,
    Part,
    PlacesVeh,
    Point,
    PositionM,
    PurposeWord,
    RoadClassWord,
    Share,
    SpeedKmH,
    Text,
    Time,
    Timed,
    as_tuple,
)

__all__ = ["Measure", "ScenarioDocument", "ValidationError", "schema"]


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
    line: Annotated[tuple[Point, ...], BeforeValidator(as_tuple), Field(max_length=1_000)] = ()
    lane_turns: LaneTurns | None = None


class UseProgramme(Timed):
    """A junction runs one programme of its supply data: its only one, or with a time meanwhile."""

    measure: Literal["signal_programme"]
    junction: Id
    programme: Id


Green = Annotated[
    tuple[Annotated[int, Field(ge=0, le=119)], Annotated[int, Field(ge=1, le=119)]], BeforeValidator(as_tuple)
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
        Annotated[tuple[Share, ...], BeforeValidator(as_tuple), Field(min_length=24, max_length=24)] | None
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
    rows: Annotated[tuple[Row, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=8)]


class RemoveSign(Part):
    """A dynamic sign is taken away."""

    measure: Literal["remove_sign"]
    sign: Id


class SetSign(Part):
    """Signs stay where they are and show nothing, or show again what they are told; `all` names all."""

    measure: Literal["sign"]
    sign: Ids
    state: Literal["on", "off"]


class ScaleParking(Part):
    """More or fewer drivers than usual want to park in car parks; their places and stays are the same."""

    measure: Literal["parking_demand"]
    facility: Ids
    factor: Factor


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
    | SetSign
    | ScaleParking
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
    bus_calls: bool = True


class ScenarioDocument(Part):
    """A scenario file.  A key that is not given is inherited from the scenario it extends, else has its default."""

    extends: Text | None = None
    id: Annotated[str, Field(pattern=SCENARIO_ID_PATTERN)]
    title_de: Text
    title_en: Text
    description_de: Text | None = None
    description_en: Text | None = None
    sources: Annotated[tuple[Text, ...], BeforeValidator(as_tuple)] | None = None
    model: Annotated[Text, Field(description="Model folder, from here; default: the shipped model.")] | None = None
    day: Day | None = None
    from_: Annotated[Time | None, Field(alias="from")] = None
    until: Time | None = None
    warm_up_min: Annotated[float, Field(ge=0.0, le=1_440.0, description="Default 30.")] | None = None
    kappa: Annotated[float, Field(ge=0.0, le=1.0, description="Default 0.2.")] | None = None
    centre: Annotated[bool, Field(description="Default true.")] | None = None
    devices: DeviceQuality | None = None
    step_s: Annotated[float, Field(ge=0.1, le=60.0, description="Longest step of the kernel; default 1.")] | None = None
    measures: Annotated[tuple[Annotated[Measure, Field(discriminator="measure")], ...], BeforeValidator(as_tuple)] = ()


def schema() -> dict[str, Any]:
    """JSON schema of a scenario file."""
    made = ScenarioDocument.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made | {"title": "Stadttakt scenario"}
