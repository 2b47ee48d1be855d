"""The objects of an OpenStreetMap file that matter to a street network, read in a stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import osmium
from osmium.filter import IdFilter, KeyFilter, TagFilter
from osmium.index import create_map
from osmium.osm import NODE, RELATION, WAY, Node, Relation, Way

from traffic_core.errors import FileError
from traffic_core.formats.osm.ways import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from osmium.osm import NodeRef, TagList
    from osmium.osm.types import OSMEntity

    from traffic_core.formats.imported import Progress, Warnings
    from traffic_core.formats.osm.ways import Tags
    from traffic_core.geometry import LonLat

REPORT_EVERY = 20_000
PARKING_VALUES = frozenset({"parking", "parking_entrance"})
BESIDE_THE_STREET = frozenset({"street_lamp", "bus_stop", "elevator", "platform"})
"""Values of `highway` on nodes that say nothing about driving."""


@dataclass(frozen=True, slots=True)
class StreetWay:
    """A way that cars drive on; `nodes` as in the file, also those that the file does not hold."""

    id: int
    tags: Tags
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A relation of the type restriction: members by role."""

    id: int
    tags: Tags
    from_ways: frozenset[int]
    via_nodes: tuple[int, ...]
    via_ways: frozenset[int]
    to_ways: frozenset[int]


@dataclass(frozen=True, slots=True)
class ParkingSite:
    """A car park or an entrance to one.  A point has one ring of one point."""

    id: str
    """Kind of object and number: node-1, way-2, relation-3."""
    tags: Tags
    outer: tuple[tuple[LonLat, ...], ...]
    inner: tuple[tuple[LonLat, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class ParkingArea:
    """A car park drawn as a relation of ways, whose points are in `Records.rings`."""

    id: int
    tags: Tags
    outer: tuple[int, ...]
    inner: tuple[int, ...]


@dataclass(slots=True)
class Records:
    """What was found.  `positions` holds the nodes of street ways only."""

    ways: list[StreetWay] = field(default_factory=list)
    positions: dict[int, LonLat] = field(default_factory=dict)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    other_nodes: set[int] = field(default_factory=set)
    """Nodes of paths, tracks, closed roads: where a street ends at one of them, it is not cut."""
    restrictions: list[Restriction] = field(default_factory=list)
    parking: dict[str, ParkingSite] = field(default_factory=dict)
    parking_areas: list[ParkingArea] = field(default_factory=list)
    rings: dict[int, tuple[LonLat, ...]] = field(default_factory=dict)
    """Points of the ways of `parking_areas`, without those that the file does not hold."""


def read_records(path: Path, warnings: Warnings, progress: Progress | None) -> Records:
    """Read a file of any form the library knows by its name: .osm, .osm.gz, .osm.bz2, .osm.pbf.

    One pass each for relations, nodes and ways, so that objects may stand in any order, as in the answers of some
    servers.  Tags are filtered before an object reaches Python; node positions stay in the library but for the nodes
    of streets.

    Raises
    ------
    FileError
        Where the file is missing, cut short, damaged, or not OpenStreetMap data.
    """
    records = Records()
    try:
        done = 0
        for done, found in enumerate(_stream(path, records), 1):
            _keep(found, records, warnings)
            if progress and done % REPORT_EVERY == 0:
                progress(done, 0)
    except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
        limit = f"must be a whole OpenStreetMap file ({error})"
        raise FileError(path.name, 0, "file", str(path), limit) from error
    if progress:
        progress(done, done)
    return records


def _stream(path: Path, records: Records) -> Iterator[OSMEntity]:
    restrictions_and_areas = TagFilter(("type", "restriction"), ("type", "multipolygon"))
    yield from osmium.FileProcessor(str(path), RELATION).with_filter(restrictions_and_areas)
    on_streets = KeyFilter("highway", "amenity")
    # One handler for both passes: it has to notice nodes that are not in order.
    locations = osmium.NodeLocationsForWays(create_map("flex_mem"))
    locations.ignore_errors()
    yield from osmium.FileProcessor(str(path), NODE).with_filter(locations).with_filter(on_streets)
    yield from osmium.FileProcessor(str(path), WAY).with_filter(locations).with_filter(on_streets)
    if rings := records.rings:
        wanted = IdFilter(list(rings))
        for way in osmium.FileProcessor(str(path), WAY).with_filter(locations).with_filter(wanted):
            if isinstance(way, Way):
                rings[way.id] = _points(way.nodes)


def _keep(found: OSMEntity, records: Records, warnings: Warnings) -> None:
    if isinstance(found, Way):
        _keep_way(found, records, warnings)
    elif isinstance(found, Node):
        tags = _tags(found.tags)
        if tags.get("amenity") in PARKING_VALUES:
            key = f"node-{found.id}"
            records.parking[key] = ParkingSite(key, tags, (_points([found]),))
        if tags.get("highway", "street_lamp") not in BESIDE_THE_STREET:
            records.node_tags[found.id] = tags
    elif isinstance(found, Relation) and found.tags.get("type") == "restriction":
        records.restrictions.append(_restriction(found))
    elif isinstance(found, Relation) and found.tags.get("amenity") == "parking":
        area = ParkingArea(found.id, _tags(found.tags), _refs(found, "outer", "w"), _refs(found, "inner", "w"))
        records.parking_areas.append(area)
        records.rings.update(dict.fromkeys((*area.outer, *area.inner), ()))


def _keep_way(way: Way, records: Records, warnings: Warnings) -> None:
    tags = _tags(way.tags)
    if tags.get("amenity") == "parking" and (points := _points(way.nodes)):
        records.parking[f"way-{way.id}"] = ParkingSite(f"way-{way.id}", tags, (points,))
    if "highway" not in tags:
        return
    reason = refusal(tags)
    if reason is not None:
        records.other_nodes.update(node.ref for node in way.nodes)
        if reason:
            warnings.add(reason, f"way {way.id}")
        return
    for node in way.nodes:
        if node.ref not in records.positions and node.location.valid():
            records.positions[node.ref] = _lon_lat(node)
    records.ways.append(StreetWay(way.id, tags, tuple(node.ref for node in way.nodes)))


def _restriction(relation: Relation) -> Restriction:
    return Restriction(
        id=relation.id,
        tags=_tags(relation.tags),
        from_ways=frozenset(_refs(relation, "from", "w")),
        via_nodes=_refs(relation, "via", "n"),
        via_ways=frozenset(_refs(relation, "via", "w")),
        to_ways=frozenset(_refs(relation, "to", "w")),
    )


def _refs(relation: Relation, role: str, kind: str) -> tuple[int, ...]:
    return tuple(member.ref for member in relation.members if (member.role, member.type) == (role, kind))


def _tags(tags: TagList) -> dict[str, str]:
    return {tag.k: tag.v for tag in tags}


def _points(nodes: Iterable[Node | NodeRef]) -> tuple[LonLat, ...]:
    return tuple(_lon_lat(node) for node in nodes if node.location.valid())


def _lon_lat(at: Node | NodeRef) -> LonLat:
    where = at.location
    return where.lon, where.lat
