"""`stadttakt compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Result = Annotated[Path, typer.Argument(help="CSV or GeoJSON of `stadttakt assign`.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(compare)


def compare(
    a: Result,
    b: Result,
    *,
    out: Annotated[Path | None, typer.Option(help="CSV of the differences of all links.")] = None,
    geojson: Annotated[Path | None, typer.Option(help="The same as GeoJSON.")] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="SVG or PNG map: red more, blue less.")] = None,
    net: Annotated[
        Path | None, typer.Option(help="Model folder with the courses of the links, where the results are CSV.")
    ] = None,
    largest: Annotated[int, typer.Option(help="So many of the largest changes are named.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compare two results of an assignment, B minus A: links, distance and time driven, the largest changes."""
    from api.planning.compare.comparing import CompareSettings, run_compare  # noqa: PLC0415

    run_compare(
        CompareSettings(a=a, b=b, net=net, out=out, geojson=geojson, map=map_, largest=largest, as_json=as_json)
    )
