"""`stadttakt import osm|visum|sumo|gmns|tntp`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

importer = typer.Typer(help="Make a model folder from a planner's file.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="File to read.")]
Out = Annotated[Path, typer.Option(help="Folder to write; it must not exist or be empty.")]
Name = Annotated[str | None, typer.Option(help="Name of the model; default: that of the place or the file.")]
Crs = Annotated[
    str | None, typer.Option(help="Coordinate system of the file, such as EPSG:25832; goes before what it says itself.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(importer, name="import")


@importer.command()
def osm(file: File, *, out: Out, name: Name = None, as_json: Json = False) -> None:
    """Import an OpenStreetMap extract: .osm.pbf, .osm.gz, .osm.bz2, .osm."""
    from api.planning.imports.importing import import_osm, run_import  # noqa: PLC0415

    run_import(lambda settings: import_osm(file, settings), out=out, name=name, as_json=as_json)


@importer.command()
def visum(
    file: File,
    matrices: Annotated[
        list[Path] | None, typer.Argument(help="Trip matrices in the formats $V and $O; summed.")
    ] = None,
    *,
    out: Out,
    crs: Crs = None,
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Import a PTV Visum network file (.net, German or English) and trip matrices."""
    from api.planning.imports.importing import import_visum, run_import  # noqa: PLC0415

    paths = tuple(matrices or ())
    run_import(lambda settings: import_visum(file, paths, settings), out=out, name=name, crs=crs, as_json=as_json)


@importer.command()
def sumo(file: File, *, out: Out, crs: Crs = None, name: Name = None, as_json: Json = False) -> None:
    """Import a SUMO network: .net.xml, .net.xml.gz."""
    from api.planning.imports.importing import import_sumo, run_import  # noqa: PLC0415

    run_import(lambda settings: import_sumo(file, settings), out=out, name=name, crs=crs, as_json=as_json)


@importer.command()
def gmns(
    folder: Annotated[Path, typer.Argument(help="Folder with node.csv and link.csv, or a model folder of our own.")],
    *,
    out: Out,
    crs: Crs = None,
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Import a folder of GMNS tables; a model folder of our own is checked and copied."""
    from api.planning.imports.importing import import_gmns, run_import  # noqa: PLC0415

    run_import(lambda settings: import_gmns(folder, settings), out=out, name=name, crs=crs, as_json=as_json)


@importer.command()
def tntp(
    net: Annotated[Path, typer.Argument(help="Network file.")],
    trips: Annotated[Path | None, typer.Argument(help="File of trips.")] = None,
    nodes: Annotated[Path | None, typer.Argument(help="File of node coordinates.")] = None,
    *,
    out: Out,
    name: Name = None,
    as_json: Json = False,
) -> None:
    """Import a TNTP instance: a network without geography, its trips and coordinates."""
    from api.planning.imports.importing import import_tntp, run_import  # noqa: PLC0415

    run_import(lambda settings: import_tntp(net, trips, nodes, settings), out=out, name=name, as_json=as_json)
