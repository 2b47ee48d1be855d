"""Closed-form facts about moving vehicles: physics, not tuning."""

from __future__ import annotations

import math

import numpy as np
import pytest

from traffic_core.kernels import vehicles as kernel
from traffic_core.kernels.loops import Loops, cross

INTS, FLOATS, BYTES = np.int64, np.float64, np.uint8
SATURATION_HEADWAY_S = 2.0
T0 = 1_000_000.0


class Road:
    """Links in a row, one lane each, one destination at the end; `merge` adds a second link into the last one."""

    def __init__(self, free_flow_s, storage_veh, headway_s=SATURATION_HEADWAY_S, merge=False, loops=(), capacity_s=1.0):
        links = len(free_flow_s)
        last = links - 1
        to = [[link + 1] for link in range(last)] + [[]]
        if merge:
            to[last - 1] = [last]
            to[last - 2] = [last]
        self.links = links
        first_turn = np.cumsum([0] + [len(turns) for turns in to])
        turns = [(a, b) for a, row in enumerate(to) for b in row]
        self.streets = kernel.Streets(
            free_flow_s=np.array(free_flow_s, FLOATS),
            entry_headway_s=np.full(links, capacity_s),
            storage_veh=np.array(storage_veh, INTS),
            first_turn=first_turn.astype(INTS),
            turn_to=np.array([b for _, b in turns], INTS),
            turn_group=np.array([a for a, _ in turns], INTS),
            first_group=np.arange(links + 1, dtype=INTS),
            group_storage_veh=np.array(storage_veh, INTS),
            group_headway_s=np.full(links, headway_s),
            critical_gap_s=np.zeros(links),
            first_conflict=np.zeros(links + 1, INTS),
            conflict_group=np.zeros(0, INTS),
            conflict_weight=np.zeros(0),
            has_sign=np.zeros(links, BYTES),
        )
        self.next_link = np.array([[row[0] if row else kernel.ENDS_HERE for row in to]], INTS)
        self.open_turn = np.ones((1, len(turns)), BYTES)
        room = 4_000
        self.vehicles = kernel.Vehicles(
            *(np.full(room, -1, INTS) for _ in range(2)),
            np.zeros(room, INTS),
            np.zeros(room, INTS),
            np.zeros(room),
            np.zeros(room),
            np.zeros(room, BYTES),
        )
        measured = {link for link, _ in loops}
        rings = [storage_veh[link] + 16 if link in measured else 0 for link in range(links)]
        self.queues = kernel.Queues(
            *(np.zeros(3 * links, INTS) for _ in range(3)),
            np.zeros(links, INTS),
            *(np.full(links, T0) for _ in range(3)),
            np.zeros(links),
            np.zeros(links, INTS),
            np.zeros(links, INTS),
            np.cumsum([0, *rings]).astype(INTS),
            np.zeros(sum(rings)),
            np.zeros(links),
            np.zeros(links, INTS),
            np.zeros(2, INTS),
        )
        count = len(loops)
        self.loops = Loops(
            link=np.array([link for link, _ in loops], INTS),
            reach_s=np.array([free_flow_s[link] - back_m / 10.0 for link, back_m in loops], FLOATS),
            to_stop_line_m=np.array([back_m for _, back_m in loops], FLOATS),
            lanes=np.ones(count, INTS),
            speed_m_s=np.full(count, 10.0),
            crossed_veh=np.zeros(count, INTS),
            blocked=np.zeros(count, BYTES),
            count_veh=np.zeros(count, INTS),
            occupied_s=np.zeros(count),
            speed_sum_m_s=np.zeros(count),
        )
        self.events = kernel.Events(
            np.zeros(room, INTS), np.zeros(room), np.zeros(room, INTS), np.zeros(room, INTS), np.zeros(2, INTS)
        )
        self.now_s = T0
        self.spawned = 0
        self.arrived: dict[int, float] = {}
        self.passed: list[tuple[int, int]] = []

    @property
    def town(self):
        return kernel.Town(self.streets, self.vehicles, self.queues, self.events)

    def spawn(self, at_s, link=0, follower=0):
        vehicle = self.spawned
        self.spawned += 1
        self.vehicles.destination[vehicle] = 0
        self.vehicles.link[vehicle] = link
        self.vehicles.ready_at_s[vehicle] = at_s
        self.vehicles.follower[vehicle] = follower
        kernel.wait_outside(vehicle, link, self.town)
        return vehicle

    def run(self, seconds):
        for _ in range(seconds):
            kernel.advance(self.now_s, self.open_turn, self.next_link, self.town)
            queues = self.queues
            entered, left = queues.link_entered_veh, queues.link_left_veh
            cross(self.now_s + 1.0, entered, left, queues.first_entry, queues.entry_at_s, self.loops)
            for row in range(self.events.used[0]):
                self.arrived[int(self.events.arrived[row])] = float(self.events.arrived_at_s[row])
            for row in range(self.events.used[1]):
                self.passed.append((int(self.events.passed_vehicle[row]), int(self.events.passed_link[row])))
            self.now_s += 1.0


