"""One run of a staged scenario: the town, the centre in it, and the record of what happened."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from parking.forecast.calendar import Calendar
from parking.forecast.forecaster import Forecaster
from signal_plans.announcement import validity_s
from signal_plans.holidays import holidays
from simulator.centre import GUIDANCE_EVERY_S, Centre
from simulator.results.recorder import Recorder
from simulator.results.run_result import INTERVAL_S
from simulator.results.trip_log import Tally
from simulator.results.whole_result import result_of
from simulator.scenario.events import ProgrammeEvent
from simulator.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import simpy

    from simulator.results.run_result import RunResult
    from simulator.staged import BaseModel, Staged

SAMPLE_S = 60.0


def run_staged(
    staged: Staged,
    *,
    seed: int,
    fingerprint: str,
    on_time: Callable[[float], None] | None = None,
    checked: bool = False,
) -> RunResult:
    """Simulate warm-up and period and return what the period came to.

    `on_time` hears the simulated time every minute.  With `checked` the conservation of vehicles is looked after in
    every step and the signals in every second; raises `RuntimeError` with the first fault.
    """
    played = play(staged, seed=seed, on_time=on_time, checked=checked)
    simulation = played.simulation
    begin_s, end_s = played.recorder.begin_s, played.recorder.end_s
    return result_of(
        scenario_id=staged.scenario_id,
        seed=seed,
        fingerprint=fingerprint,
        trips=simulation.book.log(),
        recorder=played.recorder,
        tally=played.tally,
        buses=simulation.buses.total(begin_s, end_s),
    )


class Played(NamedTuple):
    """A run that is over."""

    simulation: Simulation
    recorder: Recorder
    tally: Tally


def play(
    staged: Staged,
    *,
    seed: int,
    on_time: Callable[[float], None] | None = None,
    on_begin: Callable[[Simulation], None] = lambda _: None,
    checked: bool = False,
) -> Played:
    """Simulate warm-up and period; `on_begin` hears when the period begins, the rest is as in `run_staged`."""
    simulation = Simulation(staged, seed=seed, keeps_trips=True, checked=checked, watched=checked)
    env = simulation.env
    if staged.centre:
        env.process(_control(simulation, _centre(staged, simulation)))
    begin_s, end_s = float(staged.start_s), float(staged.start_s + staged.duration_s)
    if begin_s > simulation.now_s:
        env.run(until=begin_s)
    on_begin(simulation)
    before = _counts(simulation)
    recorder = Recorder(simulation.arrays, simulation.traffic, simulation.garages, begin_s, end_s)
    env.process(_record(simulation, recorder, on_time))
    env.run(until=end_s)
    if not recorder.is_complete:
        recorder.close_interval(end_s)
    if checked and (faults := simulation.lights.faults()):
        message = f"the signals broke a rule: {faults}"
        raise RuntimeError(message)
    gave_up, turned = (now - then for now, then in zip(_counts(simulation), before, strict=True))
    return Played(simulation, recorder, Tally(gave_up_veh=gave_up, turned_by_sign_veh=turned))


def _centre(staged: Staged, simulation: Simulation) -> Centre:
    model = staged.model
    junctions = {} if _all_are_held(staged) else model.junctions
    centre = Centre(
        model.network,
        junctions,
        model.parking,
        area_detectors=simulation.approach_sensors.detectors,
        forecaster=forecaster_of(model),
    )
    centre.allow_adaptive(staged.adaptive)
    return centre


def forecaster_of(model: BaseModel) -> Forecaster:
    """The forecaster that the service has for a town without a trained model."""
    return Forecaster(model.parking, Calendar(ZoneInfo(model.timezone), holidays))


def _all_are_held(staged: Staged) -> bool:
    """Whether no junction ever listens to the centre, so that its decisions on signals need not be made."""
    from_s, until_s = staged.start_s - staged.warm_up_s, staged.start_s + staged.duration_s
    held = {
        event.junction_id
        for event in staged.events
        if isinstance(event, ProgrammeEvent) and event.from_s <= from_s and event.until_s >= until_s
    }
    return held == set(staged.model.junctions)


def _counts(simulation: Simulation) -> tuple[int, int]:
    counts = simulation.drivers.counts
    return counts.gave_up, counts.turned_by_sign


def _record(
    simulation: Simulation, recorder: Recorder, on_time: Callable[[float], None] | None
) -> Generator[simpy.Event, object, None]:
    """Look at the queues every minute and close the intervals."""
    while not recorder.is_complete:
        now_s = simulation.now_s
        if (now_s - recorder.begin_s) % INTERVAL_S == 0.0:
            recorder.close_interval(now_s)
        else:
            recorder.sample(now_s)
        if on_time is not None:
            on_time(now_s)
        yield simulation.env.timeout(SAMPLE_S)


def _control(simulation: Simulation, centre: Centre) -> Generator[simpy.Event, object, None]:
    """The control cycle: readings in, commands and contents out, as often as something can be decided."""
    env = simulation.env
    while True:
        now_s = simulation.now_s
        centre.accept([*simulation.take_readings(), *simulation.bus_calls()], now_s)
        centre.see(simulation.approaches(), now_s)
        for decision in centre.signal_turn(now_s):
            simulation.obey(decision, now_s + validity_s(decision))
        if now_s % GUIDANCE_EVERY_S == 0.0:
            for content in centre.guidance_turn(now_s):
                simulation.show(content)
        next_s = min(now_s + GUIDANCE_EVERY_S - now_s % GUIDANCE_EVERY_S, centre.next_signal_turn_s)
        yield env.timeout(max(1.0, math.ceil(next_s - now_s)))
