"""The parking side of a town: its facilities, what is known about their use, and its signs."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.facility import Facility
    from parking.quality.files import FacilityQuality
    from parking.sign import Sign

HOURS = 24
LONGEST_STAY_MIN = 10_080.0
"""A week."""
LARGEST_CAPACITY_VEH = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityUse:
    """What is known about the use of a facility beside its size."""

    fee_eur_h: float | None
    """None where nobody knows; 0 is free of charge."""
    mean_stay_min: float
    guided: bool
    """Whether guidance may recommend it; others may still stand on a sign."""
    occupied_share: tuple[float, ...]
    """Typical occupied share of the 24 hours of a weekday, each at the full hour; empty where nobody knows."""
    usual_capacity_veh: int | None = None
    """Number of places that the shares refer to; None: the present one.  Another number means that a measure changed
    the size and the wish to park stayed: with fewer places more drivers may come than there is room for."""

    def __post_init__(self) -> None:
        if self.fee_eur_h is not None:
            require.between("use.fee_eur_h", self.fee_eur_h, 0.0, 100.0)
        require.between("use.mean_stay_min", self.mean_stay_min, 1.0, LONGEST_STAY_MIN)
        if len(self.occupied_share) not in {0, HOURS}:
            raise InvalidValueError("use.occupied_share", len(self.occupied_share), "must have 24 hours or none")
        for hour, share in enumerate(self.occupied_share):
            require.between(f"use.occupied_share[{hour}]", share, 0.0, 1.0)
        if self.usual_capacity_veh is not None:
            require.between("use.usual_capacity_veh", self.usual_capacity_veh, 1, LARGEST_CAPACITY_VEH)

    def wanted_places_veh(self, capacity_veh: int) -> int:
        """Number of places that the shares refer to, for a facility that has `capacity_veh` now."""
        return capacity_veh if self.usual_capacity_veh is None else self.usual_capacity_veh

    def occupied_share_at(self, second_of_day_s: float) -> float | None:
        """Typical occupied share, linear between the full hours and around midnight; None where nobody knows."""
        if not self.occupied_share:
            return None
        hour, rest_s = divmod(second_of_day_s, 3_600.0)
        before = self.occupied_share[int(hour) % HOURS]
        after = self.occupied_share[(int(hour) + 1) % HOURS]
        return before + (after - before) * rest_s / 3_600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingModel:
    """Facilities and signs whose references all resolve.  Mappings keep the order of the input."""

    facilities: Mapping[str, Facility]
    signs: Mapping[str, Sign]
    uses: Mapping[str, FacilityUse]
    """By facility id; one for every facility."""
    quality: Mapping[str, FacilityQuality] = field(default_factory=dict)
    """By facility id: limits that differ from the defaults."""

    def __post_init__(self) -> None:
        for name in ("facilities", "signs", "uses", "quality"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for facility_id in self.facilities:
            if facility_id not in self.uses:
                raise InvalidValueError("model.uses", facility_id, "must have an entry for every facility")
        for sign in self.signs.values():
            for number, row in enumerate(sign.rows, start=1):
                for facility_id in row.facility_ids:
                    if facility_id not in self.facilities:
                        where = f"sign[{sign.id}].row[{number}].facility_ids"
                        raise InvalidValueError(where, facility_id, "must name a facility of the model")