def test_a_lone_vehicle_needs_exactly_the_free_flow_time():
    road = Road([12.3, 7.9, 20.05], [50, 50, 50])
    vehicle = road.spawn(T0 + 0.4)
    road.run(60)
    assert road.arrived[vehicle] == pytest.approx(T0 + 0.4 + 12.3 + 7.9 + 20.05)


def test_saturated_throughput_is_saturation_flow_times_green_share():
    road = Road([10.0, 10.0], [300, 300])
    for _ in range(1_500):
        road.spawn(T0)
    cycle_s, green_s, cycles = 90, 37, 20
    before = 0
    for second in range(cycle_s * (cycles + 2)):
        if second == 2 * cycle_s:
            before = int(road.queues.link_left_veh[0])
        road.open_turn[0, 0] = 1 if second % cycle_s < green_s else 0
        road.run(1)
    served = int(road.queues.link_left_veh[0]) - before
    assert served == pytest.approx(cycles * green_s / SATURATION_HEADWAY_S, abs=1.0)


@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_uniform_delay_at_a_signal_follows_the_formula(load):
    """Mean uniform delay r^2 / (2 C (1 - y)), Webster (1958), first term."""
    cycle_s, red_s = 87, 50
    flow_ratio = load * (cycle_s - red_s) / cycle_s
    gap_s = SATURATION_HEADWAY_S / flow_ratio
    road = Road([10.0, 10.0], [300, 300])
    cycles = 40
    starts = np.arange(0.0, cycles * cycle_s, gap_s)
    for start in starts:
        road.spawn(T0 + float(start))
    for second in range(cycle_s * (cycles + 2)):
        road.open_turn[0, 0] = 0 if second % cycle_s < red_s else 1
        road.run(1)
    assert len(road.arrived) == len(starts)
    delay_s = np.mean([road.arrived[vehicle] - T0 - start - 20.0 for vehicle, start in enumerate(starts)])
    assert delay_s == pytest.approx(red_s**2 / (2 * cycle_s * (1 - flow_ratio)), rel=0.04)


def test_bottleneck_delay_grows_as_the_triangle_of_the_queue():
    """Arrivals at headway 2.5 s over 500 s into a stop line of headway 5 s: mean wait is half the longest one."""
    road = Road([10.0, 10.0], [400, 400], headway_s=5.0)
    for number in range(200):
        road.spawn(T0 + 2.5 * number)
    road.run(1_200)
    waits_s = [road.arrived[number] - T0 - 2.5 * number - 20.0 for number in range(200)]
    assert waits_s == pytest.approx([2.5 * number for number in range(200)])


def test_a_spilled_back_link_stores_what_fits_and_holds_the_rest_upstream():
    road = Road([10.0, 10.0, 10.0], [30, 14, 30])
    road.open_turn[0, 1] = 0
    for _ in range(80):
        road.spawn(T0)
    road.run(400)
    assert road.queues.on_link_veh.tolist() == [30, 14, 0]
    assert road.queues.length[0] == 80 - 44
    road.open_turn[0, 1] = 1
    road.run(600)
    assert len(road.arrived) == 80


def test_vehicles_leave_in_the_order_in_which_they_came():
    road = Road([10.0, 15.0, 10.0], [40, 20, 40])
    rng = np.random.default_rng(5)
    for start in np.sort(rng.uniform(0.0, 300.0, 120)):
        road.spawn(T0 + float(start))
    for second in range(900):
        road.open_turn[0, 0] = 1 if second % 60 < 40 else 0
        road.run(1)
    assert list(road.arrived) == list(range(120))
    times_s = list(road.arrived.values())
    assert times_s == sorted(times_s)


def test_two_saturated_links_share_a_merge_evenly():
    road = Road([10.0, 10.0, 10.0], [60, 60, 60], merge=True, capacity_s=2.0)
    for _ in range(500):
        road.spawn(T0, link=0)
        road.spawn(T0, link=1)
    road.run(700)
    left = road.queues.link_left_veh[:2]
    assert left.sum() == pytest.approx((700 - 10) / 2.0, abs=3)
    assert abs(int(left[0]) - int(left[1])) <= 0.1 * left.sum()


def test_a_group_that_gives_way_has_the_capacity_of_gap_acceptance():
    """q = 0.2 veh/s, t_c = 6 s, t_f = 3.5 s: c = q exp(-q t_c) / (1 - exp(-q t_f)) = 0.1197 veh/s."""
    road = Road([10.0, 10.0, 10.0], [60, 60, 60], headway_s=3.5, merge=True, capacity_s=1.0)
    road.streets.critical_gap_s[1] = 6.0
    streets = road.streets._replace(
        first_conflict=np.array([0, 0, 1, 1], INTS), conflict_group=np.array([0], INTS), conflict_weight=np.ones(1)
    )
    road.streets = streets
    for number in range(400):
        road.spawn(T0 + 5.0 * number, link=0)
        road.spawn(T0, link=1)
    road.run(300)
    before = int(road.queues.link_left_veh[1])
    road.run(1_500)
    expected = 0.2 * math.exp(-1.2) / (1 - math.exp(-0.7))
    assert (int(road.queues.link_left_veh[1]) - before) / 1_500 == pytest.approx(expected, rel=0.05)


