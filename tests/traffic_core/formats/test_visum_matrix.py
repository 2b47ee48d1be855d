"""Visum's text matrices `$V` and `$O`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from traffic_core.errors import FileError
from traffic_core.formats.visum.matrix import read_visum_matrix

if TYPE_CHECKING:
    from pathlib import Path

ZONES = ("100", "200", "300")
ALL_CELLS = """\
$V;D3
* Von  Bis
6.30 9.00
* Faktor
2.00
* 01.02.24
* Anzahl Netzobjekte
2
* Netzobjekt-Nummern
       100        300
*
* Objekt 100 Summe = 3.500
 1.000  2.500
* Objekt 300 Summe = 4
 4.000  0
* Netzobjektnamen
$NAMES
100 "Ort"
300 "Straße"
"""
PAIRS = """\
$O;D2
* From  To
0.00 24.00
* Factor
1.00
*
100 200 5.25
300\t100\t7
"""


def written(tmp_path: Path, text: str, encoding: str = "cp1252") -> Path:
    path = tmp_path / "trips.mtx"
    path.write_bytes(text.encode(encoding))
    return path


def test_all_cells_come_in_the_order_of_the_zones_asked_for_times_the_factor(tmp_path):
    matrix = read_visum_matrix(written(tmp_path, ALL_CELLS), ZONES)
    assert matrix.trips.tolist() == [[2.0, 0.0, 5.0], [0.0, 0.0, 0.0], [8.0, 0.0, 0.0]]
    assert (matrix.from_h, matrix.to_h) == (6.5, 9.0)


def test_pairs_fill_their_cells(tmp_path):
    matrix = read_visum_matrix(written(tmp_path, PAIRS), ZONES)
    assert matrix.trips.tolist() == [[0.0, 5.25, 0.0], [0.0, 0.0, 0.0], [7.0, 0.0, 0.0]]
    assert (matrix.from_h, matrix.to_h) == (0.0, 24.0)


def test_the_number_of_a_transport_mode_is_passed_over(tmp_path):
    text = PAIRS.replace("$O;D2\n", "$OMR;D2\n* Mode\n3\n").replace("0.00 24.00", "- -")
    matrix = read_visum_matrix(written(tmp_path, text), ZONES)
    assert matrix.trips.sum() == 12.25
    assert (matrix.from_h, matrix.to_h) == (None, None)


@given(arrays(np.float64, (3, 3), elements=st.floats(0, 1e6)))
def test_both_formats_give_the_same_matrix(tmp_path_factory, trips):
    folder = tmp_path_factory.mktemp("matrix")
    head = "* From To\n0.00 1.00\n* Factor\n1.00\n"
    cells = "\n".join(" ".join(map(repr, row)) for row in trips.tolist())
    full = written(folder, f"$V\n{head}3\n100 200 300\n{cells}\n")
    np.testing.assert_array_equal(read_visum_matrix(full, ZONES).trips, trips)
    rows = [f"{a} {b} {trips[i, j].item()!r}" for i, a in enumerate(ZONES) for j, b in enumerate(ZONES)]
    pairs = written(folder, f"$O\n{head}" + "\n".join([*rows, ""]))
    np.testing.assert_array_equal(read_visum_matrix(pairs, ZONES).trips, trips)


@pytest.mark.parametrize(
    ("text", "old", "new", "row", "field", "value", "limit"),
    [
        (ALL_CELLS, "$V;D3", "$E;D3", 1, "first line", "$E;D3", "must be $V or $O"),
        (ALL_CELLS, "$V;D3", "$VISION", 1, "first line", "$VISION", "must be $V or $O"),
        (ALL_CELLS, "6.30", "6.75", 3, "from", "6.75", "must be a time"),
        (ALL_CELLS, "6.30", "6.5", 3, "from", "6.5", "must be a time"),
        (ALL_CELLS, "9.00", "48.30", 3, "to", "48.30", "at most 48.00"),
        (ALL_CELLS, "2.00\n", "1e308\n", 5, "factor", "1e308", "from 0 to 1e+09"),
        (ALL_CELLS, "2.00\n", "-2\n", 5, "factor", "-2", "from 0 to 1e+09"),
        (ALL_CELLS, "        300", "        400", 10, "zone", "400", "must be a zone of the network"),
        (ALL_CELLS, "        300", "        100", 10, "zone", "2", "must name each zone once"),
        (ALL_CELLS, "2.500", "-2.500", 13, "trips", "-2.500", "from 0 to"),
        (ALL_CELLS, "2.500", "nan", 13, "trips", "nan", "must be a finite number"),
        (ALL_CELLS, "2.500", "viele", 13, "trips", "viele", "must be a number"),
        (ALL_CELLS, "objekte\n2", f"objekte\n{'2' * 5_000}", 8, "number of zones", "2" * 5_000, "whole"),
        (ALL_CELLS, "4.000  0", "4.000  0 9", 15, "trips", "9", "there are more"),
        (ALL_CELLS, "* Anzahl Netzobjekte\n2", "* Anzahl Netzobjekte\nzwei", 8, "number of zones", "zwei", "whole"),
        (PAIRS, "100 200 5.25", "100 900 5.25", 7, "destination", "900", "must be a zone of the network"),
        (PAIRS, "100 200 5.25", "900 200 5.25", 7, "origin", "900", "must be a zone of the network"),
        (PAIRS, "300\t100\t7", "100\t200\t7", 8, "trips", 7.0, "is given already"),
        (PAIRS, "100 200 5.25", "100 200", 8, "row", 7, "must be origin, destination and trips in one line"),
        (PAIRS, "300\t100\t7", "300\t100\tinf", 8, "trips", "inf", "must be a finite number"),
    ],
)
def test_a_wrong_cell_names_row_field_value_and_limit(tmp_path, text, old, new, row, field, value, limit):
    assert old in text
    with pytest.raises(FileError) as caught:
        read_visum_matrix(written(tmp_path, text.replace(old, new, 1)), ZONES)
    assert (caught.value.file, caught.value.row) == ("trips.mtx", row)
    assert (caught.value.field, caught.value.value) == (field, value)
    assert limit in caught.value.limit


@pytest.mark.parametrize("end", ["$V;D3\n", "6.30 9.00\n", "Nummern\n       100\n", " 1.000  2.500\n"])
def test_a_matrix_that_is_cut_off_is_refused(tmp_path, end):
    text = ALL_CELLS.replace("100        300", "100\n 300")
    with pytest.raises(FileError, match="the file ends here, it is cut off"):
        read_visum_matrix(written(tmp_path, text[: text.index(end) + len(end)]), ZONES)


@pytest.mark.parametrize(("text", "end"), [(ALL_CELLS, " 4.000  0"), (PAIRS, "100\t7"), (PAIRS, "100 200 5.2")])
def test_a_last_value_that_nothing_closes_may_be_cut_and_is_refused(tmp_path, text, end):
    cut = text[: text.index(end) + len(end)]
    with pytest.raises(FileError, match=r"last line = .*: must have a line end: the file is cut off") as caught:
        read_visum_matrix(written(tmp_path, cut), ZONES)
    assert caught.value.row == cut.count("\n") + 1


def test_the_figure_0_stands_for_the_letter_o(tmp_path):
    matrix = read_visum_matrix(written(tmp_path, PAIRS.replace("$O", "$0", 1)), ZONES)
    assert matrix.trips.sum() == 12.25


def test_a_matrix_in_utf_16_is_refused(tmp_path):
    with pytest.raises(FileError, match="UTF-16"):
        read_visum_matrix(written(tmp_path, ALL_CELLS, "utf-16"), ZONES)
