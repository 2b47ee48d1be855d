"""`stadttakt parking benefit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.whatif.simulate_command import Lang

Out = Annotated[Path, typer.Option(help="Folder for runs and reports; a study that was interrupted there goes on.")]
Days = Annotated[
    str, typer.Option(help="Of normal, saturday, fair; or ids or files of scenarios, which have no value per year.")
]
Hours = Annotated[
    str | None, typer.Option(help="Hours of the day that count, as 8-13 or 08:30-12:00; default: those of the day.")
]
Narrow = Annotated[
    float, typer.Option(min=0.0, help="Stop once the interval of all signs is at most ± this, h; 0: all seeds.")
]


def register(parking: typer.Typer) -> None:
    """Add the command."""
    parking.command()(benefit)


def benefit(
    *,
    out: Out,
    model: Annotated[Path | None, typer.Option(help="Model folder; default: the shipped model.")] = None,
    kappa: Annotated[str, typer.Option(help="Shares of drivers to car parks who obey signs.")] = "0.2,0.5,1.0",
    days: Days = "normal,saturday,fair",
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each case; at least 5 say something.")] = 10,
    first_seed: Annotated[int, typer.Option(min=0, help="The first of them.")] = 1,
    narrow: Narrow = 0.0,
    hours: Hours = None,
    signs: Annotated[str, typer.Option(help="Signs left out one by one: all, none, or ids as S01,S02.")] = "all",
    workers: Annotated[int | None, typer.Option(min=0, help="Processes; default: all cores; 0: this one.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Discard the runs in the folder.")] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the table; the reports have both.")] = Lang.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Show what the guidance signs are worth: all against none, and all against all but one, with the same seeds."""
    from api.parking.benefit.settings import settings_of  # noqa: PLC0415
    from api.parking.benefit.working import run_benefit  # noqa: PLC0415

    settings = settings_of(
        out=out,
        model=model,
        kappas=kappa,
        days=days,
        hours=hours,
        signs=signs,
        seeds=seeds,
        first_seed=first_seed,
        narrow=narrow,
        workers=workers,
        fresh=fresh,
        language=lang.value,
        as_json=as_json,
    )
    raise typer.Exit(run_benefit(settings))
