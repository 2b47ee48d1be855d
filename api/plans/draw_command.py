"""`stadttakt plans draw`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(plans: typer.Typer) -> None:
    """Add the command."""
    plans.command()(draw)


def draw(
    model: Model = None,
    *,
    out: Annotated[Path, typer.Option(help="Folder for the drawings (SVG, A4 landscape).")],
    junction: Annotated[list[str] | None, typer.Option(help="Signalised junction to draw; default: all.")] = None,
    programme: Annotated[str | None, typer.Option(help="Programme to draw; default: all of the junction.")] = None,
    lang: Annotated[str, typer.Option(help="Language: de or en.")] = "de",
) -> None:
    """Draw junctions: signal timing plans, stage sequence, sketch with lanes, turns, groups and detectors."""
    from api.plans.draw import DrawSettings, run_draw  # noqa: PLC0415

    settings = DrawSettings(model=model, out=out, junctions=tuple(junction or ()), programme=programme, lang=lang)
    run_draw(settings)
