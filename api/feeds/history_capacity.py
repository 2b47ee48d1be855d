"""How many places the facilities of a history have: told by a file, or estimated from the history itself."""

from __future__ import annotations

import csv
import heapq
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

from api.feeds.fields import FieldError, capacity, safe_id, short_repr
from api.feeds.history import HistoryRow, read_rows
from api.feeds.port import FeedReject, RejectReason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SAMPLE_ROWS = 200_000
MAX_PLACES = 10_000
_WITNESSES = 3
"""So many observations must reach the estimate: recorded spikes of one or two rows are real."""


class CapacityOrigin(StrEnum):
    """What the capacities of a replay rest on; the words are meant to be shown."""

    GIVEN = "given"
    ESTIMATED = "estimated from the history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacities:
    """Places by place_id with their origin.  An estimate rests on the first `sample_rows` rows of the history."""

    by_place_veh: Mapping[str, int]
    origin: CapacityOrigin
    sample_rows: int = 0
    rejects: tuple[FeedReject, ...] = ()


def estimate_capacities(path: Path, sample_rows: int = SAMPLE_ROWS) -> Capacities:
    """Largest number of free places that at least three rows of the sample reach, per place.

    Never too large by a lone spike, too small for a place that was never empty; a place with fewer than three rows,
    or with no free place in any, has none.  Raises `OSError` if the file cannot be opened.
    """
    best: dict[str, list[int]] = {}
    rows = 0
    for row in islice(read_rows(path), sample_rows):
        rows += 1
        if not isinstance(row, HistoryRow) or (row.place_id not in best and len(best) >= MAX_PLACES):
            continue
        top = best.setdefault(row.place_id, [])
        if len(top) < _WITNESSES:
            heapq.heappush(top, row.free_veh)
        else:
            heapq.heappushpop(top, row.free_veh)
    found = {place: top[0] for place, top in best.items() if len(top) == _WITNESSES and top[0] > 0}
    return Capacities(by_place_veh=found, origin=CapacityOrigin.ESTIMATED, sample_rows=rows)


def read_capacities(path: Path) -> Capacities:
    """Capacities of a CSV with the header `place_id,capacity`.  Raises `OSError` if the file cannot be read."""
    found: dict[str, int] = {}
    rejects: list[FeedReject] = []
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    for line, cells in enumerate(csv.reader(text.splitlines()), 1):
        if line == 1 or not cells:
            if line == 1 and [cell.strip() for cell in cells] != ["place_id", "capacity"]:
                rejects.append(_reject(RejectReason.MALFORMED, "must be place_id,capacity", "header", cells, line))
                break
            continue
        try:
            place_id, places = _entry(cells)
        except FieldError as error:
            rejects.append(_reject(error.reason, error.explanation, "row", cells, line))
            continue
        found[place_id] = places
    return Capacities(by_place_veh=found, origin=CapacityOrigin.GIVEN, rejects=tuple(rejects))


def _entry(cells: list[str]) -> tuple[str, int]:
    if len(cells) != 2:
        raise FieldError(RejectReason.MALFORMED, "must have 2 cells")
    places = capacity(cells[1].strip())
    if places == 0:
        raise FieldError(RejectReason.OUT_OF_RANGE, "must be at least 1")
    return safe_id(cells[0]), places


def _reject(reason: RejectReason, explanation: str, field: str, value: object, line: int) -> FeedReject:
    return FeedReject(
        source_id=None, field=field, value=short_repr(value), explanation=explanation, reason=reason, line=line
    )
