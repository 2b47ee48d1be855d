"""Recorded histories for training and evaluation, in either layout, as arrays.

Layouts: `ts_utc,place_id,free` (times in UTC), and a table with the columns Name, LastUpdate, Occupancy and Capacity
(times as on the town's clocks; the capacity is told with each row and may change).
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from api.errors import ConfigError
from api.feeds.history import HistoryRow, read_rows
from api.feeds.history_capacity import CapacityOrigin, read_capacities
from parking.forecast.calendar import clock_offsets_s
from parking.forecast.history import Series
from traffic_core.errors import FileError
from traffic_core.readings import EARLIEST_S, LATEST_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

OCCUPANCY_COLUMNS = ("Name", "LastUpdate", "Occupancy", "Capacity")
WITNESSES = 3
"""So many numbers must reach an estimated capacity: recorded spikes of one or two rows are real."""
LONELY_S = 14 * 86_400
"""Fewer than `WITNESSES` rows so far away from all others have a wrong time."""
LARGEST_VEH = 100_000
MOST_PLACES = 10_000
_Rows = dict[str, list[tuple[int, int, int]]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """What a history says, unchecked but for its form."""

    series: Mapping[str, Series]
    told_veh: Mapping[str, NDArray[np.int64]]
    """Capacity of each row where the layout tells it; `free_veh` of the series is then minus the occupancy."""
    rows: int
    rejected: Mapping[str, int]
    """Rows that could not be used, by reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCapacity:
    """Number of places of a facility and what it rests on."""

    capacity_veh: int
    origin: str


TOLD = "told with the history"


def read_recorded(path: Path, timezone: ZoneInfo) -> Recorded:
    """Read a history.

    Raises
    ------
    ConfigError
        If there is no such file.
    FileError
        If not a single row of it can be used.
    """
    if not path.is_file():
        raise ConfigError("HISTORY", str(path), "must be a file")
    rejected: Counter[str] = Counter()
    has_occupancy = _has_occupancy(path)
    found = _occupancy_rows(path, rejected) if has_occupancy else _free_rows(path, rejected)
    rows = sum(len(of_place) for of_place in found.values()) + sum(rejected.values())
    arrays = {key: np.array(of_place, np.int64).reshape(-1, 3) for key, of_place in found.items()}
    arrays = _without_lonely(arrays, rejected)
    if not arrays:
        raise FileError(str(path), 0, "rows", rows, "must be a history with rows that can be used")
    if has_occupancy:
        for table in arrays.values():
            table[:, 0] -= clock_offsets_s(timezone, table[:, 0])
    for key, table in arrays.items():
        arrays[key] = table[np.argsort(table[:, 0], kind="stable")]
    return Recorded(
        series={key: Series(at_s=table[:, 0], free_veh=table[:, 1]) for key, table in arrays.items()},
        told_veh={key: table[:, 2] for key, table in arrays.items()} if has_occupancy else {},
        rows=rows,
        rejected=dict(sorted(rejected.items())),
    )


def capacities(recorded: Recorded, given: Path | None, until_s: float) -> dict[str, KnownCapacity]:
    """Capacity of every place: from the file, as told, or estimated; the latter two from rows before `until_s`.

    Raises `ConfigError` for a file that cannot be read.
    """
    from_file = {} if given is None else _from_file(given)
    found = {}
    for key, of in recorded.series.items():
        known = of.at_s < until_s
        if key in from_file:
            found[key] = KnownCapacity(capacity_veh=from_file[key], origin=CapacityOrigin.GIVEN.value)
        elif key in recorded.told_veh:
            values, counts = np.unique(recorded.told_veh[key][known], return_counts=True)
            if values.size:
                found[key] = KnownCapacity(capacity_veh=int(values[np.argmax(counts)]), origin=TOLD)
        elif int(known.sum()) >= WITNESSES:
            free_veh = np.sort(of.free_veh[known])
            capacity_veh = int(free_veh[-WITNESSES])
            found[key] = KnownCapacity(capacity_veh=capacity_veh, origin=CapacityOrigin.ESTIMATED.value)
    return {key: of for key, of in found.items() if 0 < of.capacity_veh <= LARGEST_VEH}


