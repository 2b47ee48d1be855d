"""Read demand from the tables of a model folder: zone, demand, profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.demand import HOURS, DayProfile, DayType, Demand, DemandCell, Purpose, Zone, ZoneKind
from traffic_core.tables import PROVENANCE_COLUMNS, Row, read_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from traffic_core.network import Network

ZONE_COLUMNS = ("zone_id", "name", "kind", "node_id", *PROVENANCE_COLUMNS)
DEMAND_COLUMNS = ("o_zone_id", "d_zone_id", "purpose", "veh_24h", *PROVENANCE_COLUMNS)
PROFILE_COLUMNS = ("day_type", "purpose", "hour", "share", "source")


def read_demand(folder: Path, network: Network) -> Demand:
    """Read the demand of a model folder; a zone with several nodes takes one row for each.

    A profile with an empty purpose is that of all purposes without rows of their own.

    Raises
    ------
    FileError
        Names file, row, field, value and limit of the first cell that cannot be used.
    """
    zones = _zones(read_table(folder / "zone.csv", ZONE_COLUMNS, key=("zone_id", "node_id")), network)
    cells = read_table(folder / "demand.csv", DEMAND_COLUMNS, key=("o_zone_id", "d_zone_id", "purpose"))
    profiles = _profiles(read_table(folder / "profile.csv", PROFILE_COLUMNS, key=("day_type", "purpose", "hour")))
    return Demand(zones=zones, cells=tuple(_cell(row, zones) for row in cells), profiles=profiles)


def _zones(rows: list[Row], network: Network) -> dict[str, Zone]:
    zones: dict[str, Zone] = {}
    for row in rows:
        zone_id = row.text("zone_id")
        node = row.reference("node_id", network.nodes, "a node_id of node.csv")
        name, kind = row.text("name"), row.choice("kind", ZoneKind)
        nodes: tuple[str, ...] = (node,)
        if known := zones.get(zone_id):
            if name != known.name:
                raise row.error("name", f"must be {known.name!r} as in the zone's first row")
            if kind is not known.kind:
                raise row.error("kind", f"must be {known.kind.value!r} as in the zone's first row")
            nodes = (*known.nodes, node)
        with row.checked():
            zones[zone_id] = Zone(id=zone_id, name=name, kind=kind, nodes=nodes, provenance=row.provenance())
    return zones


def _cell(row: Row, zones: dict[str, Zone]) -> DemandCell:
    with row.checked():
        return DemandCell(
            origin=row.reference("o_zone_id", zones, "a zone_id of zone.csv"),
            destination=row.reference("d_zone_id", zones, "a zone_id of zone.csv"),
            purpose=row.choice("purpose", Purpose),
            veh_24h=row.decimal("veh_24h"),
            provenance=row.provenance(),
        )


def _profiles(rows: list[Row]) -> dict[tuple[DayType, Purpose | None], DayProfile]:
    shares: dict[tuple[DayType, Purpose | None], dict[int, float]] = {}
    last_row: dict[tuple[DayType, Purpose | None], Row] = {}
    for row in rows:
        purpose = row.choice("purpose", Purpose) if row.cells["purpose"] else None
        key, hour = (row.choice("day_type", DayType), purpose), row.whole("hour")
        row.text("source")
        with row.checked():
            require.between("hour", hour, 0, HOURS - 1)
            require.between("share", row.decimal("share"), 0.0, 1.0)
        shares.setdefault(key, {})[hour] = row.decimal("share")
        last_row[key] = row
    return {key: _profile(key, of_hour, last_row[key]) for key, of_hour in shares.items()}


def _profile(key: tuple[DayType, Purpose | None], of_hour: Mapping[int, float], last_row: Row) -> DayProfile:
    day_type, purpose = key
    if len(of_hour) != HOURS:
        whose = "all purposes" if purpose is None else purpose.value
        raise last_row.error("hour", f"must be given 24 times, 0 to 23, for {day_type.value} and {whose}")
    with last_row.checked():
        return DayProfile(day_type=day_type, purpose=purpose, shares=tuple(of_hour[hour] for hour in range(HOURS)))
