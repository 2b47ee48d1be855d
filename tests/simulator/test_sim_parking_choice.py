"""Decisions of drivers at signs and of quarters about facilities."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from parking.facility import FacilityKind
from parking.sign import Arrow, Display, RowContent, SignRow
from simulator.garage_flow import GarageFlow
from simulator.parking_choice import cheapest, drawn, facility_after_sign, generalised_cost_s, walk_between_m
from simulator.parking_shares import Quarter, parking_shares, served_quarters
from traffic_core.readings import Quality

ROWS = tuple(
    SignRow(label_de=ids, label_en=ids, arrow=Arrow.HERE, facility_ids=tuple(ids.split())) for ids in ("A", "B C", "D")
)
COST = {"A": 1.0, "B": 30.0, "C": 20.0, "D": 10.0}


def shown(*displays):
    return tuple(
        RowContent(
            display=display,
            free_veh=5 if display is Display.NUMBER else None,
            quality=Quality.MEASURED,
            age_s=0.0,
            reason="fresh",
        )
        for display in displays
    )


def facility(name, kind, metres_north):
    at = (9.1, 48.7 + metres_north / 111_195.0)
    return SimpleNamespace(id=name, kind=kind, position=at)


def test_who_goes_on_by_train_does_not_walk_to_the_other_park_and_ride_site():
    garage, here = facility("G", FacilityKind.GARAGE, 0.0), facility("H", FacilityKind.PARK_AND_RIDE, 0.0)
    there = facility("T", FacilityKind.PARK_AND_RIDE, 500.0)
    assert walk_between_m(here, there) == 0.0
    assert walk_between_m(garage, there) == pytest.approx(500.0, abs=1.0)
    assert walk_between_m(there, garage) == pytest.approx(500.0, abs=1.0)
    assert walk_between_m(garage, garage) == 0.0


@pytest.mark.parametrize(
    ("displays", "tried", "expected"),
    [
        ((Display.FREE, Display.FREE, Display.FREE), (), "A"),
        ((Display.NEUTRAL, Display.FREE, Display.FREE), (), "A"),
        ((Display.FULL, Display.FREE, Display.NUMBER), (), "D"),
        ((Display.CLOSED, Display.NUMBER, Display.FULL), (), "C"),
        ((Display.FULL, Display.FREE, Display.NEUTRAL), ("C",), "B"),
        ((Display.FULL, Display.FULL, Display.NEUTRAL), (), "A"),
        ((Display.FULL, Display.FULL, Display.FREE), ("D",), "A"),
    ],
)
def test_a_driver_leaves_his_facility_only_for_an_inviting_row(displays, tried, expected):
    assert facility_after_sign("A", ROWS, shown(*displays), tried, COST.__getitem__) == expected


def test_a_dark_sign_and_a_sign_without_his_facility_change_nothing():
    assert facility_after_sign("A", ROWS, (), (), COST.__getitem__) == "A"
    rows = shown(Display.FULL, Display.FULL, Display.FREE)
    assert facility_after_sign("X", ROWS, rows, (), COST.__getitem__) == "X"


def test_what_cannot_be_reached_is_not_chosen():
    assert cheapest(["A", "B"], {"A": float("inf"), "B": 3.0}.__getitem__) == "B"
    assert cheapest(["A"], {"A": float("inf")}.__getitem__) is None


def test_a_draw_takes_the_slice_it_falls_into():
    shares = {"A": 0.25, "B": 0.5}
    assert [drawn(shares, uniform) for uniform in (0.0, 0.24, 0.25, 0.74, 0.75)] == ["A", "A", "B", "B", None]


HERE, NEAR, FAR = (9.14, 48.69), (9.145, 48.69), (9.2, 48.69)


def quarter(name, at, inflow):
    return Quarter(id=name, positions=(at,), inflow_veh_h=(inflow,) * 24, outflow_veh_h=(inflow,) * 24)


def test_a_facility_serves_the_quarters_in_walking_distance_by_their_size():
    quarters = [quarter("Q1", HERE, 30.0), quarter("Q2", NEAR, 10.0), quarter("Q3", FAR, 500.0)]
    assert served_quarters(HERE, quarters) == pytest.approx({"Q1": 0.75, "Q2": 0.25})
    assert served_quarters((9.19, 48.7), quarters) == {"Q3": 1.0}


def test_shares_bring_each_facility_its_arrivals_and_are_limited():
    flows = {"A": GarageFlow((12.0,) * 24, (6.0,) * 24, (0.1,) * 24)}
    shares = parking_shares({"A": HERE}, flows, [quarter("Q1", HERE, 30.0), quarter("Q2", NEAR, 10.0)])
    assert shares.arriving["Q1"][8] == pytest.approx({"A": 9.0 / 30.0})
    assert shares.arriving["Q2"][8] == pytest.approx({"A": 3.0 / 10.0})
    assert shares.leaving["Q1"][8] == pytest.approx(4.5 / 30.0)
    crowded = parking_shares({"A": HERE}, flows, [quarter("Q1", HERE, 10.0)])
    assert crowded.arriving["Q1"][8] == pytest.approx({"A": 0.9})


def test_a_facility_whose_demand_is_too_small_settles_at_a_level():
    """12 an hour wanted of 10 that come, 90 % of those park: 9 / 12 of everything."""
    flows = {"A": GarageFlow((12.0,) * 24, (8.0,) * 24, (0.1,) * 24)}
    shares = parking_shares({"A": HERE}, flows, [quarter("Q1", HERE, 10.0)])
    assert shares.level == pytest.approx({"A": 0.75})
    assert shares.leaving["Q1"][8] == pytest.approx(0.6)
    idle = GarageFlow((0.0,) * 24, (0.0,) * 24, (0.1,) * 24)
    assert parking_shares({"A": HERE}, {"A": idle}, [quarter("Q1", HERE, 0.0)]).level == {"A": 1.0}


def test_the_fee_of_the_stay_counts_as_time():
    """90 min at 2 EUR/h are 3 EUR, worth 18 min at 10 EUR/h; walking counts there and back."""
    assert generalised_cost_s(120.0, 60.0, 2.0, 90.0) == pytest.approx(120.0 + 120.0 + 1_080.0)
    assert generalised_cost_s(120.0, 60.0, None, 90.0) == generalised_cost_s(120.0, 60.0, 0.0, 90.0) == 240.0
    assert generalised_cost_s(float("inf"), 60.0, 2.0, 90.0) == float("inf")


def test_a_dear_car_park_next_door_loses_against_a_free_one_at_a_walk():
    fees = {"A": 3.0, "B": 0.0}
    walks_s = {"A": 30.0, "B": 200.0}
    choice = {
        stay_min: cheapest(fees, lambda name, stay=stay_min: generalised_cost_s(60.0, walks_s[name], fees[name], stay))
        for stay_min in (10.0, 30.0)
    }
    assert choice == {10.0: "A", 30.0: "B"}
