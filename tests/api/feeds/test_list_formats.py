"""Lists of towns with columns of their own: CSV, GeoJSON, JSON."""

from __future__ import annotations

import json

import pytest

from api.feeds.formats import FORMATS
from api.feeds.port import RejectReason
from traffic_core.readings import BayReading

AT_S = 1_790_000_000.0
TIME = "2026-09-21 16:10:00"
TIME_S = 1_789_999_800.0
TOWN = {
    "columns": {"id": "nr", "name": "bezeichnung", "capacity": "max", "free": "frei", "time": "stand", "state": "st"},
    "states": {"1": "open", "2": "closed", "0": "no_data", "9": "full"},
    "time_zone": "Europe/Berlin",
}
BAYS = {"columns": {"bay": "status"}, "bays": {"1": "taken", "0": "free", "9": "no_data"}}


def parse(form, content, options=None):
    kind = FORMATS[form]
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return kind.reader(kind.options.model_validate(options or {})).parse(body, AT_S)


def row(**change):
    return {"nr": 7, "bezeichnung": "Markt", "max": "80", "frei": "12", "stand": TIME, "st": "1"} | change


def test_a_csv_table_is_read_with_its_own_columns_words_and_zone():
    table = b"nr;bezeichnung;max;frei;stand;st;lat;lon\n7;Markt;80;12;2026-09-21 16:10:00;1;48,69;9,14\n"
    result = parse("csv_list", table, TOWN)
    (facility,), (reading,) = result.facilities, result.readings
    assert (facility.id, facility.name, facility.capacity_veh, facility.position) == ("7", "Markt", 80, (9.14, 48.69))
    assert (reading.source_id, reading.free_veh, reading.capacity_veh, reading.is_open) == ("7", 12, 80, True)
    assert reading.measured_at_s == TIME_S
    assert result.rejects == ()


def test_a_csv_with_our_own_names_needs_no_options():
    table = b'\xef\xbb\xbfid,name,capacity,occupied,time\na,"Am Bach, unten",40,38,2026-09-21T14:10:00Z\n\n'
    (reading,) = parse("csv_list", table).readings
    assert (reading.occupied_veh, reading.measured_at_s) == (38, TIME_S)


def test_a_short_row_and_a_bad_cell_are_refused_alone():
    table = b"id;free;time\na;12\nb;x;2026-09-21T14:10:00Z\nc;3;2026-09-21T14:10:00\nd;4;2026-09-21T14:10:00Z\n"
    result = parse("csv_list", table)
    assert [reading.source_id for reading in result.readings] == ["d"]
    assert [(r.source_id, r.reason) for r in result.rejects] == [
        (None, RejectReason.MALFORMED),
        ("b", RejectReason.WRONG_TYPE),
        ("b", RejectReason.NO_VALUE),
        ("c", RejectReason.NAIVE_TIME),
    ]
    assert result.rejects[0].field == "record 1"


@pytest.mark.parametrize("table", [b"", b"name;free\nx;1\n", b"id;id\n1;2\n", b"\xff\xfe", b"id\x00;free\n"])
def test_a_table_without_its_column_of_identifiers_is_malformed(table):
    assert [r.reason for r in parse("csv_list", table).rejects] == [RejectReason.MALFORMED]


def test_another_encoding_must_be_said():
    table = "id;name\na;Straße\n".encode("cp1252")
    assert parse("csv_list", table).rejects[0].reason is RejectReason.MALFORMED
    assert parse("csv_list", table, {"encoding": "cp1252"}).facilities[0].name == "Straße"


def test_geojson_takes_positions_in_degrees_or_utm_and_the_middle_of_an_area():
    def feature(identity, geometry, **properties):
        return {"type": "Feature", "id": identity, "properties": {"name": "x"} | properties, "geometry": geometry}

    square = [[[9.0, 48.0], [9.2, 48.0], [9.2, 48.4], [9.0, 48.4], [9.0, 48.0]]]
    content = {
        "features": [
            feature("a", {"type": "Point", "coordinates": [9.14, 48.69]}),
            feature("b", {"type": "Point", "coordinates": [512_788.0, 5_402_496.0]}),
            feature("c", {"type": "Polygon", "coordinates": square}),
            feature("d", {"type": "MultiPolygon", "coordinates": [square]}),
            feature("e", None),
            feature("f", {"type": "Point", "coordinates": [900.0, 4.0]}),
        ]
    }
    result = parse("geojson_list", content)
    found = {facility.id: facility.position for facility in result.facilities}
    assert found["a"] == (9.14, 48.69)
    assert found["b"] == pytest.approx((9.1740552701, 48.7753355617), abs=1e-6)
    assert found["c"] == found["d"] == pytest.approx((9.1, 48.2))
    assert found["e"] is None
    assert found["f"] is None
    assert [r.reason for r in result.rejects] == [RejectReason.POSITION]


