from __future__ import annotations

import math

import pytest

from traffic_core.arms import paired_ways, untouched_from_m


def test_the_nearest_of_the_first_rank_are_paired_and_the_rest_stays_alone():
    into_deg, out_deg = [0.0, 90.0, 200.0], [20.0, 350.0]
    candidates = [(1, 10.0, 0, 1), (0, 20.0, 0, 0), (1, 5.0, 0, 0)]
    assert paired_ways(into_deg, out_deg, candidates) == [
        (0, 0, 10.0),
        (1, None, 90.0),
        (2, None, 200.0),
        (None, 1, 350.0),
    ]


def test_the_bearing_of_an_arm_across_north_is_in_the_middle():
    assert paired_ways([350.0], [20.0], [(0, 30.0, 0, 0)]) == [(0, 0, 5.0)]


def test_arms_at_a_right_angle_are_free_behind_the_edge_of_the_other():
    # 3 m to the right and 4 m to the left of each axis
    free_m = untouched_from_m([0.0, 90.0, 180.0], [(-3.0, 4.0)] * 3)
    assert free_m == pytest.approx([4.0, 4.0, 3.0])


def test_a_sharp_angle_keeps_arms_together_longer():
    # both edges 3 m from their axis, 60 degrees: 3 / tan 30°
    assert untouched_from_m([0.0, 60.0], [(-3.0, 3.0)] * 2) == pytest.approx([3.0 / math.tan(math.radians(30.0))] * 2)


def test_one_arm_alone_touches_nobody():
    assert untouched_from_m([10.0], [(-3.0, 3.0)]) == [0.0]
