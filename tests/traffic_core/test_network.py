"""A network is valid by construction."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from traffic_core.errors import InvalidValueError
from traffic_core.geometry import line_length_m
from traffic_core.network import (
    Detector,
    Lane,
    Link,
    Movement,
    Network,
    Node,
    NodeControl,
    RoadClass,
    Turn,
    keyed,
)
from traffic_core.provenance import Confidence, Provenance

SOURCE = Provenance(source="made up for a test", confidence=Confidence.ESTIMATED)
PLACES = {"A": (9.000, 48.0), "B": (9.005, 48.0), "C": (9.010, 48.0)}


def node(node_id: str) -> Node:
    return Node(id=node_id, name=node_id, position=PLACES[node_id], control=NodeControl.NONE, provenance=SOURCE)


def link(link_id: str, start: str, end: str, **changes: Any) -> Link:
    line = (PLACES[start], PLACES[end])
    made = Link(
        id=link_id,
        name="Teststraße",
        from_node=start,
        to_node=end,
        line=line,
        length_m=line_length_m(line),
        free_speed_m_s=13.9,
        lanes=1,
        capacity_veh_h=1_800.0,
        road_class=RoadClass.SECONDARY,
        provenance=SOURCE,
    )
    return replace(made, **changes)


def network(**changes: Any) -> Network:
    parts: dict[str, Any] = {
        "nodes": {name: node(name) for name in PLACES},
        "links": {"AB": link("AB", "A", "B"), "BC": link("BC", "B", "C")},
        "turns": {"T": Turn(id="T", node_id="B", from_link="AB", to_link="BC", movement=Movement.THROUGH)},
    }
    return Network(**(parts | changes))


def test_a_network_keeps_the_order_of_its_input():
    assert list(network().links) == ["AB", "BC"]


def test_a_network_cannot_be_changed_afterwards():
    with pytest.raises(TypeError):
        network().links["X"] = link("X", "A", "C")  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to_node": "A"}, "to_node"),
        ({"line": (PLACES["A"],)}, "line"),
        ({"line": (PLACES["A"], (9.0, 148.0))}, "lat"),
        ({"length_m": -5.0}, "length_m"),
        ({"length_m": float("nan")}, "length_m"),
        ({"length_m": 500.0}, "length_m"),
        ({"free_speed_m_s": 0.5}, "free_speed_m_s"),
        ({"lanes": 0}, "lanes"),
        ({"capacity_veh_h": 3_001.0}, "capacity_veh_h"),
    ],
)
def test_a_link_refuses_what_no_street_can_be(changes: dict[str, Any], field: str):
    with pytest.raises(InvalidValueError) as refused:
        link("AB", "A", "B", **changes)
    assert field in refused.value.field
    assert "AB" in refused.value.field


def test_a_length_may_differ_from_the_drawing_by_two_percent_and_five_metres():
    drawn_m = line_length_m((PLACES["A"], PLACES["B"]))
    assert link("AB", "A", "B", length_m=drawn_m * 1.02 + 4.9).length_m > drawn_m
    with pytest.raises(InvalidValueError, match="drawn length"):
        link("AB", "A", "B", length_m=drawn_m * 1.02 + 5.1)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"nodes": {"A": node("A"), "B": node("B")}}, "C"),
        ({"turns": {"T": Turn(id="T", node_id="B", from_link="?", to_link="BC", movement=Movement.LEFT)}}, "?"),
        ({"turns": {"T": Turn(id="T", node_id="A", from_link="AB", to_link="BC", movement=Movement.LEFT)}}, "AB"),
        ({"turns": {"T": Turn(id="T", node_id="B", from_link="AB", to_link="AB", movement=Movement.LEFT)}}, "AB"),
        ({"lanes": (Lane(link_id="AB", number=2, movements=frozenset({Movement.LEFT})),)}, "number"),
        ({"lanes": (Lane(link_id="?", number=1, movements=frozenset({Movement.LEFT})),)}, "?"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(changes: dict[str, Any], named: str):
    with pytest.raises(InvalidValueError) as refused:
        network(**changes)
    assert named in str(refused.value)


def test_a_detector_must_lie_on_its_link():
    far = Detector(id="D", link_id="AB", to_stop_line_m=10_000.0, interval_s=60.0, provenance=SOURCE)
    with pytest.raises(InvalidValueError, match="to_stop_line_m"):
        network(detectors={"D": far})


def test_a_lane_without_movements_is_refused():
    with pytest.raises(InvalidValueError, match="movements"):
        Lane(link_id="AB", number=1, movements=frozenset())


def test_an_id_that_occurs_twice_is_refused():
    assert list(keyed([node("A"), node("B")])) == ["A", "B"]
    with pytest.raises(InvalidValueError, match="must occur once"):
        keyed([node("A"), node("A")])
