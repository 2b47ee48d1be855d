"""Smoothing and queues against hand calculation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels.detectors import advance_queues, smooth_flows


def smooth(flow, known, counts, interval_s, fresh, time_constant_s=600.0):
    flow, known = np.array(flow, np.float64), np.array(known, np.uint8)
    arrays = np.array(counts, np.float64), np.array(interval_s, np.float64), np.array(fresh, np.uint8)
    smooth_flows(flow, known, *arrays, time_constant_s)
    return flow, known


def test_first_count_initialises_the_flow():
    flow, known = smooth([0.0], [0], [10], [60.0], [1])
    assert flow[0] == 600.0
    assert known[0] == 1


def test_later_count_moves_the_flow_by_one_minus_exp():
    # weight 1 - exp(-60 / 600) = 0.0951626; 600 + 0.0951626 * (1200 - 600) = 657.0975
    flow, _ = smooth([600.0], [1], [20], [60.0], [1])
    assert flow[0] == pytest.approx(657.0975, abs=1e-4)


def test_result_does_not_depend_on_how_finely_time_is_cut():
    coarse, _ = smooth([600.0], [1], [20], [60.0], [1])
    fine = np.array([600.0])
    for _ in range(6):
        smooth_flows(fine, np.ones(1, np.uint8), np.array([20 / 6]), np.array([10.0]), np.ones(1, np.uint8), 600.0)
    assert fine[0] == pytest.approx(coarse[0], rel=1e-12)


def test_step_is_followed_to_63_percent_after_the_time_constant():
    flow, _ = smooth([0.0], [1], [100], [360.0], [1], time_constant_s=360.0)
    assert flow[0] == pytest.approx(1000.0 * (1.0 - math.exp(-1.0)))


def test_silent_detector_keeps_its_flow_and_an_unknown_one_stays_unknown():
    flow, known = smooth([600.0, 0.0], [1, 0], [99, 99], [60.0, 60.0], [0, 0])
    assert flow.tolist() == [600.0, 0.0]
    assert known.tolist() == [1, 0]


def queues(queue, arrival, saturation, green, storage, step_s=1.0):
    queue = np.array(queue, np.float64)
    advance_queues(
        queue,
        np.array(arrival, np.float64),
        np.array(saturation, np.float64),
        np.array(green, np.uint8),
        np.array(storage, np.float64),
        step_s,
    )
    return queue


def test_queue_grows_on_red_by_arrivals():
    # 720 veh/h are 0.2 veh/s: 12 in a minute
    assert queues([0.0], [720], [1800], [0], [50], step_s=60.0)[0] == pytest.approx(12.0)


def test_queue_shrinks_on_green_by_saturation_flow_less_arrivals():
    # 0.5 - 0.2 veh/s for 20 s
    assert queues([12.0], [720], [1800], [1], [50], step_s=20.0)[0] == pytest.approx(6.0)


def test_queue_stays_between_nothing_and_its_storage():
    assert queues([1.0, 9.9], [720, 720], [1800, 1800], [1, 0], [10, 10], step_s=60.0).tolist() == [0.0, 10.0]


def test_queue_after_red_takes_the_time_of_the_closed_form_to_clear():
    # red r = 30 s, q = 0.2, s = 0.5: cleared q r / (s - q) = 20 s after the start of green
    queue = np.zeros(1)
    arrays = np.array([720.0]), np.array([1800.0])
    for _ in range(30):
        advance_queues(queue, *arrays, np.zeros(1, np.uint8), np.array([99.0]), 1.0)
    seconds = 0
    while queue[0] > 1e-9:
        advance_queues(queue, *arrays, np.ones(1, np.uint8), np.array([99.0]), 1.0)
        seconds += 1
    assert seconds == 20
