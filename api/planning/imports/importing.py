"""Imports of planners' files into model folders."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.planning.imports.ending import ended_in_order
from api.planning.imports.progress import shown_progress
from api.planning.imports.summary import ImportSummary, peak_memory_mb, print_summary, summary_of_model
from api.town import load_town
from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.imported import Warnings
from traffic_core.formats.new_folder import new_folder, require_new
from traffic_core.stops import read_stops

if TYPE_CHECKING:
    from collections.abc import Callable

    from traffic_core.formats.imported import ImportedModel, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings:
    """Options that all imports share."""

    out: Path
    name: str | None
    crs: str | None
    progress: Progress | None


def run_import(
    work: Callable[[ImportSettings], ImportSummary],
    *,
    out: Path,
    name: str | None,
    as_json: bool,
    crs: str | None = None,
) -> None:
    """Import and print the summary; nothing is left in `out` if anything fails or a signal ends the work."""
    began_s = time.perf_counter()
    require_new(out)
    _require_utf_8("--out", str(out))
    if name is not None:
        _require_utf_8("--name", name)
        if not name.strip():
            raise InvalidValueError("--name", name, "must not be empty")
    with ended_in_order(), shown_progress() as progress:
        summary = work(ImportSettings(out=out, name=name, crs=crs, progress=progress))
    done = replace(summary, seconds=round(time.perf_counter() - began_s, 2), peak_memory_mb=peak_memory_mb())
    print_summary(done, as_json=as_json)


def import_osm(path: Path, settings: ImportSettings) -> ImportSummary:
    """Import an OpenStreetMap extract."""
    from traffic_core.formats.osm.reader import read_osm  # noqa: PLC0415

    return _written("osm", read_osm(_existing(path), progress=settings.progress), settings)


def import_visum(path: Path, matrices: tuple[Path, ...], settings: ImportSettings) -> ImportSummary:
    """Import a Visum network and matrices."""
    from api.planning.imports.matrices import with_matrices  # noqa: PLC0415
    from traffic_core.formats.visum.reader import read_visum  # noqa: PLC0415

    for matrix in matrices:
        _existing(matrix)
    model = read_visum(_existing(path), crs=settings.crs, progress=settings.progress)
    return _written("visum", with_matrices(model, matrices), settings)


def import_sumo(path: Path, settings: ImportSettings) -> ImportSummary:
    """Import a SUMO network."""
    from traffic_core.formats.sumo.reader import read_sumo  # noqa: PLC0415

    return _written("sumo", read_sumo(_existing(path), crs=settings.crs, progress=settings.progress), settings)


def import_gmns(folder: Path, settings: ImportSettings) -> ImportSummary:
    """Import a folder of GMNS tables; one of our own is copied whole after all its readers have accepted it."""
    from traffic_core.formats.gmns.reader import read_gmns  # noqa: PLC0415
    from traffic_core.formats.own_folder import is_model_folder  # noqa: PLC0415

    _require_there(folder, Path.is_dir, "folder")
    model = read_gmns(folder, crs=settings.crs, progress=settings.progress)
    if not is_model_folder(folder):
        return _written("gmns", model, settings)
    load_town(folder)
    if (folder / "stop.csv").is_file():
        read_stops(folder, model.network)
    if settings.out.resolve().is_relative_to(folder.resolve()):
        raise InvalidValueError("--out", str(settings.out), "must not lie inside the folder that is copied")
    with new_folder(settings.out) as new:
        _copy(folder, new)
        _rename(new, settings.name)
    return summary_of_model("gmns", _named(model, settings.name), settings.out)


def import_tntp(net: Path, trips: Path | None, nodes: Path | None, settings: ImportSettings) -> ImportSummary:
    """Import a TNTP instance into an abstract folder."""
    from api.planning.imports.summary import summary_of_abstract  # noqa: PLC0415
    from traffic_core.formats.abstract_folder import write_abstract  # noqa: PLC0415
    from traffic_core.formats.tntp.reader import read_tntp_network, read_tntp_nodes, read_tntp_trips  # noqa: PLC0415

    network = read_tntp_network(_existing(net))
    table = read_tntp_trips(_existing(trips), network.zone_ids) if trips else None
    coordinates = read_tntp_nodes(_existing(nodes)) if nodes else None
    warnings = Warnings()
    if coordinates is not None:
        known = set(network.node_ids)
        for node in (node for node in network.node_ids if node not in coordinates):
            warnings.add("node without coordinates", f"node {node}")
        for node in (node for node in coordinates if node not in known):
            warnings.add("coordinates of a node that the network has not", f"node {node}")
    name = settings.name or net.name.split(".")[0].removesuffix("_net")
    source = f"TNTP files {', '.join(path.name for path in (net, trips, nodes) if path)}"
    write_abstract(settings.out, network, table, name=name, source=source, nodes_xy=coordinates)
    return summary_of_abstract(name, network, table, coordinates, warnings, settings.out)


def _written(kind: str, model: ImportedModel, settings: ImportSettings) -> ImportSummary:
    from traffic_core.formats.model_folder import write_model  # noqa: PLC0415

    model = _named(model, settings.name)
    write_model(model, settings.out)
    return summary_of_model(kind, model, settings.out)


def _named(model: ImportedModel, name: str | None) -> ImportedModel:
    return model if name is None else replace(model, name=name)


def _copy(folder: Path, new: Path) -> None:
    """Copy contents alone: a folder that nobody may change gives one that its owner may."""
    for path in sorted(folder.rglob("*")):
        target = new / path.relative_to(folder)
        try:
            if path.is_dir():
                target.mkdir()
            else:
                shutil.copyfile(path, target)
        except OSError as error:
            limit = f"must be a file that can be copied ({error.strerror or error})"
            raise FileError(path.name, 0, "file", str(path), limit) from error


def _rename(folder: Path, name: str | None) -> None:
    from traffic_core.formats.model_yaml import read_model_yaml, write_model_yaml  # noqa: PLC0415

    if name is not None:
        write_model_yaml(folder, {**read_model_yaml(folder), "name": name})


def _existing(path: Path) -> Path:
    """Return the path of a file.  Raises `FileError` where there is none."""
    _require_there(path, Path.is_file, "file")
    return path


def _require_there(path: Path, is_there: Callable[[Path], bool], kind: str) -> None:
    """Raise `FileError` unless there is such a thing, `InvalidValueError` for a name that no table can hold."""
    try:
        found = is_there(path)
    except OSError as error:
        raise FileError(path.name, 0, kind, str(path), f"must be a {kind} that exists ({error.strerror})") from error
    if not found:
        raise FileError(path.name, 0, kind, str(path), f"must be a {kind} that exists")
    for name in (path.name, path.resolve().name):
        _require_utf_8(kind, name)


def _require_utf_8(field: str, text: str) -> None:
    """Raise `InvalidValueError` for a name in another encoding: the model names its source, in tables and as JSON."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError(field, text, "must be UTF-8 text: give it another name") from error
