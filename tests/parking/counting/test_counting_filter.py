"""The filter of counts with misses: hand-calculated steps, and what holds for any counts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.counting.filter import CountingFilter, cut_normal


def known(n_veh=50.0, var_n=4.0, bias=0.0, var_bias=0.0, capacity_veh=100.0):
    return CountingFilter(capacity_veh=capacity_veh, n_veh=n_veh, var_n=var_n, bias=bias, var_bias=var_bias)


def test_a_step_of_counts_matches_hand_calculation():
    state = known()
    state.count(18, 9, (0.1, 0.1), 0.0)
    # 18 / 0.9 - 9 / 0.9 = 10; 18 * 0.1 / 0.81 + 9 * 0.1 / 0.81 = 2.7 / 0.81 = 10 / 3
    assert state.n_veh == pytest.approx(60.0, abs=1e-6)
    assert state.var_n == pytest.approx(4.0 + 10.0 / 3.0, rel=1e-6)


def test_an_unknown_bias_widens_the_count_and_a_recount_corrects_it():
    state = known(var_n=0.0, var_bias=0.01)
    state.count(20, 0, (0.0, 0.0), 0.0)
    # (20 + 0) / 2 = 10 movements: variance 100 * 0.01 = 1, covariance 10 * 0.01 = 0.1
    assert (state.n_veh, state.var_n, state.cov) == pytest.approx((70.0, 1.0, 0.1))
    assert state.observe(72.0, 1.0) == (pytest.approx(2.0), False)
    # gains 1 / 2 and 0.1 / 2
    assert (state.n_veh, state.bias) == pytest.approx((71.0, 0.1))
    assert (state.var_n, state.cov, state.var_bias) == pytest.approx((0.5, 0.05, 0.005))


def test_an_observation_beyond_four_sigma_alarms_and_only_widens():
    state = known(var_n=4.0, capacity_veh=1_000.0, n_veh=500.0)
    # sigma of the difference: sqrt(4 + 5) = 3; 12.1 > 12
    assert state.observe(511.9, math.sqrt(5.0))[1] is False
    state = known(var_n=4.0, capacity_veh=1_000.0, n_veh=500.0)
    innovation, alarm = state.observe(512.1, math.sqrt(5.0))
    assert (alarm, innovation) == (True, pytest.approx(12.1))
    assert state.n_veh == pytest.approx(500.0)
    assert state.var_n == pytest.approx(4.0 + 12.1**2)


def test_a_truth_beyond_four_sigma_alarms_and_is_taken():
    state = known(var_n=4.0)
    assert state.observe(80.0, 1.0, truth=True) == (pytest.approx(30.0), True)
    # the gain of a variance of 904 against one of 1
    assert state.n_veh == pytest.approx(50.0 + 30.0 * 904.0 / 905.0)


def test_the_bounds_of_a_half_normal_match_hand_calculation():
    # mean 0, sigma 1, cut below 0: sqrt(2 / pi) and 1 - 2 / pi
    mean, var = cut_normal(0.0, 1.0, 1e6)
    assert (mean, var) == pytest.approx((math.sqrt(2.0 / math.pi), 1.0 - 2.0 / math.pi))


@pytest.mark.parametrize(("mean", "end"), [(-50.0, 0.0), (150.0, 100.0)])
def test_far_out_of_its_range_the_nearer_end_is_taken(mean, end):
    assert cut_normal(mean, 1.0, 100.0) == (end, 1.0)


def test_a_certain_value_is_brought_into_range():
    assert cut_normal(-3.0, 0.0, 100.0) == (0.0, 0.0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), st.integers(0, 300), st.integers(0, 300)),
        st.tuples(st.just("see"), st.integers(-50, 400), st.integers(1, 100)),
        st.tuples(st.just("lose"), st.integers(0, 300), st.just(0)),
    ),
    max_size=30,
)


@given(STEPS, st.floats(0.0, 0.3), st.floats(0.0, 0.3))
def test_whatever_is_counted_the_state_stays_within_the_car_park_and_its_covariance_valid(steps, miss_in, miss_out):
    state = known(n_veh=137.0, var_n=6_000.0, var_bias=1e-5, capacity_veh=274.0)
    for kind, one, other in steps:
        if kind == "count":
            state.count(one, other, (miss_in, miss_out), 300.0)
        elif kind == "see":
            state.observe(float(one), float(other))
        else:
            state.lose(float(one))
        assert 0.0 <= state.n_veh <= 274.0
        assert math.isfinite(state.bias)
        assert state.var_n >= 0.0
        assert state.var_bias >= 0.0
        assert state.cov**2 <= state.var_n * state.var_bias * (1.0 + 1e-6) + 1e-12


@given(st.floats(-500.0, 800.0), st.floats(1e-3, 1e5))
def test_cutting_never_widens(mean, var):
    cut_mean, cut_var = cut_normal(mean, var, 274.0)
    assert 0.0 <= cut_mean <= 274.0
    assert 0.0 <= cut_var <= var
