"""Tables of counts: days or hours, and whatever is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from traffic_core.calibration.observations import Observation, read_observations
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from pathlib import Path

LINKS = ("L1", "L2")
DAY = "count_id,link_id,veh_24h,year,confidence,source\n"
HOUR = "count_id,link_id,hour,veh_h,confidence,source\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_of_a_day_are_read(tmp_path: Path):
    (found,) = read_observations(table(tmp_path, DAY + "C1,L1,7500,2014,derived,town\n"), LINKS)
    assert found == Observation(count_id="C1", link_id="L1", hour=None, veh=7_500.0)


def test_counts_of_hours_are_read(tmp_path: Path):
    text = HOUR + "C1,L1,7,520.5,anchor,loop\nC1,L1,8,0,anchor,loop\n"
    found = read_observations(table(tmp_path, text), LINKS)
    assert [(each.hour, each.veh) for each in found] == [(7, 520.5), (8, 0.0)]


def test_a_count_has_a_standard_error_of_a_twentieth_a_wish_of_a_fifth_and_zero_of_ten_vehicles():
    sure = Observation(count_id="C1", link_id="L1", hour=None, veh=1_000.0)
    wish = Observation(count_id="C1", link_id="L1", hour=None, veh=1_000.0, confidence=Confidence.ESTIMATED)
    nothing = Observation(count_id="C1", link_id="L1", hour=3, veh=0.0)
    assert [each.variance for each in (sure, wish, nothing)] == pytest.approx([2_500.0, 40_000.0, 100.0])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (DAY + "C1,L9,7500,2014,derived,town\n", ("counts.csv, row 2", "link_id = 'L9'", "a link_id of link.csv")),
        (DAY + "C1,L1,-1,2014,derived,town\n", ("row 2", "count[C1].veh = -1.0", "from 0 to 300000")),
        (DAY + "C1,L1,nan,2014,derived,town\n", ("row 2", "veh_24h = 'nan'", "finite")),
        (DAY + "C1,L1,inf,2014,derived,town\n", ("row 2", "veh_24h = 'inf'", "finite")),
        (DAY + "C1,L1,7500,20x4,derived,town\n", ("row 2", "year = '20x4'", "whole number")),
        (DAY + "C1,L1,7500,2014,derived,town\nC1,L2,7500,,derived,town\n", ("row 3", "count_id = 'C1'", "row 2")),
        (DAY + "C1,L1,7500,2014,derived,town\nC2,L2,75", ("row 3", "cells = 3", "must have 6 cells")),
        (HOUR + "C1,L1,24,500,derived,town\n", ("row 2", "count[C1].hour = 24", "from 0 to 23")),
        (HOUR + "C1,L1,-1,500,derived,town\n", ("row 2", "hour = -1", "from 0 to 23")),
        (HOUR + "C1,L1,7.5,500,derived,town\n", ("row 2", "hour = '7.5'", "whole number")),
        (HOUR + "C1,L1,7,500,derived,town\nC1,L1,7,510,derived,town\n", ("row 3", "count_id/hour", "row 2")),
        (HOUR + "C1,L1,7,500,derived,town\nC1,L2,8,510,derived,town\n", ("row 3", "link_id = 'L2'", "'L1'")),
        ("count_id,link_id\n", ("row 1", "veh_24h", "must be a column")),
        ("", ("row 1", "count_id", "must be a column")),
    ],
)
def test_what_cannot_be_used_is_named_with_row_field_value_and_limit(tmp_path: Path, text: str, parts: tuple[str, ...]):
    with pytest.raises(FileError) as caught:
        read_observations(table(tmp_path, text), LINKS)
    for part in parts:
        assert part in str(caught.value)


def test_a_missing_or_foreign_file_is_named(tmp_path: Path):
    with pytest.raises(FileError, match=r"none\.csv"):
        read_observations(tmp_path / "none.csv", LINKS)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("count_id,link_id,Straße\n".encode("latin-1"))
    with pytest.raises(FileError, match=r"latin\.csv.*UTF-8"):
        read_observations(latin, LINKS)


def test_an_observation_holds_no_impossible_hour_or_number():
    with pytest.raises(InvalidValueError, match=r"count\[C1\]\.hour = 25"):
        Observation(count_id="C1", link_id="L1", hour=25, veh=1.0)
    with pytest.raises(InvalidValueError, match=r"count\[C1\]\.veh = nan"):
        Observation(count_id="C1", link_id="L1", hour=1, veh=float("nan"))
