"""Called vehicles, stages that may not begin and green that is wished, in the kernel of adaptive control."""

from __future__ import annotations

from traffic_core.kernels.adaptive import KEEP, PROTECTED, RED

CROSSING = {"streams": (1, 1), "rights": ((PROTECTED, RED), (RED, PROTECTED))}


def test_a_called_vehicle_before_red_costs_its_weight_in_each_second_on_top_of_its_own_waiting(junctions):
    _, cost_s = junctions.first_queues(junctions.Case(**CROSSING, queues=(0, 1), calls=((1, 0, 10.0),)))
    assert cost_s[:4] == [0.0, 11.0, 22.0, 33.0]


def test_a_called_vehicle_waits_until_the_queue_up_to_it_has_gone_and_not_for_those_behind(junctions):
    case = junctions.Case(
        **CROSSING, queues=(2, 0), coming=((0, 2), (0, 2), (0, 2)), calls=((0, 0, 10.0),), weight=(0, 0)
    )
    _, cost_s = junctions.first_queues(case)
    # a saved headway lets one vehicle go in second 0 and the called one, the second, in second 1
    assert cost_s[:5] == [0.0, 10.0, 10.0, 10.0, 10.0]


def test_a_called_vehicle_waits_from_its_arrival_on(junctions):
    case = junctions.Case(**CROSSING, queues=(0, 0), coming=((1, 3),), calls=((1, 3, 10.0),), weight=(0.0, 0.0))
    _, cost_s = junctions.first_queues(case)
    assert cost_s[:6] == [0.0, 0.0, 0.0, 0.0, 10.0, 20.0]


def test_one_that_nobody_saw_waits_before_red_and_passes_at_green(junctions):
    red = junctions.first_queues(junctions.Case(**CROSSING, queues=(0, 0), calls=((1, 2, 10.0),)))
    green = junctions.first_queues(junctions.Case(**CROSSING, queues=(0, 0), calls=((0, 2, 10.0),)))
    assert red[1][:5] == [0.0, 0.0, 0.0, 10.0, 20.0]
    assert set(green[1]) == {0.0}


def test_a_call_beyond_the_look_ahead_changes_nothing(junctions):
    case = junctions.Case(**CROSSING, queues=(3, 1))
    later = junctions.Case(**CROSSING, queues=(3, 1), calls=((1, 14, 100.0),))
    assert junctions.chosen(case)[2] == junctions.chosen(later)[2]
    assert junctions.first_queues(case) == junctions.first_queues(later)


def test_green_goes_to_the_called_vehicle_if_its_weight_outweighs_the_others(junctions):
    choices = {"keep_s": (0, 4), "second_s": (0,), "max_green_s": 60}
    few = {"queues": (4, 1), **choices}
    assert junctions.chosen(junctions.Case(**CROSSING, **few))[1] == [KEEP]
    assert junctions.chosen(junctions.Case(**CROSSING, **few, calls=((1, 0, 0.5),)))[1] == [KEEP]
    assert junctions.chosen(junctions.Case(**CROSSING, **few, calls=((1, 0, 20.0),)))[1] == [1]


def test_a_call_at_one_junction_changes_nothing_at_another(junctions):
    one = junctions.Case(**CROSSING, queues=(4, 1), keep_s=(0, 4), max_green_s=60)
    called = junctions.Case(**{**vars(one), "calls": ((1, 0, 20.0),)})
    _, wish, plan = junctions.chosen(called, one)
    assert wish == [1, KEEP]
    assert plan[1] == junctions.chosen(one)[2][0]


def test_a_stage_that_may_not_begin_is_neither_second_nor_third(junctions):
    case = junctions.Case(
        streams=(1, 1, 1),
        rights=((PROTECTED, RED, RED), (RED, PROTECTED, RED), (RED, RED, PROTECTED)),
        queues=(0, 3, 1),
        second_s=(0,),
    )
    assert junctions.chosen(case)[1] == [1]
    closed = junctions.Case(**{**vars(case), "closed": (1,)})
    _, wish, ((_, second, _, third),) = junctions.chosen(closed)
    assert wish == [2]
    assert (second, third) == (2, KEEP) or (second, third) == (2, 0)


def test_a_red_second_costs_what_is_said_of_it(junctions):
    red_cost_s = ((9.0,) * 14, (0.0, 0.0, 5.0, 5.0, *(0.0,) * 10))
    _, cost_s = junctions.first_queues(junctions.Case(**CROSSING, queues=(0, 0), red_cost_s=red_cost_s))
    assert cost_s[:6] == [0.0, 0.0, 0.0, 5.0, 10.0, 10.0]


def test_a_wished_green_brings_its_stage_before_the_platoon_is_seen(junctions):
    """Nobody is in sight but a vehicle on the other street; green of the wave is due from second 4 on."""
    choices = {"keep_s": (0, 2, 6), "second_s": (0,), "max_green_s": 60}
    alone = junctions.Case(**CROSSING, queues=(0, 0), coming=((0, 9),), **choices)
    assert junctions.chosen(alone)[1:] == ([KEEP], [[14, KEEP, 14, KEEP]])
    window = ((0.0,) * 14, (*(0.0,) * 4, *(3.0,) * 10))
    _, wish, ((keep_s, second, _, _),) = junctions.chosen(junctions.Case(**{**vars(alone), "red_cost_s": window}))
    assert (wish, keep_s, second) == ([1], 0, 1), "3 s of change: green begins before second 4"
