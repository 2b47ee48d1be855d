"""Files that are no readable Visum text, and files that are cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.errors import FileError
from traffic_core.formats.visum.reader import read_visum
from traffic_core.formats.visum.table import read_tables

UNCLOSED = "no blank line after the last table as after the others: its last rows may be missing"
TEXT = Path(__file__).with_name("dorf.net").read_text(encoding="cp1252")


def error_of(tmp_path: Path, data: bytes) -> FileError:
    path = tmp_path / "town.net"
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read_visum(path)
    assert caught.value.file == "town.net"
    return caught.value


@pytest.mark.parametrize("data", [b"", b"<net version='1'>\n</net>\n", b"$V;D3\n* From To\n", b"\n$VISION\n"])
def test_a_file_of_another_kind_is_refused_at_its_first_line(tmp_path, data):
    error = error_of(tmp_path, data)
    assert (error.row, error.field) == (1, "first line")
    assert "$VISION" in error.limit
    assert "no Visum network file" in error.limit


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gone\.net: file = .*: must be readable"):
        read_visum(tmp_path / "gone.net")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_gets_a_message_of_its_own(tmp_path, encoding):
    error = error_of(tmp_path, TEXT.encode(encoding))
    assert (error.field, error.value) == ("encoding", "UTF-16")
    assert "UTF-8 or Windows-1252" in error.limit
    assert "save the file anew" in error.limit


def test_a_zero_byte_is_named_with_its_line(tmp_path):
    error = error_of(tmp_path, TEXT.replace("Lindenplatz", "Linden\0platz", 1).encode("cp1252"))
    line = TEXT[: TEXT.index("Lindenplatz")].count("\n") + 1
    assert (error.row, error.value) == (line, "0x00")


def test_a_byte_in_neither_encoding_is_named_with_its_line(tmp_path):
    data = TEXT.encode("cp1252").replace(b"Lindenplatz", b"Linden\x81platz", 1)
    error = error_of(tmp_path, data)
    line = TEXT[: TEXT.index("Lindenplatz")].count("\n") + 1
    assert (error.row, error.field, error.value) == (line, "byte", "0x81")
    assert "is not Windows-1252" in error.limit


def test_damaged_utf_8_is_not_taken_for_windows_1252(tmp_path):
    error = error_of(tmp_path, TEXT.encode("utf-8").replace(b"Lindenplatz", b"Linden\xffplatz", 1))
    assert error.value == "0xFF"
    assert "is not UTF-8" in error.limit


def test_text_in_utf_8_is_read_as_such(tmp_path):
    path = tmp_path / "town.net"
    path.write_text(TEXT, encoding="utf-8")
    assert read_visum(path).name == "Dörfle"


def test_a_row_with_too_few_cells_is_refused(tmp_path):
    text = TEXT.replace("100;3;Q;0;P;0.1km;15s;40", "100;3;Q;0;P;0.1km", 1)
    error = error_of(tmp_path, text.encode("cp1252"))
    assert error.row == text[: text.index("100;3;Q;")].count("\n") + 1
    assert (error.field, error.value) == ("ANBINDUNG cells", 6)
    header = text[: text.index("$ANBINDUNG")].count("\n") + 1
    assert error.limit == f"must be 8 like the header of line {header}"


def test_a_row_with_too_many_cells_is_refused(tmp_path):
    error = error_of(tmp_path, TEXT.replace("15s;40", "15s;40;7", 1).encode("cp1252"))
    assert (error.field, error.value) == ("ANBINDUNG cells", 9)


@pytest.mark.parametrize(
    "end", ["12;1;4;Marktgasse;70", "4;1;3;3;P,R;99999;0s", "* Tabelle: Benutz", "$STRECKE:NR;VON"]
)
def test_a_last_line_without_an_end_is_cut_off_wherever_it_ends(tmp_path, end):
    text = TEXT[: TEXT.index(end) + len(end)]
    error = error_of(tmp_path, text.encode("cp1252"))
    assert (error.row, error.field) == (text.count("\n") + 1, "last line")
    assert error.value.endswith(end)
    assert "the file is cut off, or its last value may be" in error.limit


def test_a_last_table_without_the_blank_line_that_follows_the_others_is_warned_of(tmp_path):
    path = tmp_path / "town.net"
    path.write_bytes(TEXT[: TEXT.index("4;1;3;3;P")].encode("cp1252"))
    warnings = read_visum(path).warnings
    assert warnings.counts[UNCLOSED] == 1
    assert warnings.examples[UNCLOSED][0].startswith("ABBIEGER, line ")
    path.write_bytes(f"{TEXT}\n".encode("cp1252"))
    assert UNCLOSED not in read_visum(path).warnings.counts


@pytest.mark.parametrize("text", ["$VISION\n$A:NR\n1\n", "$VISION\n$A:NR\n1\n$B:NR\n2\n"])
def test_files_without_blank_lines_need_none_at_the_end(tmp_path, text):
    path = tmp_path / "town.net"
    path.write_text(text, encoding="utf-8")
    assert read_tables(path).closed


@given(st.data())
def test_a_cut_file_is_refused_or_at_the_end_of_a_row_warned_of_but_never_read_in_silence(tmp_path_factory, data):
    whole = f"{TEXT}\n".encode("cp1252")
    end = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path_factory.mktemp("cut") / "town.net"
    path.write_bytes(whole[:end])
    try:
        model = read_visum(path)
    except FileError as error:
        assert error.file == "town.net"  # noqa: PT017  either outcome is right
    else:
        between_tables = whole[:end].endswith(b"\n\n") or whole[:end].splitlines()[-1].startswith(b"*")
        assert UNCLOSED in model.warnings.counts or between_tables


@pytest.mark.parametrize(
    ("text", "row", "field", "limit"),
    [
        ("$VISION\n1;2;3\n", 2, "row", "must follow the header of a table"),
        ("$VISION\n$A:NR;X\n1;2\n\n3;4\n", 5, "row", "must follow the header of a table"),
        ("$VISION\n$A\n", 2, "header", "must be $TABLE:COLUMN"),
        ("$VISION\n$+A:NR\n", 2, "header", "must be $TABLE:COLUMN"),
        ("$VISION\n$A:NR;;X\n", 2, "header", "must be $TABLE:COLUMN"),
        ("$VISION\n$A:NR;X;NR\n", 2, "A header", "must occur once"),
        ("$VISION\n$A:NR;X\n1;2\n$A:NR;Y\n1;2\n", 4, "A header", "must be the header of line 2"),
    ],
)
def test_a_broken_table_is_named(tmp_path, text, row, field, limit):
    path = tmp_path / "town.net"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_tables(path)
    assert (caught.value.row, caught.value.field) == (row, field)
    assert limit in caught.value.limit


def test_tables_may_continue_and_end_cells_with_a_separator(tmp_path):
    path = tmp_path / "town.net"
    path.write_text("$VISION\n$A:NR;X;\n1;2;\n* note\n3;4\n$B:NR\n7\n\n$A:NR;X\n5;6\n", encoding="utf-8")
    first, second = read_tables(path).tables
    assert (first.name, first.columns, first.lines) == ("A", ("NR", "X"), [3, 5, 10])
    assert first.rows == [("1", "2"), ("3", "4"), ("5", "6")]
    assert second.rows == [("7",)]
