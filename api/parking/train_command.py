"""`stadttakt parking train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

History = Annotated[
    Path, typer.Argument(help="CSV or CSV.gz with ts_utc,place_id,free or with Name,LastUpdate,Occupancy,Capacity.")
]


def register(parking: typer.Typer) -> None:
    """Add the command."""
    parking.command()(train)


def train(
    history: History,
    *,
    out: Annotated[Path, typer.Option(help="File of the model, ending in .npz.")],
    capacities: Annotated[Path | None, typer.Option(help="CSV with place_id,capacity; else estimated.")] = None,
    timezone: Annotated[str, typer.Option(help="Local time of the car parks.")] = "Europe/Berlin",
    holidays: Annotated[str, typer.Option(help="Holidays that count as Sundays: bw or none.")] = "bw",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train a forecast model from a recorded history; its place_id are the ids of the car parks."""
    from api.parking.prepared import HistorySettings  # noqa: PLC0415
    from api.parking.train_run import TrainSettings, run_train  # noqa: PLC0415

    source = HistorySettings(history=history, capacities=capacities, timezone=timezone, holidays=holidays)
    run_train(TrainSettings(source=source, out=out, as_json=as_json))
