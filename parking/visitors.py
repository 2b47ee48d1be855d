"""What is known of those who look for a place: their vehicles, who may not park where, and where they are bound for."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import require_lon_lat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.geometry import LonLat

CAR = "car"
"""The class of those of whom nothing else is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Optional data; without any, everybody drives a car that fits everywhere.

    That facilities and districts are those of a model is checked where the cells are made of both.
    """

    class_share: Mapping[str, float] = field(default_factory=lambda: {CAR: 1.0})
    """Share of each vehicle class (a van that needs height, a disabled badge, an electric car), 1 in all."""
    refused: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Vehicle classes that a facility does not take, by its id."""
    centres: Mapping[str, LonLat] = field(default_factory=dict)
    """Where those bound for a district walk to; without one, the mean position of its facilities."""

    def __post_init__(self) -> None:
        for name in ("class_share", "refused", "centres"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for vehicle_class, share in self.class_share.items():
            require.identifier("visitors.class", vehicle_class)
            require.between(f"visitors.class_share[{vehicle_class}]", share, 0.0, 1.0)
        total = sum(self.class_share.values())
        if abs(total - 1.0) > 1e-9:
            raise InvalidValueError("visitors.class_share", total, "must sum to 1")
        for facility_id, classes in self.refused.items():
            for vehicle_class in sorted(classes - self.class_share.keys()):
                raise InvalidValueError(f"visitors.refused[{facility_id}]", vehicle_class, "must name a known class")
        for district, centre in self.centres.items():
            require_lon_lat(f"visitors.centres[{district}]", centre)

    def takes(self, facility_id: str, vehicle_class: str) -> bool:
        """Whether a facility takes vehicles of the class."""
        return vehicle_class not in self.refused.get(facility_id, frozenset())


ANYBODY = Visitors()
