"""Local time, random streams and the drawing of trips."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.day_clock import DayClock
from simulator.parking_shares import ParkingShares
from simulator.random_streams import random_stream
from simulator.simulation import trip_of
from simulator.trip_demand import next_trip_s, od_cells, quarters_of
from traffic_core.demand import DayProfile, DayType, Purpose

BERLIN = DayClock("Europe/Berlin")


def at(*moment):
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


def test_local_time_knows_weekday_hour_and_second():
    local = BERLIN.local(at(2026, 11, 21, 17, 30) + 12.5)
    assert (local.weekday, local.hour, local.second_of_day_s) == (5, 17, 17.5 * 3_600 + 12.5)


def test_the_repeated_hour_in_october_is_the_same_hour_twice():
    first = at(2026, 10, 25, 2, 30)
    assert BERLIN.local(first).hour == BERLIN.local(first + 3_600.0).hour == 2
    assert BERLIN.local(first + 7_200.0).hour == 3


def test_a_stream_depends_on_seed_and_name_alone():
    assert random_stream(1, "cell A").random(3).tolist() == random_stream(1, "cell A").random(3).tolist()
    assert random_stream(1, "cell A").random() != random_stream(1, "cell B").random()
    assert random_stream(1, "cell A").random() != random_stream(2, "cell A").random()


def test_a_stream_is_the_same_in_every_version():
    assert random_stream(1, "cell A").integers(0, 1_000_000, 3).tolist() == [688172, 731595, 738763]


def test_the_next_trip_follows_the_hourly_rate_over_midnight_into_saturday():
    """Friday 23:30: half an hour at 2 trips an hour is 1, then 4 an hour on Saturday: 2 are reached at 00:15."""
    rates = tuple((4.0 if day == 5 else 2.0,) * 24 for day in range(7))
    friday = at(2026, 11, 20, 23, 30)
    assert next_trip_s(0.5, friday, rates, BERLIN) == pytest.approx(900.0)
    assert next_trip_s(2.0, friday, rates, BERLIN) == pytest.approx(1_800.0 + 900.0)
    assert next_trip_s(1.0, friday, ((0.0,) * 24,) * 7, BERLIN) == float("inf")


def test_trips_of_an_hour_are_as_many_as_the_demand_says():
    rates = ((120.0,) * 24,) * 7
    stream = np.random.default_rng(1)
    now_s, count = at(2026, 11, 24, 8), 0
    while (now_s := now_s + next_trip_s(float(stream.exponential()), now_s, rates, BERLIN)) < at(2026, 11, 24, 18):
        count += 1
    assert count == pytest.approx(1_200, abs=4 * 1_200**0.5)


def test_cells_carry_nodes_rates_and_the_demand_factor(demand_of):
    cells = {cell.name: cell for cell in od_cells(demand_of(240.0), 0.5)}
    cell = cells["ZW ZP shopping"]
    assert (cell.origins, cell.destinations) == (("W",), ("P",))
    assert (cell.from_inside, cell.to_inside, cell.may_park) == (False, True, True)
    assert cell.rates_veh_h[0][8] == pytest.approx(5.0)
    assert od_cells(demand_of(240.0), 0.0) == ()


def test_a_quarter_knows_its_trips(demand_of, network):
    (quarter,) = quarters_of(demand_of(240.0), network, {})
    assert quarter.id == "ZP"
    assert quarter.inflow_veh_h[8] == quarter.outflow_veh_h[8] == pytest.approx(20.0)


def test_drivers_out_of_garages_are_no_incoming_trips(demand_of, network):
    """Two cells of 10 an hour come in; garages make 30 % of one of them."""
    (quarter,) = quarters_of(demand_of(240.0), network, {"ZW": (0.3,) * 24})
    assert quarter.inflow_veh_h[8] == pytest.approx(17.0)
    assert quarter.outflow_veh_h[8] == pytest.approx(20.0)


def test_who_drives_home_neither_parks_nor_starts_where_he_lives(demand_of, network):
    """Into the quarter 10 an hour to work and 10 home; out of it 10 home: 10 arrivals, 10 departures."""
    made = demand_of(240.0)
    purposes = [Purpose.COMMUTING, Purpose.COMMUTING_HOME, Purpose.COMMUTING_HOME, Purpose.COMMUTING]
    kept = [cell for cell in made.cells if "ZP" in {cell.origin, cell.destination}]
    ends = [("ZW", "ZP"), ("ZN", "ZP"), ("ZP", "ZW"), ("ZP", "ZS")]
    cells = tuple(
        dataclasses.replace(kept[0], origin=a, destination=b, purpose=purpose)
        for (a, b), purpose in zip(ends, purposes, strict=True)
    )
    made = dataclasses.replace(made, cells=cells)
    (quarter,) = quarters_of(made, network, {})
    assert quarter.inflow_veh_h[8] == quarter.outflow_veh_h[8] == pytest.approx(10.0)
    used = [(cell.may_park, cell.may_have_parked) for cell in od_cells(made, 1.0)]
    assert used == [(True, False), (False, True), (False, True), (True, False)]


def test_the_hours_of_a_cell_are_those_of_its_purpose(demand_of):
    made = demand_of(240.0)
    early = tuple(0.5 if hour in {6, 7} else 0.0 for hour in range(24))
    profile = DayProfile(day_type=DayType.WEEKDAY, purpose=Purpose.SHOPPING, shares=early)
    quiet = DayProfile(day_type=DayType.SUNDAY, purpose=Purpose.SHOPPING, shares=(0.0,) * 24)
    made = dataclasses.replace(made, profiles={**made.profiles, profile.key: profile, quiet.key: quiet})
    cell = od_cells(made, 1.0)[0]
    assert (cell.rates_veh_h[0][7], cell.rates_veh_h[0][8], cell.rates_veh_h[6][7]) == (120.0, 0.0, 0.0)


def test_five_numbers_make_a_trip(demand_of):
    cells = {cell.name: cell for cell in od_cells(demand_of(), 1.0)}
    shares = ParkingShares({"ZP": ({"GP": 0.3},) * 24}, {"ZP": (0.25,) * 24}, {"GP": 1.0})
    into, out = cells["ZW ZP shopping"], cells["ZP ZW shopping"]
    parks = trip_of(into, [0.1, 0.5, 0.5, 0.29, 0.19], 0.0, shares, 8, 0.2)
    assert (parks.facility, parks.follower, parks.ends_at) == ("GP", True, "P")
    private = trip_of(into, [0.1, 0.5, 0.5, 0.31, 0.19], 0.0, shares, 8, 0.2)
    assert (private.facility, private.follower, private.destination) == (None, False, "P")
    assert trip_of(out, [0.24, 0.5, 0.5, 0.5, 0.5], 0.0, shares, 8, 0.2) is None
    assert trip_of(out, [0.26, 0.5, 0.5, 0.5, 0.5], 0.0, shares, 8, 0.2).origin == "P"
