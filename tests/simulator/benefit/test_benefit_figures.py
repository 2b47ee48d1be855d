"""Figures of those who want to park, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.benefit.figures import BENEFIT_FIGURES, CO2_KG_H, CO2_KG_KM, MAIN, benefit_figures
from simulator.trip_book import NOWHERE, Parkers

TOWN = {
    "gave_up_veh": 4.0,
    "turned_by_sign_veh": 2.0,
    "total_delay_h": 9.0,
    "driven_km": 80.0,
    "trips_done": 50.0,
    "trips_unfinished": 1.0,
}
NAN = math.nan


def parkers(*rows):
    """Rows of (at, end, free, parking, walk, driven, wanted, parked at)."""
    columns = [np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)]
    return Parkers(*columns[:6], columns[6].astype(np.int64), columns[7].astype(np.int64))


ROWS = (
    (0.0, 600.0, 300.0, 60.0, 0.0, 2_000.0, 0, 0),  # parks where it wanted after 10 min
    (100.0, 1_900.0, 300.0, 900.0, 720.0, 5_000.0, 0, 1),  # 30 min, elsewhere: 720 m on foot are 10 min
    (200.0, 1_400.0, 300.0, NAN, NAN, 3_000.0, 1, NOWHERE),  # 20 min, found no place
    (3_000.0, NAN, 300.0, NAN, NAN, NAN, 1, NOWHERE),  # under way: 10 min so far
    (3_590.0, NAN, 300.0, NAN, NAN, NAN, 1, NOWHERE),  # under way: 10 s so far, nothing lost yet
    (500.0, math.inf, 300.0, NAN, NAN, NAN, 1, NOWHERE),  # lost
    (-10.0, 50.0, 40.0, 30.0, 0.0, 900.0, 0, 0),  # began before the period
)


def test_the_time_of_parkers_adds_driving_searching_and_walking():
    made = benefit_figures(parkers(*ROWS), 0.0, 3_600.0, 7, TOWN)
    in_car_h = (600.0 + 1_800.0 + 1_200.0 + 600.0 + 10.0) / 3_600.0
    assert made["parker_h"] == pytest.approx(in_car_h)
    assert made[MAIN] == pytest.approx(in_car_h + 600.0 / 3_600.0)
    assert made["parker_lost_h"] == pytest.approx((300.0 + 1_500.0 + 900.0 + 300.0 + 0.0) / 3_600.0)
    assert made["walk_km"] == pytest.approx(0.72)
    assert made["parker_km"] == pytest.approx(10.0)
    assert made["search_s"] == pytest.approx(480.0)


def test_what_became_of_them_is_counted():
    made = benefit_figures(parkers(*ROWS), 0.0, 3_600.0, 7, TOWN)
    assert (made["parkers"], made["wasted_veh"], made["found_full_veh"], made["turned_away_veh"]) == (
        5.0,
        1.0,
        7.0,
        4.0,
    )
    assert made["as_wanted_share"] == pytest.approx(1.0 / 3.0)
    assert made["co2_kg"] == pytest.approx(10.0 * CO2_KG_KM + 3_000.0 / 3_600.0 * CO2_KG_H)
    assert {name: made[name] for name in TOWN if name != "gave_up_veh"} == {
        name: value for name, value in TOWN.items() if name != "gave_up_veh"
    }
    assert list(made) == [figure.name for figure in BENEFIT_FIGURES]


def test_a_town_without_parkers_has_no_means():
    made = benefit_figures(parkers(ROWS[-1]), 0.0, 3_600.0, 0, TOWN)
    assert made[MAIN] == made["parker_km"] == made["co2_kg"] == 0.0
    assert made["search_s"] is None
    assert made["as_wanted_share"] is None
