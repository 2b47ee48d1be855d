"""Signals: saturation flow times the share of green, and the uniform delay below it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

SPEC = importlib.util.spec_from_file_location("kw_adapter", Path(__file__).parents[2] / "benchmarks" / "kw_adapter.py")
kw = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(kw)
U_M_S, KAPPA = 15.0, 0.25
OUT_KAPPA = 0.6
"""Streets behind the signal carry more than those before it, so that the signal alone decides."""
S_VEH_S = U_M_S * KAPPA / (U_M_S * KAPPA + 1.0)


def junction(green, *, grouped=None, cap_out=float("inf"), out_kappa=OUT_KAPPA):
    """One street into the signal for every group in `grouped`, and one behind it."""
    links = [
        {"name": str(g), "frm": f"o{g}", "to": "m", "length": 300.0, "u": U_M_S, "kappa": KAPPA, "grp": g}
        | {"cap_out": cap_out}
        for g in (range(len(green)) if grouped is None else grouped)
    ]
    out = {"name": "out", "frm": "m", "to": "d", "length": 600.0, "u": U_M_S, "kappa": out_kappa}
    return {"links": [*links, out], "nodes": {"m": {"signal": list(green)}}}


def saturated(scenario, groups, cycle_s, cycles):
    """Flows in veh/s of the groups over whole cycles in the middle of a long queue."""
    from_s = cycle_s * (1 + int(100 // cycle_s))
    until_s = from_s + cycle_s * cycles
    demand = [(f"o{g}", "d", 0, until_s, 0.95) for g in groups]
    result = kw.run(scenario | {"demand": demand, "tmax": until_s})
    return [(result.dep(str(g), until_s) - result.dep(str(g), from_s)) / (until_s - from_s) for g in groups]


@pytest.mark.parametrize(
    ("cycle_s", "green_s", "s"), [(60, 20, 0.5), (90, 31, 0.61), (120, 47, 0.43), (180, 100, 0.37)]
)
def test_a_saturated_signal_lets_s_g_over_c_through(cycle_s, green_s, s):
    cycles = 1 + 2_000 // cycle_s
    (flow,) = saturated(junction((green_s, cycle_s - green_s), grouped=[0], cap_out=s), [0], cycle_s, cycles)
    assert flow == pytest.approx(s * green_s / cycle_s, rel=0.01, abs=1.0 / (cycles * cycle_s))  # one vehicle


@example(cycle_s=40, share=0.21875, s=0.5)
@settings(max_examples=8)
@given(cycle_s=st.integers(40, 180), share=st.floats(0.15, 0.85), s=st.floats(0.2, 0.7))
def test_a_saturated_signal_lets_s_g_over_c_through_whatever_the_headway(cycle_s, share, s):
    """Also where the green time holds no whole number of headways."""
    green_s = max(5, round(share * cycle_s))
    cycles = 1 + 2_000 // cycle_s
    (flow,) = saturated(junction((green_s, cycle_s - green_s), grouped=[0], cap_out=s), [0], cycle_s, cycles)
    assert flow == pytest.approx(s * green_s / cycle_s, rel=0.01, abs=1.0 / (cycles * cycle_s))  # one vehicle


@settings(max_examples=8)
@given(greens=st.lists(st.integers(8, 50), min_size=2, max_size=4), lost_s=st.integers(1, 5))
def test_each_of_several_groups_gets_its_share_of_green(greens, lost_s):
    """All red for a while after every green, as the green of an empty group."""
    settings_s = [time_s for green_s in greens for time_s in (green_s, lost_s)]
    cycle_s = sum(settings_s)
    groups = list(range(0, len(settings_s), 2))
    cycles = 1 + 2_000 // cycle_s
    flows = saturated(junction(settings_s, grouped=groups), groups, cycle_s, cycles)
    for flow, green_s in zip(flows, greens, strict=True):
        assert flow == pytest.approx(S_VEH_S * green_s / cycle_s, rel=0.01, abs=1.0 / (cycles * cycle_s))


def test_groups_that_follow_each_other_at_once_into_a_street_as_wide_use_all_of_it():
    flows = saturated(junction((31, 23), out_kappa=KAPPA), [0, 1], 54, 40)
    assert flows == pytest.approx([S_VEH_S * 31 / 54, S_VEH_S * 23 / 54], rel=0.01)


def test_green_times_of_half_seconds_count_in_full():
    (flow,) = saturated(junction((20.5, 39.5), grouped=[0]), [0], 60.0, 30)
    assert flow == pytest.approx(S_VEH_S * 20.5 / 60, rel=0.01)


@settings(max_examples=6)
@given(
    cycle_s=st.integers(40, 120),
    red_share=st.floats(0.3, 0.7),
    saturation=st.floats(0.3, 0.8),
    phase=st.floats(0.0, 1.0),
)
def test_delay_below_saturation_is_the_uniform_delay(cycle_s, red_share, saturation, phase):
    """r^2 / (2 C (1 - y)), Webster (1958), the mean over all phases of the arrivals."""
    green_s = cycle_s - round(red_share * cycle_s)
    red_s = cycle_s - green_s
    flow = saturation * S_VEH_S * green_s / cycle_s
    arrivals_a_cycle = round(flow * cycle_s)
    assume(arrivals_a_cycle >= 2)
    flow = (arrivals_a_cycle + 0.382) / cycle_s  # all phases occur
    assume(flow < 0.9 * S_VEH_S * green_s / cycle_s)
    cycles = 50
    begin_s = phase * cycle_s
    scenario = junction((green_s, red_s), grouped=[0])
    scenario |= {
        "demand": [("o0", "d", begin_s, begin_s + cycles * cycle_s, flow)],
        "tmax": (cycles + 4) * cycle_s + 200,
    }
    result = kw.run(scenario)
    delay_s = result.ttt / result.done - 900.0 / U_M_S
    y = flow / S_VEH_S
    assert delay_s == pytest.approx(red_s**2 / (2 * cycle_s * (1 - y)), rel=0.01, abs=0.1 / S_VEH_S)


def test_a_headway_that_red_interrupts_goes_on_with_green():
    """Headway 8 s, green from 0 to 11 and 60 to 71: middles cross 4 s into green, then 12 - 11 = 1 s, 8 s later."""
    scenario = junction((11, 49), grouped=[0], cap_out=1 / 8)
    result = kw.run(scenario | {"demand": [("o0", "d", 30, 33, 1.0)], "tmax": 240})
    assert result._departures["0"].tolist() == pytest.approx([64.0, 121.0, 129.0])
