"""The shipped demand meets its counts, and its example of masses makes a demand that comes near them unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.planning.calibrate.calibrating import Calibration, run
from api.planning.calibrate.settings import CalibrateSettings

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"
PASSING = ("Z31", "Z32", "Z33", "Z34", "Z43", "Z44")
"""Zones at A8 and B27, airport and fair: trips between two of them are none of the town's."""

pytestmark = [pytest.mark.slow]


def calibrated(**options) -> Calibration:
    values = {
        "model": None,
        "counts": None,
        "masses": None,
        "deterrence_min": 10.0,
        "structure": "10/58/32",
        "town_trips": 132_000.0,
        "passing": PASSING,
        "symmetric": True,
        "hold_out": 0.0,
        "folds": None,
        "seed": 1,
        "low": 0.2,
        "high": 5.0,
        "prior_error": 2.0,
        "gap": 1e-5,
        "max_iterations": 20,
        "whole": False,
        "out": None,
        "as_json": False,
    }
    return run(CalibrateSettings(**(values | options)))


def test_the_shipped_demand_meets_the_counts_as_it_is():
    before = calibrated().before.used
    assert before.n == 16
    assert before.geh_below_5_share >= 0.85
    assert before.in_band_share >= 0.85


def test_the_shipped_demand_has_the_published_structure_and_about_132_000_town_trips():
    shipped = calibrated()
    shares = {kind.value: share for kind, share in shipped.town_shares[0].items()}
    assert shares == pytest.approx({"through": 0.10, "origin_destination": 0.58, "internal": 0.32}, abs=0.01)
    assert shipped.town_veh[0] == pytest.approx(132_000.0, rel=0.02)


def test_the_example_of_masses_leads_to_a_demand_that_meets_the_counts():
    made = calibrated(
        masses=EXAMPLES / "masses-leinfelden-echterdingen.csv",
        counts=EXAMPLES / "counts-leinfelden-echterdingen.csv",
        folds=4,
    )
    assert made.before.used.geh_below_5_share > 0.6, "a gravity model that has seen no count inside the town"
    assert made.outcome.peak.used.geh_below_5_share >= 0.85
    assert made.outcome.estimated.converged
    assert made.folds.held_out.n == len(made.observations)
    assert made.folds.held_out.geh_below_5_share > 0.6
