"""Ways become links between junctions."""

from __future__ import annotations

import pytest

from traffic_core.demand import ZoneKind
from traffic_core.network import NodeControl, RoadClass
from traffic_core.provenance import Confidence


def neighbours(network):
    return {link.id: (link.from_node, link.to_node) for link in network.links.values()}


def test_a_crossing_becomes_one_node_with_four_streets(town):
    town.cross()
    model = town.read()
    assert neighbours(model.network) == {
        **{f"{10 * arm}-1f": (str(arm), "1") for arm in (2, 3, 4, 5)},
        **{f"{10 * arm}-1b": ("1", str(arm)) for arm in (2, 3, 4, 5)},
    }
    link = model.network.links["20-1f"]
    assert link.length_m == pytest.approx(200.0, abs=0.05)
    assert (link.name, link.road_class, link.lanes) == ("Straße 2", RoadClass.RESIDENTIAL, 1)
    assert (link.free_speed_m_s, link.capacity_veh_h) == (pytest.approx(30 / 3.6), 1_000.0)
    assert link.provenance.source == (
        "OpenStreetMap way 20; speed: by road class; lanes: by road class; capacity: by road class"
    )
    assert link.provenance.confidence is Confidence.ESTIMATED
    assert model.network.nodes["1"].name == "Straße 2 / Straße 3"
    assert model.warnings.counts == {"lanes taken from the road class": 4, "speed taken from the road class": 4}


def test_tagged_figures_are_derived_at_best_since_the_capacity_is_not_tagged(town):
    town.cross(maxspeed="40", lanes="2")
    link = town.read().network.links["20-1f"]
    assert link.provenance.confidence is Confidence.DERIVED
    assert "speed: tagged; lanes: follows from a tag" in link.provenance.source


def test_a_way_is_cut_where_another_one_meets_it_and_keeps_its_bends(town):
    town.cross()
    town.node(6, -100, 0)
    town.node(7, -150, 20)
    town.node(8, -100, 100)
    town.way(60, 2, 7, 6, 1, highway="residential", name="Bogen")
    town.way(70, 6, 8, highway="residential")
    network = town.read().network
    assert (network.links["60-1f"].from_node, network.links["60-1f"].to_node) == ("2", "6")
    assert (network.links["60-2f"].from_node, network.links["60-2f"].to_node) == ("6", "1")
    assert (network.links["60-2b"].from_node, network.links["60-2b"].to_node) == ("1", "6")
    assert len(network.links["60-1f"].line) == 3
    assert network.links["60-1b"].line == network.links["60-1f"].line[::-1]
    assert "7" not in network.nodes


def one_way_block(town, **tags):
    """Cross whose western end is joined to the northern one by a further way 60."""
    town.cross()
    town.way(60, 2, 3, highway="residential", **tags)


@pytest.mark.parametrize(("value", "kept"), [("yes", "60-1f"), ("-1", "60-1b")])
def test_a_one_way_street_has_one_link_in_its_direction(town, value, kept):
    one_way_block(town, oneway=value)
    network = town.read().network
    assert [link for link in network.links if link.startswith("60")] == [kept]
    ends = (network.links[kept].from_node, network.links[kept].to_node)
    assert ends == (("2", "3") if value == "yes" else ("3", "2"))


def test_a_roundabout_is_one_way_and_its_junctions_are_roundabouts(town):
    for number, (x_m, y_m) in enumerate([(-20, 0), (0, -20), (20, 0), (0, 20)], 1):
        town.node(number, x_m, y_m)
        town.node(10 + number, 10 * x_m, 10 * y_m)
    for number in (1, 2, 3):
        town.way(10 * number, 10 + number, number, highway="secondary", name=f"Straße {number}")
    town.way(90, 4, 1, 2, 3, 4, highway="secondary", junction="roundabout", name="Kreisel")
    model = town.read()
    network = model.network
    ring = {ends for link, ends in neighbours(network).items() if link.startswith("90")}
    assert ring == {("1", "2"), ("2", "3"), ("3", "1")}
    assert {network.nodes[node].control for node in "123"} == {NodeControl.ROUNDABOUT}
    assert {network.nodes[node].provenance.confidence for node in "123"} == {Confidence.ANCHOR}
    assert len(network.links["90-3f"].line) == 3
    turns = {turn.to_link: turn.movement.value for turn in network.turns.values() if turn.from_link == "90-1f"}
    assert turns == {"90-2f": "through", "20-1b": "right"}


