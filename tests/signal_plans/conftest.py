"""A four-arm junction to test with: vehicles N, E, S, W; pedestrians FN and FE; two stages."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from signal_plans.adaptive.control import AdaptiveControl, AdaptiveSettings
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.layout import SignalLayout, Stage
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.streams.from_layout import stream_town
from signal_plans.timing import programme_from_stages
from traffic_core.network import Detector, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

ARMS = {"N": (0.0, 0.002), "E": (0.002, 0.0), "S": (0.0, -0.002), "W": (-0.002, 0.0)}
MADE_UP = Provenance(source="made up for a test", confidence=Confidence.ESTIMATED)
ARM_M = 0.002 * 111_195.08


def vehicle(group_id, turns=("T",), *, min_green_s=8, saturation_flow_veh_h=1_800.0):
    return SignalGroup(
        id=group_id,
        kind=GroupKind.VEHICLE,
        min_green_s=min_green_s,
        amber_s=3,
        red_amber_s=1,
        turns=tuple(turns),
        saturation_flow_veh_h=saturation_flow_veh_h,
    )


def pedestrian(group_id, *, min_green_s=7):
    return SignalGroup(id=group_id, kind=GroupKind.PEDESTRIAN, min_green_s=min_green_s, amber_s=0, red_amber_s=0)


def layout_of(groups, times_s, stages, junction_id="J"):
    """Layout whose intergreens are given for one direction and hold for both."""
    both = {(b, a): time_s for (a, b), time_s in times_s.items()}
    return SignalLayout(
        junction_id=junction_id,
        name=junction_id,
        groups={group.id: group for group in groups},
        intergreen=IntergreenMatrix({**both, **times_s}),
        stages=tuple(Stage(id=str(i + 1), groups=frozenset(stage)) for i, stage in enumerate(stages)),
    )


def crossing_network(names):
    nodes, links, turns, detectors = {}, {}, {}, {}
    for name in names:
        nodes[name] = Node(id=name, name=name, position=(0.0, 0.0), control=NodeControl.SIGNAL, provenance=MADE_UP)
        for i, (arm, end) in enumerate(ARMS.items()):
            gate = f"{name}{arm}"
            nodes[gate] = Node(id=gate, name=gate, position=end, control=NodeControl.GATE, provenance=MADE_UP)
            for way, ends, line in (
                ("in", (gate, name), (end, (0.0, 0.0))),
                ("out", (name, gate), ((0.0, 0.0), end)),
            ):
                links[f"{gate}{way}"] = Link(
                    id=f"{gate}{way}",
                    name=gate,
                    from_node=ends[0],
                    to_node=ends[1],
                    line=line,
                    length_m=ARM_M,
                    free_speed_m_s=13.9,
                    lanes=1,
                    capacity_veh_h=1_800.0,
                    road_class=RoadClass.SECONDARY,
                    provenance=MADE_UP,
                )
            detectors[f"D{gate}"] = Detector(
                id=f"D{gate}", link_id=f"{gate}in", to_stop_line_m=40.0, interval_s=60.0, provenance=MADE_UP
            )
            for step, movement in ((1, Movement.LEFT), (2, Movement.THROUGH), (3, Movement.RIGHT)):
                to = list(ARMS)[(i + step) % 4]
                turns[f"{gate}{to}"] = Turn(
                    id=f"{gate}{to}",
                    node_id=name,
                    from_link=f"{gate}in",
                    to_link=f"{name}{to}out",
                    movement=movement,
                )
    return Network(nodes=nodes, links=links, turns=turns, detectors=detectors)


def crossing_layout(name="J"):
    groups = [vehicle(arm, [f"{name}{arm}{to}" for to in ARMS if to != arm]) for arm in ARMS]
    groups += [pedestrian("FN"), pedestrian("FE")]
    stages = (("N", "S", "FE"), ("E", "W", "FN"))
    times_s = {(a, b): 5 for a in stages[0] for b in stages[1]}
    times_s |= {("FE", b): 8 for b in stages[1]} | {(a, "FN"): 5 for a in stages[0]}
    layout = layout_of(groups, times_s, stages, name)
    times = dict(layout.intergreen.times_s)
    times |= {("FN", a): 8 for a in stages[0]}
    return SignalLayout(
        junction_id=name, name=name, groups=layout.groups, intergreen=IntergreenMatrix(times), stages=layout.stages
    )


@pytest.fixture
def build():
    """Builders for layouts, junctions and the network around them."""

    def junction(name="J", green_s=(22, 22), offset_s=0):
        layout = crossing_layout(name)
        return Junction(layout=layout, programmes=(programme_from_stages(layout, green_s, "fixed", offset_s),))

    def adaptive(network, junctions):
        layouts = [junction.layout for junction in junctions.values()]
        return AdaptiveControl(stream_town(network, layouts), AdaptiveSettings())

    return SimpleNamespace(
        adaptive=adaptive,
        vehicle=vehicle,
        pedestrian=pedestrian,
        layout=layout_of,
        crossing=crossing_layout,
        network=crossing_network,
        junction=junction,
    )


@pytest.fixture
def crossing():
    """Layout with intergreens of 8 s after pedestrians and 5 s otherwise: 16 s of a cycle are lost."""
    return crossing_layout()
