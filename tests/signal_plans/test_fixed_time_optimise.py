"""The search: what it may choose, and that it never makes plans worse."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.fixed_time.optimise import evaluate, optimise, planning_cost_veh
from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.fixed_time.settings import FlowLaw, OptimiserSettings
from signal_plans.streams.model import ApproachLane, Exit, Right, StagedJunction, Stream, StreamStage, StreamTown
from traffic_core.errors import InvalidValueError

RED, GAP, FREE = Right.RED, Right.PERMISSIVE, Right.PROTECTED
QUICK = OptimiserSettings(shortest_cycle_s=40, longest_cycle_s=60, cycle_step_s=20, restarts=0, cycles=1)


def cross(name="J", min_green_s=5):
    """North-south and east-west, one lane each way; the turners of north-south have a lane and a stage of their own."""
    lanes = tuple(ApproachLane(id=f"{name}{k}", length_m=200.0, speed_m_s=12.0) for k in range(3))
    streams = tuple(
        Stream(id=f"s{k}", lane=k, exit=f"{name} out {k}", group=f"g{k}", headway_s=2.0, yields_to=foes)
        for k, foes in enumerate(((), (0,), ()))
    )
    rights = [(FREE, GAP, RED), (RED, RED, FREE), (RED, FREE, RED)]
    return StagedJunction(
        id=name,
        lanes=lanes,
        streams=streams,
        stages=tuple(
            StreamStage(id=f"{k}", rights=row, min_green_s=min_green_s, max_green_s=60) for k, row in enumerate(rights)
        ),
        interstage_s=((0, 5, 5), (5, 0, 5), (5, 5, 0)),
    )


def start_of(junction, green_s, offset_s=0):
    order = tuple(range(len(green_s)))
    cycle_s = sum(green_s) + 5 * len(green_s)
    return FixedTimePlan(junction_id=junction.id, cycle_s=cycle_s, offset_s=offset_s, order=order, green_s=green_s)


def arterial():
    """B gets all that goes straight on at A, 25 s behind."""
    b = cross("B")
    onward = Exit(id="A out 0", length_m=300.0, feeds=(("B", "B0", 1.0),), travel_s=25.0)
    return StreamTown(junctions=(cross("A"), b), exits=(onward,))


@pytest.mark.slow
def test_unneeded_turning_stage_is_left_out_and_more_flow_gets_more_green():
    one = cross()
    (plan,) = optimise(StreamTown(junctions=(one,)), {"J": (500.0, 20.0, 250.0)}, QUICK)
    plan.check(one)
    assert sorted(plan.order) == [0, 1]
    green_s = dict(zip(plan.order, plan.green_s, strict=True))
    assert green_s[0] > green_s[1]


@pytest.mark.slow
def test_turning_stage_is_kept_where_gaps_do_not_suffice():
    one = cross()
    (plan,) = optimise(StreamTown(junctions=(one,)), {"J": (700.0, 250.0, 200.0)}, QUICK)
    assert sorted(plan.order) == [0, 1, 2]


@pytest.mark.slow
@pytest.mark.parametrize("idle_too", [True, False])
def test_stream_without_flow_is_served_if_asked_for(idle_too):
    one = cross()
    chosen = dataclasses.replace(QUICK, serve_all_streams=idle_too)
    (plan,) = optimise(StreamTown(junctions=(one,)), {"J": (500.0, 50.0, 0.0)}, chosen)
    assert (1 in plan.order) == idle_too
    assert plan.served(one) == (True, True, idle_too)


@pytest.mark.slow
def test_same_input_gives_the_same_plans():
    flows = {"A": (500.0, 60.0, 250.0), "B": (500.0, 40.0, 300.0)}
    assert optimise(arterial(), flows, QUICK) == optimise(arterial(), flows, QUICK)


@pytest.mark.slow
def test_offset_lets_the_platoon_through():
    flows = {"A": (500.0, 20.0, 250.0), "B": (500.0, 20.0, 250.0)}
    plans = optimise(arterial(), flows, QUICK)
    late = dataclasses.replace(plans[1], offset_s=(plans[1].offset_s + plans[1].cycle_s // 2) % plans[1].cycle_s)
    good, bad = (evaluate(arterial(), flows, [plans[0], b]).junctions[1].streams[0] for b in (plans[1], late))
    assert plans[0].cycle_s == plans[1].cycle_s
    assert good.delay_s < 0.5 * bad.delay_s
    assert good.stops < bad.stops


@settings(max_examples=5)
@given(
    flows=st.lists(st.floats(20.0, 400.0), min_size=6, max_size=6),
    greens=st.lists(st.integers(5, 20), min_size=3, max_size=3),
    offset_s=st.integers(0, 29),
    other_cycle=st.booleans(),
)
@pytest.mark.slow
def test_plans_never_cost_more_than_those_to_begin_with(flows, greens, offset_s, other_cycle):
    town = arterial()
    by_junction = {"A": flows[:3], "B": flows[3:]}
    second = [greens[0] + 7, *greens[1:]] if other_cycle else greens
    start = (start_of(town.junctions[0], tuple(greens)), start_of(town.junctions[1], tuple(second), offset_s))
    plans = optimise(town, by_junction, QUICK, start)
    for plan, junction in zip(plans, town.junctions, strict=True):
        plan.check(junction)
        assert all(plan.served(junction))
    costs = [planning_cost_veh(town, by_junction, chosen, QUICK) for chosen in (plans, start)]
    assert costs[0] <= costs[1] * (1.0 + 1e-9)


@pytest.mark.slow
def test_single_junction_keeps_a_start_that_cannot_be_bettered():
    town = StreamTown(junctions=(cross(),))
    flows = {"J": (500.0, 20.0, 250.0)}
    best = optimise(town, flows, dataclasses.replace(QUICK, cycle_step_s=10))
    again = optimise(town, flows, QUICK, best)
    costs = [planning_cost_veh(town, flows, chosen, QUICK) for chosen in (again, best)]
    assert costs[0] <= costs[1]


def test_junction_without_a_cycle_is_named():
    town = StreamTown(junctions=(cross(min_green_s=40),))
    with pytest.raises(InvalidValueError, match=r"junction\[J\].stages = 3: must have stages that serve all .* 60 s"):
        optimise(town, {"J": (500.0, 20.0, 250.0)}, QUICK)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"green_s": (3, 20, 10)}, r"plan\[J\].green_s\[0\] = 3: must be a number from 5 to 60"),
        ({"cycle_s": 60}, r"plan\[J\].cycle_s = 60: greens and interstages add up to 50"),
        ({"order": (0, 1, 7)}, r"plan\[J\].order = 7: must be a number from 0 to 2"),
        ({"junction_id": "K"}, r"plans = \['K'\]: must hold a plan for junction J"),
    ],
)
def test_plan_that_does_not_fit_is_named(change, message):
    town = StreamTown(junctions=(cross(),))
    wrong = dataclasses.replace(start_of(cross(), (15, 10, 10)), **change)
    with pytest.raises(InvalidValueError, match=message):
        evaluate(town, {"J": (500.0, 20.0, 250.0)}, [wrong])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"offset_s": 50}, r"plan\[J\].offset_s = 50: must be a number from 0 to 49"),
        ({"order": (0, 1, 1)}, r"plan\[J\].order = \(0, 1, 1\): must name each stage at most once"),
        ({"green_s": (15, 20)}, r"plan\[J\].green_s = 2: must be 3 greens"),
        ({"cycle_s": 5}, r"plan\[J\].cycle_s = 5: must be a number from 10 to 300"),
    ],
)
def test_impossible_plan_is_refused(change, message):
    with pytest.raises(InvalidValueError, match=message):
        dataclasses.replace(start_of(cross(), (15, 10, 10)), **change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"longest_cycle_s": 30}, "settings.longest_cycle_s = 30: must be a number from 40 to 300"),
        ({"flow_levels": ()}, r"settings.flow_levels = \(\): must hold at least 1 level"),
        ({"restarts": -1}, "settings.restarts = -1: must be at least 0"),
        ({"stop_weight_s": -1.0}, "settings.stop_weight_s = -1.0"),
    ],
)
def test_impossible_setting_is_refused(change, message):
    with pytest.raises(InvalidValueError, match=message):
        dataclasses.replace(QUICK, **change)


def test_impossible_law_is_refused():
    with pytest.raises(InvalidValueError, match=r"law\.critical_gap_s = 0\.0: must be a number above 0"):
        FlowLaw(critical_gap_s=0.0)
