"""Single steps of the loop kernels against calculation by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels import loop_counts, loop_estimate
from traffic_core.kernels.loop_estimate import DISTANCE_M, SPEED_M_S, TAG, WEIGHT_VEH


class Lanes:
    """One advance loop that leads to two lanes, each with a stop-line loop: loops 0 and 1, advance loop 2."""

    def __init__(self, shares=(0.5, 0.5)):
        self.vehicles = np.zeros((4, 2, 8))
        self.count = np.zeros(2, np.int64)
        self.state = np.zeros((loop_estimate.LANE_ROWS, 2))
        self.share = np.array(shares)
        self.passed = np.zeros(3, np.int64)

    def put(self, lane, distance_m, weight_veh, tag):
        k = self.count[lane]
        self.vehicles[:, lane, k] = distance_m, 0.0, weight_veh, tag
        self.count[lane] += 1

    def step(self, *, out=(0, 0), over=0, right=(0, 0)):
        edges = np.array([*out, over], np.int64)
        pairs = (
            np.array([0, 1, 2]),
            np.array([2, 2]),
            np.array([0, 0, 0, 2]),
            np.array([0, 1]),
            np.array([0, 1]),
        )
        none = np.zeros(3)
        loop_estimate.follow_vehicles(
            edges, edges, np.zeros(3, np.bool_), np.ones(3, np.bool_), np.array(right, np.int64),
            np.array([1.0, 1.0, 40.0]), np.array([0, 1]), pairs, np.zeros(2, np.bool_), self.share,
            (none, none, none), np.zeros(2), np.array([10.0, 10.0]), 6.5, self.vehicles, self.count, self.state,
            self.passed,
        )  # fmt: skip

    def row(self, lane, quantity):
        return self.vehicles[quantity, lane, : self.count[lane]].tolist()


def test_a_follower_keeps_the_place_its_leader_had_a_second_ago_plus_a_spacing():
    lanes = Lanes()
    lanes.put(0, 12.0, 1.0, -1.0)
    lanes.put(0, 20.0, 1.0, -1.0)
    lanes.vehicles[SPEED_M_S, 0, :2] = 10.0
    lanes.step()
    assert lanes.row(0, DISTANCE_M) == [2.0, 18.5]
    assert lanes.row(0, SPEED_M_S) == [10.0, 1.5]
    lanes.step()
    assert lanes.row(0, DISTANCE_M) == [0.0, 15.0]  # speed 1.5 + 2.0


def test_the_parts_of_a_vehicle_carry_the_same_tag():
    lanes = Lanes((0.75, 0.25))
    lanes.step(over=2)
    assert lanes.row(0, TAG) == lanes.row(1, TAG)
    assert len(set(lanes.row(0, TAG))) == 2
    assert lanes.row(0, WEIGHT_VEH) == [0.75, 0.75]
    assert lanes.row(1, WEIGHT_VEH) == [0.25, 0.25]


def test_the_likeliest_vehicle_leaves_and_the_one_before_it_was_on_the_other_lane():
    # On lane 0: 0.2 first, 0.7 second.  Second: 0.8 * 0.7 = 0.56 against 0.2.
    lanes = Lanes()
    lanes.put(0, 0.0, 0.2, 2.0)
    lanes.put(0, 1.3, 0.7, 5.0)
    lanes.put(1, 0.0, 0.6, 2.0)
    lanes.put(1, 3.9, 0.3, 5.0)
    lanes.step(out=(1, 0), right=(2, 0))
    assert lanes.row(0, TAG) == []
    assert lanes.row(1, TAG) == [2.0]
    assert lanes.row(1, WEIGHT_VEH) == [pytest.approx(0.6 / (1.0 + 0.2 - 0.2))]  # Bayes: not on lane 0


def test_a_vehicle_far_away_is_not_the_one_that_left():
    lanes = Lanes()
    lanes.put(0, 39.0, 1.0, -1.0)
    lanes.step(out=(1, 0), right=(2, 0))
    assert lanes.count.tolist() == [1, 0]


def test_more_vehicles_than_fit_before_a_loop_are_thinned_out():
    lanes = Lanes()
    for k in range(8):
        lanes.put(0, float(k), 1.0 if k else 0.5, -1.0)
    lanes.vehicles = np.concatenate((lanes.vehicles, np.zeros((4, 2, 8))), axis=2)
    for k in range(8, 12):
        lanes.put(0, float(k), 1.0, -1.0)
    lanes.step()
    # 40 / 4.5 + 1 is 9.9 vehicles at most: of 11.5 the half one goes, and one more.
    assert lanes.vehicles[WEIGHT_VEH, 0, : lanes.count[0]].sum() == pytest.approx(9.0, abs=1.0)
    assert lanes.vehicles[WEIGHT_VEH, 0, : lanes.count[0]].min() == 1.0


def balanced(entered, left):
    """Shares of two advance loops (0, 1) with lanes of their own beside each other, after one balancing."""
    loop_state = np.zeros((loop_counts.LOOP_ROWS, 4))
    lane_state = np.zeros((loop_counts.LANE_ROWS, 2))
    loop_state[loop_counts.SUM_VEH, :2] = entered
    lane_state[loop_counts.LEFT_SUM_VEH] = left
    share = np.zeros(4)
    edges, nobody = np.zeros(4, np.int64), np.zeros(4, np.bool_)
    pairs = (np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.array([1, 1, 0, 0]))
    metres, room = np.array([40.0, 40.0, 1.0, 1.0]), np.full(4, 10.0)
    loop_counts.read_loops(
        0, edges, edges, nobody, np.zeros(2, np.int64), metres, room, np.array([2, 3]), pairs,
        np.array([1.0, 0.05, 0.05, 1.0]), loop_state, lane_state, share,
    )  # fmt: skip
    return share.reshape(2, 2).T, loop_state[loop_counts.GOES_ON, :2]


def test_loops_whose_lanes_let_out_what_came_keep_their_vehicles():
    share, goes_on = balanced((300.0, 200.0), (300.0, 200.0))
    assert share == pytest.approx(np.eye(2), abs=0.06)
    assert goes_on == pytest.approx([1.0, 1.0])


def test_vehicles_that_change_lanes_behind_the_loops_are_found_from_the_totals():
    # Of 2000 and 1000 vehicles 1000 and 2000 leave: half of the first loop's change lanes, hardly any of the second's.
    share, _ = balanced((2000.0, 1000.0), (1000.0, 2000.0))
    assert share.sum(axis=1) == pytest.approx([1.0, 1.0])
    entered = np.array([2000.0, 1000.0])
    assert entered @ share == pytest.approx([1000.0, 2000.0], rel=0.03)
    assert share[1, 1] > 0.95


def test_loops_whose_vehicles_leave_on_the_way_are_told_from_the_totals():
    share, goes_on = balanced((1000.0, 1000.0), (600.0, 1000.0))
    assert share.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert goes_on == pytest.approx([0.6, 1.0], abs=0.1)
