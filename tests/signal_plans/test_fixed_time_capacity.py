from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.fixed_time.capacity import (
    capacity_veh_h,
    degree_of_saturation,
    free_green_s,
    mean_queue_veh,
    permissive_capacity_veh_h,
    queue_95_veh,
    shared_permissive_capacity_veh_h,
)
from signal_plans.fixed_time.saturation import permissive_flow_veh_h
from traffic_core.errors import InvalidValueError


def test_capacity_is_the_share_of_green():
    assert capacity_veh_h(1_800.0, 30.0, 90.0) == pytest.approx(600.0)


def test_a_green_longer_than_the_cycle_is_refused():
    with pytest.raises(InvalidValueError, match=r"green_s = 91\.0: must be a number from 0 to 90"):
        capacity_veh_h(1_800.0, 91.0, 90.0)


def test_turners_wait_until_the_opposing_queue_has_gone():
    # 600 veh/h, red 40 s: 600 * 40 / (1800 - 600) = 20 s of 30 s green
    assert free_green_s(600.0, 1_800.0, 30.0, 70.0) == pytest.approx(10.0)
    assert free_green_s(1_500.0, 1_800.0, 30.0, 70.0) == 0.0
    assert free_green_s(1_900.0, 1_800.0, 30.0, 70.0) == 0.0
    assert free_green_s(0.0, 1_800.0, 30.0, 70.0) == 30.0


def test_permissive_turners_have_gaps_and_sneakers():
    # 10 of 70 s with gaps, 2 sneakers in each of 3600/70 cycles
    expected = permissive_flow_veh_h(600.0) * 10.0 / 70.0 + 2.0 * 3_600.0 / 70.0
    assert permissive_capacity_veh_h(600.0, 1_800.0, 30.0, 70.0) == pytest.approx(expected)


def test_without_opposing_traffic_turners_have_the_whole_green():
    assert permissive_capacity_veh_h(0.0, 1_800.0, 30.0, 60.0, 0.0) == pytest.approx(720.0)


def test_a_shared_lane_passes_what_stands_before_its_first_turner():
    # opposing queue all green long; 20 s * 0.5 veh/s = 10 vehicles, p = 1/2: 1 - 2^-10 of them, and 1 sneaker
    capacity = shared_permissive_capacity_veh_h(0.5, 1_800.0, (1_800.0, 1_800.0), 20.0, 60.0)
    assert capacity == pytest.approx((1.0 - 0.5**10 + 1.0) * 60.0)


def test_a_shared_lane_without_turners_is_a_through_lane():
    capacity = shared_permissive_capacity_veh_h(0.0, 1_800.0, (900.0, 1_800.0), 20.0, 60.0)
    assert capacity == pytest.approx(capacity_veh_h(1_800.0, 20.0, 60.0))


@given(st.floats(0.0, 1.0), st.floats(0.0, 1_700.0), st.floats(5.0, 50.0))
def test_turners_that_give_way_never_add_capacity(share, opposing, green):
    lane = shared_permissive_capacity_veh_h(share, 1_800.0, (opposing, 1_800.0), green, 60.0)
    assert 0.0 <= lane <= capacity_veh_h(1_800.0, green, 60.0) + 1e-6


def test_degree_of_saturation_of_nothing_is_nothing():
    assert degree_of_saturation(0.0, 0.0) == 0.0
    assert degree_of_saturation(300.0, 600.0) == 0.5
    assert math.isinf(degree_of_saturation(300.0, 0.0))


def test_queue_at_the_end_of_red_as_calculated_by_hand():
    # 600 veh/h, 1800 veh/h, 30 of 60 s: X = 2/3; Q1 = 10 * 0.5 / (1 - 1/3) = 7.5
    k_b = 0.12 * 15.0**0.7
    second = 0.25 * 225.0 * (-1 / 3 + math.sqrt(1 / 9 + 8.0 * k_b * (2 / 3) / 225.0))
    assert mean_queue_veh(600.0, 1_800.0, 30.0, 60.0) == pytest.approx(7.5 + second)
    assert mean_queue_veh(600.0, 1_800.0, 0.0, 60.0) == pytest.approx(150.0)


def test_the_95_percent_queue_as_calculated_by_hand():
    assert queue_95_veh(5.0) == pytest.approx(5.0 * (1.6 + math.exp(-1.0)))
    assert queue_95_veh(0.0) == 0.0


@given(st.floats(0.0, 2_000.0), st.floats(0.0, 2_000.0))
def test_more_flow_makes_longer_queues(a, b):
    low, high = sorted((a, b))
    assert mean_queue_veh(low, 1_800.0, 30.0, 60.0) <= mean_queue_veh(high, 1_800.0, 30.0, 60.0) + 1e-9
