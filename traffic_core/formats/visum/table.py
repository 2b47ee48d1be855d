"""The sections of a Visum network file as tables of texts.

The file begins with `$VISION`.  A table begins with `$NAME:COLUMN;COLUMN;...`, its rows follow one a line between
semicolons, and a blank line or the next `$` ends it.  Lines beginning with `*` are comments.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.visum.text import read_lines
from traffic_core.formats.visum.words import COLUMNS, TABLES, word_of_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

FIRST_LINE = "$VISION"
SEPARATOR = ";"
LINES_PER_REPORT = 20_000


@dataclass(slots=True)
class Table:
    """One table in the file's own names and texts, row by row as it stands there."""

    file: str
    name: str
    columns: tuple[str, ...]
    line: int
    """Line of the header."""
    lines: list[int] = field(default_factory=list)
    """Line of each row."""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    places: dict[str, int] = field(init=False)
    """Place of each column that is there under a word of `words.COLUMNS`."""

    def __post_init__(self) -> None:
        upper = {name.upper(): place for place, name in reversed(list(enumerate(self.columns)))}
        self.places = {
            word: upper[name] for word, names in COLUMNS.items() for name in reversed(names) if name in upper
        }

    def use_system(self, word: str, codes: Collection[str]) -> None:
        """Let `word` stand for its column of the first of the transport systems `codes` that has one."""
        upper = [name.upper() for name in self.columns]
        for code in sorted(codes):
            for name in COLUMNS[word]:
                if (of_system := name.replace("()", f"({code.upper()})")) in upper:
                    self.places[word] = upper.index(of_system)
                    return

    def error(self, limit: str) -> FileError:
        """Return the error that says what is wrong with the table or its header."""
        return FileError(self.file, self.line, f"{self.name} header", SEPARATOR.join(self.columns)[:80], limit)

    def require(self, *words: str) -> None:
        """Raise `FileError` unless the table has a column for each word."""
        for word in words:
            if word not in self.places:
                raise self.error("must have a column " + " or ".join(COLUMNS[word]))


@dataclass(frozen=True, slots=True)
class VisumFile:
    """All tables of a file in their order."""

    name: str
    lines: int
    tables: tuple[Table, ...]
    closed: bool
    """Whether a blank line follows the last table, as it does the others; if not, its last rows may be missing."""

    def table(self, word: str) -> Table | None:
        """Table by a word of `words.TABLES`, None where the file does not have it."""
        return next((table for table in self.tables if word_of_table(table.name) == word), None)

    def required(self, word: str, *columns: str) -> Table:
        """Table that the file must have, with the columns that it must have.  Raises `FileError`."""
        table = self.table(word)
        if table is None:
            limit = "must be there: a Visum network file has the table " + " or ".join(TABLES[word])
            raise FileError(self.name, 0, "table", None, limit)
        table.require(*columns)
        return table


def read_tables(path: Path, advance: Callable[[int], None] = lambda _: None) -> VisumFile:
    """Read all tables of a file; `advance` is told now and then how many lines are done.

    Raises
    ------
    FileError
        Where the text cannot be decoded, does not begin with `$VISION`, its last line has no end, a row stands outside
        of a table or has another number of cells than its header, a column occurs twice, or a table comes twice with
        different columns.
    """
    lines, ended = read_lines(path)
    if not lines or lines[0].strip() != FIRST_LINE:
        first = lines[0][:40] if lines else ""
        raise FileError(path.name, 1, "first line", first, f"must be {FIRST_LINE}: this is no Visum network file")
    if not ended:
        limit = "must have a line end: the file is cut off, or its last value may be"
        raise FileError(path.name, len(lines), "last line", lines[-1][-40:], limit)
    tables: dict[str, Table] = {}
    table: Table | None = None
    blanks = 0
    for number, line in enumerate(lines[1:], 2):
        if number % LINES_PER_REPORT == 0:
            advance(number)
        if line.startswith("*"):
            continue
        if not line or line.isspace():
            blanks += table is not None
            table = None
        elif line.startswith("$"):
            table = _opened(tables, path.name, number, line)
        elif table is None:
            raise FileError(path.name, number, "row", line[:40], "must follow the header of a table")
        else:
            table.lines.append(number)
            table.rows.append(_cells(table, number, line))
    closed = table is None or not 0 < len(tables) - 1 <= blanks
    return VisumFile(path.name, len(lines), tuple(tables.values()), closed)


def _opened(tables: dict[str, Table], file: str, number: int, line: str) -> Table:
    name, _, header = line[1:].partition(":")
    columns = [column.strip() for column in header.split(SEPARATOR)]
    if len(columns) > 1 and not columns[-1]:
        columns.pop()
    if not name.replace("_", "").isalnum() or not all(columns):
        raise FileError(file, number, "header", line[:60], "must be $TABLE:COLUMN;COLUMN;...")
    if len(set(columns)) != len(columns):
        twice = next(column for place, column in enumerate(columns) if column in columns[:place])
        raise FileError(file, number, f"{name} header", twice, "must occur once")
    known = tables.setdefault(name.upper(), Table(file, name, tuple(columns), number))
    if known.columns != tuple(columns):
        limit = f"must be the header of line {known.line}: the table continues"
        raise FileError(file, number, f"{name} header", header[:60], limit)
    return known


def _cells(table: Table, number: int, line: str) -> tuple[str, ...]:
    cells = line.split(SEPARATOR)
    wanted = len(table.columns)
    if len(cells) > wanted and '"' in line:
        cells = next(csv.reader([line], delimiter=SEPARATOR))
    if len(cells) == wanted + 1 and not cells[-1]:
        cells.pop()
    if len(cells) != wanted:
        limit = f"must be {wanted} like the header of line {table.line}"
        raise FileError(table.file, number, f"{table.name} cells", len(cells), limit)
    return tuple(cells)
