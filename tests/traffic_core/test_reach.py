"""Driving times by hand on a triangle of streets."""

from __future__ import annotations

import numpy as np

from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn, keyed
from traffic_core.provenance import Confidence, Provenance
from traffic_core.reach import drive_times_s

FROM = Provenance(source="made for a test", confidence=Confidence.ESTIMATED)
METRE_DEG = 1.0 / 111_195.08


def street(link_id, a, b, length_m, speed_m_s=10.0):
    at = {"a": 0.0, "b": 500.0, "c": 1_000.0}
    line = ((0.0, at[a] * METRE_DEG), (length_m * METRE_DEG, at[a] * METRE_DEG))
    return Link(
        id=link_id,
        name=link_id,
        from_node=a,
        to_node=b,
        line=line,
        length_m=length_m,
        free_speed_m_s=speed_m_s,
        lanes=1,
        capacity_veh_h=1_800,
        road_class=RoadClass.SECONDARY,
        provenance=FROM,
    )


def network():
    nodes = [
        Node(id=name, name=name, position=(0.0, 0.0), control=NodeControl.NONE, provenance=FROM) for name in "abcd"
    ]
    links = [street("ab", "a", "b", 500), street("bc", "b", "c", 300), street("bc_slow", "b", "c", 400, 5.0)]
    turns = [
        Turn(id="1", node_id="b", from_link="ab", to_link="bc_slow", movement=Movement.THROUGH),
    ]
    return Network(nodes=keyed(nodes), links=keyed(links), turns=keyed(turns))


def test_only_permitted_turns_are_driven():
    times_s = drive_times_s(network(), ["ab", "bc"], ["b", "c", "d"])
    np.testing.assert_allclose(times_s, [[50.0, 50.0 + 80.0, np.inf], [np.inf, 30.0, np.inf]])


def test_unknown_names_are_out_of_reach():
    assert np.isinf(drive_times_s(network(), ["none", "ab"], ["none", "b"])).tolist() == [[True, True], [True, False]]
