"""ParkAPI and GeoJSON: what each state of a car park becomes."""

from __future__ import annotations

import pytest

from api.open_data.geojson import parking_geojson
from api.open_data.parkapi_v1 import city, index
from api.open_data.parkapi_v3 import parkapi_v3


def by_id(items, key):
    return {item[key]: item for item in items}


@pytest.mark.parametrize(
    ("key", "free", "opening"),
    [
        ("NUMBER", 42, "OPEN"),
        ("FULL", 1, "OPEN"),
        ("WORD", None, "OPEN"),
        ("CLOSED", 0, "CLOSED"),
        ("NEUTRAL", None, "UNKNOWN"),
    ],
)
def test_parkapi_3_tells_a_number_only_where_a_sign_may(edition, key, free, opening):
    item = by_id(parkapi_v3(edition)["items"], "uid")[key]
    assert (item["realtime_free_capacity"], item["realtime_opening_status"]) == (free, opening)
    assert item["realtime_data_updated_at"] == "2026-11-22T23:59:30.000Z"
    assert item["tags"] == ["simulated"]


def test_parkapi_3_of_a_silent_site_has_no_live_field_at_all(edition):
    item = by_id(parkapi_v3(edition)["items"], "uid")["SILENT"]
    assert item["has_realtime_data"] is False
    assert not [field for field in item if field.startswith("realtime")]


def test_parkapi_leaves_out_what_it_cannot_carry_and_what_is_not_ours(edition):
    known = ["NUMBER", "FULL", "WORD", "CLOSED", "NEUTRAL", "SILENT"]
    assert [item["uid"] for item in parkapi_v3(edition)["items"]] == known
    assert [lot["id"] for lot in city(edition)["lots"]] == known


def test_kinds_follow_name_and_kind(edition):
    items = by_id(parkapi_v3(edition)["items"], "uid")
    kinds = {key: items[key]["type"] for key in ("NUMBER", "FULL", "WORD", "SILENT")}
    assert kinds == {
        "NUMBER": "CAR_PARK",
        "FULL": "UNDERGROUND",
        "WORD": "OFF_STREET_PARKING_GROUND",
        "SILENT": "ON_STREET",
    }
    assert [items[key]["park_and_ride_type"] for key in ("NUMBER", "WORD")] == [["NO"], ["YES"]]


def test_parkapi_1_says_nodata_instead_of_an_invented_number(edition):
    lots = by_id(city(edition)["lots"], "id")
    states = {key: (lot["state"], lot.get("free")) for key, lot in lots.items()}
    assert states == {
        "NUMBER": ("open", 42),
        "FULL": ("full", 1),
        "WORD": ("open", None),
        "CLOSED": ("closed", 0),
        "NEUTRAL": ("nodata", None),
        "SILENT": ("nodata", None),
    }
    assert city(edition)["last_updated"] == "2026-11-22T23:59:30"
    assert city(edition)["data_source"] == "simulated"


def test_parkapi_1_index_names_the_city(edition):
    told = index(edition, "9.9")
    assert list(told["cities"]) == ["town"]
    assert told["cities"]["town"]["coords"] == {"lat": 48.69, "lng": 9.17}
    assert told["server_version"] == "9.9"


def test_geojson_holds_every_site_of_the_town_with_null_for_unknown(edition):
    told = parking_geojson(edition)
    found = by_id(told["features"], "id")
    assert "OTHERS" not in found
    assert found["UNCOUNTED"]["properties"]["capacity"] is None
    assert found["NEUTRAL"]["properties"]["free"] is None
    assert found["NUMBER"]["properties"]["free"] == 42
    assert found["NUMBER"]["geometry"] == {"type": "Point", "coordinates": [9.17, 48.69]}
    assert told["simulated"] is True


def test_the_version_of_a_site_is_that_of_its_static_facts(edition):
    versions = {site.facility.id: site.version for site in edition.sites}
    assert len(set(versions.values())) == len(versions)
    assert versions == {site.facility.id: site.version for site in edition.sites}
