"""Zones of a Visum network and the nodes that its connectors tie them to.

The file's distribution over connectors (weights, times, one-way connectors) has no place in the model, where the trips
of a zone use its nodes in equal shares; it stays in the aside table of the connectors.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.demand import Zone, ZoneKind
from traffic_core.formats.visum.row import Keys, records
from traffic_core.formats.visum.words import DIRECTIONS
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Collection

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.visum.cars import Cars
    from traffic_core.formats.visum.nodes import Places
    from traffic_core.formats.visum.row import Record
    from traffic_core.formats.visum.table import VisumFile

_OUTSIDE = re.compile(r"kordon|cordon|\bextern|\bau(?:ß|ss)en|\boutside|\bumland|\bausland", re.IGNORECASE)


def read_zones(
    file: VisumFile, cars: Cars, places: Places, street_nodes: Collection[str], warnings: Warnings
) -> tuple[Zone, ...]:
    """Read zones with a connector for cars to one of `street_nodes`, the nodes that links of the model touch.

    A zone is outside if its name or code says so (`Kordon`, `extern`, ...): numbers of types mean what each model makes
    of them.

    Raises
    ------
    FileError
        For a zone that occurs twice, a connector of a missing zone or to a missing node, or one that leads neither in
        nor out.
    """
    table = file.table("zone")
    if table is None:
        warnings.add("file without zones", file.name)
    else:
        table.require("number")
    keys = Keys()
    rows = {keys.add(row, "number")[0]: row for row in records(table)}
    nodes = _nodes_of_zones(file, cars, rows, places, street_nodes, warnings)
    zones: list[Zone] = []
    for number, row in rows.items():
        if not nodes[number]:
            warnings.add("zone without a connector for cars left out", number)
            continue
        zones.append(_zone(number, row, nodes[number], warnings))
    return tuple(zones)


def _zone(number: str, row: Record, nodes: tuple[str, ...], warnings: Warnings) -> Zone:
    name = row.text("name") or row.text("code") or number
    kind = ZoneKind.OUTSIDE if _OUTSIDE.search(f"{row.text('name')} {row.text('code')}") else ZoneKind.INSIDE
    if kind is ZoneKind.INSIDE:
        warnings.add("zone taken as inside: the file does not say that it lies at the cordon", number)
    provenance = Provenance(source=f"{row.table.file}, {row.table.name}", confidence=Confidence.ANCHOR)
    return Zone(id=number, name=name, kind=kind, nodes=nodes, provenance=provenance)


def _nodes_of_zones(
    file: VisumFile,
    cars: Cars,
    zones: Collection[str],
    places: Places,
    street_nodes: Collection[str],
    warnings: Warnings,
) -> dict[str, tuple[str, ...]]:
    """Nodes of each zone in the order of its connectors."""
    table = file.table("connector")
    if table is not None:
        table.require("zone", "node")
    ways: dict[tuple[str, str], set[str]] = {}
    weights: dict[str, set[float]] = {}
    for row in records(table):
        zone, node = row.key("zone"), row.key("node")
        if zone not in zones:
            raise row.error("zone", "must name a zone of the file")
        if node not in places.nodes:
            raise row.error("node", "must name a node of the file")
        way = _way(row)
        if row.has("systems") and not cars.may_use(row.text("systems")):
            continue
        if node not in street_nodes:
            warnings.add("connector to a node without a street for cars left out", f"zone {zone}, node {node}")
            continue
        ways.setdefault((zone, node), set()).update(way)
        weight = row.not_negative("weight")
        if weight is not None:
            weights.setdefault(zone, set()).add(weight)
    for zone, different in weights.items():
        if len(different) > 1:
            warnings.add("different weights of a zone's connectors: equal shares taken", zone)
    for (zone, node), ways_of_pair in ways.items():
        if len(ways_of_pair) == 1:
            warnings.add("connector of one direction taken for both", f"zone {zone}, node {node}")
    nodes: dict[str, list[str]] = {zone: [] for zone in zones}
    for zone, node in ways:
        nodes[zone].append(node)
    return {zone: tuple(of_zone) for zone, of_zone in nodes.items()}


def _way(row: Record) -> set[str]:
    if not row.has("direction"):
        return set(DIRECTIONS.values())
    direction = row.text("direction").upper()
    if direction not in DIRECTIONS:
        raise row.error("direction", "must be Q or O (origin) or Z or D (destination)")
    return {DIRECTIONS[direction]}
