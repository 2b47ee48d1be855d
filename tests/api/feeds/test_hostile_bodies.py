"""Whatever the bytes are: no format raises, and nothing that comes out holds a value that is no number."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.formats import FORMATS
from traffic_core.readings import BayReading

if TYPE_CHECKING:
    from api.feeds.port import ParseResult

AT_S = 1_790_000_000.0
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELD = st.sampled_from(
    ("uid", "id", "name", "lat", "lon", "capacity", "has_realtime_data", "realtime_free_capacity", "realtime_capacity",
     "realtime_data_updated_at", "realtime_opening_status", "free", "total", "state", "coords", "last_updated", "time",
     "occupied", "deviceInfo", "devEui", "data", "object", "fCnt", "end_device_ids", "uplink_message", "properties",
     "geometry", "coordinates", "frm_payload", "decoded_payload", "received_at")
)  # fmt: skip
TIMES = st.sampled_from(
    ("2026-09-21T12:00:00Z", "2026-09-21T12:00:00", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59")
)
ITEM = st.dictionaries(FIELD, JSON | TIMES, max_size=11) | JSON
XML_TAG = st.sampled_from(
    ("parkingFacilityTable", "parkingFacility", "parkingFacilityTableStatusPublication", "parkingFacilityStatus",
     "parkingStatusPublication", "parkingRecordStatus", "parkingRecordReference", "parkingFacilityReference",
     "parkingFacilityStatusTime", "totalNumberOfVacantParkingSpaces", "parkingOccupancy", "publicationTime", "payload",
     "parkingStatusInformation", "parkingTable", "hierarchyElementGeneral", "reference", "occupancy", "lastUpdated",
     "numberOfVacantSpaces", "occupied", "statusValidity", "statusTime", "parkingAreaStatus")
)  # fmt: skip
XML_TEXT = st.sampled_from(("", "nan", "-7", "1e999", "closed", "2026-09-21T12:00:00Z", "9" * 400, "&amp;", "ü"))


@st.composite
def xml(draw, depth=4):
    tag = draw(XML_TAG)
    identity = draw(st.sampled_from(("", ' id="7"', ' id="/#+"', ' id=""')))
    inner = draw(XML_TEXT) if depth == 0 else "".join(draw(st.lists(xml(depth - 1), max_size=3)))
    return f"<{tag}{identity}>{inner}{draw(XML_TEXT)}</{tag}>"


def assert_sane(result: ParseResult) -> None:
    for reading in result.readings:
        assert math.isfinite(reading.measured_at_s)
        if isinstance(reading, BayReading):
            assert type(reading.occupied) is bool
            continue
        for value in (reading.free_veh, reading.occupied_veh, reading.capacity_veh):
            assert value is None or type(value) is int
    for facility in result.facilities:
        assert facility.name.isprintable()
        assert facility.position is None or all(map(math.isfinite, facility.position))
    for reject in result.rejects:
        assert reject.explanation
        assert len(reject.value) <= 80
        reject.value.encode("utf-8")


@pytest.mark.parametrize("name", sorted(FORMATS))
@given(body=st.binary(max_size=300))
def test_random_bytes_are_always_rejected_and_never_raise(name, body):
    result = FORMATS[name].reader().parse(body, AT_S)
    assert result.readings == ()
    assert_sane(result)


@given(items=st.lists(ITEM, max_size=5))
def test_json_of_any_shape_never_raises(items):
    for name, content in (
        ("parkapi_v3", {"items": items}),
        ("parkapi_v1", {"lots": items, "last_updated": "2026-09-21T12:00:00Z"}),
        ("places_json", items),
        ("json_list", items),
        ("geojson_list", {"features": items}),
        ("lorawan_chirpstack", items),
        ("lorawan_tts", items),
    ):
        assert_sane(FORMATS[name].reader().parse(json.dumps(content).encode(), AT_S))


@given(content=JSON)
def test_any_json_document_never_raises(content):
    for kind in FORMATS.values():
        assert_sane(kind.reader().parse(json.dumps(content).encode(), AT_S))


@given(document=xml())
def test_xml_of_any_shape_never_raises(document):
    for name in ("datex2_v23", "datex2_v3"):
        assert_sane(FORMATS[name].reader().parse(document.encode(), AT_S))


@given(rows=st.lists(st.text(alphabet='a1;,"\n\r\x00ü\t', max_size=30), max_size=6))
def test_tables_of_any_shape_never_raise(rows):
    assert_sane(FORMATS["csv_list"].reader().parse(("id;free;time\n" + "\n".join(rows)).encode(), AT_S))


@pytest.mark.parametrize("received_at_s", [math.nan, math.inf, -1.0, 0.0])
def test_a_broken_clock_rejects_readings_instead_of_raising(received_at_s, facility_status):
    result = FORMATS["datex2_v23"].reader().parse(facility_status.encode(), received_at_s)
    assert result.readings == ()
    assert len(result.rejects) == 4
