"""What reports traffic to a junction: loops, push buttons, and the reporting points of buses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signal_plans.supply.groups import check_word
from traffic_core import require


class DetectorBuild(StrEnum):
    """How a detector notices somebody."""

    LOOP = "loop"
    PUSH_BUTTON = "push_button"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyDetector:
    """An input of the junction and the groups it reports for."""

    id: str
    build: str
    """Word of the supply file, such as Schleife or Taster; may be empty."""
    groups: tuple[str, ...]

    def __post_init__(self) -> None:
        require.identifier("detector.id", self.id)
        check_word(f"detector[{self.id}].build", self.build)

    @property
    def kind(self) -> DetectorBuild:
        """How it notices somebody."""
        known = {"Schleife": DetectorBuild.LOOP, "Taster": DetectorBuild.PUSH_BUTTON}
        return known.get(self.build, DetectorBuild.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingPoint:
    """Where a bus reports; the number is sent by radio."""

    id: str
    number: int | None = None

    def __post_init__(self) -> None:
        require.identifier("reporting_point.id", self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePoint:
    """A reporting point on the way to a stop line; a negative distance lies behind it."""

    id: str
    point: str
    distance_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusCall:
    """What a report means, and the travel time from there to the stop line, s."""

    memory: str
    point: str
    function: str
    travel_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BusRoute:
    """Reports on one approach and the group they call."""

    id: str
    target: str
    points: tuple[RoutePoint, ...]
    calls: tuple[BusCall, ...]

    def __post_init__(self) -> None:
        require.identifier("bus_route.id", self.id)
        words = [("point", word) for point in self.points for word in (point.id, point.point)]
        words += [("call", word) for call in self.calls for word in (call.memory, call.point, call.function)]
        for name, word in words:
            check_word(f"bus_route[{self.id}].{name}", word)
        for point in self.points:
            require.between(f"bus_route[{self.id}].point[{point.id}].distance_m", point.distance_m, -5_000, 5_000)
        for call in self.calls:
            require.between(f"bus_route[{self.id}].call[{call.point}].travel_s", call.travel_s, 0, 3_600)
