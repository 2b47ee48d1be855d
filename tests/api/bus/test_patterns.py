from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bus import topics
from api.bus.patterns import check_pattern, check_topic, matches
from traffic_core.errors import InvalidValueError

level = st.text(alphabet="ab$", max_size=2)


@pytest.mark.parametrize(
    ("pattern", "topic", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b", "a/b/c", False),
        ("a/+", "a/b", True),
        ("a/+", "a", False),
        ("a/+", "a/", True),
        ("a/+/c", "a/b/c", True),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("#", "a/b", True),
        ("+", "a", True),
        ("+/+", "/a", True),
        ("#", "$SYS/uptime", False),
        ("+/uptime", "$SYS/uptime", False),
        ("$SYS/#", "$SYS/uptime", True),
    ],
)
def test_patterns_match_as_the_standard_says(pattern, topic, expected):
    check_pattern(pattern)
    check_topic(topic)
    assert matches(pattern, topic) is expected


@given(st.lists(level, min_size=1, max_size=4).map("/".join).filter(bool))
def test_every_topic_matches_itself(topic):
    assert matches(topic, topic)


def test_topics_of_the_service():
    assert topics.readings("D001") == "stadttakt/v1/readings/D001"
    assert topics.sign("S1") == "stadttakt/v1/signs/S1"
    assert topics.signal("K1") == "stadttakt/v1/signals/K1"
    assert topics.parking("Q1") == "stadttakt/v1/parking/Q1"
    assert topics.subject(topics.parking("Q1")) == "Q1"
    assert matches(topics.ALL_PARKING, topics.parking("Q1"))


def test_an_identifier_cannot_reach_into_other_topics():
    with pytest.raises(InvalidValueError):
        topics.sign("1/../status")