def free_series(recorded: Recorded, known: Mapping[str, KnownCapacity]) -> dict[str, Series]:
    """Free places of the places with a capacity; where occupancies are recorded, of this capacity."""
    return {
        key: replace(of, free_veh=of.free_veh + known[key].capacity_veh) if key in recorded.told_veh else of
        for key, of in recorded.series.items()
        if key in known
    }


def _from_file(path: Path) -> Mapping[str, int]:
    try:
        found = read_capacities(path)
    except OSError as error:
        raise ConfigError("--capacities", str(path), f"cannot be read: {error.strerror}") from error
    if found.rejects:
        first = found.rejects[0]
        raise FileError(str(path), first.line or 0, first.field or "row", first.value, first.explanation)
    return found.by_place_veh


def _free_rows(path: Path, rejected: Counter[str]) -> _Rows:
    found: _Rows = {}
    for row in read_rows(path):
        if not isinstance(row, HistoryRow):
            rejected[row.reason.value] += 1
        elif row.place_id in found or len(found) < MOST_PLACES:
            found.setdefault(row.place_id, []).append((int(row.measured_at_s), row.free_veh, 0))
        else:
            rejected["too many places"] += 1
    return found


def _has_occupancy(path: Path) -> bool:
    header = next(iter(_lines(path)), "")
    return set(OCCUPANCY_COLUMNS) <= {cell.strip() for cell in header.removeprefix("\ufeff").split(",")}


def _occupancy_rows(path: Path, rejected: Counter[str]) -> _Rows:
    found: _Rows = {}
    table = csv.reader(_lines(path))
    header = [cell.strip().removeprefix("\ufeff") for cell in next(table)]
    places = [header.index(column) for column in OCCUPANCY_COLUMNS]
    for cells in _each(table, rejected):
        try:
            name, updated, occupancy, capacity = (cells[place] for place in places)
            at_s = int(datetime.fromisoformat(updated).replace(tzinfo=UTC).timestamp())
            occupied_veh, capacity_veh = int(occupancy), int(capacity)
        except (IndexError, ValueError):
            rejected["malformed"] += 1
            continue
        if not EARLIEST_S <= at_s < LATEST_S or capacity_veh <= 0 or abs(occupied_veh) > LARGEST_VEH:
            rejected["out_of_range"] += 1
        elif name in found or len(found) < MOST_PLACES:
            found.setdefault(name, []).append((at_s, -occupied_veh, min(capacity_veh, LARGEST_VEH)))
        else:
            rejected["too many places"] += 1
    return found


def _each(table: Iterator[list[str]], rejected: Counter[str]) -> Iterable[list[str]]:
    while True:
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error:
            rejected["malformed"] += 1
            continue
        if cells:
            yield cells


def _lines(path: Path) -> Iterator[str]:
    """Lines of a plain or packed file; a broken archive ends where it breaks."""
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", errors="replace") if packed else path.open(errors="replace") as file:
        try:
            yield from (line for line in file if "\0" not in line)
        except (OSError, EOFError, zlib.error):
            return


def _without_lonely(arrays: dict[str, NDArray[np.int64]], rejected: Counter[str]) -> dict[str, NDArray[np.int64]]:
    """Without the few rows at either end that lie far from all others: one wrong year must not stretch the grid."""
    if not arrays:
        return arrays
    at_s = np.sort(np.concatenate([table[:, 0] for table in arrays.values()]))
    breaks = np.flatnonzero(np.diff(at_s) > LONELY_S) + 1
    first, last = 0, at_s.size
    for place in breaks:
        if place - first < WITNESSES:
            first = int(place)
    for place in breaks[::-1]:
        if last - place < WITNESSES and place > first:
            last = int(place)
    rejected["impossible_time"] += at_s.size - (last - first)
    if not rejected["impossible_time"]:
        del rejected["impossible_time"]
    low, high = at_s[first], at_s[last - 1]
    kept = {key: table[(table[:, 0] >= low) & (table[:, 0] <= high)] for key, table in arrays.items()}
    return {key: table for key, table in kept.items() if table.size}
