"""How much of a model is known, computed or assumed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.provenance import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceShare:
    """Rows of one table by confidence."""

    table: str
    rows: int
    anchor: int
    derived: int
    estimated: int

    def share(self, confidence: Confidence) -> float:
        """Share of the rows with a confidence; 0 for an empty table."""
        counted: int = getattr(self, confidence.value)
        return counted / self.rows if self.rows else 0.0


def confidence_share(table: str, confidences: Iterable[Confidence]) -> ConfidenceShare:
    """Count the rows of a table by their confidence."""
    found = list(confidences)
    return ConfidenceShare(
        table=table,
        rows=len(found),
        anchor=found.count(Confidence.ANCHOR),
        derived=found.count(Confidence.DERIVED),
        estimated=found.count(Confidence.ESTIMATED),
    )


def read_confidence_shares(folder: Path) -> list[ConfidenceShare]:
    """Count the rows of every table of a model folder that says how its facts were obtained, by name of the table.

    Raises
    ------
    FileError
        Names file, row, field and value of a confidence that is none.
    """
    return [share for path in sorted(folder.glob("*.csv")) if (share := _read_share(path)) is not None]


def _read_share(path: Path) -> ConfidenceShare | None:
    """None for a table without a column of that name."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if "confidence" not in (rows.fieldnames or ()):
                return None
            found = [_confidence(path.name, rows.line_num, row["confidence"]) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable UTF-8 CSV table ({error})") from error
    return confidence_share(path.stem, found)


def _confidence(file: str, row: int, text: str | None) -> Confidence:
    try:
        return Confidence((text or "").strip())
    except ValueError as error:
        limit = "must be one of " + ", ".join(kind.value for kind in Confidence)
        raise FileError(file, row, "confidence", text, limit) from error
