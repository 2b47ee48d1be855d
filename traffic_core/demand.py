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
LOWEST_LEVEL, HIGHEST_LEVEL = 0.05, 3.0
"""Range of a day's volume over that of a weekday; a single purpose may rest."""


class ZoneKind(StrEnum):
    """Where trips of a zone begin and end."""

    INSIDE = "inside"
    OUTSIDE = "outside"


class Purpose(StrEnum):
    """Why a trip is made.  Ways there and back are apart where they make a tide: they differ in their hours."""

    COMMUTING = "commuting"
    """To work; the way back is COMMUTING_HOME."""
    COMMUTING_HOME = "commuting_home"
    SHOPPING = "shopping"
    """Both ways: they are at most an hour or two apart."""
    LEISURE = "leisure"
    """Visits, errands and leisure, both ways."""
    THROUGH = "through"
    PARK_AND_RIDE = "park_and_ride"
    """To the car park at the station; the way back is PARK_AND_RIDE_HOME."""
    PARK_AND_RIDE_HOME = "park_and_ride_home"
    FAIR = "fair"
    """To the fair; the way back is FAIR_HOME."""
    FAIR_HOME = "fair_home"
    DELIVERY = "delivery"
    INTERNAL = "internal"
    """Whatever else stays inside the town, both ways."""


WAY_BACK = MappingProxyType(
    {
        Purpose.COMMUTING: Purpose.COMMUTING_HOME,
        Purpose.PARK_AND_RIDE: Purpose.PARK_AND_RIDE_HOME,
        Purpose.FAIR: Purpose.FAIR_HOME,
    }
)
"""Purposes with a way back of their own."""


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
    purpose: Purpose | None = None
    """None: for every purpose without a profile of its own."""
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        where = f"profile[{','.join(self.key_words)}]"
        if len(self.shares) != HOURS:
            raise InvalidValueError(f"{where}.shares", len(self.shares), "must be 24 hours")
        for hour, share in enumerate(self.shares):
            require.between(f"{where}.shares[{hour}]", share, 0.0, 1.0)
        if self.day_type is DayType.WEEKDAY and abs(self.level - 1.0) > SHARE_SUM_TOLERANCE:
            raise InvalidValueError(f"{where}.shares", self.level, "must sum to 1")
        lowest = LOWEST_LEVEL if self.purpose is None else 0.0
        require.between(f"{where}.sum of shares", self.level, lowest, HIGHEST_LEVEL)

    @property
    def key(self) -> tuple[DayType, Purpose | None]:
        """What the profile is for."""
        return self.day_type, self.purpose

    @property
    def key_words(self) -> tuple[str, ...]:
        """The same in words, without the purpose where there is none."""
        return tuple(part.value for part in self.key if part is not None)

    @property
    def level(self) -> float:
        """Volume of the day over the volume of a weekday."""
        return sum(self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Zones, cells and profiles whose references all resolve; one cell per origin, destination and purpose."""

    zones: Mapping[str, Zone]
    cells: tuple[DemandCell, ...]
    profiles: Mapping[tuple[DayType, Purpose | None], DayProfile]
    """By day type and purpose; under None that of all purposes without an own one, at least for a weekday."""

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
        if (DayType.WEEKDAY, None) not in self.profiles:
            known = sorted(",".join(profile.key_words) for profile in self.profiles.values())
            raise InvalidValueError("profiles", known, "must hold a weekday for all purposes")
        for profile_key, profile in self.profiles.items():
            if profile.key != profile_key:
                raise InvalidValueError(f"profile[{','.join(profile.key_words)}]", profile_key, "must be its key")

    def shares(self, day_type: DayType, purpose: Purpose) -> tuple[float, ...]:
        """Share of a weekday's trips of a purpose that start in each of the 24 hours of a day.

        From the profile of that day and purpose, else the one of that day for all purposes; a day without any is like
        a weekday.
        """
        for key in ((day_type, purpose), (day_type, None), (DayType.WEEKDAY, purpose)):
            if key in self.profiles:
                return self.profiles[key].shares
        return self.profiles[DayType.WEEKDAY, None].shares

    def total_veh_h(self, day_type: DayType) -> tuple[float, ...]:
        """Trips of all cells that start in each of the 24 hours of a day."""
        veh_24h = dict.fromkeys(Purpose, 0.0)
        for cell in self.cells:
            veh_24h[cell.purpose] += cell.veh_24h
        course = {purpose: self.shares(day_type, purpose) for purpose in Purpose}
        return tuple(sum(veh_24h[purpose] * course[purpose][hour] for purpose in Purpose) for hour in range(HOURS))

    def trip_kind(self, cell: DemandCell) -> TripKind:
        """Whether a cell's trips only pass the model, begin or end in it, or stay inside."""
        inside = sum(self.zones[end].kind is ZoneKind.INSIDE for end in (cell.origin, cell.destination))
        return (TripKind.THROUGH, TripKind.ORIGIN_DESTINATION, TripKind.INTERNAL)[inside]