def test_a_loop_becomes_two_links_because_none_may_end_where_it_starts(town):
    town.cross()
    for number, (x_m, y_m) in enumerate([(260, 40), (320, 0), (260, -40)], 6):
        town.node(number, x_m, y_m)
    town.way(60, 4, 6, 7, 8, 4, highway="residential")
    network = town.read().network
    loop = {ends for link, ends in neighbours(network).items() if link.startswith("60")}
    assert loop == {("4", "7"), ("7", "4")}
    assert sum(link.startswith("60") for link in network.links) == 4


def test_pieces_of_one_street_are_joined_and_named_after_the_first_way(town):
    town.cross()
    town.node(6, 400, 0)
    town.way(60, 6, 4, highway="residential", name="Straße 4", surface="asphalt")
    model = town.read()
    network = model.network
    assert "4" not in network.nodes
    assert neighbours(network)["40-1f"] == ("6", "1")
    assert network.links["40-1f"].length_m == pytest.approx(400.0, abs=0.1)
    assert "way 60, 40;" in network.links["40-1f"].provenance.source
    (links,) = [table for table in model.aside if table.name == "osm_link"]
    assert ("40-1f", "60;40") in links.rows


@pytest.mark.parametrize("tags", [{"maxspeed": "50"}, {"lanes": "4"}, {"name": "anders"}, {"highway": "tertiary"}])
def test_pieces_that_differ_in_a_figure_stay_apart(town, tags):
    town.cross()
    town.node(6, 400, 0)
    town.way(60, 6, 4, **({"highway": "residential", "name": "Straße 4"} | tags))
    network = town.read().network
    assert network.nodes["4"].control is NodeControl.NONE
    assert neighbours(network)["60-1f"] == ("6", "4")


def test_a_ring_of_equal_pieces_is_not_closed_into_one_link(town):
    town.cross()
    for number, (x_m, y_m) in enumerate([(300, 50), (300, -50)], 6):
        town.node(number, x_m, y_m)
    for way, ends in {60: (4, 6), 70: (6, 7), 80: (7, 4)}.items():
        town.way(way, *ends, highway="residential", name="Ring")
    network = town.read().network
    assert all(link.from_node != link.to_node for link in network.links.values())
    assert len([link for link in network.links.values() if link.name == "Ring"]) == 4


def test_a_link_shorter_than_a_metre_is_taken_as_one_metre_and_counted(town):
    town.cross()
    town.node(6, -200.4, 0)
    town.way(60, 6, 2, highway="tertiary", name="kurz")
    model = town.read()
    assert model.network.links["60-1f"].length_m == 1.0
    assert model.warnings.counts["link shorter than 1 m taken as 1 m"] == 2


def test_only_the_largest_part_in_which_one_gets_everywhere_is_kept(town):
    town.cross()
    town.node(6, 1000, 1000)
    town.node(7, 1200, 1000)
    town.way(60, 6, 7, highway="residential")
    town.node(8, 0, -400)
    town.way(70, 5, 8, highway="residential", oneway="yes")
    model = town.read()
    assert {link.split("-")[0] for link in model.network.links} == {"20", "30", "40", "50"}
    left_out = "link without a way to and from the rest left out"
    assert model.warnings.counts[left_out] == 3
    assert model.warnings.examples[left_out] == ["way 60", "way 60", "way 70"]


