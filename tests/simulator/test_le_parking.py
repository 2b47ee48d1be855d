"""Car parks and signs of the shipped model."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from parking.facility import FacilityKind
from parking.sign import Arrow
from traffic_core.geometry import distance_m, line_length_m
from traffic_core.network import Movement, Network, RoadClass

if TYPE_CHECKING:
    from pathlib import Path

    from parking.files import ParkingModel

STREET_PLACES = 189
"""On-street places of the historic centre of Echterdingen, published; how they split into sections is assumed."""
ON_STREET_IN_LIST = "On-street historic centre Echterdingen"
FAR_M = 130.0
"""A driveway lies no farther from the middle of its car park."""


def test_all_known_car_parks_are_there(le_parking: ParkingModel):
    facilities = le_parking.facilities
    kinds = Counter(facility.kind for facility in facilities.values())
    assert len(facilities) - kinds[FacilityKind.ON_STREET] == 14
    assert facilities["Q1"].capacity_veh == 274
    assert facilities["ZEPPELIN"].capacity_veh is None, "nobody could tell us"
    external = {name for name, facility in facilities.items() if facility.kind is FacilityKind.EXTERNAL}
    assert external == {"FLUGHAFEN", "MESSE"}
    assert not any(le_parking.uses[name].guided for name in external)


def test_the_sections_on_the_street_add_up_to_the_published_places(le_parking: ParkingModel):
    on_street = [f for f in le_parking.facilities.values() if f.kind is FacilityKind.ON_STREET]
    places = [section.capacity_veh for section in on_street if section.capacity_veh is not None]
    assert len(places) == 5
    assert sum(places) == STREET_PLACES
    assert not any(le_parking.uses[section.id].guided for section in on_street)


def test_resident_zones_have_no_made_up_number_of_places(le_parking: ParkingModel):
    zones = [f for f in le_parking.facilities.values() if f.name.startswith("Bewohnerparken")]
    assert {zone.district for zone in zones} == {"Oberaichen", "Echterdingen", "Leinfelden"}
    for zone in zones:
        assert zone.capacity_veh is None
        assert "number of places not known" in zone.provenance.source


@pytest.mark.shared
def test_car_parks_lie_where_the_captured_list_says(le_parking: ParkingModel, shared_data: Path):
    with (shared_data / "le" / "le_parking.csv").open(encoding="utf-8", newline="") as stream:
        captured = [row for row in csv.DictReader(stream) if row["name"] != ON_STREET_IN_LIST]
    places = {f.id: f.position for f in le_parking.facilities.values() if f.kind is not FacilityKind.ON_STREET}
    assert len(captured) == len(places)
    for row in captured:
        there = (float(row["lon"]), float(row["lat"]))
        assert min(distance_m(there, place) for place in places.values()) < 1.0, row["name"]


def test_driveways_lie_beside_their_car_park_on_streets_of_the_town(le_network: Network, le_parking: ParkingModel):
    for facility in le_parking.facilities.values():
        node = facility.access_node
        classes = {link.road_class for link in le_network.links.values() if link.to_node == node}
        assert not classes & {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP}, facility.id
        if facility.kind not in {FacilityKind.EXTERNAL, FacilityKind.ON_STREET}:
            assert distance_m(facility.position, le_network.nodes[node].position) <= FAR_M, facility.id


def test_signs_point_to_guided_facilities_by_permitted_turns(le_network: Network, le_parking: ParkingModel):
    assert 20 <= len(le_parking.signs) <= 60
    leaving = {
        (turn.from_link, {Movement.THROUGH: Arrow.STRAIGHT}.get(turn.movement, turn.movement.value))
        for turn in le_network.turns.values()
    }
    for sign in le_parking.signs.values():
        for row in sign.rows:
            assert all(le_parking.uses[facility].guided for facility in row.facility_ids), sign.id
            if row.arrow is Arrow.HERE:
                access = {le_parking.facilities[facility].access_node for facility in row.facility_ids}
                assert access == {le_network.links[sign.link_id].to_node}, sign.id
            else:
                assert (sign.link_id, row.arrow) in leaving, (sign.id, row.label_de)


def test_entries_name_districts_and_inner_signs_single_garages(le_parking: ParkingModel):
    sizes = Counter(len(row.facility_ids) > 1 for sign in le_parking.signs.values() for row in sign.rows)
    assert sizes[True] >= 20
    assert sizes[False] >= 20


def test_signs_stand_beside_their_link(le_network: Network, le_parking: ParkingModel):
    for sign in le_parking.signs.values():
        line = le_network.links[sign.link_id].line
        away_m = min(distance_m(sign.position, point) for point in line)
        assert away_m <= line_length_m(line), sign.id
