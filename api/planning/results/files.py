"""Results of an assignment as files: CSV and GeoJSON, written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from api.planning.outputs import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from api.planning.results.columns import Cell, Columns
    from api.planning.results.courses import Courses

COORDINATE_DIGITS = 6
"""A tenth of a metre."""


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a CSV table; floats keep every digit, None becomes an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_columns(path: Path, columns: Columns) -> None:
    """Write columns of equal length as a CSV table."""
    write_rows(path, tuple(columns), zip(*columns.values(), strict=True))


def write_geojson(path: Path, columns: Columns, courses: Courses, about: Mapping[str, Any]) -> None:
    """Write one LineString per link with the columns as properties (RFC 7946); `about` is a foreign member."""
    features = []
    for line, cells in zip(courses.lines, zip(*columns.values(), strict=True), strict=True):
        points = [[round(x, COORDINATE_DIGITS), round(y, COORDINATE_DIGITS)] for x, y in line]
        feature = {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": points},
            "properties": dict(zip(columns, cells, strict=True)),
        }
        features.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    head = f'{{"type": "FeatureCollection", "about": {json.dumps(dict(about), ensure_ascii=False)}, "features": [\n'
    write_text(path, head + ",\n".join(features) + "\n]}\n")
