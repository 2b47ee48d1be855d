from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.fixed_time.counts_to_streams import stream_flows_veh_h
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage


def approach(turns, headways=None):
    """An approach A with lanes 1.. from the right; `turns` are the exits of each lane."""
    streams = [(lane, out) for lane, outs in enumerate(turns) for out in outs]
    return StagedJunction(
        id="J",
        lanes=tuple(ApproachLane(id=f"A/{n + 1}", length_m=100.0, speed_m_s=14.0) for n in range(len(turns))),
        streams=tuple(
            Stream(id=f"{n}", lane=lane, exit=out, group="K", headway_s=(headways or {}).get(out, 2.0))
            for n, (lane, out) in enumerate(streams)
        ),
        stages=(StreamStage(id="1", rights=(Right.PROTECTED,) * len(streams), min_green_s=5, max_green_s=60),),
        interstage_s=((0,),),
    )


def test_lanes_of_one_turn_share_it_evenly():
    junction = approach([("T",), ("T",)])
    assert stream_flows_veh_h(junction, {("A", "T"): 600.0}) == pytest.approx((300.0, 300.0))


def test_through_traffic_leaves_the_lane_of_the_turners_to_them():
    # right turners 200 on lane 1, left turners 100 on lane 2: both lanes get 400 of 800
    junction = approach([("R", "T"), ("T", "L")])
    flows = stream_flows_veh_h(junction, {("A", "R"): 200.0, ("A", "T"): 500.0, ("A", "L"): 100.0})
    assert flows == pytest.approx((200.0, 200.0, 300.0, 100.0))


def test_a_lane_full_of_turners_gets_no_through_traffic():
    junction = approach([("T",), ("T", "L")])
    flows = stream_flows_veh_h(junction, {("A", "T"): 200.0, ("A", "L"): 400.0})
    assert flows == pytest.approx((200.0, 0.0, 400.0))


def test_slow_turners_count_with_their_headway():
    junction = approach([("T",), ("T", "L")], {"L": 4.0})
    flows = stream_flows_veh_h(junction, {("A", "T"): 600.0, ("A", "L"): 100.0})
    assert flows == pytest.approx((400.0, 200.0, 100.0))  # 800 s each


def test_turns_nobody_counted_carry_none():
    assert stream_flows_veh_h(approach([("T",)]), {}) == (0.0,)


@given(st.lists(st.floats(0.0, 2_000.0), min_size=3, max_size=3))
def test_every_turn_keeps_its_flow(counted):
    junction = approach([("R", "T"), ("T",), ("T", "L")])
    wanted = {("A", name): flow for name, flow in zip("RTL", counted, strict=True)}
    flows = stream_flows_veh_h(junction, wanted)
    for (_, name), flow in wanted.items():
        parts = [part for part, stream in zip(flows, junction.streams, strict=True) if stream.exit == name]
        assert sum(parts) == pytest.approx(flow, abs=1e-6)
        assert min(parts) >= 0.0


def test_links_are_kept_apart():
    junction = approach([("T",)])
    other = ApproachLane(id="B/1", length_m=100.0, speed_m_s=14.0)
    both = replace(
        junction,
        lanes=(*junction.lanes, other),
        streams=(*junction.streams, replace(junction.streams[0], id="1", lane=1)),
        stages=(replace(junction.stages[0], rights=(Right.PROTECTED,) * 2),),
    )
    assert stream_flows_veh_h(both, {("A", "T"): 10.0, ("B", "T"): 20.0}) == (10.0, 20.0)
