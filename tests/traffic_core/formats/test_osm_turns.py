"""Turns, restrictions and the lanes that serve them."""

from __future__ import annotations

import pytest

from traffic_core.network import Movement


def turns_from(model, link):
    """Movement by the way entered."""
    return {
        turn.to_link.split("-")[0]: turn.movement.value
        for turn in model.network.turns.values()
        if turn.from_link == link
    }


def test_turns_are_called_after_their_directions_and_nobody_turns_round_at_a_junction(town):
    town.cross()
    model = town.read()
    assert turns_from(model, "20-1f") == {"30": "left", "40": "through", "50": "right"}
    assert turns_from(model, "30-1f") == {"40": "left", "50": "through", "20": "right"}
    assert turns_from(model, "20-1b") == {"20": "u_turn"}
    assert model.network.turns["20-1f_30-1b"].node_id == "1"


def restricted(town, kind, way_from=20, way_to=30, **tags):
    town.cross()
    members = [("from", "way", way_from), ("via", "node", 1), ("to", "way", way_to)]
    town.relation(5, *members, **({"type": "restriction", "restriction": kind} | tags))
    return town.read()


def test_no_left_turn_takes_one_turn_away(town):
    model = restricted(town, "no_left_turn")
    assert turns_from(model, "20-1f") == {"40": "through", "50": "right"}
    assert turns_from(model, "30-1f") == {"40": "left", "50": "through", "20": "right"}


def test_only_straight_on_leaves_one_turn(town):
    model = restricted(town, "only_straight_on", way_to=40)
    assert turns_from(model, "20-1f") == {"40": "through"}


def test_no_entry_may_name_several_streets_to_come_from(town):
    town.cross()
    members = [("from", "way", 20), ("from", "way", 40), ("via", "node", 1), ("to", "way", 30)]
    town.relation(5, *members, type="restriction", restriction="no_entry")
    model = town.read()
    assert "30" not in turns_from(model, "20-1f")
    assert "30" not in turns_from(model, "40-1f")
    assert turns_from(model, "50-1f")["30"] == "through"


def test_a_restriction_that_excepts_bicycles_holds_for_cars(town):
    assert "30" not in turns_from(restricted(town, "no_left_turn", except__x="", **{"except": "bicycle;psv"}), "20-1f")


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"except": "motorcar;bicycle"}, "turn restriction that excepts cars not used"),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "turn restriction by hour not used"),
        ({"hour_on": "07:00"}, "turn restriction by hour not used"),
        ({"restriction": "give_way"}, "turn restriction not understood"),
    ],
)
def test_a_restriction_that_is_not_used_is_counted_and_kept_aside(town, tags, kind):
    model = restricted(town, "no_left_turn", **tags)
    assert turns_from(model, "20-1f")["30"] == "left"
    assert model.warnings.examples[kind] == ["relation 5"]
    (table,) = [table for table in model.aside if table.name == "osm_restriction"]
    assert [row[0] for row in table.rows] == ["relation-5"]


def test_a_restriction_for_lorries_only_is_not_used(town):
    town.cross()
    members = [("from", "way", 20), ("via", "node", 1), ("to", "way", 30)]
    town.relation(5, *members, type="restriction", restriction__hgv="no_left_turn")
    model = town.read()
    assert turns_from(model, "20-1f")["30"] == "left"
    assert model.warnings.counts["turn restriction for other vehicles not used"] == 1


def test_restrictions_over_a_way_or_without_members_or_at_other_streets_are_counted(town):
    town.cross()
    tags = {"type": "restriction", "restriction": "no_left_turn"}
    town.relation(5, ("from", "way", 20), ("via", "way", 40), ("to", "way", 30), **tags)
    town.relation(6, ("from", "way", 20), ("via", "node", 1), **tags)
    town.relation(7, ("from", "way", 99), ("via", "node", 1), ("to", "way", 30), **tags)
    counts = town.read().warnings.counts
    assert counts["turn restriction over a way not used"] == 1
    assert counts["turn restriction without from, via or to not used"] == 1
    assert counts["turn restriction at streets that are not kept has no effect"] == 1


def fork(town, **tags):
    """Street 20 that forks at node 1 into 40 (15 degrees to the left) and 50 (15 degrees to the right)."""
    town.node(1, 0, 0)
    for number, x_m, y_m in ((2, -200, 0), (4, 200, 54), (5, 200, -54)):
        town.node(number, x_m, y_m)
    town.way(20, 2, 1, highway="primary", name="Hauptstraße", **tags)
    town.way(40, 1, 4, highway="primary_link", name="Rampe")
    town.way(50, 1, 5, highway="primary", name="Hauptstraße")


def test_at_a_fork_the_road_goes_on_through_and_the_ramp_leaves(town):
    fork(town)
    assert turns_from(town.read(), "20-1f") == {"40": "left", "50": "through"}


def test_where_as_many_directions_are_painted_as_there_are_turns_the_paint_decides(town):
    fork(town, lanes="3", lanes__forward="2", turn__lanes__forward="left|right")
    model = town.read()
    assert turns_from(model, "20-1f") == {"40": "left", "50": "right"}
    lanes = {lane.number: lane.movements for lane in model.network.lanes if lane.link_id == "20-1f"}
    assert lanes == {1: {Movement.RIGHT}, 2: {Movement.LEFT}}


def test_lanes_are_described_only_where_arrows_are_tagged_and_only_at_the_end_of_the_way(town):
    town.cross()
    town.node(6, -400, 0)
    town.node(7, -200, 100)
    town.way(60, 2, 7, highway="residential")
    town.without("way", 20)
    town.way(20, 6, 2, 1, highway="tertiary", lanes__forward="3", turn__lanes__forward="left|through|right")
    model = town.read()
    assert {lane.link_id for lane in model.network.lanes} == {"20-2f"}
    assert model.network.links["20-1f"].lanes == model.network.links["20-2f"].lanes == 3
    assert [sorted(lane.movements) for lane in model.network.lanes] == [["right"], ["through"], ["left"]]


def test_two_carriageways_that_part_do_not_lead_back_into_each_other(town):
    town.node(1, 0, 0)
    town.node(2, -200, 0)
    town.node(3, 200, 20)
    town.node(4, 200, -20)
    town.way(20, 2, 1, highway="secondary", name="Straße")
    town.way(30, 3, 1, highway="secondary", name="Straße", oneway="yes")
    town.way(40, 1, 4, highway="secondary", name="Straße", oneway="yes")
    model = town.read()
    assert turns_from(model, "30-1f") == {"20": "through"}
    assert turns_from(model, "20-1f") == {"40": "through"}


def test_a_restriction_of_a_street_that_goes_on_at_the_junction_is_warned_of(town):
    town.cross()
    town.without("way", 20)
    town.without("way", 40)
    town.way(20, 2, 1, 4, highway="residential")
    members = [("from", "way", 20), ("via", "node", 1), ("to", "way", 30)]
    town.relation(5, *members, type="restriction", restriction="no_left_turn")
    model = town.read()
    assert "30" not in turns_from(model, "20-1f").keys() | turns_from(model, "20-2b").keys()
    kind = "turn restriction of a street that goes on at the junction holds for both its sides"
    assert model.warnings.examples[kind] == ["relation 5"]
