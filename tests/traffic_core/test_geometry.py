"""Distances and bearings on the sphere."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import InvalidValueError
from traffic_core.geometry import EARTH_RADIUS_M, distance_m, line_length_m, require_lon_lat

ONE_DEGREE_M = EARTH_RADIUS_M * math.pi / 180.0
POINTS = st.tuples(st.floats(-179.0, 179.0), st.floats(-85.0, 85.0))


def test_one_degree_of_latitude_is_the_radius_times_pi_over_180():
    assert distance_m((9.0, 48.0), (9.0, 49.0)) == pytest.approx(ONE_DEGREE_M)
    assert pytest.approx(111_195.08, abs=0.01) == ONE_DEGREE_M


def test_one_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude():
    along_the_parallel = distance_m((9.0, 60.0), (9.001, 60.0))
    assert along_the_parallel == pytest.approx(0.001 * ONE_DEGREE_M * 0.5, rel=1e-6)


def test_a_line_is_as_long_as_its_parts():
    a, b, c = (9.0, 48.0), (9.0, 48.5), (9.0, 49.0)
    assert line_length_m((a, b, c)) == pytest.approx(distance_m(a, c))
    assert line_length_m((a,)) == 0.0


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_at_most_half_the_circumference(a: tuple[float, float], b: tuple[float, float]):
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert 0.0 <= distance_m(a, b) <= math.pi * EARTH_RADIUS_M + 1e-6


@pytest.mark.parametrize("point", [(math.nan, 48.0), (9.0, math.inf), (181.0, 48.0), (9.0, -90.5)])
def test_a_position_outside_the_globe_is_refused(point: tuple[float, float]):
    with pytest.raises(InvalidValueError, match="position"):
        require_lon_lat("position", point)
