"""Reader of hourly turning counts in the form that Stadt Münster publishes: one line per day and movement.

Columns: date (ISO), node, approach, movement, h00 to h23.  An empty cell was not reported.  Plain or gzip.
"""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.calibration.hourly_series import USUAL_MOST_LANES, HourlySeries
from traffic_core.demand import HOURS
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from numpy.typing import NDArray

KEY_COLUMNS = ("date", "node", "approach", "movement")
COLUMNS = (*KEY_COLUMNS, *(f"h{hour:02d}" for hour in range(HOURS)))
TURNS = frozenset("GLRO")
"""Letters of a movement: straight, left, right, and a filter lane of its own beside the signal."""
MOST_DAYS = 40_000
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, order=True)
class TurningMovement:
    """From which approach of which node vehicles turn where."""

    node: str
    approach: str
    turn: str
    """One or several letters of TURNS, where one detector counts several turns."""

    @property
    def id(self) -> str:
        """Name of the movement, as of its series."""
        return f"{self.node} {self.approach} {self.turn}"


def read_turning_counts(path: Path, *, lanes: int = USUAL_MOST_LANES) -> dict[TurningMovement, HourlySeries]:
    """Read a file of turning counts: one series per movement, in the order of node, approach and turn.

    All series run from the first to the last day of the file; a day without a line is unknown.  Impossible counts
    (below zero, above saturation) are taken over: the screening deals with them.

    Raises
    ------
    FileError
        Where the file is not readable, cut off or not UTF-8, a column is missing or too many, a cell is no date or no
        finite number, a movement has other letters than G, L, R and O, or a day of a movement occurs twice.
    """
    days: dict[TurningMovement, dict[date, list[float]]] = {}
    known: dict[tuple[str, ...], TurningMovement] = {}
    for number, cells in _lines(path):
        key = tuple(cells[1:4])
        if key not in known:
            known[key] = _movement(path.name, number, cells)
        day, of_day = _date(path.name, number, cells[0]), days.setdefault(known[key], {})
        if day in of_day:
            raise FileError(path.name, number, "/".join(KEY_COLUMNS), "/".join(cells[:4]), "must occur once")
        of_day[day] = _counts(path.name, number, cells)
    if not days:
        raise FileError(path.name, 0, "rows", 0, "must be at least one")
    first = min(min(of_day) for of_day in days.values())
    last = max(max(of_day) for of_day in days.values())
    size = (last - first).days + 1
    if size > MOST_DAYS:
        raise FileError(path.name, 0, "date", f"{first} to {last}", f"must span at most {MOST_DAYS} days")
    return {
        movement: HourlySeries(
            id=movement.id, first_day=first, counts_veh_h=_table(days[movement], first, size), lanes=lanes
        )
        for movement in sorted(days)
    }


def _table(of_day: dict[date, list[float]], first: date, size: int) -> NDArray[np.float64]:
    table = np.full((size, HOURS), np.nan)
    for day, counts in of_day.items():
        table[(day - first).days] = counts
    return table


def _lines(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """Line number and cells of each line after the header."""
    try:
        with _opened(path) as stream:
            lines = csv.reader(stream, strict=True)
            header = tuple(name.strip() for name in next(lines, []))
            if header != COLUMNS:
                wrong = next((a for a, b in zip(header, COLUMNS, strict=False) if a != b), len(header))
                raise FileError(path.name, 1, "header", wrong, "must be " + ", ".join(COLUMNS[:5]) + ", ..., h23")
            for cells in lines:
                if len(cells) != len(COLUMNS):
                    raise FileError(path.name, lines.line_num, "cells", len(cells), f"must be {len(COLUMNS)}")
                yield lines.line_num, cells
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        limit = f"must be a readable UTF-8 CSV table, whole, plain or gzip ({error})"
        raise FileError(path.name, 0, "file", str(path), limit) from error


def _opened(path: Path) -> TextIO:
    with path.open("rb") as stream:
        packed = stream.read(2) == GZIP_MAGIC
    if packed:
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _movement(file: str, number: int, cells: Sequence[str]) -> TurningMovement:
    for name, value in zip(KEY_COLUMNS[1:], cells[1:4], strict=True):
        if not value or not value.isalnum():
            raise FileError(file, number, name, value, "must be letters and digits")
    if not set(cells[3]) <= TURNS:
        raise FileError(file, number, "movement", cells[3], "must be of the letters G, L, R and O")
    return TurningMovement(*cells[1:4])


def _date(file: str, number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FileError(file, number, "date", text, "must be a date such as 2015-01-31") from error


def _counts(file: str, number: int, cells: Sequence[str]) -> list[float]:
    texts = cells[4:]
    try:
        counts = [float(text) if text else math.nan for text in texts]
    except ValueError:
        counts = []
    if len(counts) == HOURS and sum(math.isfinite(count) for count in counts) == HOURS - texts.count(""):
        return counts
    name, text = next((n, t) for n, t in zip(COLUMNS[4:], texts, strict=True) if t and not _is_finite(t))
    raise FileError(file, number, name, text, "must be a finite number or empty")


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
