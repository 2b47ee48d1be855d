"""Which ways cars drive on, and in which directions."""

from __future__ import annotations

import pytest

from traffic_core.formats.imported import Warnings
from traffic_core.formats.lane_capacity import CAPACITY_VEH_H_LANE
from traffic_core.formats.osm.defaults import (
    PARKING_KIND,
    RANK,
    ROAD_CLASS,
    SPEED_KM_H,
)
from traffic_core.formats.osm.ways import directions, refusal, street_name
from traffic_core.network import RoadClass


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "primary"},
        {"highway": "living_street"},
        {"highway": "service"},
        {"highway": "service", "service": "alley"},
        {"highway": "residential", "access": "no", "motor_vehicle": "yes"},
        {"highway": "residential", "vehicle": "destination"},
        {"highway": "residential", "motor_vehicle": "agricultural;destination"},
        {"highway": "tertiary", "access": "permissive"},
        {"highway": "residential", "motor_vehicle": "private", "motorcar": "yes"},
    ],
)
def test_streets_that_some_cars_may_use_are_kept(tags):
    assert refusal(tags) is None


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "footway"}, ""),
        ({"highway": "track"}, ""),
        ({"highway": "construction"}, ""),
        ({"highway": "residential", "area": "yes"}, ""),
        ({"highway": "road"}, "unknown road class"),
        ({"highway": "service", "service": "parking_aisle"}, "one property"),
        ({"highway": "service", "service": "driveway", "access": "private"}, "one property"),
        ({"highway": "residential", "access": "private"}, "closed to cars"),
        ({"highway": "residential", "motor_vehicle": "no"}, "closed to cars"),
        ({"highway": "residential", "motor_vehicle": "forestry"}, "closed to cars"),
        ({"highway": "residential", "access": "yes", "motorcar": "no"}, "closed to cars"),
    ],
)
def test_other_ways_are_left_out_and_counted_where_somebody_might_miss_them(tags, reason):
    found = refusal(tags)
    assert found is not None
    assert (reason in found) if reason else found == ""


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (True, True)),
        ({"oneway": "no"}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway_link"}, (True, True)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
    ],
)
def test_directions_follow_the_tags_and_what_they_imply(tags, expected):
    warnings = Warnings()
    assert directions({"highway": "primary", **tags}, "way 1", warnings) == expected
    assert not warnings.counts


@pytest.mark.parametrize("value", ["reversible", "alternating", "perhaps"])
def test_a_one_way_street_that_cannot_be_modelled_is_open_both_ways_and_counted(value):
    warnings = Warnings()
    assert directions({"highway": "primary", "oneway": value}, "way 1", warnings) == (True, True)
    assert sum(warnings.counts.values()) == 1


def test_a_street_is_called_by_its_name_or_number_or_kind():
    assert street_name({"highway": "primary", "name": "Haupt\tstraße ", "ref": "L 1"}) == "Haupt straße"
    assert street_name({"highway": "primary", "ref": "L 1"}) == "L 1"
    assert street_name({"highway": "motorway_link", "name": " "}) == "motorway_link"


def test_the_tables_of_defaults_are_complete():
    assert set(SPEED_KM_H) == set(ROAD_CLASS)
    assert set(CAPACITY_VEH_H_LANE) == set(RANK) == set(RoadClass)
    assert set(PARKING_KIND.values()) == {"garage", "surface", "on_street"}
