"""One second of signal control, and the second in which every junction gets a new programme.

Run with `pytest benchmarks/bench_control_cycle.py`.  Compiling is measured apart, as `test_warm_up`.
"""

from __future__ import annotations

import time
from functools import cache
from itertools import count

import numpy as np
import pytest

from signal_plans.control import MOST_PROGRAMMES_PER_STEP, SignalControl
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.settings import SignalSettings
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.timing import programme_from_stages
from traffic_core import jit
from traffic_core.network import Detector, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

JUNCTIONS = (1, 40, 400, 4_000)
ARMS = ("N", "E", "S", "W")
MADE_UP = Provenance(source="made up for the benchmark", confidence=Confidence.ESTIMATED)
DEGREE_M = 111_195.08
START_S = 1_800_000_000


@cache
def town(junctions: int) -> tuple[dict[str, Junction], Network]:
    """Four-arm junctions, each with two stages, four vehicle and two pedestrian groups, and a detector per arm."""
    nodes: dict[str, Node] = {}
    links: dict[str, Link] = {}
    turns: dict[str, Turn] = {}
    detectors: dict[str, Detector] = {}
    supplied = {}
    for number in range(junctions):
        add_crossing(f"J{number}", nodes, links, turns, detectors)
        layout = crossing_layout(f"J{number}")
        programme = programme_from_stages(layout, (25, 25), "fallback", number % 60)
        supplied[layout.junction_id] = Junction(layout=layout, programmes=(programme,))
    return supplied, Network(nodes=nodes, links=links, turns=turns, detectors=detectors)


def add_crossing(name, nodes, links, turns, detectors):
    length_m = 0.002 * DEGREE_M
    ends = dict(zip(ARMS, ((0.0, 0.002), (0.002, 0.0), (0.0, -0.002), (-0.002, 0.0)), strict=True))
    nodes[name] = Node(id=name, name=name, position=(0.0, 0.0), control=NodeControl.SIGNAL, provenance=MADE_UP)
    for arm, end in ends.items():
        gate = f"{name}{arm}"
        nodes[gate] = Node(id=gate, name=gate, position=end, control=NodeControl.GATE, provenance=MADE_UP)
        for way, line in (("in", (end, (0.0, 0.0))), ("out", ((0.0, 0.0), end))):
            links[f"{gate}{way}"] = Link(
                id=f"{gate}{way}",
                name=gate,
                from_node=gate if way == "in" else name,
                to_node=name if way == "in" else gate,
                line=line,
                length_m=length_m,
                free_speed_m_s=13.9,
                lanes=1,
                capacity_veh_h=1_800.0,
                road_class=RoadClass.SECONDARY,
                provenance=MADE_UP,
            )
        detectors[gate] = Detector(
            id=gate, link_id=f"{gate}in", to_stop_line_m=40.0, interval_s=60.0, provenance=MADE_UP
        )
    for i, arm in enumerate(ARMS):
        for step, movement in ((1, Movement.LEFT), (2, Movement.THROUGH), (3, Movement.RIGHT)):
            to = ARMS[(i + step) % 4]
            turn = f"{name}{arm}{to}"
            turns[turn] = Turn(
                id=turn, node_id=name, from_link=f"{name}{arm}in", to_link=f"{name}{to}out", movement=movement
            )


def crossing_layout(name):
    groups = {}
    for arm in ARMS:
        served = tuple(f"{name}{arm}{to}" for to in ARMS if to != arm)
        groups[arm] = SignalGroup(
            id=arm,
            kind=GroupKind.VEHICLE,
            min_green_s=8,
            amber_s=3,
            red_amber_s=1,
            turns=served,
            saturation_flow_veh_h=1_800.0,
        )
    for crossing in ("FN", "FE"):
        groups[crossing] = SignalGroup(id=crossing, kind=GroupKind.PEDESTRIAN, min_green_s=7, amber_s=0, red_amber_s=0)
    stages = (frozenset(("N", "S", "FE")), frozenset(("E", "W", "FN")))
    times_s = {
        pair: 8 if clearing.startswith("F") else 5
        for clearing in stages[0]
        for entering in stages[1]
        for pair in ((clearing, entering), (entering, clearing))
    }
    return SignalLayout(
        junction_id=name,
        name=name,
        groups=groups,
        intergreen=IntergreenMatrix(times_s),
        stages=tuple(Stage(id=str(i + 1), groups=stage) for i, stage in enumerate(stages)),
    )


def running_control(junctions: int) -> tuple[SignalControl, np.ndarray, np.ndarray]:
    """Control of a town that has played its first second."""
    supplied, network = town(junctions)
    control = SignalControl(supplied, network, SignalSettings())
    known = control.town.is_vehicle.copy()
    flow = np.where(known, 400.0, 0.0)
    control.step(START_S, flow, known)
    return control, flow, known


def test_warm_up(capsys):
    """Compiles, or reads from the disk cache, every kernel; not part of the figures below."""
    before = time.perf_counter()
    kernels = jit.warm_up()
    with capsys.disabled():
        print(f"\nwarm-up of {kernels} kernels: {time.perf_counter() - before:.2f} s")


@pytest.mark.parametrize("junctions", JUNCTIONS, ids=str)
def test_second(benchmark, junctions):
    """A second as a running service has it: a few junctions have their turn for a new programme."""
    control, flow, known = running_control(junctions)
    jit.warm_up()
    seconds = count(START_S + 1)
    state = benchmark.pedantic(
        lambda: control.step(next(seconds), flow, known), rounds=300, iterations=1, warmup_rounds=20
    )
    assert state.skipped_s == 0


@pytest.mark.parametrize("junctions", JUNCTIONS, ids=str)
def test_step_with_most_new_programmes(benchmark, junctions):
    """The worst step: after half a minute of pause all junctions want new programmes, as many as allowed get theirs."""
    jit.warm_up()
    supplied, network = town(junctions)

    def paused():
        control = SignalControl(supplied, network, SignalSettings(recompute_every_s=30))
        known = control.town.is_vehicle.copy()
        busy = np.where(known, 700.0, 0.0)
        busy[::2] *= 0.4
        control.step(START_S + 1, busy, ~known)
        return (control, busy, known), {}

    def step(control, flow, known):
        return control.step(START_S + 31, flow, known)

    state = benchmark.pedantic(step, setup=paused, rounds=5, iterations=1)
    assert len(state.decisions) == min(junctions, MOST_PROGRAMMES_PER_STEP)
