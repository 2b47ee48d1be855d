"""A sound crossing of four streets, to be spoilt by the tests."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, deflection_deg, movement_of
from traffic_core.consistency.facts import CarPark, ModelFacts
from traffic_core.demand import Zone, ZoneKind
from traffic_core.geometry import EARTH_RADIUS_M, line_length_m
from traffic_core.network import Detector, Lane, Link, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

KNOWN = Provenance(source="made up", confidence=Confidence.ESTIMATED)
M_PER_DEG = math.radians(1.0) * EARTH_RADIUS_M


class Sketch:
    """Parts of a model on a plane in metres around 9° E, 48° N; everything may be changed before `facts`."""

    def __init__(self):
        self.nodes: dict[str, Node] = {}
        self.links: dict[str, Link] = {}
        self.turns: dict[str, Turn] = {}
        self.lanes: list[Lane] = []
        self.detectors: dict[str, Detector] = {}
        self.zones: list[Zone] = []
        self.supplies: dict[str, dict[str, tuple[str, ...]]] = {}
        self.car_parks: list[CarPark] = []
        self.counted: set[str] = set()

    def at(self, x_m: float, y_m: float) -> tuple[float, float]:
        return (9.0 + x_m / M_PER_DEG / math.cos(math.radians(48.0)), 48.0 + y_m / M_PER_DEG)

    def node(self, name: str, x_m: float, y_m: float, control: NodeControl = NodeControl.NONE) -> None:
        self.nodes[name] = Node(
            id=name, name=f"node {name}", position=self.at(x_m, y_m), control=control, provenance=KNOWN
        )

    def link(self, start: str, end: str, name: str = "", via: tuple[tuple[float, float], ...] = (), **facts) -> None:
        line = (self.nodes[start].position, *(self.at(*point) for point in via), self.nodes[end].position)
        values = {
            "length_m": line_length_m(line),
            "free_speed_m_s": 50 / 3.6,
            "lanes": 1,
            "capacity_veh_h": 1_500.0,
            "road_class": RoadClass.TERTIARY,
        }
        name = name or start + end
        self.links[name] = Link(
            id=name, name=f"street {name}", from_node=start, to_node=end, line=line, provenance=KNOWN, **values | facts
        )

    def street(self, start: str, end: str, **facts) -> None:
        self.link(start, end, **facts)
        self.link(end, start, **facts)

    def turn(self, come: str, go: str) -> None:
        first, second = self.links[come], self.links[go]
        angle = deflection_deg(bearing_at_end_deg(first.line), bearing_at_start_deg(second.line))
        name = f"{come}>{go}"
        self.turns[name] = Turn(id=name, node_id=first.to_node, from_link=come, to_link=go, movement=movement_of(angle))

    def all_turns(self) -> None:
        for come in self.links.values():
            for go in self.links.values():
                if come.to_node == go.from_node and come.from_node != go.to_node:
                    self.turn(come.id, go.id)

    def change(self, part: str, name: str, **facts) -> None:
        records = getattr(self, part)
        records[name] = replace(records[name], **facts)

    def zone(self, name: str, *nodes: str, kind: ZoneKind = ZoneKind.INSIDE) -> None:
        self.zones.append(Zone(id=name, name=f"zone {name}", kind=kind, nodes=nodes, provenance=KNOWN))

    def detector(self, name: str, link: str, to_stop_line_m: float = 40.0) -> None:
        self.detectors[name] = Detector(
            id=name, link_id=link, to_stop_line_m=to_stop_line_m, interval_s=60.0, provenance=KNOWN
        )

    def facts(self) -> ModelFacts:
        network = Network(
            nodes=self.nodes, links=self.links, turns=self.turns, lanes=tuple(self.lanes), detectors=self.detectors
        )
        return ModelFacts(
            network=network,
            zones=tuple(self.zones),
            supplies=self.supplies,
            car_parks=tuple(self.car_parks),
            counted_links=frozenset(self.counted),
        )


@pytest.fixture
def sketch() -> Sketch:
    return Sketch()


@pytest.fixture
def crossing(sketch) -> Sketch:
    """Gates W, E, N, S around the signal C, 300 m away each; everything described, nothing to find."""
    sketch.node("C", 0, 0, NodeControl.SIGNAL)
    for name, x_m, y_m in (("W", -300, 0), ("E", 300, 0), ("N", 0, 300), ("S", 0, -300)):
        sketch.node(name, x_m, y_m, NodeControl.GATE)
        sketch.street(name, "C")
        sketch.zone(f"Z{name}", name, kind=ZoneKind.OUTSIDE)
    sketch.all_turns()
    groups = {}
    for name in "WENS":
        own = [turn for turn in sketch.turns.values() if turn.from_link == f"{name}C"]
        sketch.lanes.append(Lane(link_id=f"{name}C", number=1, movements=frozenset(turn.movement for turn in own)))
        sketch.detector(f"D{name}", f"{name}C")
        groups[f"K{name}"] = tuple(turn.id for turn in own)
    sketch.supplies["C"] = groups
    return sketch
