"""Trip distribution: hand-calculated tables, margins, and what cannot be balanced."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from traffic_core.calibration.balancing import balance, scaled_to_shares
from traffic_core.calibration.gravity import Deterrence, gravity, mean_cost
from traffic_core.errors import InvalidValueError

SEED_2_BY_2 = np.array([[1.0, 2.0], [3.0, 4.0]])


def test_a_two_by_two_table_is_the_one_with_the_seeds_cross_ratio():
    """With margins 5 and 5 the table is [[x, 5 - x], [5 - x, x]]; its cross ratio x² / (5 - x)² = 4 / 6."""
    found = balance(SEED_2_BY_2, np.array([5.0, 5.0]), np.array([5.0, 5.0]))
    x = 5.0 * np.sqrt(4.0 / 6.0) / (1.0 + np.sqrt(4.0 / 6.0))
    assert found.trips == pytest.approx(np.array([[x, 5.0 - x], [5.0 - x, x]]))
    assert found.margin_error <= 1e-9


def test_one_furness_step_is_enough_where_the_seed_is_a_product():
    """A seed of ones gives rows times columns over the total: 30 · 20 / 50 = 12 and so on."""
    found = balance(np.ones((2, 2)), np.array([30.0, 20.0]), np.array([20.0, 30.0]))
    assert found.iterations == 1
    assert found.trips == pytest.approx(np.array([[12.0, 18.0], [8.0, 12.0]]))


def test_gravity_between_two_places_and_a_third_by_hand():
    """Productions and attractions (10, 10, 10): with an empty diagonal [[0, x, 10 - x], [10 - x, 0, x], ...].

    Its only cross ratio is t01 t12 t20 / (t02 t10 t21) = (x / (10 - x))³, that of exp(-c / 10) with c = 10 on the way
    round and 20 on the way back: exp(3), so that x / (10 - x) = e.
    """
    cost = np.array([[0.0, 10.0, 20.0], [20.0, 0.0, 10.0], [10.0, 20.0, 0.0]])
    masses = np.full(3, 10.0)
    trips = gravity(masses, masses, cost, Deterrence(scale=10.0)).trips
    x = 10.0 * np.e / (1.0 + np.e)
    assert trips == pytest.approx(np.array([[0.0, x, 10.0 - x], [10.0 - x, 0.0, x], [x, 10.0 - x, 0.0]]))
    assert mean_cost(trips, cost) == pytest.approx((10.0 * x + 20.0 * (10.0 - x)) / 10.0)


def test_deterrence_is_exponential_or_has_a_power():
    cost = np.array([0.0, 5.0, np.inf])
    assert Deterrence(scale=5.0).of(cost) == pytest.approx([1.0, np.exp(-1.0), 0.0])
    assert Deterrence(scale=5.0, power=2.0).of(cost) == pytest.approx([0.0, 25.0 * np.exp(-1.0), 0.0])


@given(st.data())
def test_the_margins_are_met_and_a_zero_stays_a_zero(data):
    size = data.draw(st.integers(3, 8))
    seed = data.draw(hnp.arrays(float, (size, size), elements=st.floats(0.1, 100.0)))
    np.fill_diagonal(seed, 0.0)
    rows = data.draw(hnp.arrays(float, size, elements=st.floats(50.0, 100.0)))
    columns = data.draw(hnp.arrays(float, size, elements=st.floats(50.0, 100.0)))
    columns *= rows.sum() / columns.sum()
    if (rows + columns).max() > 0.95 * rows.sum():  # a zone whose trips cannot leave it
        return
    found = balance(seed, rows, columns)
    assert found.trips.sum(axis=1) == pytest.approx(rows, rel=1e-6)
    assert found.trips.sum(axis=0) == pytest.approx(columns, rel=1e-6)
    assert not found.trips.diagonal().any()


@given(st.floats(0.2, 0.6), st.floats(0.05, 0.3))
def test_rows_columns_and_blocks_are_met_together(internal, through):
    """Two quarters and two gates: the margins that a structure of the trips implies can all be met."""
    half = 0.5 * (1.0 - internal - through)
    rows = 1_000.0 * np.array([0.6 * (internal + half), 0.4 * (internal + half), *(2 * [0.5 * (through + half)])])
    block = np.array([[2, 2, 1, 1], [2, 2, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]])
    wanted = 1_000.0 * np.array([through, 2.0 * half, internal])
    cost = 1.0 + np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    found = balance(np.exp(-cost), rows, rows.copy(), blocks=(block, wanted)).trips
    assert [found[block == name].sum() for name in range(3)] == pytest.approx(wanted, rel=1e-6)
    assert found.sum(axis=1) == pytest.approx(rows, rel=1e-6)


def test_blocks_are_scaled_to_their_shares_and_the_rest_is_left_alone():
    trips = np.array([[10.0, 20.0], [30.0, 99.0]])
    block = np.array([[0, 1], [1, -1]])
    scaled = scaled_to_shares(trips, block, np.array([0.5, 0.5]))
    assert scaled == pytest.approx(np.array([[30.0, 12.0], [18.0, 99.0]]))


def test_a_zone_with_more_than_half_of_all_trips_cannot_send_them_away():
    masses = np.array([60.0, 20.0, 10.0])
    with pytest.raises(InvalidValueError, match="contradict each other"):
        gravity(masses, masses, np.ones((3, 3)), Deterrence(scale=1.0))


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "part"),
    [
        (SEED_2_BY_2, [5.0, 5.0], [5.0, 6.0], "sum of columns = 11.0"),
        (SEED_2_BY_2, [5.0, -5.0], [0.0, 0.0], "rows[1] = -5.0"),
        (SEED_2_BY_2, [5.0, float("nan")], [5.0, 5.0], "rows[1] = nan"),
        (SEED_2_BY_2, [5.0, 5.0, 5.0], [5.0, 10.0], "must have the shape (3, 2)"),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), [5.0, 5.0], [5.0, 5.0], "rows[0] = 5.0"),
    ],
)
def test_what_cannot_be_balanced_is_named(seed, rows, columns, part):
    with pytest.raises(InvalidValueError) as caught:
        balance(seed, np.array(rows), np.array(columns))
    assert part in str(caught.value)


@pytest.mark.parametrize("cost", [[-1.0], [float("nan")]])
def test_a_cost_below_zero_or_unknown_is_named(cost):
    with pytest.raises(InvalidValueError, match=r"cost\[0\]"):
        Deterrence(scale=1.0).of(np.array(cost))


def test_shares_must_sum_to_one():
    with pytest.raises(InvalidValueError, match="sum to 1"):
        scaled_to_shares(np.ones((2, 2)), np.zeros((2, 2), dtype=np.int64), np.array([0.7]))
