"""Forecasts with values that are no numbers: such a facility counts as without forecast, the others go on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parking.assignment_offers import arrivals
from parking.forecast.forecasts import Forecasts
from parking.guidance import Guidance
from parking.settings import GuidanceSettings

SOUND = [[40.0, 50.0, 60.0], [38.0, 48.0, 58.0]]
GAPS = [
    [[math.nan, 50.0, 60.0], [38.0, 48.0, 58.0]],
    [[math.nan] * 3, [38.0, 48.0, 58.0]],
    [[10.0, 50.0, math.inf], [10.0, 50.0, math.inf]],
    [[-math.inf, 50.0, 60.0], [38.0, 48.0, 58.0]],
    [[math.inf] * 3] * 2,
]


def forecasts(now_s, *told):
    return Forecasts(
        made_at_s=now_s,
        facility_ids=("A", "B"),
        lead_s=(300.0, 900.0),
        levels=(0.1, 0.5, 0.9),
        free_veh=np.array(told),
        sources=("model", "model"),
    )


@pytest.mark.parametrize("told", GAPS)
def test_a_facility_with_a_gap_counts_as_without_forecast(town, told):
    broken = forecasts(town.now_s, told, SOUND)
    assert broken.quantile_veh("A", 300.0, 0.5) is None
    assert broken.probability_more_than("A", 2, 600.0) is None
    assert broken.quantile_veh("B", 300.0, 0.5) == 50.0


@pytest.mark.parametrize("told", GAPS)
def test_a_gap_ends_no_cycle(town, told):
    facilities = [town.facility("A"), town.facility("B")]
    model = town.model(facilities, [town.sign("S", "A", "B")])
    state = town.state(*facilities)
    for key in "AB":
        state.accept(town.report(key, free_veh=50))
    estimates = state.estimates(town.now_s)
    broken = forecasts(town.now_s, told, SOUND)
    leads_s = {"A": 300.0, "B": 300.0}
    found = arrivals(town.now_s, estimates, leads_s, broken, GuidanceSettings())
    assert found["A"] == arrivals(town.now_s, estimates, leads_s, None, GuidanceSettings())["A"]
    guidance = Guidance(model)
    demand_veh = [3] * len(guidance.cells)
    result = guidance.step(town.now_s, estimates, demand_veh, broken)
    assert [row.free_veh for row in result.contents["S"].rows] == [50, 50]
