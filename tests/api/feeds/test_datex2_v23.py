from __future__ import annotations

import pytest

from api.feeds.formats import FORMATS
from api.feeds.port import MAX_BODY_BYTES, RejectReason

PARSE = FORMATS["datex2_v23"].reader().parse


def test_facility_status_becomes_readings_with_the_time_of_the_status(facility_status, received_at_s):
    first, closed, full = PARSE(facility_status.encode(), received_at_s).readings
    assert (first.source_id, first.free_veh, first.occupied_veh, first.is_open) == ("7001", 40, 80, True)
    assert first.measured_at_s == 1_789_984_770.25
    assert first.received_at_s == received_at_s
    assert (closed.free_veh, closed.capacity_veh, closed.is_open) == (9, 50, False)
    assert (full.source_id, full.free_veh, full.is_open) == ("7004", 0, True)


def test_an_unknown_status_is_a_counted_reject_and_not_a_reading(facility_status, received_at_s):
    (reject,) = PARSE(facility_status.encode(), received_at_s).rejects
    assert (reject.source_id, reject.reason) == ("7003", RejectReason.NO_VALUE)


def test_static_facts_come_with_converted_positions_whatever_the_prefix(facility_table, received_at_s):
    result = PARSE(facility_table.encode(), received_at_s)
    town_hall, market, third = result.facilities
    assert (town_hall.name, town_hall.capacity_veh) == ("Am Rathaus", 120)
    assert town_hall.position == (pytest.approx(9.1740552701), pytest.approx(48.7753355617))
    assert (market.capacity_veh, market.position) == (None, (9.17, 48.69))
    assert (third.name, third.position) == ("7003", None)
    assert [(r.source_id, r.reason, r.field) for r in result.rejects] == [
        ("7002", RejectReason.OUT_OF_RANGE, "capacity"),
        ("7003", RejectReason.POSITION, "lat, lon"),
    ]


def test_record_status_without_its_own_time_takes_the_publication_time(record_status, received_at_s):
    first, second = PARSE(record_status.encode(), received_at_s).readings
    assert (first.source_id, first.free_veh, first.occupied_veh, first.capacity_veh) == ("31", 12, 18, 30)
    assert first.measured_at_s == 1_789_984_800.0
    assert (second.measured_at_s, second.is_open) == (1_789_984_680.0, False)


def test_a_forecast_is_never_taken_for_a_measurement(record_status, received_at_s):
    (reject,) = PARSE(record_status.encode(), received_at_s).rejects
    assert (reject.source_id, reject.reason) == ("32", RejectReason.FORECAST)


def test_facility_status_without_its_time_is_refused_although_the_publication_is_fresh(facility_status, received_at_s):
    line = "<parkingFacilityStatusTime>2026-09-21T11:59:30.250+02:00</parkingFacilityStatusTime>"
    result = PARSE(facility_status.replace(line, "").encode(), received_at_s)
    assert [reading.source_id for reading in result.readings] == ["7002", "7004"]
    assert (result.rejects[0].source_id, result.rejects[0].reason) == ("7001", RejectReason.MISSING_FIELD)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (">40<", ">nan<", RejectReason.NOT_A_NUMBER),
        (">40<", ">1e999<", RejectReason.WRONG_TYPE),
        (">40<", f">{'9' * 5_000}<", RejectReason.OUT_OF_RANGE),
        (">40<", ">4 0<", RejectReason.WRONG_TYPE),
        ("11:59:30.250+02:00", "11:59:30", RejectReason.NAIVE_TIME),
        ("2026-09-21T11:59:30.250+02:00", "yesterday", RejectReason.IMPOSSIBLE_TIME),
        ("2026-09-21T11:59:30.250+02:00", "1970-01-01T01:00:00+01:00", RejectReason.IMPOSSIBLE_TIME),
        ('id="7001" ', "", RejectReason.MISSING_FIELD),
        ('id="7001" ', 'id="  " ', RejectReason.BAD_ID),
    ],
)
def test_one_bad_field_is_one_reject_and_leaves_the_other_records(old, new, reason, facility_status, received_at_s):
    assert facility_status.count(old) >= 1
    result = PARSE(facility_status.replace(old, new, 1).encode(), received_at_s)
    assert result.rejects[0].reason is reason
    assert len(result.rejects) == 2
    assert {"7002", "7004"} <= {reading.source_id for reading in result.readings}


