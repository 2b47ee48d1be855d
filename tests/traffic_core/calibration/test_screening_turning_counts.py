"""The reader of turning counts, on small files of its own."""

from __future__ import annotations

import gzip
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from traffic_core.calibration.turning_counts import COLUMNS, TurningMovement, read_turning_counts
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ",".join(COLUMNS)
HOURS = ",".join(str(10 * hour) for hour in range(24))
TEXT = f"""\
{HEADER}
2015-01-03,03290,FV12,GR,{HOURS}
2015-01-01,03290,FV12,GR,{HOURS.replace("230", "")}
2015-01-01,01025,FV1,L,{HOURS.replace("230", "-4")}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "counts.csv"
    made.write_text(TEXT, encoding="utf-8")
    return made


def test_movements_become_series_over_the_days_of_the_file(path: Path):
    made = read_turning_counts(path, lanes=1)
    assert list(made) == [TurningMovement("01025", "FV1", "L"), TurningMovement("03290", "FV12", "GR")]
    left, both = made.values()
    assert left.id == "01025 FV1 L"
    assert (left.first_day, left.days, left.lanes) == (date(2015, 1, 1), 3, 1)
    assert left.counts_veh_h[0, [0, 1, 23]].tolist() == [0.0, 10.0, -4.0]
    assert np.isnan(left.counts_veh_h[1:]).all()
    assert np.isnan(both.counts_veh_h[0, 23])
    assert np.isnan(both.counts_veh_h[1]).all()
    assert both.counts_veh_h[2, 23] == 230.0


def test_a_packed_file_is_read_like_a_plain_one(path: Path, tmp_path: Path):
    packed = tmp_path / "counts.csv.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    plain, made = read_turning_counts(path), read_turning_counts(packed)
    assert all(np.array_equal(made[key].counts_veh_h, plain[key].counts_veh_h, equal_nan=True) for key in plain)


@pytest.mark.parametrize(
    ("old", "new", "row", "field", "value", "limit"),
    [
        ("date,node", "day,node", 1, "header", "day", "date, node"),
        (",h23", "", 1, "header", 27, "date, node"),
        ("2015-01-03", "2015-13-03", 2, "date", "2015-13-03", "2015-01-31"),
        ("2015-01-03", "2015-01-01", 3, "date/node/approach/movement", "2015-01-01/03290/FV12/GR", "once"),
        ("01025,FV1,L", "01025,FV1,X", 4, "movement", "X", "G, L, R and O"),
        ("01025,FV1,L", "01025,,L", 4, "approach", "", "letters and digits"),
        ("01025,FV1,L", "01025,FV1,", 4, "movement", "", "letters and digits"),
        ("-4", "viel", 4, "h23", "viel", "finite"),
        ("-4", "nan", 4, "h23", "nan", "finite"),
        ("-4", "1e999", 4, "h23", "1e999", "finite"),
        (",-4", "", 4, "cells", 27, "28"),
        ("2015-01-03", "0101-01-03", 0, "date", "0101-01-03 to 2015-01-01", "days"),
    ],
)
def test_bad_input_names_file_row_field_value_and_limit(
    path: Path, old: str, new: str, row: int, field: str, value: object, limit: str
):
    assert TEXT.count(old) == 1
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(FileError) as refused:
        read_turning_counts(path)
    assert (refused.value.file, refused.value.row, refused.value.field) == ("counts.csv", row, field)
    assert refused.value.value == value
    assert limit in refused.value.limit


def test_a_file_without_rows_is_refused(path: Path):
    path.write_text(HEADER + "\n", encoding="utf-8")
    with pytest.raises(FileError, match="rows = 0: must be at least one"):
        read_turning_counts(path)


@pytest.mark.parametrize("damage", ["missing", "cut off", "damaged", "latin-1"])
def test_an_unreadable_file_is_refused(path: Path, damage: str):
    packed = gzip.compress(TEXT.encode())
    match damage:
        case "missing":
            path.unlink()
        case "cut off":
            path.write_bytes(packed[:-20])
        case "damaged":
            path.write_bytes(packed[:30] + b"\xff\x00\xff" + packed[33:])
        case _:
            path.write_bytes(TEXT.replace("03290", "Süd").encode("latin-1"))
    with pytest.raises(FileError, match="must be a readable UTF-8 CSV table, whole") as refused:
        read_turning_counts(path)
    assert refused.value.file == "counts.csv"
