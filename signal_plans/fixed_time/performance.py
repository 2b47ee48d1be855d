"""How well plans serve the flows, by the model of platoons and queues."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPerformance:
    """Mean values of one stream."""

    stream_id: str
    flow_veh_h: float
    capacity_veh_h: float
    """Share of what its lane can pass with this mix of streams; 0 for a lane without flow."""
    degree_of_saturation: float
    delay_s: float
    """Seconds per vehicle."""
    stops: float
    """Stops per vehicle."""
    queue_mean_veh: float
    queue_max_veh: float
    """Longest queue of a mean cycle, with what is left over from cycles before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JunctionPerformance:
    """All streams of a junction."""

    junction_id: str
    cycle_s: int
    streams: tuple[StreamPerformance, ...]

    @property
    def flow_veh_h(self) -> float:
        """Vehicles an hour of all streams."""
        return sum(stream.flow_veh_h for stream in self.streams)

    @property
    def delay_s(self) -> float:
        """Mean delay, s per vehicle; 0 without traffic."""
        return _mean([(stream.flow_veh_h, stream.delay_s) for stream in self.streams])

    @property
    def stops(self) -> float:
        """Mean stops per vehicle; 0 without traffic."""
        return _mean([(stream.flow_veh_h, stream.stops) for stream in self.streams])

    @property
    def degree_of_saturation(self) -> float:
        """That of the worst stream."""
        return max((stream.degree_of_saturation for stream in self.streams), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TownPerformance:
    """All junctions of a town."""

    junctions: tuple[JunctionPerformance, ...]
    cost_veh: float
    """What the optimiser makes small: vehicles that wait at any time, with the weights of stops and overload."""

    @property
    def delay_veh_h_h(self) -> float:
        """Vehicle hours lost in an hour."""
        return sum(junction.flow_veh_h * junction.delay_s for junction in self.junctions) / 3600.0

    @property
    def delay_s(self) -> float:
        """Mean delay per vehicle and junction, s."""
        return _mean([(junction.flow_veh_h, junction.delay_s) for junction in self.junctions])

    @property
    def stops(self) -> float:
        """Mean stops per vehicle and junction."""
        return _mean([(junction.flow_veh_h, junction.stops) for junction in self.junctions])


def _mean(parts: list[tuple[float, float]]) -> float:
    weight = sum(part for part, _ in parts)
    return sum(part * value for part, value in parts) / weight if weight > 0.0 else 0.0
