"""Where the edge of the extract cuts a through road, traffic enters and leaves."""

from __future__ import annotations

import pytest

from traffic_core.network import NodeControl


def gates(model):
    return {node.id for node in model.network.nodes.values() if node.control is NodeControl.GATE}


def test_ends_of_through_roads_are_gates_and_zones(town):
    town.cross(highway="tertiary")
    model = town.read()
    assert gates(model) == {"2", "3", "4", "5"}
    assert [(zone.id, zone.name, zone.nodes) for zone in model.zones][:1] == [("gate-2", "Straße 2", ("2",))]
    assert not any(turn.node_id in gates(model) for turn in model.network.turns.values())
    assert "pair of gates without a way inside the model" not in model.warnings.counts


def test_ends_of_residential_streets_are_dead_ends_where_one_turns_round(town):
    town.cross()
    model = town.read()
    assert gates(model) == set()
    assert model.zones == ()
    assert {turn.movement.value for turn in model.network.turns.values() if turn.node_id == "2"} == {"u_turn"}


@pytest.mark.parametrize("highway", ["track", "footway", "construction"])
def test_a_road_that_goes_on_as_another_way_is_not_cut(town, highway):
    town.cross(highway="tertiary")
    town.node(6, -300, 0)
    town.way(60, 2, 6, highway=highway)
    assert gates(town.read()) == {"3", "4", "5"}


def test_a_road_that_ends_in_a_turning_circle_is_not_cut(town):
    town.cross(highway="tertiary")
    town.without("node", 2)
    town.node(2, -200, 0, highway="turning_circle")
    assert gates(town.read()) == {"3", "4", "5"}


def test_a_way_is_cut_where_its_nodes_are_missing_and_the_cut_is_a_gate(town):
    town.cross()
    town.node(6, -400, 0)
    town.node(9, -900, 0)
    town.way(60, 2, 6, 7, 8, 9, highway="secondary", name="Landstraße")
    town.way(61, 6, 3, highway="path")
    model = town.read()
    assert gates(model) == {"6"}
    assert model.network.nodes["6"].name == "Landstraße"
    assert model.warnings.examples["way cut where its nodes are not in the file"] == ["way 60: 2 nodes"]


def test_a_residential_street_that_is_cut_is_a_dead_end(town):
    town.cross()
    town.way(60, 2, 77, highway="residential")
    model = town.read()
    assert gates(model) == set()
    assert model.warnings.counts["way cut where its nodes are not in the file"] == 1


def dual_carriageway(town, apart_m=20.0, beyond_m=0.0):
    """Cross whose eastern arm goes on as two carriageways: way 60 out to node 6, way 70 in from node 7."""
    town.cross(highway="residential")
    town.node(6, 500, -apart_m / 2)
    town.node(7, 500 + beyond_m, apart_m / 2)
    town.way(60, 4, 6, highway="trunk", ref="B 27", oneway="yes")
    town.way(70, 7, 4, highway="trunk", ref="B 27", oneway="yes")


@pytest.mark.parametrize(("beyond_m", "gate", "longer"), [(150.0, "7", "60-1f"), (-150.0, "6", "70-1f")])
def test_two_carriageways_meet_at_the_outer_end_of_both(town, beyond_m, gate, longer):
    dual_carriageway(town, beyond_m=beyond_m)
    model = town.read()
    assert gates(model) == {gate}
    assert [zone.nodes for zone in model.zones] == [(gate,)]
    assert model.network.nodes[gate].name == "B 27"
    link = model.network.links[longer]
    assert gate in (link.from_node, link.to_node)
    assert len(link.line) == 3


def test_a_carriageway_without_its_other_direction_is_left_out_and_counted(town):
    dual_carriageway(town, apart_m=1_200.0)
    model = town.read()
    assert gates(model) == set()
    assert model.warnings.counts["one-way road cut at the edge without its other direction"] == 2
    assert model.warnings.counts["link without a way to and from the rest left out"] == 2


def test_carriageways_of_different_roads_are_not_joined(town):
    dual_carriageway(town)
    town.parts["way"][-1] = town.parts["way"][-1].replace("B 27", "B 28")
    assert gates(town.read()) == set()


def test_gates_without_a_way_between_them_are_counted_by_pair(town):
    town.cross(highway="tertiary")
    for relation, (way_from, way_to) in enumerate([(20, 30), (20, 50)], 1):
        members = [("from", "way", way_from), ("via", "node", 1), ("to", "way", way_to)]
        town.relation(relation, *members, type="restriction", restriction="no_turn")
    model = town.read()
    assert gates(model) == {"2", "3", "4", "5"}
    kind = "pair of gates without a way inside the model"
    assert model.warnings.examples[kind] == ["gate-2 to gate-3", "gate-2 to gate-5"]
