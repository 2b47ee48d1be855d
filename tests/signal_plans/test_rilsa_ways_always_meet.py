"""However the streets lie: ways whose ends alternate around a junction must have a conflict point."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.rilsa.arms import arms_of
from signal_plans.rilsa.paths import crossings, motor_paths
from traffic_core.bearings import deflection_deg, movement_of
from traffic_core.geometry import line_length_m
from traffic_core.network import Link, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up for a test", confidence=Confidence.ESTIMATED)
STREET_DEG = 0.001
LEAST_BETWEEN_DEG = 40


def star(bearings_deg, lanes):
    """A node with two-way streets in these directions, and all turns but those back; `lanes` are (in, out) of each."""
    nodes = {"J": Node(id="J", name="J", position=(0.0, 0.0), control=NodeControl.SIGNAL, provenance=MADE_UP)}
    links, turns = {}, {}
    for arm, bearing_deg in enumerate(bearings_deg):
        angle = math.radians(bearing_deg)
        end = (STREET_DEG * math.sin(angle), STREET_DEG * math.cos(angle))
        nodes[f"G{arm}"] = Node(id=f"G{arm}", name="", position=end, control=NodeControl.GATE, provenance=MADE_UP)
        for way, ends, line in (
            ("in", (f"G{arm}", "J"), (end, (0.0, 0.0))),
            ("out", ("J", f"G{arm}"), ((0.0, 0.0), end)),
        ):
            links[f"{arm}{way}"] = Link(
                id=f"{arm}{way}",
                name="",
                from_node=ends[0],
                to_node=ends[1],
                line=line,
                length_m=line_length_m(line),
                free_speed_m_s=13.9,
                lanes=lanes[arm][way == "out"],
                capacity_veh_h=1_800.0,
                road_class=RoadClass.SECONDARY,
                provenance=MADE_UP,
            )
    for a, into in enumerate(bearings_deg):
        for b, out in enumerate(bearings_deg):
            if a != b:
                movement = movement_of(deflection_deg(into + 180.0, out))
                turn = Turn(id=f"{a}{b}", node_id="J", from_link=f"{a}in", to_link=f"{b}out", movement=movement)
                turns[turn.id] = turn
    return Network(nodes=nodes, links=links, turns=turns)


@st.composite
def stars(draw):
    size = draw(st.integers(3, 5))
    weights = [draw(st.integers(0, 10)) for _ in range(size)]
    room_deg = 360 - size * LEAST_BETWEEN_DEG
    gaps_deg = [LEAST_BETWEEN_DEG + room_deg * weight / (sum(weights) or 1) for weight in weights]
    first_deg = draw(st.integers(0, 89))
    bearings_deg = [(first_deg + sum(gaps_deg[:arm])) % 360.0 for arm in range(size)]
    return star(bearings_deg, [(draw(st.integers(1, 3)), draw(st.integers(1, 2))) for _ in range(size)])


@settings(max_examples=40)
@given(stars())
def test_ways_whose_ends_alternate_cross(network):
    arms = arms_of(network, "J")
    entry = {arm.come.id: 2 * place for place, arm in enumerate(arms)}
    leave = {arm.go.id: 2 * place + 1 for place, arm in enumerate(arms)}
    assert [arm.bearing_deg for arm in arms] == sorted(arm.bearing_deg for arm in arms)
    assert all(0.0 < arm.inner_m < arm.outer_m < arm.stop_m <= 40.0 for arm in arms)
    for one, other in combinations(network.turns.values(), 2):
        low, high = sorted((entry[one.from_link], leave[one.to_link]))
        a, b = entry[other.from_link], leave[other.to_link]
        if one.from_link == other.from_link or one.to_link == other.to_link:
            continue
        if (low < a < high) == (low < b < high):
            continue
        for way in motor_paths(one, arms, ()):
            for crossed in motor_paths(other, arms, ()):
                met = crossings(way, crossed)
                assert met, (one.id, other.id, [arm.bearing_deg for arm in arms])
                assert all(
                    0.0 <= on <= path.length_m for pair in met for on, path in zip(pair, (way, crossed), strict=True)
                )
