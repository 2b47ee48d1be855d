"""The shipped network of Leinfelden-Echterdingen: its size, its honesty, its ways."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import networkx as nx
import pytest
import yaml

from api.planning.check.check import read_facts
from api.town import load_town
from traffic_core.consistency.check import check_model
from traffic_core.consistency.findings import Severity
from traffic_core.geometry import distance_m, line_length_m
from traffic_core.network import Movement, Network, NodeControl, RoadClass
from traffic_core.provenance import Confidence
from traffic_core.stops import StopType, read_stops

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from traffic_core.demand import Demand

    Rows = Callable[[str], list[dict[str, str]]]

TABLES = 27
ONE_WAY_CLASSES = {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP}
ONE_WAY_STREETS = {"Ortseinfahrt Echterdingen-Nord", "Ortsausfahrt Echterdingen-Nord"}
"""They begin and end as ramps of the B27, and are streets of the town in between."""


@pytest.fixture(name="ways", scope="module")
def ways_fixture(le_network: Network) -> nx.DiGraph:
    """Links as nodes, permitted turns without U-turns as edges."""
    graph = nx.DiGraph()
    graph.add_nodes_from(le_network.links)
    graph.add_edges_from(
        (turn.from_link, turn.to_link) for turn in le_network.turns.values() if turn.movement is not Movement.U_TURN
    )
    return graph


def reached_nodes(network: Network, ways: nx.DiGraph, start: str) -> set[str]:
    first = [link.id for link in network.links.values() if link.from_node == start]
    links = set(first).union(*(nx.descendants(ways, link) for link in first))
    return {network.links[link].to_node for link in links}


def turned(network: Network, start: str, node: str) -> dict[str, Movement]:
    """Permitted turns at a node for who comes from `start`, by the next node."""
    return {
        network.links[turn.to_link].to_node: turn.movement
        for turn in network.turns.values()
        if turn.node_id == node and network.links[turn.from_link].from_node == start
    }


# ---- size and provenance -----------------------------------------------------------------------------------------


def test_the_model_says_that_it_is_synthetic_and_names_its_sources(le_model: Path):
    model = yaml.safe_load((le_model / "model.yaml").read_text(encoding="utf-8"))
    assert model["label_en"] == "synthetic on real anchors"
    assert model["label_de"] == "synthetisch auf realen Ankern"
    assert {"id", "name", "timezone", "licence", "attribution", "bbox", "notes"} <= set(model)
    assert any("CC BY 4.0" in line and "OpenStreetMap" in line for line in model["attribution"])


def test_the_network_holds_the_whole_town(le_network: Network):
    controls = Counter(node.control for node in le_network.nodes.values())
    assert 240 <= len(le_network.nodes) <= 280
    assert 680 <= len(le_network.links) <= 780
    assert 35 <= controls[NodeControl.SIGNAL] <= 45
    assert controls[NodeControl.ROUNDABOUT] == 3
    assert controls[NodeControl.GATE] == 12
    assert controls[NodeControl.GRADE_SEPARATED] >= 25, "exits and entries of six interchanges"
    assert 150 <= len(le_network.detectors) <= 300
    classes = {link.road_class for link in le_network.links.values()}
    assert classes >= set(RoadClass) - {RoadClass.SERVICE}


def test_every_row_of_every_table_has_a_source_and_a_confidence(le_model: Path, le_rows: Rows):
    known = {confidence.value for confidence in Confidence}
    tables = sorted(path.name for path in le_model.glob("*.csv"))
    assert len(tables) == TABLES
    for table in tables:
        for number, row in enumerate(le_rows(table), start=2):
            assert row["source"].strip(), f"{table}, row {number}"
            assert row["confidence"] in known, f"{table}, row {number}"


def test_what_is_assumed_is_called_so(le_network: Network):
    """Streets whose course is made up say it in their names; only named places are anchors."""
    made_up = [link for link in le_network.links.values() if "Verlauf angenommen" in link.name]
    assert len(made_up) > 200
    assert {link.provenance.confidence for link in made_up} == {Confidence.ESTIMATED}
    assert all("not known" in link.provenance.source for link in made_up)
    confidence = Counter(node.provenance.confidence for node in le_network.nodes.values())
    assert 25 <= confidence[Confidence.ANCHOR] <= 34
    assert confidence[Confidence.ESTIMATED] > confidence[Confidence.DERIVED] > confidence[Confidence.ANCHOR]


@pytest.mark.shared
def test_anchored_junctions_lie_where_the_captured_list_says(le_network: Network, shared_data: Path):
    lines = (shared_data / "le" / "le_anchor_nodes.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = {line.split(",")[0] for line in lines}
    assert names <= set(le_network.nodes)


def test_nodes_lie_in_the_bounding_box(le_model: Path, le_network: Network):
    west, south, east, north = yaml.safe_load((le_model / "model.yaml").read_text(encoding="utf-8"))["bbox"]
    for node in le_network.nodes.values():
        assert west <= node.position[0] <= east, node.id
        assert south <= node.position[1] <= north, node.id


def test_the_consistency_check_finds_nothing_to_mend(le_model: Path):
    findings = check_model(read_facts(le_model, load_town(le_model)))
    assert [finding.sentence for finding in findings if finding.severity is not Severity.NOTE] == []


# ---- streets -----------------------------------------------------------------------------------------------------


def test_lengths_agree_with_the_drawing_to_the_decimetre(le_network: Network):
    for link in le_network.links.values():
        assert link.length_m == pytest.approx(line_length_m(link.line), abs=0.06), link.id


def test_lines_begin_and_end_at_their_nodes(le_network: Network):
    for link in le_network.links.values():
        assert distance_m(link.line[0], le_network.nodes[link.from_node].position) < 1.0, link.id
        assert distance_m(link.line[-1], le_network.nodes[link.to_node].position) < 1.0, link.id


def test_queues_have_room_on_every_link(le_network: Network):
    for link in le_network.links.values():
        assert link.length_m >= 50.0, link.id


def test_all_streets_but_carriageways_and_ramps_have_both_directions(le_network: Network):
    ends = {(link.from_node, link.to_node) for link in le_network.links.values()}
    for link in le_network.links.values():
        assert link.name
        both = (link.to_node, link.from_node) in ends
        one_way = link.road_class in ONE_WAY_CLASSES or link.name in ONE_WAY_STREETS
        assert both is not one_way, link.id


def test_every_gate_reaches_every_node_through_permitted_turns(le_network: Network, ways: nx.DiGraph):
    gates = {node.id for node in le_network.nodes.values() if node.control is NodeControl.GATE}
    for gate in gates:
        missed = set(le_network.nodes) - reached_nodes(le_network, ways, gate) - {gate}
        assert not missed, f"{gate} does not reach {sorted(missed)}"


def test_every_node_gets_back_to_every_gate_and_every_trip_has_a_way(
    le_network: Network, ways: nx.DiGraph, le_demand: Demand
):
    gates = {node.id for node in le_network.nodes.values() if node.control is NodeControl.GATE}
    reached = {node: reached_nodes(le_network, ways, node) | {node} for node in le_network.nodes}
    for node, found in reached.items():
        assert gates <= found, f"{node} does not reach {sorted(gates - found)}"
    for cell in le_demand.cells:
        for start in le_demand.zones[cell.origin].nodes:
            assert set(le_demand.zones[cell.destination].nodes) <= reached[start], cell


def test_known_facts_about_junctions_are_kept(le_network: Network):
    """Hohenheimer Straße outbound turns right only at a junction without signals; the other names are press facts."""
    nodes = le_network.nodes
    assert turned(le_network, "N51", "N21") == {"N158": Movement.RIGHT}
    assert nodes["N21"].control is NodeControl.GIVE_WAY
    assert nodes["N06"].control is nodes["N20"].control is NodeControl.SIGNAL
    assert nodes["N03"].control is nodes["N14"].control is NodeControl.ROUNDABOUT


def test_the_northern_junction_of_the_b27_serves_the_north_only(le_network: Network):
    assert set(turned(le_network, "R12", "N02")) == {"N76", "R16"}
    assert set(turned(le_network, "N76", "R15")) == {"R13"}
    assert "R15" not in turned(le_network, "N02", "N76"), "nobody leaves the B27 to enter it again"


def test_the_bypass_of_the_roundabout_is_a_link_that_can_be_closed(le_network: Network):
    (bypass,) = [link for link in le_network.links.values() if link.name.startswith("Bypass")]
    assert (bypass.from_node, bypass.to_node) == ("N101", "N102")
    assert "N102" in turned(le_network, "N101", "N03"), "without it the way leads through the roundabout"


# ---- lanes, detectors, stops -------------------------------------------------------------------------------------


def test_every_approach_of_a_signal_has_lanes_and_a_detector(le_network: Network):
    counted = {detector.link_id for detector in le_network.detectors.values()}
    striped = Counter(lane.link_id for lane in le_network.lanes)
    for link in le_network.links.values():
        if le_network.nodes[link.to_node].control is NodeControl.SIGNAL:
            assert link.id in counted, link.id
            assert striped[link.id] == link.lanes, link.id


def test_gates_and_counted_sections_have_detectors(le_network: Network, le_rows: Rows):
    counted = {detector.link_id for detector in le_network.detectors.values()}
    gates = {node.id for node in le_network.nodes.values() if node.control is NodeControl.GATE}
    at_gates = {link.id for link in le_network.links.values() if {link.from_node, link.to_node} & gates}
    assert at_gates <= counted
    assert {row["link_id"] for row in le_rows("count.csv")} <= counted


def test_the_lanes_of_an_approach_serve_exactly_its_turns(le_network: Network):
    by_link: dict[str, set[Movement]] = {}
    for lane in le_network.lanes:
        by_link.setdefault(lane.link_id, set()).update(lane.movements)
    for link, movements in by_link.items():
        assert movements == {turn.movement for turn in le_network.turns.values() if turn.from_link == link}, link


def test_exits_of_the_motorways_have_lanes_of_their_own(le_network: Network):
    exits = {lane.link_id for lane in le_network.lanes if lane.movements == {Movement.RIGHT} and lane.number == 1}
    for node in le_network.nodes.values():
        if "Ausfahrt" in node.name and node.control is NodeControl.GRADE_SEPARATED:
            (come,) = [link for link in le_network.links.values() if link.to_node == node.id]
            assert come.id in exits, node.name


def test_stops_lie_near_their_street_or_junction(le_model: Path, le_network: Network):
    stops = read_stops(le_model, le_network)
    kinds = Counter(stop.type for stop in stops.values())
    assert len(stops) == 93
    assert kinds[StopType.RAIL] == 4
    assert kinds[StopType.TRAM] >= 8
    for stop in stops.values():
        if stop.link_id is not None:
            link = le_network.links[stop.link_id]
            assert distance_to_line_m(stop.position, link.line) <= 80.0, stop.name
        elif stop.node_id is not None:
            assert distance_m(stop.position, le_network.nodes[stop.node_id].position) <= 200.0, stop.name


@pytest.mark.shared
def test_stops_are_those_of_the_captured_list(le_model: Path, le_network: Network, shared_data: Path):
    with (shared_data / "le" / "le_stops.csv").open(encoding="utf-8", newline="") as stream:
        captured = {row["id"]: row for row in csv.DictReader(stream) if row["in_le"] == "1"}
    stops = read_stops(le_model, le_network)
    assert set(stops) == set(captured)
    for stop_id, stop in stops.items():
        place = (float(captured[stop_id]["lon"]), float(captured[stop_id]["lat"]))
        assert distance_m(stop.position, place) < 0.2, stop.name


def distance_to_line_m(point: tuple[float, float], line: tuple[tuple[float, float], ...]) -> float:
    """Distance from a polyline, from points every few metres along it."""
    nearest_m = float("inf")
    for (lon_a, lat_a), (lon_b, lat_b) in pairwise(line):
        steps = max(1, round(distance_m((lon_a, lat_a), (lon_b, lat_b)) / 5.0))
        for k in range(steps + 1):
            between = (lon_a + (lon_b - lon_a) * k / steps, lat_a + (lat_b - lat_a) * k / steps)
            nearest_m = min(nearest_m, distance_m(point, between))
    return nearest_m
