"""Counted traffic on links, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from traffic_core.provenance import Provenance

COUNT_COLUMNS = ("count_id", "link_id", "veh_24h", "year", *PROVENANCE_COLUMNS)
LARGEST_COUNT_VEH_24H = 300_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Vehicles of a working day on one link."""

    id: str
    link_id: str
    veh_24h: float
    year: int | None
    """None where the source does not say when."""
    provenance: Provenance

    def __post_init__(self) -> None:
        require.identifier("count.id", self.id)
        require.between(f"count[{self.id}].veh_24h", self.veh_24h, 0.0, LARGEST_COUNT_VEH_24H)


def read_counts(folder: Path, links: Collection[str]) -> tuple[Count, ...]:
    """Read count.csv of a model folder; `links` are the ids that a count may name.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    return tuple(_count(row, links) for row in read_table(folder / "count.csv", COUNT_COLUMNS, key=("count_id",)))


def _count(row: Row, links: Collection[str]) -> Count:
    with row.checked():
        return Count(
            id=row.text("count_id"),
            link_id=row.reference("link_id", links, "a link_id of link.csv"),
            veh_24h=row.decimal("veh_24h"),
            year=row.whole_or_none("year"),
            provenance=row.provenance(),
        )
