"""Car parks: points, areas, entrances."""

from __future__ import annotations

import re

import pytest

from traffic_core.formats.osm.areas import centroid_and_area
from traffic_core.formats.osm.parking import PARKING_COLUMNS
from traffic_core.formats.osm.reader import read_osm
from traffic_core.formats.osm.records import ParkingSite


def square(town, first, x_m, y_m, side_m):
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for number, (east, north) in enumerate(corners, first):
        town.node(number, x_m + east * side_m, y_m + north * side_m)
    return [*range(first, first + 4), first]


def rows(model):
    (table,) = [table for table in model.aside if table.name == "osm_parking"]
    assert table.columns == PARKING_COLUMNS
    return {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}


def test_a_car_park_has_its_tagged_capacity_and_the_nearest_node(town):
    town.cross()
    town.node(60, 190, 30, amenity="parking", capacity="40", name="Am Markt")
    (car_park,) = town.read().parking
    assert (car_park.id, car_park.name, car_park.kind) == ("node-60", "Am Markt", "surface")
    assert (car_park.capacity_veh, car_park.access_node) == (40, "4")
    assert car_park.position == pytest.approx(town.position(190, 30), abs=1e-6)
    assert car_park.source == "OpenStreetMap node 60; access node: the nearest"


def test_an_area_lies_at_its_centre_and_its_capacity_is_estimated_aside_only(town):
    town.cross()
    town.way(90, *square(town, 60, -210, 10, 50), amenity="parking", parking="surface")
    model = town.read()
    (car_park,) = model.parking
    assert car_park.capacity_veh is None
    assert car_park.position == pytest.approx(town.position(-185, 35), abs=1e-6)
    assert rows(model)["way-90"] == {
        "id": "way-90",
        "kind": "surface",
        "left_out": "",
        "area_m2": "2500",
        "capacity_estimate": "100",
        "tags": "amenity=parking;parking=surface",
    }
    assert model.warnings.counts["capacity of a car park not known"] == 1


def test_a_relation_is_an_area_without_its_holes(town):
    town.cross()
    town.way(90, *square(town, 60, -210, 10, 50))
    town.way(91, *square(town, 70, -200, 20, 10))
    members = [("outer", "way", 90), ("inner", "way", 91)]
    town.relation(7, *members, type="multipolygon", amenity="parking", parking="surface")
    found = rows(town.read())
    assert (found["relation-7"]["area_m2"], found["relation-7"]["capacity_estimate"]) == ("2400", "96")


def test_a_relation_drawn_in_pieces_has_a_position_but_no_area(town):
    town.cross()
    corners = square(town, 60, -210, 10, 50)
    town.way(90, *corners[:3])
    town.way(91, *corners[2:])
    tags = {"type": "multipolygon", "amenity": "parking"}
    town.relation(7, ("outer", "way", 90), ("outer", "way", 91), **tags)
    town.relation(8, ("outer", "way", 99), **tags)
    model = town.read()
    assert [(car_park.id, car_park.access_node) for car_park in model.parking] == [("relation-7", "2")]
    assert rows(model)["relation-7"]["area_m2"] == ""
    assert model.warnings.examples["car park without a position left out"] == ["relation-8"]


@pytest.mark.parametrize(
    ("tags", "kind", "estimate"),
    [
        ({"parking": "multi-storey", "building:levels": "3"}, "garage", "300"),
        ({"parking": "multi-storey"}, "garage", ""),
        ({"parking": "underground", "parking:levels": "2"}, "garage", "200"),
        ({"parking": "street_side"}, "on_street", ""),
        ({"parking": "surface", "park_ride": "yes"}, "park_and_ride", "100"),
        ({"parking": "surface", "park_ride": "no"}, "surface", "100"),
        ({}, "surface", "100"),
    ],
)
def test_kind_and_estimate_follow_the_tags(town, tags, kind, estimate):
    town.cross()
    town.way(90, *square(town, 60, -210, 10, 50), amenity="parking", **tags)
    model = town.read()
    assert [car_park.kind for car_park in model.parking] == [kind]
    assert rows(model)["way-90"]["capacity_estimate"] == estimate


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"access": "private"}, "private car park left out"),
        ({"access": "permit"}, "private car park left out"),
        ({"parking": "cycle"}, "car park not for cars left out"),
    ],
)
def test_a_car_park_that_is_not_for_the_public_is_counted_and_kept_aside(town, tags, reason):
    town.cross()
    town.node(60, 190, 30, amenity="parking", capacity="40", **tags)
    model = town.read()
    assert model.parking == ()
    assert model.warnings.examples[reason] == ["node-60"]
    assert rows(model)["node-60"]["left_out"] == reason


def test_customers_are_the_public(town):
    town.cross()
    town.node(60, 190, 30, amenity="parking", access="customers")
    assert len(town.read().parking) == 1


def test_a_car_park_far_from_every_street_is_left_out(town):
    town.cross()
    town.node(60, 190, 3_000, amenity="parking")
    model = town.read()
    assert model.parking == ()
    assert model.warnings.counts["car park more than 500 m from the network left out"] == 1


@pytest.mark.parametrize("capacity", ["viele", "0", "12;30", "-5", "1000000"])
def test_a_capacity_that_is_no_number_of_spaces_is_counted_and_not_known(town, capacity):
    town.cross()
    town.node(60, 190, 30, amenity="parking", capacity=capacity)
    model = town.read()
    assert model.parking[0].capacity_veh is None
    kind = "capacity of a car park not understood"
    assert model.warnings.examples[kind] == [f"node-60: capacity={capacity}"]


def test_entrances_of_one_name_are_a_garage_unless_one_is_mapped_beside(town):
    town.cross()
    entrance = {"amenity": "parking_entrance", "parking": "underground"}
    town.node(60, 150, 30, **entrance, name="Markt", capacity="200")
    town.node(61, 180, 60, **entrance, name="Markt")
    town.node(62, -150, 30, **entrance)
    town.node(63, -150, -300, **entrance, name="Bahnhof")
    town.node(64, -150, -330, amenity="parking", parking="multi-storey")
    model = town.read()
    assert [(car_park.id, car_park.capacity_veh) for car_park in model.parking] == [("node-60", 200), ("node-64", None)]
    assert model.warnings.examples["entrance of a garage that is mapped already"] == ["node-61", "node-63"]
    assert model.warnings.examples["entrance of an unknown garage left out"] == ["node-62"]


def test_a_car_park_is_never_reached_from_a_gate_or_a_motorway(town):
    town.cross()
    town.node(6, -400, 0)
    town.way(60, 6, 2, highway="primary")
    town.node(70, -390, 10, amenity="parking")
    assert [car_park.access_node for car_park in town.read().parking] == ["2"]


def test_a_line_of_parking_lies_at_the_mean_of_its_points():
    site = ParkingSite("way-1", {}, (((9.0, 48.7), (9.002, 48.7), (9.004, 48.7)),))
    assert centroid_and_area(site) == ((pytest.approx(9.002), pytest.approx(48.7)), 0.0)


def test_a_car_park_off_the_earth_or_without_points_is_left_out(town):
    town.cross()
    town.node(70, 10, 10, amenity="parking")
    town.way(71, 98, 99, amenity="parking")
    text = re.sub(r'id="70" lon="[^"]*"', 'id="70" lon="190"', town.text())
    town.path.write_text(text, encoding="utf-8")
    model = read_osm(town.path)
    assert model.parking == ()
    assert model.warnings.examples["car park without a position left out"] == ["node-70", "way-71"]
