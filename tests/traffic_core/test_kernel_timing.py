"""Webster's cycle and the green splits against hand calculation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.kernels.timing import cycle_times, green_splits


def cycles(ratios, first_stage, lost_s, shortest_s=20.0, longest_s=120.0):
    arrays = np.array(ratios, np.float64), np.array(first_stage, np.int64), np.array(lost_s, np.int64)
    return cycle_times(*arrays, shortest_s, longest_s).tolist()


def splits(ratios, cycle_s, lost_s, minima):
    arrays = np.array(ratios, np.float64), np.array([0, len(ratios)], np.int64)
    rest = (np.array([value], np.int64) for value in (cycle_s, lost_s))
    return green_splits(*arrays, *rest, np.array(minima, np.int64)).tolist()


def test_two_stage_junction_matches_hand_calculation():
    # L = 10 s, Y = 0.3 + 0.2: (1.5 * 10 + 5) / 0.5 = 40 s
    assert cycles([0.3, 0.2], [0, 2], [10]) == pytest.approx([40.0])


def test_junctions_in_a_row_do_not_mix():
    # second: L = 12 s, Y = 0.25 + 0.25 + 0.1: 23 / 0.4 = 57.5 s
    assert cycles([0.3, 0.2, 0.25, 0.25, 0.1], [0, 2, 5], [10, 12]) == pytest.approx([40.0, 57.5])


def test_cycle_stays_within_its_bounds():
    assert cycles([0.1, 0.1], [0, 2], [10], shortest_s=40.0) == [40.0]
    assert cycles([0.5, 0.4], [0, 2], [10], longest_s=90.0) == [90.0]


@pytest.mark.parametrize("ratio", [0.5, 0.7, 10.0])
def test_cycle_is_the_longest_where_demand_reaches_capacity(ratio):
    assert cycles([0.5, ratio], [0, 2], [10], longest_s=90.0) == [90.0]


def test_greens_are_in_proportion_to_flow_ratios():
    # 50 s to share: 0.3 : 0.2 = 30 : 20
    assert splits([0.3, 0.2], 60, 10, [5, 5]) == [30, 20]


def test_left_over_second_goes_to_the_largest_fraction():
    # 50 s over 3 : 2 : 2 = 21.43, 14.29, 14.29
    assert splits([0.3, 0.2, 0.2], 60, 10, [5, 5, 5]) == [22, 14, 14]


def test_left_over_second_goes_to_the_earlier_stage_of_equals():
    assert splits([0.2, 0.2], 61, 10, [5, 5]) == [26, 25]


def test_minimum_is_kept_and_the_rest_shared_in_proportion():
    # 50 s: 0.4 : 0.2 : 0.02 would give the last 1.6 s; it gets 8, the others share 42 as 28 : 14
    assert splits([0.4, 0.2, 0.02], 60, 10, [5, 5, 8]) == [28, 14, 8]


def test_minimum_of_one_stage_can_push_another_to_its_own():
    # 30 s over 10 : 6 : 1, minima 5, 10, 8: first the last (8 of 30), then 22 over 10 : 6 = 13.75, 8.25 < 10
    assert splits([0.5, 0.3, 0.05], 40, 10, [5, 10, 8]) == [12, 10, 8]


def test_no_flow_at_all_shares_evenly():
    assert splits([0.0, 0.0], 50, 10, [5, 5]) == [20, 20]


def test_stage_without_flow_gets_its_minimum():
    assert splits([0.3, 0.0], 50, 10, [5, 7]) == [33, 7]


def test_cycle_is_lengthened_where_the_minima_do_not_fit():
    assert splits([0.3, 0.2], 40, 20, [15, 12]) == [15, 12]


@given(
    st.lists(st.tuples(st.floats(0.0, 2.0), st.integers(1, 30)), min_size=1, max_size=6),
    st.integers(20, 120),
    st.integers(0, 40),
)
def test_greens_always_add_up_and_keep_their_minima(stages, cycle_s, lost_s):
    minima = [least for _, least in stages]
    green_s = splits([ratio for ratio, _ in stages], cycle_s, lost_s, minima)
    assert sum(green_s) == max(cycle_s - lost_s, sum(minima))
    assert all(green >= least for green, least in zip(green_s, minima, strict=True))
