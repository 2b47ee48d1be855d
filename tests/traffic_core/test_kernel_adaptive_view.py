"""What adaptive control makes of vehicles seen, calculated by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels.adaptive_view import PERMISSIVE, PROTECTED, RED, Lanes, look

AHEAD_S = 20
INFINITE = math.inf


class Viewer:
    """Lanes of 10 m/s that are seen for 50 m, with the streams of each; acceleration 2 m/s²."""

    def __init__(self, streams=(1,), rate_veh_s=0.0, share=None):
        self.streams, count = sum(streams), len(streams)
        nothing = [np.zeros(count) for _ in range(4)]
        self.lanes = Lanes(
            np.full(count, 10.0),
            np.full(count, 50.0),
            np.cumsum([0, *streams]),
            np.full(count, rate_veh_s),
            np.full(count, INFINITE),
            *nothing,
        )
        self.share = np.array(share or [1.0 / own for own in streams for _ in range(own)])
        self.head = self.share.copy()
        self.arrival_veh, self.moving_veh = np.full((count, AHEAD_S), 9.0), np.full((count, AHEAD_S), 9.0)

    def look(self, *vehicles, right=PROTECTED, green_s=10.0, free=True):
        """Take vehicles as (lane, distance, speed, weight)."""
        columns = list(zip(*vehicles, strict=True)) or [()] * 4
        look(
            np.array(columns[0], np.int64),
            *(np.array(column, np.float64) for column in columns[1:]),
            np.full(self.streams, right, np.uint8),
            np.full(self.streams, green_s, np.float64),
            np.full(self.streams, free, np.bool_),
            self.lanes,
            self.share,
            100.0,
            2.0,
            self.arrival_veh,
            self.moving_veh,
            self.head,
        )

    def arrivals(self, lane=0):
        return {t: value for t, value in enumerate(self.arrival_veh[lane].tolist()) if value}


def standing(distance_m=3.0, lane=0):
    return (lane, distance_m, 0.0, 1.0)


@pytest.mark.parametrize(
    ("distance_m", "speed_m_s", "second"),
    [
        (9.0, 0.0, 3),  # sqrt(2 * 9 / 2) = 3 s
        (8.99, 0.0, 2),
        (25.0, 0.0, 5),  # the ramp to 10 m/s takes 5 s and 25 m
        (45.0, 0.0, 7),  # 5 s and 20 m at 10 m/s
        (16.0, 6.0, 2),  # from 6 to 10 m/s in 2 s and (100 - 36) / 4 = 16 m
        (7.0, 6.0, 1),  # (sqrt(36 + 28) - 6) / 2 = 1 s
        (30.0, 10.0, 3),
        (30.0, 99.0, 3),  # nobody is faster than free speed
        (0.0, 0.0, 0),
        (900.0, 10.0, AHEAD_S - 1),  # who comes later stands in the last second
    ],
)
def test_a_vehicle_arrives_when_it_accelerates_to_free_speed(distance_m, speed_m_s, second):
    viewer = Viewer()
    viewer.look((0, distance_m, speed_m_s, 1.0))
    assert viewer.arrivals() == {second: 1.0}


def test_sightings_add_up_in_their_lane_and_second_and_those_that_move_are_marked():
    viewer = Viewer(streams=(1, 1))
    viewer.look((1, 30.0, 10.0, 1.0), (1, 35.0, 10.0, 0.5), (1, 9.0, 0.0, 1.0), (0, 3.5, 2.0, 1.0))
    assert viewer.arrivals(1) == {3: 2.5}
    assert viewer.moving_veh[1, 3] == 1.5
    assert viewer.moving_veh.sum() == 1.5, "2 m/s is crawling"
    assert viewer.arrivals(0) == {1: 1.0}
    assert viewer.lanes.standing_veh.tolist() == [1.0, 1.0]


def test_the_mean_flow_comes_beyond_what_is_seen():
    viewer = Viewer(rate_veh_s=0.1)
    viewer.look()
    # 50 m at 10 m/s: seconds 0 to 5 are seen; the rate falls by a hundredth as nobody left
    assert viewer.arrival_veh[0].tolist() == [0.0] * 6 + [pytest.approx(0.099)] * (AHEAD_S - 6)
    assert viewer.moving_veh.tolist() == viewer.arrival_veh.tolist()


def test_a_departure_raises_the_mean_flow():
    viewer = Viewer(rate_veh_s=0.1)
    viewer.look(standing(5.0))
    viewer.look(standing(12.0))
    assert viewer.lanes.rate_veh_s[0] == pytest.approx(0.099 + (1.0 - 0.099) / 100.0)
    viewer.look(standing(12.5))
    assert viewer.lanes.rate_veh_s[0] == pytest.approx((0.099 + 0.00901) * 0.99), "half a metre is no departure"


def test_the_last_vehicle_of_a_lane_is_a_departure_and_one_seen_far_away_is_none():
    viewer = Viewer()
    viewer.look((0, 40.0, 10.0, 1.0))
    viewer.look()
    assert viewer.lanes.rate_veh_s[0] == 0.0
    viewer.look((0, 29.0, 10.0, 1.0))
    viewer.look()
    assert viewer.lanes.rate_veh_s[0] == 0.01
    viewer.look()
    assert viewer.lanes.rate_veh_s[0] == 0.0099


def test_the_first_vehicle_is_the_nearest_that_is_likely_in_the_lane():
    viewer = Viewer()
    viewer.look((0, 20.0, 5.0, 1.0), (0, 12.0, 7.0, 0.5), (0, 2.0, 0.0, 0.4))
    assert (viewer.lanes.head_m[0], viewer.lanes.head_speed_m_s[0]) == (12.0, 7.0)


def test_the_head_is_believed_less_and_less_to_want_what_it_does_not_do():
    viewer = Viewer(streams=(2,), share=[0.6, 0.4])
    right = np.array([PROTECTED, RED], np.uint8)
    viewer.look(standing(), right=right)
    # 0.6 * 0.4 = 0.24 against 0.4
    assert viewer.head.tolist() == pytest.approx([0.24 / 0.64, 0.4 / 0.64])
    viewer.look(standing(), right=right)
    assert viewer.head.tolist() == pytest.approx([0.096 / 0.496, 0.4 / 0.496])
    for _ in range(30):
        viewer.look(standing(), right=right)
    assert viewer.head.tolist() == pytest.approx([0.001, 1.0], abs=1e-3), "never thought impossible"


@pytest.mark.parametrize(
    "seen",
    [
        {"right": np.array([PERMISSIVE, RED], np.uint8)},
        {"right": np.array([PROTECTED, RED], np.uint8), "green_s": 2.0},
        {"right": np.array([PROTECTED, RED], np.uint8), "free": False},
    ],
    ids=["it gives way", "green is young", "the exit is full"],
)
def test_the_head_is_not_doubted_where_it_has_a_reason_to_stand(seen):
    viewer = Viewer(streams=(2,), share=[0.6, 0.4])
    viewer.look(standing(), **seen)
    assert viewer.head.tolist() == pytest.approx([0.6, 0.4])
    assert viewer.lanes.head_wait_s[0] == 1.0


@pytest.mark.parametrize("following", [(standing(9.5),), ()], ids=["another one", "nobody"])
def test_a_departure_resets_the_belief_and_the_waiting_time(following):
    viewer = Viewer(streams=(2,), share=[0.6, 0.4])
    for _ in range(4):
        viewer.look(standing(), right=np.array([PROTECTED, RED], np.uint8))
    assert viewer.head[0] < 0.1
    viewer.look(*following, right=RED)
    assert viewer.head.tolist() == [0.6, 0.4]
    assert viewer.lanes.head_wait_s[0] == 0.0


def test_waiting_counts_seconds_of_standing_and_ends_with_driving():
    viewer = Viewer()
    for _ in range(5):
        viewer.look(standing(), right=RED)
    assert viewer.lanes.head_wait_s[0] == 5.0
    viewer.look((0, 2.9, 1.0, 1.0), right=RED)
    assert viewer.lanes.head_wait_s[0] == 5.0, "crawling neither counts nor ends it"
    viewer.look((0, 2.0, 2.5, 1.0), right=RED)
    assert viewer.lanes.head_wait_s[0] == 0.0


def test_a_lane_is_stuck_while_its_head_stands_although_all_its_streams_may_go():
    viewer = Viewer(streams=(2,))
    for _ in range(3):
        viewer.look(standing())
    assert viewer.lanes.stuck_s[0] == 3.0
    viewer.look(standing(), right=np.array([PROTECTED, PERMISSIVE], np.uint8))
    assert viewer.lanes.stuck_s[0] == 0.0
    for _ in range(2):
        viewer.look(standing())
    viewer.look((0, 2.8, 0.5, 1.0))
    assert viewer.lanes.stuck_s[0] == 0.0, "it moves"
    viewer.look(standing(7.9))
    viewer.look(standing(8.0))
    assert viewer.lanes.stuck_s[0] == 0.0, "not at the stop line"
