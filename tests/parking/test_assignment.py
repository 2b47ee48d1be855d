"""Costs, supply and recommendations of the assignment, against hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from parking.assignment import FORBIDDEN_S, Planner, assign, guidance_cells
from parking.settings import CostSettings, DisplaySettings, GuidanceSettings
from traffic_core.errors import InvalidValueError

CLEAN = {"emission_weight": 0.0}
PLAIN = CostSettings(search_s_at_share=((0.0, 60.0), (1.0, 60.0)), reroute_s=0.0, switching_s=0.0, **CLEAN)
NO_DWELL = DisplaySettings(dwell_s=0.0)


class Plan:
    """Garages A and B at one place and C elsewhere; sign S points to all, sign T to C alone."""

    def __init__(self, town, cost=PLAIN, display=NO_DWELL, drive_s=((100, 200, 900), (100, 200, 900)), **uses):
        self.town = town
        facilities = [
            town.facility("A"),
            town.facility("B"),
            town.facility("C", district="Nord", position=(9.0, 48.01), reserve_veh=0),
        ]
        known = {key: town.use(**values) for key, values in uses.items()}
        self.model = town.model(facilities, [town.sign("S", "A;B", "C"), town.sign("T", "C")], known)
        settings = GuidanceSettings(cost=cost, display=display)
        self.planner = Planner(self.model, settings, np.array(drive_s, np.float64))
        self.state = town.state(*facilities)

    def report(self, after_s=0.0, **free_veh):
        for key, value in free_veh.items():
            self.state.accept(self.town.report(key, self.town.now_s + after_s, free_veh=value))

    def at(self, after_s=0.0, demand=None, inviting="ABC"):
        now_s = self.town.now_s + after_s
        return self.planner.plan(now_s, self.state.estimates(now_s), frozenset(inviting), demand)


def test_cells_are_signs_by_districts_of_guided_facilities(town):
    found = [(cell.sign_id, cell.district) for cell in guidance_cells(Plan(town).model)]
    assert found == [("S", "Mitte"), ("S", "Nord"), ("T", "Nord")]
    found = [(cell.sign_id, cell.district) for cell in guidance_cells(Plan(town, C={"guided": False}).model)]
    assert found == [("S", "Mitte")]


def test_cost_matches_hand_calculation(town):
    plan = Plan(town, A={"fee_eur_h": 1.0}, B={"fee_eur_h": None})
    plan.report(A=50, B=50, C=50)
    cost_s = plan.at().cost_s
    # A: drive 100 + no walk + search 60 + 1 EUR/h × 1.5 h / 10 EUR/h = 540 s;  B: 200 + 60 + half of that fee
    assert cost_s[0, 0] == pytest.approx(100 + 60 + 540)
    assert cost_s[0, 1] == pytest.approx(200 + 60 + 270)
    # C for Mitte: 0.01° = 1,111.95 m beeline × 1.3 / 1.25 m/s × 2
    assert cost_s[0, 2] == pytest.approx(900 + 60 + 2 * 1.3 * 1_111.95 / 1.25, abs=0.1)
    assert cost_s[1, 2] == pytest.approx(900 + 60)
    # T does not point to A
    assert cost_s[2, 0] >= FORBIDDEN_S
    assert (cost_s[:, 3] == 1_800.0).all()


def test_a_full_car_park_costs_search_and_the_risk_of_a_detour(town):
    cost = CostSettings(search_s_at_share=((0.0, 0.0), (1.0, 100.0)), reroute_s=1_000.0, **CLEAN)
    plan = Plan(town, cost=cost)
    plan.report(A=25, B=100)
    # 75 % occupied: 75 s of search; spread after 300 s is 0.635 veh, so that 25 places are there for certain
    assert plan.at().cost_s[0, 0] == pytest.approx(175.0)
    plan.report(1.0, A=0)
    # none free: 100 s of search, and P(no space) = P(z < 0.5 / (1.253314 × 1.52 / 3)) = P(z < 0.78739) = 0.78447
    assert plan.at(1.0).cost_s[0, 0] == pytest.approx(100 + 100 + 784.5, abs=0.1)


def test_without_driving_times_the_beeline_counts(town):
    plan = Plan(town)
    planner = Planner(plan.model, GuidanceSettings(cost=PLAIN))
    plan.report(A=50)
    cost_s = planner.plan(town.now_s, plan.state.estimates(town.now_s), frozenset("A")).cost_s
    assert cost_s[0, 0] == pytest.approx(1.3 * 1_111.95 / 8.0 + 60, abs=0.1)


def test_supply_matches_hand_calculation(town):
    plan = Plan(town)
    plan.report(A=50, C=50)
    # spread at arrival after 300 s: 1.253314 × 1.52 / 3 = 0.6350; 50 - 1.03643 × 0.6350 = 49.34, floored, less 2
    assert plan.at().supply_veh.tolist() == [47, 0, 49]


def test_supply_shrinks_with_age(town):
    plan = Plan(town)
    plan.report(A=50)
    # 900 s: share at 1,200 s is 1.52 + 1.15 / 3 = 1.9033 %: 50 - 1.03643 × 2.3855 = 47.53
    assert plan.at(900.0).supply_veh[0] == 45


def test_unknown_offers_nothing(town):
    plan = Plan(town)
    plan.report(A=50, B=50)
    assert plan.at(1_801.0).supply_veh.tolist() == [0, 0, 0]
    assert plan.at(10.0).supply_veh[2] == 0


def test_what_does_not_invite_or_is_not_guided_offers_nothing(town):
    plan = Plan(town, B={"guided": False})
    plan.report(A=50, B=50, C=50)
    assert plan.at(inviting="BC").supply_veh.tolist() == [0, 0, 49]


def test_demand_overflows_to_the_next_best_and_prices_the_best(town):
    plan = Plan(town)
    plan.report(A=13, B=50)
    found = plan.at(demand=[15, 0, 0])
    assert found.supply_veh[:2].tolist() == [10, 47]
    assert found.flow_veh[0].tolist() == [10, 5, 0, 0]
    assert found.price_s.tolist() == [100, 0, 0]
    assert found.recommended["S", "Mitte"] == "A"


def test_without_demand_the_cheapest_is_recommended(town):
    plan = Plan(town)
    plan.report(A=50, B=50, C=50)
    assert dict(plan.at().recommended) == {("S", "Mitte"): "A", ("S", "Nord"): "C", ("T", "Nord"): "C"}


def test_nothing_is_recommended_where_nothing_is_left(town):
    plan = Plan(town)
    plan.report(A=3)
    assert plan.at(demand=[5, 0, 0]).recommended["S", "Mitte"] is None
    plan.report(1.0, C=50)
    # C is too far to walk from: the sink is cheaper
    assert plan.at(1.0, demand=[5, 0, 0]).flow_veh[0].tolist() == [0, 0, 0, 5]


def test_places_used_up_by_others_are_not_recommended(town):
    plan = Plan(town, drive_s=((100, 1_790, 500), (100, 1_790, 400)))
    plan.report(C=5)
    found = plan.at(demand=[0, 4, 4])
    assert found.flow_veh[:, 2].tolist() == [0, 0, 4]
    assert found.recommended["S", "Nord"] is None


def test_a_small_gain_does_not_change_the_recommendation(town):
    search = ((0.0, 0.0), (1.0, 1_000.0))
    cost = CostSettings(search_s_at_share=search, reroute_s=0.0, switching_s=60.0, **CLEAN)
    plan = Plan(town, cost=cost, drive_s=((100, 100, 900), (100, 100, 900)))
    plan.report(A=60, B=50)
    assert plan.at().recommended["S", "Mitte"] == "A"
    plan.report(10.0, A=50, B=55)  # B is 50 s better now
    assert plan.at(10.0).recommended["S", "Mitte"] == "A"
    plan.report(20.0, A=50, B=57)  # 70 s
    assert plan.at(20.0).recommended["S", "Mitte"] == "B"


def climbing(town, drive_s):
    """A and B with a search of 10 s for each per cent that is occupied, and 60 s for a change."""
    cost = CostSettings(search_s_at_share=((0.0, 0.0), (1.0, 1_000.0)), reroute_s=0.0, switching_s=60.0, **CLEAN)
    return Plan(town, cost=cost, drive_s=(drive_s, drive_s))


def test_the_cost_of_a_change_does_not_make_a_place_dearer_than_none(town):
    plan = climbing(town, (1_000, 1_000, 1_700))
    plan.report(A=60, B=50)
    assert plan.at().recommended["S", "Mitte"] == "A"
    plan.report(10.0, A=15, B=23)  # A 1,850 s, above the 1,800 s of none; B 1,770 s
    found = plan.at(10.0)
    assert found.recommended["S", "Mitte"] == "B"
    assert found.cost_s[0, [0, 1, 3]].tolist() == [1_850.0, 1_770.0, 1_800.0], "nothing is held on to"


def test_the_cost_of_a_change_holds_for_being_told_nothing_too(town):
    plan = climbing(town, (1_000, 1_000, 1_700))
    plan.report(A=60, B=50)
    plan.at()
    plan.report(10.0, A=21, B=23)  # A 1,790 s, B 1,770 s
    found = plan.at(10.0)
    assert found.recommended["S", "Mitte"] == "A"
    assert found.cost_s[0, [0, 1, 3]].tolist() == [1_790.0, 1_830.0, 1_860.0]


def test_a_recommendation_lasts_its_dwell_unless_its_places_are_gone(town):
    plan = Plan(town, display=DisplaySettings(dwell_s=180.0), cost=CostSettings(switching_s=0.0))
    plan.report(A=50, B=50)
    assert plan.at(demand=[5, 0, 0]).recommended["S", "Mitte"] == "A"
    plan.report(60.0, A=50, B=50)
    assert plan.at(60.0, demand=[94, 0, 0]).recommended["S", "Mitte"] == "A"
    plan.report(70.0, A=2)
    assert plan.at(70.0, demand=[5, 0, 0]).recommended["S", "Mitte"] == "B"
    plan.report(80.0, A=50)
    assert plan.at(80.0, demand=[5, 0, 0]).recommended["S", "Mitte"] == "B"
    plan.report(250.0, A=50)
    assert plan.at(250.0, demand=[5, 0, 0]).recommended["S", "Mitte"] == "A"


def test_a_plan_says_which_rows_it_recommends(town):
    plan = Plan(town)
    plan.report(A=50, B=50)
    found = plan.at()
    assert found.of_sign == {"S": frozenset("A")}


def test_arrays_of_a_plan_cannot_be_changed(town):
    with pytest.raises(ValueError, match="read-only"):
        Plan(town).at().flow_veh[0, 0] = 1


def test_the_caller_s_arrays_stay_his_own(town):
    plan, demand = Plan(town), np.array([3, 0, 0])
    plan.at(demand=demand)
    demand[0] = 4
    assert plan.at(demand=demand).demand_veh.tolist() == [4, 0, 0]
    demand.flags.writeable = False
    assert plan.at(demand=demand).demand_veh.tolist() == [4, 0, 0]


@pytest.mark.parametrize("facilities", [[], ["A"]])
def test_a_town_without_signs_has_an_empty_plan(town, facilities):
    model = town.model([town.facility(key) for key in facilities], [])
    planner = Planner(model, GuidanceSettings())
    estimates = town.state(*model.facilities.values()).estimates(town.now_s)
    found = planner.plan(town.now_s, estimates, frozenset())
    assert (found.cells, found.flow_veh.shape) == ((), (0, len(facilities) + 1))


def test_no_way_is_never_taken(town):
    plan = Plan(town, drive_s=((math.inf, 200, 900), (100, 200, 900)))
    plan.report(A=50, B=50)
    assert plan.at(demand=[60, 0, 0]).flow_veh[0].tolist() == [0, 47, 0, 13]


@pytest.mark.parametrize("demand", [[1, 2], [-1, 0, 0], [math.nan, 0, 0], [0.5, 0, 0], [[1, 0, 0]], ["a", "b", "c"]])
def test_impossible_demand_is_refused_before_the_kernel(town, demand):
    with pytest.raises(InvalidValueError, match="demand_veh"):
        Plan(town).at(demand=demand)


@pytest.mark.parametrize("drive_s", [((1, 2),), ((math.nan, 2, 3), (1, 2, 3)), ((-1, 2, 3), (1, 2, 3))])
def test_impossible_driving_times_are_refused(town, drive_s):
    with pytest.raises(InvalidValueError, match="drive_time_s"):
        Plan(town, drive_s=drive_s)


@pytest.mark.parametrize("cost_s", [[[math.nan, 1.0]], [[-1.0, 1.0]], [[math.inf, 1.0]], [[1.0]]])
def test_impossible_costs_are_refused_before_the_kernel(cost_s):
    with pytest.raises(InvalidValueError, match="cost_s"):
        assign(np.array(cost_s), np.array([1]), np.array([1]))
