"""Links of a SUMO network: drawn from junction to junction, with class, length, speed and capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.errors import located
from traffic_core.formats.identifiers import identifier_of
from traffic_core.formats.sumo.classes import capacity_veh_h, class_of_type, guessed_class
from traffic_core.geometry import LonLat, distance_m, line_length_m
from traffic_core.network import (
    FASTEST_M_S,
    LENGTH_TOLERANCE_M,
    LENGTH_TOLERANCE_RATIO,
    SHORTEST_M,
    SLOWEST_M_S,
    Link,
)
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.location import Placer
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.streets import Street

SAME_POINT_M = 0.5


def links_of(
    raw: RawNet, streets: Mapping[str, Street], position: Mapping[str, LonLat], placer: Placer, warnings: Warnings
) -> list[Link]:
    """Links in the order of the file.  Raises `FileError` for a shape that cannot be used or is longer than 100 km."""
    shapes = [street.edge.points("shape") for street in streets.values()]
    placed = placer.place([point for shape in shapes for point in shape])
    links: list[Link] = []
    first = 0
    for street, shape in zip(streets.values(), shapes, strict=True):
        drawn = placed[first : first + len(shape)]
        first += len(shape)
        start, end = street.edge.text("from"), street.edge.text("to")
        links.append(_link(raw, street, line_between(position[start], drawn, position[end]), warnings))
    return links


def line_between(start: LonLat, drawn: list[LonLat], end: LonLat) -> tuple[LonLat, ...]:
    """Drawn points with the positions of both junctions at their ends.

    A shape may end at the rim of a large junction; a way to its middle is added where more than `SAME_POINT_M` is left.
    """
    inner = drawn[1:] if drawn and distance_m(start, drawn[0]) <= SAME_POINT_M else list(drawn)
    if inner and distance_m(inner[-1], end) <= SAME_POINT_M:
        inner = inner[:-1]
    line = [start]
    line.extend(point for place, point in enumerate(inner) if point != (inner[place - 1] if place else start))
    return (*line, end)


def length_m_of(street: Street, line: tuple[LonLat, ...], warnings: Warnings) -> float:
    """Length of the drawn line, or the declared one where that is longer but within what a link tolerates, m.

    The declared length leaves out the way across the junctions at both ends; it is kept aside.
    """
    declared_m, drawn_m = street.declared_length_m, line_length_m(line)
    length_m = max(declared_m, drawn_m)
    if abs(drawn_m - declared_m) > LENGTH_TOLERANCE_M + LENGTH_TOLERANCE_RATIO * drawn_m:
        warnings.add("declared length differs from the drawn one, drawn length used", street.edge.text("id"))
        length_m = drawn_m
    if length_m < SHORTEST_M:
        warnings.add(f"edge shorter than {SHORTEST_M:g} m made {SHORTEST_M:g} m long", street.edge.text("id"))
        length_m = SHORTEST_M
    return round(length_m, 2)


def _link(raw: RawNet, street: Street, line: tuple[LonLat, ...], warnings: Warnings) -> Link:
    edge_id = street.edge.text("id")
    speed_m_s = min(max(street.speed_m_s, SLOWEST_M_S), FASTEST_M_S)
    if speed_m_s != street.speed_m_s:
        warnings.add(f"speed outside {SLOWEST_M_S:g} to {FASTEST_M_S:g} m/s moved to the limit", edge_id)
    road_class = class_of_type(street.edge.attributes.get("type", ""))
    confidence, basis = Confidence.DERIVED, "class after the edge type"
    if road_class is None:
        warnings.add("road class guessed from speed and lanes", edge_id)
        road_class = guessed_class(speed_m_s, street.lanes)
        confidence, basis = Confidence.ESTIMATED, "class guessed from speed and lanes"
    with located(raw.file, street.edge.line):
        return Link(
            id=street.link_id,
            name=street.edge.attributes.get("name", "").strip() or edge_id,
            from_node=identifier_of(street.edge.text("from")),
            to_node=identifier_of(street.edge.text("to")),
            line=line,
            length_m=length_m_of(street, line, warnings),
            free_speed_m_s=speed_m_s,
            lanes=street.lanes,
            capacity_veh_h=capacity_veh_h(road_class, speed_m_s, street.lanes),
            road_class=road_class,
            provenance=Provenance(source=f"SUMO {raw.file}; {basis}; capacity per lane assumed", confidence=confidence),
        )
