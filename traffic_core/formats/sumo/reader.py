"""Read a SUMO network (`.net.xml`, also compressed) as a model: edges, lanes, connections, signals, roundabouts.

What becomes what: an edge with a lane for cars is a link, drawn from junction to junction; a connection is a turn, and
says the movements of its lane; a junction is a node.  The junctions of a roundabout stay separate nodes of its ring.
Every gate (see `nodes`) gets a zone outside.  A network holds no demand, so there are no other zones.

Signals become the control of their nodes.  Their programmes are kept aside as tables and never become supply data: the
safety core takes supplied intergreens only and derives none from a simulation (see `lights`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.demand import Zone, ZoneKind
from traffic_core.errors import FileError
from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.imported import UNKNOWN_LICENCE, ImportedModel, Warnings
from traffic_core.formats.sumo.aside import aside_tables
from traffic_core.formats.sumo.lights import link_table, phase_table
from traffic_core.formats.sumo.links import links_of
from traffic_core.formats.sumo.location import Placer
from traffic_core.formats.sumo.nodes import controls_of, gates_of, used_junctions
from traffic_core.formats.sumo.raw import NOT_USED, RawNet, read_raw
from traffic_core.formats.sumo.streets import car_streets, open_connections
from traffic_core.formats.sumo.turns import turns_of
from traffic_core.network import Network, Node, NodeControl, keyed
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from pathlib import Path

    from traffic_core.formats.imported import Progress
    from traffic_core.network import Link


def read_sumo(path: Path, *, crs: str | None = None, progress: Progress | None = None) -> ImportedModel:
    """Read a SUMO network file.

    `crs` is the coordinate system of the network (after `netOffset` is taken off), such as `EPSG:25832`; it is needed
    where the file names none, and otherwise replaces what the file says.  Without either, the network is placed around
    longitude 0, latitude 0, and a warning says so.

    Raises
    ------
    FileError
        Names file, line, element, value and limit: a truncated file, another kind of file, a reference to a missing
        edge or junction, a negative or non-finite number, no street for cars at all, no connection at all although
        streets meet.
    InvalidValueError
        For an unknown `crs`.
    """
    warnings = Warnings()
    raw = read_raw(path, progress)
    placer = Placer(raw, crs, warnings)
    streets, left_out = car_streets(raw, warnings)
    if not streets:
        raise FileError(raw.file, 0, "edge", None, "must occur with a lane for cars")
    junctions = used_junctions(raw, streets, warnings)
    open_to_cars = open_connections(raw, streets)
    gates = gates_of(raw, streets, open_to_cars, junctions)
    controls = controls_of(raw, streets, junctions, gates, warnings)
    points = [(raw.junctions[name].number("x"), raw.junctions[name].number("y")) for name in junctions]
    position = dict(zip(junctions, placer.place(points), strict=True))
    nodes = keyed([_node(raw, name, position[name], controls[name]) for name in junctions])
    links = keyed(links_of(raw, streets, position, placer, warnings))
    tables = turns_of(raw, streets, links, open_to_cars, gates, warnings)
    for tag, count in raw.others.items():
        for _ in range(0 if tag in NOT_USED else count):
            warnings.add(f"element <{tag}> not used", raw.file)
    aside = [phase_table(raw), link_table(raw, tables, warnings), *aside_tables(raw, streets, left_out, tables)]
    return ImportedModel(
        name=path.name.removesuffix(".gz").removesuffix(".xml").removesuffix(".net"),
        source=f"SUMO network {raw.file}",
        licence=UNKNOWN_LICENCE,
        network=Network(nodes=nodes, links=links, turns=tables.turns, lanes=tables.lanes),
        zones=_zones(nodes, links),
        aside=tuple(aside),
        warnings=warnings,
    )


def _node(raw: RawNet, name: str, position: tuple[float, float], control: NodeControl) -> Node:
    junction = raw.junctions[name]
    kind = junction.attributes.get("type", "unknown")
    return Node(
        id=identifier_of(name),
        name=junction.attributes.get("name", "").strip() or name,
        position=position,
        control=control,
        provenance=Provenance(
            source=f"SUMO {raw.file}; control after the junction type {kind}", confidence=Confidence.DERIVED
        ),
    )


def _zones(nodes: dict[str, Node], links: dict[str, Link]) -> tuple[Zone, ...]:
    """One zone outside for every gate, named after its road."""
    roads = {end: link.name for link in links.values() for end in (link.from_node, link.to_node)}
    gates = [node for node in nodes.values() if node.control is NodeControl.GATE]
    return tuple(
        Zone(
            id=gate.id,
            name=roads[gate.id],
            kind=ZoneKind.OUTSIDE,
            nodes=(gate.id,),
            provenance=Provenance(source="road that leaves the imported network", confidence=Confidence.DERIVED),
        )
        for gate in gates
    )
