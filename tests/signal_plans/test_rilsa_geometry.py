"""Conflict points of a plain four-arm junction, calculated by hand.

Lanes of 3.25 m: carriageways meet 3.25 m from the node, crossings reach from 7.25 to 11.25 m, stop lines lie at
12.25 m, axes of lanes 1.625 m beside the axis of the arm.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest

from signal_plans.rilsa.arms import arms_of
from signal_plans.rilsa.geometry import clearing_case, conflict_points, crossing_length_m
from signal_plans.rilsa.matrix import matrix_of, may_be_permissive
from signal_plans.rilsa.paths import crossings, cycle_path, motor_paths
from signal_plans.rilsa.values import ClearingCase, RoadUser, changed
from signal_plans.signal_group import GroupKind, SignalGroup
from traffic_core.errors import InvalidValueError
from traffic_core.network import Lane, Movement, Network

CROSSED = {"FN": "JNin", "FE": "JEin"}


@pytest.fixture
def network(build):
    return build.network("J")


@pytest.fixture
def path(network):
    arms = arms_of(network, "J")
    return lambda turn: motor_paths(network.turns[turn], arms, network.lanes)[0]


def widened(network, lanes):
    """The network with more lanes on some links."""
    links = {
        link.id: replace(link, lanes=lanes.get(link.id, 1), capacity_veh_h=1_800.0) for link in network.links.values()
    }
    return Network(nodes=network.nodes, links=links, turns=network.turns)


def points_of(network, groups, crossed=()):
    return conflict_points(network, "J", {group.id: group for group in groups}, dict(crossed))


def cycle(group_id, *turns):
    return SignalGroup(id=group_id, kind=GroupKind.CYCLE, min_green_s=5, amber_s=2, red_amber_s=1, turns=turns)


def test_stop_lines_and_crossings_lie_where_the_arms_no_longer_touch(network):
    for arm in arms_of(network, "J"):
        assert (arm.inner_m, arm.outer_m, arm.stop_m) == pytest.approx((7.25, 11.25, 12.25))
        assert arm.edges_m == (-3.25, 3.25)
        assert crossing_length_m(arm) == 6.5


def test_a_way_straight_on_and_two_quarter_circles(path):
    through, right, left = path("JSN"), path("JSE"), path("JSW")
    assert through.points[0] == pytest.approx((1.625, -12.25))
    assert through.points[-1] == pytest.approx((1.625, 11.25))
    assert through.length_m == pytest.approx(12.25 + 11.25)
    assert right.radius_m == pytest.approx(7.25 - 1.625)
    assert right.to_exit_m == pytest.approx(5.0 + math.pi / 2 * 5.625, abs=0.01)
    assert left.radius_m == pytest.approx(7.25 + 1.625)
    assert left.to_exit_m == pytest.approx(5.0 + math.pi / 2 * 8.875, abs=0.01)


def test_two_ways_straight_on_cross_at_the_axes_of_their_lanes(path):
    # (1.625, -1.625): 12.25 - 1.625 from the south, 12.25 + 1.625 from the west
    assert crossings(path("JSN"), path("JWE")) == (pytest.approx((10.625, 13.875)),)


def test_a_left_turn_crosses_oncoming_traffic_on_its_arc(path):
    # circle around (-7.25, -7.25) with radius 8.875, cut by x = -1.625
    angle = math.acos(5.625 / 8.875)
    ((on_left, on_through),) = crossings(path("JSW"), path("JNS"))
    assert on_left == pytest.approx(5.0 + 8.875 * angle, abs=0.01)
    assert on_through == pytest.approx(12.25 - (8.875 * math.sin(angle) - 7.25), abs=0.01)


@pytest.mark.parametrize("pair", [("JSN", "JNS"), ("JSW", "JNE"), ("JSE", "JWN"), ("JSE", "JEW")])
def test_ways_beside_each_other_do_not_cross(path, pair):
    assert crossings(path(pair[0]), path(pair[1])) == ()


def test_crossing_streams_have_the_intergreens_of_the_hand_calculation(network, build):
    groups = [build.vehicle("S", ["JSN"]), build.vehicle("W", ["JWE"]), build.vehicle("E", ["JEW"])]
    matrix = matrix_of("J", points_of(network, groups))
    assert dict(matrix.times_s) == {
        ("S", "W"): 4,  # 3 + (10.7 + 6)/10 - 13.8/11.11 = 3.43
        ("W", "S"): 5,  # 3 + (13.9 + 6)/10 - 10.6/11.11 = 4.04
        ("S", "E"): 5,
        ("E", "S"): 4,
    }


def test_merging_streams_meet_where_the_exit_begins(network, build):
    points = points_of(network, [build.vehicle("S", ["JSE"]), build.vehicle("W", ["JWE"])])
    right = next(each for each in points if each.clearing == "S")
    assert right.case is ClearingCase.TIGHT_TURNING
    assert (right.clearing_m, right.entering_m) == (Fraction("13.9"), Fraction("19.5"))
    # 2 + (13.9 + 6)/5 - 19.5/11.11 = 4.22; back: 3 + (19.5 + 6)/10 - 13.8/11.11 = 4.31
    assert dict(matrix_of("J", points).times_s) == {("S", "W"): 5, ("W", "S"): 5}


def test_pedestrians_have_the_intergreens_of_the_hand_calculation(network, build):
    groups = [build.vehicle("N", ["JNS"]), build.vehicle("S", ["JSN"]), build.pedestrian("FN")]
    matrix = matrix_of("J", points_of(network, groups, [("FN", "JNin")]))
    assert dict(matrix.times_s) == {
        ("FN", "N"): 6,  # 6.5/1.2 - 1/11.11 = 5.33
        ("N", "FN"): 5,  # 3 + (5 + 6)/10 = 4.1
        ("FN", "S"): 4,  # 6.5/1.2 - 19.5/11.11 = 3.66
        ("S", "FN"): 6,  # 3 + (23.5 + 6)/10 = 5.95
    }


def test_a_refuge_shortens_the_way_on_foot(network, build):
    wide = widened(network, {"JNin": 2})
    groups = [build.vehicle("N", ["JNS"]), build.vehicle("S", ["JSN"]), build.pedestrian("FN")]
    points = points_of(wide, groups, [("FN", "JNin")])
    walked = {each.entering: each.clearing_m for each in points if each.clearing == "FN"}
    assert walked["N"] == Fraction("6.5")  # two lanes to the refuge
    assert walked["S"] == Fraction("3.3")  # one lane from the refuge to the kerb, 3.25 m rounded up
    (arm,) = (each for each in arms_of(wide, "J") if each.come is not None and each.come.id == "JNin")
    assert crossing_length_m(arm) == 6.5
    without = changed({"plan.refuge_above_lanes": Fraction(8)}, "no refuges here")
    assert crossing_length_m(arm, without) == 9.75


def test_turners_may_be_left_to_give_way_and_nobody_else(network, build):
    groups = [
        build.vehicle("S", ["JSN", "JSE", "JSW"]),
        build.vehicle("N", ["JNS", "JNE", "JNW"]),
        build.vehicle("W", ["JWE", "JWN", "JWS"]),
        build.pedestrian("FN"),
        build.pedestrian("FE"),
    ]
    allowed = may_be_permissive(points_of(network, groups, CROSSED.items()))
    both = {("S", "N"), ("S", "FE"), ("N", "FE"), ("W", "FN")}
    assert allowed == both | {(b, a) for a, b in both}


def test_cyclists_cross_turning_cars_of_the_same_street(network, build):
    points = points_of(network, [build.vehicle("S", ["JSE"]), cycle("R", "JSN")])
    # cyclist at x = 2.5, car on a circle of 5.625 m around (7.25, -7.25)
    on_cycle_m = 12.25 - 7.25 + math.sqrt(5.625**2 - 4.75**2)
    clears = next(each for each in points if each.clearing == "R")
    assert (clears.case, clears.user, clears.may_yield) == (ClearingCase.CYCLE, RoadUser.MOTOR, True)
    assert float(clears.clearing_m) == pytest.approx(on_cycle_m, abs=0.1)
    enters = next(each for each in points if each.entering == "R")
    assert enters.user is RoadUser.CYCLE
    assert points_of(network, [build.vehicle("S", ["JSN"]), cycle("R", "JSN")]) == ()
    assert cycle_path(network.turns["JSN"], arms_of(network, "J")).points[0] == pytest.approx((2.5, -12.25))


def test_a_crossing_for_cyclists_is_cleared_at_their_speed(network, build):
    points = points_of(network, [build.vehicle("N", ["JNS"]), cycle("RN")], [("RN", "JNin")])
    # 1 + 6.5/4 - 1/11.11 = 2.54; 3 + 11/10 = 4.1
    assert dict(matrix_of("J", points).times_s) == {("RN", "N"): 3, ("N", "RN"): 5}


def test_a_wide_turn_is_faster_than_a_tight_one_and_a_bus_clears_as_itself(path):
    assert clearing_case(GroupKind.VEHICLE, path("JSW")) is ClearingCase.TIGHT_TURNING
    assert clearing_case(GroupKind.VEHICLE, replace(path("JSW"), radius_m=10.0)) is ClearingCase.TURNING
    assert clearing_case(GroupKind.BUS, path("JSN")) is ClearingCase.BUS
    assert clearing_case(GroupKind.CYCLE, path("JSW")) is ClearingCase.CYCLE


def test_turns_keep_to_the_lanes_that_the_network_names(network):
    links = widened(network, {"JSin": 2, "JWout": 1, "JWin": 1}).links
    lanes = (
        Lane(link_id="JSin", number=1, movements=frozenset({Movement.THROUGH, Movement.RIGHT})),
        Lane(link_id="JSin", number=2, movements=frozenset({Movement.LEFT})),
    )
    arms = arms_of(Network(nodes=network.nodes, links=links, turns=network.turns), "J")
    (left,) = motor_paths(network.turns["JSW"], arms, lanes)
    (through,) = motor_paths(network.turns["JSN"], arms, lanes)
    assert (left.in_offset_m, through.in_offset_m) == (1.625, 4.875)
    assert len(motor_paths(network.turns["JSN"], arms, ())) == 2


@pytest.mark.parametrize(
    ("crossed", "part"), [({"FX": "JNin"}, "signal group of the junction"), ({"FN": "L99"}, "L99")]
)
def test_crossings_of_unknown_groups_and_links_are_refused(network, build, crossed, part):
    with pytest.raises(InvalidValueError, match=part) as raised:
        points_of(network, [build.pedestrian("FN")], crossed.items())
    assert "junction[J]" in str(raised.value)
