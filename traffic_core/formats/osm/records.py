"""The objects of an OpenStreetMap file that matter to a street network."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traffic_core.formats.osm.ways import Tags
    from traffic_core.geometry import LonLat


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
