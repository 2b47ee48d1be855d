"""A parking facility: garage, surface car park, P+R or on-street section."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import LonLat, require_lon_lat

if TYPE_CHECKING:
    from traffic_core.provenance import Provenance


LONGEST_NAME = 256
"""More, or a control character, is refused by readers of what is published."""


class FacilityKind(StrEnum):
    """How a facility is built and used."""

    GARAGE = "garage"
    PARK_AND_RIDE = "park_and_ride"
    SURFACE = "surface"
    ON_STREET = "on_street"
    EXTERNAL = "external"
    """Known, but guided by somebody else's system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A place to park.  `capacity_veh` is None where nobody could tell us; such a facility never shows a number."""

    id: str
    name: str
    district: str
    position: LonLat
    kind: FacilityKind
    capacity_veh: int | None
    reserve_veh: int
    """Places kept back: shown as full once no more than these are free."""
    update_interval_s: float
    """How often its feed normally reports."""
    access_node: str
    """Network node where its driveway begins."""
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("facility.id", self.id)
        where = f"facility[{self.id}]"
        if not 1 <= len(self.name) <= LONGEST_NAME or not self.name.isprintable() or not self.name.strip():
            raise InvalidValueError(f"{where}.name", self.name, f"must be 1 to {LONGEST_NAME} printable characters")
        require_lon_lat(f"{where}.position", self.position)
        if self.capacity_veh is not None:
            require.between(f"{where}.capacity_veh", self.capacity_veh, 1, 100_000)
            require.between(f"{where}.reserve_veh", self.reserve_veh, 0, self.capacity_veh - 1)
        require.between(f"{where}.update_interval_s", self.update_interval_s, 1.0, 1_800.0)
