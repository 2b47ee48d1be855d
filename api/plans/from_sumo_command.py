"""`stadttakt plans from-sumo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Net = Annotated[Path, typer.Argument(help="SUMO network with signals: .net.xml, .net.xml.gz.")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command(name="from-sumo")(from_sumo)


def from_sumo(
    net: Net,
    *,
    out: Annotated[Path, typer.Option(help="Folder for stadttakt.add.xml and plans.json.")],
    counts: Annotated[
        Path | None,
        typer.Option(help="JSON of turning counts by signal; default: turn_counts.json beside the network."),
    ] = None,
    count_hours: Annotated[float, typer.Option(min=0.01, max=24.0, help="Hours that the counts cover.")] = 1.0,
    yellow: Annotated[int, typer.Option(min=3, max=5, help="Yellow between stages, s.")] = 3,
    allred: Annotated[int, typer.Option(min=0, max=20, help="All-red after yellow, s.")] = 3,
    min_green: Annotated[int, typer.Option(min=1, max=60, help="Shortest green of a stage, s.")] = 8,
    shortest_cycle: Annotated[int, typer.Option(min=20, max=300, help="Shortest cycle, s.")] = 40,
    longest_cycle: Annotated[int, typer.Option(min=20, max=300, help="Longest cycle, s.")] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print plans.json instead of a summary.")] = False,
) -> None:
    """Compute programmes for the signals of a SUMO network from turning counts alone."""
    from api.plans.from_sumo import FromSumoSettings, run_from_sumo  # noqa: PLC0415
    from api.plans.sumo_streams import FieldRules  # noqa: PLC0415

    settings = FromSumoSettings(
        net=net,
        out=out,
        counts=counts,
        hours=count_hours,
        rules=FieldRules(yellow_s=yellow, allred_s=allred, min_green_s=min_green),
        cycles_s=(shortest_cycle, longest_cycle),
        as_json=as_json,
    )
    run_from_sumo(settings)
