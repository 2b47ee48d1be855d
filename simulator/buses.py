"""Buses: they start by the timetable, drive their fixed way, stop, and are late."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from simulator.bus_timetable import departures_from
from simulator.random_streams import random_stream
from simulator.roads import BUS, SHORTEST_FREE_FLOW_S
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    import numpy as np
    import simpy

    from simulator.bus_lines import BusLine, BusStopCall
    from simulator.bus_timetable import Departure
    from traffic_core.network import Network

DWELL_VARIATION = 0.6
"""Standard deviation of a dwell time over its mean: usual value without own data (TCRP Report 100, part 4)."""


class BusRoad(Protocol):
    """What buses need of the streets.  Links are indices in the order of the network."""

    def drive(self, link_path: tuple[int, ...], at_s: float, line_id: str = "", due_s: float = 0.0) -> simpy.Event:
        """Let a bus of a line enter the first link of a way at `at_s`, which is now, and would by timetable be `due_s`.

        The event's value is the time at which the bus reaches the downstream end of the last link; it leaves the street
        there.  The event may come up to a step of the kernel after that time, never before it.  Consecutive links are
        joined by permitted turns, at whose lights and right of way the bus waits as others do.
        """

    def hold(self, link: int, lanes: int, until_s: float) -> None:
        """Block lanes at the downstream end of a link from now until `until_s`; all where it has no more than these.

        Holds of one link may overlap.
        """


class Leg(NamedTuple):
    """Part of a way up to the next stop, or to the end."""

    links: tuple[int, ...]
    call: BusStopCall | None


@dataclass(slots=True, kw_only=True)
class BusRun:
    """One bus on its way, and after it."""

    line_id: str
    began_s: float
    free_s: float
    """Driving time in an empty network without lights."""
    mean_dwell_s: float
    """All stops together, as the timetable knows them."""
    dwell_s: float
    """All stops together, of this bus."""
    ended_s: float | None = None

    @property
    def scheduled_s(self) -> float:
        """When the bus should reach the end of its line."""
        return self.began_s + self.free_s + self.mean_dwell_s


@dataclass(frozen=True, slots=True, kw_only=True)
class BusFigures:
    """Figures of some runs; means of those that are done, None where none is."""

    runs_begun: int
    runs_done: int
    mean_travel_s: float | None
    """Stops included."""
    mean_delay_s: float | None
    """Against the empty network with the same times at the stops: what traffic and lights cost."""
    mean_lateness_s: float | None
    """Against the timetable, which knows mean times at the stops."""


class BusService:
    """All lines.  The processes start with the first departure at or after the environment's time.

    Buses that would be under way at that time are not there: a warm-up longer than the longest line brings them.
    Buses keep to their way whatever happens on it, do not wait for the time of the timetable at their stops, and do
    not pass on lateness to the next run.

    Raises
    ------
    InvalidValueError
        Where a line uses a link that the network has not.
    """

    def __init__(
        self,
        env: simpy.Environment,
        road: BusRoad,
        lines: Iterable[BusLine],
        network: Network,
        *,
        timezone: str,
        seed: int,
    ) -> None:
        self._env = env
        self._road = road
        self._lines = tuple(lines)
        self._zone = ZoneInfo(timezone)
        self._seed = seed
        self._legs = {line.id: legs_of(line, network) for line in self._lines}
        free_s = bus_free_s(network)
        self._link_free_s = [free_s[link] for link in network.links]
        self._free_s = {line.id: sum(free_s[link] for link in line.links) for line in self._lines}
        self.runs: list[BusRun] = []
        """In the order in which they began."""
        for line in self._lines:
            env.process(self._timetable(line))

    def figures(self, from_s: float = -math.inf, until_s: float = math.inf) -> dict[str, BusFigures]:
        """Figures of each line, of runs that began in [from_s, until_s)."""
        runs = self._begun(from_s, until_s)
        return {line.id: figures_of([run for run in runs if run.line_id == line.id]) for line in self._lines}

    def total(self, from_s: float = -math.inf, until_s: float = math.inf) -> BusFigures:
        """Figures of all lines together, of runs that began in [from_s, until_s)."""
        return figures_of(self._begun(from_s, until_s))

    def _begun(self, from_s: float, until_s: float) -> list[BusRun]:
        return [run for run in self.runs if from_s <= run.began_s < until_s]

    def _timetable(self, line: BusLine) -> Generator[simpy.Event, object, None]:
        for departure in departures_from(line, self._env.now, self._zone):
            yield self._env.timeout(max(0.0, departure.at_s - self._env.now))
            self._env.process(self._run(line, departure))

    def _run(self, line: BusLine, departure: Departure) -> Generator[simpy.Event, float, None]:
        dwells_s = dwell_times_s(line, random_stream(self._seed, entity_of(line, departure)))
        run = BusRun(
            line_id=line.id,
            began_s=self._env.now,
            free_s=self._free_s[line.id],
            mean_dwell_s=sum(call.dwell_s for call in line.calls),
            dwell_s=sum(dwells_s),
        )
        self.runs.append(run)
        at_s = due_s = run.began_s
        for number, leg in enumerate(self._legs[line.id]):
            at_s = yield self._road.drive(leg.links, self._env.now, line.id, due_s)
            due_s += sum(self._link_free_s[link] for link in leg.links)
            if leg.call is not None:
                due_s += leg.call.dwell_s
                at_s += dwells_s[number]
                if at_s > self._env.now:
                    if leg.call.in_lane:
                        self._road.hold(leg.links[-1], 1, at_s)
                    yield self._env.timeout(at_s - self._env.now)
        run.ended_s = at_s


def entity_of(line: BusLine, departure: Departure) -> str:
    """Name of a bus's random stream: its line, day and minute, so that other buses change nothing."""
    return f"bus {line.id} {departure.day.isoformat()} {float(departure.minute)}"


