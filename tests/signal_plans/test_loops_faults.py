"""Loops that tell nonsense are found by the other loop of the lane; the lane goes on with what is left."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.loops.estimator import Loop, LoopEstimator, LoopFault
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage, StreamTown

GREEN_S, RED_S = 30, 30


def lane_with_loops():
    junction = StagedJunction(
        id="J",
        lanes=(ApproachLane(id="L", length_m=200.0, speed_m_s=10.0),),
        streams=(Stream(id="S", lane=0, exit="out", group="K", headway_s=2.0),),
        stages=(StreamStage(id="1", rights=(Right.PROTECTED,), min_green_s=5, max_green_s=60),),
        interstage_s=((0,),),
    )
    stop = Loop(id="stop", kind="stop", lanes=(0,), distance_m=1.0)
    advance = Loop(id="advance", kind="advance", lanes=(0,), distance_m=40.0)
    return LoopEstimator(StreamTown(junctions=(junction,)), (stop, advance))


class Traffic:
    """A vehicle every ten seconds, 4 s from loop to stop line, cycle 60 s; `spoil` changes what the loops tell."""

    def __init__(self):
        self.estimator = lane_with_loops()
        self.now_s = 0
        self.at_line_s = []
        self.last_out_s = -10

    def run(self, seconds, spoil=None, every_s=10):
        for _ in range(seconds):
            green = self.now_s % (GREEN_S + RED_S) < GREEN_S
            edges, on = np.zeros(2, np.int64), np.zeros(2, np.bool_)
            if every_s and self.now_s % every_s == 0:
                edges[1] = 1
                self.at_line_s.append(self.now_s + 4)
            waiting = bool(self.at_line_s) and self.at_line_s[0] <= self.now_s
            if green and waiting and self.now_s - self.last_out_s >= 2:
                edges[0] = 1
                self.at_line_s.pop(0)
                self.last_out_s = self.now_s
            if spoil is not None:
                spoil(edges, on)
            self.estimator.step(self.now_s, edges, edges.copy(), on, np.array([2 if green else 0], np.int64))
            self.now_s += 1
        return self.estimator


def stuck(loop, *, on):
    def spoil(edges, occupied):
        edges[loop] = 0
        occupied[loop] = on

    return spoil


def test_sound_loops_are_not_blamed():
    assert Traffic().run(3600).faults == ()


@pytest.mark.parametrize(("loop", "name"), [(0, "stop"), (1, "advance")])
@pytest.mark.parametrize(("on", "kind"), [(True, "stuck on"), (False, "stuck off")])
def test_a_stuck_loop_is_found_by_the_other_one_and_used_again_when_it_counts(loop, name, on, kind):
    traffic = Traffic()
    traffic.run(600)
    assert traffic.run(400, stuck(loop, on=on)).faults == (LoopFault(loop=name, kind=kind),)
    assert traffic.run(120).faults == ()


@pytest.mark.parametrize("loop", [0, 1])
def test_a_lane_with_one_loop_left_still_shows_about_the_vehicles_that_wait(loop):
    traffic = Traffic()
    traffic.run(600)
    traffic.run(600, stuck(loop, on=False))
    traffic.run(GREEN_S + RED_S - 1, stuck(loop, on=False))  # to the end of red: three wait, one is on its way
    assert 1.5 <= traffic.estimator.queue_veh[0] <= 4.5


def test_a_lane_whose_loops_are_both_silent_keeps_its_usual_flow():
    traffic = Traffic()
    traffic.run(1800)
    traffic.run(1200, every_s=0)
    estimator = traffic.estimator
    assert [fault.kind for fault in estimator.faults] == ["quiet", "quiet"]
    assert estimator.arrival_veh_s[0] >= 0.0
    traffic.run(GREEN_S, every_s=0)
    traffic.run(RED_S, every_s=0)
    assert estimator.queue_veh[0] > 0.0


def test_a_loop_that_counts_more_than_can_drive_is_not_believed():
    traffic = Traffic()

    def chatter(edges, _):
        edges[1] = 2

    traffic.run(300)
    assert traffic.run(120, chatter).faults == (LoopFault(loop="advance", kind="chatters"),)
    assert traffic.run(300).faults == ()
