"""GMNS folders written by other programs, such as osm2gmns: more forgiving than `traffic_core.gmns`.

Needed are node.csv (node_id, x_coord, y_coord) and link.csv (from_node_id, to_node_id).  Read besides: the other
columns of both, geometry.csv, movement.csv, zone.csv, demand.csv and config.csv.  Everything else is kept aside.
Specification: https://github.com/zephyr-data-specs/GMNS.
"""

from __future__ import annotations

from io import SEEK_END
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.gmns.aside import unused_columns, unused_tables
from traffic_core.formats.gmns.demand import cells_of_folder, zones_of_folder
from traffic_core.formats.gmns.lines import LineReader
from traffic_core.formats.gmns.links import LinkReader
from traffic_core.formats.gmns.turns import turns_of_folder
from traffic_core.formats.gmns.units import read_units
from traffic_core.formats.gmns.words import CONTROL_OF, cell, id_cell, rows_by_id, word
from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.imported import UNKNOWN_LICENCE, ImportedModel, Warnings
from traffic_core.formats.own_folder import is_model_folder, read_model_folder
from traffic_core.network import Network, Node, NodeControl
from traffic_core.provenance import Confidence, Provenance
from traffic_core.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from traffic_core.formats.gmns.units import Units
    from traffic_core.formats.imported import Progress
    from traffic_core.tables import Row

NODE_COLUMNS = ("node_id", "x_coord", "y_coord")
LINK_COLUMNS = ("from_node_id", "to_node_id")
MOVEMENT_COLUMNS = ("node_id", "ib_link_id", "ob_link_id")
DEMAND_COLUMNS = ("o_zone_id", "d_zone_id", "volume")
GEOMETRY_COLUMNS = ("geometry_id", "geometry")
USED = {
    "node": {*NODE_COLUMNS, "name", "ctrl_type", "zone_id"},
    "link": {
        *(*LINK_COLUMNS, "link_id", "name", "directed", "dir_flag", "geometry", "geometry_id", "length", "lanes"),
        *("facility_type", "capacity", "free_speed"),
    },
    "movement": {*MOVEMENT_COLUMNS, "mvmt_id", "type"},
    "zone": {"zone_id", "name"},
    "demand": set(DEMAND_COLUMNS),
    "geometry": set(GEOMETRY_COLUMNS),
}
"""Columns that have a place in the model; the rest of a table goes aside."""
ROWS_PER_REPORT = 1_000


def read_gmns(folder: Path, *, crs: str | None = None, progress: Progress | None = None) -> ImportedModel:
    """Read a GMNS folder; a model folder of our own is read by its own strict rules.

    Capacities are those of one lane, volumes of demand.csv vehicles of a weekday; every zone lies inside, and its trips
    use its nodes (`zone_id` in node.csv) in equal shares.  Rows that cars must not use (`allowed_uses`,
    `facility_type`, 0 lanes) are left out.  What the types refuse or the file does not say is repaired, assumed or left
    out with a counted warning.  `crs` is the coordinate system, and goes before that of config.csv; without either,
    coordinates are longitude and latitude.

    Raises
    ------
    FileError
        For a missing table or column, a row with another number of cells than the header, another encoding than UTF-8,
        an id twice, a reference that leads nowhere, a negative or non-finite number: names file, row, field and value.
    InvalidValueError
        For a `crs` that is not known.
    """
    if is_model_folder(folder):
        return read_model_folder(folder)
    warnings = Warnings()
    units = read_units(folder, crs, warnings)
    node_rows = _table(folder, "node", NODE_COLUMNS, warnings)
    nodes = [_node(row, units, warnings) for row in rows_by_id(node_rows, "node_id").values()]
    geometries = rows_by_id(_optional(folder, "geometry", GEOMETRY_COLUMNS, warnings), "geometry_id")
    link_rows = _table(folder, "link", LINK_COLUMNS, warnings)
    by_id = {node.id: node for node in nodes}
    reader = LinkReader(by_id, LineReader(geometries, units, warnings), units, warnings)
    reader.read(_reported(link_rows, progress))
    links = reader.links
    if not links:
        raise FileError("link.csv", 0, "link", 0, "must hold a link for cars")
    movement_rows = _optional(folder, "movement", MOVEMENT_COLUMNS, warnings)
    used_nodes = {end for link in links.values() for end in (link.from_node, link.to_node)}
    zone_rows = _optional(folder, "zone", ("zone_id",), warnings)
    demand_rows = _optional(folder, "demand", DEMAND_COLUMNS, warnings)
    zones = zones_of_folder(node_rows, zone_rows, demand_rows, used_nodes, warnings)
    for node in (node for node in nodes if node.id not in used_nodes):
        warnings.add("node without a street for cars left out", f"node {node.id}")
    tables = {
        "node": node_rows,
        "link": link_rows,
        "movement": movement_rows,
        "zone": zone_rows,
        "demand": demand_rows,
        "geometry": list(geometries.values()),
    }
    return ImportedModel(
        name=folder.resolve().name,
        source=f"GMNS tables in {folder.resolve().name}",
        licence=UNKNOWN_LICENCE,
        network=Network(
            nodes={node.id: node for node in nodes if node.id in used_nodes},
            links=links,
            turns=turns_of_folder(movement_rows, links, reader.links_of, warnings),
        ),
        zones=tuple(zones.values()),
        cells=cells_of_folder(demand_rows, zones, warnings),
        aside=(*unused_columns(tables, USED), *unused_tables(folder, set(tables) | {"config"}, warnings)),
        warnings=warnings,
    )


def _optional(folder: Path, name: str, columns: Sequence[str], warnings: Warnings) -> list[Row]:
    return _table(folder, name, columns, warnings) if (folder / f"{name}.csv").is_file() else []


def _table(folder: Path, name: str, columns: Sequence[str], warnings: Warnings) -> list[Row]:
    path = folder / f"{name}.csv"
    rows = read_table(path, columns, more=True)
    with path.open("rb") as stream:
        stream.seek(-1, SEEK_END)
        ended = stream.read() in {b"\n", b"\r"}
    if not ended:
        warnings.add("last line without an end: its last value may be cut off", path.name)
    return rows


def _reported(rows: list[Row], progress: Progress | None) -> Iterator[Row]:
    for place, row in enumerate(rows):
        if progress and place % ROWS_PER_REPORT == 0:
            progress(place, len(rows))
        yield row
    if progress:
        progress(len(rows), len(rows))


def _node(row: Row, units: Units, warnings: Warnings) -> Node:
    node_id = id_cell(row, "node_id")
    control = CONTROL_OF.get(word(cell(row, "ctrl_type")), NodeControl.NONE)
    if cell(row, "ctrl_type") and word(cell(row, "ctrl_type")) not in CONTROL_OF:
        warnings.add(f"control {cell(row, 'ctrl_type')!r} not known: none taken", f"node {node_id}")
    with row.checked():
        return Node(
            id=identifier_of(node_id),
            name=cell(row, "name"),
            position=units.place(row, row.decimal("x_coord"), row.decimal("y_coord")),
            control=control,
            provenance=Provenance(source=row.file, confidence=Confidence.ANCHOR),
        )
