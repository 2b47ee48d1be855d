"""Plane geometry of maps: hand-calculated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.planning.maps.geometry import (
    facing_links,
    moved_right,
    opposite_links,
    plane_lines,
    point_along,
    points_along,
    right_of,
)
from api.planning.results.courses import Courses, Place

COORDINATE = st.floats(-1_000, 1_000, allow_nan=False)


def line(*points):
    return np.array(points, dtype=np.float64)


def test_degrees_become_metres_around_the_middle():
    courses = Courses(lines=(((9.0, 48.0), (9.2, 48.2)),), places=(Place(name="P", position=(9.1, 48.1)),))
    lines, places = plane_lines(courses)
    half_north_m = 0.1 * math.pi / 180 * 6_371_008.8
    assert lines[0][1] == pytest.approx([half_north_m * math.cos(math.radians(48.1)), half_north_m])
    assert lines[0][0] == pytest.approx(-lines[0][1])
    assert places == [pytest.approx((0.0, 0.0), abs=1e-6)]


def test_plane_coordinates_stay_as_they_are():
    lines, places = plane_lines(Courses(lines=(((0.0, 0.0), (700.0, 0.0)),), geographic=False))
    assert lines[0].tolist() == [[0.0, 0.0], [700.0, 0.0]]
    assert places == []


def test_a_line_is_moved_to_the_right_of_its_direction():
    assert moved_right(line((0, 0), (10, 0)), 2.0).tolist() == [[0.0, -2.0], [10.0, -2.0]]
    assert moved_right(line((0, 0), (0, 10)), 2.0) == pytest.approx(line((2, 0), (2, 10)))


def test_a_corner_is_mitred_and_the_sides_stay_parallel():
    moved = moved_right(line((0, 0), (10, 0), (10, -10)), 1.0)
    assert moved == pytest.approx(line((0, -1), (9, -1), (9, -10)))


def test_a_sharp_corner_is_cut_short():
    moved = moved_right(line((0, 0), (10, 0), (0, 0.1)), 1.0)
    assert np.hypot(*(moved[1] - (10, 0))) <= 2.0 + 1e-9


def test_points_that_repeat_are_passed_over():
    assert moved_right(line((0, 0), (0, 0), (10, 0)), 1.0) == pytest.approx(line((0, -1), (10, -1)))
    assert moved_right(line((1, 1), (1, 1)), 1.0).tolist() == [[1.0, 1.0], [1.0, 1.0]]


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=6), st.floats(0.0, 50.0))
def test_no_point_moves_further_than_twice_the_offset(points, by):
    original = line(*points)
    moved = moved_right(original, by)
    gaps = np.hypot(*(moved[:, None, :] - original[None, :, :]).transpose(2, 0, 1))
    assert (gaps.min(axis=1) <= 2.0 * by + 1e-6).all()


def test_directions_of_a_street_belong_together():
    lines = [line((0, 0), (1, 0)), line((1, 0), (0, 0)), line((1, 0), (2, 0))]
    assert opposite_links(("A", "B", "B"), ("B", "A", "C"), lines) == [1, 0, -1]


def test_of_parallel_links_the_most_similar_belongs_to_the_way_back():
    lines = [line((0, 0), (1, 0)), line((0, 0), (0, 9), (1, 0)), line((1, 0), (0, 9), (0, 0))]
    assert opposite_links(("A", "A", "B"), ("B", "B", "A"), lines) == [-1, 2, 1]


def test_a_point_along_a_line_knows_the_upright_direction():
    assert point_along(line((0, 0), (4, 0), (4, 4)), 0.25) == pytest.approx((2.0, 0.0, 0.0))
    assert point_along(line((0, 0), (4, 0), (4, 4)), 0.75) == pytest.approx((4.0, 2.0, -90.0))
    assert point_along(line((10, 0), (0, 0)), 0.5) == pytest.approx((5.0, 0.0, 0.0))
    assert point_along(line((3, 3), (3, 3)), 0.5) == pytest.approx((3.0, 3.0, 0.0))


def test_right_is_seen_in_driving_direction():
    corner = line((0, 0), (4, 0), (4, 4))
    assert right_of(corner, 0.25) == pytest.approx((0.0, -1.0))
    assert right_of(corner, 0.75) == pytest.approx((1.0, 0.0))
    assert right_of(line((1, 1), (1, 1)), 0.5) == (0.0, 0.0)


def test_carriageways_of_a_street_face_each_other():
    lines = [
        line((0, 0), (900, 0)),
        line((900, 30), (400, 30)),
        line((400, 30), (0, 30)),
        line((0, 60), (900, 60)),
        line((900, 500), (0, 500)),
    ]
    alone = [-1] * 5
    assert facing_links(("A8", "A8", "A8", "A9", "A8"), lines, alone) == [1, 0, 0, -1, -1]
    assert facing_links(("", "", "", "", ""), lines, alone) == alone
    assert facing_links(("A8", "A8", "A8", "A9", "A8"), lines, [1, 0, -1, -1, -1]) == alone


def test_points_along_a_line_are_close_together():
    points = points_along(line((0, 0), (10, 0), (10, 1)), 4.0)
    assert points.tolist()[0] == [0.0, 0.0]
    assert points.tolist()[-1] == [10.0, 1.0]
    assert len(points) == 1 + 3 + 1
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 4.0
