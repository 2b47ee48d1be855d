"""Speed limits as mappers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.formats.imported import Warnings
from traffic_core.formats.osm.speed import LEAST_KM_H, MOST_KM_H, free_speed_m_s, parse_speed_km_h
from traffic_core.provenance import Confidence


@pytest.mark.parametrize(
    ("text", "km_h"),
    [
        ("50", 50.0),
        (" 30 ", 30.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("50 km/h", 50.0),
        ("DE:urban", 50.0),
        ("DE:rural", 100.0),
        ("DE:motorway", 130.0),
        ("DE:zone30", 30.0),
        ("DE:zone:20", 20.0),
        ("DE:30", 30.0),
        ("DE:living_street", 7.0),
        ("CH:rural", 80.0),
        ("none", 130.0),
        ("walk", 7.0),
        ("fast", None),
        ("0", None),
        ("500", None),
        ("-50", None),
        ("XX:urban", None),
        ("", None),
    ],
)
def test_each_form_of_a_limit_is_understood_or_refused(text, km_h):
    assert parse_speed_km_h(text) == pytest.approx(km_h)


@given(st.text())
def test_whatever_is_tagged_gives_a_speed_that_a_link_can_hold_or_none(text):
    speed_km_h = parse_speed_km_h(text)
    assert speed_km_h is None or LEAST_KM_H <= speed_km_h <= MOST_KM_H


@pytest.mark.parametrize(
    ("tags", "km_h", "confidence"),
    [
        ({"maxspeed": "70"}, 70.0, Confidence.ANCHOR),
        ({"maxspeed": "DE:rural"}, 100.0, Confidence.DERIVED),
        ({"zone:maxspeed": "DE:30"}, 30.0, Confidence.DERIVED),
        ({"source:maxspeed": "DE:urban"}, 50.0, Confidence.DERIVED),
        ({"maxspeed:type": "sign"}, 50.0, Confidence.ESTIMATED),
        ({"maxspeed": "signals"}, 50.0, Confidence.ESTIMATED),
        ({}, 50.0, Confidence.ESTIMATED),
    ],
)
def test_confidence_says_whether_the_limit_was_tagged_implied_or_taken_from_the_class(tags, km_h, confidence):
    warnings = Warnings()
    speed_m_s, found = free_speed_m_s({"highway": "primary", **tags}, "way 1", warnings, forward=True)
    assert (speed_m_s * 3.6, found) == (pytest.approx(km_h), confidence)
    assert warnings.counts["speed taken from the road class"] == (confidence is Confidence.ESTIMATED)


def test_each_direction_has_its_own_limit():
    tags = {"highway": "primary", "maxspeed": "70", "maxspeed:forward": "30"}
    speeds_m_s = [free_speed_m_s(tags, "way 1", Warnings(), forward=forward)[0] for forward in (True, False)]
    assert speeds_m_s == pytest.approx([30 / 3.6, 70 / 3.6])


def test_a_limit_that_is_not_understood_is_counted_and_the_class_decides():
    warnings = Warnings()
    speed_m_s, _ = free_speed_m_s({"highway": "residential", "maxspeed": "schnell"}, "way 7", warnings, forward=True)
    assert speed_m_s == pytest.approx(30 / 3.6)
    kind = "maxspeed not understood, speed taken from the road class"
    assert warnings.examples[kind] == ["way 7: maxspeed=schnell"]


def test_of_several_limits_the_lowest_is_taken_and_counted():
    warnings = Warnings()
    speed_m_s, _ = free_speed_m_s({"highway": "primary", "maxspeed": "70;50"}, "way 7", warnings, forward=True)
    assert speed_m_s == pytest.approx(50 / 3.6)
    assert warnings.counts["several speed limits, the lowest taken"] == 1
