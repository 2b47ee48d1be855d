"""The vehicles of a road network: slots, trips, what is told, lorries, and steps of one second or five."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.road_traffic import FIRST_SLOTS, RoadTraffic
from simulator.routes import RouteTable
from traffic_core.traffic_arrays import ENDS_HERE, IS_AWAITED, NOBODY, READS_SIGNS


def roads_of(pairs, *, length_m=300.0, jam_veh_m=0.15):
    count, nodes = len(pairs), 1 + max(max(pair) for pair in pairs)
    return plain_roads(
        PlainLinks(
            nodes=nodes,
            from_node=np.array([a for a, _ in pairs], dtype=np.int64),
            to_node=np.array([b for _, b in pairs], dtype=np.int64),
            length_m=np.broadcast_to(np.asarray(length_m, dtype=np.float64), (count,)).copy(),
            speed_m_s=np.full(count, 10.0),
            wave_m_s=np.full(count, 5.0),
            jam_veh_m=np.full(count, jam_veh_m),
            entry_veh_s=np.full(count, np.inf),
            exit_veh_s=np.full(count, np.inf),
            priority=np.ones(count),
            node_veh_s=np.full(nodes, np.inf),
            signal=np.full(count, -1, dtype=np.int64),
        )
    )


LINE = [(0, 1), (1, 2)]


def traffic_on(roads, **more):
    """Traffic whose drivers know no way but the fixed ones."""
    traffic = RoadTraffic(roads, 0.0, **more)
    traffic.follow(np.zeros((1, 1, roads.length_m.size), dtype=np.int32), np.zeros((1, 1, roads.nodes), dtype=np.int32))
    return traffic


def whole(value, count):
    return np.full(count, value, dtype=np.int64)


def test_an_awaited_arrival_ends_the_step_and_keeps_its_slot_until_it_is_given_back():
    traffic = traffic_on(roads_of(LINE), checked=True)
    slot = traffic.spawn(0, 0.25, flags=IS_AWAITED, fixed_at=traffic.add_fixed_way((1,)))
    moved = traffic.advance(0.0, 200.0)
    assert moved.reached_s == 61.0
    assert moved.arrived == [(slot, pytest.approx(60.25))]
    assert traffic.advance(61.0, 70.0).arrived == []
    traffic.free(slot)
    assert traffic.spawn(0, 70.0) == slot


def test_who_reads_signs_is_told_of_where_they_stand_and_nobody_else():
    traffic = traffic_on(roads_of(LINE))
    traffic.town.has_sign[1] = 1
    way = traffic.add_fixed_way((1,))
    reader = traffic.spawn(0, 0.0, flags=READS_SIGNS, fixed_at=way)
    traffic.spawn(0, 5.0, flags=0, fixed_at=way)
    moved = traffic.advance(0.0, 200.0)
    assert moved.passed == [(reader, 1)]
    assert moved.reached_s == 31.0
    assert traffic.advance(31.0, 200.0).passed == []


def test_trips_of_a_schedule_end_at_the_time_they_take():
    roads = roads_of(LINE)
    routes = RouteTable(roads, np.array([2, 0]), ages=1)
    traffic = RoadTraffic(roads, 0.0, checked=True)
    traffic.follow(routes.next_link, routes.first_link)
    at_s = np.array([3.0, 10.0, 20.0, 30.0])
    traffic.schedule(plain_trips(at_s, np.array([0, 1, 2, 2]), np.array([0, 0, 0, 1]), whole(0, 4)))
    traffic.advance(0.0, 100.0)
    assert traffic.town.trip_end_s[:4] == pytest.approx([63.0, 40.0, 20.0, math.inf])
    assert traffic.town.trip_first_link[:4].tolist() == [0, 1, ENDS_HERE, NOBODY]
    assert (traffic.entered_veh, traffic.left_veh, traffic.lost_veh, traffic.inside_veh) == (2, 2, 1, 0)


def test_the_arrays_grow_with_the_fleet_and_nobody_is_lost():
    roads = roads_of(LINE)
    routes = RouteTable(roads, np.array([2]), ages=1)
    traffic = RoadTraffic(roads, 0.0)
    traffic.follow(routes.next_link, routes.first_link)
    count = 2 * FIRST_SLOTS + 10
    traffic.schedule(plain_trips(np.linspace(0.0, 50.0, count), whole(0, count), whole(0, count), whole(0, count)))
    traffic.advance(0.0, 100.0)
    assert traffic.town.vehicle_link.size == 4 * FIRST_SLOTS
    assert traffic.inside_veh + traffic.waiting_outside_veh + traffic.left_veh == count
    assert traffic.entered_veh == pytest.approx(0.5 * 100, abs=1)  # capacity 10 * 5 * 0.15 / 15


def test_a_lorry_takes_the_headway_of_two_cars():
    """Capacity 0.5 pce/s: cars 2 s apart, lorries 4 s."""
    left = []
    for kind in (0, 1):
        traffic = traffic_on(roads_of(LINE), checked=True)
        way = traffic.add_fixed_way((1,))
        for _ in range(200):
            traffic.spawn(0, 0.0, flags=0, kind=kind, fixed_at=way)
        traffic.advance(0.0, 400.0)
        left.append(int(traffic.town.left_veh[0]))
    assert left == [pytest.approx(185, abs=1), pytest.approx(93, abs=1)]


def test_a_closed_street_holds_those_before_it_and_lets_them_go_later():
    traffic = traffic_on(roads_of(LINE), checked=True)
    traffic.town.entry_free_s[1] = math.inf
    traffic.spawn(0, 0.0, flags=0, fixed_at=traffic.add_fixed_way((1,)))
    traffic.advance(0.0, 100.0)
    assert traffic.inside_veh == 1
    traffic.town.entry_free_s[1] = 100.0
    traffic.advance(100.0, 131.0)
    assert traffic.left_veh == 1
    assert traffic.town.delay_s[0] == pytest.approx(70.0)


def test_a_lorry_enters_an_empty_link_of_six_metres():
    traffic = traffic_on(roads_of([(0, 1), (1, 2), (2, 3)], length_m=[300.0, 6.0, 300.0]))
    traffic.spawn(0, 0.0, flags=0, kind=1, fixed_at=traffic.add_fixed_way((1, 2)))
    traffic.advance(0.0, 600.0)
    assert traffic.left_veh == 1


def test_who_comes_while_a_run_was_stopped_does_not_wait_for_those_of_later():
    roads = roads_of(LINE)
    routes = RouteTable(roads, np.array([2]), ages=1)
    traffic = RoadTraffic(roads, 0.0)
    traffic.follow(routes.next_link, routes.first_link)
    traffic.schedule(plain_trips(np.array([500.0]), whole(0, 1), whole(0, 1), whole(0, 1)))
    way = traffic.add_fixed_way((1,))
    traffic.spawn(1, 0.0, flags=IS_AWAITED, fixed_at=traffic.add_fixed_way(()))
    assert traffic.advance(0.0, 600.0).reached_s == 31.0
    slot = traffic.spawn(0, 31.0, flags=IS_AWAITED, fixed_at=way)
    assert traffic.advance(31.0, 600.0).arrived == [(slot, pytest.approx(91.0))]


def mean_trip_s(step_s, length_m, count, side=5):
    """Mean trip time and delay in a grid that is loaded above what it can carry for ten minutes."""
    pairs = [
        (side * i + j, side * a + b)
        for i in range(side)
        for j in range(side)
        for a, b in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1))
        if 0 <= a < side and 0 <= b < side
    ]
    roads = roads_of(pairs, length_m=length_m[: len(pairs)])
    rng = np.random.default_rng(8)
    ends = np.arange(side * side)
    routes = RouteTable(roads, ends, ages=1)
    traffic = RoadTraffic(roads, 0.0, step_s=step_s)
    traffic.follow(routes.next_link, routes.first_link)
    trips = plain_trips(
        np.sort(rng.uniform(0.0, 600.0, count)),
        rng.integers(0, ends.size, count),
        rng.integers(0, ends.size, count),
        whole(0, count),
    )
    traffic.schedule(trips)
    traffic.advance(0.0, 7_200.0)
    assert traffic.waiting_outside_veh + traffic.inside_veh == 0
    times_s = traffic.town.trip_end_s[:count] - trips.at_s
    return float(times_s.mean()), float(traffic.town.delay_s.sum() / count)


def test_steps_of_five_seconds_change_the_mean_trip_time_by_less_than_two_percent():
    """Links from 20 m on: in a step a vehicle may drive through one, and room may go back through several."""
    length_m = np.random.default_rng(3).uniform(20.0, 250.0, 80)
    fine_s, delay_s = mean_trip_s(1.0, length_m, 2_000)
    assert delay_s > 0.2 * fine_s  # there are queues
    assert mean_trip_s(5.0, length_m, 2_000)[0] == pytest.approx(fine_s, rel=0.02)


def test_a_step_no_longer_than_driving_and_waves_on_any_link_changes_nothing():
    length_m = np.full(80, 60.0)
    assert mean_trip_s(5.0, length_m, 5_000) == mean_trip_s(1.0, length_m, 5_000)
