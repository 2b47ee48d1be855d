"""The queue model and obvious decisions of adaptive control, calculated by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.kernels import adaptive as kernel
from traffic_core.kernels.adaptive import KEEP, PERMISSIVE, PROTECTED, RED

EACH_SECOND = {"min_green_s": 0, "second_s": (0, 1, 2, 3)}
"""The second stage may end in each of its first seconds: their states are kept."""
CROSSING = {"streams": (1, 1), "rights": ((PROTECTED, RED), (RED, PROTECTED))}


def test_a_queue_at_green_leaves_one_vehicle_at_once_and_then_one_in_each_headway(junctions):
    queue_veh, cost_s = junctions.first_queues(junctions.Case(**CROSSING, queues=(5, 0)))
    # a headway of 2 s is saved up: one vehicle in second 0, one in second 1, then half a vehicle in each
    assert queue_veh[1:7] == [4.0, 3.0, 2.5, 2.0, 1.5, 1.0]
    assert cost_s[:7] == [0.0, 4.0, 7.0, 9.5, 11.5, 13.0, 14.0]


def test_a_queue_that_gets_green_after_a_change_loses_its_start(junctions):
    case = junctions.Case(**CROSSING, **EACH_SECOND, queues=(0, 5))
    scratch = junctions.chosen(case)[0].scratch
    assert scratch.first[1:4, 1].tolist() == [5.0, 5.0, 5.0]
    # 3 s of change; then (1 + 2 - 1.5) / 2 vehicles in the first second and half a one in each that follows
    assert scratch.second[3:7, 1].tolist() == [5.0, 4.25, 3.75, 3.25]
    assert scratch.second_cost_s[3:7].tolist() == [15.0, 19.25, 23.0, 26.25]


def test_a_vehicle_that_comes_to_red_costs_a_stop_and_its_waiting_times_the_weight_of_its_lane(junctions):
    queue_veh, cost_s = junctions.first_queues(
        junctions.Case(**CROSSING, queues=(0, 0), coming=((1, 2),), weight=(1.0, 3.0)), lane=1
    )
    assert queue_veh[1:5] == [0.0, 0.0, 1.0, 1.0]
    assert cost_s[1:5] == [0.0, 0.0, 3.0 * (1.0 + 2.0), 3.0 * (2.0 + 2.0)]


def test_a_vehicle_that_comes_to_green_costs_nothing(junctions):
    _, cost_s = junctions.first_queues(junctions.Case(**CROSSING, queues=(0, 0), coming=((0, 2), (0, 5))))
    assert set(cost_s) == {0.0}


def test_nobody_leaves_into_an_exit_that_is_blocked(junctions):
    queue_veh, _ = junctions.first_queues(junctions.Case(**CROSSING, queues=(3, 0), blocked_s=3.0))
    assert queue_veh[1:6] == [3.0, 3.0, 3.0, 2.0, 1.0]


def test_green_into_a_blocked_exit_has_a_cost_of_its_own(junctions):
    """Of the vehicle at the head, whatever its lane weighs."""
    _, cost_s = junctions.first_queues(junctions.Case(**CROSSING, queues=(3, 0), blocked_s=2.0, weight=(0.0, 1.0)))
    assert cost_s[:4] == [0.0, kernel.BLOCKING_COST, 2 * kernel.BLOCKING_COST, 2 * kernel.BLOCKING_COST]


def test_a_shared_lane_is_blocked_as_far_as_its_first_vehicle_may_have_red(junctions):
    case = junctions.Case(streams=(2, 1), rights=((PROTECTED, RED, RED), (RED, PROTECTED, PROTECTED)), queues=(2, 0))
    case = junctions.Case(**{**vars(case), "share": (0.75, 0.25, 1.0)})
    scratch = junctions.chosen(case)[0].scratch
    # 2 - 0.75; then of the 0.75 that move up 0.5625 go; then of min(1, 0.6875) - 0.4375 = 0.25 it is 0.1875
    assert scratch.first[1:4, 0].tolist() == [1.25, 0.6875, 0.5]
    heads = slice(4, 6)
    assert scratch.first[1, heads].tolist() == [0.0, 0.25]
    assert scratch.first[2, heads].tolist() == [0.0, 0.4375]
    assert scratch.first[3, heads].tolist() == [0.0, 0.5]


def left_turn(junctions, **differing):
    """A permissive stream on lane 0 that gives way to lane 1, whose waiting costs nothing; lane 2 is red."""
    given_way = {
        "streams": (1, 1, 1),
        "rights": ((PERMISSIVE, PROTECTED, RED), (RED, RED, PROTECTED)),
        "foes": ((1,), (), ()),
        "weight": (1.0, 0.0, 0.0),
        "queues": (3, 20, 0),
    }
    return junctions.Case(**{**given_way, **differing})


def test_a_permissive_stream_finds_no_gap_in_a_queue_but_one_vehicle_waits_within_the_junction(junctions):
    case = left_turn(junctions, keep_s=(2,), max_green_s=2, **EACH_SECOND)
    scratch = junctions.chosen(case)[0].scratch
    pocket = 2 * 3 + 3
    assert scratch.first[1:10, 0].tolist() == [2.0] * 9
    assert scratch.first[1:10, pocket].tolist() == [1.0] * 9
    assert scratch.first_cost_s[1:4].tolist() == [3.0, 6.0, 9.0]
    # it leaves as its amber ends; nobody takes its place
    assert scratch.second[5, 0] == 2.0
    assert scratch.second[5, pocket] == 0.0


@pytest.mark.parametrize("differing", [{"queues": (3, 0, 0)}, {"rights": ((1, 0, 0), (0, 2, 2))}])
def test_a_permissive_stream_goes_as_a_protected_one_where_nobody_comes_or_those_have_red(junctions, differing):
    queue_veh, cost_s = junctions.first_queues(left_turn(junctions, **differing))
    assert queue_veh[1:6] == [2.0, 1.0, 0.5, 0.25, 0.0625]
    assert cost_s[1:4] == [2.0, 3.0, 3.5]


def test_a_vehicle_that_comes_closes_the_gap_from_four_seconds_before(junctions):
    case = left_turn(junctions, queues=(0, 0, 0), coming=((0, 2), (1, 7)))
    assert junctions.first_queues(case)[0][3] == 0.0, "5 s before it comes"
    case = left_turn(junctions, queues=(0, 0, 0), coming=((0, 3), (1, 7)))
    scratch = junctions.chosen(case)[0].scratch
    pocket = 2 * 3 + 3
    assert scratch.first[4:8, pocket].tolist() == [1.0] * 4, "4 s before it comes, and 3, 2 and 1"
    assert scratch.first[4:8, 0].tolist() == [0.0] * 4


def test_while_stages_change_streams_of_both_go_on_and_amber_is_used_for_a_second(junctions):
    case = junctions.Case(streams=(1, 1, 1), rights=((2, 2, 0), (2, 0, 2)), queues=(5, 5, 5), **EACH_SECOND)
    scratch = junctions.chosen(case)[0].scratch
    assert scratch.second[3, :3].tolist() == [2.5, 4.0, 5.0]
    assert scratch.second_cost_s[3] == (4.0 + 3.0 + 2.5) + 3 * 4.0 + 3 * 5.0


def test_a_change_without_a_pause_takes_no_time(junctions):
    scratch = junctions.chosen(junctions.Case(**CROSSING, **EACH_SECOND, queues=(5, 5), interstage_s=0))[0].scratch
    assert scratch.second[0, :2].tolist() == [0.0, 0.0]
    assert scratch.second[1, :2].tolist() == [5.0, 4.25]


DECISION = {**CROSSING, "max_green_s": 60, "horizon_s": 30, "keep_s": (0, 1, 2, 4, 8), "second_s": (0, 5, 10)}


def test_green_goes_where_the_vehicles_are(junctions):
    assert junctions.chosen(junctions.Case(**DECISION, queues=(0, 4)))[1] == [1]
    assert junctions.chosen(junctions.Case(**DECISION, queues=(4, 0)))[1] == [KEEP]
    assert junctions.chosen(junctions.Case(**DECISION, queues=(0, 0)))[1] == [KEEP]


def test_the_running_stage_is_kept_for_a_platoon_that_is_about_to_arrive(junctions):
    _, wish, plan = junctions.chosen(junctions.Case(**DECISION, queues=(0, 1), coming=((0, 1), (0, 3))))
    assert wish == [KEEP]
    assert plan[0][:2] == [4, 1], "the other one has green as soon as the last of it has gone"


def test_a_stage_that_reached_its_longest_green_is_left_even_if_nobody_waits_elsewhere(junctions):
    for elapsed_s in (60, 75):
        assert junctions.chosen(junctions.Case(**DECISION, queues=(9, 0), elapsed_s=elapsed_s))[1] == [1]


def test_a_stage_is_never_planned_beyond_its_longest_green(junctions):
    _, wish, plan = junctions.chosen(junctions.Case(**DECISION, queues=(9, 0), elapsed_s=57))
    assert wish == [KEEP]
    assert plan[0][0] == 2


def test_who_is_not_ready_or_has_one_stage_keeps_it(junctions):
    _, wish, plan = junctions.chosen(junctions.Case(**DECISION, queues=(0, 9)), ready=False)
    assert (wish, plan[0][0]) == ([KEEP], 0)
    lone = junctions.Case(**{**DECISION, "streams": (1,), "rights": ((2,),), "queues": (3,)})
    assert junctions.chosen(lone)[1] == [KEEP]


def test_a_plan_that_keeps_its_stage_for_long_is_made_anew_every_third_second(junctions):
    case = junctions.Case(**DECISION, queues=(0, 9))
    search = junctions.search_of(case, case, case)
    relaxed_s = kernel.RELAXED_S
    begun = np.array([[relaxed_s + 1, 1, 30, KEEP]] * 3)
    wish, plan = np.zeros(3, np.int64), begun.copy()
    kernel.choose(np.ones(3, np.bool_), np.zeros(3, np.int64), np.zeros(3, np.int64), 4, search, wish, plan)
    assert wish.tolist() == [KEEP, KEEP, 1], "turn and place of the third one make 6"
    assert plan[:2].tolist() == [[relaxed_s, 1, 29, KEEP]] * 2
    plan[:] = [relaxed_s, 1, 30, KEEP]
    kernel.choose(np.ones(3, np.bool_), np.zeros(3, np.int64), np.zeros(3, np.int64), 4, search, wish, plan)
    assert wish.tolist() == [1, 1, 1]
