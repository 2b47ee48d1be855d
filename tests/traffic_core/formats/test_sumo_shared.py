"""Real SUMO networks are read whole."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from traffic_core.formats.identifiers import file_id_of
from traffic_core.formats.sumo.reader import read_sumo
from traffic_core.geometry import distance_m
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

EXPECTED = {
    # nodes, links, turns, gates, signals, middle of the town
    "cologne1": (9, 10, 14, 7, 1, (6.93, 50.93)),
    "cologne3": (29, 48, 78, 16, 3, (6.91, 50.93)),
    "ingolstadt1": (8, 11, 12, 4, 1, (11.41, 48.77)),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_real_network_has_its_size_and_place(shared_data: Path, name: str):
    model = read_sumo(shared_data / "sumo" / name / f"{name}.net.xml")
    network = model.network
    nodes, links, turns, gates, signals, middle = EXPECTED[name]
    assert (len(network.nodes), len(network.links), len(network.turns)) == (nodes, links, turns)
    controls = Counter(node.control for node in network.nodes.values())
    assert (controls[NodeControl.GATE], controls[NodeControl.SIGNAL]) == (gates, signals)
    assert len(model.zones) == gates
    assert all(distance_m(node.position, middle) < 5_000.0 for node in network.nodes.values())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_signals_of_a_real_network_join_turns_to_states(shared_data: Path, name: str):
    model = read_sumo(shared_data / "sumo" / name / f"{name}.net.xml")
    tables = {table.name: table for table in model.aside}
    shortest = {}
    for row in tables["signal_phase"].rows:
        phase = dict(zip(tables["signal_phase"].columns, row, strict=True))
        shortest[phase["tl"]] = min(len(phase["state"]), shortest.get(phase["tl"], 10_000))
    for signal, place, turn, node, _ in tables["signal_link"].rows:
        assert int(place) < shortest[signal]
        assert model.network.turns[turn].node_id == node
        assert model.network.nodes[node].control is NodeControl.SIGNAL


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_no_street_of_a_real_network_is_a_trap(shared_data: Path, name: str):
    model = read_sumo(shared_data / "sumo" / name / f"{name}.net.xml")
    network = model.network
    goes_on = {turn.from_link for turn in network.turns.values()}
    for link in network.links.values():
        assert link.id in goes_on or network.nodes[link.to_node].control is NodeControl.GATE
    u_turns = [turn for turn in network.turns.values() if turn.movement is Movement.U_TURN]
    assert all(network.links[turn.from_link].from_node == network.links[turn.to_link].to_node for turn in u_turns)


def test_ids_of_a_real_network_come_back(shared_data: Path):
    model = read_sumo(shared_data / "sumo" / "cologne3" / "cologne3.net.xml")
    table = next(table for table in model.aside if table.name == "sumo_edge")
    place = table.columns.index("id")
    assert {row[place]: row[0] for row in table.rows} == {file_id_of(link): link for link in model.network.links}
