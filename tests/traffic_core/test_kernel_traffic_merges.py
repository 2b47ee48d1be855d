"""Streams that meet share the street ahead by their weights, as far as each wants and can."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SPEC = importlib.util.spec_from_file_location("kw_adapter", Path(__file__).parents[2] / "benchmarks" / "kw_adapter.py")
kw = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(kw)
SETTLED_S, LAST_S = 300.0, 1_800.0


def measured(u, kappa, arms, *, node_cap=None):
    """Flows in veh/s of arms given as (weight, demand, exit capacity) into a street of the same kind, and its own."""
    links = [{"name": "out", "frm": "m", "to": "d", "length": 600.0, "u": u, "kappa": kappa}]
    demand = []
    for number, (weight, flow, cap_out) in enumerate(arms):
        arm = {"name": str(number), "frm": f"o{number}", "to": "m", "length": 400.0, "u": u, "kappa": kappa}
        links.append(arm | {"prio": weight, "cap_out": cap_out})
        demand.append((f"o{number}", "d", 0, LAST_S, flow))
    nodes = {} if node_cap is None else {"m": {"cap": node_cap}}
    result = kw.run({"links": links, "demand": demand, "tmax": LAST_S, "nodes": nodes})
    names = [str(number) for number in range(len(arms))]
    flows = [
        (result.dep(name, LAST_S - 10) - result.dep(name, SETTLED_S)) / (LAST_S - 10 - SETTLED_S) for name in names
    ]
    return flows, (result.arr("out", LAST_S - 10) - result.arr("out", SETTLED_S)) / (LAST_S - 10 - SETTLED_S)


def shared_out(capacity, arms):
    """Each gets its weight's share of what those leave who want less than theirs."""
    flows, hungry = [0.0] * len(arms), set(range(len(arms)))
    while hungry:
        left, weights = capacity - sum(flows), sum(arms[k][0] for k in hungry)
        content = {k for k in hungry if min(arms[k][1:]) <= left * arms[k][0] / weights}
        if not content:
            return [left * arms[k][0] / weights if k in hungry else flow for k, flow in enumerate(flows)]
        for k in content:
            flows[k] = min(arms[k][1:])
        hungry -= content
    return flows


def assert_shared(u, kappa, arms, *, node_cap=None):
    capacity = u * kappa / (u * kappa + 1.0)
    flows, total = measured(u, kappa, arms, node_cap=node_cap)
    wanted = shared_out(min(capacity, node_cap or capacity), [(w, q, min(c, capacity)) for w, q, c in arms])
    for flow, want in zip(flows, wanted, strict=True):
        assert flow == pytest.approx(want, rel=0.01, abs=1.0 / (LAST_S - SETTLED_S))  # one vehicle
    assert total == pytest.approx(sum(wanted), rel=0.01)


INF = float("inf")


def test_capacity_left_by_a_stream_of_small_demand_goes_to_the_other():
    """Of 0.8 veh/s with 1:5 the second stream may take 0.667 and wants 0.6."""
    flows, _ = measured(20.0, 0.2, [(1, 0.6, INF), (5, 0.6, INF)])
    assert flows == pytest.approx([0.2, 0.6], rel=0.01)


def test_capacity_left_by_a_stream_that_cannot_deliver_more_goes_to_the_other():
    """Of 0.8 veh/s with 1:5 the second stream may take 0.667, but its own end lets only 0.5 through."""
    flows, _ = measured(20.0, 0.2, [(1, 0.6, INF), (5, 0.7, 0.5)])
    assert flows == pytest.approx([0.3, 0.5], rel=0.01)


def test_three_equal_streams_share_a_street_in_three():
    flows, _ = measured(20.0, 0.2, [(1, 0.5, INF)] * 3)
    assert flows == pytest.approx([0.8 / 3] * 3, rel=0.01)


@settings(max_examples=6)
@given(
    u=st.floats(8.0, 35.0),
    kappa=st.floats(0.15, 0.6),
    weights=st.tuples(st.floats(0.2, 5.0), st.floats(0.2, 5.0)),
    demand=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)),
)
def test_two_streams_share_by_weight_and_demand(u, kappa, weights, demand):
    assert_shared(u, kappa, [(w, q, INF) for w, q in zip(weights, demand, strict=True)])


@settings(max_examples=6)
@given(
    u=st.floats(8.0, 35.0),
    kappa=st.floats(0.15, 0.6),
    arms=st.lists(st.tuples(st.floats(0.3, 5.0), st.floats(0.05, 0.6)), min_size=3, max_size=3),
)
def test_three_streams_share_by_weight_and_demand(u, kappa, arms):
    assert_shared(u, kappa, [(weight, demand, INF) for weight, demand in arms])


@pytest.mark.parametrize(
    "arms", [[(1, 0.5, 0.5), (1, 0.5, 0.5), (2, 0.5, 0.5)], [(1, 0.6, 0.3), (4, 0.6, 0.35), (1, 0.6, INF)]]
)
def test_three_streams_share_by_weight_and_what_they_can_deliver(arms):
    assert_shared(20.0, 0.2, arms)


@settings(max_examples=4)
@given(
    weights=st.tuples(st.floats(0.2, 5.0), st.floats(0.2, 5.0)),
    node_cap=st.floats(0.2, 0.6),
)
def test_two_streams_share_the_capacity_of_a_node(weights, node_cap):
    assert_shared(20.0, 0.2, [(w, 0.6, INF) for w in weights], node_cap=node_cap)
