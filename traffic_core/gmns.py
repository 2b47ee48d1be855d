"""A street network from GMNS tables (General Modeling Network Specification) in a folder.

Read are node, link, geometry, lane, movement and detector.  Of the specification's columns exactly those in use are
accepted, and each row says where it comes from (`confidence`, `source`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from traffic_core import require
from traffic_core.geometry import LonLat, distance_m, require_lon_lat
from traffic_core.network import Detector, Lane, Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NODE_COLUMNS = ("node_id", "name", "x_coord", "y_coord", "ctrl_type", "zone_id", "accuracy_m", *PROVENANCE_COLUMNS)
LINK_COLUMNS = (
    *("link_id", "name", "from_node_id", "to_node_id", "directed", "geometry_id", "length", "facility_type"),
    *("capacity", "free_speed", "lanes", *PROVENANCE_COLUMNS),
)
GEOMETRY_COLUMNS = ("geometry_id", "geometry")
LANE_COLUMNS = ("link_id", "lane_num", "turns", *PROVENANCE_COLUMNS)
MOVEMENT_COLUMNS = ("mvmt_id", "node_id", "ib_link_id", "ob_link_id", "type", *PROVENANCE_COLUMNS)
DETECTOR_COLUMNS = ("detector_id", "link_id", "to_stop_line_m", "interval_s", *PROVENANCE_COLUMNS)

ENDS_MEET_M = 5.0
"""How far the end of a drawn line may lie from its node."""

_LINESTRING = re.compile(r"LINESTRING\s*\(([^()]*)\)", re.IGNORECASE)
_T = TypeVar("_T", Node, Link, Turn, Detector)


def read_network(folder: Path) -> Network:
    """Read the network of a model folder.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    InvalidValueError
        For a contradiction between tables that no single row can be blamed for.
    """
    nodes = _keyed(_node(row) for row in read_table(folder / "node.csv", NODE_COLUMNS, key=("node_id",)))
    lines = dict(_line(row) for row in read_table(folder / "geometry.csv", GEOMETRY_COLUMNS, key=("geometry_id",)))
    links = _keyed(_link(row, nodes, lines) for row in read_table(folder / "link.csv", LINK_COLUMNS, key=("link_id",)))
    movements = read_table(folder / "movement.csv", MOVEMENT_COLUMNS, key=("mvmt_id",))
    lanes = read_table(folder / "lane.csv", LANE_COLUMNS, key=("link_id", "lane_num"))
    detectors = read_table(folder / "detector.csv", DETECTOR_COLUMNS, key=("detector_id",))
    return Network(
        nodes=nodes,
        links=links,
        turns=_keyed(_turn(row, nodes, links) for row in movements),
        lanes=tuple(_lane(row, links) for row in lanes),
        detectors=_keyed(_detector(row, links) for row in detectors),
    )


def parse_linestring(text: str) -> tuple[LonLat, ...] | None:
    """Points of a two-dimensional WKT LINESTRING, or None where the text is not one."""
    found = _LINESTRING.fullmatch(text.strip())
    if found is None:
        return None
    points: list[LonLat] = []
    for pair in found.group(1).split(","):
        numbers = pair.split()
        if len(numbers) != 2:
            return None
        try:
            points.append((float(numbers[0]), float(numbers[1])))
        except ValueError:
            return None
    return tuple(points)


def _keyed(records: Iterable[_T]) -> dict[str, _T]:
    return {record.id: record for record in records}


def _node(row: Row) -> Node:
    if row.cells["accuracy_m"] and row.decimal("accuracy_m") < 0:
        raise row.error("accuracy_m", "must be a number of at least 0")
    with row.checked():
        return Node(
            id=row.text("node_id"),
            name=row.text("name"),
            position=(row.decimal("x_coord"), row.decimal("y_coord")),
            control=row.choice("ctrl_type", NodeControl),
            provenance=row.provenance(),
        )


def _line(row: Row) -> tuple[str, tuple[Row, tuple[LonLat, ...]]]:
    points = parse_linestring(row.text("geometry"))
    if points is None or len(points) < 2:
        raise row.error("geometry", "must be a WKT LINESTRING of at least two 'lon lat' pairs")
    with row.checked():
        for point in points:
            require_lon_lat("geometry", point)
    return row.text("geometry_id"), (row, points)


def _link(row: Row, nodes: Mapping[str, Node], lines: Mapping[str, tuple[Row, tuple[LonLat, ...]]]) -> Link:
    start, end = (row.reference(name, nodes, "a node_id of node.csv") for name in ("from_node_id", "to_node_id"))
    if row.whole("directed") != 1:
        raise row.error("directed", "must be 1: each row is one direction")
    line: tuple[LonLat, ...] = (nodes[start].position, nodes[end].position)
    if row.cells["geometry_id"]:
        line_row, drawn = lines[row.reference("geometry_id", lines, "a geometry_id of geometry.csv")]
        if distance_m(line[0], drawn[0]) > ENDS_MEET_M or distance_m(line[1], drawn[-1]) > ENDS_MEET_M:
            limit = f"must begin at node {start} and end at node {end} like link {row.text('link_id')} that uses it"
            raise line_row.error("geometry", limit)
        line = drawn
    lanes = row.whole("lanes")
    with row.checked():
        return Link(
            id=row.text("link_id"),
            name=row.text("name"),
            from_node=start,
            to_node=end,
            line=line,
            length_m=row.decimal("length"),
            free_speed_m_s=row.decimal("free_speed") / KM_H_PER_M_S,
            lanes=lanes,
            capacity_veh_h=row.decimal("capacity") * lanes,
            road_class=row.choice("facility_type", RoadClass),
            provenance=row.provenance(),
        )


def _lane(row: Row, links: Mapping[str, Link]) -> Lane:
    link_id = row.reference("link_id", links, "a link_id of link.csv")
    number = row.whole("lane_num")
    if not 1 <= number <= links[link_id].lanes:
        raise row.error("lane_num", f"must be from 1 to the {links[link_id].lanes} lanes of link {link_id}")
    row.provenance()
    turns = row.texts("turns")
    try:
        movements = frozenset(Movement(turn) for turn in turns)
    except ValueError as error:
        raise row.error("turns", "must be among " + ", ".join(turn.value for turn in Movement)) from error
    with row.checked():
        return Lane(link_id=link_id, number=number, movements=movements)


def _turn(row: Row, nodes: Mapping[str, Node], links: Mapping[str, Link]) -> Turn:
    node_id = row.reference("node_id", nodes, "a node_id of node.csv")
    come, go = (row.reference(name, links, "a link_id of link.csv") for name in ("ib_link_id", "ob_link_id"))
    if links[come].to_node != node_id:
        raise row.error("ib_link_id", f"must end at node {node_id}")
    if links[go].from_node != node_id:
        raise row.error("ob_link_id", f"must start at node {node_id}")
    row.provenance()
    kind = row.choice("type", Movement)
    with row.checked():
        require.identifier("mvmt_id", row.text("mvmt_id"))
        return Turn(id=row.text("mvmt_id"), node_id=node_id, from_link=come, to_link=go, movement=kind)


def _detector(row: Row, links: Mapping[str, Link]) -> Detector:
    link_id = row.reference("link_id", links, "a link_id of link.csv")
    if row.decimal("to_stop_line_m") > links[link_id].length_m:
        raise row.error("to_stop_line_m", f"must be at most the {links[link_id].length_m:g} m of link {link_id}")
    with row.checked():
        return Detector(
            id=row.text("detector_id"),
            link_id=link_id,
            to_stop_line_m=row.decimal("to_stop_line_m"),
            interval_s=row.decimal("interval_s"),
            provenance=row.provenance(),
        )
