from __future__ import annotations

import gzip
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.feeds.history import LONGEST_LINE_BYTES, MAX_BATCH_ITEMS, read_rows, replay_batches
from api.feeds.history_capacity import CapacityOrigin, estimate_capacities, read_capacities
from api.feeds.port import FeedReject, RejectReason
from traffic_core.readings import OccupancyReading

HEAD = "ts_utc,place_id,free\n"
ROWS = """2026-09-21T10:00:02,a,5
2026-09-21T10:00:01,b,-7
2026-09-21T10:00:59,a,6
2026-09-21T10:02:00,b,8
"""
TEN_S = 1_789_984_800.0
"""2026-09-21T10:00:00Z."""


@pytest.fixture
def write(tmp_path):
    def to_file(text: str | bytes, name: str = "history.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file


def readings(batch) -> list[tuple[str, float, int]]:
    return [(r.source_id, r.measured_at_s, r.free_veh) for r in batch if isinstance(r, OccupancyReading)]


def rejects(path) -> list[tuple[int | None, str, RejectReason]]:
    return [(r.line, r.field, r.reason) for r in read_rows(path) if isinstance(r, FeedReject)]


@pytest.mark.parametrize("packed", [False, True])
def test_rows_come_in_steps_of_the_clock_and_by_time_within_one(packed, write):
    text = (HEAD + ROWS).encode()
    batches = list(replay_batches(write(gzip.compress(text) if packed else text), 60.0))
    assert [end for end, _ in batches] == [TEN_S + 60.0, TEN_S + 180.0]
    assert readings(batches[0][1]) == [("b", TEN_S + 1, -7), ("a", TEN_S + 2, 5), ("a", TEN_S + 59, 6)]
    assert readings(batches[1][1]) == [("b", TEN_S + 120, 8)]


def test_a_history_is_received_when_it_was_measured(write):
    (_, (reading, *_)), *_ = replay_batches(write(HEAD + ROWS), 60.0)
    assert reading.received_at_s == reading.measured_at_s


def test_an_offset_in_the_time_is_respected(write):
    (_, batch), *_ = replay_batches(write(HEAD + "2026-09-21T12:00:00+02:00,a,1\n"), 60.0)
    assert readings(batch) == [("a", TEN_S, 1)]


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("2026-09-21T10:00:00,a", "row", RejectReason.MALFORMED),
        ("2026-09-21T10:00:00,a,1,2", "row", RejectReason.MALFORMED),
        ('2026-09-21T10:00:00,"a"x,1', "row", RejectReason.MALFORMED),
        ("2026-09-31T10:00:00,a,1", "ts_utc", RejectReason.IMPOSSIBLE_TIME),
        ("21.09.2026 10:00,a,1", "ts_utc", RejectReason.IMPOSSIBLE_TIME),
        ("2026-09-21T10:00:00,,1", "place_id", RejectReason.BAD_ID),
        ("2026-09-21T10:00:00,a,", "free", RejectReason.WRONG_TYPE),
        ("2026-09-21T10:00:00,a,nan", "free", RejectReason.NOT_A_NUMBER),
        ("2026-09-21T10:00:00,a,1e3", "free", RejectReason.WRONG_TYPE),
        ("2026-09-21T10:00:00,a,9999999", "free", RejectReason.OUT_OF_RANGE),
        ("x" * 100_000, "row", RejectReason.OVERSIZED),
    ],
)
def test_a_bad_row_is_one_reject_with_its_line_and_the_next_row_is_read(row, field, reason, write):
    path = write(HEAD + row + "\n" + ROWS)
    assert rejects(path) == [(2, field, reason)]
    assert sum(1 for r in read_rows(path) if not isinstance(r, FeedReject)) == 4


def test_a_row_in_another_encoding_is_one_reject(write):
    path = write(HEAD.encode() + "2026-09-21T10:00:00,Straße,1\n".encode("latin-1") + ROWS.encode())
    assert rejects(path) == [(2, "row", RejectReason.MALFORMED)]


def test_a_line_of_exactly_the_limit_is_still_read(write):
    row = "2026-09-21T10:00:00,a,1"
    path = write(HEAD + row + " " * (LONGEST_LINE_BYTES - len(row) - 1) + "\n" + ROWS)
    assert rejects(path) == []


@pytest.mark.parametrize(
    "text", ["", "\n", "time,place,free\n1,2,3\n", "\x1f\x8b", "\x1f\x8b\x08garbage" * 9, "x" * 9_000]
)
def test_a_file_that_is_no_history_yields_no_reading(text, write):
    items = [item for _, batch in replay_batches(write(text.encode("latin-1")), 60.0) for item in batch]
    assert all(isinstance(item, FeedReject) for item in items)
    assert len(items) == (0 if text == "" else 1)


