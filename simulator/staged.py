"""What a simulation starts from: a model as it is, or as the measures of a scenario make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parking.model import ParkingModel
    from signal_plans.junction import Junction
    from simulator.bus_lines import BusLine
    from simulator.scenario.events import Event
    from traffic_core.demand import Demand, Purpose
    from traffic_core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseModel:
    """A model folder, loaded and checked."""

    id: str
    timezone: str
    network: Network
    demand: Demand
    junctions: Mapping[str, Junction]
    parking: ParkingModel
    lines: tuple[BusLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """How well the devices at the roadside work."""

    detector_miss_share: float = 0.0
    """Probability that a detector misses a vehicle."""
    counter_miss_share: float = 0.0
    """Probability that a car park's counter misses a car: its count drifts."""
    area_miss_share: float = 0.0
    """Probability that an area detector does not see a vehicle in a second."""
    bus_calls: bool = True
    """Whether buses call the junctions that are controlled adaptively."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Everything one run needs but its seed.  Times in seconds since 1970."""

    scenario_id: str
    model: BaseModel
    """With all measures that hold all day."""
    start_s: float
    """Whole second; the period that counts begins here."""
    duration_s: float
    warm_up_s: float
    kappa: float
    """Share of the drivers to car parks who read signs."""
    centre: bool
    """Whether the centre works: selects programmes and guides; otherwise controllers run their own, signs are dark."""
    demand_factor: float
    """Of all trips."""
    purpose_factor: Mapping[Purpose, float] = field(default_factory=lambda: MappingProxyType({}))
    """Of the trips of a purpose, on top; 1 where it is missing."""
    zone_factor: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Of the trips that begin or end in a zone, on top; of both zones the product."""
    devices: Devices = field(default_factory=Devices)
    events: tuple[Event, ...] = ()
    """In the order of `from_s`."""
    step_s: float = 1.0
    """Longest step of the vehicle kernel."""
    adaptive: tuple[str, ...] = ()
    """Junctions at which area detectors watch the approaches and adaptive control is allowed."""
    dark_signs: tuple[str, ...] = ()
    """Signs that show nothing, whatever the centre tells them."""
