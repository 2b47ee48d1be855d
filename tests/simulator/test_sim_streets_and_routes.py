"""Saturation flows, right of way, routes and the fleet's arrays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parking.sign import Display, RowContent, SignContent
from simulator.fleet import FIRST_SLOTS, Fleet
from simulator.routes import RouteTable, travel_times_s
from simulator.sign_board import SignBoard
from simulator.streets import streets_of
from traffic_core.errors import InvalidValueError
from traffic_core.network import NodeControl, RoadClass
from traffic_core.network_arrays import arrays_of
from traffic_core.readings import Quality

T0 = 1_795_500_000.0


@pytest.fixture(name="arrays")
def arrays_fixture(network):
    return arrays_of(network)


def group(arrays, link):
    return int(arrays.first_group[arrays.link_index[link]])


def test_a_signal_groups_flow_is_spread_over_the_lanes_it_serves(network, arrays, junctions):
    """3,600 veh/h over two approaches of one lane: 1,800 each, headway 2 s; without a signal capacity 1,800."""
    streets = streets_of(network, arrays, junctions, [])
    assert streets.group_headway_s[group(arrays, "W_X")] == pytest.approx(2.0)
    assert streets.group_headway_s[group(arrays, "X_P")] == pytest.approx(2.0)
    assert streets.entry_headway_s[arrays.link_index["X_P"]] == pytest.approx(3_600 / 1_900)


def test_roads_of_one_rank_do_not_give_way(network, arrays, junctions):
    assert not streets_of(network, arrays, junctions, []).critical_gap_s.any()


def test_a_lower_ranking_road_waits_for_gaps_in_the_higher(network, junctions):
    links = dict(network.links)
    links["X_P"] = replace(links["X_P"], road_class=RoadClass.RESIDENTIAL)
    minor = replace(network, links=links)
    arrays = arrays_of(minor)
    streets = streets_of(minor, arrays, junctions, ["W_X"])
    low, high = group(arrays, "X_P"), group(arrays, "E_P")
    assert streets.critical_gap_s[low] == 6.0
    assert streets.group_headway_s[low] == pytest.approx(3.3)
    assert streets.critical_gap_s[high] == 0.0
    assert streets.conflict_group[streets.first_conflict[low] : streets.first_conflict[low + 1]].tolist() == [high]
    assert np.flatnonzero(streets.has_sign).tolist() == [arrays.link_index["W_X"]]
    nodes = dict(network.nodes)
    nodes["P"] = replace(nodes["P"], control=NodeControl.ROUNDABOUT)
    round_ = replace(network, nodes=nodes)
    streets = streets_of(round_, arrays, junctions, [])
    assert streets.critical_gap_s[low] == streets.critical_gap_s[high] == 4.1
    assert streets.conflict_weight.tolist() == [0.5, 0.5]


def test_a_signal_without_supply_data_works_as_give_way(network):
    links = dict(network.links)
    links["W_X"] = replace(links["W_X"], road_class=RoadClass.RESIDENTIAL)
    minor = replace(network, links=links)
    arrays = arrays_of(minor)
    assert streets_of(minor, arrays, {}, []).critical_gap_s[group(arrays, "W_X")] == 6.0


def test_routes_know_ways_times_and_dead_ends(arrays):
    routes = RouteTable(arrays, ["E", "S", "E"])
    row = routes.row("E")
    assert routes.start("W", row) == arrays.link_index["W_X"]
    assert routes.time_from_node_s("W", row) == pytest.approx(1_500 / 12.5, rel=1e-3)
    assert routes.time_from_node_s("E", row) == 0.0
    assert routes.cost_s[row, arrays.link_index["X_W"]] == np.inf


def test_drivers_learn_half_of_a_new_travel_time(arrays, network, junctions):
    routes = RouteTable(arrays, ["E"])
    fleet = Fleet(arrays, streets_of(network, arrays, junctions, []), T0)
    link = arrays.link_index["W_X"]
    fleet.queues.drive_time_s[link] = 4 * 148.0
    fleet.queues.drive_count_veh[link] = 4
    before_s = float(routes.time_s[link])
    routes.learn(fleet.queues, 300.0)
    assert routes.time_s[link] == pytest.approx((before_s + 148.0) / 2)
    assert fleet.queues.drive_count_veh[link] == 0


def test_travel_times_are_means_or_free_flow_or_stuck():
    times_s = travel_times_s(
        np.array([10.0, 10.0, 10.0]), np.array([60.0, 0.0, 0.0]), np.array([3, 0, 0]), np.array([1, 0, 5]), 300.0
    )
    assert times_s.tolist() == [20.0, 10.0, 310.0]


def test_a_fleet_grows_by_doubling_and_keeps_every_vehicle(arrays, network, junctions):
    fleet = Fleet(arrays, streets_of(network, arrays, junctions, []), T0)
    routes = RouteTable(arrays, ["E"])
    link = arrays.link_index["W_X"]
    slots = [fleet.spawn(link, 0, T0, follower=False) for _ in range(FIRST_SLOTS + 10)]
    assert len(set(slots)) == FIRST_SLOTS + 10
    assert fleet.vehicles.link.size == 2 * FIRST_SLOTS
    assert fleet.waiting_outside_veh == FIRST_SLOTS + 10
    open_turn = np.ones((1, arrays.turn_from.size), dtype=np.uint8)
    arrived = []
    for second in range(3_000):
        arrived += [slot for slot, _ in fleet.advance(T0 + second, open_turn, routes.next_link).arrived]
    assert fleet.entered_veh == fleet.inside_veh + fleet.left_veh
    assert sorted(arrived) == sorted(slots)


def test_a_sign_shows_the_latest_valid_content(parking_with):
    board = SignBoard(parking_with().signs)

    def content(sequence, rows=2, sign="S1"):
        row = RowContent(display=Display.FULL, free_veh=None, quality=Quality.MEASURED, age_s=0.0, reason="fresh")
        return SignContent(
            sign_id=sign, sequence=sequence, issued_at_s=T0, valid_until_s=T0 + 60.0 + sequence, rows=(row,) * rows
        )

    assert board.rows("S1", T0) == ()
    board.show(content(5))
    board.show(content(4))
    assert len(board.rows("S1", T0 + 64.9)) == 2
    assert board.rows("S1", T0 + 65.0) == ()
    with pytest.raises(InvalidValueError, match="rows"):
        board.show(content(6, rows=1))
    with pytest.raises(InvalidValueError, match="sign_id"):
        board.show(content(6, sign="S9"))
