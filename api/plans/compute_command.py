"""`stadttakt plans compute`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(compute)


def compute(
    model: Model = None,
    *,
    counts: Annotated[
        Path | None,
        typer.Option(
            help="Turning counts: node,from_link,to_link,start,minutes,vehicles, or turn_id instead of the links; "
            "without it, flows of the demand model."
        ),
    ] = None,
    junction: Annotated[list[str] | None, typer.Option(help="These junctions only.")] = None,
    period: Annotated[str, typer.Option(help="Time of day that the programmes are for.")] = "07:00-09:00",
    out: Annotated[Path | None, typer.Option(help="Folder for programme.csv and plans.json.")] = None,
    into: Annotated[
        Path | None,
        typer.Option(help="New folder for a copy of the model that holds the programmes, verified; exit 1 if unsafe."),
    ] = None,
    shortest_cycle: Annotated[int, typer.Option(min=20, max=120, help="Shortest cycle, s.")] = 40,
    longest_cycle: Annotated[int, typer.Option(min=20, max=120, help="Longest cycle, s.")] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="Print plans.json instead of a summary.")] = False,
) -> None:
    """Compute fixed-time programmes from turning counts; delay, queue and level of each movement before and after."""
    from api.plans.compute import ComputeSettings, check_cycles, parse_period  # noqa: PLC0415
    from api.plans.compute_report import run_compute  # noqa: PLC0415

    settings = ComputeSettings(
        model=model,
        counts=counts,
        junctions=tuple(junction or ()),
        period=parse_period(period),
        cycles_s=check_cycles(shortest_cycle, longest_cycle),
        out=out,
        into=into,
        as_json=as_json,
    )
    raise typer.Exit(run_compute(settings))
