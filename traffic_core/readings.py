"""Readings from the world: what was measured, when, when it reached us, and how good it is.

Times are seconds since 1970-01-01 00:00 UTC.  `None` means "not measured", never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from traffic_core import require
from traffic_core.errors import InvalidValueError

EARLIEST_S = 946_684_800.0
"""2000-01-01; no device of ours is older."""
LATEST_S = 7_258_118_400.0
"""2200-01-01."""
MOST_SEEN_VEH = 200
"""More vehicles do not stand within the reach of an area detector."""
FARTHEST_M = 1_000.0


class Quality(StrEnum):
    """What a value rests on."""

    MEASURED = "measured"
    REPAIRED = "repaired"
    """Measured, and brought back into its range with a stated reason."""
    HELD = "held"
    """The last measured value, older than it should be."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorReading:
    """Vehicles over a detector in the interval that ends at `measured_at_s`."""

    source_id: str
    measured_at_s: float
    received_at_s: float
    interval_s: float
    count_veh: int
    occupancy_share: float | None = None
    speed_m_s: float | None = None
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)
        require.between("interval_s", self.interval_s, 1.0, 3_600.0)
        require.between("count_veh", self.count_veh, 0, 100_000)
        if self.occupancy_share is not None:
            require.between("occupancy_share", self.occupancy_share, 0.0, 1.0)
        if self.speed_m_s is not None:
            require.between("speed_m_s", self.speed_m_s, 0.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyReading:
    """State of a parking facility.

    `free_veh` may be outside [0, capacity] here: devices do report that, and the quality gate must see it.
    `entered_veh` and `left_veh` count since the previous reading of the same source.
    """

    source_id: str
    measured_at_s: float
    received_at_s: float
    free_veh: int | None = None
    occupied_veh: int | None = None
    capacity_veh: int | None = None
    entered_veh: int | None = None
    left_veh: int | None = None
    is_open: bool | None = None
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)
        for name in ("free_veh", "occupied_veh"):
            value = getattr(self, name)
            if value is not None:
                require.between(name, value, -100_000, 100_000)
        for name in ("capacity_veh", "entered_veh", "left_veh"):
            value = getattr(self, name)
            if value is not None:
                require.between(name, value, 0, 100_000)
        told = (self.free_veh, self.occupied_veh, self.entered_veh, self.left_veh, self.is_open)
        if all(value is None for value in told):
            limit = "a reading must tell at least one of free, occupied, entered, left, is_open"
            raise InvalidValueError("free_veh", None, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class BayReading:
    """Whether one marked bay is taken."""

    source_id: str
    measured_at_s: float
    received_at_s: float
    occupied: bool
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)


class SeenVehicle(NamedTuple):
    """A vehicle in one moment; nothing tells it from others, or from itself a second later."""

    lane: int | None
    """Counted from the right, from 1; None where the detector does not tell lanes apart."""
    distance_m: float
    """From its front to the stop line."""
    speed_m_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachReading:
    """Vehicles that an area detector (radar, video) sees in front of a stop line in one moment."""

    source_id: str
    measured_at_s: float
    received_at_s: float
    vehicles: tuple[SeenVehicle, ...]
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)
        if len(self.vehicles) > MOST_SEEN_VEH:
            raise InvalidValueError("vehicles", len(self.vehicles), f"must be at most {MOST_SEEN_VEH}")
        for i, (lane, distance_m, speed_m_s) in enumerate(self.vehicles):
            if lane is not None:
                require.between(f"vehicles[{i}].lane", lane, 1, 20)
            require.between(f"vehicles[{i}].distance_m", distance_m, 0.0, FARTHEST_M)
            require.between(f"vehicles[{i}].speed_m_s", speed_m_s, 0.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusCall:
    """What a bus tells a junction on its way: it comes, it comes now, or it has passed; after the telegrams of VDV 420.

    `source_id` names the signal group that it calls, see `signal_plans.adaptive.call_points`.  The run tells two buses
    of one approach apart and is forgotten once the bus has passed.
    """

    source_id: str
    measured_at_s: float
    received_at_s: float
    run: int
    arrival_s: float | None = None
    """When it reaches the stop line if nothing holds it; None only where it has passed."""
    late_s: float = 0.0
    """Behind its timetable; negative where it is early."""
    line: str | None = None
    cleared: bool = False
    """It has crossed the stop line, or goes another way."""
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)
        require.between("run", self.run, 0, 999_999)
        require.between("late_s", self.late_s, -3_600.0, 7_200.0)
        if self.line is not None:
            require.identifier("line", self.line)
        if self.arrival_s is not None:
            require.between("arrival_s", self.arrival_s, EARLIEST_S, LATEST_S)
        elif not self.cleared:
            raise InvalidValueError("arrival_s", None, "must be given by a bus that has not passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPress:
    """Somebody presses the button of a signal group, or lets go of it."""

    source_id: str
    measured_at_s: float
    received_at_s: float
    pressed: bool = True
    quality: Quality = Quality.MEASURED

    def __post_init__(self) -> None:
        _check_times(self.source_id, self.measured_at_s, self.received_at_s)


Request = BusCall | ButtonPress
Reading = DetectorReading | OccupancyReading | BayReading | ApproachReading | BusCall | ButtonPress
PASSING = (ApproachReading, BusCall, ButtonPress)
"""Readings of single persons and vehicles: counted, never kept."""


def _check_times(source_id: str, measured_at_s: float, received_at_s: float) -> None:
    require.identifier("source_id", source_id)
    require.between("measured_at_s", measured_at_s, EARLIEST_S, LATEST_S)
    require.between("received_at_s", received_at_s, EARLIEST_S, LATEST_S)
