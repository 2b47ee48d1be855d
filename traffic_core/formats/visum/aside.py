"""Everything a Visum file says, in its own names, beside the model.

Each table is kept whole: rows that are left out of the model, and figures that are replaced in it, can be looked up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.formats.imported import AsideTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.formats.visum.table import Table, VisumFile

DECLARED_LENGTHS = "declared_length"


def aside_tables(file: VisumFile, declared: Sequence[tuple[str, str, str]]) -> tuple[AsideTable, ...]:
    """All tables of a file, and the declared lengths that the model does not keep."""
    tables: dict[str, AsideTable] = {}
    for table in file.tables:
        name = _free_name(table, tables)
        tables[name] = AsideTable(name=name, columns=table.columns, rows=tuple(table.rows))
    if declared:
        columns = ("link_id", "declared_m", "drawn_m")
        tables[DECLARED_LENGTHS] = AsideTable(name=DECLARED_LENGTHS, columns=columns, rows=tuple(declared))
    return tuple(tables.values())


def _free_name(table: Table, taken: dict[str, AsideTable]) -> str:
    name = re.sub(r"[^a-z0-9_]", "_", table.name.lower())
    while name in taken or name == DECLARED_LENGTHS:
        name += "_"
    return name
