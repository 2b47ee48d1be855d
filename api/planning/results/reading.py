"""Results of an assignment read back from CSV or GeoJSON, for a comparison."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from api.planning.results.columns import Units
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from traffic_core.geometry import LonLat

    Line = tuple[LonLat, ...]
    Record = tuple[int, Mapping[str, object], Line | None]
    """Line of a table or number of a feature, its values, and its course."""

IDENTITY = ("link_id", "from", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLink:
    """One link of a result; None where the file does not say it."""

    id: str
    from_node: str
    to_node: str
    name: str
    volume: float
    volume_capacity_ratio: float | None
    time: float | None
    length: float | None
    line: Line | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A whole file."""

    file: str
    units: Units
    links: Mapping[str, ReadLink]
    about: Mapping[str, Any] = field(default_factory=dict)
    """What a GeoJSON result says of itself; empty for a table."""


def read_result(path: Path) -> ReadResult:
    """Read a result that `stadttakt assign` wrote; further columns are left alone.

    Raises
    ------
    FileError
        Names file, row (of a GeoJSON file the number of the feature), field, value and limit.
    """
    about: Mapping[str, Any] = {}
    if path.suffix.lower() == ".csv":
        records = list(_from_csv(path))
    elif path.suffix.lower() in {".geojson", ".json"}:
        document = _document(path)
        about = document["about"] if isinstance(document.get("about"), dict) else {}
        records = list(_from_features(path, document))
    else:
        raise FileError(path.name, 0, "file", str(path), "must end in .csv, .geojson or .json")
    if not records:
        raise FileError(path.name, 0, "links", 0, "must be at least one")
    units = _units(path, records[0])
    links: dict[str, ReadLink] = {}
    for record in records:
        link = _link(path.name, record, units)
        if link.id in links:
            raise FileError(path.name, record[0], "link_id", link.id, "must occur once")
        links[link.id] = link
    return ReadResult(file=path.name, units=units, links=links, about=about)


def _from_csv(path: Path) -> Iterator[Record]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            header = next(lines, [])
            for cells in lines:
                if not cells:
                    continue
                if len(cells) != len(header):
                    limit = f"must have {len(header)} cells like the header"
                    raise FileError(path.name, lines.line_num, "cells", len(cells), limit)
                yield lines.line_num, dict(zip(header, cells, strict=True)), None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable UTF-8 CSV table ({error})") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be readable JSON ({error})") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise FileError(path.name, 0, "features", None, "must be the list of a feature collection")
    return document


def _from_features(path: Path, document: dict[str, Any]) -> Iterator[Record]:
    for number, feature in enumerate(document["features"], start=1):
        try:
            values, points = feature["properties"], feature["geometry"]["coordinates"]
            line = tuple((float(point[0]), float(point[1])) for point in points)
            values = dict(values)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            limit = "must be a feature with properties and a LineString"
            raise FileError(path.name, number, "feature", type(error).__name__, limit) from error
        if len(line) < 2 or not all(math.isfinite(x) and math.isfinite(y) for x, y in line):
            raise FileError(path.name, number, "coordinates", points, "must be at least two finite points")
        yield number, values, line


def _units(path: Path, first: Record) -> Units:
    """Units of the result by the name of its column of volumes."""
    for name in IDENTITY:
        if name not in first[1]:
            raise FileError(path.name, 1, name, None, "must be a column of the result")
    for units in (Units.DAY, Units.HOUR, Units.OWN):
        if units.volume in first[1]:
            return units
    wanted = " or ".join(units.volume for units in Units)
    raise FileError(path.name, 1, "volume", None, f"must be a column of the result: {wanted}")


def _link(file: str, record: Record, units: Units) -> ReadLink:
    row, values, line = record
    texts = {name: str(values.get(name) or "") for name in (*IDENTITY, "name")}
    if not texts["link_id"]:
        raise FileError(file, row, "link_id", values.get("link_id"), "must not be empty")
    volume = _number(file, row, values, units.volume)
    if volume is None:
        raise FileError(file, row, units.volume, values.get(units.volume), "must be a number of at least 0")
    return ReadLink(
        id=texts["link_id"],
        from_node=texts["from"],
        to_node=texts["to"],
        name=texts["name"],
        volume=volume,
        volume_capacity_ratio=_number(file, row, values, "volume_capacity_ratio"),
        time=_number(file, row, values, units.time),
        length=_number(file, row, values, units.length),
        line=line,
    )


def _number(file: str, row: int, values: Mapping[str, object], name: str) -> float | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        number = float(value) if isinstance(value, (str, int, float)) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0.0:
        raise FileError(file, row, name, value, "must be a finite number of at least 0")
    return number
