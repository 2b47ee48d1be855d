from __future__ import annotations

import json

import pytest

from api.feeds.formats import FORMATS
from api.feeds.port import MAX_BODY_BYTES, MAX_RECORDS, RejectReason

PARSE = FORMATS["parkapi_v3"].reader().parse
PLACES = FORMATS["places_json"].reader().parse

SITE = {
    "uid": "Q1",
    "name": "Parkhaus Q1",
    "lat": "48.691894",
    "lon": 9.170875,
    "capacity": 274,
    "has_realtime_data": True,
    "realtime_opening_status": "OPEN",
    "realtime_capacity": 270,
    "realtime_free_capacity": 120,
    "realtime_data_updated_at": "2026-09-21T12:00:00+02:00",
    "static_data_updated_at": "2026-01-01T00:00:00Z",
}
STATIC_SITE = {"uid": "S1", "name": "Platz", "lat": 48.7, "lon": 9.1, "capacity": 40}


def body(*items: object) -> bytes:
    return json.dumps({"items": list(items)}).encode()


def test_an_item_becomes_a_facility_and_a_reading(received_at_s):
    result = PARSE(body(SITE), received_at_s)
    (facility,), (reading,) = result.facilities, result.readings
    assert (facility.id, facility.name, facility.capacity_veh) == ("Q1", "Parkhaus Q1", 274)
    assert facility.position == (9.170875, 48.691894)
    assert (reading.source_id, reading.free_veh, reading.capacity_veh, reading.is_open) == ("Q1", 120, 270, True)
    assert (reading.measured_at_s, reading.received_at_s) == (1_789_984_800.0, received_at_s)
    assert result.rejects == ()


@pytest.mark.parametrize(("word", "is_open"), [("OPEN", True), ("CLOSED", False), ("UNKNOWN", None), (None, None)])
def test_the_opening_status_is_three_valued(word, is_open, received_at_s):
    (reading,) = PARSE(body(SITE | {"realtime_opening_status": word}), received_at_s).readings
    assert reading.is_open is is_open


def test_an_item_without_realtime_fields_is_static_only(received_at_s):
    result = PARSE(body(STATIC_SITE), received_at_s)
    assert (len(result.facilities), result.readings, result.rejects) == (1, (), ())


def test_realtime_of_an_item_that_denies_having_any_is_not_used(received_at_s):
    assert PARSE(body(SITE | {"has_realtime_data": False}), received_at_s).readings == ()


def test_an_item_with_realtime_only_is_a_reading_and_no_facility(received_at_s):
    item = {key: SITE[key] for key in ("uid", "realtime_free_capacity", "realtime_data_updated_at")}
    result = PARSE(body(item), received_at_s)
    assert (len(result.readings), result.facilities) == (1, ())


def test_the_public_listing_names_sites_by_their_original_uid(received_at_s):
    item = {key: value for key, value in SITE.items() if key != "uid"} | {"id": 17, "original_uid": "Q1/a"}
    assert PARSE(body(item), received_at_s).readings[0].source_id == "Q1%2Fa"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"realtime_free_capacity": "120"}, RejectReason.WRONG_TYPE),
        ({"realtime_free_capacity": True}, RejectReason.WRONG_TYPE),
        ({"realtime_free_capacity": 12.5}, RejectReason.WRONG_TYPE),
        ({"realtime_free_capacity": float("nan")}, RejectReason.NOT_A_NUMBER),
        ({"realtime_free_capacity": float("inf")}, RejectReason.OUT_OF_RANGE),
        ({"realtime_free_capacity": 10**4_000}, RejectReason.OUT_OF_RANGE),
        ({"realtime_free_capacity": {"a": [1]}}, RejectReason.WRONG_TYPE),
        ({"realtime_capacity": -1}, RejectReason.OUT_OF_RANGE),
        ({"realtime_capacity": "270"}, RejectReason.WRONG_TYPE),
        ({"realtime_data_updated_at": "2026-09-21T12:00:00"}, RejectReason.NAIVE_TIME),
        ({"realtime_data_updated_at": 1_789_984_800}, RejectReason.WRONG_TYPE),
        ({"realtime_data_updated_at": None}, RejectReason.MISSING_FIELD),
        ({"realtime_opening_status": "open"}, RejectReason.WRONG_TYPE),
        ({"lat": "NaN"}, RejectReason.POSITION),
        ({"lat": 148.0}, RejectReason.POSITION),
        ({"lat": 0, "lon": 0}, RejectReason.POSITION),
        ({"capacity": 0}, RejectReason.OUT_OF_RANGE),
        ({"name": 7}, RejectReason.WRONG_TYPE),
        ({"name": "\ud800"}, None),
        ({"uid": None}, RejectReason.MISSING_FIELD),
        ({"uid": ""}, RejectReason.BAD_ID),
        ({"uid": ["Q1"]}, RejectReason.WRONG_TYPE),
    ],
)
def test_a_bad_field_is_one_reject_with_its_reason_and_the_next_item_stays(change, reason, received_at_s):
    good = SITE | {"uid": "Q2"}
    result = PARSE(body(SITE | change, good), received_at_s)
    assert [reject.reason for reject in result.rejects] == ([] if reason is None else [reason])
    assert result.readings[-1].source_id == "Q2"
    assert len(result.readings[-1:]) == 1