def test_service_roads_stay_only_where_they_lead_through(town):
    town.cross()
    town.node(6, -100, 100)
    town.node(7, -300, 0)
    town.node(8, -350, 0)
    town.way(60, 2, 6, highway="service", service="alley")
    town.way(61, 6, 3, highway="service")
    town.way(70, 2, 7, highway="service")
    town.way(71, 7, 8, highway="service")
    model = town.read()
    assert {link.split("-")[0] for link in model.network.links} == {"20", "30", "40", "50", "60"}
    assert model.network.links["60-1f"].road_class is RoadClass.SERVICE
    assert model.warnings.counts["service road that leads nowhere left out"] == 2


def test_the_lesser_road_gives_way_and_equal_streets_have_no_control(town):
    town.cross()
    town.node(6, -400, 0)
    town.node(7, -200, -200)
    town.way(60, 6, 2, highway="secondary")
    town.way(70, 2, 7, highway="secondary")
    network = town.read().network
    assert network.nodes["1"].control is NodeControl.NONE
    assert network.nodes["2"].control is NodeControl.GIVE_WAY
    assert network.nodes["2"].provenance.confidence is Confidence.DERIVED


def test_motorways_meet_their_ramps_without_conflicts(town):
    for number, x_m in enumerate((-600, 0, 600), 1):
        town.node(number, x_m, 0)
        town.node(10 + number, x_m, 40)
    town.node(20, 300, -200)
    town.node(21, -300, -200)
    town.way(10, 1, 2, 3, highway="motorway", ref="A 8", lanes="3")
    town.way(11, 13, 12, 11, highway="motorway", ref="A 8", lanes="3")
    town.way(20, 2, 20, highway="motorway_link", oneway="yes")
    town.way(21, 20, 21, 12, highway="motorway_link", oneway="yes")
    network = town.read().network
    assert network.nodes["2"].control is NodeControl.GRADE_SEPARATED
    assert network.nodes["12"].control is NodeControl.GRADE_SEPARATED
    assert network.links["10-1f"].capacity_veh_h == 6_000.0
    assert {turn.movement.value for turn in network.turns.values() if turn.from_link == "10-1f"} == {"through", "right"}


def test_all_tags_of_the_ways_and_nodes_in_use_are_kept_aside(town):
    town.cross(surface="asphalt", hgv="no", note="a;b\\c")
    town.parts["node"].clear()
    town.node(1, 0, 0, highway="crossing", crossing="zebra")
    for number, (x_m, y_m) in enumerate([(-200, 0), (0, 200), (200, 0), (0, -200)], 2):
        town.node(number, x_m, y_m)
    tables = {table.name: table for table in town.read().aside}
    assert tables["osm_way"].columns == ("way_id", "tags")
    assert tables["osm_way"].rows[0] == (
        "20",
        "hgv=no;highway=residential;name=Straße 2;note=a\\;b\\\\c;surface=asphalt",
    )
    assert tables["osm_node"].rows == (("1", "crossing=zebra;highway=crossing"),)


def test_a_node_keeps_its_own_name_and_one_without_names_its_number(town):
    town.cross(name="")
    town.without("node", 1)
    town.node(1, 0, 0, highway="crossing", name="Marktplatz")
    nodes = town.read().network.nodes
    assert (nodes["1"].name, nodes["2"].name) == ("Marktplatz", "node 2")


def test_a_node_named_twice_in_a_row_and_a_condition_do_no_harm(town):
    town.cross()
    town.node(6, -400, 0)
    town.way(60, 6, 6, 2, highway="tertiary", **{"maxspeed:conditional": "30 @ (22:00-06:00)"})
    model = town.read()
    assert len(model.network.links["60-1f"].line) == 2
    assert model.warnings.examples["condition by hour or vehicle kept aside"] == ["way 60"]


def test_the_model_names_its_source_and_licence(town):
    town.cross(highway="primary")
    model = town.read()
    assert (model.name, model.cells, model.counts) == ("town", (), ())
    assert model.source == "OpenStreetMap extract town.osm, © OpenStreetMap contributors"
    assert model.licence == "ODbL 1.0, © OpenStreetMap contributors"
    assert {zone.kind for zone in model.zones} == {ZoneKind.OUTSIDE}
