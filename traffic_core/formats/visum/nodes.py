"""Nodes of a Visum network and the bends of its links, on the earth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.formats.visum.crs import place, projection
from traffic_core.formats.visum.row import Keys, Record, records
from traffic_core.network import Node, NodeControl
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.table import VisumFile
    from traffic_core.formats.visum.values import Units
    from traffic_core.geometry import LonLat

CONTROLS = {
    1: NodeControl.NONE,
    2: NodeControl.GIVE_WAY,
    3: NodeControl.SIGNAL,
    4: NodeControl.GIVE_WAY,
    5: NodeControl.ROUNDABOUT,
    6: NodeControl.GIVE_WAY,
}
"""Visum's control types: 0 unknown, 1 uncontrolled, 2 two-way stop, 3 signalised, 4 all-way stop, 5 roundabout, 6
two-way yield.  All-way stop, unknown in Germany, is read as give way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the file says about geography."""

    nodes: dict[str, Node]
    bends: dict[tuple[str, str], tuple[LonLat, ...]]
    """Points between the ends of a link, by its nodes in the direction in which they are listed."""

    def line(self, start: str, end: str) -> tuple[LonLat, ...]:
        """Course from one node to another; Visum lists the points of a two-way street once, in either direction."""
        between = self.bends.get((start, end))
        if between is None:
            between = self.bends.get((end, start), ())[::-1]
        return (self.nodes[start].position, *between, self.nodes[end].position)


def read_places(file: VisumFile, crs: str | None, units: Units, warnings: Warnings) -> Places:
    """Read nodes and bends.

    Raises
    ------
    FileError
        For a node number that occurs twice, coordinates that are no finite numbers or lie off the earth, a bend of a
        link whose node is missing.
    InvalidValueError
        For a `crs` that PROJ does not know.
    """
    table = file.required("node", "number", "x", "y")
    keys = Keys()
    rows = {keys.add(row, "number")[0]: row for row in records(table)}
    if not rows:
        raise table.error("must have at least one row")
    planar = dict(zip(rows, [row.position() for row in rows.values()], strict=True))
    points = np.array(list(planar.values()))
    to_lon_lat = projection(file, crs, points, _spans(file, planar, units), units, warnings)
    positions = place(file.name, list(rows.values()), points, to_lon_lat)
    nodes = {
        number: _node(number, row, position) for (number, row), position in zip(rows.items(), positions, strict=True)
    }
    bend_table = file.table("link point")
    if bend_table is not None:
        bend_table.require("from node", "to node", "x", "y")
    bend_rows = sorted(records(bend_table), key=_index)
    bends: dict[tuple[str, str], list[LonLat]] = {}
    bend_points = np.array([row.position() for row in bend_rows])
    for row, position in zip(bend_rows, place(file.name, bend_rows, bend_points, to_lon_lat), strict=True):
        bends.setdefault((_end(row, "from node", nodes), _end(row, "to node", nodes)), []).append(position)
    return Places(nodes=nodes, bends={ends: tuple(line) for ends, line in bends.items()})


def _spans(file: VisumFile, planar: Mapping[str, tuple[float, float]], units: Units) -> NDArray[np.float64]:
    """Ends in the file's coordinates and declared length in m of each link: (L, 5)."""
    spans = [
        (*planar[start], *planar[end], row.length_m(units) or 0.0)
        for row in records(file.required("link", "from node", "to node"))
        if (start := row.key("from node")) in planar and (end := row.key("to node")) in planar
    ]
    return np.array(spans).reshape(-1, 5)


def _index(row: Record) -> float:
    return row.number("index") or 0.0


def _end(row: Record, word: str, nodes: Mapping[str, Node]) -> str:
    number = row.key(word)
    if number not in nodes:
        raise row.error(word, "must name a node of the file")
    return number


def _node(number: str, row: Record, position: LonLat) -> Node:
    row.not_negative("capacity")
    control = CONTROLS.get(int(row.number("control") or 0), NodeControl.NONE)
    return Node(
        id=number,
        name=row.text("name") or row.text("code") or number,
        position=position,
        control=control,
        provenance=Provenance(source=f"{row.table.file}, {row.table.name}", confidence=Confidence.ANCHOR),
    )
