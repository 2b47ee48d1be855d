"""`stadttakt plans counts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[Path, typer.Argument(help="Turning counts as CSV, or hourly ones with a row per day (.csv, .csv.gz).")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(counts)


def counts(
    file: File,
    *,
    model: Annotated[
        Path | None, typer.Option(help="Model folder that turn ids belong to; default: the shipped.")
    ] = None,
    node: Annotated[list[str] | None, typer.Option(help="These nodes only.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Name every fault.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Look at turning counts: days, faults (gaps, stuck, silent, negative, jumps), daily profile, peak hour."""
    from api.plans.counts_report import CountsSettings, run_counts  # noqa: PLC0415

    run_counts(CountsSettings(file=file, model=model, nodes=tuple(node or ()), full=full, as_json=as_json))
