"""Numbers of a Visum file: units behind them, decimal commas, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.formats.visum.values import LENGTH_UNITS_M, SPEED_UNITS_M_S, quantity


@pytest.mark.parametrize(
    ("text", "expected_m"),
    [
        ("0.523km", 523.0),
        ("100m", 100.0),
        ("100 m", 100.0),
        ("0,523km", 523.0),
        ("12,5m", 12.5),
        ("1,234km", 1_234.0),
        ("933807,499m", 933_807.499),
        (".5km", 500.0),
        ("1e-1km", 100.0),
        ("-3km", -3_000.0),
        ("1mi", 1_609.344),
        ("10ft", 3.048),
        ("2", 2_000.0),
    ],
)
def test_a_length_is_in_metres(text, expected_m):
    assert quantity(text, LENGTH_UNITS_M, 1_000.0) == pytest.approx(expected_m)


@pytest.mark.parametrize(("text", "expected_m_s"), [("36km/h", 10.0), ("10m/s", 10.0), ("36KM/H", 10.0), ("72", 20.0)])
def test_a_speed_is_in_metres_a_second(text, expected_m_s):
    assert quantity(text, SPEED_UNITS_M_S, 1 / 3.6) == pytest.approx(expected_m_s)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("nan", "must be a finite number"),
        ("-inf", "must be a finite number"),
        ("1.#QNAN", "must be a finite number"),
        ("1e999", "must be a finite number"),
        ("fast", "must be a number"),
        ("1.234,5", "must be a number"),
        ("--1", "must be a number"),
        ("1,500", "must have a decimal point: this comma can be read in two ways"),
        ("3 parsec", "must be in km, m, mi, ft"),
    ],
)
def test_what_is_no_length_is_refused_with_its_limit(text, limit):
    with pytest.raises(ValueError, match=limit):
        quantity(text, LENGTH_UNITS_M, 1_000.0)


def test_a_number_without_units_refuses_one():
    with pytest.raises(ValueError, match="must be a number without a unit"):
        quantity("3km")


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_a_written_number_is_read_back(value):
    assert quantity(repr(value)) == value


@given(st.decimals(0, 1_000, places=2), st.sampled_from(sorted(LENGTH_UNITS_M)))
def test_point_and_comma_mean_the_same_before_two_decimals(value, unit):
    with_point = f"{value}{unit}"
    assert quantity(with_point.replace(".", ","), LENGTH_UNITS_M) == quantity(with_point, LENGTH_UNITS_M)
