from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.fields import (
    FieldError,
    capacity,
    clean_text,
    coordinate,
    count,
    count_text,
    safe_id,
    short_repr,
    time_s,
)
from api.feeds.port import RejectReason
from traffic_core import require


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", None),
        ("2026-09-21T10:00:00Z", 1_789_984_800.0),
        ("2026-09-21T12:00:00+02:00", 1_789_984_800.0),
        ("2026-09-21T12:00:00.5+02:00", 1_789_984_800.5),
        ("2026-09-21T12:00:00.1234567+02:00", 1_789_984_800.123456),
    ],
)
def test_times_with_an_offset_become_seconds_and_the_epoch_is_no_measurement(text, seconds):
    if seconds is None:
        with pytest.raises(FieldError) as caught:
            time_s(text)
        assert caught.value.reason is RejectReason.IMPOSSIBLE_TIME
    else:
        assert time_s(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2026-09-21T12:00:00", RejectReason.NAIVE_TIME),
        ("2026-02-30T12:00:00Z", RejectReason.IMPOSSIBLE_TIME),
        ("2026-09-21T25:00:00Z", RejectReason.IMPOSSIBLE_TIME),
        ("9999-12-31T23:59:59Z", RejectReason.IMPOSSIBLE_TIME),
        ("0001-01-01T00:00:00+14:00", RejectReason.IMPOSSIBLE_TIME),
        ("2026-09-21T12:00:00+99:99", RejectReason.IMPOSSIBLE_TIME),
        ("2026-W39-1T12:00:00Z", RejectReason.IMPOSSIBLE_TIME),
        ("1789984800", RejectReason.IMPOSSIBLE_TIME),
        ("٢٠٢٦-09-21T12:00:00Z", RejectReason.IMPOSSIBLE_TIME),
        (1_789_984_800, RejectReason.WRONG_TYPE),
        (None, RejectReason.WRONG_TYPE),
    ],
)
def test_a_time_that_could_be_misread_is_refused_with_its_reason(value, reason):
    with pytest.raises(FieldError) as caught:
        time_s(value)
    assert caught.value.reason is reason


def test_a_naive_time_is_utc_only_where_the_file_says_so():
    assert time_s("2026-09-21T10:00:00", naive_is_utc=True) == 1_789_984_800.0


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (True, RejectReason.WRONG_TYPE),
        ("12", RejectReason.WRONG_TYPE),
        (12.0, RejectReason.WRONG_TYPE),
        (None, RejectReason.WRONG_TYPE),
        ([1], RejectReason.WRONG_TYPE),
        (math.nan, RejectReason.NOT_A_NUMBER),
        (math.inf, RejectReason.OUT_OF_RANGE),
        pytest.param(10**400, RejectReason.OUT_OF_RANGE, id="huge"),
        (100_001, RejectReason.OUT_OF_RANGE),
        (-100_001, RejectReason.OUT_OF_RANGE),
    ],
)
def test_a_count_is_a_whole_number_within_reason(value, reason):
    with pytest.raises(FieldError) as caught:
        count(value)
    assert caught.value.reason is reason


def test_a_negative_count_passes_because_the_quality_gate_must_see_it():
    assert count(-3) == -3
    assert count_text("-3") == -3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nan", RejectReason.NOT_A_NUMBER),
        ("-Infinity", RejectReason.NOT_A_NUMBER),
        ("1e999", RejectReason.WRONG_TYPE),
        ("12.5", RejectReason.WRONG_TYPE),
        ("0x10", RejectReason.WRONG_TYPE),
        ("1_000", RejectReason.WRONG_TYPE),
        ("", RejectReason.WRONG_TYPE),
        ("9" * 5_000, RejectReason.OUT_OF_RANGE),
        ("999999", RejectReason.OUT_OF_RANGE),
    ],
)
def test_text_that_is_no_plain_whole_number_is_refused(text, reason):
    with pytest.raises(FieldError) as caught:
        count_text(text)
    assert caught.value.reason is reason


def test_a_capacity_is_never_negative():
    assert capacity("0") == 0
    with pytest.raises(FieldError):
        capacity(-1)


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, True, "nan", "1e5", "48,7", "", [], pytest.param(10**400, id="huge")]
)
def test_a_coordinate_is_a_finite_decimal_number(value):
    with pytest.raises(FieldError) as caught:
        coordinate(value)
    assert caught.value.reason is RejectReason.POSITION


def test_signs_that_our_identifiers_may_not_hold_are_percent_encoded():
    assert safe_id(" 28[Dom / Römer] ") == "28[Dom %2F Römer]"
    assert safe_id("a%2Fb") == "a%252Fb"
    assert safe_id("a#b+c\x00") == "a%23b%2Bc%00"
    assert safe_id(1248) == "1248"


@pytest.mark.parametrize(
    "value", ["", "   ", "x" * 201, "\ud800", True, 1.0, None, {}, pytest.param(10**5_000, id="huge")]
)
def test_what_cannot_be_an_identifier_is_refused(value):
    with pytest.raises(FieldError):
        safe_id(value)


@given(st.text(max_size=40), st.text(max_size=40))
def test_identifiers_are_always_usable_and_never_collide(one, other):
    try:
        ours, theirs = safe_id(one), safe_id(other)
    except FieldError:
        return
    require.identifier("source_id", ours)
    assert (ours == theirs) == (one.strip() == other.strip())


@given(st.text())
def test_cleaned_text_can_always_be_printed_and_encoded(text):
    cleaned = clean_text(text)
    assert cleaned.isprintable()
    assert len(cleaned.encode("utf-8")) <= 4 * 200


def test_a_number_too_long_to_print_still_has_a_picture():
    assert short_repr([10**5_000]) == "<list>"


def test_the_picture_of_a_deeply_nested_value_is_short():
    value: list[object] = []
    for _ in range(50_000):
        value = [value]
    assert len(short_repr(value)) <= 80
    while value:
        value = value.pop()  # a list this deep is taken apart step by step
