"""Write CSV tables that `traffic_core.tables` reads."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a header and rows as UTF-8; a float keeps all its digits.  Returns the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        quoting = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        for row in rows:
            # The library does not quote a carriage return, which ends a line for whoever reads the table.
            (quoting if any(isinstance(cell, str) and "\r" in cell for cell in row) else writer).writerow(row)
            count += 1
    return count
