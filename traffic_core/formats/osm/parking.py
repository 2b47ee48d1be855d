"""Car parks of an OpenStreetMap file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from traffic_core.formats.imported import AsideTable, ImportedParking
from traffic_core.formats.osm.areas import centroid_and_area
from traffic_core.formats.osm.defaults import AREA_PER_SPACE_M2, PARKING_KIND
from traffic_core.formats.osm.records import ParkingSite
from traffic_core.formats.osm.tags import tag_text
from traffic_core.formats.osm.ways import open_to_cars
from traffic_core.geometry import distance_m
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.records import Records
    from traffic_core.formats.osm.ways import Tags
    from traffic_core.geometry import LonLat
    from traffic_core.network import Network

ENTRANCE_OF_M = 100.0
"""An entrance this near a garage is taken as one of its entrances."""
FAR_M = 500.0
"""A car park farther from any node than this is left out: its street is not in the network."""
MOST_SPACES = 100_000
NO_ACCESS = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP})
PARKING_COLUMNS = ("id", "kind", "left_out", "area_m2", "capacity_estimate", "tags")


@dataclass(frozen=True, slots=True)
class _Found:
    site: ParkingSite
    kind: str
    position: LonLat
    area_m2: float
    left_out: str


def car_parks(records: Records, network: Network, warnings: Warnings) -> tuple[tuple[ImportedParking, ...], AsideTable]:
    """Car parks for the public with the nearest node, and a table of all that were found.

    The capacity is the tagged one or not known.  The table estimates it for open areas by `AREA_PER_SPACE_M2`, for
    garages on each of their tagged levels.  Entrances count as a garage where none is mapped within `ENTRANCE_OF_M`
    and they have a name or a capacity; those of one name are one garage.
    """
    found = [_look_at(site) for site in sorted(_sites(records, warnings), key=lambda site: site.id)]
    garages = [at.position for at in found if at.kind == "garage" and at.site.tags.get("amenity") == "parking"]
    nearest = _NearestNode(network)
    named: set[str] = set()
    kept: list[ImportedParking] = []
    rows: list[tuple[str, ...]] = []
    for at in found:
        node, far_m = nearest(at.position)
        left_out = at.left_out or _why_no_garage(at, garages, named)
        if not left_out and far_m > FAR_M:
            left_out = f"car park more than {FAR_M:g} m from the network left out"
        if left_out:
            warnings.add(left_out, at.site.id)
        else:
            kept.append(_parking(at, node, warnings))
        rows.append(_row(at, left_out))
    return tuple(kept), AsideTable(name="osm_parking", columns=PARKING_COLUMNS, rows=tuple(rows))


def _sites(records: Records, warnings: Warnings) -> Iterator[ParkingSite]:
    yield from records.parking.values()
    for area in records.parking_areas:
        outer = tuple(records.rings[way] for way in area.outer if records.rings[way])
        if outer:
            inner = tuple(records.rings[way] for way in area.inner if records.rings[way])
            yield ParkingSite(f"relation-{area.id}", area.tags, outer, inner)
        else:
            warnings.add("car park without a position left out", f"relation-{area.id}")


def _look_at(site: ParkingSite) -> _Found:
    tags = site.tags
    kind = PARKING_KIND.get(tags.get("parking", ""), "")
    if tags.get("park_ride", "no") != "no":
        kind = "park_and_ride"
    left_out = "" if kind else "car park not for cars left out"
    if kind and not open_to_cars(tags):
        left_out = "private car park left out"
    position, area_m2 = centroid_and_area(site)
    return _Found(site, kind or tags["parking"], position, area_m2, left_out)


def _why_no_garage(at: _Found, garages: Sequence[LonLat], named: set[str]) -> str:
    """Why an entrance is no car park of its own; empty for one that is, and for all that are no entrances."""
    tags = at.site.tags
    if tags.get("amenity") != "parking_entrance":
        return ""
    name = tags.get("name", "")
    if any(distance_m(at.position, garage) <= ENTRANCE_OF_M for garage in garages) or name in named:
        return "entrance of a garage that is mapped already"
    if not name and "capacity" not in tags:
        return "entrance of an unknown garage left out"
    if name:
        named.add(name)
    return ""


def _parking(at: _Found, node: str, warnings: Warnings) -> ImportedParking:
    tags = at.site.tags
    return ImportedParking(
        id=at.site.id,
        name=" ".join((tags.get("name") or tags.get("ref") or "").split()),
        position=at.position,
        kind=at.kind,
        capacity_veh=_capacity_veh(tags, at.site.id, warnings),
        access_node=node,
        source=f"OpenStreetMap {at.site.id.replace('-', ' ')}; access node: the nearest",
    )


def _capacity_veh(tags: Tags, what: str, warnings: Warnings) -> int | None:
    text = tags.get("capacity", "").strip()
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_SPACES:
        return int(text)
    if text:
        warnings.add("capacity of a car park not understood", f"{what}: capacity={text}")
    else:
        warnings.add("capacity of a car park not known", what)
    return None


def _row(at: _Found, left_out: str) -> tuple[str, ...]:
    levels = _levels(at)
    estimate = int(at.area_m2 * levels / AREA_PER_SPACE_M2)
    area = f"{at.area_m2:.0f}" if at.area_m2 > 0.0 else ""
    return at.site.id, at.kind, left_out, area, str(estimate) if estimate else "", tag_text(at.site.tags)


def _levels(at: _Found) -> int:
    """Levels to park on; 0 where an estimate from the ground area would have no base."""
    tags = at.site.tags
    if at.kind == "on_street":
        return 0
    if at.kind == "surface" or tags.get("parking", "") in {"", "surface"}:
        return 1
    text = tags.get("parking:levels") or tags.get("building:levels", "")
    return int(text) if text.isascii() and text.isdigit() else 0


class _NearestNode:
    """Nearest node at which streets end that car parks may lie on: no motorways, trunk roads or ramps."""

    def __init__(self, network: Network) -> None:
        gates = {node.id for node in network.nodes.values() if node.control is NodeControl.GATE}
        streets = [link for link in network.links.values() if link.road_class not in NO_ACCESS]
        ends = dict.fromkeys(end for link in streets for end in (link.from_node, link.to_node) if end not in gates)
        self.nodes = list(ends) or list(network.nodes)
        positions = [network.nodes[node].position for node in self.nodes]
        self.scale = math.cos(math.radians(positions[0][1]))
        self.positions = positions
        self.tree = cKDTree(np.array([(lon * self.scale, lat) for lon, lat in positions]))

    def __call__(self, position: LonLat) -> tuple[str, float]:
        """Node and its distance, m."""
        _, place = self.tree.query((position[0] * self.scale, position[1]))
        return self.nodes[int(place)], distance_m(position, self.positions[int(place)])
