"""One feed tells of a car park at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.feeds.config import load_feeds
from api.feeds.owners import BAY_SILENT_S, SILENT_S, Owners, accepted_of
from api.feeds.port import FeedReject, ParseResult, RejectReason
from traffic_core.readings import BayReading, OccupancyReading

AT_S = 1_790_000_000.0
FEEDS = """
feeds:
  - {id: one, format: parkapi_v3}
  - {id: other, format: parkapi_v3}
  - {id: lists, format: parkapi_v3, facilities: {x: Q1}}
"""


@pytest.fixture
def owners(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS, encoding="utf-8")
    return Owners(load_feeds(path))


def level(at_s=AT_S, received_at_s=None, source_id="Q1"):
    received_at_s = at_s if received_at_s is None else received_at_s
    return OccupancyReading(source_id=source_id, measured_at_s=at_s, received_at_s=received_at_s, free_veh=5)


def passes(owners, feed_id, *readings):
    return owners.sift(feed_id, ParseResult(readings=readings)).readings


def test_the_first_feed_that_is_accepted_owns_a_car_park_and_the_second_is_refused_by_name(owners):
    owners.note("one", [level()])
    both = ParseResult(readings=(level(AT_S + 60.0), level(AT_S + 60.0, source_id="Q2")))
    result = owners.sift("other", both)
    assert [reading.source_id for reading in result.readings] == ["Q2"]
    (reject,) = result.rejects
    assert (reject.source_id, reject.reason) == ("Q1", RejectReason.OWNED_BY_OTHER_FEED)
    assert "feed one" in reject.explanation
    assert owners.sift("one", both) is both


def test_what_was_not_accepted_owns_nothing(owners):
    assert passes(owners, "one", level())
    assert passes(owners, "other", level())


def test_a_feed_that_lists_a_car_park_goes_before_one_that_does_not(owners):
    owners.note("one", [level()])
    assert passes(owners, "lists", level(AT_S + 60.0))
    owners.note("lists", [level(AT_S + 60.0)])
    assert not passes(owners, "one", level(AT_S + 120.0))


def test_another_feed_takes_over_when_the_first_tells_nothing_new(owners):
    owners.note("one", [level()])
    assert not passes(owners, "other", level(AT_S + SILENT_S))
    assert passes(owners, "other", level(AT_S + SILENT_S + 1.0))


def test_a_time_in_the_future_owns_no_longer_than_one_of_now(owners):
    owners.note("one", [level(AT_S + 200.0, received_at_s=AT_S)])
    assert passes(owners, "other", level(AT_S + SILENT_S + 1.0))


def test_a_bay_is_owned_as_long_as_its_sensor_may_be_silent(owners):
    bay = BayReading(source_id="Q1.1", measured_at_s=AT_S, received_at_s=AT_S, occupied=True)
    owners.note("one", [bay])
    assert not passes(owners, "other", replace(bay, received_at_s=AT_S + BAY_SILENT_S))
    assert passes(owners, "other", replace(bay, received_at_s=AT_S + BAY_SILENT_S + 1.0))


def test_a_field_that_was_refused_beside_a_good_reading_is_no_refusal_of_it():
    field = FeedReject(source_id="Q1", field="capacity", value="-1", explanation="", reason=RejectReason.OUT_OF_RANGE)
    result = ParseResult(readings=(level(), level(source_id="Q2")), rejects=(field,))
    assert accepted_of(result, [("Q1", "out_of_range")]) == list(result.readings)
    assert accepted_of(result, [("Q1", "out_of_range"), ("Q1", "out_of_range")]) == [result.readings[1]]
    assert accepted_of(result, [("Q1", "out_of_range"), ("Q2", "forbidden_source")]) == [result.readings[0]]
