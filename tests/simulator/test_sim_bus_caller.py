"""Buses of the simulation call the signals on their way, and sign off behind them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from signal_plans.adaptive.call_points import call_points
from signal_plans.adaptive.settings import AdaptiveSettings
from simulator.bus_caller import MAIN_S, PRIOR_S, BusCaller
from simulator.bus_lines import BusLine
from simulator.buses import bus_free_s
from simulator.centre import Centre
from simulator.run import run_staged
from simulator.simulation import Simulation

NOW_S = 1_795_500_000.0
SLOT = 3
FIRST_MIN = 60.0 * 7.0
"""Local time at which the small town begins."""


@pytest.fixture(name="way")
def way_fixture(network, junctions):
    """A caller, the links of a way through the signal X as (first, second), and what the traffic kernel knows."""
    index = {link: place for place, link in enumerate(network.links)}
    caller = BusCaller(network, [junctions["X"].layout])
    town = SimpleNamespace(
        vehicle_link=np.zeros(5, np.int64), vehicle_since_s=np.zeros(5), vehicle_ready_at_s=np.zeros(5)
    )
    return caller, (index["W_X"], index["X_P"]), town


def place(town, link, ready_at_s, since_s=NOW_S):
    town.vehicle_link[SLOT], town.vehicle_since_s[SLOT], town.vehicle_ready_at_s[SLOT] = link, since_s, ready_at_s


def test_a_bus_announces_itself_twice_and_signs_off(way, network, junctions):
    caller, links, town = way
    caller.begin(SLOT, links, NOW_S, "38", due_s=NOW_S - 100.0)
    place(town, links[0], NOW_S + 48.0)
    assert caller.calls(NOW_S, town) == []
    (prior,) = caller.calls(NOW_S + 48.0 - PRIOR_S, town)
    assert prior.source_id in call_points(network, [junctions["X"].layout])
    assert prior.source_id.endswith(".W_X")
    assert (prior.arrival_s, prior.line, prior.cleared) == (NOW_S + 48.0, "38", False)
    free_s = bus_free_s(network)["W_X"]
    assert prior.late_s == pytest.approx(NOW_S + 48.0 - (NOW_S - 100.0 + free_s))
    assert caller.calls(NOW_S + 20.0, town) == []
    (main,) = caller.calls(NOW_S + 48.0 - MAIN_S, town)
    assert main.run == prior.run
    assert caller.calls(NOW_S + 60.0, town) == []
    place(town, links[1], NOW_S + 100.0)
    (gone,) = caller.calls(NOW_S + 61.0, town)
    assert (gone.source_id, gone.run, gone.cleared, gone.arrival_s) == (prior.source_id, prior.run, True, None)
    assert caller.calls(NOW_S + 62.0, town) == []


def test_one_that_waits_outside_its_first_link_says_nothing(way):
    caller, links, town = way
    caller.begin(SLOT, links, NOW_S, "38", due_s=NOW_S)
    place(town, links[0], NOW_S, since_s=NOW_S - 500.0)
    assert caller.calls(NOW_S + 5.0, town) == []


def test_one_that_stops_before_the_signal_says_nothing(way):
    caller, links, town = way
    caller.begin(SLOT, links[:1], NOW_S, "38", due_s=NOW_S)
    place(town, links[0], NOW_S + 5.0)
    assert caller.calls(NOW_S, town) == []


def test_the_end_of_a_way_signs_off_too(way):
    caller, links, town = way
    caller.begin(SLOT, links, NOW_S, "38", due_s=NOW_S)
    place(town, links[0], NOW_S + 5.0)
    assert len(caller.calls(NOW_S, town)) == 1
    caller.end(SLOT)
    (gone,) = caller.calls(NOW_S + 30.0, town)
    assert gone.cleared


@pytest.mark.slow
def test_buses_wait_less_where_they_call(town, demand_of, monkeypatch):
    """A bus every two minutes through a busy crossing; each counts as if it were late."""
    monkeypatch.setattr(AdaptiveSettings, "bus_weight", lambda _settings, _late_s: 15.0)
    line = BusLine(
        id="38", name="38", links=("N_X", "X_R"), calls=(), departures_min=tuple(FIRST_MIN + 2.0 * i for i in range(5))
    )
    staged = town(demand=demand_of(4_000.0)).staged
    staged = replace(staged, model=replace(staged.model, lines=(line,)), duration_s=600.0, centre=True, adaptive=("X",))
    delay_s = {}
    for calls in (False, True):
        run = replace(staged, devices=replace(staged.devices, bus_calls=calls))
        purposes = run_staged(run, seed=3, fingerprint="made up").tables["purpose"]
        delay_s[calls] = float(purposes["mean_delay_s"][-1])
    assert delay_s[True] < delay_s[False]


def test_the_centre_takes_the_calls_of_the_town(town):
    line = BusLine(
        id="38", name="38", links=("N_X", "X_R"), calls=(), departures_min=(FIRST_MIN + 0.2, FIRST_MIN + 0.4)
    )
    staged = town(adaptive=("X",)).staged
    model = replace(staged.model, lines=(line,))
    simulation = Simulation(replace(staged, model=model), seed=3)
    centre = Centre(model.network, model.junctions, model.parking, area_detectors=simulation.approach_sensors.detectors)
    simulation.fill()
    begin_s, accepted = simulation.now_s, 0
    for second in range(150):
        simulation.advance(begin_s + second)
        calls = simulation.bus_calls()
        centre.accept(calls, begin_s + second)
        accepted += len(calls)
    assert accepted >= 4
    assert centre.gate.accepted["bus_call"] == accepted