def legs_of(line: BusLine, network: Network) -> tuple[Leg, ...]:
    """Way of a line cut at its stops; one leg per call, and one more where the line goes on after the last.

    Raises `InvalidValueError` for a link that the network has not.
    """
    index = {link: place for place, link in enumerate(network.links)}
    for link in line.links:
        if link not in index:
            raise InvalidValueError(f"line[{line.id}].links", link, "must name links of the network")
    way = tuple(index[link] for link in line.links)
    legs, start = [], 0
    for call in line.calls:
        legs.append(Leg(way[start : call.position + 1], call))
        start = call.position + 1
    if start < len(way):
        legs.append(Leg(way[start:], None))
    return tuple(legs)


def bus_free_s(network: Network) -> dict[str, float]:
    """Time of a bus on each link when nobody else is there: free speed, but at most that of buses; see `roads.BUS`."""
    return {
        link.id: max(SHORTEST_FREE_FLOW_S, link.length_m / min(link.free_speed_m_s, BUS.speed_m_s))
        for link in network.links.values()
    }


def dwell_times_s(line: BusLine, stream: np.random.Generator) -> list[float]:
    """Times at the stops of one run: lognormal with each call's mean m and the variation c = DWELL_VARIATION.

    exp(μ + σ z) with σ² = ln(1 + c²) and μ = ln m − σ²/2, z standard normal, one for each call.
    """
    variance = math.log(1.0 + DWELL_VARIATION**2)
    draws = stream.standard_normal(len(line.calls)).tolist()
    return [
        call.dwell_s * math.exp(math.sqrt(variance) * z - variance / 2.0)
        for call, z in zip(line.calls, draws, strict=True)
    ]


def figures_of(runs: Iterable[BusRun]) -> BusFigures:
    """Figures of runs, done or not."""
    begun = list(runs)
    done = [(run, run.ended_s) for run in begun if run.ended_s is not None]
    return BusFigures(
        runs_begun=len(begun),
        runs_done=len(done),
        mean_travel_s=_mean([ended_s - run.began_s for run, ended_s in done]),
        mean_delay_s=_mean([ended_s - run.began_s - run.free_s - run.dwell_s for run, ended_s in done]),
        mean_lateness_s=_mean([ended_s - run.scheduled_s for run, ended_s in done]),
    )


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None
