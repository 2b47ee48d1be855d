"""The events of a scenario as processes: each begins, waits, and is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.scenario.events import (
    ClosureEvent,
    DetectorFaultEvent,
    Event,
    FacilityEvent,
    LaneEvent,
    ProgrammeEvent,
    SurgeEvent,
)
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from signal_plans.programme import SignalProgramme
    from simulator.simulation import Simulation


class EventCalendar:
    """Starts one process per event of the scenario; surges are part of the demand, faults belong to the detectors."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._held: dict[str, int] = {}
        for event in simulation.staged.events:
            if not isinstance(event, SurgeEvent | DetectorFaultEvent):
                simulation.env.process(self._happen(event))

    def holds(self, junction_id: str) -> bool:
        """Whether a junction runs what the scenario says, whatever the centre commands."""
        return self._held.get(junction_id, 0) > 0

    def _happen(self, event: Event) -> Generator[simpy.Event, object, None]:
        env = self._simulation.env
        yield env.timeout(max(0.0, event.from_s - env.now))
        self._begin(event)
        yield env.timeout(max(0.0, event.until_s - env.now))
        self._end(event)

    def _begin(self, event: Event) -> None:
        simulation, now_s = self._simulation, self._simulation.now_s
        match event:
            case LaneEvent():
                link = simulation.arrays.link_index[event.link_id]
                simulation.restrictions.block(link, self._lanes_blocked(event, link), now_s)
            case ClosureEvent():
                simulation.restrictions.close(simulation.arrays.link_index[event.link_id])
            case FacilityEvent():
                if event.facility_id in simulation.garages:
                    simulation.set_open(event.facility_id, is_open=False)
            case ProgrammeEvent():
                self._held[event.junction_id] = self._held.get(event.junction_id, 0) + 1
                programme = self._programme(event)
                simulation.lights.command(event.junction_id, programme, now_s, event.until_s)
            case _:
                raise InvalidValueError("event", event, "must be one that begins and ends")

    def _end(self, event: Event) -> None:
        simulation, now_s = self._simulation, self._simulation.now_s
        match event:
            case LaneEvent():
                link = simulation.arrays.link_index[event.link_id]
                simulation.restrictions.unblock(link, self._lanes_blocked(event, link), now_s)
            case ClosureEvent():
                simulation.restrictions.reopen(simulation.arrays.link_index[event.link_id], now_s)
            case FacilityEvent():
                if event.facility_id in simulation.garages:
                    simulation.set_open(event.facility_id, is_open=True)
            case ProgrammeEvent():
                self._held[event.junction_id] -= 1
            case _:
                raise InvalidValueError("event", event, "must be one that begins and ends")

    def _lanes_blocked(self, event: LaneEvent, link: int) -> int:
        return int(self._simulation.arrays.lanes[link]) - event.lanes_open

    def _programme(self, event: ProgrammeEvent) -> SignalProgramme:
        programmes = self._simulation.staged.model.junctions[event.junction_id].programmes
        return next(programme for programme in programmes if programme.id == event.programme_id)
