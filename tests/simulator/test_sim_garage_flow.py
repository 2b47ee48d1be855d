"""Flows of a facility against hand calculation."""

from __future__ import annotations

import numpy as np
import pytest

from parking.model import FacilityUse
from simulator.garage import search_s
from simulator.garage_flow import flow_of_use, garage_flow, time_until_s, usually_parked_veh


def test_a_constant_occupancy_is_littles_law():
    """100 places, 60 % taken, stay 2 h: 30 cars an hour come and go."""
    flow = garage_flow(100, (0.6,) * 24, 120.0)
    assert flow.arrivals_veh_h == pytest.approx((30.0,) * 24)
    assert flow.departures_veh_h == pytest.approx((30.0,) * 24)
    assert flow.leaving_per_h == pytest.approx((0.5,) * 24)


def test_a_growing_hour_takes_what_leaves_and_what_it_grows():
    """From 20 to 40 cars at a stay of 1 h: 30 leave, 50 come.  From 40 to 20: 30 leave, 10 come."""
    flow = garage_flow(100, (0.2, 0.4) * 12, 60.0)
    assert flow.departures_veh_h[:2] == pytest.approx((30.0, 30.0))
    assert flow.arrivals_veh_h[:2] == pytest.approx((50.0, 10.0))


def test_a_profile_that_falls_faster_than_the_mean_stay_empties_the_facility_in_time():
    """From 90 to 10 cars in one hour at a stay of 10 h: 80 leave of 50 on average, nobody comes."""
    flow = garage_flow(100, (0.9, *(0.1,) * 23), 600.0)
    assert flow.departures_veh_h[0] == pytest.approx(80.0)
    assert flow.arrivals_veh_h[0] == pytest.approx(0.0)
    assert flow.leaving_per_h[0] == pytest.approx(1.6)


def test_an_unknown_profile_counts_as_constant():
    assert garage_flow(100, (), 60.0) == garage_flow(100, (0.6,) * 24, 60.0)


def test_fewer_places_than_usual_fill_and_turn_drivers_away():
    """80 of 100 places taken, stay 2 h: 40 an hour come.  50 places remain: half of 50 leave, 15 find no place."""
    use = FacilityUse(
        fee_eur_h=None, mean_stay_min=120.0, guided=True, occupied_share=(0.8,) * 24, usual_capacity_veh=100
    )
    flow = flow_of_use(use, 50)
    assert flow.arrivals_veh_h == pytest.approx((40.0,) * 24)
    assert flow.departures_veh_h == pytest.approx((25.0,) * 24)
    assert flow.leaving_per_h == pytest.approx((0.5,) * 24)
    assert usually_parked_veh(use, 50, 0.0) == 50
    assert usually_parked_veh(use, 50, 0.0, 0.5) == 40


def test_more_places_than_usual_change_no_flow():
    shares = tuple(hour / 30 for hour in range(24))
    assert garage_flow(90, shares, 75.0, 200) == garage_flow(90, shares, 75.0)


def test_cars_of_an_unknown_profile_take_the_usual_share():
    use = FacilityUse(fee_eur_h=None, mean_stay_min=60.0, guided=True, occupied_share=())
    assert usually_parked_veh(use, 50, 0.0) == 30


def test_waiting_time_integrates_the_hourly_rate():
    """Half past midnight, rates 2/h, then 4/h: 1 is reached at 1 h, 2 at 1 h and a quarter."""
    rates = (2.0, 4.0, *(1.0,) * 22)
    assert time_until_s(1.0, 1_800.0, rates) == pytest.approx(1_800.0)
    assert time_until_s(2.0, 1_800.0, rates) == pytest.approx(2_700.0)


def test_waiting_time_goes_round_the_day_and_ends_where_nothing_happens():
    once = (1.0, *(0.0,) * 23)
    assert time_until_s(0.5, 3_600.0, once) == pytest.approx(23 * 3_600.0 + 1_800.0)
    assert time_until_s(1.5, 0.0, once) == pytest.approx(24 * 3_600.0 + 1_800.0)
    assert time_until_s(0.5, 0.0, (0.0,) * 24) == float("inf")


def test_the_mean_of_exponential_targets_is_the_mean_stay():
    targets = np.random.default_rng(3).exponential(size=4_000)
    stays_s = [time_until_s(float(target), 30_000.0, (0.5,) * 24) for target in targets]
    assert np.mean(stays_s) == pytest.approx(7_200.0, rel=0.05)


def test_search_time_rises_when_the_facility_is_crowded():
    assert search_s(0.2) == search_s(0.85) == 30.0
    assert search_s(0.925) == pytest.approx(105.0)
    assert search_s(1.0) == pytest.approx(180.0)
