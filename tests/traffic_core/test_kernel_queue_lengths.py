"""Queues of two links drawn by hand: the first with one queue at its end, the second with two lane groups."""

from __future__ import annotations

from itertools import pairwise, takewhile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.kernels.queue_lengths import queue_lengths

FIRST_GROUP = np.array([0, 1, 3])
OUTSIDE, ON, GROUP = 0, 2, 4


def lengths(now_s, queues, ready_at_s):
    """`queues`: vehicles of each of the seven queues from its head."""
    ready_at_s = np.array(ready_at_s, dtype=np.float64)
    head, length = np.full(7, 99), np.zeros(7, dtype=np.int64)
    behind = np.full(max(1, ready_at_s.size), 99)  # whoever follows it leaves the arrays
    for queue, vehicles in queues.items():
        length[queue] = len(vehicles)
        if vehicles:
            head[queue] = vehicles[0]
        for vehicle, follower in pairwise(vehicles):
            behind[vehicle] = follower
    found = np.full(2, -7)
    queue_lengths(now_s, head, behind, length, ready_at_s, FIRST_GROUP, found)
    return found.tolist()


def test_an_empty_link_has_no_queue():
    assert lengths(100.0, {}, []) == [0, 0]


def test_those_wait_whose_earliest_time_at_the_end_is_not_past_now():
    assert lengths(100.0, {ON: [2, 0, 1]}, [99.0, 101.0, 90.0]) == [2, 0]
    assert lengths(100.0, {ON: [0]}, [100.0]) == [1, 0]


def test_the_first_who_still_drives_ends_the_queue_even_if_a_faster_one_is_behind_it():
    assert lengths(100.0, {ON: [0, 1, 2]}, [90.0, 110.0, 95.0]) == [1, 0]


def test_those_in_lane_groups_count_with_those_behind_them():
    queues = {ON + 1: [0, 1], GROUP + 1: [2, 3], GROUP + 2: [4]}
    assert lengths(100.0, queues, [99.0, 120.0, 80.0, 81.0, 82.0]) == [0, 4]


def test_those_outside_a_link_do_not_count():
    assert lengths(100.0, {OUTSIDE: [0], OUTSIDE + 1: [1]}, [0.0, 0.0]) == [0, 0]


@settings(max_examples=50)
@given(
    ready_at_s=st.lists(st.integers(0, 20), max_size=12),
    in_groups=st.tuples(st.integers(0, 5), st.integers(0, 5)),
    now_s=st.integers(-1, 21),
)
def test_the_queue_is_the_longest_head_of_the_list_that_waits_and_the_lane_groups(ready_at_s, in_groups, now_s):
    driving = len(ready_at_s)
    order = list(range(driving))[::-1]
    right, left = in_groups
    queues = {
        ON + 1: order,
        GROUP + 1: list(range(driving, driving + right)),
        GROUP + 2: list(range(driving + right, driving + right + left)),
    }
    waiting = len(list(takewhile(lambda vehicle: ready_at_s[vehicle] <= now_s, order)))
    assert lengths(float(now_s), queues, [*ready_at_s, *[0] * (right + left)]) == [0, waiting + right + left]
