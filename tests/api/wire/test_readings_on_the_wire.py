"""Each reading of a batch stands or falls by itself; nothing is coerced."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wire.readings import MalformedBatchError, RejectedItem, from_domain, parse_batch
from traffic_core.readings import BayReading, DetectorReading, OccupancyReading

NOW_S = 1_795_000_000.0
GOOD = {"kind": "occupancy", "source_id": "Q1", "measured_at": "2026-11-21T07:30:00Z", "free_veh": 120}
COUNT = {
    "kind": "detector",
    "source_id": "D1",
    "measured_at": "2026-11-21T08:30:00+01:00",
    "interval_s": 60,
    "count_veh": 12,
    "speed_km_h": 36,
}


def parsed(*items):
    return parse_batch(json.dumps({"readings": items}).encode(), NOW_S)


def refusal(**changes):
    """The refusal of a good reading that is changed in one place; None takes the field away."""
    item = {name: value for name, value in (GOOD | changes).items() if value is not None}
    ((_, outcome), (_, neighbour)) = parsed(item, GOOD)
    assert isinstance(neighbour, OccupancyReading), "a bad reading must not take its neighbour along"
    assert isinstance(outcome, RejectedItem)
    return outcome


def test_units_and_zones_are_converted_at_the_rim():
    ((_, count),) = parsed(COUNT)
    assert isinstance(count, DetectorReading)
    assert count.speed_m_s == 10.0
    assert count.measured_at_s == 1_795_246_200.0
    assert count.received_at_s == NOW_S


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"measured_at": "2026-11-21T07:30:00"}, "measured_at"),
        ({"measured_at": 1_795_246_200}, "measured_at"),
        ({"measured_at": "1795246200"}, "measured_at"),
        ({"measured_at": "2026-11-21"}, "measured_at"),
        ({"measured_at": "2026-11-21T24:30:00Z"}, "measured_at"),
        ({"measured_at": "9999-01-01T00:00:00Z"}, "measured_at"),
        ({"measured_at": None}, "measured_at"),
        ({"free_veh": "120"}, "free_veh"),
        ({"free_veh": True}, "free_veh"),
        ({"free_veh": 12.5}, "free_veh"),
        ({"free_veh": 10**12}, "free_veh"),
        ({"free_veh": None}, "free_veh"),
        ({"capacity_veh": -1}, "capacity_veh"),
        ({"source_id": ""}, "source_id"),
        ({"source_id": "a/b"}, "source_id"),
        ({"source_id": "a\u0000"}, "source_id"),
        ({"plate": "ES-XX 1"}, "plate"),
        ({"kind": "camera"}, "kind"),
        ({"kind": None}, "kind"),
    ],
)
def test_a_bad_field_is_named_with_its_value(changes, field):
    outcome = refusal(**changes)
    assert outcome.field == field
    assert outcome.reason == "malformed"
    assert outcome.explanation


@pytest.mark.parametrize("item", [None, 7, "x", [], [GOOD]])
def test_something_that_is_no_object_is_one_refusal(item):
    ((_, outcome), (_, neighbour)) = parsed(item, GOOD)
    assert isinstance(outcome, RejectedItem)
    assert isinstance(neighbour, OccupancyReading)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"[]", "malformed"),
        (b'{"readings": {}}', "malformed"),
        (b'{"readings": [], "more": 1}', "malformed"),
        (b'{"readings": [{"count_veh": NaN}]}', "malformed"),
        (b"\xff\xfe", "malformed"),
        (b'{"readings": ' + b"[" * 5_000 + b"]" * 5_000 + b"}", "malformed"),
        (json.dumps({"readings": [GOOD] * 1_001}).encode(), "oversized"),
        (b" " * 1_048_577, "oversized"),
    ],
)
def test_a_body_that_is_no_batch_is_refused_as_a_whole(body, reason):
    with pytest.raises(MalformedBatchError) as caught:
        parse_batch(body, NOW_S)
    assert caught.value.reason == reason


@given(st.binary(max_size=300))
def test_no_body_whatever_breaks_the_parser(body):
    try:
        outcomes = parse_batch(body, NOW_S)
    except MalformedBatchError:
        return
    assert all(isinstance(outcome, RejectedItem) for _, outcome in outcomes)


@pytest.mark.parametrize(
    "reading",
    [
        DetectorReading(
            source_id="D1",
            measured_at_s=NOW_S,
            received_at_s=NOW_S,
            interval_s=60,
            count_veh=3,
            occupancy_share=0.25,
            speed_m_s=10.0,
        ),
        OccupancyReading(source_id="Q1", measured_at_s=NOW_S, received_at_s=NOW_S, free_veh=-3, is_open=False),
        BayReading(source_id="Z.1", measured_at_s=NOW_S, received_at_s=NOW_S, occupied=True),
    ],
)
def test_what_a_device_sends_comes_back_the_same(reading):
    assert parsed(from_domain(reading)) == [(0, reading)]
