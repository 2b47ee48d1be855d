from __future__ import annotations

from api.feeds.naming import Naming
from api.feeds.port import FeedFacility, ParseResult, RejectReason
from traffic_core.readings import OccupancyReading

AT_S = 1_790_000_000.0
RESULT = ParseResult(
    readings=tuple(
        OccupancyReading(source_id=name, measured_at_s=AT_S, received_at_s=AT_S, free_veh=3) for name in ("1", "2")
    ),
    facilities=(FeedFacility(id="1", name="One", capacity_veh=9, position=None),),
)


def test_without_a_mapping_every_identifier_gets_the_prefix():
    named = Naming(facilities={}, prefix="le-").apply(RESULT)
    assert [reading.source_id for reading in named.readings] == ["le-1", "le-2"]
    assert [facility.id for facility in named.facilities] == ["le-1"]
    assert named.rejects == ()


def test_with_a_mapping_what_it_does_not_name_is_refused_and_the_rest_stays():
    named = Naming(facilities={"2": "market"}, prefix="ignored-").apply(RESULT)
    assert [reading.source_id for reading in named.readings] == ["market"]
    assert named.facilities == ()
    assert [(r.source_id, r.field, r.reason) for r in named.rejects] == [
        ("1", "reading", RejectReason.UNKNOWN_FACILITY),
        ("1", "facility", RejectReason.UNKNOWN_FACILITY),
    ]
