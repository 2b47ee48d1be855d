"""Zones and demand of GMNS folders of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.demand import DemandCell, Purpose, Zone, ZoneKind
from traffic_core.formats.gmns.words import cell, id_cell, number, rows_by_id
from traffic_core.formats.identifiers import identifier_of
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from traffic_core.formats.imported import Warnings
    from traffic_core.tables import Row

NO_ZONE = {"", "0", "-1"}
"""Texts of node.zone_id that name no zone, unless zone.csv or demand.csv does."""
PURPOSE = Purpose.INTERNAL
"""A matrix without purposes: the course of the day is then the general one."""


def zones_of_folder(
    node_rows: Iterable[Row],
    zone_rows: Iterable[Row],
    demand_rows: Iterable[Row],
    used_nodes: set[str],
    warnings: Warnings,
) -> dict[str, Zone]:
    """Zones by the file's id: the nodes that name it and are joined to a street.

    Raises `FileError` for a zone that occurs twice in zone.csv.
    """
    names = {zone_id: cell(row, "name") for zone_id, row in rows_by_id(zone_rows, "zone_id").items()}
    named = {id_cell(row, end) for row in demand_rows for end in ("o_zone_id", "d_zone_id")} | names.keys()
    no_zone = NO_ZONE - named | {""}
    nodes: dict[str, list[str]] = {}
    for row in node_rows:
        zone_id, node_id = id_cell(row, "zone_id"), identifier_of(id_cell(row, "node_id"))
        if zone_id in no_zone:
            continue
        if node_id in used_nodes:
            nodes.setdefault(zone_id, []).append(node_id)
        else:
            warnings.add("node of a zone without a street: not one of its nodes", f"node {node_id}, zone {zone_id}")
    for zone_id in names:
        if zone_id not in nodes and zone_id not in no_zone:
            warnings.add("zone without a node: left out", f"zone {zone_id}")
    provenance = Provenance(source="node.csv, column zone_id", confidence=Confidence.ANCHOR)
    return {
        zone_id: Zone(
            id=identifier_of(zone_id),
            name=names.get(zone_id, ""),
            kind=ZoneKind.INSIDE,
            nodes=tuple(of_zone),
            provenance=provenance,
        )
        for zone_id, of_zone in nodes.items()
    }


def cells_of_folder(rows: Iterable[Row], zones: Mapping[str, Zone], warnings: Warnings) -> tuple[DemandCell, ...]:
    """Cells of demand.csv, its volumes taken as vehicles of a weekday.

    Raises
    ------
    FileError
        For a zone without a node, a volume that is no number of at least 0, a pair that occurs twice.
    """
    provenance = Provenance(source="demand.csv, taken as vehicles of a weekday", confidence=Confidence.ESTIMATED)
    found: list[DemandCell] = []
    pairs: set[tuple[str, str]] = set()
    for row in rows:
        pair = id_cell(row, "o_zone_id"), id_cell(row, "d_zone_id")
        for name, zone_id in zip(("o_zone_id", "d_zone_id"), pair, strict=True):
            if zone_id not in zones:
                raise row.error(name, "must name a zone that has a node with a street")
        if pair in pairs:
            raise row.error("d_zone_id", f"must occur once with origin {pair[0]}")
        pairs.add(pair)
        volume = number(row, "volume")
        if volume is None:
            raise row.error("volume", "must not be empty")
        if pair[0] == pair[1]:
            warnings.add("trips inside a zone: left out", f"zone {pair[0]}: {volume:g}")
        elif volume > 0.0:
            with row.checked():
                start, end = (zones[zone_id].id for zone_id in pair)
                found.append(
                    DemandCell(origin=start, destination=end, purpose=PURPOSE, veh_24h=volume, provenance=provenance)
                )
    if found:
        warnings.add("period of the demand not stated: taken as vehicles of a weekday", "demand.csv")
    return tuple(found)
