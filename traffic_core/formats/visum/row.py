"""Rows of a Visum table as values; every method names file, line and column where a cell cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.visum.values import LENGTH_UNITS_M, NO_UNITS, SPEED_UNITS_M_S, Units, quantity
from traffic_core.formats.visum.words import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from traffic_core.formats.visum.table import Table

_FORBIDDEN_IN_IDENTIFIERS = str.maketrans("#+/", "___")


@dataclass(frozen=True, slots=True)
class Record:
    """One row.  `word` is one of `words.COLUMNS`; errors give the column its name in the file."""

    table: Table
    line: int
    cells: tuple[str, ...]

    def error(self, word: str, limit: str) -> FileError:
        """Return the error that says what is wrong with a cell of this row."""
        place = self.table.places.get(word)
        if place is None:
            return FileError(self.table.file, self.line, f"{self.table.name}.{COLUMNS[word][0]}", None, limit)
        return self.error_at(place, limit)

    def error_at(self, place: int, limit: str) -> FileError:
        """Return the error that says what is wrong with the cell of a column by its place."""
        column = f"{self.table.name}.{self.table.columns[place]}"
        return FileError(self.table.file, self.line, column, self.cells[place], limit)

    def text(self, word: str) -> str:
        """Text of a cell without outer blanks; empty where the table does not have the column."""
        place = self.table.places.get(word)
        return "" if place is None else self.cells[place].strip()

    def has(self, word: str) -> bool:
        """Whether the table has the column, be its cell empty or not."""
        return word in self.table.places

    def key(self, word: str) -> str:
        """Number or code as an identifier: not empty, signs that identifiers must not hold replaced by `_`."""
        value = self.text(word).translate(_FORBIDDEN_IN_IDENTIFIERS)
        if not value or not value.isprintable():
            raise self.error(word, "must not be empty")
        return value

    def number(self, word: str, units: Mapping[str, float] = NO_UNITS, without_unit: float = 1.0) -> float | None:
        """Finite number in the base unit of `units`, None where the cell is empty or the column missing."""
        text = self.text(word)
        if not text:
            return None
        try:
            return quantity(text, units, without_unit)
        except ValueError as error:
            raise self.error(word, str(error)) from error

    def not_negative(self, word: str, units: Mapping[str, float] = NO_UNITS, without_unit: float = 1.0) -> float | None:
        """Finite number of at least 0, None where the cell is empty or the column missing."""
        value = self.number(word, units, without_unit)
        if value is not None and value < 0:
            raise self.error(word, "must be a number of at least 0")
        return value

    def length_m(self, units: Units) -> float | None:
        """Length in metres, None where the file does not say it."""
        return self.not_negative("length", LENGTH_UNITS_M, units.length_m)

    def speed_m_s(self, word: str, units: Units) -> float | None:
        """Speed in metres a second, None where the file does not say it."""
        return self.not_negative(word, SPEED_UNITS_M_S, units.speed_m_s)

    def position(self) -> tuple[float, float]:
        """Coordinates as the file has them."""
        x, y = self.number("x"), self.number("y")
        if x is None or y is None:
            raise self.error("x" if x is None else "y", "must not be empty")
        return x, y


def records(table: Table | None) -> Iterator[Record]:
    """Rows of a table in their order; none where the file does not have the table."""
    if table is not None:
        for line, cells in zip(table.lines, table.rows, strict=True):
            yield Record(table, line, cells)


class Keys:
    """Keys of a table that must be unique, with the line where each stood first."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, ...], int] = {}

    def add(self, record: Record, *words: str) -> tuple[str, ...]:
        """Key of a row.  Raises `FileError` where another row has it already."""
        key = tuple(record.key(word) for word in words)
        if key in self._lines:
            raise record.error(words[0], f"is in row {self._lines[key]} already ({', '.join(key)})")
        self._lines[key] = record.line
        return key
