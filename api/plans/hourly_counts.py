"""Hourly counts with a row for each day and movement: date,node,approach,movement,h00 to h23; plain or gzip."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from api.plans.count_faults import faults_of
from api.plans.turning_counts import CountSeries
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOURS = 24
COLUMNS = ("date", "node", "approach", "movement", *(f"h{hour:02}" for hour in range(HOURS)))
MOST_DAYS = 20_000


def is_hourly(path: Path) -> bool:
    """Whether the table has a column for each hour.  Raises `FileError` for a file that cannot be read."""
    return next(_lines(path), (0, []))[1][: len(COLUMNS)] == list(COLUMNS)


def read_hourly_counts(path: Path, nodes: tuple[str, ...] = ()) -> list[CountSeries]:
    """Counts of all nodes or of some, by node, approach and movement.

    Raises
    ------
    FileError
        Names row, field, value and limit: a table that cannot be read, a date that is none, a cell that is no number,
        a day that comes twice.
    """
    days: dict[tuple[str, str, str], dict[date, list[float]]] = {}
    lines = _lines(path)
    if next(lines, (0, []))[1][: len(COLUMNS)] != list(COLUMNS):
        raise FileError(path.name, 1, "header", None, "must be " + ",".join(COLUMNS))
    for number, cells in lines:
        if len(cells) != len(COLUMNS):
            raise FileError(path.name, number, "cells", len(cells), f"must have {len(COLUMNS)} cells like the header")
        node, approach, movement = cells[1:4]
        if nodes and node not in nodes:
            continue
        of_key = days.setdefault((node, approach, movement), {})
        day = _date(path.name, number, cells[0])
        if day in of_key:
            raise FileError(path.name, number, "date", cells[0], f"must occur once for {node} {approach} {movement}")
        of_key[day] = _values(path.name, number, cells)
    if missing := [node for node in nodes if node not in {key[0] for key in days}]:
        raise FileError(path.name, 0, "node", missing[0], "must be counted in the table")
    if not days:
        raise FileError(path.name, 0, "rows", 0, "must hold counts")
    return [_series(path.name, *key, of_key) for key, of_key in sorted(days.items())]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    packed = path.suffix == ".gz"
    try:
        with (
            path.open("rb") as raw,
            io.TextIOWrapper(
                cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw, encoding="utf-8-sig", newline=""
            ) as text,
        ):
            lines = csv.reader(text, strict=True)
            for cells in lines:
                yield lines.line_num, cells
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise FileError(path.name, 0, "file", str(path), f"must be a readable table ({told})") from error


def _date(file: str, number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FileError(file, number, "date", text, "must be a date such as 2026-05-12") from error


def _values(file: str, number: int, cells: list[str]) -> list[float]:
    values = []
    for name, cell in zip(COLUMNS[4:], cells[4:], strict=True):
        try:
            values.append(float(cell) if cell else float("nan"))
        except ValueError as error:
            raise FileError(file, number, name, cell, "must be a number or empty") from error
    return values


def _series(file: str, node: str, approach: str, movement: str, days: dict[date, list[float]]) -> CountSeries:
    first, last = min(days), max(days)
    size = (last - first).days + 1
    if size > MOST_DAYS:
        raise FileError(file, 0, "date", last.isoformat(), f"must be within {MOST_DAYS} days of {first.isoformat()}")
    values = np.full((size, HOURS), np.nan)
    for day, counted in days.items():
        values[(day - first).days] = counted
    flat = values.ravel()
    hour = np.tile(np.arange(HOURS), size)
    return CountSeries(
        node=node,
        movement=f"{approach}/{movement}",
        start=datetime.combine(first, datetime.min.time()),
        minutes=60,
        values=flat,
        faults=tuple(faults_of(flat, hour, 1.0)),
    )
