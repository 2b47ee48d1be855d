"""Adaptive control as a whole: from sightings to wishes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from signal_plans.adaptive.control import KEEP, STUCK_S, STUCK_WEIGHT, AdaptiveControl, AdaptiveSettings, RunningStages
from signal_plans.adaptive.sightings import Sightings
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage, StreamTown
from traffic_core.errors import InvalidValueError

R, Y, G = Right.RED, Right.PERMISSIVE, Right.PROTECTED
SMALL = AdaptiveSettings(base_s=20, horizon_s=24, keep_s=(0, 2, 5), second_s=(0, 5))


def junction(name="J", lanes=(0, 1), stages=((G, R), (R, G)), *, interstage_s=3, max_green_s=60):
    """`lanes` names the lane of each stream."""
    size = len(stages)
    streams = [
        Stream(id=f"{name}{s}", lane=lane, exit=f"{name}out{s}", group=f"{s}", headway_s=2.0)
        for s, lane in enumerate(lanes)
    ]
    return StagedJunction(
        id=name,
        lanes=tuple(ApproachLane(id=f"{name}/{i}", length_m=100.0, speed_m_s=10.0) for i in range(max(lanes) + 1)),
        streams=tuple(streams),
        stages=tuple(
            StreamStage(id=f"{i}", rights=rights, min_green_s=5, max_green_s=max_green_s)
            for i, rights in enumerate(stages)
        ),
        interstage_s=tuple(tuple(0 if a == b else interstage_s for b in range(size)) for a in range(size)),
    )


def town(*junctions):
    return StreamTown(junctions=junctions or (junction(),))


def seen(*vehicles):
    """Vehicles as (lane, distance, speed)."""
    lane, distance_m, speed_m_s = zip(*vehicles, strict=True) if vehicles else ((), (), ())
    return Sightings(
        np.array(lane, np.int64), np.array(distance_m, np.float64), np.array(speed_m_s, np.float64), np.ones(len(lane))
    )


def queue(lane, count):
    return [(lane, 2.0 + 7.5 * i, 0.0) for i in range(count)]


def running(*stages, elapsed_s=10, ready=True, green=True):
    count = len(stages)
    return RunningStages(
        stage=np.array(stages, np.int64),
        elapsed_s=np.full(count, elapsed_s, np.int64),
        ready=np.full(count, ready),
        green=np.full(count, green),
    )


def step(control, sightings, *stages, slow=(), **shown):
    exits = control.places.exits
    slow_exits = np.array([name in slow for name in exits], np.bool_)
    return control.step(sightings, running(*(stages or (0,)), **shown), slow_exits).tolist()


@pytest.fixture
def control():
    return AdaptiveControl(town(), AdaptiveSettings())


def test_green_goes_where_all_vehicles_are(control):
    assert step(control, seen(*queue(1, 4))) == [1]


def test_green_stays_where_all_vehicles_are_or_where_nobody_is(control):
    assert step(control, seen(*queue(0, 4))) == [KEEP]
    assert step(control, seen()) == [KEEP]


def test_a_vehicle_about_to_arrive_at_green_is_let_through_and_then_the_other_lane_goes(control):
    """It comes at 10 m/s from 35 m; the one on the other lane waits all the time."""
    wishes = []
    for second in range(7):
        coming = [(0, 35.0 - 10.0 * second, 10.0)] if second < 4 else []
        wishes += step(control, seen((1, 2.0, 0.0), *coming), elapsed_s=10 + second)
    assert wishes[:3] == [KEEP] * 3
    assert wishes[4] == 1


def test_a_stage_ends_at_its_longest_green(control):
    assert step(control, seen(*queue(0, 9)), elapsed_s=59) == [KEEP]
    assert step(control, seen(*queue(0, 9)), elapsed_s=60) == [1]


def test_a_stage_that_may_not_end_goes_on(control):
    assert step(control, seen(*queue(1, 9)), ready=False) == [KEEP]
    assert step(control, seen(*queue(1, 9)), ready=False, green=False) == [KEEP]


def test_a_junction_with_one_stage_keeps_it():
    lone = AdaptiveControl(town(junction(lanes=(0, 1), stages=((G, G),))), AdaptiveSettings())
    assert step(lone, seen(*queue(0, 9)), elapsed_s=500) == [KEEP]


def test_no_green_is_given_towards_a_full_exit(control):
    sightings = seen(*queue(1, 2))
    assert step(control, sightings, slow=("Jout1",)) == [KEEP]
    assert step(control, sightings) == [1]


def test_who_stands_for_long_outweighs_more_vehicles_that_keep_coming():
    control = AdaptiveControl(town(), AdaptiveSettings())
    crowd = queue(0, 5)
    wishes = [step(control, seen(*crowd, (1, 2.0, 0.0)), elapsed_s=10)[0] for _ in range(150)]
    assert wishes[0] == KEEP
    assert 1 in wishes
    first = wishes.index(1)
    assert first > AdaptiveSettings().patience_s or control.lanes.stuck_s[0] > STUCK_S


def test_a_lane_that_green_does_not_move_counts_for_little(control):
    for _ in range(int(STUCK_S) + 3):
        step(control, seen(*queue(0, 3), *queue(1, 1)), ready=False)
    # the seventh second of standing is the first with green for more than two
    assert control.lanes.stuck_s[0] == STUCK_S + 1
    assert control._search.picture.weight.tolist() == [STUCK_WEIGHT, 1.0]


def test_a_queue_that_fills_its_lane_counts_for_more():
    control = AdaptiveControl(town(), replace(AdaptiveSettings(), spill_weight=2.0))
    step(control, seen(*queue(0, 12), *queue(1, 6)), ready=False)
    # 12 * 7.5 m of 100 m: 1 + 2 * (2 * 0.9 - 1); 6 * 7.5 m are less than half
    assert control._search.picture.weight.tolist() == pytest.approx([2.6, 1.0])


def test_counts_say_who_stands_first_and_what_comes_from_beyond_sight():
    shared = junction(lanes=(0, 1, 0), stages=((G, R, R), (R, G, G)))
    control = AdaptiveControl(town(shared), AdaptiveSettings(), {"J": (299.0, 359.0, 99.0)})
    assert control.places.stream.tolist() == [0, 2, 1], "streams of a lane side by side"
    assert control._search.picture.share.tolist() == [0.75, 0.25, 1.0]
    assert control.lanes.rate_veh_s.tolist() == [398.0 / 3_600.0, 359.0 / 3_600.0]
    unknown = AdaptiveControl(town(shared), AdaptiveSettings())
    assert unknown._search.picture.share.tolist() == [0.5, 0.5, 1.0]
    assert unknown.lanes.rate_veh_s.tolist() == [0.0, 0.0]


def test_streams_are_found_in_the_order_of_the_junction_whatever_the_order_of_the_arrays():
    """The middle stream of the junction stands alone on its lane; in the arrays it comes last."""
    shared = junction(lanes=(0, 1, 0), stages=((R, G, R), (G, R, G)))
    wishes = []
    for sightings in (seen(*queue(1, 4)), seen(*queue(0, 4))):
        control = AdaptiveControl(town(shared), AdaptiveSettings())
        wishes += step(control, sightings)
    assert wishes == [KEEP, 1]


def test_the_look_ahead_holds_two_changes_and_has_an_end():
    short, long = junction("A", interstage_s=4), junction("B", interstage_s=20)
    control = AdaptiveControl(town(short, long), AdaptiveSettings())
    assert control.places.streets.horizon_s.tolist() == [28 + 3 * 4, 60]


@pytest.mark.parametrize("flows", [(1.0,), (1.0, 2.0, 3.0), (1.0, -2.0), (1.0, float("nan")), ((1.0, 2.0),)])
def test_flows_of_another_shape_or_below_zero_are_refused(flows):
    with pytest.raises(InvalidValueError, match=r"flow_veh_h\[J\].*must be 2 flows of 0 or more"):
        AdaptiveControl(town(), AdaptiveSettings(), {"J": flows})


@pytest.mark.parametrize("seen_m", [(50.0,), (50.0, 50.0, 50.0)])
def test_sight_of_another_number_of_lanes_is_refused(seen_m):
    with pytest.raises(InvalidValueError, match=r"seen_m.*must have the shape \(2,\)"):
        AdaptiveControl(town(), AdaptiveSettings(), seen_m=seen_m)


def test_sight_ends_where_the_lane_or_the_setting_does():
    assert AdaptiveControl(town(), AdaptiveSettings()).lanes.sight_m.tolist() == [100.0, 100.0]
    assert AdaptiveControl(town(), AdaptiveSettings(), seen_m=(50.0, 900.0)).lanes.sight_m.tolist() == [50.0, 120.0]


@st.composite
def towns(draw):
    def made(name):
        lanes = draw(st.integers(1, 3))
        more = draw(st.lists(st.integers(0, lanes - 1), max_size=2))
        of_lane = (*range(lanes), *more)
        count = len(of_lane)
        right = st.sampled_from((R, Y, G))
        rows = draw(st.lists(st.lists(right, min_size=count, max_size=count), min_size=1, max_size=3))
        for s in range(count):
            if all(row[s] is R for row in rows):
                rows[-1][s] = G
        return junction(
            name,
            of_lane,
            tuple(tuple(row) for row in rows),
            interstage_s=draw(st.integers(0, 8)),
            max_green_s=draw(st.integers(5, 60)),
        )

    return town(*(made(f"J{i}") for i in range(draw(st.integers(1, 3)))))


@given(towns(), st.data())
@hypothesis_settings(max_examples=40)
def test_a_wish_is_always_another_stage_of_the_junction_and_the_same_input_gives_the_same_bytes(made, data):
    lanes = sum(len(each.lanes) for each in made.junctions)
    vehicle = st.tuples(st.integers(0, lanes - 1), st.floats(0.0, 300.0), st.floats(0.0, 40.0))
    stages = [data.draw(st.integers(0, len(each.stages) - 1)) for each in made.junctions]
    pair = [AdaptiveControl(made, SMALL) for _ in range(2)]
    slow = data.draw(st.lists(st.sampled_from(pair[0].places.exits), max_size=2))
    for _ in range(3):
        sightings = seen(*data.draw(st.lists(vehicle, max_size=12)))
        elapsed_s = data.draw(st.integers(0, 90))
        first, second = (step(each, sightings, *stages, elapsed_s=elapsed_s, slow=slow) for each in pair)
        assert first == second
        for each, wish, stage in zip(made.junctions, first, stages, strict=True):
            assert wish in {KEEP, *range(len(each.stages))} - {stage}
        stages = [stage if wish == KEEP else wish for wish, stage in zip(first, stages, strict=True)]
    one, other = pair
    assert one.plan.tobytes() == other.plan.tobytes()
    for memory, again in zip(one.lanes, other.lanes, strict=True):
        assert memory.tobytes() == again.tobytes()
