"""The transportation kernel against a linear programme, on random instances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from parking.assignment import assign
from traffic_core.kernels.transport import transport

COST_S = st.one_of(st.integers(0, 20).map(float), st.floats(0.0, 10_000.0))


@st.composite
def instances(draw):
    """Cost (I, J + 1), demand (I,), supply (J,); the sink is the last column."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(0, 6))
    cost_s = draw(st.lists(COST_S, min_size=rows * (columns + 1), max_size=rows * (columns + 1)))
    demand = draw(st.lists(st.integers(0, 30), min_size=rows, max_size=rows))
    supply = draw(st.lists(st.integers(0, 30), min_size=columns, max_size=columns))
    return np.array(cost_s).reshape(rows, columns + 1), np.array(demand, np.int64), np.array(supply, np.int64)


def least_cost(cost_s, demand, supply):
    rows, columns = cost_s.shape
    sent = np.kron(np.eye(rows), np.ones(columns))
    taken = np.kron(np.ones(rows), np.eye(columns))[: columns - 1]
    limits = {"A_ub": taken, "b_ub": supply} if columns > 1 else {}
    found = linprog(cost_s.ravel(), A_eq=sent, b_eq=demand, method="highs", **limits)
    assert found.status == 0
    return found.fun


def degenerate(cost_s, demand, supply):
    return np.array(cost_s, np.float64), np.array(demand, np.int64), np.array(supply, np.int64)


@settings(deadline=None)
@given(instances())
@example(degenerate(np.full((5, 4), 7.0), [3, 0, 5, 1, 9], [4, 0, 6]))  # all alike
@example(degenerate([[5.0, 1.0, 9.0]], [12], [3, 4]))  # one row
@example(degenerate([[9.0]] * 4, [1, 2, 3, 4], []))  # the sink alone
@example(degenerate([[1.0, 2.0, 9.0]] * 6, [5] * 6, [1_000_000, 1_000_000]))  # room for everybody
@example(degenerate([[1e7, 3.0, 8.0], [2.0, 1e7, 8.0], [1e7, 1e7, 8.0]], [2, 2, 2], [1, 5]))  # forbidden pairs
@example(degenerate([[0.0, 0.0, 0.0]] * 3, [2, 2, 2], [3, 3]))  # nothing costs anything
def test_the_optimum_is_that_of_a_linear_programme(instance):
    cost_s, demand, supply = instance
    flow, _ = assign(cost_s, demand, supply)
    assert float((flow * cost_s).sum()) == pytest.approx(least_cost(cost_s, demand, supply), rel=1e-6, abs=1e-6)


@given(instances())
def test_everybody_is_sent_and_no_place_twice(instance):
    cost_s, demand, supply = instance
    flow, _ = assign(cost_s, demand, supply)
    assert (flow >= 0).all()
    assert (flow.sum(axis=1) == demand).all()
    assert (flow.sum(axis=0)[:-1] <= supply).all()


@given(instances())
def test_prices_prove_the_optimum(instance):
    cost_s, demand, supply = instance
    flow, price_s = assign(cost_s, demand, supply)
    row_price_s = (cost_s + price_s).min(axis=1)
    reduced_s = cost_s - row_price_s[:, None] + price_s
    assert (price_s >= 0).all()
    assert price_s[-1] == 0
    assert (price_s[:-1][flow.sum(axis=0)[:-1] < supply] == 0).all()
    assert reduced_s[flow > 0].max(initial=0.0) <= 1e-9 * (1.0 + cost_s.max())


@given(instances(), st.integers(0, 5))
def test_a_price_is_the_gain_of_one_more_place(instance, column):
    cost_s, demand, supply = instance
    if column >= supply.size:
        return
    flow, price_s = assign(cost_s, demand, supply)
    more = supply.copy()
    more[column] += 1
    gain_s = (flow * cost_s).sum() - (assign(cost_s, demand, more)[0] * cost_s).sum()
    assert gain_s == pytest.approx(price_s[column], rel=1e-9, abs=1e-6)


@given(instances())
def test_the_same_problem_has_the_same_answer(instance):
    cost_s, demand, supply = instance
    first, again = assign(cost_s, demand, supply), assign(cost_s.copy(), demand.copy(), supply.copy())
    assert (first[0] == again[0]).all()
    assert (first[1] == again[1]).all()


@given(instances())
def test_the_kernel_never_sends_more_than_there_is(instance):
    cost_s, demand, supply = instance
    limited = np.append(supply, 0)
    flow, _ = transport(cost_s, demand, limited)
    assert (flow.sum(axis=0) <= limited).all()
    assert flow.sum() == min(demand.sum(), supply.sum())
