"""Delay formulas against worked values: cycle 90 s, green 30 s, capacity 600 veh/h, a quarter of an hour."""

from __future__ import annotations

import math

import pytest

from signal_plans.delay import hcm_delay_s, incremental_delay_s, uniform_delay_s, webster_delay_s


@pytest.mark.parametrize(("x", "delay_s"), [(0.5, 26.96), (0.8, 38.00), (0.9, 47.56), (0.95, 55.56), (1.0, 66.74)])
def test_hcm_delay_has_the_worked_values(x, delay_s):
    assert hcm_delay_s(90.0, 30.0, 600.0, x) == pytest.approx(delay_s, abs=0.01)


@pytest.mark.parametrize(("x", "delay_s"), [(0.5, 25.80), (0.8, 34.35), (0.9, 48.56), (0.95, 78.02)])
def test_webster_delay_has_the_worked_values(x, delay_s):
    assert webster_delay_s(90.0, 30.0, 600.0, x) == pytest.approx(delay_s, abs=0.01)


def test_uniform_delay_by_hand():
    # 0.5 * 90 * (2/3)^2 / (1 - 0.5 / 3) = 20 / 0.8333
    assert uniform_delay_s(90.0, 30.0, 0.5) == pytest.approx(24.0)


def test_uniform_delay_does_not_grow_beyond_saturation():
    assert uniform_delay_s(90.0, 30.0, 1.5) == uniform_delay_s(90.0, 30.0, 1.0) == pytest.approx(30.0)


def test_overload_adds_the_delay_of_the_growing_queue():
    # far beyond saturation d2 tends to 1800 T (X - 1): 450 s at X = 2 and T = 0.25
    assert incremental_delay_s(600.0, 2.0) == pytest.approx(450.0, rel=0.02)


def test_webster_is_infinite_from_saturation_on_and_uniform_without_traffic():
    assert webster_delay_s(90.0, 30.0, 600.0, 1.0) == math.inf
    assert webster_delay_s(90.0, 30.0, 600.0, 0.0) == pytest.approx(20.0)