def test_a_detector_counts_every_vehicle_once_at_free_flow_and_measures_their_speed():
    road = Road([20.0, 10.0], [30, 30], loops=((0, 50.0),))
    for number in range(20):
        road.spawn(T0 + 10.0 * number)
    road.run(15)
    assert road.loops.count_veh.tolist() == [0]
    road.run(1)
    assert road.loops.count_veh.tolist() == [1]
    road.run(300)
    assert road.loops.count_veh.tolist() == [20]
    assert road.loops.speed_sum_m_s[0] / 20 == pytest.approx(10.0)
    assert road.loops.occupied_s[0] == pytest.approx(20 * 6.5 / 10.0)


def test_a_queue_over_a_detector_occupies_it_and_counts_on_when_it_moves():
    road = Road([20.0, 10.0], [30, 30], loops=((0, 21.0),))
    road.open_turn[0, 0] = 0
    for _ in range(10):
        road.spawn(T0)
    road.run(100)
    assert road.loops.count_veh.tolist() == [3]
    standing_s = road.loops.occupied_s[0]
    road.run(50)
    assert road.loops.occupied_s[0] - standing_s == pytest.approx(50 * 6.5 / 7.0)
    road.open_turn[0, 0] = 1
    road.run(100)
    assert road.loops.count_veh.tolist() == [10]


def test_only_followers_report_that_they_pass_a_sign():
    road = Road([10.0, 10.0], [30, 30])
    road.streets.has_sign[1] = 1
    road.spawn(T0)
    reader = road.spawn(T0, follower=1)
    road.run(60)
    assert road.passed == [(reader, 1)]


def test_several_seconds_in_one_call_equal_as_many_calls():
    one, many = Road([10.0, 7.5], [30, 30]), Road([10.0, 7.5], [30, 30])
    for road in (one, many):
        for number in range(25):
            road.spawn(T0 + 0.7 * number)
    one.run(60)
    open_turn = np.ones((60, 1), BYTES)
    kernel.advance(T0, open_turn, many.next_link, many.town)
    used = int(many.events.used[0])
    assert (
        dict(zip(many.events.arrived[:used].tolist(), many.events.arrived_at_s[:used].tolist(), strict=True))
        == one.arrived
    )


def fork(groups):
    """Link 0 leads to link 1 and link 2, whose turn is closed; `groups` lane groups of 4 vehicles each on link 0."""
    road = Road([10.0, 10.0, 10.0], [30, 30, 30], merge=True)
    road.streets = road.streets._replace(
        first_turn=np.array([0, 2, 2, 2], INTS),
        turn_to=np.array([1, 2], INTS),
        turn_group=np.array([0, groups - 1], INTS),
        first_group=np.array([0, groups, groups + 1, groups + 2], INTS),
        group_storage_veh=np.full(groups + 2, 4, INTS),
        group_headway_s=np.full(groups + 2, SATURATION_HEADWAY_S),
        critical_gap_s=np.zeros(groups + 2),
        first_conflict=np.zeros(groups + 3, INTS),
    )
    lines = [np.zeros(6 + groups + 2, INTS) for _ in range(3)]
    road.queues = road.queues._replace(
        head=lines[0],
        tail=lines[1],
        length=lines[2],
        group_free_s=np.full(groups + 2, T0),
        group_flow_veh_s=np.zeros(groups + 2),
    )
    road.next_link = np.array([[1, kernel.ENDS_HERE, -1], [2, -1, kernel.ENDS_HERE]], INTS)
    road.open_turn = np.array([[1, 0]], BYTES)
    return road


def spawn_to(road, *destinations):
    for destination in destinations:
        road.vehicles.destination[road.spawn(T0)] = destination


def test_a_blocked_vehicle_holds_all_behind_it_in_a_shared_lane():
    road = fork(groups=1)
    spawn_to(road, 0, 1, 0, 0)
    road.run(120)
    assert list(road.arrived) == [0]


def test_a_turning_lane_lets_others_pass_until_it_is_full():
    road = fork(groups=2)
    spawn_to(road, 1, 1, 1, 1, 0, 1, 0)
    road.run(120)
    assert list(road.arrived) == [4]
    road.open_turn[0, 1] = 1
    road.run(120)
    assert len(road.arrived) == 7


def test_a_vehicle_at_the_stop_line_keeps_to_its_turn():
    road = fork(groups=2)
    spawn_to(road, 1)
    road.run(30)
    road.next_link[1] = [1, 2, kernel.ENDS_HERE]
    road.open_turn[0, 1] = 1
    road.run(1)
    assert road.vehicles.link[0] == 2
