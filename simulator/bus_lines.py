"""Bus lines: where they run, where they stop, when they start."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_core import require
from traffic_core.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStopCall:
    """A stop that a line calls at: at the end of one link of its way."""

    stop_id: str
    position: int
    """Index of the link in the line's `links`, at whose downstream end the bus stops."""
    dwell_s: float
    """Mean time at the stop."""
    in_lane: bool
    """Whether the bus stops in its lane and holds those behind; otherwise in a bay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusLine:
    """One direction of a line.  Buses run from the first to the last link and vanish there."""

    id: str
    name: str
    links: tuple[str, ...]
    calls: tuple[BusStopCall, ...]
    departures_min: tuple[float, ...]
    """Minutes after local midnight at which buses start on a weekday, ascending, 0 to 1440."""

    def __post_init__(self) -> None:
        require.identifier("line.id", self.id)
        if not self.links:
            raise InvalidValueError(f"line[{self.id}].links", self.links, "must name at least one link")
        before = -1
        for call in self.calls:
            where = f"line[{self.id}].call[{call.stop_id}]"
            if not before < call.position < len(self.links):
                raise InvalidValueError(f"{where}.position", call.position, f"must lie above {before}, on the way")
            require.between(f"{where}.dwell_s", call.dwell_s, 0.0, 600.0)
            before = call.position
        if list(self.departures_min) != sorted(self.departures_min):
            raise InvalidValueError(f"line[{self.id}].departures_min", self.departures_min, "must ascend")
        for at_min in self.departures_min:
            require.between(f"line[{self.id}].departures_min", at_min, 0.0, 1_440.0)
