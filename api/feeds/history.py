"""Recorded histories (`ts_utc,place_id,free`, CSV or CSV.gz) as readings, in time order and in bounded memory."""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from api.feeds.fields import FieldError, count_text, safe_id, short_repr, time_s
from api.feeds.port import FeedReject, RejectReason
from traffic_core.readings import EARLIEST_S, OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

HEADER = ("ts_utc", "place_id", "free")
LONGEST_LINE_BYTES = 4_096
MAX_BATCH_ITEMS = 10_000
"""A fuller batch is handed over in parts of the same time."""
LONGEST_GAP_S = 14 * 86_400.0
"""A row further ahead than this is believed only if the next row agrees: one wrong year must not end a replay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """One observation; `free_veh` as recorded, plausible or not."""

    line: int
    measured_at_s: float
    place_id: str
    free_veh: int


def read_rows(path: Path) -> Iterator[HistoryRow | FeedReject]:
    """Rows of a history in the file's order, a reject for each that is none.

    Times without an offset are UTC by the file's definition.  Raises `OSError` only if the file cannot be opened.
    """
    for line, text in _numbered_lines(path):
        if isinstance(text, FeedReject):
            yield text
            if line == 1:
                return
        elif line == 1:
            if tuple(cell.strip() for cell in text.removeprefix("\ufeff").split(",")) != HEADER:
                yield _reject(RejectReason.MALFORMED, f"must be {','.join(HEADER)}", "header", text, line)
                return
        elif text:
            yield _row(line, text)


def replay_batches(
    path: Path,
    step_s: float,
    *,
    capacities: Mapping[str, int] | None = None,
    facilities: Mapping[str, str] | None = None,
) -> Iterator[tuple[float, list[OccupancyReading | FeedReject]]]:
    """Batches of a history: (end of the step in seconds since 1970, what was measured in the step, by time).

    Steps without rows are left out.  A row before its batch's step is rejected as out of order.  `capacities` by
    place_id become the readings' capacity; `facilities` maps place_id to our facility, and without it the place's own
    identifier is used.  Rejects before the first row stand in its batch, or in one at the year 2000 if no row follows.
    `received_at_s` is the time of measurement: a history does not know better.
    """
    if not (math.isfinite(step_s) and step_s > 0):
        raise ValueError(f"step_s = {step_s!r}: must be a number above 0")
    batch: list[OccupancyReading | FeedReject] = []
    step = first_step = math.floor(EARLIEST_S / step_s) - 1
    for item in _believable(read_rows(path)):
        if isinstance(item, FeedReject):
            batch.append(item)
        else:
            row_step = math.floor(item.measured_at_s / step_s)
            if row_step > step:
                # Rejects of the head of the file belong to its first step.
                if step > first_step and batch:
                    yield (step + 1) * step_s, _by_time(batch)
                    batch = []
                step = row_step
            batch.append(_reading(item, capacities or {}, facilities) if row_step == step else _late(item))
        if len(batch) >= MAX_BATCH_ITEMS:
            yield (step + 1) * step_s, _by_time(batch)
            batch = []
    if batch:
        yield (step + 1) * step_s, _by_time(batch)


def _by_time(batch: list[OccupancyReading | FeedReject]) -> list[OccupancyReading | FeedReject]:
    """Readings in time order (stable), rejects behind them."""
    return sorted(batch, key=lambda item: item.measured_at_s if isinstance(item, OccupancyReading) else math.inf)


def _believable(rows: Iterator[HistoryRow | FeedReject]) -> Iterator[HistoryRow | FeedReject]:
    """The rows without the lone one that lies far ahead of both its neighbours."""
    last_s = -math.inf
    leap: HistoryRow | None = None
    for row in rows:
        if isinstance(row, FeedReject):
            yield row
            continue
        if leap is not None:
            if row.measured_at_s > leap.measured_at_s - LONGEST_GAP_S:
                yield leap
                last_s = leap.measured_at_s
            else:
                yield _leaped(leap)
            leap = None
        if row.measured_at_s > last_s + LONGEST_GAP_S:
            leap = row
        else:
            last_s = max(last_s, row.measured_at_s)
            yield row
    if leap is not None:
        # The only row of a file has no neighbour that could contradict it.
        yield leap if last_s == -math.inf else _leaped(leap)


def _leaped(row: HistoryRow) -> FeedReject:
    days = LONGEST_GAP_S / 86_400.0
    text = f"lies more than {days:g} days ahead of the rows around it"
    return _reject(RejectReason.IMPOSSIBLE_TIME, text, "ts_utc", row.measured_at_s, row.line, row.place_id)


def _late(row: HistoryRow) -> FeedReject:
    text = "lies before the step that was reached"
    return _reject(RejectReason.OUT_OF_ORDER, text, "ts_utc", row.measured_at_s, row.line, row.place_id)


def _reading(
    row: HistoryRow, capacities: Mapping[str, int], facilities: Mapping[str, str] | None
) -> OccupancyReading | FeedReject:
    source_id = row.place_id if facilities is None else facilities.get(row.place_id)
    if source_id is None:
        text = "is not in the list of facilities"
        return _reject(RejectReason.UNKNOWN_FACILITY, text, "place_id", row.place_id, row.line, row.place_id)
    return OccupancyReading(
        source_id=source_id,
        measured_at_s=row.measured_at_s,
        received_at_s=row.measured_at_s,
        free_veh=row.free_veh,
        capacity_veh=capacities.get(row.place_id),
    )


def _row(line: int, text: str) -> HistoryRow | FeedReject:
    try:
        cells = next(csv.reader([text], strict=True)) if '"' in text else text.split(",")
    except csv.Error as error:
        return _reject(RejectReason.MALFORMED, f"is not CSV: {error}", "row", text, line)
    if len(cells) != len(HEADER):
        return _reject(RejectReason.MALFORMED, f"must have {len(HEADER)} cells", "row", text, line)
    field, cell = "place_id", cells[1]
    try:
        place_id = _safe_id(cell)
        field, cell = "ts_utc", cells[0]
        measured_at_s = time_s(cell, naive_is_utc=True)
        field, cell = "free", cells[2].strip()
        return HistoryRow(line=line, measured_at_s=measured_at_s, place_id=place_id, free_veh=count_text(cell))
    except FieldError as error:
        return _reject(error.reason, error.explanation, field, cell, line)


_safe_id = lru_cache(maxsize=4_096)(safe_id)
"""The same few names come back in a million rows."""


def _numbered_lines(path: Path) -> Iterator[tuple[int, str | FeedReject]]:
    """Lines from 1 without their ends; a line that is too long or not UTF-8, and a broken archive, is a reject."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not packed:
            yield from _lines(raw)
            return
        with gzip.GzipFile(fileobj=raw) as file:
            yield from _lines(file)


def _lines(file: BinaryIO | gzip.GzipFile) -> Iterator[tuple[int, str | FeedReject]]:
    line = 0
    inside_long_line = False
    while True:
        try:
            piece = file.readline(LONGEST_LINE_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            yield line + 1, _reject(RejectReason.MALFORMED, f"cannot be read on: {error}", "file", "", line + 1)
            return
        if not piece:
            return
        complete = piece.endswith(b"\n") or len(piece) < LONGEST_LINE_BYTES
        if inside_long_line:
            inside_long_line = not complete
            continue
        line += 1
        if not complete:
            inside_long_line = True
            text = f"at most {LONGEST_LINE_BYTES} bytes in a line"
            yield line, _reject(RejectReason.OVERSIZED, text, "row", piece[:40], line)
            continue
        try:
            yield line, piece.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield line, _reject(RejectReason.MALFORMED, "is not UTF-8", "row", piece[:40], line)


def _reject(
    reason: RejectReason, explanation: str, field: str, value: object, line: int, source_id: str | None = None
) -> FeedReject:
    return FeedReject(
        source_id=source_id,
        field=field,
        value=short_repr(value),
        explanation=explanation,
        reason=reason,
        line=line,
    )