def test_a_record_with_a_bad_count_still_tells_its_other_count(facility_status, received_at_s):
    result = PARSE(facility_status.replace(">40<", ">NaN<").encode(), received_at_s)
    assert (result.readings[0].free_veh, result.readings[0].occupied_veh) == (None, 80)


def test_a_negative_count_is_handed_on_to_the_quality_gate(facility_status, received_at_s):
    assert PARSE(facility_status.replace(">40<", ">-4<").encode(), received_at_s).readings[0].free_veh == -4


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(f'<!ENTITY {chr(99 + i)} "{"&" + chr(98 + i) + ";"}{"&" + chr(98 + i) + ";"}">' for i in range(20))
    + "]><d2LogicalModel>&v;</d2LogicalModel>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"not xml",
        b"\x00\x01\x02",
        b"<a><b></a>",
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="no-such-encoding"?><a/>',
        b'<?xml version="1.0" encoding="utf-32"?><a/>',
        b"<a>\xff\xfe</a>",
        b"<a/>",
        b'{"items": []}',
        BILLION_LAUGHS.encode(),
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>',
        b"<!DOCTYPE x><x/>",
    ],
)
def test_a_malformed_or_hostile_body_is_exactly_one_reject(body, received_at_s):
    result = PARSE(body, received_at_s)
    assert (result.readings, result.facilities) == ((), ())
    assert [reject.reason for reject in result.rejects] == [RejectReason.MALFORMED]


def test_a_body_cut_off_anywhere_is_one_reject(facility_status, received_at_s):
    body = facility_status.encode()
    for end in range(0, len(body) - 1, 37):
        assert [r.reason for r in PARSE(body[:end], received_at_s).rejects] == [RejectReason.MALFORMED]


def test_a_hundred_thousand_nested_elements_are_harmless(received_at_s):
    body = b"<a>" * 100_000 + b"</a>" * 100_000
    assert [r.reason for r in PARSE(body, received_at_s).rejects] == [RejectReason.MALFORMED]


def test_an_oversized_body_is_not_parsed(received_at_s):
    result = PARSE(b"<a>" + b" " * MAX_BODY_BYTES + b"</a>", received_at_s)
    assert [reject.reason for reject in result.rejects] == [RejectReason.OVERSIZED]


def test_other_encodings_that_xml_declares_are_read(facility_status, received_at_s):
    text = facility_status.replace("UTF-8", "UTF-16")
    assert len(PARSE(text.encode("utf-16"), received_at_s).readings) == 3


def test_a_payload_that_is_the_publication_itself_is_read_too(record_status, received_at_s):
    plain = record_status.replace("<parkingStatusPublication>", "").replace("</parkingStatusPublication>", "")
    parse = FORMATS["datex2_v23"].reader().parse
    assert parse(plain.encode(), received_at_s) == parse(record_status.encode(), received_at_s)


def test_another_publication_is_malformed(received_at_s):
    other = b"<d2LogicalModel><payloadPublication><situation id='1'/></payloadPublication></d2LogicalModel>"
    (reject,) = FORMATS["datex2_v23"].reader().parse(other, received_at_s).rejects
    assert reject.reason is RejectReason.MALFORMED


def test_the_sum_of_a_district_is_no_facility(facility_status, received_at_s):
    area = '<parkingAreaStatus><parkingAreaReference id="9" version="1"/></parkingAreaStatus>'
    body = facility_status.replace(
        "<parkingFacilityTableStatusPublication>", f"<parkingFacilityTableStatusPublication>{area}"
    )
    (reject,) = [
        reject
        for reject in FORMATS["datex2_v23"].reader().parse(body.encode(), received_at_s).rejects
        if reject.source_id == "9"
    ]
    assert reject.reason is RejectReason.NOT_A_FACILITY
