"""Tables of a GMNS folder, and parts of them, that have no place in the model: kept aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.imported import AsideTable
from traffic_core.tables import each_row

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from traffic_core.formats.imported import Warnings
    from traffic_core.tables import Row

RESERVED = {"import_warning"}
"""Names that the writer of a model folder needs itself."""


def unused_columns(tables: Mapping[str, list[Row]], used: Mapping[str, Collection[str]]) -> Iterator[AsideTable]:
    """Of each table the columns that are not `used`, beside those that say which record it is."""
    for name, rows in tables.items():
        columns = tuple(rows[0].cells) if rows else ()
        keys = tuple(column for column in columns if column.endswith("_id") and column in used[name])
        rest = tuple(column for column in columns if column not in used[name])
        if rest:
            wanted = (*keys, *rest)
            values = tuple(tuple(row.cells[column] for column in wanted) for row in rows)
            yield AsideTable(name=name, columns=wanted, rows=values)


def unused_tables(folder: Path, read: Collection[str], warnings: Warnings) -> Iterator[AsideTable]:
    """Other CSV files of the folder, as they are; one that is no such table is left where it is, with a warning."""
    taken = RESERVED | set(read)
    for path in sorted(folder.glob("*.csv")):
        if path.stem in read:
            continue
        try:
            rows = list(each_row(path, (), more=True))
        except FileError as error:
            warnings.add("other file of the folder is no table that can be read: not kept aside", str(error))
            continue
        if rows:
            name = re.sub(r"[^a-z0-9]+", "_", path.stem.casefold()).strip("_") or "table"
            while name in taken:
                name += "_"
            taken.add(name)
            columns = tuple(rows[0].cells)
            yield AsideTable(name=name, columns=columns, rows=tuple(tuple(row.cells.values()) for row in rows))
