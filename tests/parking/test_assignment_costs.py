"""What ways and places cost: emissions, vehicle classes, quarters and forecasts, against hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parking.assignment import FORBIDDEN_S, Planner, assign_town, guidance_cells
from parking.assignment_costs import emission_share
from parking.assignment_offers import as_forecast, still_as_counted
from parking.forecast.forecasts import Forecasts
from parking.settings import CostSettings, DisplaySettings, GuidanceSettings
from parking.visitors import Visitors
from traffic_core.errors import InvalidValueError

FLAT = ((0.0, 60.0), (1.0, 60.0))
PLAIN = CostSettings(search_s_at_share=FLAT, reroute_s=0.0, switching_s=0.0, emission_weight=0.0)
SETTINGS = GuidanceSettings(cost=PLAIN, display=DisplaySettings(dwell_s=0.0))
DRIVE_S = np.array([[100.0, 200.0]])
MIXED = Visitors(class_share={"car": 0.9, "van": 0.1}, refused={"A": frozenset({"van"})})


@pytest.fixture
def model(town):
    return town.model([town.facility("A"), town.facility("B")], [town.sign("S", "A;B")])


def estimates(town, model, **free_veh):
    state = town.state(*model.facilities.values())
    for key, value in free_veh.items():
        state.accept(town.report(key, free_veh=value))
    return state.estimates(town.now_s)


def forecasts(town, made_s=0.0, **quantiles):
    """One facility each, with quantiles at 10, 50 and 90 % after 5 and 15 min."""
    return Forecasts(
        made_at_s=town.now_s + made_s,
        facility_ids=tuple(quantiles),
        lead_s=(300.0, 900.0),
        levels=(0.1, 0.5, 0.9),
        free_veh=np.array(list(quantiles.values()), np.float64),
        sources=("model",) * len(quantiles),
    )


def test_emissions_of_a_second_of_driving():
    # 8 m/s: 0.008 km × 180 g/km = 1.44 g; at 300 EUR/t 0.000432 EUR, at 10 EUR/h worth 0.15552 s
    assert emission_share(CostSettings()) == pytest.approx(0.15552)
    assert emission_share(CostSettings(emission_weight=0.0)) == 0.0
    assert emission_share(CostSettings(emission_weight=2.0, value_of_time_eur_h=5.0)) == pytest.approx(4 * 0.15552)


def test_driving_and_searching_emit_and_walking_does_not(town, model):
    cost = CostSettings(search_s_at_share=FLAT, reroute_s=0.0, switching_s=0.0)
    visitors = Visitors(centres={"Mitte": (9.0, 48.01)})
    planner = Planner(model, GuidanceSettings(cost=cost), DRIVE_S, visitors)
    found = planner.plan(town.now_s, estimates(town, model, A=50), frozenset("A")).cost_s
    walk_s = 2 * 1.3 * 1_111.95 / 1.25
    assert found[0, 0] == pytest.approx(1.15552 * (100 + 60) + walk_s, abs=0.1)


def test_a_facility_that_refuses_a_class_gets_none_of_it(town, model):
    planner = Planner(model, SETTINGS, DRIVE_S, MIXED)
    assert [cell.vehicle_class for cell in planner.cells] == ["car", "van"]
    found = planner.plan(town.now_s, estimates(town, model, A=50, B=50), frozenset("AB"), [3, 2])
    assert found.flow_veh.tolist() == [[3, 0, 0], [0, 2, 0]]
    assert found.cost_s[1, 0] >= FORBIDDEN_S
    assert found.chosen == ("A", "B")
    assert dict(found.recommended) == {("S", "Mitte"): "A"}
    assert found.of_sign["S"] == frozenset("AB")


def test_supply_and_risk_follow_the_forecast(town, model):
    settings = GuidanceSettings(cost=CostSettings(search_s_at_share=FLAT, reroute_s=1_000.0, emission_weight=0.0))
    planner = Planner(model, settings, DRIVE_S)
    told = forecasts(town, A=[[0, 10, 20], [0, 10, 20]], B=[[20, 30, 40], [20, 30, 40]])
    found = planner.plan(town.now_s, estimates(town, model, A=50, B=50), frozenset("AB"), None, told)
    # the quantile of 15 % lies an eighth of the way from 10 to 50 %: A 1.25 floored, less 2; B 21.25 floored, less 2
    assert found.supply_veh.tolist() == [0, 19]
    # P(more than 0) = P(above 0.5) = 1 - (0.1 + 0.4 × 0.05) = 0.88 at A; certain at B
    assert found.cost_s[0, :2].tolist() == pytest.approx([100 + 60 + 120, 200 + 60])


def test_leads_run_from_now_and_not_from_when_the_forecast_was_made(town, model):
    planner = Planner(model, SETTINGS, np.array([[400.0, 400.0]]))
    told = forecasts(town, made_s=-200.0, A=[[40, 40, 40], [10, 10, 10]])
    # 400 s of drive and 200 s of age are the middle between 300 and 900 s: 25 places, less 2
    found = planner.plan(town.now_s, estimates(town, model, A=50), frozenset("A"), None, told)
    assert found.supply_veh[0] == 23


@pytest.mark.parametrize("made_s", [-301.0, 60.0])
def test_a_forecast_that_is_old_or_of_a_time_to_come_is_left_out(town, model, made_s):
    planner = Planner(model, SETTINGS, DRIVE_S)
    told = forecasts(town, made_s=made_s, A=[[5, 5, 5], [5, 5, 5]])
    assert planner.plan(town.now_s, estimates(town, model, A=50), frozenset("A"), None, told).supply_veh[0] == 47


def test_a_facility_without_a_forecast_stays_as_counted(town, model):
    planner = Planner(model, SETTINGS, DRIVE_S)
    told = forecasts(town, A=[[math.nan] * 3] * 2)
    found = planner.plan(town.now_s, estimates(town, model, A=50, B=50), frozenset("AB"), None, told)
    assert found.supply_veh.tolist() == [47, 47]


def test_a_forecast_does_not_make_the_unknown_free(town, model):
    planner = Planner(model, SETTINGS, DRIVE_S)
    told = forecasts(town, A=[[50, 60, 70], [50, 60, 70]])
    assert planner.plan(town.now_s, estimates(town, model), frozenset("A"), None, told).supply_veh[0] == 0


def test_expected_places_lie_within_the_capacity(town):
    told = forecasts(town, A=[[90, 120, 150], [-9, -5, -1]])
    assert as_forecast(told, "A", 100, 300.0, SETTINGS).expected_veh == 100
    assert as_forecast(told, "A", 100, 900.0, SETTINGS).expected_veh == 0


def test_the_spread_of_a_count_adds_to_that_of_its_age():
    # spread after 300 s: 1.253314 × 1.52 / 3 = 0.63501; with 2 of the count itself sqrt(0.63501² + 4) = 2.09839
    found = still_as_counted(50, 100, 0.0, SETTINGS, 2.0)
    assert found.certain_veh == pytest.approx(50 - 1.036433 * 2.09839, abs=1e-4)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"class_share": {"car": 0.5}}, "class_share"),
        ({"class_share": {"car": 1.5, "van": -0.5}}, "class_share"),
        ({"refused": {"A": frozenset({"lorry"})}}, "refused[A]"),
        ({"centres": {"Mitte": (200.0, 48.0)}}, "centres[Mitte]"),
    ],
)
def test_impossible_visitors_are_refused(values, field):
    with pytest.raises(InvalidValueError) as caught:
        Visitors(**values)
    assert field in caught.value.field


@pytest.mark.parametrize(
    ("visitors", "message"),
    [
        (Visitors(refused={"Z": frozenset({"car"})}), "visitors.refused = 'Z': must name a facility of the model"),
        (Visitors(centres={"Mite": (9.0, 48.0)}), "visitors.centres = 'Mite': must name a district of the model's"),
    ],
)
def test_visitors_that_name_what_the_model_does_not_have_are_refused(model, visitors, message):
    for use in (
        lambda: guidance_cells(model, visitors),
        lambda: Planner(model, SETTINGS, DRIVE_S, visitors),
        lambda: assign_town(model, {}, [0], visitors=visitors),
    ):
        with pytest.raises(InvalidValueError, match=message):
            use()


def test_cells_without_classes_are_cars(model):
    assert [cell.vehicle_class for cell in guidance_cells(model)] == ["car"]
