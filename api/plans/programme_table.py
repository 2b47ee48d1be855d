"""Computed programmes as a table that a model folder takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.planning.outputs import write_whole
from signal_plans.files import PROGRAMME_COLUMNS
from traffic_core.formats.table_writer import write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from signal_plans.programme import SignalProgramme
    from traffic_core.provenance import Confidence

PROGRAMMES = "programme.csv"


def programme_rows(programme: SignalProgramme, confidence: Confidence, source: str) -> Iterator[tuple[object, ...]]:
    """Rows of programme.csv, one for each green window."""
    for group, windows in programme.greens.items():
        for window in windows:
            yield (
                programme.layout.junction_id,
                programme.id,
                programme.cycle_s,
                programme.offset_s,
                group,
                window.start_s,
                window.length_s,
                confidence.value,
                source,
            )


def write_programmes(out: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """Write programme.csv into a folder, or leave what is there as it is.  Raises `ConfigError` where it cannot."""

    def fill(part: Path) -> None:
        write_table(part, PROGRAMME_COLUMNS, rows)

    write_whole(out / PROGRAMMES, fill)
