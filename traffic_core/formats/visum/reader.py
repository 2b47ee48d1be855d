"""A street network with zones and counts from a PTV Visum network file (`.net`), German or English.

Read are VERSION, NETZ/NETWORK, VSYS/TSYS, KNOTEN/NODE, STRECKENTYP/LINKTYPE, STRECKE/LINK, STRECKENPOLY/LINKPOLY,
ABBIEGER/TURN, BEZIRK/ZONE, ANBINDUNG/CONNECTOR and ZAEHLSTELLE/COUNTLOCATION.  Numbers without a unit are in km and
km/h, or in miles and miles an hour where the file says `MI`.  Every table, known or not, is also kept aside.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traffic_core.demand import ZoneKind
from traffic_core.formats.imported import UNKNOWN_LICENCE, ImportedModel, Warnings
from traffic_core.formats.visum.aside import aside_tables
from traffic_core.formats.visum.cars import cars_of
from traffic_core.formats.visum.counts import read_counts
from traffic_core.formats.visum.links import read_links
from traffic_core.formats.visum.nodes import read_places
from traffic_core.formats.visum.row import records
from traffic_core.formats.visum.table import read_tables
from traffic_core.formats.visum.turns import read_turns
from traffic_core.formats.visum.values import KILOMETRES, MILES, Units
from traffic_core.formats.visum.zones import read_zones
from traffic_core.network import Network, NodeControl

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from traffic_core.demand import Zone
    from traffic_core.formats.imported import Progress
    from traffic_core.formats.visum.table import VisumFile
    from traffic_core.network import Node

OPENSTREETMAP_LICENCE = "the file says: contains data © OpenStreetMap contributors (ODbL); the rest " + UNKNOWN_LICENCE


def read_visum(path: Path, *, crs: str | None = None, progress: Progress | None = None) -> ImportedModel:
    """Read a Visum network file.

    `crs` is the coordinate system of the file for PROJ, such as `EPSG:25832`, and goes before what the file says.
    `progress` is told steps done and their total.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first thing that makes the file unusable: no Visum network file,
        cut off, not decodable, a reference to a missing node, link or zone, a number that occurs twice, a negative or
        non-finite figure.
    InvalidValueError
        For a `crs` that PROJ does not know.
    """
    report = _Report(progress)
    file = read_tables(path, report.lines_done)
    report.start(file.lines)
    warnings = Warnings()
    if not file.closed:
        what = f"{file.tables[-1].name}, line {file.lines}"
        warnings.add("no blank line after the last table as after the others: its last rows may be missing", what)
    units = _units(file)
    if any(row.text("left-hand") == "1" for row in records(file.table("network"))):
        warnings.add("left-hand traffic: the model takes lanes and right of way for right-hand traffic", file.name)
    cars = cars_of(file, warnings)
    places = read_places(file, crs, units, warnings)
    report.tables_done(file, "node", "link point")
    links = read_links(file, cars, places, units, warnings)
    report.tables_done(file, "link")
    turns = read_turns(file, cars, places, links, warnings)
    report.tables_done(file, "turn")
    streets = {node for ends in links.by_ends for node in ends}
    zones = read_zones(file, cars, places, streets, warnings)
    counts = read_counts(file, links, warnings)
    nodes = _nodes_of_streets(places.nodes, streets, zones, warnings)
    model = ImportedModel(
        name=_name(file, path),
        source=f"{path.name}, PTV Visum network file",
        licence=_licence(file),
        network=Network(nodes=nodes, links=links.links, turns=turns),
        zones=zones,
        counts=counts,
        aside=aside_tables(file, links.declared),
        warnings=warnings,
    )
    report.finish()
    return model


class _Report:
    """Progress over the lines of the file, which are gone through twice: as text, then as records."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = self._total = 0

    def lines_done(self, lines: int) -> None:
        if self._progress is not None:
            self._progress(lines, 0)

    def start(self, lines: int) -> None:
        self._done, self._total = lines, 2 * lines
        self._tell()

    def tables_done(self, file: VisumFile, *words: str) -> None:
        tables = [table for word in words if (table := file.table(word)) is not None]
        self._done += sum(len(table.rows) for table in tables)
        self._tell()

    def finish(self) -> None:
        self._done = self._total
        self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total)


def _units(file: VisumFile) -> Units:
    """Units of numbers without one.  Raises `FileError` for a file of another kind or another unit."""
    for row in records(file.table("version")):
        if row.text("file type").upper() not in {"", "NET"}:
            raise row.error("file type", "must be Net: a network, not a transfer or an attribute file")
    for word in ("version", "network"):
        for row in records(file.table(word)):
            unit = row.text("unit").upper()
            if unit in {"KM", "MI"}:
                return KILOMETRES if unit == "KM" else MILES
            if unit:
                raise row.error("unit", "must be KM or MI")
    return KILOMETRES


def _nodes_of_streets(
    nodes: dict[str, Node], streets: Collection[str], zones: tuple[Zone, ...], warnings: Warnings
) -> dict[str, Node]:
    """Nodes that streets for cars touch; those of outside zones become gates where nothing else controls them."""
    gates = {node for zone in zones if zone.kind is ZoneKind.OUTSIDE for node in zone.nodes}
    kept: dict[str, Node] = {}
    for number, node in nodes.items():
        if number not in streets:
            warnings.add("node without a street for cars left out", number)
        elif number in gates and node.control is NodeControl.NONE:
            kept[number] = replace(node, control=NodeControl.GATE)
        else:
            kept[number] = node
    return kept


def _name(file: VisumFile, path: Path) -> str:
    names = (row.text("network name") for row in records(file.table("network")))
    return next(names, "") or path.stem


def _licence(file: VisumFile) -> str:
    notes = " ".join(row.text("text") for row in records(file.table("info")))
    return OPENSTREETMAP_LICENCE if "openstreetmap" in notes.lower() else UNKNOWN_LICENCE
