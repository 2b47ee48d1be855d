"""Signals against supply data, detectors, zones and car parks."""

from __future__ import annotations

import pytest

from traffic_core.consistency.access import check_car_parks, check_zones
from traffic_core.consistency.confidence import confidence_share
from traffic_core.consistency.detection import check_detectors, check_signal_approaches_are_counted
from traffic_core.consistency.facts import CarPark
from traffic_core.consistency.supply import check_supplies
from traffic_core.demand import ZoneKind
from traffic_core.network import NodeControl, RoadClass
from traffic_core.provenance import Confidence


def found(findings) -> set[tuple[str, str, str]]:
    return {(finding.severity.value, finding.kind, finding.record) for finding in findings}


def test_a_signal_without_supply_data_is_a_warning(crossing):
    crossing.supplies.clear()
    assert found(check_supplies(crossing.facts())) == {("warning", "signal_without_supply", "node C")}


@pytest.mark.parametrize("node", ["W", "X"])
def test_supply_data_without_a_signal_are_an_error(crossing, node):
    crossing.supplies[node] = {"K1": ()}
    assert found(check_supplies(crossing.facts())) == {("error", "supply_without_signal", f"node {node}")}


def test_an_approach_that_no_group_serves_is_an_error(crossing):
    del crossing.supplies["C"]["KW"]
    (finding,) = check_supplies(crossing.facts())
    assert (finding.kind, finding.value) == ("approach_unserved", "WC")


def test_a_turn_that_no_group_serves_is_an_error(crossing):
    turns = crossing.supplies["C"]["KW"]
    crossing.supplies["C"]["KW"] = turns[1:]
    (finding,) = check_supplies(crossing.facts())
    assert (finding.kind, finding.value) == ("turn_unserved", turns[0])


def test_a_group_of_a_turn_elsewhere_is_an_error(crossing):
    crossing.supplies["C"]["KX"] = ("nowhere",)
    assert found(check_supplies(crossing.facts())) == {("error", "group_of_other_turn", "node C")}


@pytest.mark.parametrize(
    ("link", "at_m", "expected"),
    [
        ("WC", 296.0, {("warning", "detector_beyond_link", "detector D")}),
        ("WC", 40.0, {("warning", "detector_twice", "detector D")}),
        ("CY", 40.0, {("note", "detector_without_need", "detector D")}),
        ("CW", 40.0, set()),
        ("WC", 60.0, set()),
    ],
)
def test_a_detector_at_an_odd_place_is_found(crossing, link, at_m, expected):
    crossing.node("Y", 150, 200)
    crossing.street("C", "Y")
    crossing.detector("D", link, at_m)
    assert found(check_detectors(crossing.facts())) == expected


def test_a_detector_where_traffic_is_counted_is_needed(crossing):
    crossing.node("Y", 150, 200)
    crossing.street("C", "Y")
    crossing.detector("D", "CY")
    crossing.counted.add("CY")
    assert check_detectors(crossing.facts()) == []


def test_a_detector_far_before_a_signal_is_a_note(sketch):
    sketch.node("A", 0, 0, NodeControl.GATE)
    sketch.node("B", 900, 0, NodeControl.SIGNAL)
    sketch.street("A", "B")
    sketch.detector("D", "AB", 301.0)
    assert found(check_detectors(sketch.facts())) == {("note", "detector_far", "detector D")}


def test_an_approach_of_a_signal_without_a_detector_is_a_note(crossing):
    del crossing.detectors["DW"]
    expected = {("note", "approach_without_detector", "link WC")}
    assert found(check_signal_approaches_are_counted(crossing.facts())) == expected


@pytest.mark.parametrize(
    ("node", "kind", "expected"),
    [
        ("X", ZoneKind.INSIDE, ("error", "zone_node_missing", "zone Z")),
        ("U", ZoneKind.INSIDE, ("error", "zone_without_link", "zone Z")),
        ("Y", ZoneKind.INSIDE, ("error", "zone_one_way", "zone Z")),
        ("W", ZoneKind.INSIDE, ("warning", "inside_zone_at_gate", "zone Z")),
        ("C", ZoneKind.OUTSIDE, ("note", "outside_zone_inside", "zone Z")),
    ],
)
def test_a_zone_at_a_node_that_does_not_suit_it_is_found(crossing, node, kind, expected):
    crossing.node("U", 500, 500)
    crossing.node("Y", 150, 200)
    crossing.link("C", "Y")
    crossing.zone("Z", node, kind=kind)
    assert found(check_zones(crossing.facts())) == {expected}


def test_a_gate_without_a_zone_is_a_warning(crossing):
    del crossing.zones[0]
    assert found(check_zones(crossing.facts())) == {("warning", "gate_without_zone", "node W")}


@pytest.mark.parametrize(
    ("node", "x_m", "expected"),
    [
        ("C", 0, set()),
        ("X", 0, {("error", "access_missing", "car park P")}),
        ("Y", 150, {("error", "access_one_way", "car park P")}),
        ("C", 450, {("warning", "access_far", "car park P")}),
    ],
)
def test_a_car_park_must_be_driven_to(crossing, node, x_m, expected):
    crossing.node("Y", 150, 0)
    crossing.link("C", "Y")
    crossing.car_parks.append(CarPark(id="P", position=crossing.at(x_m, 0), access_node=node))
    assert found(check_car_parks(crossing.facts())) == expected


def test_a_driveway_on_a_motorway_is_a_warning(sketch):
    sketch.node("A", 0, 0)
    sketch.node("B", 300, 0)
    sketch.street("A", "B", road_class=RoadClass.MOTORWAY)
    sketch.car_parks.append(CarPark(id="P", position=sketch.at(0, 0), access_node="A"))
    assert found(check_car_parks(sketch.facts())) == {("warning", "access_on_motorway", "car park P")}


def test_confidence_is_counted_by_table():
    share = confidence_share("node", [Confidence.ANCHOR, Confidence.ESTIMATED, Confidence.ANCHOR, Confidence.DERIVED])
    assert (share.rows, share.anchor, share.derived, share.estimated) == (4, 2, 1, 1)
    assert share.share(Confidence.ANCHOR) == 0.5
    assert confidence_share("lane", []).share(Confidence.ANCHOR) == 0.0
