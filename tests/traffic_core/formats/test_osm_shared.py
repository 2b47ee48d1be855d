"""A real extract of a town."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import pytest

from traffic_core.formats.osm.reader import read_osm
from traffic_core.network import NodeControl, RoadClass
from traffic_core.network_arrays import arrays_of

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def model(shared_data):
    return read_osm(shared_data / "osm" / "boeblingen.osm.pbf")


def test_the_counts_are_those_of_a_town(model):
    network = model.network
    assert model.name == "boeblingen"
    assert 1_000 < len(network.nodes) < 1_600
    assert 2_500 < len(network.links) < 3_600
    assert len(network.turns) > len(network.links)
    controls = Counter(node.control for node in network.nodes.values())
    assert 70 < controls[NodeControl.SIGNAL] < 130
    assert 15 < controls[NodeControl.ROUNDABOUT] < 40
    assert 10 < controls[NodeControl.GATE] < 20
    assert {link.road_class for link in network.links.values()} == set(RoadClass)
    assert 150 < len(model.parking) < 300
    assert 30 < sum(car_park.capacity_veh is not None for car_park in model.parking) < 60


def test_one_gets_from_every_node_to_every_other_one(model):
    graph = nx.DiGraph([(link.from_node, link.to_node) for link in model.network.links.values()])
    assert len(graph) == len(model.network.nodes)
    assert nx.is_strongly_connected(graph)


def test_every_link_goes_on_and_can_be_entered_unless_a_gate_is_there(model):
    network = model.network
    gates = {node.id for node in network.nodes.values() if node.control is NodeControl.GATE}
    goes_on = {turn.from_link for turn in network.turns.values()}
    entered = {turn.to_link for turn in network.turns.values()}
    assert all(link.id in goes_on or link.to_node in gates for link in network.links.values())
    assert all(link.id in entered or link.from_node in gates for link in network.links.values())


def test_lanes_serve_exactly_the_turns_of_their_link(model):
    permitted, served = {}, {}
    for turn in model.network.turns.values():
        permitted.setdefault(turn.from_link, set()).add(turn.movement)
    for lane in model.network.lanes:
        served.setdefault(lane.link_id, set()).update(lane.movements)
    assert len(served) > 150
    assert all(movements == permitted[link] for link, movements in served.items())


def test_the_motorway_is_a_gate_in_the_north_and_in_the_south(model):
    named = [zone for zone in model.zones if zone.name == "A 81"]
    assert len(named) == 2
    assert len({zone.id for zone in model.zones}) == len(model.zones) == 14


def test_the_arrays_of_the_kernels_can_be_built(model):
    arrays = arrays_of(model.network)
    assert len(arrays.length_m) == len(model.network.links)
    assert arrays.free_flow_s.min() >= 1.0


def test_importing_twice_gives_the_same(model, shared_data):
    again = read_osm(shared_data / "osm" / "boeblingen.osm.pbf")
    assert again.network == model.network
    assert again.parking == model.parking
    assert again.aside == model.aside
    assert again.warnings.counts == model.warnings.counts
