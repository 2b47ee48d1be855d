"""Adaptive control in a run: area detectors, the centre every second, wishes at the roadside, and less waiting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.mode import ModeKind
from signal_plans.reasons import SignalReason
from simulator.centre import Centre
from simulator.run import run_staged
from traffic_core.errors import InvalidValueError
from traffic_core.network import Detector
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up", confidence=Confidence.ESTIMATED)


def run_centre(simulation, seconds):
    """A centre beside a simulation, second by second: what it says."""
    model = simulation.staged.model
    centre = Centre(model.network, model.junctions, model.parking, area_detectors=simulation.approach_sensors.detectors)
    centre.allow_adaptive(simulation.staged.adaptive)
    simulation.fill()
    begin_s = simulation.now_s
    for second in range(seconds):
        now_s = begin_s + second
        centre.accept(simulation.advance(now_s), now_s)
        centre.see(simulation.approaches(), now_s)
        for decision in centre.signal_turn(now_s):
            simulation.obey(decision, now_s + 30.0)
            yield second, decision
    assert centre.next_signal_turn_s == now_s + 1.0 or not simulation.staged.adaptive


@pytest.mark.slow
def test_a_watched_junction_is_controlled_adaptively_once_it_is_allowed(town):
    said = [decision for _, decision in run_centre(town(adaptive=("X",)), 90)]
    assert said[-1].kind is ModeKind.ADAPTIVE
    assert SignalReason.ADAPTIVE_ON in {decision.reason for decision in said}
    assert len({decision.wish.groups for decision in said if decision.wish is not None}) == 2


def test_a_junction_that_nobody_allows_runs_programmes(town):
    simulation = town(adaptive=("X",))
    simulation.staged = replace(simulation.staged, adaptive=())
    assert {decision.kind for _, decision in run_centre(simulation, 60)} == {ModeKind.PROGRAMME}


@pytest.mark.slow
def test_loops_that_report_every_second_are_enough(town, network):
    detectors = {
        f"{kind}_{link}": Detector(
            id=f"{kind}_{link}", link_id=link, to_stop_line_m=at_m, interval_s=1.0, provenance=MADE_UP
        )
        for link in ("W_X", "P_X", "N_X", "R_X")
        for kind, at_m in (("stop", 1.0), ("advance", 40.0))
    }
    simulation = town(network=replace(network, detectors=detectors), area_detectors=[], adaptive=("X",))
    said = [decision for _, decision in run_centre(simulation, 90)]
    assert said[-1].kind is ModeKind.ADAPTIVE
    assert len({decision.wish.groups for decision in said if decision.wish is not None}) == 2


def test_an_unknown_junction_cannot_be_allowed(town):
    model = town().staged.model
    centre = Centre(model.network, model.junctions, model.parking)
    with pytest.raises(InvalidValueError, match="junction_id = 'Y'"):
        centre.allow_adaptive(["Y"])


@pytest.mark.slow
def test_a_run_breaks_no_rule_of_signals_and_waits_less_than_under_fixed_programmes(town, demand_of):
    base = replace(town(demand=demand_of(3_000.0)).staged, duration_s=1_200.0, centre=True)
    delay_s = {}
    for name, staged in (
        ("fixed", replace(base, centre=False)),
        ("adaptive", replace(base, adaptive=("X",))),
    ):
        result = run_staged(staged, seed=3, fingerprint="made up", checked=True)
        delay_s[name] = result.figures["mean_delay_s"]
    assert delay_s["adaptive"] < delay_s["fixed"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_adaptive_run(town):
    staged = replace(town(area_miss_share=0.1).staged, duration_s=300.0, centre=True, adaptive=("X",))
    first, second = (run_staged(staged, seed=3, fingerprint="made up") for _ in range(2))
    assert first.figures == second.figures
