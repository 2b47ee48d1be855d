"""Closed forms of kinematic waves: free flow, bottlenecks, shocks, storage, diverges; the shared suite."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
FEW = settings(max_examples=5)
SPEEDS_M_S = st.floats(8.0, 35.0)
JAMS_VEH_M = st.floats(0.1, 0.6)
LENGTHS_M = st.floats(200.0, 3_000.0)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


kw = load(ROOT / "benchmarks" / "kw_adapter.py")


def link(name, frm, to, length, u, kappa, **more):
    return {"name": name, "frm": frm, "to": to, "length": length, "u": u, "kappa": kappa, **more}


def run(links, demand, tmax, nodes=None):
    return kw.run({"links": links, "demand": demand, "tmax": tmax, "nodes": nodes or {}})


def capacity_veh_s(u, kappa):
    """u w k / (u + w) where the backward wave runs at w = 1 / (1 s k)."""
    return u * kappa / (u * kappa + 1.0)


def rate(count, name, t0, t1):
    return (count(name, t1) - count(name, t0)) / (t1 - t0)


@FEW
@given(u=SPEEDS_M_S, kappa=JAMS_VEH_M, length=LENGTHS_M, share=st.floats(0.1, 0.95))
def test_below_capacity_everybody_drives_at_free_speed(u, kappa, length, share):
    flow = share * capacity_veh_s(u, kappa)
    result = run([link("1", "o", "d", length, u, kappa)], [("o", "d", 0, 200, flow)], 230 + length / u)
    assert result.done == round(200 * flow)
    assert result.ttt == pytest.approx(result.done * length / u)
    assert rate(result.dep, "1", length / u + 20, length / u + 180) == pytest.approx(flow, rel=0.01)


@FEW
@given(u=SPEEDS_M_S, kappa=JAMS_VEH_M, lengths=st.tuples(LENGTHS_M, LENGTHS_M))
def test_above_capacity_a_street_carries_its_capacity(u, kappa, lengths):
    c, through_s = capacity_veh_s(u, kappa), sum(lengths) / u
    links = [link("1", "o", "m", lengths[0], u, kappa), link("2", "m", "d", lengths[1], u, kappa)]
    result = run(links, [("o", "d", 0, through_s + 550, 2.0)], through_s + 550)
    for count, name in ((result.arr, "1"), (result.dep, "1"), (result.dep, "2")):
        assert rate(count, name, through_s + 20, through_s + 520) == pytest.approx(c, rel=0.01)
    for name, length in zip("12", lengths, strict=True):
        on_link = result.arr(name, through_s + 500) - result.dep(name, through_s + 500)
        assert on_link == pytest.approx(c * length / u, rel=0.01, abs=1.0)


def bottleneck(kind, c, u, kappa, lengths):
    """Links and nodes of a street that can carry `c` veh/s from its middle on."""
    first, second, nodes = {}, {"u": u, "kappa": kappa}, {}
    if kind == "end of the link":
        first = {"cap_out": c}
    elif kind == "start of the link":
        second["cap_in"] = c
    elif kind == "node":
        nodes = {"m": {"cap": c}}
    elif kind == "speed":
        second["u"] = c / (kappa * (1.0 - c))
    else:
        second["kappa"] = c / (u * (1.0 - c))
    links = [link("1", "o", "m", lengths[0], u, kappa, **first), link("2", "m", "d", lengths[1], **second)]
    return links, nodes


@pytest.mark.parametrize("kind", ["end of the link", "start of the link", "node", "speed", "jam density"])
@settings(max_examples=3)
@given(
    u=SPEEDS_M_S,
    kappa=st.floats(0.15, 0.6),
    lengths=st.tuples(LENGTHS_M, LENGTHS_M),
    c_share=st.floats(0.55, 0.85),
    later_share=st.floats(0.1, 0.7),
)
def test_delay_of_a_bottleneck_is_half_the_longest_queue_times_its_time(kind, u, kappa, lengths, c_share, later_share):
    """A queue of N = (q - c) t vehicles goes after N / (c - q'): delay 0.5 N (t + N / (c - q')), Newell (1993)."""
    flow = 0.95 * capacity_veh_s(u, kappa)
    c = c_share * flow
    later, peak_s = later_share * c, 100.0 / (flow - c)
    longest_veh = (flow - c) * peak_s
    clear_s = longest_veh / (c - later)
    links, nodes = bottleneck(kind, c, u, kappa, lengths)
    through_s = lengths[0] / u + lengths[1] / links[1]["u"]
    last_s = peak_s + clear_s + 200
    demand = [("o", "d", 0, peak_s, flow), ("o", "d", peak_s, last_s, later)]
    result = run(links, demand, last_s + through_s + 50, nodes)
    trips = round(peak_s * flow) + round((last_s - peak_s) * later)
    delay_s = 0.5 * longest_veh * (peak_s + clear_s)
    assert result.done == trips
    assert result.ttt == pytest.approx(trips * through_s + delay_s, rel=0.01)
    assert result.ttt - trips * through_s == pytest.approx(delay_s, rel=0.015)  # half a vehicle of 100
    at_s = lengths[0] / u
    assert rate(result.dep, "1", at_s + 20, at_s + peak_s + clear_s - 20) == pytest.approx(c, rel=0.01)


@settings(max_examples=8)
@given(
    u=SPEEDS_M_S,
    kappa=JAMS_VEH_M,
    lengths=st.tuples(st.floats(200.0, 1_000.0), st.floats(200.0, 1_000.0)),
    flow_share=st.floats(0.5, 0.95),
    c_share=st.floats(0.2, 0.7),
)
def test_a_queue_grows_back_with_the_speed_of_its_shock(u, kappa, lengths, flow_share, c_share):
    """Between (q, q / u) and (c, kappa - c / w) a shock runs at (q - c) / (kappa - c / w - q / u)."""
    flow = flow_share * capacity_veh_s(u, kappa)
    c = c_share * flow
    queue_veh_m = kappa - c * kappa
    shock_m_s = (flow - c) / (queue_veh_m - flow / u)
    reaches_end_s = sum(lengths) / u + 0.5 / flow
    at_middle_s = reaches_end_s + lengths[1] / shock_m_s
    at_entry_s = at_middle_s + lengths[0] / shock_m_s
    last_s = at_entry_s + 300
    links = [
        link("1", "o", "m", lengths[0], u, kappa),
        link("2", "m", "e", lengths[1], u, kappa, cap_out=c),
        link("3", "e", "d", 300.0, u, kappa),
    ]
    result = run(links, [("o", "d", 0, last_s, flow)], last_s)
    for count, name, shock_s, first_s in (
        (result.dep, "1", at_middle_s, lengths[0] / u),
        (result.arr, "1", at_entry_s, 0.0),
    ):
        measured_s = (count(name, shock_s + 250) - c * (shock_s + 250) + flow * first_s) / (flow - c)
        assert measured_s == pytest.approx(shock_s, rel=0.01, abs=1.5 / (flow - c))  # one vehicle and a half
        assert rate(count, name, shock_s + 40, shock_s + 240) == pytest.approx(c, rel=0.01, abs=1 / 200)
    on_link = result.arr("2", at_middle_s + 200) - result.dep("2", at_middle_s + 200)
    assert on_link == pytest.approx(queue_veh_m * lengths[1], rel=0.01, abs=1.0)


@settings(max_examples=8)
@given(
    u=SPEEDS_M_S,
    kappa=st.floats(0.2, 0.6),
    length=st.floats(200.0, 1_000.0),
    flows=st.tuples(st.floats(0.15, 0.3), st.floats(0.1, 0.3)),
    taken=st.floats(0.3, 0.8),
)
def test_a_full_branch_holds_those_who_want_the_other_one(u, kappa, length, flows, taken):
    """First in, first out: where one branch takes a share of what it is offered, the other gets the same share."""
    links = [
        link("1", "o", "v", length, u, kappa),
        link("2", "v", "d1", 500.0, u, kappa, cap_in=taken * flows[0]),
        link("3", "v", "d2", 500.0, u, kappa),
    ]
    last_s = length / u + 2_000
    demand = [("o", "d1", 0, last_s, flows[0]), ("o", "d2", 0, last_s, flows[1])]
    result = run(links, demand, last_s)
    for name, flow in zip("23", flows, strict=True):
        got = rate(result.arr, name, length / u + 100, length / u + 1_900)
        assert got == pytest.approx(taken * flow, rel=0.01, abs=1 / 1_800)  # one vehicle


@pytest.mark.shared
def test_the_shared_suite_is_met_within_one_percent(shared_data):
    path = shared_data.parent / "peers" / "kw_suite.py"
    if not path.is_file():
        pytest.skip("the suite of closed forms is not here")
    suite = load(path)
    misses = []
    checks = 0
    for scenario in suite.S:
        result = kw.run(scenario)
        for name, measure, want in scenario["checks"]:
            checks += 1
            if measure(result) != pytest.approx(want, rel=0.01):
                misses.append((scenario["name"], name, measure(result), want))
    assert misses == []
    assert checks == 43
