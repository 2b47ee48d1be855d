"""What a SUMO network file holds for us, before anything is built from it; references are checked here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic_core.errors import FileError
from traffic_core.formats.sumo.xml import Element, net_elements

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.formats.imported import Progress

INSIDE_JUNCTIONS = {"internal", "walkingarea", "crossing"}
NOT_USED = {"prohibition", "function", "param"}


@dataclass(slots=True, kw_only=True)
class RawNet:
    """Elements of the file by kind, in its order, without those inside junctions."""

    file: str
    net: Element
    location: Element | None = None
    types: list[Element] = field(default_factory=list)
    edges: dict[str, Element] = field(default_factory=dict)
    lanes: dict[str, tuple[Element, ...]] = field(default_factory=dict)
    """Lanes of each edge in the order of their index, by its id."""
    junctions: dict[str, Element] = field(default_factory=dict)
    connections: list[Element] = field(default_factory=list)
    programmes: list[Element] = field(default_factory=list)
    roundabouts: list[Element] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)
    """Other elements right below the root, by tag."""


def read_raw(path: Path, progress: Progress | None = None) -> RawNet:
    """Read a SUMO network file and check that its references lead somewhere.

    Raises
    ------
    FileError
        For a file that is no SUMO network (see `net_elements`), an id that occurs twice, an edge whose junction is
        missing, a connection or roundabout whose edge or junction is missing, a file without any edge.
    """
    elements = net_elements(path, progress)
    raw = RawNet(file=path.name, net=next(elements))
    for element in elements:
        _sort_in(raw, element)
    if not raw.edges:
        raise FileError(path.name, 0, "edge", None, "must occur: the network has no street")
    for edge in raw.edges.values():
        for end in ("from", "to"):
            if edge.text(end) not in raw.junctions:
                raise edge.error(end, "must name a junction of the file")
    for connection in raw.connections:
        _check_connection(raw, connection)
    for roundabout in raw.roundabouts:
        for node in roundabout.text("nodes").split():
            if node not in raw.junctions:
                raise FileError(raw.file, roundabout.line, "roundabout.nodes", node, "must name a junction of the file")
    return raw


def _sort_in(raw: RawNet, element: Element) -> None:
    if element.tag == "edge":
        if element.attributes.get("function") not in INSIDE_JUNCTIONS:
            _keep(raw.edges, element)
            raw.lanes[element.text("id")] = _lanes(element)
    elif element.tag == "junction":
        if element.attributes.get("type") != "internal":
            _keep(raw.junctions, element)
    elif element.tag == "connection":
        # inside a junction, or from a street onto a pedestrian crossing or walking area
        if not any(element.text(end).startswith(":") for end in ("from", "to")):
            raw.connections.append(element)
    elif element.tag == "tlLogic":
        raw.programmes.append(element)
    elif element.tag == "roundabout":
        raw.roundabouts.append(element)
    elif element.tag == "type":
        raw.types.append(element)
    elif element.tag == "location":
        raw.location = element
    else:
        raw.others[element.tag] += 1


def _keep(known: dict[str, Element], element: Element) -> None:
    own = element.text("id")
    if own in known:
        raise element.error("id", f"is in line {known[own].line} already")
    known[own] = element


def _lanes(edge: Element) -> tuple[Element, ...]:
    lanes = sorted((child for child in edge.children if child.tag == "lane"), key=lambda lane: lane.index("index"))
    for place, lane in enumerate(lanes):
        if lane.index("index") != place:
            raise lane.error("index", f"must be {place}: the lanes of an edge count from 0 without a gap")
    return tuple(lanes)


def _check_connection(raw: RawNet, connection: Element) -> None:
    for end in ("from", "to"):
        if connection.text(end) not in raw.edges:
            raise connection.error(end, "must name an edge of the file")
        lanes = len(raw.lanes[connection.text(end)])
        if connection.index(f"{end}Lane") >= lanes:
            raise connection.error(f"{end}Lane", f"must be below the {lanes} lanes of edge {connection.text(end)}")
    come, go = raw.edges[connection.text("from")], raw.edges[connection.text("to")]
    if come.text("to") != go.text("from"):
        limit = f"must be an edge from junction {come.text('to')}, where edge {come.text('id')} ends"
        raise connection.error("to", limit)
