"""How many vehicles want to go where, why, and at which hour: valid by construction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.provenance import Provenance

HOURS = 24
LARGEST_CELL_VEH_24H = 200_000.0
SHARE_SUM_TOLERANCE = 0.001


class ZoneKind(StrEnum):
    """Where trips of a zone begin and end."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class Purpose(StrEnum):
    """Why a trip is made."""

    COMMUTING = "commuting"
    SHOPPING = "shopping"
    THROUGH = "through"
    PARK_AND_RIDE = "park_and_ride"
    FAIR = "fair"
    DELIVERY = "delivery"
    INTERNAL = "internal"


class DayType(StrEnum):
    """Days that share a course of traffic."""

    WEEKDAY = "weekday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class TripKind(StrEnum):
    """How a trip relates to the town."""

    THROUGH = "through"
    ORIGIN_DESTINATION = "origin_destination"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A quarter or a gate.  Its trips start and end at its nodes, in equal shares."""

    id: str
    name: str
    kind: ZoneKind
    nodes: tuple[str, ...]
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("zone.id", self.id)
        if not self.nodes or len(set(self.nodes)) != len(self.nodes):
            raise InvalidValueError(f"zone[{self.id}].nodes", self.nodes, "must name at least one node, each once")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandCell:
    """Vehicles of a weekday from one zone to another with one purpose."""

    origin: str
    destination: str
    purpose: Purpose
    veh_24h: float
    provenance: Provenance

    def __post_init__(self) -> None:
        where = f"demand[{self.origin},{self.destination},{self.purpose.value}]"
        if self.origin == self.destination:
            raise InvalidValueError(f"{where}.destination", self.destination, "must differ from the origin")
        require.between(f"{where}.veh_24h", self.veh_24h, 0.0, LARGEST_CELL_VEH_24H)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayProfile:
    """Share of a weekday's volume that starts in each of the 24 hours; sums to the day's level against a weekday."""

    day_type: DayType
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        where = f"profile[{self.day_type.value}]"
        if len(self.shares) != HOURS:
            raise InvalidValueError(f"{where}.shares", len(self.shares), "must be 24 hours")
        for hour, share in enumerate(self.shares):
            require.between(f"{where}.shares[{hour}]", share, 0.0, 1.0)
        if self.day_type is DayType.WEEKDAY and abs(self.level - 1.0) > SHARE_SUM_TOLERANCE:
            raise InvalidValueError(f"{where}.shares", self.level, "must sum to 1")
        require.between(f"{where}.sum of shares", self.level, 0.05, 3.0)

    @property
    def level(self) -> float:
        """Volume of the day over the volume of a weekday."""
        return sum(self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Zones, cells and profiles whose references all resolve; one cell per origin, destination and purpose."""

    zones: Mapping[str, Zone]
    cells: tuple[DemandCell, ...]
    profiles: Mapping[DayType, DayProfile]

    def __post_init__(self) -> None:
        object.__setattr__(self, "zones", MappingProxyType(dict(self.zones)))
        object.__setattr__(self, "profiles", MappingProxyType(dict(self.profiles)))
        seen: set[tuple[str, str, Purpose]] = set()
        for cell in self.cells:
            where = f"demand[{cell.origin},{cell.destination},{cell.purpose.value}]"
            for end in (cell.origin, cell.destination):
                if end not in self.zones:
                    raise InvalidValueError(where, end, "must name a zone")
            key = (cell.origin, cell.destination, cell.purpose)
            if key in seen:
                raise InvalidValueError(where, cell.veh_24h, "must occur once")
            seen.add(key)
        if DayType.WEEKDAY not in self.profiles:
            raise InvalidValueError("profiles", sorted(day.value for day in self.profiles), "must hold a weekday")
        for day_type, profile in self.profiles.items():
            if profile.day_type is not day_type:
                raise InvalidValueError(f"profile[{day_type.value}].day_type", profile.day_type, "must be its key")

    def trip_kind(self, cell: DemandCell) -> TripKind:
        """Whether a cell's trips only pass the model, begin or end in it, or stay inside."""
        inside = sum(self.zones[end].kind is ZoneKind.INSIDE for end in (cell.origin, cell.destination))
        return (TripKind.THROUGH, TripKind.ORIGIN_DESTINATION, TripKind.INTERNAL)[inside]