def test_a_path_leads_into_nested_objects_of_json():
    content = {"data": {"lots": [{"id": 1.0, "now": {"free": 3, "full": False}}, {"id": 2, "now": {"full": True}}, 5]}}
    options = {
        "records": "data.lots",
        "columns": {"free": "now.free", "state": "now.full"},
        "states": {"true": "full", "false": "available"},
        "time_is_arrival": True,
    }
    result = parse("json_list", content, options)
    assert [(r.source_id, r.free_veh, r.is_open, r.measured_at_s) for r in result.readings] == [
        ("1", 3, None, AT_S),
        ("2", 0, None, AT_S),
    ]
    assert [r.reason for r in result.rejects] == [RejectReason.WRONG_TYPE]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"st": "0", "frei": "0"}, RejectReason.NO_VALUE),
        ({"st": "7"}, RejectReason.WRONG_TYPE),
        ({"frei": "12.5"}, RejectReason.WRONG_TYPE),
        ({"frei": "nan"}, RejectReason.NOT_A_NUMBER),
        ({"frei": "99999999999999"}, RejectReason.OUT_OF_RANGE),
        ({"max": "-1"}, RejectReason.OUT_OF_RANGE),
        ({"max": 0}, RejectReason.OUT_OF_RANGE),
        ({"stand": ""}, RejectReason.MISSING_FIELD),
        ({"stand": "2026-03-29 02:30:00"}, RejectReason.IMPOSSIBLE_TIME),
        ({"nr": "  "}, RejectReason.MISSING_FIELD),
        ({"nr": [1]}, RejectReason.WRONG_TYPE),
    ],
)
def test_a_bad_record_is_refused_with_its_reason_and_the_next_one_stays(change, reason):
    result = parse("json_list", [row(**change), row(nr=8)], TOWN)
    assert reason in {reject.reason for reject in result.rejects}
    assert result.readings[-1].source_id == "8"


def test_a_record_without_counts_and_state_is_static_only():
    result = parse("json_list", [{"nr": 1, "bezeichnung": "Hof"}], TOWN)
    assert (len(result.facilities), result.readings, result.rejects) == (1, (), ())


def test_with_a_column_for_bays_each_record_is_a_bay():
    bays = [
        {"id": "b1", "status": 1, "time": "2026-09-21T14:10:00Z", "lat": 48.6, "lon": 9.1},
        {"id": "b2", "status": "0", "time": "2026-09-21T14:10:00Z"},
        {"id": "b3", "status": 9, "time": "2026-09-21T14:10:00Z"},
        {"id": "b4", "time": "2026-09-21T14:10:00Z"},
        {"id": "b5", "status": 2, "time": "2026-09-21T14:10:00Z"},
        {"id": "b6", "status": 0},
    ]
    result = parse("json_list", bays, BAYS)
    assert [(r.source_id, r.occupied) for r in result.readings] == [("b1", True), ("b2", False)]
    assert all(isinstance(reading, BayReading) for reading in result.readings)
    assert [facility.is_bay for facility in result.facilities] == [True]
    assert [(r.source_id, r.reason) for r in result.rejects] == [
        ("b3", RejectReason.NO_VALUE),
        ("b4", RejectReason.NO_VALUE),
        ("b5", RejectReason.WRONG_TYPE),
        ("b6", RejectReason.MISSING_FIELD),
    ]


@pytest.mark.parametrize(("form", "content"), [("json_list", {"a": 1}), ("geojson_list", []), ("geojson_list", {})])
def test_a_document_without_the_list_is_malformed(form, content):
    assert [r.reason for r in parse(form, content).rejects] == [RejectReason.MALFORMED]
