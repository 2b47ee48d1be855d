"""Facts about the shipped model of Leinfelden-Echterdingen."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import networkx as nx
import pytest
import yaml

from parking.facility import FacilityKind
from parking.files import ParkingModel, read_parking
from parking.sign import Arrow
from signal_plans.files import read_junctions
from signal_plans.signal_group import GroupKind
from traffic_core.demand import DayType, Demand, Purpose, TripKind, ZoneKind
from traffic_core.demand_files import read_demand
from traffic_core.geometry import distance_m, line_length_m
from traffic_core.gmns import read_network
from traffic_core.network import Movement, Network, NodeControl, RoadClass
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from pathlib import Path

    from signal_plans.junction import Junction

MOTORWAY_SIDE = {"Z31", "Z32", "Z33", "Z34", "Z43", "Z44"}
"""Zones at A8, B27, airport and fair: trips between two of them do not use the streets of the town."""
COUNTED_VEH_24H = {
    "C01": 20_700,
    "C02": 15_700,
    "C03": 7_500,
    "C04": 15_000,
    "C05": 8_400,
    "C06": 83_968,
    "C07": 110_000,
    "C08": 110_000,
}


@pytest.fixture(scope="module")
def network(le_model: Path) -> Network:
    return read_network(le_model)


@pytest.fixture(scope="module")
def demand(le_model: Path, network: Network) -> Demand:
    return read_demand(le_model, network)


@pytest.fixture(scope="module")
def junctions(le_model: Path, network: Network) -> dict[str, Junction]:
    return read_junctions(le_model, network)


@pytest.fixture(scope="module")
def parking(le_model: Path, network: Network) -> ParkingModel:
    return read_parking(le_model, network)


@pytest.fixture(scope="module")
def ways(network: Network) -> nx.DiGraph:
    """Links as nodes, permitted turns without U-turns as edges."""
    graph = nx.DiGraph()
    graph.add_nodes_from(network.links)
    graph.add_edges_from(
        (turn.from_link, turn.to_link) for turn in network.turns.values() if turn.movement is not Movement.U_TURN
    )
    return graph


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def reached_nodes(network: Network, ways: nx.DiGraph, start: str) -> set[str]:
    first = [link.id for link in network.links.values() if link.from_node == start]
    links = set(first).union(*(nx.descendants(ways, link) for link in first))
    return {network.links[link].to_node for link in links}


# ---- size and provenance -----------------------------------------------------------------------------------------


def test_the_model_says_that_it_is_synthetic_and_names_its_sources(le_model: Path):
    model = yaml.safe_load((le_model / "model.yaml").read_text(encoding="utf-8"))
    assert model["label_en"] == "synthetic on real anchors"
    assert model["label_de"] == "synthetisch auf realen Ankern"
    assert {"id", "name", "timezone", "licence", "attribution", "bbox", "notes"} <= set(model)


def test_the_network_is_large_enough(network: Network):
    assert len(network.nodes) >= 60
    assert len(network.links) >= 150
    assert sum(node.control is NodeControl.SIGNAL for node in network.nodes.values()) >= 12
    assert 60 <= len(network.detectors) <= 100


def test_every_row_of_every_table_has_a_source_and_a_confidence(le_model: Path):
    known = {confidence.value for confidence in Confidence}
    tables = sorted(path.name for path in le_model.glob("*.csv"))
    assert len(tables) == 18
    for table in tables:
        for number, row in enumerate(rows(le_model, table), start=2):
            assert row["source"].strip(), f"{table}, row {number}"
            assert row["confidence"] in known, f"{table}, row {number}"


def test_nodes_lie_in_the_bounding_box(le_model: Path, network: Network):
    west, south, east, north = yaml.safe_load((le_model / "model.yaml").read_text(encoding="utf-8"))["bbox"]
    for node in network.nodes.values():
        assert west <= node.position[0] <= east, node.id
        assert south <= node.position[1] <= north, node.id


# ---- streets -----------------------------------------------------------------------------------------------------


def test_lengths_agree_with_the_drawing_to_the_decimetre(network: Network):
    for link in network.links.values():
        assert link.length_m == pytest.approx(line_length_m(link.line), abs=0.06), link.id


def test_lines_begin_and_end_at_their_nodes(network: Network):
    for link in network.links.values():
        assert distance_m(link.line[0], network.nodes[link.from_node].position) < 1.0, link.id
        assert distance_m(link.line[-1], network.nodes[link.to_node].position) < 1.0, link.id


def test_every_link_has_a_name_and_every_street_both_directions(network: Network):
    ends = {(link.from_node, link.to_node) for link in network.links.values()}
    for link in network.links.values():
        assert link.name
        assert (link.to_node, link.from_node) in ends, link.id


def test_every_gate_reaches_every_node_through_permitted_turns(network: Network, ways: nx.DiGraph):
    gates = {node.id for node in network.nodes.values() if node.control is NodeControl.GATE}
    assert len(gates) >= 8
    for gate in gates:
        missed = set(network.nodes) - reached_nodes(network, ways, gate) - {gate}
        assert not missed, f"{gate} does not reach {sorted(missed)}"


def test_every_node_gets_back_to_every_gate_and_every_trip_has_a_way(
    network: Network, ways: nx.DiGraph, demand: Demand
):
    gates = {node.id for node in network.nodes.values() if node.control is NodeControl.GATE}
    reached = {node: reached_nodes(network, ways, node) | {node} for node in network.nodes}
    for node, found in reached.items():
        assert gates <= found, f"{node} does not reach {sorted(gates - found)}"
    for cell in demand.cells:
        for start in demand.zones[cell.origin].nodes:
            assert set(demand.zones[cell.destination].nodes) <= reached[start], cell


def test_known_bans_of_turns_are_kept(network: Network):
    """Hohenheimer Straße outbound turns right only; AS LE-Nord has ramps to and from the north only."""
    turns = {
        (network.links[turn.from_link].from_node, turn.node_id, network.links[turn.to_link].to_node)
        for turn in network.turns.values()
    }
    assert {end for start, node, end in turns if (start, node) == ("N51", "N21")} == {"N83"}
    assert ("N76", "N02", "N01") in turns
    assert ("N76", "N02", "N82") not in turns
    assert ("N82", "N02", "N76") not in turns


def test_every_approach_of_a_signal_has_lanes_and_a_detector(network: Network):
    counted = {detector.link_id for detector in network.detectors.values()}
    striped = Counter(lane.link_id for lane in network.lanes)
    for link in network.links.values():
        if network.nodes[link.to_node].control is NodeControl.SIGNAL:
            assert link.id in counted, link.id
            assert striped[link.id] == link.lanes, link.id


def test_the_lanes_of_an_approach_serve_exactly_its_turns(network: Network):
    by_link: dict[str, set[Movement]] = {}
    for lane in network.lanes:
        by_link.setdefault(lane.link_id, set()).update(lane.movements)
    for link, movements in by_link.items():
        assert movements == {turn.movement for turn in network.turns.values() if turn.from_link == link}, link


def test_every_counted_section_has_a_detector(le_model: Path, network: Network):
    counted = {detector.link_id for detector in network.detectors.values()}
    for row in rows(le_model, "count.csv"):
        assert row["link_id"] in counted


def test_counts_are_halves_of_the_published_figures(le_model: Path):
    total: Counter[str] = Counter()
    for row in rows(le_model, "count.csv"):
        total[row["count_id"][:-1]] += int(row["veh_24h"])
    assert dict(total) == COUNTED_VEH_24H


# ---- signals -----------------------------------------------------------------------------------------------------


def test_every_signal_has_safe_programmes(network: Network, junctions: dict[str, Junction]):
    assert set(junctions) == {node.id for node in network.nodes.values() if node.control is NodeControl.SIGNAL}
    for junction in junctions.values():
        assert [programme.id for programme in junction.programmes] == ["P1", "P2"]
        for programme in junction.programmes:
            assert 60 <= programme.cycle_s <= 100
            assert set(programme.greens) == set(junction.layout.groups)


def test_one_vehicle_group_serves_all_turns_of_one_approach(network: Network, junctions: dict[str, Junction]):
    for junction_id, junction in junctions.items():
        served = [g.turns for g in junction.layout.groups.values() if g.kind is GroupKind.VEHICLE]
        for turns in served:
            assert len({network.turns[turn].from_link for turn in turns}) == 1
        there = {turn.id for turn in network.turns.values() if turn.node_id == junction_id}
        assert Counter(turn for turns in served for turn in turns) == dict.fromkeys(there, 1)


def test_intergreens_lie_in_the_range_of_practice(junctions: dict[str, Junction]):
    for junction in junctions.values():
        for (clearing, entering), time_s in junction.layout.intergreen.times_s.items():
            kinds = {junction.layout.groups[group].kind for group in (clearing, entering)}
            low, high = (4, 7) if kinds == {GroupKind.VEHICLE} else (4, 13)
            assert low <= time_s <= high, (junction.layout.junction_id, clearing, entering)


def test_the_pedestrian_signal_in_musberg_stops_both_directions(junctions: dict[str, Junction]):
    layout = junctions["N20"].layout
    assert [sorted(stage.groups) for stage in layout.stages] == [["K1", "K2"], ["F1"]]


# ---- demand ------------------------------------------------------------------------------------------------------


def test_trips_of_the_town_have_the_published_structure(demand: Demand):
    """10 % through, 58 % origin or destination, 32 % internal (published for 2014), each within one point."""
    veh: Counter[TripKind] = Counter()
    for cell in demand.cells:
        if not {cell.origin, cell.destination} <= MOTORWAY_SIDE:
            veh[demand.trip_kind(cell)] += cell.veh_24h
    total = veh.total()
    assert 120_000 <= total <= 150_000
    assert veh[TripKind.THROUGH] / total == pytest.approx(0.10, abs=0.01)
    assert veh[TripKind.ORIGIN_DESTINATION] / total == pytest.approx(0.58, abs=0.01)
    assert veh[TripKind.INTERNAL] / total == pytest.approx(0.32, abs=0.01)


def test_there_are_about_20_quarters_and_at_least_8_gates(demand: Demand):
    kinds = Counter(zone.kind for zone in demand.zones.values())
    assert kinds[ZoneKind.INSIDE] >= 18
    assert kinds[ZoneKind.OUTSIDE] >= 8


def test_shortest_ways_load_the_counted_sections_as_published(le_model: Path, network: Network, demand: Demand):
    """All trips on their quickest way, 9 s for each signal: counts within 25 %, and the streets can carry the peak."""
    graph = nx.DiGraph()
    for link in network.links.values():
        stop_s = 9.0 if network.nodes[link.to_node].control is NodeControl.SIGNAL else 0.0
        graph.add_node(link.id, time_s=link.length_m / link.free_speed_m_s + stop_s)
    for turn in network.turns.values():
        graph.add_edge(turn.from_link, turn.to_link, time_s=graph.nodes[turn.to_link]["time_s"])
    for node in network.nodes:
        for link in network.links.values():
            if link.from_node == node:
                graph.add_edge(("from", node), link.id, time_s=graph.nodes[link.id]["time_s"])
            if link.to_node == node:
                graph.add_edge(link.id, ("to", node), time_s=0.0)
    wanted: dict[str, dict[str, Counter[Purpose]]] = {}
    for cell in demand.cells:
        origins, destinations = demand.zones[cell.origin].nodes, demand.zones[cell.destination].nodes
        for start in origins:
            for end in destinations:
                share = cell.veh_24h / len(origins) / len(destinations)
                wanted.setdefault(start, {}).setdefault(end, Counter())[cell.purpose] += share
    load: dict[str, Counter[Purpose]] = {link: Counter() for link in network.links}
    for start, ends in wanted.items():
        paths = nx.single_source_dijkstra_path(graph, ("from", start), weight="time_s")
        for end, by_purpose in ends.items():
            for link in paths["to", end][1:-1]:
                load[link].update(by_purpose)
    for row in rows(le_model, "count.csv"):
        assert load[row["link_id"]].total() == pytest.approx(int(row["veh_24h"]), rel=0.25), row["count_id"]
    for name, by_purpose in load.items():
        for hour in range(24):
            veh_h = sum(veh * demand.shares(DayType.WEEKDAY, purpose)[hour] for purpose, veh in by_purpose.items())
            assert veh_h <= network.links[name].capacity_veh_h, (name, hour)


# ---- parking -----------------------------------------------------------------------------------------------------


def test_all_known_car_parks_are_there(parking: ParkingModel):
    assert len(parking.facilities) == 15
    assert parking.facilities["Q1"].capacity_veh == 274
    assert parking.facilities["ZEPPELIN"].capacity_veh is None, "nobody could tell us"
    external = {name for name, facility in parking.facilities.items() if facility.kind is FacilityKind.EXTERNAL}
    assert external == {"FLUGHAFEN", "MESSE"}
    assert not any(parking.uses[name].guided for name in external)


@pytest.mark.shared
def test_car_parks_lie_where_the_captured_list_says(parking: ParkingModel, shared_data: Path):
    captured = rows(shared_data / "le", "le_parking.csv")
    assert len(captured) == len(parking.facilities)
    places = [facility.position for facility in parking.facilities.values()]
    for row in captured:
        assert min(distance_m((float(row["lon"]), float(row["lat"])), place) for place in places) < 1.0, row["name"]


def test_signs_point_to_guided_facilities_by_permitted_turns(network: Network, parking: ParkingModel):
    assert len(parking.signs) >= 12
    leaving = {
        (turn.from_link, {Movement.THROUGH: Arrow.STRAIGHT}.get(turn.movement, turn.movement.value))
        for turn in network.turns.values()
    }
    for sign in parking.signs.values():
        for row in sign.rows:
            assert all(parking.uses[facility].guided for facility in row.facility_ids), sign.id
            if row.arrow is Arrow.HERE:
                access = {parking.facilities[facility].access_node for facility in row.facility_ids}
                assert access == {network.links[sign.link_id].to_node}, sign.id
            else:
                assert (sign.link_id, row.arrow) in leaving, (sign.id, row.label_de)


def test_entries_name_districts_and_inner_signs_single_garages(parking: ParkingModel):
    sizes = Counter(len(row.facility_ids) > 1 for sign in parking.signs.values() for row in sign.rows)
    assert sizes[True] >= 10
    assert sizes[False] >= 10


def test_signs_stand_beside_their_link(network: Network, parking: ParkingModel):
    for sign in parking.signs.values():
        line = network.links[sign.link_id].line
        away_m = min(distance_m(sign.position, point) for point in line)
        assert away_m <= line_length_m(line), sign.id


def test_driveways_lie_on_streets_of_the_town(network: Network, parking: ParkingModel):
    for facility in parking.facilities.values():
        classes = {link.road_class for link in network.links.values() if link.to_node == facility.access_node}
        assert not classes & {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP}, facility.id
