"""Signals and signs belong to the junction they stand at or before."""

from __future__ import annotations

import pytest

from traffic_core.network import NodeControl
from traffic_core.provenance import Confidence


def controls(model):
    return {node.id: node.control for node in model.network.nodes.values() if node.control is not NodeControl.NONE}


def with_point(town, before_m, **tags):
    """Cross with node 9 on the western arm, so far before the junction."""
    town.cross()
    town.without("way", 20)
    town.node(9, -before_m, 0, **tags)
    town.way(20, 2, 9, 1, highway="residential", name="Straße 2")


def test_a_signal_at_the_junction_is_its_control(town):
    town.cross()
    town.without("node", 1)
    town.node(1, 0, 0, highway="traffic_signals")
    model = town.read()
    assert controls(model) == {"1": NodeControl.SIGNAL}
    assert model.network.nodes["1"].provenance.confidence is Confidence.ANCHOR


@pytest.mark.parametrize(
    "tags", [{}, {"direction": "forward"}, {"traffic_signals__direction": "forward"}, {"direction": "90"}]
)
def test_a_signal_shortly_before_a_junction_belongs_to_it(town, tags):
    with_point(town, 25, highway="traffic_signals", **tags)
    model = town.read()
    assert controls(model) == {"1": NodeControl.SIGNAL}
    assert "9" not in model.network.nodes


@pytest.mark.parametrize(("before_m", "tags"), [(25, {"direction": "backward"}), (60, {})])
def test_a_signal_away_from_a_junction_or_for_the_other_direction_is_a_node_of_its_own(town, before_m, tags):
    with_point(town, before_m, highway="traffic_signals", **tags)
    network = town.read().network
    assert controls(town.read()) == {"9": NodeControl.SIGNAL}
    assert (network.links["20-1f"].to_node, network.links["20-2f"].to_node) == ("9", "1")
    assert (network.links["20-1b"].from_node, network.links["20-2b"].from_node) == ("9", "1")


def test_a_signal_for_pedestrians_alone_is_kept_aside(town):
    with_point(town, 25, highway="crossing", crossing="traffic_signals")
    model = town.read()
    assert controls(model) == {}
    (table,) = [table for table in model.aside if table.name == "osm_node"]
    assert table.rows == (("9", "crossing=traffic_signals;highway=crossing"),)


def test_a_signal_is_found_over_a_change_of_way_between_it_and_the_junction(town):
    with_point(town, 35, highway="traffic_signals")
    town.parts["way"].pop()
    town.node(8, -20, 0)
    town.way(20, 2, 9, 8, highway="residential", name="Straße 2")
    town.way(21, 8, 1, highway="residential", name="Straße 2", lanes="2")
    assert controls(town.read()) == {"1": NodeControl.SIGNAL}


def test_the_exit_of_a_yard_does_not_take_the_signal_of_the_junction_behind_it(town):
    with_point(town, 35, highway="traffic_signals")
    town.parts["way"].pop()
    town.node(8, -20, 0)
    town.way(20, 2, 9, 8, 1, highway="residential", name="Straße 2")
    town.way(80, 8, 3, highway="service")
    found = controls(town.read())
    assert found.pop("1") is NodeControl.SIGNAL
    assert NodeControl.SIGNAL not in found.values()


@pytest.mark.parametrize("highway", ["give_way", "stop"])
def test_a_sign_before_a_junction_makes_it_give_way(town, highway):
    with_point(town, 10, highway=highway)
    assert controls(town.read()) == {"1": NodeControl.GIVE_WAY}


def test_a_sign_away_from_any_junction_is_kept_aside_and_counted(town):
    with_point(town, 100, highway="give_way")
    model = town.read()
    assert controls(model) == {}
    assert model.warnings.examples["sign away from any junction kept aside"] == ["node 9"]


def test_a_signal_goes_before_a_sign_and_before_a_roundabout(town):
    with_point(town, 10, highway="give_way")
    town.without("node", 1)
    town.node(1, 0, 0, highway="traffic_signals")
    assert controls(town.read()) == {"1": NodeControl.SIGNAL}


def test_a_mini_roundabout_is_a_roundabout(town):
    town.cross()
    town.without("node", 1)
    town.node(1, 0, 0, highway="mini_roundabout")
    assert controls(town.read()) == {"1": NodeControl.ROUNDABOUT}


def test_a_signal_at_which_a_street_changes_only_its_tags_stays_a_node(town):
    town.cross()
    town.without("node", 2)
    town.node(2, -200, 0, highway="traffic_signals")
    town.node(6, -400, 0)
    town.way(60, 6, 2, highway="residential", name="Straße 2")
    assert controls(town.read()) == {"2": NodeControl.SIGNAL}


def test_a_signal_where_only_a_yard_opens_belongs_to_its_exit(town):
    with_point(town, 100, highway="traffic_signals")
    town.way(80, 9, 3, highway="service")
    assert controls(town.read()) == {"9": NodeControl.SIGNAL}


def test_a_signal_before_an_open_end_is_a_node_of_its_own(town):
    town.cross()
    town.node(9, -190, 0, highway="traffic_signals", direction="backward")
    town.without("way", 20)
    town.way(20, 2, 9, 1, highway="residential", name="Straße 2")
    assert controls(town.read()) == {"9": NodeControl.SIGNAL}
