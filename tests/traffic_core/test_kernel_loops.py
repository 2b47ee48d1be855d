"""What a detector sees, by hand: u = 10 m/s, w = 5 m/s, 0.15 veh/m, so that capacity is 0.5 veh/s, one in 2 s.

A detector 40 m from the end of a link of 200 m: 16 s of free driving to it, a wave needs 8 s back to it, 6 vehicles
stand before it.  The reaction time is 1 / (5 0.15) = 4/3 s; standing vehicles of 6.5 m cover 0.975 of the lane.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels.loops import Loops, cross

SPEED_M_S, WAVE_M_S, JAM_VEH_M, LENGTH_M = 10.0, 5.0, 0.15, 200.0
REACTION_S, HEADWAY_S = 4.0 / 3.0, 2.0
FREE_S = 6.5 / SPEED_M_S
STANDING_SHARE = 6.5 * JAM_VEH_M


def loops_at(back_m):
    count = len(back_m)
    back_m = np.array(back_m, dtype=np.float64)
    return Loops(
        link=np.zeros(count, dtype=np.int64),
        reach_s=(LENGTH_M - back_m) / SPEED_M_S,
        wave_s=back_m / WAVE_M_S,
        room_pce=back_m * JAM_VEH_M,
        reaction_s=np.full(count, REACTION_S),
        headway_s=np.full(count, HEADWAY_S),
        speed_m_s=np.full(count, SPEED_M_S),
        standing_share=np.full(count, STANDING_SHARE),
        crossed_veh=np.zeros(count, dtype=np.int64),
        crossed_s=np.full(count, -math.inf),
        is_over=np.zeros(count, dtype=np.uint8),
        given_s=np.zeros(count),
        count_veh=np.zeros(count, dtype=np.int64),
        occupied_s=np.zeros(count),
        cleared_veh=np.zeros(count, dtype=np.int64),
        speed_sum_m_s=np.zeros(count),
    )


class Street:
    """One link whose entries and departures are given."""

    def __init__(self, entries_s, departures_s=(), *, back_m=(40.0,), ring=400, pce=1.0):
        self.entries_s, self.departures_s = np.array(entries_s), np.array(departures_s)
        self.loops = loops_at(back_m)
        self.ring, self.pce = ring, pce
        self.now_s = 0.0

    def run(self, until_s, step_s=1.0):
        """Look until a time, knowing what happened before the end of each step."""
        while self.now_s < until_s:
            end_s = min(until_s, self.now_s + step_s)
            self.look(self.now_s, end_s, end_s)
            self.now_s = end_s

    def look(self, from_s, until_s, known_s):
        """One call, when all before `known_s` has been told."""
        entered, left = int((self.entries_s < known_s).sum()), int((self.departures_s < known_s).sum())
        entered_at_s, left_at_s = np.zeros(self.ring), np.zeros(self.ring)
        for count, times_s, kept in ((entered, self.entries_s, entered_at_s), (left, self.departures_s, left_at_s)):
            for number in range(max(0, count - self.ring), count):
                kept[number % self.ring] = times_s[number]
        cross(
            from_s,
            until_s,
            np.arange(self.loops.link.size),
            np.array([entered]),
            np.array([left]),
            np.array([entered * self.pce]),
            np.array([left * self.pce]),
            np.array([0, self.ring]),
            entered_at_s,
            left_at_s,
            self.loops,
        )

    def reset(self):
        for counter in (self.loops.count_veh, self.loops.occupied_s, self.loops.cleared_veh, self.loops.speed_sum_m_s):
            counter[:] = 0

    @property
    def seen(self):
        """(count, occupied s, mean speed of those who cleared) since the last reset."""
        loops = self.loops
        cleared = int(loops.cleared_veh[0])
        speed_m_s = float(loops.speed_sum_m_s[0]) / cleared if cleared else None
        return int(loops.count_veh[0]), float(loops.occupied_s[0]), speed_m_s


def test_a_lone_vehicle_crosses_after_its_free_driving_time():
    street = Street([0.4])
    street.run(16.0)
    assert street.seen == (0, 0.0, None)
    street.run(17.0)
    assert street.loops.crossed_s[0] == pytest.approx(16.4)
    assert street.seen == (1, pytest.approx(FREE_S), pytest.approx(10.0))


def test_free_flow_is_counted_at_free_speed():
    entries_s = 10.0 * np.arange(20)
    street = Street(entries_s, entries_s + 20.0)
    street.run(300.0)
    assert street.seen == (20, pytest.approx(20 * FREE_S), pytest.approx(10.0))


def test_at_capacity_the_speed_is_free_and_the_occupied_share_that_of_the_critical_density():
    # 0.5 veh/s at 10 m/s are 0.05 veh/m: over 6.5 m 0.325
    entries_s = 2.0 * np.arange(100)
    street = Street(entries_s, entries_s + 20.0)
    street.run(50.0)
    street.reset()
    street.run(150.0)
    assert street.seen == (50, pytest.approx(32.5), pytest.approx(10.0))


def test_behind_a_bottleneck_flow_speed_and_density_lie_on_the_congested_branch():
    # one in 5 s: q = 0.2 veh/s, k = 0.15 - 0.2 / 5 = 0.11 veh/m, v = 0.2 / 0.11 m/s, occupied 6.5 0.11 = 0.715
    street = Street(2.0 * np.arange(100), 20.0 + 5.0 * np.arange(60))
    street.run(100.0)
    street.reset()
    street.run(200.0)
    assert street.seen == (20, pytest.approx(71.5), pytest.approx(0.2 / 0.11))


def test_a_standing_queue_occupies_the_loop_and_counts_nobody():
    street = Street(4.0 * np.arange(20))
    street.run(60.0)
    # 6 stand between detector and stop line; the sixth crossed at 20 + 16 s and is held there
    assert street.seen == (6, pytest.approx(5 * FREE_S + STANDING_SHARE * (24.0 - REACTION_S)), pytest.approx(10.0))
    street.reset()
    street.run(100.0)
    assert street.seen == (0, pytest.approx(40.0 * STANDING_SHARE), None)


def test_a_queue_that_discharges_crosses_one_wave_after_those_at_the_stop_line():
    street = Street(4.0 * np.arange(20), 100.0 + 2.0 * np.arange(20))
    street.run(108.0)
    street.reset()
    street.run(109.0)
    assert street.seen[0] == 1
    assert street.loops.crossed_s[0] == pytest.approx(108.0)
    # the sixth crossed at 36 s and was held until then: 1 / (0.15 (72 - 4/3)) m/s
    assert street.seen[2] == pytest.approx(1.0 / (0.15 * (72.0 - REACTION_S)))
    street.reset()
    street.run(130.0)
    assert street.seen[0] == 10
    assert street.loops.crossed_s[0] == pytest.approx(128.0)
    assert street.seen[2] == pytest.approx(10.0)


def test_a_part_of_a_place_is_crossed_at_free_speed_once_the_queue_moves():
    # 3.5 places: number 4 stands 4 spacings back, starts at 100 + 4 4/3 s, drives half a spacing, 10/3 m, at 10 m/s
    street = Street(4.0 * np.arange(20), 100.0 + 2.0 * np.arange(20), back_m=(3.5 / JAM_VEH_M,))
    street.run(105.0)
    assert street.seen[0] == 4
    street.run(106.0)
    assert street.loops.crossed_s[0] == pytest.approx(100.0 + 4 * REACTION_S + 1.0 / 3.0)


def test_who_waits_at_the_stop_line_stands_on_a_loop_near_it():
    street = Street([0.0, 4.0], [100.0, 102.0], back_m=(2.0,))
    street.run(60.0)
    assert street.seen == (1, pytest.approx(STANDING_SHARE * (60.0 - 19.8 - REACTION_S)), None)
    street.run(101.0)
    assert street.seen[0] == 1
    street.run(110.0)
    # the second drives the rest of its spacing, 0.7 of it, and crosses 0.4 s of wave after: 100 + 0.7 2 + 0.4
    assert street.seen[0] == 2
    assert street.loops.crossed_s[0] == pytest.approx(101.8)


def test_news_of_the_last_step_counts_in_this_one():
    street = Street([0.5])
    street.look(16.0, 17.0, known_s=0.0)
    assert street.seen[0] == 0
    street.look(17.0, 18.0, known_s=18.0)
    assert street.seen[0] == 1
    assert street.loops.crossed_s[0] == pytest.approx(16.5)


def test_looking_seldom_sees_the_same_as_looking_often():
    rng = np.random.default_rng(7)
    entries_s = np.cumsum(2.0 + rng.exponential(2.0, 150))
    departures_s = np.maximum.accumulate(np.concatenate([entries_s[:40] + 20.0, entries_s[40:] + 60.0]))
    departures_s = departures_s[0] + np.cumsum(np.maximum(2.0, np.diff(departures_s, prepend=departures_s[0])))
    often, seldom = (Street(entries_s, departures_s, back_m=(40.0, 75.0)) for _ in range(2))
    often.run(700.0, step_s=1.0)
    seldom.run(700.0, step_s=7.0)
    assert seldom.loops.count_veh.tolist() == often.loops.count_veh.tolist()
    assert seldom.loops.occupied_s == pytest.approx(often.loops.occupied_s)
    assert seldom.loops.speed_sum_m_s == pytest.approx(often.loops.speed_sum_m_s)


def test_counts_stay_right_when_the_rings_turned_over_unseen():
    entries_s = 2.0 * np.arange(100)
    street = Street(entries_s, entries_s + 20.0, ring=34)
    street.look(0.0, 190.0, known_s=190.0)
    # those who entered before 190 - 16 s
    assert street.seen[0] == 87
    assert 0.0 <= street.seen[1] <= 190.0


def test_a_queue_of_vehicles_of_two_passenger_cars_reaches_the_loop_at_half_the_number():
    street = Street(8.0 * np.arange(20), pce=2.0)
    street.run(150.0)
    assert street.seen[0] == 3


def test_a_detector_sees_the_same_whatever_others_there_are():
    entries_s, departures_s = 3.0 * np.arange(60), 40.0 + 4.0 * np.arange(30)
    alone = Street(entries_s, departures_s)
    among = Street(entries_s, departures_s, back_m=(40.0, 0.5, 200.0))
    alone.run(120.0)
    among.run(120.0)
    assert among.seen == alone.seen
    # at the start of the link everybody crosses on entering it, at its end on reaching it
    assert among.loops.count_veh[1:].tolist() == [21, 40]
