"""`stadttakt simulate`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    Path | None, typer.Option(help="Model folder where a scenario names none; default: the shipped model.")
]


class Lang(StrEnum):
    """Languages of planners."""

    DE = "de"
    EN = "en"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)


def simulate(
    scenario: Annotated[str, typer.Argument(help="Scenario file, or the id of one that lies beside the model.")],
    *,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same one gives the same result.")] = 1,
    model: Model = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the result files: JSON, and a Parquet file for each table.")
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of the table.")] = Lang.EN,
    checked: Annotated[
        bool, typer.Option("--checked", help="Check the conservation of vehicles all the time; slower.")
    ] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say where the CPU seconds went; slower.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Simulate a scenario once, every vehicle, with the signal control and the guidance of the live service."""
    from api.whatif.simulating import SimulateSettings, run_simulate  # noqa: PLC0415

    settings = SimulateSettings(
        scenario=scenario,
        seed=seed,
        model=model,
        out=out,
        language=lang.value,
        checked=checked,
        profile=profile,
        as_json=as_json,
    )
    raise typer.Exit(run_simulate(settings))
