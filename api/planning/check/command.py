"""`stadttakt network`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[Path | None, typer.Argument(help="Model folder; default: the shipped Leinfelden-Echterdingen.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    network = typer.Typer(name="network", help="Look at the network of a model.", no_args_is_help=True)
    network.callback()(_network)
    network.command()(check)
    app.add_typer(network)


def _network() -> None:
    """Look at the network of a model."""


def check(
    model: Model = None,
    *,
    drawings: Annotated[
        Path | None, typer.Option(help="Folder for a drawing (SVG) of each signalised junction and roundabout.")
    ] = None,
    every_node: Annotated[bool, typer.Option("--all", help="Draw every node.")] = False,
    junction: Annotated[list[str] | None, typer.Option(help="Draw these nodes only.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Name every finding instead of examples of each kind.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Check a whole model: ways, turns, lanes, lengths, classes, signals, zones; exit with 1 if there are errors."""
    from api.errors import ConfigError  # noqa: PLC0415
    from api.planning.check.check import CheckSettings, run_check  # noqa: PLC0415

    if drawings is None and (every_node or junction):
        raise ConfigError("--drawings", None, "must name a folder together with --all or --junction")
    settings = CheckSettings(
        model=model,
        drawings=drawings,
        every_node=every_node,
        junctions=tuple(junction or ()),
        full=full,
        as_json=as_json,
    )
    raise typer.Exit(run_check(settings))
