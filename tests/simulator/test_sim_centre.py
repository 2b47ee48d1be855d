"""The centre in a run says what the service would say, though it looks after its signals in fewer seconds."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
import simpy

from parking.forecast.calendar import Calendar
from parking.forecast.forecaster import Forecaster
from parking.sign import Display
from signal_plans.announcement import COMMAND_VALIDITY_S, COMMANDS_EVERY_S
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from simulator.centre import GUIDANCE_EVERY_S, Centre, _Timetable
from simulator.lights import Lights
from traffic_core.network_arrays import arrays_of
from traffic_core.readings import DetectorReading, OccupancyReading

START_S = 1_795_500_000


def counts(network, at_s, stream, *, silent=frozenset(), share=0.6):
    """One report of every detector: a Poisson number around a share of the capacity."""
    return [
        DetectorReading(
            source_id=detector.id,
            measured_at_s=float(at_s),
            received_at_s=float(at_s),
            interval_s=detector.interval_s,
            count_veh=int(stream.poisson(share * network.links[detector.link_id].capacity_veh_h / 60.0)),
        )
        for detector in network.detectors.values()
        if detector.id not in silent
    ]


def free(facility_id, at_s, free_veh):
    return OccupancyReading(
        source_id=facility_id, measured_at_s=float(at_s), received_at_s=float(at_s), free_veh=free_veh
    )


class EverySecond(Centre):
    """Consults the control in every second, as the service does."""

    def _when_next(self, *_):
        return -np.inf


def said_in(centre, network, seconds, *, faults=True):
    """All commands with their times; detectors fail now and then, some for longer than they are believed."""
    stream = np.random.default_rng(7)
    said = []
    for second in range(seconds):
        now_s = START_S + second
        if second % 60 == 0:
            failing = stream.permutation(list(network.detectors))[: stream.integers(0, 20)].tolist()
            quiet = {*failing, *list(network.detectors)[:30]} if 900 <= second % 2_400 < 1_500 and faults else failing
            centre.accept(counts(network, now_s, stream, silent=set(quiet), share=stream.uniform(0.1, 0.7)), now_s)
        said += [(second, decision) for decision in centre.signal_turn(float(now_s))]
    return said


@pytest.mark.slow
def test_it_says_the_same_in_the_same_seconds_as_one_that_looks_every_second(le_network, le_junctions, le_parking):
    """Also where detectors fall silent, come back, and where the shorter turn makes junctions switch more often."""
    parts = le_network, le_junctions, le_parking, SignalSettings(recompute_every_s=170)
    seldom, often = Centre(*parts), EverySecond(*parts)
    said = said_in(seldom, le_network, 2_500)
    assert said == said_in(often, le_network, 2_500)
    assert seldom.control.commands() == often.control.commands()
    reasons = [decision.reason for _, decision in said]
    assert reasons.count(SignalReason.DETECTORS_STALE) > 5
    assert reasons.count(SignalReason.COMPUTED_FROM_COUNTS) > 100


def test_it_looks_when_a_junction_is_due_and_not_in_between():
    table = _Timetable(4, 300)  # turns at 0, 75, 150 and 225 of every 300 s
    assert [table.after_s(600.0 + t) for t in (0, 74, 75, 224, 225, 299)] == [675, 675, 750, 825, 900, 900]


def test_a_crowded_timetable_looks_every_second():
    assert _Timetable(1_501, 30).after_s(600.0) == 601.0


def test_commands_in_force_are_said_again_before_they_expire(network, junctions, parking_with):
    centre = Centre(network, junctions, parking_with())
    times_s = [t for t in range(1_000) if centre.signal_turn(float(START_S + t))]
    assert times_s == list(range(0, 1_000, int(COMMANDS_EVERY_S)))
    assert COMMANDS_EVERY_S < COMMAND_VALIDITY_S / 2


def test_before_the_next_turn_nothing_is_said(network, junctions, parking_with):
    centre = Centre(network, junctions, parking_with())
    assert centre.next_signal_turn_s < START_S
    assert [d.reason for d in centre.signal_turn(float(START_S))] == [SignalReason.FALLBACK]
    assert START_S < centre.next_signal_turn_s <= START_S + COMMANDS_EVERY_S
    assert centre.signal_turn(centre.next_signal_turn_s - 1.0) == []


def test_a_town_without_signals_or_signs_has_a_centre_too(network, parking_with):
    centre = Centre(network, {}, parking_with())
    assert centre.signal_turn(float(START_S)) == []
    assert [content.sign_id for content in centre.guidance_turn(float(START_S))] == ["S1"]


def test_a_sign_shows_what_the_car_park_told(network, junctions, parking_with):
    centre = Centre(network, junctions, parking_with(capacity_veh=60))
    centre.accept([free("GP", START_S, 30), free("GR", START_S, 0)], START_S)
    rows = centre.guidance_turn(float(START_S))[0].rows
    assert [(row.display, row.free_veh) for row in rows] == [(Display.NUMBER, 30), (Display.FULL, None)]


def test_readings_pass_the_quality_gate(network, junctions, parking_with):
    centre = Centre(network, junctions, parking_with(capacity_veh=60))
    centre.accept([free("GP", START_S, 500), free("nowhere", START_S, 5)], START_S)
    assert sum(centre.gate.rejected.values()) == 2
    assert centre.guidance_turn(float(START_S))[0].rows[0].display is Display.NEUTRAL


def test_signs_are_told_again_before_they_expire(network, junctions, parking_with):
    centre = Centre(network, junctions, parking_with())
    until_s = -np.inf
    for turn in range(60):
        now_s = START_S + turn * GUIDANCE_EVERY_S
        if turn % 6 == 0:
            centre.accept([free("GP", now_s, 30), free("GR", now_s, 100)], now_s)
        for content in centre.guidance_turn(now_s):
            until_s = content.valid_until_s
        assert until_s > now_s + GUIDANCE_EVERY_S


def test_guidance_hears_the_forecast_of_the_estimates_of_its_cycle(network, junctions, parking_with, monkeypatch):
    parking = parking_with(capacity_veh=60)
    made, heard = [], []

    class Told(Forecaster):
        def forecasts(self, now_s, estimates):
            made.append((now_s, estimates["GP"].held_veh, super().forecasts(now_s, estimates)))
            return made[-1][2]

    centre = Centre(network, junctions, parking, forecaster=Told(parking, Calendar(ZoneInfo("Europe/Berlin"))))
    step = centre.guidance.step

    def listen(now_s, estimates, demand_veh, forecasts):
        heard.append(forecasts)
        return step(now_s, estimates, demand_veh, forecasts)

    monkeypatch.setattr(centre.guidance, "step", listen)
    centre.accept([free("GP", START_S, 30), free("GR", START_S, 0)], START_S)
    centre.guidance_turn(float(START_S))
    (at_s, held_veh, forecasts), (told,) = made[0], heard
    assert (at_s, held_veh) == (float(START_S), 30)
    assert told is forecasts


def loop(network, junctions, parking, seconds):
    """Centre and lights together with made-up counts; returns the watched lights."""
    stream = np.random.default_rng(3)
    env = simpy.Environment(initial_time=float(START_S))
    lights = Lights(arrays_of(network), junctions, watched=True)
    lights.start(env)
    centre = Centre(network, junctions, parking)

    def control():
        while True:
            if (env.now - START_S) % 60 == 0:
                rush = 0.35 + 0.3 * np.sin((env.now - START_S) / 4_000.0)
                centre.accept(counts(network, env.now, stream, share=rush), env.now)
            for decision in centre.signal_turn(env.now):
                until_s = env.now + COMMAND_VALIDITY_S
                lights.command(decision.junction_id, decision.programme, decision.valid_from_s, until_s)
            yield env.timeout(1.0)

    env.process(control())
    env.run(until=START_S + seconds)
    return lights, centre


def test_a_day_of_the_loop_with_production_control_breaks_no_rule(network, junctions, parking_with):
    lights, centre = loop(network, junctions, parking_with(), 86_400)
    assert lights.faults() == {}
    assert lights.programmes()["X"].greens == centre.control.running("X").programme.greens


@pytest.mark.slow
@pytest.mark.parametrize("hours", [1, pytest.param(24, marks=pytest.mark.long)])
def test_the_loop_of_the_shipped_town_with_production_control_breaks_no_rule(
    le_network, le_junctions, le_parking, hours
):
    lights, centre = loop(le_network, le_junctions, le_parking, 3_600 * hours)
    assert lights.faults() == {}
    for junction_id, programme in lights.programmes().items():
        assert programme == centre.control.running(junction_id).programme
