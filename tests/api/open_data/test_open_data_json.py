"""ParkAPI and GeoJSON: what each state of a car park becomes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.open_data.geojson import parking_geojson
from api.open_data.parkapi_v1 import city, index
from api.open_data.parkapi_v3 import parkapi_v3
from api.open_data.site import Publisher

NOW_S = 1_795_392_000.0
PUBLISHER = Publisher(id="town", name="Town", position=(9.17, 48.69), attribution=(), licence="CC0", simulated=True)


def by_id(items, key):
    return {item[key]: item for item in items}


@pytest.mark.parametrize(
    ("key", "free", "opening"),
    [
        ("NUMBER", 42, "OPEN"),
        ("FULL", 0, "OPEN"),
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
        "FULL": ("full", 0),
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


def test_whoever_reads_only_the_number_is_not_sent_where_the_sign_says_full(town):
    town.tell("NUMBER", display="full", free_veh=150, reason="operator")
    item = by_id(parkapi_v3(town.desk.edition())["items"], "uid")["NUMBER"]
    assert item["realtime_free_capacity"] == 0
    assert item["realtime_data_updated_at"] == "2026-11-23T00:00:00.000Z"


def test_a_number_stands_only_where_the_sign_shows_one(town):
    town.tell("NUMBER", display="free", free_veh=150)
    assert town.site("NUMBER").free_veh is None


def test_what_an_operator_says_is_told_of_a_car_park_that_never_reported(town):
    town.tell("SILENT", display="closed", measured_at=None, reason="operator")
    item = by_id(parkapi_v3(town.desk.edition())["items"], "uid")["SILENT"]
    assert (item["realtime_opening_status"], item["realtime_free_capacity"]) == ("CLOSED", 0)
    assert item["realtime_data_updated_at"] == "2026-11-23T00:00:00.000Z"


def test_silence_after_a_number_is_told_as_unknown_at_its_own_time(town):
    assert town.site("NUMBER").free_veh == 42
    town.clock.set(NOW_S + 61.0)
    item = by_id(parkapi_v3(town.desk.edition())["items"], "uid")["NUMBER"]
    assert (item["has_realtime_data"], item["realtime_opening_status"]) == (True, "UNKNOWN")
    assert (item["realtime_free_capacity"], item["realtime_data_updated_at"]) == (None, "2026-11-23T00:01:01.000Z")


def test_parkapi_1_dates_all_lots_by_the_oldest_that_it_tells(town):
    town.tell("FULL", measured_at="2026-11-22T23:50:00.000Z")
    town.tell("NEUTRAL", measured_at="2026-11-22T20:00:00.000Z")
    assert city(town.desk.edition())["last_updated"] == "2026-11-22T23:50:00"
    town.clock.set(NOW_S + 61.0)
    assert city(town.desk.edition())["last_updated"] == "2026-11-23T00:01:01"


def test_versions_change_with_a_static_fact_and_with_nothing_else(town):
    before = {site.facility.id: (site.version, site.static_s) for site in town.desk.edition().sites}
    table = town.desk.edition().version
    town.clock.set(NOW_S + 10.0)
    town.tell("NUMBER", free_veh=7)
    town.tell("UNCOUNTED", capacity_veh=300)
    after = {site.facility.id: (site.version, site.static_s) for site in town.desk.edition().sites}
    assert [key for key in before if before[key] != after[key]] == ["UNCOUNTED"]
    assert after["UNCOUNTED"][1] == NOW_S + 10.0
    assert town.desk.edition().version != table
    town.clock.set(NOW_S + 100.0)  # expired, but the capacity was told
    assert town.site("UNCOUNTED").capacity_veh == 300


def test_the_entity_tag_tells_simulated_from_real(town):
    simulated = town.desk.json("parkapi/v3/sites").etag
    town.desk.publisher = replace(PUBLISHER, simulated=False)
    assert town.desk.json("parkapi/v3/sites").etag != simulated
