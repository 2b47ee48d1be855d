"""Readings as devices send them, and what they are told in return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from api.wire.base import Instant, WireModel, instant_text, seconds_of
from traffic_core.errors import InvalidValueError
from traffic_core.readings import (
    FARTHEST_M,
    MOST_SEEN_VEH,
    ApproachReading,
    BayReading,
    BusCall,
    ButtonPress,
    DetectorReading,
    OccupancyReading,
    Reading,
    SeenVehicle,
)
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_READINGS = 1_000
MOST_BYTES = 1_048_576

SourceId = Annotated[str, Field(min_length=1, max_length=200)]


class DetectorItem(WireModel):
    """Vehicles over a detector in the interval that ends at `measured_at`."""

    kind: Literal["detector"]
    source_id: SourceId
    measured_at: Instant
    interval_s: float = Field(ge=1, le=3_600)
    count_veh: int = Field(ge=0, le=100_000)
    occupancy_share: float | None = Field(default=None, ge=0, le=1)
    speed_km_h: float | None = Field(default=None, ge=0, le=360)


class OccupancyItem(WireModel):
    """State of a parking facility; at least one value must be told."""

    kind: Literal["occupancy"]
    source_id: SourceId
    measured_at: Instant
    free_veh: int | None = Field(default=None, ge=-100_000, le=100_000)
    occupied_veh: int | None = Field(default=None, ge=-100_000, le=100_000)
    capacity_veh: int | None = Field(default=None, ge=0, le=100_000)
    entered_veh: int | None = Field(default=None, ge=0, le=100_000)
    left_veh: int | None = Field(default=None, ge=0, le=100_000)
    is_open: bool | None = None


class BayItem(WireModel):
    """Whether one marked bay is taken; `source_id` is the facility, a dot, and the bay."""

    kind: Literal["bay"]
    source_id: SourceId
    measured_at: Instant
    occupied: bool


class VehicleItem(WireModel):
    """A vehicle in front of a stop line; nothing tells who it is.  Lanes count from the right, from 1."""

    lane: int | None = Field(default=None, ge=1, le=20)
    distance_m: float = Field(ge=0, le=FARTHEST_M)
    speed_km_h: float = Field(ge=0, le=360)


class ApproachItem(WireModel):
    """Vehicles that an area detector (radar, video) sees in front of a stop line in one moment."""

    kind: Literal["approach"]
    source_id: SourceId
    measured_at: Instant
    vehicles: list[VehicleItem] = Field(max_length=MOST_SEEN_VEH)


class BusCallItem(WireModel):
    """A bus calls a signal group, or signs off (`cleared`); the run is forgotten once it has passed."""

    kind: Literal["bus_call"]
    source_id: SourceId
    measured_at: Instant
    run: int = Field(ge=0, le=999_999)
    line: str | None = Field(default=None, min_length=1, max_length=20)
    arrival_at: Instant | None = None
    late_s: float = Field(default=0.0, ge=-3_600, le=7_200)
    cleared: bool = False


class ButtonItem(WireModel):
    """Somebody presses the button of a signal group, or lets go of it."""

    kind: Literal["button"]
    source_id: SourceId
    measured_at: Instant
    pressed: bool = True


AnyItem: TypeAlias = DetectorItem | OccupancyItem | BayItem | ApproachItem | BusCallItem | ButtonItem
KINDS = frozenset({"detector", "occupancy", "bay", "approach", "bus_call", "button"})
Item = Annotated[AnyItem, Field(discriminator="kind")]


class Batch(WireModel):
    """What a device posts: up to 1,000 readings."""

    readings: list[Item] = Field(max_length=MOST_READINGS)


class RejectedItem(WireModel):
    """One reading that was refused, and why.  `index` counts from 0; a pushed feed has records instead."""

    index: int | None
    source_id: str | None
    reason: str
    field: str
    explanation: str


class BatchAnswer(WireModel):
    """What became of a batch.  `stored` says whether the accepted readings are safe on disk."""

    accepted: int
    repaired: int
    rejected: list[RejectedItem]
    stored: bool


@dataclass(frozen=True, slots=True)
class MalformedBatchError(Exception):
    """A body that is no batch at all."""

    reason: str
    explanation: str


_ITEM: TypeAdapter[AnyItem] = TypeAdapter(Item)


def parse_batch(body: bytes, received_at_s: float) -> list[tuple[int, Reading | RejectedItem]]:
    """Read a batch; each reading stands or falls by itself.  Raises `MalformedBatchError` for a body that is none."""
    if len(body) > MOST_BYTES:
        raise MalformedBatchError("oversized", f"{len(body)} bytes, at most {MOST_BYTES}")
    try:
        batch = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise MalformedBatchError("malformed", f"no JSON: {error}") from error
    if not isinstance(batch, dict) or set(batch) != {"readings"} or not isinstance(batch["readings"], list):
        raise MalformedBatchError("malformed", 'the body must be an object with the one key "readings", a list')
    items: Sequence[object] = batch["readings"]
    if len(items) > MOST_READINGS:
        raise MalformedBatchError("oversized", f"{len(items)} readings, at most {MOST_READINGS}")
    return [(index, _read_item(index, item, received_at_s)) for index, item in enumerate(items)]


def _read_item(index: int, raw: object, received_at_s: float) -> Reading | RejectedItem:
    source_id = raw.get("source_id") if isinstance(raw, dict) else None
    told_id = source_id[:200] if isinstance(source_id, str) else None
    try:
        return to_domain(_ITEM.validate_python(raw), received_at_s)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part not in KINDS)
        value = repr(first["input"])[:80]
        told = f"{where or 'kind'} = {value}: {first['msg']}"
        return RejectedItem(index=index, source_id=told_id, reason="malformed", field=where or "kind", explanation=told)
    except InvalidValueError as error:
        return RejectedItem(
            index=index, source_id=told_id, reason="malformed", field=error.field, explanation=str(error)
        )
    except ValueError as error:
        return RejectedItem(
            index=index, source_id=told_id, reason="malformed", field="measured_at", explanation=str(error)
        )


def to_domain(item: AnyItem, received_at_s: float) -> Reading:
    """Turn a wire item into a reading.  Raises `ValueError` for a time outside this century and the next."""
    measured_at_s = seconds_of(item.measured_at)
    if isinstance(item, DetectorItem):
        return DetectorReading(
            source_id=item.source_id,
            measured_at_s=measured_at_s,
            received_at_s=received_at_s,
            interval_s=item.interval_s,
            count_veh=item.count_veh,
            occupancy_share=item.occupancy_share,
            speed_m_s=None if item.speed_km_h is None else item.speed_km_h / KM_H_PER_M_S,
        )
    if isinstance(item, OccupancyItem):
        return OccupancyReading(
            source_id=item.source_id,
            measured_at_s=measured_at_s,
            received_at_s=received_at_s,
            free_veh=item.free_veh,
            occupied_veh=item.occupied_veh,
            capacity_veh=item.capacity_veh,
            entered_veh=item.entered_veh,
            left_veh=item.left_veh,
            is_open=item.is_open,
        )
    if isinstance(item, ApproachItem):
        return ApproachReading(
            source_id=item.source_id,
            measured_at_s=measured_at_s,
            received_at_s=received_at_s,
            vehicles=tuple(
                SeenVehicle(vehicle.lane, vehicle.distance_m, vehicle.speed_km_h / KM_H_PER_M_S)
                for vehicle in item.vehicles
            ),
        )
    if isinstance(item, BusCallItem):
        return BusCall(
            source_id=item.source_id,
            measured_at_s=measured_at_s,
            received_at_s=received_at_s,
            run=item.run,
            line=item.line,
            arrival_s=None if item.arrival_at is None else seconds_of(item.arrival_at),
            late_s=item.late_s,
            cleared=item.cleared,
        )
    if isinstance(item, ButtonItem):
        return ButtonPress(
            source_id=item.source_id, measured_at_s=measured_at_s, received_at_s=received_at_s, pressed=item.pressed
        )
    return BayReading(
        source_id=item.source_id, measured_at_s=measured_at_s, received_at_s=received_at_s, occupied=item.occupied
    )


def from_domain(reading: Reading) -> dict[str, object]:
    """A reading as a device would send it; what is not measured is left out."""
    told: dict[str, object] = {"source_id": reading.source_id, "measured_at": instant_text(reading.measured_at_s)}
    if isinstance(reading, DetectorReading):
        speed_m_s = reading.speed_m_s
        told |= {
            "kind": "detector",
            "interval_s": reading.interval_s,
            "count_veh": reading.count_veh,
            "occupancy_share": reading.occupancy_share,
            "speed_km_h": None if speed_m_s is None else speed_m_s * KM_H_PER_M_S,
        }
    elif isinstance(reading, OccupancyReading):
        told |= {
            "kind": "occupancy",
            "free_veh": reading.free_veh,
            "occupied_veh": reading.occupied_veh,
            "capacity_veh": reading.capacity_veh,
            "entered_veh": reading.entered_veh,
            "left_veh": reading.left_veh,
            "is_open": reading.is_open,
        }
    elif isinstance(reading, ApproachReading):
        told |= {"kind": "approach", "vehicles": [_vehicle(vehicle) for vehicle in reading.vehicles]}
    elif isinstance(reading, BusCall):
        arrival_s = reading.arrival_s
        told |= {
            "kind": "bus_call",
            "run": reading.run,
            "line": reading.line,
            "arrival_at": None if arrival_s is None else instant_text(arrival_s),
            "late_s": round(reading.late_s, 1),
            "cleared": reading.cleared,
        }
    elif isinstance(reading, ButtonPress):
        told |= {"kind": "button", "pressed": reading.pressed}
    else:
        told |= {"kind": "bay", "occupied": reading.occupied}
    return {name: value for name, value in told.items() if value is not None}


def _vehicle(vehicle: SeenVehicle) -> dict[str, object]:
    """Rounded as no detector is better: the messages of a town are many."""
    told: dict[str, object] = {
        "distance_m": round(vehicle.distance_m, 1),
        "speed_km_h": round(vehicle.speed_m_s * KM_H_PER_M_S, 1),
    }
    return told if vehicle.lane is None else told | {"lane": vehicle.lane}
