from __future__ import annotations

import json

import pytest

from api.feeds.formats import FORMATS
from api.feeds.port import RejectReason

LOT = {
    "id": "townmarkt",
    "name": "Am Markt",
    "free": 12,
    "total": 80,
    "state": "open",
    "coords": {"lat": 48.69, "lng": 9.14},
    "lot_type": "Tiefgarage",
    "forecast": False,
}
AT_S = 1_790_000_000.0
UPDATED = "2026-09-21T13:30:00"
UPDATED_S = 1_789_997_400.0


def parse(*lots, zone="UTC", **top):
    kind = FORMATS["parkapi_v1"]
    reader = kind.reader(kind.options(time_zone=zone))
    content = {"lots": list(lots), "last_updated": UPDATED, "last_downloaded": "2026-09-21T13:31:00"} | top
    return reader.parse(json.dumps(content).encode(), AT_S)


def test_a_lot_becomes_a_facility_and_a_reading_in_utc():
    result = parse(LOT)
    (facility,), (reading,) = result.facilities, result.readings
    assert (facility.id, facility.name, facility.capacity_veh) == ("townmarkt", "Am Markt", 80)
    assert facility.position == (9.14, 48.69)
    assert (reading.free_veh, reading.capacity_veh, reading.is_open) == (12, 80, True)
    assert reading.measured_at_s == UPDATED_S
    assert result.rejects == ()


def test_a_server_with_local_times_is_read_with_its_zone():
    (reading,) = parse(LOT, zone="Europe/Berlin").readings
    assert reading.measured_at_s == UPDATED_S - 7_200.0


def test_a_time_of_the_lot_goes_before_that_of_the_document():
    (reading,) = parse(LOT | {"last_updated": "2026-09-21T13:00:00Z"}).readings
    assert reading.measured_at_s == UPDATED_S - 1_800.0


@pytest.mark.parametrize(
    ("state", "is_open"),
    [("open", True), ("many", True), ("few", True), ("full", True), ("closed", False), ("unknown", None)],
)
def test_the_state_says_whether_it_is_open(state, is_open):
    (reading,) = parse(LOT | {"state": state}).readings
    assert (reading.is_open, reading.free_veh) == (is_open, 12)


def test_full_without_a_count_means_no_free_place():
    lot = {key: value for key, value in LOT.items() if key != "free"}
    (reading,) = parse(lot | {"state": "full"}).readings
    assert reading.free_veh == 0


def test_nodata_is_no_reading_even_beside_a_count_of_zero():
    result = parse(LOT | {"state": "nodata", "free": 0})
    assert (result.readings, len(result.facilities)) == ((), 1)
    assert [r.reason for r in result.rejects] == [RejectReason.NO_VALUE]


@pytest.mark.parametrize(
    ("change", "top", "reason"),
    [
        ({"free": "12"}, {}, RejectReason.WRONG_TYPE),
        ({"state": "geöffnet"}, {}, RejectReason.WRONG_TYPE),
        ({"total": -4}, {}, RejectReason.OUT_OF_RANGE),
        ({"total": 0}, {}, RejectReason.OUT_OF_RANGE),
        ({"coords": {"lat": 0, "lng": 0}}, {}, RejectReason.POSITION),
        ({"id": None}, {}, RejectReason.MISSING_FIELD),
        ({}, {"last_updated": None}, RejectReason.MISSING_FIELD),
        ({}, {"last_updated": "gestern"}, RejectReason.IMPOSSIBLE_TIME),
        ({}, {"last_updated": "1970-01-01T00:00:00"}, RejectReason.IMPOSSIBLE_TIME),
    ],
)
def test_a_bad_field_is_one_reject_with_its_reason_and_the_other_lot_stays(change, top, reason):
    result = parse(LOT | change, LOT | {"id": "other", "last_updated": UPDATED}, **top)
    assert [reject.reason for reject in result.rejects] == [reason]
    assert result.readings[-1].source_id == "other"
    assert result.rejects[0].explanation


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"lots": 3}', b'{"cities": {"A": "a"}}', b'{"lots": ['])
def test_another_document_is_malformed(content):
    result = FORMATS["parkapi_v1"].reader().parse(content, AT_S)
    assert [reject.reason for reject in result.rejects] == [RejectReason.MALFORMED]


def test_lots_of_one_name_that_differ_are_not_believed_and_equal_ones_count_once():
    result = parse(LOT, LOT | {"free": 13}, LOT | {"id": "b"}, LOT | {"id": "b"})
    assert [reading.source_id for reading in result.readings] == ["b"]
    assert [r.reason for r in result.rejects if r.field == "reading"] == [
        RejectReason.CONTRADICTORY,
        RejectReason.CONTRADICTORY,
        RejectReason.DUPLICATE,
    ]
    assert [facility.id for facility in result.facilities] == ["townmarkt", "b"]
