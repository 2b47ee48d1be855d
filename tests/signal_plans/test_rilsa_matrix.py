"""From conflict points to a matrix: the longest counts, both directions exist, nothing is left out unnamed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.rilsa.matrix import (
    ConflictPoint,
    clearing_way_m,
    entering_way_m,
    matrix_of,
    may_be_permissive,
    point_intergreen_s,
)
from signal_plans.rilsa.values import ClearingCase, RoadUser
from traffic_core.errors import InvalidValueError


def point(clearing, entering, clearing_m=20, entering_m=10, *, may_yield=False):
    return ConflictPoint(
        clearing=clearing,
        entering=entering,
        case=ClearingCase.STRAIGHT,
        user=RoadUser.MOTOR,
        clearing_m=Fraction(clearing_m),
        entering_m=Fraction(entering_m),
        what="made up",
        may_yield=may_yield,
    )


def test_the_longest_intergreen_of_all_points_counts():
    matrix = matrix_of("J", [point("A", "B", 10), point("A", "B", 40), point("A", "B", 20), point("B", "A", 0, 60)])
    assert dict(matrix.times_s) == {("A", "B"): 7, ("B", "A"): 0}  # 3 + 46/10 - 0.9; 3.6 - 5.4 is negative


@given(st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 60), st.integers(0, 60)), min_size=1))
def test_a_matrix_is_never_below_one_of_its_points(rows):
    points = [point(one, "B" if one == "A" else "A", out_m, in_m) for one, out_m, in_m in rows]
    points += [point("A", "B", 0, 60), point("B", "A", 0, 60)]
    matrix = matrix_of("J", points)
    assert all(matrix.between_s(each.clearing, each.entering) >= point_intergreen_s(each) for each in points)


def test_a_conflict_with_points_in_one_direction_names_junction_and_both_groups():
    with pytest.raises(InvalidValueError) as raised:
        matrix_of("N04", [point("K1", "F2")])
    assert all(part in str(raised.value) for part in ("N04", "K1", "F2", "too"))


def test_only_flagged_pairs_are_left_to_the_drivers():
    points = [point(a, b, may_yield=True) for a, b in (("K1", "F1"), ("F1", "K1"), ("K2", "F1"), ("F1", "K2"))]
    assert len(matrix_of("J", points).times_s) == 4
    left = matrix_of("J", points, permissive=frozenset({("K1", "F1")}))
    assert set(left.times_s) == {("K2", "F1"), ("F1", "K2")}


@pytest.mark.parametrize(
    ("flagged", "limit"), [(("K1", "K2"), "turners"), (("K1", "K9"), "ways meet")], ids=["straight", "unknown"]
)
def test_pairs_that_may_not_be_left_to_the_drivers_are_refused(flagged, limit):
    # one point of the pair may be left to a turner, another one may not
    points = [point(a, b, may_yield=may) for a, b in (("K1", "K2"), ("K2", "K1")) for may in (True, False)]
    assert may_be_permissive(points) == frozenset()
    with pytest.raises(InvalidValueError, match=limit) as raised:
        matrix_of("N04", points, permissive=frozenset({flagged}))
    assert all(part in str(raised.value) for part in ("N04", *flagged))


@given(st.floats(0, 100))
def test_ways_are_rounded_to_the_safe_side(way_m):
    assert entering_way_m(way_m) <= Fraction(way_m) + Fraction(1, 10**6)
    assert clearing_way_m(way_m) >= Fraction(way_m) - Fraction(1, 10**6)
    assert clearing_way_m(way_m) - entering_way_m(way_m) <= Fraction(1, 10)


def test_a_way_of_full_decimetres_stays_as_it_is():
    assert clearing_way_m(0.1 + 0.2) == entering_way_m(0.1 + 0.2) == Fraction(3, 10)
