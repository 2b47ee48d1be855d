"""Links of a Visum network that cars may use; each row of the file is one direction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic_core.errors import FileError, InvalidValueError
from traffic_core.formats.visum.capacity import Figures, are_daily, figures_of
from traffic_core.formats.visum.row import Keys, Record, records
from traffic_core.formats.visum.types import (
    NO_TYPE,
    LinkType,
    known_capacity_veh_h,
    known_lanes,
    known_speed_m_s,
    link_types,
)
from traffic_core.geometry import line_length_m
from traffic_core.network import LENGTH_TOLERANCE_M, LENGTH_TOLERANCE_RATIO, LONGEST_M, SHORTEST_M, Link
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.cars import Cars
    from traffic_core.formats.visum.nodes import Places
    from traffic_core.formats.visum.table import VisumFile
    from traffic_core.formats.visum.values import Units
    from traffic_core.geometry import LonLat

TOLERANCE_LEFT_FOR_ROUNDING = 0.9
"""A declared length close to the limit would break it once coordinates are written with fewer digits."""


@dataclass(slots=True, kw_only=True)
class Links:
    """Links of the model, and what the other tables of the file need to find them."""

    links: dict[str, Link] = field(default_factory=dict)
    by_ends: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Ids of the model's links by their nodes."""
    all_ends: set[tuple[str, str]] = field(default_factory=set)
    """Nodes of every link of the file, also of those that cars must not use."""
    declared: list[tuple[str, str, str]] = field(default_factory=list)
    """Link id, declared and drawn length in m where the two differ too much to keep the declared one."""


def link_id_of(number: str, start: str, end: str) -> str:
    """Id of a link in the model: its number is that of both directions, so that the nodes belong to it."""
    return f"{number}_{start}_{end}"


def read_links(file: VisumFile, cars: Cars, places: Places, units: Units, warnings: Warnings) -> Links:
    """Read the links that cars may use.

    Raises
    ------
    FileError
        For a link to a missing node, one that occurs twice, a negative or non-finite length, speed, capacity or number
        of lanes, or a network without a link for cars.
    """
    table = file.required("link", "number", "from node", "to node")
    types = link_types(file, cars, units)
    found = Links()
    keys = Keys()
    open_rows: list[tuple[str, Record, LinkType]] = []
    for row in records(table):
        number, start, end = keys.add(row, "number", "from node", "to node")
        for word, node in (("from node", start), ("to node", end)):
            if node not in places.nodes:
                raise row.error(word, "must name a node of the file")
        found.all_ends.add((start, end))
        link_id = link_id_of(number, start, end)
        link_type = _type_of(link_id, row, types, warnings)
        _check_figures(row, units)
        if _usable(link_id, row, link_type, cars, warnings):
            open_rows.append((link_id, row, link_type))
    daily = are_daily([(row, link_type) for _, row, link_type in open_rows])
    for link_id, row, link_type in open_rows:
        if link_id in found.links:
            raise row.error("number", f"must give the link an id of its own: {link_id} is another's")
        figures = figures_of(link_id, row, link_type, units, daily=daily, warnings=warnings)
        _add(found, _link(link_id, row, figures, link_type, places, units, found, warnings), warnings)
    if not found.links:
        raise table.error(f"must hold a link for cars (transport systems {', '.join(sorted(cars.codes))})")
    return found


def _check_figures(row: Record, units: Units) -> None:
    """Raise `FileError` for a figure out of its limits, also on a link that is left out."""
    known_lanes(row)
    known_capacity_veh_h(row)
    known_speed_m_s(row, units)
    row.length_m(units)


def _type_of(link_id: str, row: Record, types: dict[str, LinkType], warnings: Warnings) -> LinkType:
    number = row.text("type")
    if number and types and number not in types:
        warnings.add("link type is not in the file", f"{link_id}: {number}")
    return types.get(number, NO_TYPE)


def _usable(link_id: str, row: Record, link_type: LinkType, cars: Cars, warnings: Warnings) -> bool:
    systems = row.text("systems") if row.has("systems") else link_type.systems
    if systems is not None and not cars.may_use(systems):
        warnings.add("link closed to cars left out", f"{link_id}: {systems or 'open to none'}")
        return False
    if row.key("from node") == row.key("to node"):
        warnings.add("link from a node to itself left out", link_id)
        return False
    return True


def _add(found: Links, link: Link | None, warnings: Warnings) -> None:
    if link is None:
        return
    found.links[link.id] = link
    parallel = found.by_ends.setdefault((link.from_node, link.to_node), [])
    parallel.append(link.id)
    if len(parallel) > 1:
        warnings.add("parallel links: bends and turns of the file hold for each", ", ".join(parallel))


def _link(
    link_id: str,
    row: Record,
    figures: Figures,
    link_type: LinkType,
    places: Places,
    units: Units,
    found: Links,
    warnings: Warnings,
) -> Link | None:
    start, end = row.key("from node"), row.key("to node")
    line = places.line(start, end)
    length_m = _length_m(link_id, row, line, units, found, warnings)
    if length_m > LONGEST_M:
        warnings.add(f"link longer than {LONGEST_M / 1_000:.0f} km left out", f"{link_id}: {length_m:.0f} m")
        return None
    source = f"{row.table.file}, {row.table.name}"
    if figures.assumed:
        source += f"; assumed: {', '.join(figures.assumed)}"
    try:
        return Link(
            id=link_id,
            name=row.text("name") or link_type.name or link_id,
            from_node=start,
            to_node=end,
            line=line,
            length_m=length_m,
            free_speed_m_s=figures.free_speed_m_s,
            lanes=figures.lanes,
            capacity_veh_h=figures.capacity_veh_h,
            road_class=figures.road_class,
            provenance=Provenance(
                source=source, confidence=Confidence.ESTIMATED if figures.assumed else Confidence.ANCHOR
            ),
        )
    except InvalidValueError as error:
        raise FileError(row.table.file, row.line, error.field, error.value, error.limit) from error


def _length_m(
    link_id: str, row: Record, line: tuple[LonLat, ...], units: Units, found: Links, warnings: Warnings
) -> float:
    """Declared length where it agrees with the drawn line, else the drawn one; at least a metre."""
    declared_m = row.length_m(units)
    drawn_m = line_length_m(line)
    allowed_m = TOLERANCE_LEFT_FOR_ROUNDING * (LENGTH_TOLERANCE_M + LENGTH_TOLERANCE_RATIO * drawn_m)
    if not declared_m:
        warnings.add("length missing or 0: drawn length taken", link_id)
        length_m = drawn_m
    elif abs(declared_m - drawn_m) <= allowed_m:
        length_m = declared_m
    else:
        what = f"{link_id}: declared {declared_m:.0f} m, drawn {drawn_m:.0f} m"
        warnings.add("declared length differs from the drawn one, which is taken", what)
        found.declared.append((link_id, f"{declared_m:.1f}", f"{drawn_m:.1f}"))
        length_m = drawn_m
    if length_m < SHORTEST_M:
        warnings.add("link shorter than 1 m taken as 1 m", link_id)
    return max(SHORTEST_M, length_m)
