"""One lane, 10 m/s, loops at the stop line and 40 m before it: vehicles need 4 s, leave every 2 s in green."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.loops.estimator import SPACING_M, Loop, LoopEstimator
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage, StreamTown

RED, GREEN = int(Right.RED), int(Right.PROTECTED)
STOP = Loop(id="stop", kind="stop", lanes=(0,), distance_m=1.0)
ADVANCE = Loop(id="advance", kind="advance", lanes=(0,), distance_m=40.0)


def town(lanes=1):
    junction = StagedJunction(
        id="J",
        lanes=tuple(ApproachLane(id=f"L{i}", length_m=200.0, speed_m_s=10.0) for i in range(lanes)),
        streams=tuple(Stream(id=f"S{i}", lane=i, exit="out", group=f"K{i}", headway_s=2.0) for i in range(lanes)),
        stages=(StreamStage(id="1", rights=(Right.PROTECTED,) * lanes, min_green_s=5, max_green_s=60),),
        interstage_s=((0,),),
    )
    return StreamTown(junctions=(junction,))


class Street:
    """Feeds an estimator with what its loops would tell; `held` loops are occupied throughout."""

    def __init__(self, loops=(STOP, ADVANCE), lanes=1):
        self.loops = list(loops)
        self.lanes = lanes
        self.estimator = LoopEstimator(town(lanes), loops)
        self.now_s = 1

    def second(self, right, *, over=(), held=()):
        """One second: vehicles that passed loops completely, loops with a vehicle on them at the end."""
        rising = np.array([over.count(loop.id) for loop in self.loops], np.int64)
        occupied = np.array([loop.id in held for loop in self.loops])
        rights = np.full(self.lanes, right, np.int64) if isinstance(right, int) else np.array(right, np.int64)
        seen = self.estimator.step(self.now_s, rising, rising.copy(), occupied, rights)
        self.now_s += 1
        return seen

    def seconds(self, count, right, **kw):
        for _ in range(count):
            seen = self.second(right, **kw)
        return seen


def test_a_vehicle_reaches_the_stop_line_after_its_travel_time_and_waits_there():
    street = Street()
    assert street.second(RED, over=("advance",)).distance_m.tolist() == [35.0]
    assert street.second(RED).distance_m.tolist() == [25.0]
    seen = street.seconds(3, RED)
    assert seen.distance_m.tolist() == [0.0]
    assert seen.speed_m_s.tolist() == [5.0]
    assert street.seconds(2, RED).speed_m_s.tolist() == [0.0]
    assert street.estimator.queue_veh.tolist() == [1.0]


def test_waiting_vehicles_stand_one_behind_the_other():
    street = Street()
    for _ in range(3):
        street.second(RED, over=("advance",))
        street.second(RED)
    assert street.seconds(10, RED).distance_m.tolist() == [0.0, SPACING_M, 2 * SPACING_M]


def test_the_stop_line_loop_takes_vehicles_out_one_by_one():
    street = Street()
    for _ in range(3):
        street.second(RED, over=("advance",))
        street.second(RED)
    street.seconds(10, RED)
    street.seconds(2, GREEN)
    assert street.second(GREEN, over=("stop",)).lane.size == 2
    street.second(GREEN)
    assert street.second(GREEN, over=("stop",)).lane.size == 1


def test_a_vehicle_that_never_comes_is_forgotten_while_green_is_not_used():
    street = Street()
    street.second(RED, over=("advance",))
    street.seconds(20, RED)
    assert street.seconds(3, GREEN).lane.size == 1
    assert street.seconds(2, GREEN).lane.size == 0
    assert street.estimator.confidence.tolist() == [1.0]


def test_a_vehicle_standing_on_the_stop_line_loop_is_there_even_if_nobody_saw_it_come():
    assert Street().second(RED, held=("stop",)).distance_m.tolist() == [0.0]


def test_a_queue_over_the_advance_loop_grows_unseen_by_the_flow_learnt_before():
    street = Street()
    for _ in range(60):  # 0.1 veh/s for ten minutes; nobody waits
        street.second(GREEN, over=("advance",))
        street.seconds(4, GREEN)
        street.second(GREEN, over=("stop",))
        street.seconds(4, GREEN)
    assert street.estimator.arrival_veh_s[0] == pytest.approx(0.1, abs=0.02)
    for _ in range(6):
        street.second(RED, over=("advance",))
        street.second(RED)
    street.seconds(10, RED, held=("advance",))
    before, flow = street.estimator.queue_veh[0], street.estimator.arrival_veh_s[0]
    sure = street.estimator.confidence[0]
    street.seconds(30, RED, held=("advance",))
    assert street.estimator.queue_veh[0] - before == pytest.approx(30 * flow)
    assert street.estimator.confidence[0] < sure


def test_the_unseen_part_of_a_queue_has_gone_when_the_advance_loop_is_free_again():
    street = Street()
    for _ in range(6):
        street.second(RED, over=("advance",))
        street.second(RED)
    street.seconds(60, RED, held=("advance",))
    assert street.estimator.queue_veh[0] > 6.5
    assert street.seconds(2, GREEN).lane.size >= 7
    seen = street.second(GREEN)
    assert seen.lane.size == 6
    assert seen.distance_m.max() < 41.0


def test_vehicles_missed_by_the_advance_loop_are_added_when_the_queue_stands_over_it():
    street = Street()
    street.seconds(20, RED, held=("advance",))
    # 40 m hold at least five vehicles; half a vehicle is not worth a correction.
    assert street.estimator.queue_veh[0] >= 4.5


def test_a_loop_before_two_lanes_gives_each_its_part_and_the_stop_line_decides():
    shared = Loop(id="advance", kind="advance", lanes=(0, 1), distance_m=40.0)
    right = Loop(id="right", kind="stop", lanes=(1,), distance_m=1.0)
    street = Street((STOP, right, shared), 2)
    seen = street.second([GREEN, RED], over=("advance",))
    assert seen.lane.tolist() == [0, 1]
    assert seen.weight_veh.tolist() == [0.5, 0.5]
    street.seconds(4, [GREEN, RED])
    assert street.second([GREEN, RED], over=("stop",)).lane.size == 0


def test_a_vehicle_that_is_not_on_one_lane_is_on_the_other():
    shared = Loop(id="advance", kind="advance", lanes=(0, 1), distance_m=40.0)
    right = Loop(id="right", kind="stop", lanes=(1,), distance_m=1.0)
    street = Street((STOP, right, shared), 2)
    street.second([GREEN, RED], over=("advance",))
    seen = street.seconds(12, [GREEN, RED])
    assert seen.lane.tolist() == [1]
    assert seen.weight_veh == pytest.approx([0.5 / 0.7])  # or the loop counted nothing: 0.2 against 0.5


def test_the_parts_of_a_shared_loop_follow_the_counts_at_the_stop_lines():
    shared = Loop(id="advance", kind="advance", lanes=(0, 1), distance_m=40.0)
    right = Loop(id="right", kind="stop", lanes=(1,), distance_m=1.0)
    street = Street((STOP, right, shared), 2)
    for k in range(200):
        street.second(GREEN, over=("advance",))
        street.seconds(4, GREEN)
        street.second(GREEN, over=("right",) if k % 4 == 0 else ("stop",))
        street.seconds(2, GREEN)
    # A quarter of 200, with ten vehicles half and half assumed before: 45 / 160 is 0.28 if nothing is forgotten.
    assert street.estimator.share[0] + street.estimator.share[1] == pytest.approx(1.0)
    assert street.estimator.share[1] == pytest.approx(0.26, abs=0.03)


def test_a_lane_without_an_advance_loop_is_fed_by_its_usual_flow():
    street = Street((STOP,))
    for _ in range(100):
        street.seconds(9, GREEN)
        street.second(GREEN, over=("stop",))
    street.seconds(30, GREEN)
    assert street.estimator.arrival_veh_s[0] == pytest.approx(0.1, abs=0.01)
    assert street.seconds(40, RED).weight_veh.sum() == pytest.approx(4.0, abs=0.6)


edges = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.booleans(), st.integers(0, 2)), max_size=60)


@given(edges)
@settings(max_examples=30, deadline=None)
def test_whatever_the_loops_tell_the_vehicles_stay_plausible(story):
    shared = Loop(id="b", kind="advance", lanes=(1,), distance_m=30.0, beside=(0,))
    twins = [LoopEstimator(town(2), (STOP, ADVANCE, shared)) for _ in range(2)]
    for now_s, (over, out, held, right) in enumerate(story):
        edge = np.array([out, over, out], np.int64)
        on = np.array([held, not held, held])
        first, second = (twin.step(now_s, edge, edge, on, np.array([right, 2 - right], np.int64)) for twin in twins)
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
        assert np.all(first.distance_m >= 0.0)
        assert np.all((first.weight_veh > 0.0) & (first.weight_veh <= 1.0))
        assert np.all((first.speed_m_s >= 0.0) & (first.speed_m_s <= 10.0))
        for lane in range(2):
            assert np.all(np.diff(first.distance_m[first.lane == lane]) >= 0.0)
        assert np.all((twins[0].confidence > 0.0) & (twins[0].confidence <= 1.0))
        assert np.all(twins[0].queue_veh <= first.weight_veh.sum() + 0.1)
