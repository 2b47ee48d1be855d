"""Directions at a node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.bearings import (
    bearing_at_end_deg,
    bearing_at_start_deg,
    bearing_deg,
    deflection_deg,
    movement_of,
)
from traffic_core.network import Movement

HERE = (9.0, 48.0)


@pytest.mark.parametrize(
    ("there", "expected"),
    [((9.0, 48.1), 0.0), ((9.1, 48.0), 90.0), ((9.0, 47.9), 180.0), ((8.9, 48.0), 270.0)],
)
def test_bearings_run_clockwise_from_north(there, expected):
    assert bearing_deg(HERE, there) == pytest.approx(expected, abs=1e-9)


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude():
    # at 60° north half as long: equal steps lie at atan(0.5) from north
    assert bearing_deg((9.0, 59.9995), (9.001, 60.0005)) == pytest.approx(26.565, abs=0.01)


@pytest.mark.parametrize(
    ("arriving", "leaving", "expected"),
    [(0, 90, 90), (0, 270, -90), (350, 10, 20), (10, 350, -20), (90, 90, 0)],
)
def test_right_turns_are_positive(arriving, leaving, expected):
    assert deflection_deg(arriving, leaving) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("deflection", "movement"),
    [
        (0, Movement.THROUGH),
        (45, Movement.THROUGH),
        (46, Movement.RIGHT),
        (-46, Movement.LEFT),
        (-150, Movement.LEFT),
        (151, Movement.U_TURN),
        (-180, Movement.U_TURN),
    ],
)
def test_a_turn_is_named_after_its_deflection(deflection, movement):
    assert movement_of(deflection) is movement


def test_a_kink_right_at_the_node_does_not_turn_the_street():
    # 5 m east, then 500 m north: the street runs north
    line = (HERE, (9.000067, 48.0), (9.000067, 48.0045))
    assert bearing_at_start_deg(line) == pytest.approx(0.6, abs=0.1)
    assert bearing_at_end_deg(tuple(reversed(line))) == pytest.approx(180.6, abs=0.1)


@given(st.floats(0, 360), st.floats(0, 360))
def test_the_way_back_turns_as_far_the_other_way(a: float, b: float):
    there, back = deflection_deg(a, b), deflection_deg(b, a)
    assert -180.0 <= there <= 180.0
    assert abs(abs(there) - abs(back)) < 1e-6
