"""The whole town in small: determinism, conservation, signals that obey, signs that are seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parking.sign import Display, RowContent, SignContent
from signal_plans.lamp import Lamp
from signal_plans.switching import plan_switch
from traffic_core.errors import InvalidValueError
from traffic_core.readings import DetectorReading, OccupancyReading, Quality

START_S = 1_795_500_000.0


def of_kind(readings, kind):
    return [reading for reading in readings if isinstance(reading, kind)]


def content(sequence, first, second, until_s=START_S + 250.0):
    rows = tuple(
        RowContent(display=display, free_veh=None, quality=Quality.MEASURED, age_s=0.0, reason="fresh")
        for display in (first, second)
    )
    return SignContent(sign_id="S1", sequence=sequence, issued_at_s=until_s - 250.0, valid_until_s=until_s, rows=rows)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_readings_whatever_the_calls(town):
    one, other = town(), town()
    in_one = one.advance(START_S + 1_200.0)
    in_steps = [reading for k in range(1, 121) for reading in other.advance(START_S + 10.0 * k)]
    assert in_one == in_steps
    assert one.statistics() == other.statistics()
    assert town(seed=8).advance(START_S + 1_200.0) != in_one


@pytest.mark.slow
def test_readings_come_in_the_order_of_time_and_of_the_warm_up_only_the_last_of_each_car_park(town):
    readings = town().advance(START_S + 600.0)
    times_s = [reading.measured_at_s for reading in readings]
    assert times_s == sorted(times_s)
    early = [reading for reading in readings if reading.measured_at_s < START_S]
    assert early
    assert all(isinstance(reading, OccupancyReading) for reading in early)
    assert len({reading.source_id for reading in early}) == len(early)
    assert max(times_s) < START_S + 600.0
    assert {reading.source_id for reading in readings} == {"D_X_W", "D_N_X", "D_X_P", "GP", "GR"}


@pytest.mark.slow
def test_another_detector_changes_neither_traffic_nor_the_other_readings(town, network_with):
    few = town(detector_miss_share=0.1)
    many = town(detector_miss_share=0.1, network=network_with(("X_W", "N_X", "X_P", "W_X", "R_X")))
    before = few.advance(START_S + 1_200.0)
    after = many.advance(START_S + 1_200.0)
    assert few.statistics() == many.statistics()
    assert [r for r in after if r.source_id not in {"D_W_X", "D_R_X"}] == before


def test_vehicles_are_conserved_and_arrive(town):
    sim = town()
    for minute in range(1, 31):
        sim.advance(START_S + 60.0 * minute)
        figures = sim.statistics()
        assert figures.entered_veh == figures.inside_veh + figures.left_veh
    assert figures.done_trips > 500
    assert figures.mean_trip_s > 60.0
    assert 0.0 < figures.mean_delay_s < 120.0
    assert figures.waiting_outside_veh < 10


@pytest.mark.slow
def test_a_gate_detector_counts_what_its_demand_says(town):
    """Southbound over N_X: two cells of 4,000 vehicles a day, 333 an hour."""
    readings = of_kind(town().advance(START_S + 3_601.0), DetectorReading)
    counted = sum(reading.count_veh for reading in readings if reading.source_id == "D_N_X")
    assert counted == pytest.approx(2 * 4_000 / 24, abs=4 * 333**0.5)


@pytest.mark.slow
def test_a_garage_keeps_its_usual_occupancy_and_its_counter_agrees(town):
    sim = town()
    readings = of_kind(sim.advance(START_S + 7_201.0), OccupancyReading)
    at_p = [reading for reading in readings if reading.source_id == "GP"]
    mean_veh = sum(reading.occupied_veh for reading in at_p) / len(at_p)
    assert mean_veh == pytest.approx(30.0, abs=12.0)
    assert all(reading.free_veh == 60 - reading.occupied_veh for reading in at_p)
    first, last = at_p[0], at_p[-1]
    moved = sum(reading.entered_veh - reading.left_veh for reading in at_p[1:])
    assert last.occupied_veh == first.occupied_veh + moved
    assert sim.statistics().parked_veh["GP"] == pytest.approx(last.occupied_veh, abs=3)


@pytest.mark.slow
def test_a_counter_that_misses_cars_drifts(town):
    sim = town(counter_miss_share=0.5)
    readings = of_kind(sim.advance(START_S + 3_601.0), OccupancyReading)
    counted = sum(reading.entered_veh for reading in readings)
    exact = of_kind(town().advance(START_S + 3_601.0), OccupancyReading)
    assert counted == pytest.approx(0.5 * sum(reading.entered_veh for reading in exact), rel=0.25)


@pytest.mark.slow
def test_a_full_garage_is_left_and_the_next_one_is_tried(town, parking_with):
    sim = town(parking=parking_with(capacity_veh=2, share=0.9), demand_factor=3.0)
    sim.advance(START_S + 3_600.0)
    figures = sim.statistics()
    assert figures.gave_up > 0
    assert figures.parked_veh["GP"] <= 2


@pytest.mark.slow
def test_followers_obey_a_full_sign_and_others_do_not(town):
    turned = {}
    for kappa in (0.0, 1.0):
        sim = town(kappa=kappa)
        sim.fill()
        for part in range(6):
            begin_s = START_S + 200.0 * part
            sim.show(content(part, Display.FULL, Display.FREE, until_s=begin_s + 250.0))
            sim.advance(begin_s + 200.0)
        turned[kappa] = sim.statistics().turned_by_sign
        if kappa == 1.0:
            assert sim.statistics().parked_veh["GR"] > 200
    assert turned[0.0] == 0
    assert turned[1.0] >= 3


@pytest.mark.slow
def test_an_expired_sign_turns_nobody(town):
    sim = town(kappa=1.0)
    sim.show(content(1, Display.FULL, Display.FREE, until_s=START_S - 299.0))
    sim.advance(START_S + 900.0)
    assert sim.statistics().turned_by_sign == 0


@pytest.mark.slow
def test_a_closed_garage_takes_nobody_in(town):
    sim = town()
    sim.fill()
    sim.set_open("GP", is_open=False)
    readings = of_kind(sim.advance(START_S + 1_200.0), OccupancyReading)
    at_p = [reading for reading in readings if reading.source_id == "GP"]
    assert sum(reading.entered_veh for reading in at_p[5:]) == 0
    assert at_p[-1].is_open is False
    assert sim.statistics().gave_up > 0


@pytest.mark.slow
def test_a_commanded_programme_runs_from_its_second_on_until_it_expires(town, junctions):
    sim = town()
    sim.advance(START_S)
    first, second = junctions["X"].programmes
    assert sim.programmes() == {"X": first}
    second, at_s = plan_switch(first, second, int(START_S) + 100)
    sim.command_signal("X", second, at_s, START_S + 700.0)
    sim.advance(at_s)
    assert sim.programmes() == {"X": first}
    sim.advance(at_s + 1.0)
    assert sim.programmes() == {"X": second}
    sim.advance(START_S + 400.0)
    for second_s in range(401, 600):
        sim.advance(START_S + second_s)
        at = second.second_at(START_S + second_s - 1)
        for group, lamp in sim.lamps()["X"].items():
            assert (lamp is Lamp.GREEN) == second.is_green(group, at)
    sim.advance(START_S + 900.0)
    assert sim.programmes() == {"X": first}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kappa": 1.5}, "kappa"),
        ({"counter_miss_share": -0.1}, "counter_miss_share"),
        ({"start_s": START_S + 0.5}, "start_s"),
        ({"demand_factor": -1.0}, "demand_factor"),
    ],
)
def test_a_wrong_argument_is_named(town, changes, field):
    with pytest.raises(InvalidValueError, match=field):
        town(**changes)


def test_a_command_to_an_unknown_place_is_refused(town, junctions):
    sim = town()
    with pytest.raises(InvalidValueError, match="junction_id"):
        sim.command_signal("Y", junctions["X"].fallback, START_S)
    with pytest.raises(InvalidValueError, match="facility_id"):
        sim.set_open("GX", is_open=False)


def test_a_trip_without_a_way_stops_the_start(town, network):
    turns = {name: turn for name, turn in network.turns.items() if name != "W-X-P"}
    with pytest.raises(InvalidValueError, match="ZW ZE shopping"):
        town(network=replace(network, turns=turns), junctions={})
