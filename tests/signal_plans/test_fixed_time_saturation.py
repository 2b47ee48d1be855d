from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.fixed_time.saturation import (
    before_first_turner_veh,
    gradient_factor,
    heavy_factor,
    pedestrian_factor,
    permissive_flow_veh_h,
    radius_factor,
    saturation_flow_veh_h,
    shared_saturation_veh_h,
    width_factor,
)
from traffic_core.errors import InvalidValueError


def test_a_lane_3_6_m_wide_has_the_base_saturation_flow():
    assert saturation_flow_veh_h() == 2_000.0


def test_width_heavy_vehicles_and_gradient_lower_it_as_calculated_by_hand():
    assert width_factor(2.7) == pytest.approx(0.9)
    assert heavy_factor(0.25) == pytest.approx(0.8)
    assert gradient_factor(4.0) == pytest.approx(0.98)
    flow = saturation_flow_veh_h(lane_width_m=2.7, heavy_share=0.25, gradient_percent=4.0)
    assert flow == pytest.approx(2_000.0 * 0.9 * 0.8 * 0.98)


def test_a_turn_of_15_m_takes_a_tenth_longer():
    assert radius_factor(15.0) == pytest.approx(1.0 / 1.1)


def test_pedestrians_hold_up_turners_by_the_share_they_occupy():
    # 200 pedestrians/h in 20 of 60 s: 600/h while green, 0.3 of the time occupied
    assert pedestrian_factor(200.0, 60.0, 20.0) == pytest.approx(0.7)
    assert pedestrian_factor(200.0, 60.0, 20.0, room_to_pass=True) == pytest.approx(0.82)
    # 1,000/h in a third of the cycle: 3,000/h while green, 0.4 + 0.3
    assert pedestrian_factor(1_000.0, 60.0, 20.0) == pytest.approx(0.3)


def test_gaps_for_turners_as_calculated_by_hand():
    # 720 veh/h = 0.2 veh/s: 720 e^-0.9 / (1 - e^-0.5)
    assert permissive_flow_veh_h(720.0) == pytest.approx(720.0 * 0.40656966 / 0.39346934, rel=1e-6)
    assert permissive_flow_veh_h(0.0) == pytest.approx(1_440.0)


@given(st.floats(0.0, 3_000.0), st.floats(0.0, 3_000.0))
def test_more_opposing_traffic_leaves_fewer_gaps(a, b):
    low, high = sorted((a, b))
    assert permissive_flow_veh_h(low) >= permissive_flow_veh_h(high) - 1e-9


def test_a_shared_lane_has_the_harmonic_mean_of_its_streams():
    # 3 of 4 need 2 s, 1 needs 4 s: 2.5 s on average
    assert shared_saturation_veh_h((0.75, 0.25), (1_800.0, 900.0)) == pytest.approx(1_440.0)
    assert shared_saturation_veh_h((0.75, 0.25), (1_800.0, 0.0)) == 0.0
    assert shared_saturation_veh_h((1.0, 0.0), (1_800.0, 0.0)) == pytest.approx(1_800.0)


def test_before_the_first_turner_stand_as_many_as_chance_puts_there():
    # p = 1/2, queue of 2: 1/2 + 1/4
    assert before_first_turner_veh(0.5, 2.0) == pytest.approx(0.75)
    assert before_first_turner_veh(0.0, 7.0) == 7.0
    assert before_first_turner_veh(1.0, 7.0) == 0.0


@given(st.floats(0.0, 1.0), st.floats(0.0, 50.0))
def test_never_more_than_the_queue_stand_before_the_first_turner(share, queue):
    assert -1e-9 <= before_first_turner_veh(share, queue) <= queue * (1.0 + 1e-6) + 1e-9


def test_shares_that_do_not_sum_to_1_are_refused():
    with pytest.raises(InvalidValueError, match=r"shares = \(0\.5, 0\.4\): must be at least 0 each and 1 in total"):
        shared_saturation_veh_h((0.5, 0.4), (1_800.0, 1_800.0))
    with pytest.raises(InvalidValueError, match="shares = 1: must be 2"):
        shared_saturation_veh_h((1.0,), (1_800.0, 1_800.0))


@pytest.mark.parametrize("value", [math.nan, -1.0, 7.0])
def test_a_lane_width_that_cannot_be_is_refused(value):
    with pytest.raises(InvalidValueError, match="lane_width_m"):
        width_factor(value)