def test_a_bad_free_count_keeps_what_else_the_item_tells(received_at_s):
    (reading,) = PARSE(body(SITE | {"realtime_free_capacity": None}), received_at_s).readings
    assert (reading.free_veh, reading.is_open) == (None, True)


def test_one_literal_beyond_every_float_spoils_only_its_own_item(received_at_s):
    text = (
        body(SITE, SITE | {"uid": "Q2"})
        .decode()
        .replace('"realtime_free_capacity": 120', '"realtime_free_capacity": 1e999', 1)
    )
    result = PARSE(text.encode(), received_at_s)
    assert [(r.source_id, r.reason) for r in result.rejects] == [("Q1", RejectReason.OUT_OF_RANGE)]
    assert result.readings[-1].free_veh == 120


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"{",
        b"[]",
        b"{}",
        b'{"items": {}}',
        b'{"items": 3}',
        b"\xff\xfe\x00",
        '{"items": []}'.encode("utf-16"),
        b"[" * 200_000,
        b'{"items": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"<xml/>",
    ],
)
def test_a_body_that_is_no_listing_is_one_malformed_reject(raw, received_at_s):
    result = PARSE(raw, received_at_s)
    assert [reject.reason for reject in result.rejects] == [RejectReason.MALFORMED]
    assert (result.readings, result.facilities) == ((), ())


def test_an_item_that_is_no_object_is_refused_by_its_place_in_the_list(received_at_s):
    result = PARSE(body([[]], SITE, "x"), received_at_s)
    assert [(r.field, r.reason) for r in result.rejects] == [
        ("items[0]", RejectReason.WRONG_TYPE),
        ("items[2]", RejectReason.WRONG_TYPE),
    ]
    assert len(result.readings) == 1


def test_too_many_items_are_cut_with_one_reject(received_at_s):
    result = PARSE(b'{"items": [' + b",".join([b"1"] * (MAX_RECORDS + 7)) + b"]}", received_at_s)
    assert len(result.rejects) == MAX_RECORDS + 1
    assert result.rejects[-1].reason is RejectReason.OVERSIZED


def test_a_body_over_the_limit_is_not_parsed(received_at_s):
    result = PARSE(b" " * (MAX_BODY_BYTES + 1), received_at_s)
    assert [reject.reason for reject in result.rejects] == [RejectReason.OVERSIZED]


def test_a_byte_order_mark_does_no_harm(received_at_s):
    assert len(PARSE(b"\xef\xbb\xbf" + body(SITE), received_at_s).readings) == 1


def test_a_list_of_places_tells_static_facts_only(received_at_s):
    places = [{"id": 1248, "lat": 48.69, "lon": 9.17, "capacity": 281, "free": 3}, {"name": "x"}, 5]
    result = PLACES(json.dumps(places).encode(), received_at_s)
    assert [(f.id, f.name, f.capacity_veh, f.position) for f in result.facilities] == [
        ("1248", "1248", 281, (9.17, 48.69))
    ]
    assert result.readings == ()
    assert [r.reason for r in result.rejects] == [RejectReason.MISSING_FIELD, RejectReason.WRONG_TYPE]


@pytest.mark.parametrize("raw", [b"{}", b"3", b'"x"', b"[", b""])
def test_what_is_no_list_of_places_is_one_malformed_reject(raw, received_at_s):
    assert [r.reason for r in PLACES(raw, received_at_s).rejects] == [RejectReason.MALFORMED]
