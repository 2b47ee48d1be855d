"""The passes over an OpenStreetMap file that find what matters, read in a stream."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import osmium
from osmium.filter import IdFilter, KeyFilter, TagFilter
from osmium.index import create_map
from osmium.osm import NODE, RELATION, WAY, Node, Relation, Way

from traffic_core.errors import FileError
from traffic_core.formats.osm.records import ParkingArea, ParkingSite, Records, Restriction, StreetWay
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
REMARK_BYTES = 4_096
"""How far before the end of a file a server's last remark is looked for."""
BESIDE_THE_STREET = frozenset({"street_lamp", "bus_stop", "elevator", "platform"})
"""Values of `highway` on nodes that say nothing about driving."""

_REMARK = re.compile(rb"<remark>([^<]*error[^<]*)</remark>")


def read_records(path: Path, warnings: Warnings, progress: Progress | None) -> Records:
    """Read a file of any form the library knows by its name: .osm, .osm.gz, .osm.bz2, .osm.pbf.

    One pass each for relations, nodes and ways, so that objects may stand in any order, as in the answers of some
    servers.  Tags are filtered before an object reaches Python; node positions stay in the library but for the nodes
    of streets.  Objects that the file calls deleted are passed over.

    Raises
    ------
    FileError
        Where the file is missing, cut short, damaged, not OpenStreetMap data, or holds a street, a car park or a
        restriction twice, as the history of an area does, or two extracts put together; also for an answer of a server
        that says at its end that it broke off.
    """
    _refuse_broken_off(path)
    reader = _Reader(path, warnings)
    try:
        done = 0
        for done, found in enumerate(reader.stream(), 1):
            if isinstance(found, (Node, Way, Relation)) and not found.deleted:
                reader.keep(found)
            if progress and done % REPORT_EVERY == 0:
                progress(done, 0)
    except FileError:
        raise
    except (RuntimeError, ValueError, OverflowError, osmium.InvalidLocationError) as error:
        limit = f"must be a whole OpenStreetMap file ({error})"
        raise FileError(path.name, 0, "file", str(path), limit) from error
    if progress:
        progress(done, done)
    return reader.records


def _refuse_broken_off(path: Path) -> None:
    """Refuse the answer of a server that ran out of time or memory: well-formed, but with a remark for the rest."""
    if path.suffix in {".osm", ".xml"} and path.is_file():
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - REMARK_BYTES))
            remark = _REMARK.search(stream.read())
        if remark is not None:
            text = remark[1].decode("utf-8", errors="replace").strip()
            raise FileError(path.name, 0, "remark", text, "must not say that the data end here")


class _Reader:
    """Passes over the file, and what was found so far."""

    def __init__(self, path: Path, warnings: Warnings) -> None:
        self.records = Records()
        self._path, self._warnings = path, warnings
        self._seen: set[tuple[str, int]] = set()
        self._new_nodes: dict[int, LonLat] | None = None

    def stream(self) -> Iterator[OSMEntity]:
        """Objects that may matter, in several passes."""
        name = str(self._path)
        restrictions_and_areas = TagFilter(("type", "restriction"), ("type", "multipolygon"))
        yield from osmium.FileProcessor(name, RELATION).with_filter(restrictions_and_areas)
        on_streets = KeyFilter("highway", "amenity")
        # One handler for both passes: it has to notice nodes that are not in order.
        locations = osmium.NodeLocationsForWays(create_map("flex_mem"))
        locations.ignore_errors()
        yield from osmium.FileProcessor(name, NODE).with_filter(locations).with_filter(on_streets)
        yield from osmium.FileProcessor(name, WAY).with_filter(locations).with_filter(on_streets)
        if rings := self.records.rings:
            ways = osmium.FileProcessor(name, WAY).with_filter(locations)
            if min(rings) > 0:
                ways = ways.with_filter(IdFilter(list(rings)))  # knows no numbers below 0
            for way in ways:
                if isinstance(way, Way) and way.id in rings:
                    rings[way.id] = self._points(way.nodes)

    def keep(self, found: Node | Way | Relation) -> None:
        """Keep what matters of an object.  Raises `FileError` for one that came before."""
        records, key = self.records, (type(found).__name__.lower(), found.id)
        if key in self._seen:
            raise FileError(self._path.name, 0, *key, "must occur once: the file is a history, or several put together")
        self._seen.add(key)
        if isinstance(found, Way):
            self._keep_way(found)
        elif isinstance(found, Node):
            self._keep_node(found)
        elif found.tags.get("type") == "restriction":
            records.restrictions.append(_restriction(found))
        elif found.tags.get("amenity") == "parking":
            area = ParkingArea(found.id, _tags(found.tags), _refs(found, "outer", "w"), _refs(found, "inner", "w"))
            records.parking_areas.append(area)
            records.rings.update(dict.fromkeys((*area.outer, *area.inner), ()))

    def _keep_node(self, node: Node) -> None:
        tags = _tags(node.tags)
        if tags.get("amenity") in PARKING_VALUES:
            self._keep_parking(f"node-{node.id}", tags, (_lon_lat(node),) if node.location.valid() else ())
        if tags.get("highway", "street_lamp") not in BESIDE_THE_STREET:
            self.records.node_tags[node.id] = tags

    def _keep_way(self, way: Way) -> None:
        records, tags = self.records, _tags(way.tags)
        if tags.get("amenity") == "parking":
            self._keep_parking(f"way-{way.id}", tags, self._points(way.nodes))
        if "highway" not in tags:
            return
        reason = refusal(tags)
        if reason is not None:
            records.other_nodes.update(node.ref for node in way.nodes)
            if reason:
                self._warnings.add(reason, f"way {way.id}")
            return
        for node in way.nodes:
            if node.ref not in records.positions and (position := self._position(node)):
                records.positions[node.ref] = position
        records.ways.append(StreetWay(way.id, tags, tuple(node.ref for node in way.nodes)))

    def _keep_parking(self, key: str, tags: Tags, ring: tuple[LonLat, ...]) -> None:
        if ring:
            self.records.parking[key] = ParkingSite(key, tags, (ring,))
        else:
            self._warnings.add("car park without a position left out", key)

    def _points(self, nodes: Iterable[NodeRef]) -> tuple[LonLat, ...]:
        """Positions of the nodes that have one."""
        return tuple(position for node in nodes if (position := self._position(node)))

    def _position(self, node: NodeRef) -> LonLat | None:
        """Position of a node of a way, None where the file does not hold it.

        The library keeps none for numbers below 0, which editors give to what is not in OpenStreetMap yet: those are
        read in a pass of their own when the first one is asked for.
        """
        if node.location.valid():
            return _lon_lat(node)
        if node.ref >= 0:
            return None
        if self._new_nodes is None:
            nodes = osmium.FileProcessor(str(self._path), NODE)
            self._new_nodes = {
                node.id: _lon_lat(node)
                for node in nodes
                if isinstance(node, Node) and node.id < 0 and node.location.valid()
            }
        return self._new_nodes.get(node.ref)


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


def _lon_lat(at: Node | NodeRef) -> LonLat:
    where = at.location
    return where.lon, where.lat