def test_an_archive_cut_off_in_the_middle_keeps_what_was_readable(write):
    rows = "".join(f"2026-09-21T10:00:{i % 60:02d},a{i},{i % 97}\n" for i in range(20_000))
    packed = gzip.compress((HEAD + rows).encode())
    items = list(read_rows(write(packed[: len(packed) // 2])))
    assert len(items) > 1_000
    assert isinstance(items[-1], FeedReject)
    assert sum(isinstance(item, FeedReject) for item in items) <= 2


def test_a_row_before_its_step_is_out_of_order(write):
    batches = list(replay_batches(write(HEAD + ROWS + "2026-09-21T09:00:00,a,1\n"), 60.0))
    late = batches[-1][1][-1]
    assert (late.reason, late.line, late.source_id) == (RejectReason.OUT_OF_ORDER, 6, "a")


def test_one_wrong_year_does_not_end_a_replay(write):
    first, *rest = ROWS.splitlines(keepends=True)
    path = write(HEAD + "2199-01-01T00:00:00,z,1\n" + first + "2126-09-21T10:00:02,a,5\n" + "".join(rest))
    items = [item for _, batch in replay_batches(path, 60.0) for item in batch]
    assert len(readings(items)) == 4
    assert [(r.line, r.reason) for r in items if isinstance(r, FeedReject)] == [
        (2, RejectReason.IMPOSSIBLE_TIME),
        (4, RejectReason.IMPOSSIBLE_TIME),
    ]


def test_a_real_gap_of_years_is_followed(write):
    path = write(HEAD + ROWS + "2028-01-01T00:00:00,a,1\n2028-01-01T00:01:00,a,2\n")
    items = [item for _, batch in replay_batches(path, 60.0) for item in batch]
    assert len(readings(items)) == len(items) == 6


def test_a_single_row_is_a_history(write):
    assert len(list(replay_batches(write(HEAD + "2026-09-21T10:00:00,a,1"), 60.0))) == 1


def test_a_step_with_too_many_rows_comes_in_parts_of_bounded_size(write):
    rows = "2026-09-21T10:00:00,a,1\n" * (2 * MAX_BATCH_ITEMS + 5)
    batches = list(replay_batches(write(HEAD + rows), 60.0))
    assert [len(batch) for _, batch in batches] == [MAX_BATCH_ITEMS, MAX_BATCH_ITEMS, 5]
    assert {end for end, _ in batches} == {TEN_S + 60.0}


def test_places_are_mapped_to_facilities_and_get_their_capacity(write):
    (_, batch), *_ = replay_batches(write(HEAD + ROWS), 60.0, capacities={"a": 9}, facilities={"a": "q1"})
    assert [(r.source_id, r.capacity_veh) for r in batch if isinstance(r, OccupancyReading)] == [("q1", 9), ("q1", 9)]
    assert [r.reason for r in batch if isinstance(r, FeedReject)] == [RejectReason.UNKNOWN_FACILITY]


@pytest.mark.parametrize("step_s", [0.0, -1.0, math.nan, math.inf])
def test_a_step_must_have_a_length(step_s, write):
    with pytest.raises(ValueError, match="step_s"):
        next(replay_batches(write(HEAD), step_s))


def test_a_missing_file_is_told_as_such(tmp_path):
    with pytest.raises(FileNotFoundError):
        next(replay_batches(tmp_path / "none.csv", 60.0))


def test_capacity_is_what_three_rows_reach_so_that_a_lone_spike_does_not_count(write):
    frees = {"a": [40, 39, 38, 9162, 5], "b": [1, 2], "c": [-5, -4, 0, 0]}
    rows = "".join(f"2026-09-21T10:00:00,{place},{free}\n" for place, row in frees.items() for free in row)
    found = estimate_capacities(write(HEAD + rows))
    assert found.by_place_veh == {"a": 39}
    assert found.origin is CapacityOrigin.ESTIMATED
    assert found.origin == "estimated from the history"
    assert found.sample_rows == 11


def test_the_estimate_reads_no_more_than_its_sample(write):
    rows = "2026-09-21T10:00:00,a,5\n" * 10 + "2026-09-21T10:00:00,a,50\n" * 10
    found = estimate_capacities(write(HEAD + rows), sample_rows=10)
    assert (found.by_place_veh, found.sample_rows) == ({"a": 5}, 10)


def test_capacities_are_read_from_a_file_line_by_line(write):
    text = "place_id,capacity\na,10\nb,0\nc,-1\nd\ne,ten\n\nf/g,7\n"
    found = read_capacities(write(text, "capacities.csv"))
    assert found.by_place_veh == {"a": 10, "f%2Fg": 7}
    assert found.origin is CapacityOrigin.GIVEN
    assert [(r.line, r.reason) for r in found.rejects] == [
        (3, RejectReason.OUT_OF_RANGE),
        (4, RejectReason.OUT_OF_RANGE),
        (5, RejectReason.MALFORMED),
        (6, RejectReason.WRONG_TYPE),
    ]


def test_a_file_without_the_header_gives_no_capacities(write):
    found = read_capacities(write("a,10\n", "capacities.csv"))
    assert (found.by_place_veh, [r.reason for r in found.rejects]) == ({}, [RejectReason.MALFORMED])


@given(content=st.binary(max_size=200), packed=st.booleans(), with_head=st.booleans())
def test_any_bytes_are_readings_or_rejects_and_never_an_exception(content, packed, with_head, tmp_path_factory):
    body = (HEAD.encode() if with_head else b"") + content
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(gzip.compress(body) if packed else body)
    for end_s, batch in replay_batches(path, 300.0):
        assert math.isfinite(end_s)
        assert batch
    estimate_capacities(path)


@given(
    offsets=st.lists(st.integers(0, 150_000), min_size=1, max_size=60),
    step_s=st.sampled_from([1.0, 7.5, 60.0, 3_600.0]),
)
def test_every_row_comes_out_once_and_time_never_runs_back(offsets, step_s, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any_times.csv"
    rows = "".join(
        f"2026-09-{21 + s // 86_400}T{s // 3600 % 24:02d}:{s // 60 % 60:02d}:{s % 60:02d},a,1\n" for s in offsets
    )
    path.write_text(HEAD + rows, encoding="utf-8")
    batches = list(replay_batches(path, step_s))
    assert sum(len(batch) for _, batch in batches) == len(offsets)
    ends = [end for end, _ in batches]
    assert ends == sorted(ends)
    times = [at for _, batch in batches for _, at, _ in readings(batch)]
    assert times == sorted(times)
    for end, batch in batches:
        assert all(end - step_s <= at < end for _, at, _ in readings(batch))
