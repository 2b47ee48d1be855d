"""`stadttakt parking evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

History = Annotated[
    Path, typer.Argument(help="CSV or CSV.gz with ts_utc,place_id,free or with Name,LastUpdate,Occupancy,Capacity.")
]


def register(parking: typer.Typer) -> None:
    """Add the command."""
    parking.command()(evaluate)


def evaluate(
    history: History,
    *,
    capacities: Annotated[Path | None, typer.Option(help="CSV with place_id,capacity; else estimated.")] = None,
    timezone: Annotated[str, typer.Option(help="Local time of the car parks.")] = "Europe/Berlin",
    holidays: Annotated[str, typer.Option(help="Holidays that count as Sundays: bw or none.")] = "bw",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train on the first three quarters of a history and test forecasts and sign rules on the last."""
    from api.parking.evaluate_run import run_evaluate  # noqa: PLC0415
    from api.parking.prepared import HistorySettings  # noqa: PLC0415

    settings = HistorySettings(history=history, capacities=capacities, timezone=timezone, holidays=holidays)
    run_evaluate(settings, as_json=as_json)
