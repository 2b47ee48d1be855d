"""Lengths, drawn ends, nodes too near, parallel links, arms, and values unusual for a road class."""

from __future__ import annotations

import pytest

from traffic_core.consistency.arms import check_angles, check_arm_counts
from traffic_core.consistency.road_classes import USUAL, check_classes
from traffic_core.consistency.shapes import (
    check_ends,
    check_lengths,
    check_near_nodes,
    check_parallel_links,
    check_unused_nodes,
)
from traffic_core.network import NodeControl, RoadClass


def found(findings) -> set[tuple[str, str, str]]:
    return {(finding.severity.value, finding.kind, finding.record) for finding in findings}


def test_a_length_beside_the_drawn_one_is_a_note(crossing):
    crossing.change("links", "WC", length_m=305.4)
    assert check_lengths(crossing.facts()) == [], "300 m drawn: 2.5 m + 1 % are let pass"
    crossing.change("links", "WC", length_m=305.6)
    (finding,) = check_lengths(crossing.facts())
    assert (finding.severity.value, finding.kind, finding.value) == ("note", "length", "305.6 m")


def test_a_link_shorter_than_the_bee_line_is_a_warning(crossing):
    crossing.change("links", "WC", length_m=294.0)
    assert found(check_lengths(crossing.facts())) == {
        ("note", "length", "link WC"),
        ("warning", "length_too_short", "link WC"),
    }


def test_a_long_way_between_near_nodes_is_a_note(crossing):
    crossing.node("F", 100, 300)
    crossing.link("N", "F", via=((0, 450), (100, 450)))
    assert found(check_lengths(crossing.facts())) == {("note", "detour", "link NF")}


@pytest.mark.parametrize(("off_m", "severity"), [(0.9, None), (3.0, "note"), (6.0, "error")])
def test_a_drawn_end_away_from_its_node_is_found(crossing, off_m, severity):
    link = crossing.links["WC"]
    crossing.change("links", "WC", line=(link.line[0], crossing.at(-off_m, 0)))
    expected = {(severity, "drawn_end", "link WC")} if severity else set()
    assert found(check_ends(crossing.facts())) == expected


def test_nodes_nearer_than_five_metres_are_a_warning(crossing):
    crossing.node("F", 0, 304.9)
    crossing.node("G", 306, 0)
    (finding,) = check_near_nodes(crossing.facts())
    assert (finding.severity.value, finding.record, finding.value) == ("warning", "node N", "4.9 m")
    assert "F" in finding.sentence


def test_one_node_has_no_neighbour_too_near(sketch):
    sketch.node("A", 0, 0)
    assert check_near_nodes(sketch.facts()) == []


def test_a_node_without_a_link_is_a_warning(crossing):
    crossing.node("F", 500, 500)
    assert found(check_unused_nodes(crossing.facts())) == {("warning", "unused_node", "node F")}


def test_parallel_links_are_a_note_and_twins_an_error(crossing):
    crossing.link("W", "C", name="bend", via=((-150, 50),))
    crossing.link("W", "C", name="twin")
    assert found(check_parallel_links(crossing.facts())) == {
        ("note", "parallel_links", "link bend"),
        ("error", "parallel_links", "link twin"),
    }


@pytest.mark.parametrize(
    ("facts", "kind", "value"),
    [
        ({"free_speed_m_s": 130 / 3.6}, "speed_of_class", "130 km/h"),
        ({"free_speed_m_s": 8 / 3.6}, "speed_of_class", "8 km/h"),
        ({"capacity_veh_h": 2_200.0}, "capacity_of_class", "2200 veh/h and lane"),
        ({"capacity_veh_h": 800.0, "lanes": 2}, "capacity_of_class", "400 veh/h and lane"),
        ({"lanes": 5, "capacity_veh_h": 7_500.0}, "lanes_of_class", "5 lanes"),
    ],
)
def test_a_value_unusual_for_its_class_is_a_warning(crossing, facts, kind, value):
    crossing.change("links", "WC", **facts)
    (finding,) = check_classes(crossing.facts())
    assert (finding.severity.value, finding.kind, finding.value) == ("warning", kind, value)
    assert "tertiary" in finding.sentence


def test_every_class_has_its_ranges():
    assert set(USUAL) == set(RoadClass)


@pytest.mark.parametrize(
    ("control", "arms", "expected"),
    [
        (NodeControl.ROUNDABOUT, 7, {("warning", "many_arms")}),
        (NodeControl.ROUNDABOUT, 6, set()),
        (NodeControl.ROUNDABOUT, 2, {("note", "few_arms")}),
        (NodeControl.GIVE_WAY, 5, {("warning", "many_arms")}),
        (NodeControl.GIVE_WAY, 4, set()),
        (NodeControl.GIVE_WAY, 2, {("note", "few_arms")}),
        (NodeControl.SIGNAL, 2, {("note", "few_arms")}),
        (NodeControl.GATE, 3, {("warning", "many_arms")}),
        (NodeControl.GATE, 2, set()),
        (NodeControl.NONE, 3, {("note", "no_control")}),
        (NodeControl.NONE, 2, set()),
    ],
)
def test_arms_must_suit_the_control(sketch, control, arms, expected):
    sketch.node("C", 0, 0, control)
    for place in range(arms):
        name = f"A{place}"
        sketch.node(name, 100 * (place - 3), 200)
        sketch.street("C", name)
    findings = check_arm_counts(sketch.facts())
    assert {(finding.severity.value, finding.kind) for finding in findings if finding.record == "node C"} == expected


def test_arms_at_a_narrow_angle_are_a_note(crossing):
    crossing.node("F", 300, 80)
    crossing.street("C", "F")
    (finding,) = check_angles(crossing.facts())
    assert (finding.severity.value, finding.kind, finding.record) == ("note", "narrow_angle", "node C")
    assert finding.value == "15°", "atan(80 / 300)"


def test_ramps_may_meet_at_any_angle(crossing):
    crossing.node("F", 300, 80)
    crossing.street("C", "F", road_class=RoadClass.RAMP)
    assert check_angles(crossing.facts()) == []
