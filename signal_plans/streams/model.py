"""A signalised junction as its vehicles meet it: approach lanes, the streams out of them, and stages.

Timing, coordination and adaptive control know junctions in this form only, whatever they came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from traffic_core import require
from traffic_core.errors import InvalidValueError


class Right(IntEnum):
    """What a stage grants a stream; the numbers are those of the kernels."""

    RED = 0
    PERMISSIVE = 1
    """Green, but gives way to `Stream.yields_to`."""
    PROTECTED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachLane:
    """A lane at a stop line, with the street behind it that only its vehicles use."""

    id: str
    length_m: float
    """Room for a queue, back to the junction upstream or to where lanes part."""
    speed_m_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Vehicles of one approach lane that leave by one exit; several streams share a lane first in, first out.

    A lane's streams together are all that happens on it.
    """

    id: str
    lane: int
    """Position in `StagedJunction.lanes`."""
    exit: str
    """The lane or link it leads to, see `Exit`."""
    group: str
    """Signal group it obeys."""
    headway_s: float
    """Seconds between two vehicles of a queue that leave unhindered."""
    yields_to: tuple[int, ...] = ()
    """Positions of the streams it gives way to while permissive."""
    crossing_s: float = 2.0
    """Seconds from the stop line until the conflict area is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStage:
    """What each stream may do while the stage runs, and how long it may."""

    id: str
    rights: tuple[Right, ...]
    """One for each stream of the junction."""
    min_green_s: int
    max_green_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedJunction:
    """A junction with its lanes, streams and stages.

    `interstage_s[a][b]` is the time from the end of stage a to the start of stage b, s: streams of both go on, those of
    a alone stop at its beginning (amber first), those of b alone start at its end.
    """

    id: str
    lanes: tuple[ApproachLane, ...]
    streams: tuple[Stream, ...]
    stages: tuple[StreamStage, ...]
    interstage_s: tuple[tuple[int, ...], ...]
    amber_s: int = 3

    def __post_init__(self) -> None:
        where = f"junction[{self.id}]"
        if not self.stages:
            raise InvalidValueError(f"{where}.stages", 0, "must be at least 1")
        size = len(self.stages)
        if len(self.interstage_s) != size or any(len(row) != size for row in self.interstage_s):
            shape = [len(row) for row in self.interstage_s]
            raise InvalidValueError(f"{where}.interstage_s", shape, f"must be square, {size} by {size}")
        for a, row in enumerate(self.interstage_s):
            for b, time_s in enumerate(row):
                require.between(f"{where}.interstage_s[{self.stages[a].id},{self.stages[b].id}]", time_s, 0, 60)
        for lane in self.lanes:
            require.positive(f"{where}.lane[{lane.id}].length_m", lane.length_m)
            require.positive(f"{where}.lane[{lane.id}].speed_m_s", lane.speed_m_s)
        for stream in self.streams:
            self._check_stream(f"{where}.stream[{stream.id}]", stream)
        for stage in self.stages:
            named = f"{where}.stage[{stage.id}]"
            if len(stage.rights) != len(self.streams):
                raise InvalidValueError(f"{named}.rights", len(stage.rights), f"must be {len(self.streams)}")
            require.between(f"{named}.min_green_s", stage.min_green_s, 1, 60)
            require.between(f"{named}.max_green_s", stage.max_green_s, stage.min_green_s, 600)
        for s, stream in enumerate(self.streams):
            if all(stage.rights[s] is Right.RED for stage in self.stages):
                raise InvalidValueError(f"{where}.stream[{stream.id}].rights", "red", "must be green in some stage")

    def _check_stream(self, where: str, stream: Stream) -> None:
        require.between(f"{where}.lane", stream.lane, 0, len(self.lanes) - 1)
        require.between(f"{where}.headway_s", stream.headway_s, 0.5, 10.0)
        require.between(f"{where}.crossing_s", stream.crossing_s, 0.0, 30.0)
        for foe in stream.yields_to:
            require.between(f"{where}.yields_to", foe, 0, len(self.streams) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A lane or link behind a junction: where its vehicles come to next."""

    id: str
    length_m: float
    feeds: tuple[tuple[str, str, float], ...] = ()
    """(junction, approach lane, share of the exit's vehicles) of the signals it leads to; shares may sum to less
    than 1 where vehicles leave on the way."""
    travel_s: float = 0.0
    """Free travel time from the stop line upstream to the stop line downstream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTown:
    """All junctions and the exits between them."""

    junctions: tuple[StagedJunction, ...]
    exits: tuple[Exit, ...] = ()
