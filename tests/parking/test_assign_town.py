"""Who would be sent where, without the live service."""

from __future__ import annotations

import numpy as np
import pytest

from parking.assignment import assign_town
from parking.settings import CostSettings, GuidanceSettings
from traffic_core.errors import InvalidValueError

FLAT = ((0.0, 60.0), (1.0, 60.0))
SETTINGS = GuidanceSettings(cost=CostSettings(search_s_at_share=FLAT, reroute_s=0.0, emission_weight=0.0))
DRIVE_S = np.array([[100.0, 300.0]])


@pytest.fixture
def model(town):
    return town.model([town.facility("A"), town.facility("B")], [town.sign("S", "A;B")])


def test_prices_say_what_one_more_place_saves(model):
    # 13 free: less the spread and the reserve of 2 there are 10; the 5 others drive 200 s more
    found = assign_town(model, {"A": 13, "B": 50}, [15], SETTINGS, DRIVE_S)
    assert found.supply_veh.tolist() == [10, 47]
    assert found.flow_veh.tolist() == [[10, 5, 0]]
    assert found.price_s.tolist() == [200, 0]
    assert found.chosen == ("A",)
    more = assign_town(model, {"A": 14, "B": 50}, [15], SETTINGS, DRIVE_S)
    saved_s = float((found.flow_veh * found.cost_s).sum() - (more.flow_veh * more.cost_s).sum())
    assert saved_s == pytest.approx(200)


def test_what_is_left_out_or_not_guided_or_of_unknown_size_offers_nothing(town):
    facilities = [town.facility("A"), town.facility("B"), town.facility("C", capacity_veh=None, reserve_veh=0)]
    model = town.model(facilities, [town.sign("S", "A;B;C")], {"B": town.use(guided=False)})
    assert assign_town(model, {"B": 50, "C": 50}, [1]).supply_veh.tolist() == [0, 0, 0]


def test_nothing_is_remembered(model):
    first = assign_town(model, {"A": 50, "B": 50}, [4], SETTINGS, DRIVE_S)
    assign_town(model, {"A": 0, "B": 50}, [4], SETTINGS, DRIVE_S)
    again = assign_town(model, {"A": 50, "B": 50}, [4], SETTINGS, DRIVE_S)
    assert (first.flow_veh == again.flow_veh).all()
    assert (first.cost_s == again.cost_s).all()


@pytest.mark.parametrize(
    ("free_veh", "demand", "message"),
    [
        ({"Z": 5}, [1], "Z"),
        ({"A": -1}, [1], r"free_veh\[A\]"),
        ({"A": 101}, [1], "capacity of 100"),
        ({"A": 5}, [1, 2], "demand_veh"),
        ({"A": 5}, [0.5], "demand_veh"),
    ],
)
def test_impossible_input_is_refused(model, free_veh, demand, message):
    with pytest.raises(InvalidValueError, match=message):
        assign_town(model, free_veh, demand)
