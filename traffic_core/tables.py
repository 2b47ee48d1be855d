"""Strict reading of CSV tables: whatever is wrong, the error names file, row, field, value and limit."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from traffic_core.errors import FileError, located
from traffic_core.provenance import Confidence, Provenance
from traffic_core.text_files import read_utf_8

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from enum import StrEnum
    from pathlib import Path

PROVENANCE_COLUMNS = ("confidence", "source")
"""Allowed in every table, required where the reader lists them."""
LONGEST_CELL = 16_000_000
"""Signs in one cell: the line of a long road takes more than the 131,072 of the library, a lost quote must not take all
memory."""

csv.field_size_limit(LONGEST_CELL)  # the library knows one limit for the whole process

_OTHER_SEPARATORS = ";\t|"
_Choice = TypeVar("_Choice", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.  Every method raises `FileError` for a cell it cannot turn into a value."""

    file: str
    number: int
    """Line in the file; the header is line 1."""
    cells: Mapping[str, str]

    def error(self, field: str, limit: str) -> FileError:
        """Return the error that says what is wrong with a cell of this row."""
        return FileError(self.file, self.number, field, self.cells.get(field), limit)

    def text(self, field: str) -> str:
        """Text of a cell that must not be empty."""
        value = self.cells[field]
        if not value:
            raise self.error(field, "must not be empty")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Parts of a cell between semicolons; none where the cell is empty."""
        value = self.cells[field]
        parts = tuple(part.strip() for part in value.split(";")) if value else ()
        if not all(parts):
            raise self.error(field, "must hold parts separated by single semicolons")
        return parts

    def decimal(self, field: str) -> float:
        """Finite number with a decimal point."""
        text = self.text(field)
        try:
            value = float(text)
        except ValueError as error:
            raise self.error(field, "must be a number") from error
        if not math.isfinite(value):
            raise self.error(field, "must be a finite number")
        return value

    def whole(self, field: str) -> int:
        """Whole number."""
        value = self.text(field)
        try:
            return int(value)
        except ValueError as error:
            raise self.error(field, "must be a whole number") from error

    def whole_or_none(self, field: str) -> int | None:
        """Whole number, or None where the cell is empty: not known."""
        return self.whole(field) if self.cells[field] else None

    def flag(self, field: str) -> bool:
        """Truth written as 1 or 0."""
        value = self.text(field)
        if value not in {"0", "1"}:
            raise self.error(field, "must be 0 or 1")
        return value == "1"

    def choice(self, field: str, kinds: type[_Choice]) -> _Choice:
        """Member of an enumeration by its value."""
        value = self.text(field)
        try:
            return kinds(value)
        except ValueError as error:
            raise self.error(field, "must be one of " + ", ".join(kind.value for kind in kinds)) from error

    def reference(self, field: str, known: Collection[str], what: str) -> str:
        """Identifier that must be among `known`; `what` says what those are."""
        value = self.text(field)
        if value not in known:
            raise self.error(field, f"must name {what}")
        return value

    def provenance(self) -> Provenance:
        """Source and confidence of the row."""
        return Provenance(source=self.text("source"), confidence=self.choice("confidence", Confidence))

    def checked(self) -> AbstractContextManager[None]:
        """Turn an `InvalidValueError` of a type built from this row into a `FileError` that names the row."""
        return located(self.file, self.number)


def read_table(
    path: Path, columns: Sequence[str], *, key: Sequence[str] = (), optional: Sequence[str] = (), more: bool = False
) -> list[Row]:
    """Rows of a UTF-8 CSV file in their order.

    `columns` must all be in the header; besides, only `optional` ones, `confidence` and `source` may be there, or with
    `more` any.  No two rows may agree in all `key` columns.  Cells are stripped of outer blanks; lines without any text
    are no rows.

    Raises
    ------
    FileError
        Where the file is missing or not UTF-8, a quote is not closed, a column is missing, unknown or given twice, a
        line has another number of cells than the header, or a key occurs twice.
    """
    return list(each_row(path, columns, key=key, optional=optional, more=more))


def each_row(
    path: Path, columns: Sequence[str], *, key: Sequence[str] = (), optional: Sequence[str] = (), more: bool = False
) -> Iterator[Row]:
    """Rows like those of `read_table`, one at a time: for tables that need not be in memory as a whole."""
    first_row: dict[tuple[str, ...], int] = {}
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = csv.reader(stream, strict=True)
            header = _header(path.name, next(lines, []), columns)
            if not more:
                _check_known(path.name, header, (*columns, *optional))
            line = lines.line_num
            for cells in lines:
                line = lines.line_num
                texts = [cell.strip() for cell in cells]
                if not any(texts):
                    continue
                if len(texts) != len(header):
                    limit = f"must have {len(header)} cells like the header"
                    raise FileError(path.name, line, "cells", len(texts), limit)
                row = Row(path.name, line, dict(zip(header, texts, strict=True)))
                _check_key(row, key, first_row)
                yield row
    except UnicodeDecodeError:
        read_utf_8(path)  # reads all at once and so knows the line
        raise
    except OSError as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable file ({error.strerror})") from error
    except csv.Error as error:
        raise FileError(path.name, line + 1, "row", None, f"must be a row of a CSV table ({error})") from error


def _header(file: str, header: list[str], columns: Sequence[str]) -> list[str]:
    names = [name.strip() for name in header]
    for name in columns:
        if name not in names:
            other = next((sign for sign in _OTHER_SEPARATORS if len(names) == 1 and sign in names[0]), None)
            limit = "must be a column of the table" + (f": commas part the cells, not {other!r}" if other else "")
            raise FileError(file, 1, name, None, limit)
    for place, name in enumerate(names):
        if name in names[:place]:
            raise FileError(file, 1, "header", name, "must occur once")
    return names


def _check_known(file: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known and name not in PROVENANCE_COLUMNS:
            raise FileError(file, 1, "header", name, "must be one of " + ", ".join(known))


def _check_key(row: Row, key: Sequence[str], first_row: dict[tuple[str, ...], int]) -> None:
    if not key:
        return
    value = tuple(row.cells[name] for name in key)
    if value in first_row:
        raise FileError(row.file, row.number, "/".join(key), "/".join(value), f"is in row {first_row[value]} already")
    first_row[value] = row.number
