"""`stadttakt assign`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from traffic_core.demand import DayType

Net = Annotated[
    Path | None,
    typer.Argument(help="TNTP network file, abstract folder or model folder; default: Leinfelden-Echterdingen."),
]
Trips = Annotated[Path | None, typer.Argument(help="TNTP file of trips, for a TNTP network.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(assign)


def assign(
    net: Net = None,
    trips: Trips = None,
    *,
    gap: Annotated[float, typer.Option(help="Wanted relative gap.")] = 1e-6,
    max_iterations: Annotated[int, typer.Option(help="Give up after so many iterations.")] = 500,
    toll_weight: Annotated[float | None, typer.Option(help="Time that one unit of toll is worth.")] = None,
    distance_weight: Annotated[float | None, typer.Option(help="Time that one unit of length is worth.")] = None,
    model_classes: Annotated[
        Path | None, typer.Option(help="YAML file of vehicle classes with a trips file each, instead of TRIPS.")
    ] = None,
    nodes: Annotated[Path | None, typer.Option(help="TNTP file of node coordinates, for a map.")] = None,
    day: Annotated[DayType, typer.Option(help="Day of a town's model.")] = DayType.WEEKDAY,
    hour: Annotated[int | None, typer.Option(help="Hour of that day, 0 to 23; default: all 24, summed.")] = None,
    select_link: Annotated[list[str] | None, typer.Option(help="Show the trips that use any of these links.")] = None,
    select_zone: Annotated[list[str] | None, typer.Option(help="Show the trips from and to these zones.")] = None,
    selected_od: Annotated[Path | None, typer.Option(help="CSV of the selected trips by zones.")] = None,
    selected_map: Annotated[Path | None, typer.Option(help="SVG or PNG map of the selected trips.")] = None,
    screenlines: Annotated[
        Path | None, typer.Option(help="YAML or CSV file of screenlines: links by direction.")
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(help="Assign again with these links closed; outputs get a sibling with _closed in its name."),
    ] = None,
    flows: Annotated[Path | None, typer.Option(help="CSV of volumes and times of all links.")] = None,
    geojson: Annotated[Path | None, typer.Option(help="The same as GeoJSON.")] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="SVG or PNG map of volumes and load.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Assign trips to a network in user equilibrium: volumes, times, load; exit with 1 if the gap is not reached."""
    from api.planning.assign.settings import AssignSettings  # noqa: PLC0415
    from api.planning.warming import warm_planning  # noqa: PLC0415

    settings = AssignSettings(
        net=net,
        trips=trips,
        gap=gap,
        max_iterations=max_iterations,
        toll_weight=toll_weight,
        distance_weight=distance_weight,
        model_classes=model_classes,
        nodes=nodes,
        day=day,
        hour=hour,
        select_links=tuple(select_link or ()),
        select_zones=tuple(select_zone or ()),
        selected_od=selected_od,
        selected_map=selected_map,
        screenlines=screenlines,
        close=tuple(close or ()),
        flows=flows,
        geojson=geojson,
        map=map_,
        as_json=as_json,
    )
    settings.check()
    compile_s = warm_planning()
    from api.planning.assign.assigning import run_assign  # noqa: PLC0415  # after the clock of the compiler

    raise typer.Exit(run_assign(settings, compile_s))
