"""The flow model against hand calculation: greens, gaps, shared lanes, platoons."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.delay import incremental_delay_s, uniform_delay_s
from signal_plans.fixed_time.cyclic_evaluation import CyclicModel
from signal_plans.fixed_time.optimise import evaluate
from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.fixed_time.settings import FlowLaw, OptimiserSettings
from signal_plans.streams.model import ApproachLane, Exit, Right, StagedJunction, Stream, StreamStage, StreamTown
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.planning.cyclic_flow import GONE, TOLERANCE

RED, GAP, FREE = Right.RED, Right.PERMISSIVE, Right.PROTECTED
BARE = OptimiserSettings(law=FlowLaw(start_loss_s=0.0, amber_used_s=0.0))
"""Green as it is shown, nothing lost or gained."""


def junction(streams, stages, name="J", interstage_s=0):
    """Streams as (lane, yields_to), stages as rights; headways 2 s, exits `out of <name>`."""
    lanes = 1 + max(lane for lane, _ in streams)
    size = len(stages)
    return StagedJunction(
        id=name,
        lanes=tuple(ApproachLane(id=f"{name}{k}", length_m=300.0, speed_m_s=10.0) for k in range(lanes)),
        streams=tuple(
            Stream(id=f"s{k}", lane=lane, exit=f"out of {name}", group=f"g{k}", headway_s=2.0, yields_to=foes)
            for k, (lane, foes) in enumerate(streams)
        ),
        stages=tuple(
            StreamStage(id=f"{k}", rights=rights, min_green_s=1, max_green_s=300) for k, rights in enumerate(stages)
        ),
        interstage_s=tuple(tuple(0 if a == b else interstage_s for b in range(size)) for a in range(size)),
    )


def plan(green_s, name="J", offset_s=0, lost_s=0):
    cycle_s = sum(green_s) + lost_s
    order = tuple(range(len(green_s)))
    return FixedTimePlan(junction_id=name, cycle_s=cycle_s, offset_s=offset_s, order=order, green_s=tuple(green_s))


def result(one, flow_veh_h, chosen, law=BARE):
    town = StreamTown(junctions=(one,))
    return evaluate(town, {"J": flow_veh_h}, [chosen], law).junctions[0].streams


TWO_APPROACHES = junction([(0, ()), (1, ())], [(FREE, RED), (RED, FREE)])


def test_even_arrivals_wait_as_the_uniform_delay_formula_says():
    # C = 60 s, g = 30 s, s = 0.5 veh/s, q = 0.1 veh/s: 0.5 * 60 * 0.25 / (1 - 0.2) = 9.375 s; capacity 900 veh/h
    stream = result(TWO_APPROACHES, (360.0, 0.0), plan((30, 30)))[0]
    assert uniform_delay_s(60.0, 30.0, 0.4) == pytest.approx(9.375)
    assert stream.delay_s - incremental_delay_s(900.0, 0.4) == pytest.approx(9.375, rel=0.02)


def test_capacity_is_green_over_headway_less_start_loss_plus_used_amber():
    # 30 s of green, 2 s lost, 1 s of amber: 29 s / 2 s in 66 s = 790.9 veh/h
    one = junction([(0, ()), (1, ())], [(FREE, RED), (RED, FREE)], interstage_s=3)
    stream = result(one, (360.0, 0.0), plan((30, 30), lost_s=6), OptimiserSettings())[0]
    assert stream.capacity_veh_h == pytest.approx(14.5 * 3600.0 / 66.0)
    assert stream.degree_of_saturation == pytest.approx(360.0 / 790.909, rel=1e-4)


def test_overload_counts_by_the_incremental_delay_and_full_red():
    # X = 1.25: the queue never ends; uniform delay at saturation 0.5 * (60 - 30) = 15 s per vehicle that leaves
    stream = result(TWO_APPROACHES, (1125.0, 0.0), plan((30, 30)))[0]
    assert stream.degree_of_saturation == pytest.approx(1.25)
    assert stream.delay_s > incremental_delay_s(900.0, 1.25)
    assert stream.delay_s < incremental_delay_s(900.0, 1.25) + 15.0


def test_lane_without_flow_reports_zeros():
    stream = result(TWO_APPROACHES, (360.0, 0.0), plan((30, 30)))[1]
    assert (stream.delay_s, stream.stops, stream.capacity_veh_h, stream.queue_max_veh) == (0.0, 0.0, 0.0, 0.0)


def test_first_vehicle_that_must_wait_blocks_its_shared_lane():
    # A quarter of a lane turns, each stream has a stage of its own.  Until one of the other kind stands first, there
    # pass 1 / 0.25 = 4 through vehicles and 1 / 0.75 = 1.333 turning ones: 5.333 in a cycle of 120 s, 160 veh/h
    one = junction([(0, ()), (0, ())], [(FREE, RED), (RED, FREE)])
    through, turning = result(one, (75.0, 25.0), plan((60, 60)))
    assert through.capacity_veh_h == pytest.approx(120.0, rel=1e-3)
    assert turning.capacity_veh_h == pytest.approx(40.0, rel=1e-3)


def test_who_gives_way_to_an_endless_queue_leaves_when_green_ends():
    # two places inside the junction: 2 vehicles in 60 s
    one = junction([(0, (1,)), (1, ()), (2, ())], [(GAP, FREE, RED), (RED, RED, FREE)])
    turning = result(one, (60.0, 2400.0, 0.0), plan((30, 30)))[0]
    assert turning.capacity_veh_h == pytest.approx(120.0, rel=0.01)


def test_who_gives_way_to_nobody_is_bound_by_the_follow_up_headway():
    # 30 s / 3 s = 10 vehicles through gaps and up to 2 from inside at the end, in 60 s: 600 to 720 veh/h
    one = junction([(0, (1,)), (1, ()), (2, ())], [(GAP, FREE, RED), (RED, RED, FREE)])
    turning = result(one, (60.0, 0.0, 0.0), plan((30, 30)))[0]
    assert 600.0 < turning.capacity_veh_h < 720.0


def pair(travel_s, upstream_greens=(20, 40), **law):
    """A goes to B in one lane; both show it the first stage."""
    a = junction([(0, ()), (1, ())], [(FREE, RED), (RED, FREE)], "A")
    a = dataclasses.replace(a, streams=(a.streams[0], dataclasses.replace(a.streams[1], exit="elsewhere")))
    b = junction([(0, ()), (1, ())], [(FREE, RED), (RED, FREE)], "B")
    leaving = Exit(id="out of A", length_m=300.0, feeds=(("B", "B0", 1.0),), travel_s=travel_s)
    town = StreamTown(junctions=(a, b), exits=(leaving, Exit(id="out of B", length_m=100.0)))
    chosen = dataclasses.replace(BARE, law=FlowLaw(start_loss_s=0.0, amber_used_s=0.0, **law))
    return town, {"A": (360.0, 0.0), "B": (360.0, 0.0)}, chosen, upstream_greens


@pytest.mark.parametrize(("offset_s", "waits"), [(25, False), (5, True)])
def test_platoon_without_dispersion_passes_at_the_right_offset_and_waits_at_a_wrong_one(offset_s, waits):
    town, flows, chosen, greens = pair(25.0, dispersion=0.0, lead_share=1.0)
    plans = [plan(greens, "A"), plan(greens, "B", offset_s)]
    stream = evaluate(town, flows, plans, chosen).junctions[1].streams[0]
    uniform_s = stream.delay_s - incremental_delay_s(600.0, 0.6)
    assert stream.capacity_veh_h == pytest.approx(600.0)
    assert (uniform_s > 10.0) if waits else uniform_s == pytest.approx(0.0, abs=0.01)
    assert (stream.stops > 0.5) if waits else stream.stops == pytest.approx(0.0, abs=0.001)


def test_platoon_disperses_as_robertsons_series_says():
    # F = 1 / (1 + 0.35 * 0.8 * 25) = 0.125, T = 20 s: arrivals(t) = sum over k of F (1 - F)^k departures(t - T - k)
    town, flows, chosen, greens = pair(25.0)
    model = CyclicModel(town, flows, chosen, longest_period_s=60)
    model.flows.law[TOLERANCE] = 0.0  # play as many periods as it can
    model.send_evenly()
    model.run(0, plan(greens, "A"))
    model.run(1, FixedTimePlan(junction_id="B", cycle_s=60, offset_s=0, order=(0,), green_s=(60,)))
    model.cost_veh(60)
    sent, passed = model.levels[0].outflow_veh_s
    expected = [sum(0.125 * 0.875**k * sent[(t - 20 - k) % 60] for k in range(600)) for t in range(60)]
    assert sent.sum() == pytest.approx(6.0)
    assert np.allclose(passed, expected, atol=1e-6)


def test_junctions_out_of_step_get_even_arrivals_from_each_other():
    town, flows, chosen, greens = pair(25.0)
    alone = evaluate(StreamTown(junctions=(TWO_APPROACHES,)), {"J": (360.0, 0.0)}, [plan((35, 40))], chosen)
    both = evaluate(town, flows, [plan(greens, "A"), plan((35, 40), "B")], chosen)
    assert both.junctions[1].streams[0].delay_s == pytest.approx(alone.junctions[0].streams[0].delay_s)


def test_full_lane_behind_the_junction_holds_vehicles_back():
    town, flows, chosen, _ = pair(5.0)
    short = dataclasses.replace(town.junctions[1].lanes[0], length_m=15.0)
    b = dataclasses.replace(town.junctions[1], lanes=(short, town.junctions[1].lanes[1]))
    leaving = dataclasses.replace(town.exits[0], length_m=15.0)
    tight = StreamTown(junctions=(town.junctions[0], b), exits=(leaving, town.exits[1]))
    plans = [plan((30, 30), "A"), plan((30, 30), "B", 30)]
    free, held = (evaluate(which, flows, plans, chosen) for which in (town, tight))
    assert held.junctions[0].delay_s > free.junctions[0].delay_s + 1.0
    assert held.junctions[1].streams[0].queue_max_veh < free.junctions[1].streams[0].queue_max_veh
    assert held.cost_veh > free.cost_veh


@settings(max_examples=25)
@given(
    through=st.floats(10.0, 300.0),
    turning=st.floats(5.0, 60.0),
    opposing=st.floats(10.0, 300.0),
    green_s=st.integers(20, 40),
)
def test_as_many_vehicles_leave_as_arrive(through, turning, opposing, green_s):
    one = junction([(0, ()), (0, (2,)), (1, ()), (2, ())], [(FREE, GAP, FREE, RED), (RED, RED, RED, FREE)])
    town = StreamTown(junctions=(one,))
    model = CyclicModel(town, {"J": (through, turning, opposing, 100.0)}, BARE, longest_period_s=60)
    model.run(0, plan((green_s, 60 - green_s)))
    model.cost_veh(60)
    left = [model.flows.stream_sum[slot, GONE] * 60.0 for slot in model.arrays.slots[0]]
    assert left == pytest.approx([through, turning, opposing, 100.0], abs=2.0)


@pytest.mark.parametrize(
    ("flows", "message"),
    [
        ({}, "flow_veh_h[J] = 'missing': must hold 2 flows"),
        ({"J": (1.0,)}, "flow_veh_h[J] = 1: must hold 2 flows"),
        ({"J": (1.0, -3.0)}, "flow_veh_h[J][s1] = -3.0: must be a number from 0 to 10000"),
        ({"J": (float("nan"), 1.0)}, "flow_veh_h[J][s0] = nan"),
    ],
)
def test_flows_that_do_not_fit_are_named(flows, message):
    with pytest.raises(InvalidValueError) as caught:
        evaluate(StreamTown(junctions=(TWO_APPROACHES,)), flows, [plan((30, 30))])
    assert message in str(caught.value)


def test_exit_to_an_unknown_lane_is_named():
    town = StreamTown(junctions=(TWO_APPROACHES,), exits=(Exit(id="out of J", length_m=9.0, feeds=(("K", "k", 1.0),)),))
    with pytest.raises(InvalidValueError, match=r"exit\[out of J\].feeds = \('K', 'k'\)"):
        evaluate(town, {"J": (1.0, 1.0)}, [plan((30, 30))])
