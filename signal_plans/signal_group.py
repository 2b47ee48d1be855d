"""A signal group: lamps that always show the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from traffic_core import require
from traffic_core.errors import InvalidValueError

WALKING_M_S = 1.2


class GroupKind(StrEnum):
    """Who looks at the lamps."""

    VEHICLE = "vehicle"
    PEDESTRIAN = "pedestrian"
    CYCLE = "cycle"
    BUS = "bus"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalGroup:
    """Lamps that always show the same, and the turns that obey them (none for pedestrians).

    Times in whole seconds.  Red-amber belongs to the end of red, amber to the time after green.
    """

    id: str
    kind: GroupKind
    min_green_s: int
    amber_s: int
    red_amber_s: int
    turns: tuple[str, ...] = ()
    saturation_flow_veh_h: float = 0.0
    crossing_m: float = 0.0
    """Way on foot from kerb to kerb or to the refuge; 0 where it is not known, or for other groups."""
    for_blind: bool = False
    """Whether the crossing is equipped for the blind, who start later and need the whole way while it is green."""
    on_request: bool = False
    """Whether adaptive control may leave the group out until somebody presses its button; programmes show it always."""

    def __post_init__(self) -> None:
        require.identifier("signal_group.id", self.id)
        where = f"signal_group[{self.id}]"
        require.between(f"{where}.min_green_s", self.min_green_s, 1, 60)
        require.between(f"{where}.amber_s", self.amber_s, 0, 8)
        require.between(f"{where}.red_amber_s", self.red_amber_s, 0, 3)
        require.between(f"{where}.saturation_flow_veh_h", self.saturation_flow_veh_h, 0.0, 20_000.0)
        require.between(f"{where}.crossing_m", self.crossing_m, 0.0, 100.0)
        if self.kind is not GroupKind.PEDESTRIAN and (self.crossing_m or self.for_blind):
            raise InvalidValueError(f"{where}.crossing_m", self.crossing_m, "only pedestrians have a crossing")
        if self.on_request and self.kind not in {GroupKind.PEDESTRIAN, GroupKind.CYCLE}:
            raise InvalidValueError(f"{where}.on_request", self.kind.value, "only pedestrians and cycles have a button")
        if self.kind is GroupKind.VEHICLE:
            require.between(f"{where}.min_green_s", self.min_green_s, 5, 60)
            require.between(f"{where}.amber_s", self.amber_s, 3, 5)
            require.between(f"{where}.red_amber_s", self.red_amber_s, 1, 2)
            require.positive(f"{where}.saturation_flow_veh_h", self.saturation_flow_veh_h)
            if not self.turns:
                raise InvalidValueError(f"{where}.turns", self.turns, "a vehicle group must serve at least one turn")

    @property
    def least_walking_green_s(self) -> int:
        """Green that a crossing needs, full seconds: half of the way at 1.2 m/s, all of it for the blind; 0 if unknown.

        Source: RiLSA practice; both shares are to be confirmed with the guideline.
        """
        walked_m = self.crossing_m if self.for_blind else self.crossing_m / 2.0
        return math.ceil(round(walked_m / WALKING_M_S, 6))
