"""`stadttakt plans coordinate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(coordinate)


def coordinate(
    model: Model = None,
    *,
    along: Annotated[str | None, typer.Option(help="Street whose signals are coordinated, by the name of it.")] = None,
    junctions: Annotated[str | None, typer.Option(help="Signals to coordinate in their order: N04,N111,N05")] = None,
    cycle: Annotated[
        str | None, typer.Option(help="Common cycle in s, or a range such as 60-90; default: that of the programmes.")
    ] = None,
    programme: Annotated[str | None, typer.Option(help="Programme to start from; default: the first of each.")] = None,
    flows: Annotated[
        str | None,
        typer.Option(help="Vehicles per hour outbound and inbound; default: the model's demand at all movements."),
    ] = None,
    hour: Annotated[int, typer.Option(min=0, max=23, help="Weekday hour of the model's demand.")] = 7,
    weights: Annotated[str, typer.Option(help="What a second of outbound and of inbound band is worth.")] = "1,1",
    slowest: Annotated[float, typer.Option(help="Lowest progression speed as a share of the free speed.")] = 0.85,
    queue: Annotated[float, typer.Option(help="Seconds of each green for vehicles from side streets.")] = 0.0,
    keep_band: Annotated[
        float, typer.Option(help="Share of the widest bands that is kept while stops and delay are made less.")
    ] = 0.8,
    section_bands: Annotated[bool, typer.Option(help="A band for each section: for streets too long for one.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for programme.csv and the time-space diagram.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the diagram: de or en.")] = "de",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Find offsets for a green wave in both directions, with band, stops and delay before and after."""
    from api.plans.coordinating import CoordinateSettings, run_coordinate  # noqa: PLC0415

    settings = CoordinateSettings(
        model=model,
        along=along,
        junctions=junctions,
        cycle=cycle,
        programme=programme,
        flows=flows,
        hour=hour,
        weights=weights,
        slowest=slowest,
        queue=queue,
        keep_band=keep_band,
        section_bands=section_bands,
        out=out,
        lang=lang,
        as_json=as_json,
    )
    run_coordinate(settings)
