"""Local time, random streams and the drawing of trips."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulator.day_clock import DayClock
from simulator.random_streams import random_stream
from simulator.scenario.events import ClosureEvent, SurgeEvent
from simulator.staged import BaseModel, Staged
from simulator.trip_demand import od_cells, quarters_of, staged_cells, surge_cells
from traffic_core.demand import DayProfile, DayType, Purpose
from traffic_core.errors import InvalidValueError

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


@pytest.mark.parametrize("first", [at(2026, 3, 29), at(2026, 10, 25)])
def test_local_times_of_an_array_are_those_of_each_time_on_the_days_the_clocks_change(first):
    t_s = first + np.arange(-3_600.0, 30 * 3_600.0, 450.5)[::-1]
    times = BERLIN.local_times(t_s)
    assert list(zip(*(column.tolist() for column in times), strict=True)) == [BERLIN.local(t) for t in t_s.tolist()]


def test_the_day_in_march_has_23_hours_and_the_day_in_october_25():
    spring = BERLIN.local_times(at(2026, 3, 29) + 3_600.0 * np.arange(4.0))
    assert spring.hour.tolist() == [0, 1, 3, 4]
    assert spring.second_of_day_s.tolist() == [0.0, 3_600.0, 10_800.0, 14_400.0]
    autumn = BERLIN.local_times(at(2026, 10, 25) + 3_600.0 * np.arange(26.0))
    assert autumn.hour[:5].tolist() == [0, 1, 2, 2, 3]
    assert (autumn.weekday[24], autumn.hour[24], autumn.weekday[25], autumn.hour[25]) == (6, 23, 0, 0)


def test_local_times_of_no_time_are_none_and_of_no_number_refused():
    assert len(BERLIN.local_times(np.zeros(0)).hour) == 0
    with pytest.raises(InvalidValueError, match="t_s = nan: must be a finite number"):
        BERLIN.local_times(np.array([0.0, np.nan]))


def test_a_stream_depends_on_seed_and_name_alone():
    assert random_stream(1, "cell A").random(3).tolist() == random_stream(1, "cell A").random(3).tolist()
    assert random_stream(1, "cell A").random() != random_stream(1, "cell B").random()
    assert random_stream(1, "cell A").random() != random_stream(2, "cell A").random()


def test_a_stream_is_the_same_in_every_version():
    assert random_stream(1, "cell A").integers(0, 1_000_000, 3).tolist() == [688172, 731595, 738763]


def test_cells_carry_nodes_rates_and_the_demand_factor(demand_of):
    cells = {cell.name: cell for cell in od_cells(demand_of(240.0), 0.5)}
    cell = cells["ZW ZP shopping"]
    assert (cell.origins, cell.destinations) == (("W",), ("P",))
    assert (cell.from_inside, cell.to_inside, cell.may_park) == (False, True, True)
    assert cell.veh_24h * cell.shares[0][8] == pytest.approx(5.0)
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
    assert cell.veh_24h == 240.0
    assert (cell.shares[0][7], cell.shares[0][8], cell.shares[6][7]) == (0.5, 0.0, 0.0)


def test_factors_of_purposes_and_zones_multiply(demand_of):
    """Of 240: twice by the purpose, half of all, 3 times into and 1.5 times out of a zone."""
    factors = {"ZP": 3.0, "ZW": 1.5}
    cells = {cell.name: cell for cell in od_cells(demand_of(240.0), 0.5, {Purpose.SHOPPING: 2.0}, factors)}
    assert cells["ZW ZP shopping"].veh_24h == pytest.approx(240.0 * 4.5)
    assert cells["ZP ZS shopping"].veh_24h == pytest.approx(240.0 * 3.0)
    assert cells["ZN ZS shopping"].veh_24h == pytest.approx(240.0)
    assert [cell.name for cell in od_cells(demand_of(240.0), 1.0, {}, {"ZP": 0.0})] == [
        "ZW ZE shopping",
        "ZE ZW shopping",
        "ZN ZS shopping",
        "ZS ZN shopping",
    ]


@pytest.mark.parametrize(
    ("factor", "of_purpose", "of_zone", "parts"),
    [
        (-1.0, {}, {}, ["demand_factor", "-1.0", "at least 0"]),
        (1.0, {Purpose.FAIR: float("nan")}, {}, ["purpose_factor[fair]", "nan", "at least 0"]),
        (1.0, {}, {"ZX": 2.0}, ["zone_factor", "ZX", "must name a zone"]),
        (1.0, {}, {"ZP": -0.1}, ["zone_factor[ZP]", "-0.1", "at least 0"]),
    ],
)
def test_a_factor_that_cannot_be_is_refused(demand_of, factor, of_purpose, of_zone, parts):
    with pytest.raises(InvalidValueError) as caught:
        od_cells(demand_of(), factor, of_purpose, of_zone)
    assert all(part in str(caught.value) for part in parts)


def surge(**changes):
    parts = {
        "name": "match",
        "from_zone": "ZW",
        "to_zone": "ZP",
        "purpose": Purpose.LEISURE,
        "veh": 120.0,
        "from_s": 0.0,
        "until_s": 3_600.0,
    }
    return SurgeEvent(**{**parts, **changes})


def test_a_surge_is_a_cell_of_its_own_that_no_factor_changes(demand_of, network):
    base = BaseModel(
        id="small", timezone="Europe/Berlin", network=network, demand=demand_of(240.0), junctions={}, parking=None
    )
    closure = ClosureEvent(link_id="W_X", from_s=0.0, until_s=60.0)
    home = surge(from_zone="ZP", to_zone="ZS", purpose=Purpose.SHOPPING)
    staged = Staged(
        scenario_id="s",
        model=base,
        start_s=0.0,
        duration_s=60.0,
        warm_up_s=0.0,
        kappa=0.2,
        centre=True,
        demand_factor=2.0,
        zone_factor={"ZP": 2.0},
        events=(surge(), closure, surge(from_s=1_800.0), surge(veh=0.0), home),
    )
    cells = staged_cells(staged)
    assert [cell.veh_24h for cell in cells[:5]] == [480.0, 480.0, 480.0, 480.0, 960.0]
    assert [(cell.name, cell.veh_24h, cell.window_s) for cell in cells[8:]] == [
        ("surge match ZW ZP leisure", 120.0, (0.0, 3_600.0)),
        ("surge match ZW ZP leisure 2", 120.0, (1_800.0, 3_600.0)),
        ("surge match ZP ZS shopping", 120.0, (0.0, 3_600.0)),
    ]
    assert [(cell.may_park, cell.may_have_parked) for cell in cells[8:]] == [(True, False)] * 3


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"from_zone": "ZX"}, ["surge[match].from_zone", "ZX", "must name a zone"]),
        ({"to_zone": "ZW"}, ["surge[match].to_zone", "ZW", "must differ from from_zone"]),
        ({"veh": -3.0}, ["surge[match].veh", "-3.0", "at least 0"]),
        ({"until_s": 0.0}, ["surge[match].until_s", "0.0", "must lie after from_s = 0.0"]),
        ({"until_s": float("inf")}, ["surge[match].until_s", "inf", "must lie after"]),
    ],
)
def test_a_surge_that_cannot_be_is_refused(demand_of, changes, parts):
    with pytest.raises(InvalidValueError) as caught:
        surge_cells(demand_of(), [surge(**changes)])
    assert all(part in str(caught.value) for part in parts)


def test_deliveries_and_some_through_trips_are_made_by_lorries(demand_of):
    made = demand_of(240.0)
    purposes = [Purpose.DELIVERY, Purpose.THROUGH, Purpose.COMMUTING]
    cells = [dataclasses.replace(cell, purpose=kind) for cell, kind in zip(made.cells, purposes, strict=False)]
    cells = od_cells(dataclasses.replace(made, cells=tuple(cells)), 1.0)
    assert [cell.hgv_share for cell in cells] == [1.0, 0.055, 0.0]
