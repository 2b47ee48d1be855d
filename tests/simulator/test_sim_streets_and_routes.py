"""Saturation flows, fundamental diagrams, routes and signs."""

from __future__ import annotations

import numpy as np
import pytest

from parking.sign import Display, RowContent, SignContent
from simulator.road_traffic import RoadTraffic
from simulator.roads import street_arrays
from simulator.routes import TREE_SHARES, RouteTable, travel_times_s, tree_of
from simulator.sign_board import SignBoard
from simulator.streets import town_roads
from traffic_core.errors import InvalidValueError
from traffic_core.network_arrays import arrays_of
from traffic_core.readings import Quality

T0 = 1_795_500_000.0


@pytest.fixture(name="arrays")
def arrays_fixture(network):
    return arrays_of(network)


def roads_of(network, arrays, junctions, signed=()):
    return town_roads(network, arrays, junctions, np.full(arrays.turn_from.size, -1), signed)


def group(arrays, link):
    return int(arrays.first_group[arrays.link_index[link]])


def test_a_signal_groups_flow_is_spread_over_the_lanes_it_serves(network, arrays, junctions):
    """3,600 veh/h over two approaches of one lane: 1,800 each; without a signal the link's capacity of 1,800."""
    roads = roads_of(network, arrays, junctions)
    assert roads.group_pce_s[group(arrays, "W_X")] == pytest.approx(0.5)
    assert roads.group_pce_s[group(arrays, "X_P")] == pytest.approx(0.5)


def test_the_fundamental_diagram_has_free_speed_saturation_and_a_vehicle_per_7_m(network, arrays, junctions):
    """12.5 m/s, 1,900 veh/h, 1/7 veh/m: the wave runs at q / (k - q/u) = 0.5278 / (0.1429 - 0.0422) = 5.24 m/s."""
    roads = roads_of(network, arrays, junctions)
    link = arrays.link_index["X_P"]
    assert roads.wave_m_s[link] == pytest.approx(5.2445, rel=1e-4)
    arrays_ = street_arrays(roads)
    assert arrays_["entry_headway_s"][link] == pytest.approx(3_600 / 1_900)
    assert arrays_["room_pce"][link] == pytest.approx(500 / 7, rel=1e-3)
    assert arrays_["wave_s"][link] == pytest.approx(500 / 5.2445, rel=1e-3)


def test_links_that_carry_a_sign_are_marked(network, arrays, junctions):
    roads = roads_of(network, arrays, junctions, ["W_X"])
    assert np.flatnonzero(roads.has_sign).tolist() == [arrays.link_index["W_X"]]


def test_routes_know_ways_times_and_dead_ends(network, arrays, junctions):
    node = arrays.node_index
    routes = RouteTable(roads_of(network, arrays, junctions), np.array([node["E"], node["S"]]))
    assert routes.start(node["W"], 0) == arrays.link_index["W_X"]
    assert routes.time_from_node_s(node["W"], 0) == pytest.approx(1_500 / 12.5, rel=1e-3)
    assert routes.time_from_node_s(node["E"], 0) == 0.0
    assert routes.free_s[0, node["W"]] == pytest.approx(1_500 / 12.5, rel=1e-3)
    assert routes.free_s[1, node["S"]] == 0.0
    assert routes.cost_s[0, arrays.link_index["X_W"]] == np.inf


def test_nobody_is_led_over_a_closed_link_and_all_hear_of_it(network, arrays, junctions):
    node = arrays.node_index
    routes = RouteTable(roads_of(network, arrays, junctions), np.array([node["E"]]))
    routes.closed[arrays.link_index["X_P"]] = True
    routes.tell_all()
    assert routes.time_from_node_s(node["W"], 0) == np.inf
    assert (routes.first_link[:, 0, node["W"]] == -1).all()
    routes.closed[:] = False
    routes.tell_all()
    assert (routes.first_link[:, 0, node["W"]] == arrays.link_index["W_X"]).all()


def test_a_third_of_the_drivers_hears_the_newest(network, arrays, junctions):
    """Shares 1/3, 2/9, 4/27 and the rest: a third of those who knew the last news hears the next."""
    assert tree_of(np.array([0.0, 0.333, 0.334, 0.555, 0.556, 0.703, 0.704, 1.0])).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert sum(TREE_SHARES) == pytest.approx(1.0)


def test_drivers_learn_half_of_a_new_travel_time_and_older_trees_stay(network, arrays, junctions):
    roads = roads_of(network, arrays, junctions)
    routes = RouteTable(roads, np.array([arrays.node_index["E"]]))
    traffic = RoadTraffic(roads, T0)
    link = arrays.link_index["W_X"]
    first = routes.next_link[0].copy()
    for period in (1, 2):
        traffic.town.drive_time_s[link] += 4 * 148.0
        traffic.town.left_veh[link] += 4
        traffic.town.entered_veh[link] += 4
        before_s = float(routes.time_s[link])
        routes.learn(traffic.town, 300.0)
        assert routes.time_s[link] == pytest.approx((before_s + 148.0) / 2), period
    assert (routes.next_link[3] == first).all()


def test_travel_times_are_means_or_free_flow_or_stuck():
    times_s = travel_times_s(
        np.array([10.0, 10.0, 10.0]), np.array([60.0, 0.0, 0.0]), np.array([3, 0, 0]), np.array([1, 0, 5]), 300.0
    )
    assert times_s.tolist() == [20.0, 10.0, 310.0]


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
