"""The network as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from traffic_core.geometry import line_length_m
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from traffic_core.geometry import LonLat
    from traffic_core.network import Link, Network

COORDINATE_DIGITS = 6
"""A tenth of a metre."""


def features(network: Network) -> Iterator[dict[str, Any]]:
    """Each link as a LineString, then each node and each detector as a Point."""
    yield from _links(network)
    yield from _nodes(network)
    yield from _detectors(network)


def bounding_box(network: Network) -> list[float] | None:
    """West, south, east and north of all nodes and lines in degrees; None for an empty network."""
    points = [node.position for node in network.nodes.values()]
    points += [point for link in network.links.values() for point in link.line]
    if not points:
        return None
    lons, lats = zip(*points, strict=True)
    west, south, east, north = (round(edge, COORDINATE_DIGITS) for edge in (min(lons), min(lats), max(lons), max(lats)))
    return [west, south, east, north]


def write_geojson(path: Path, network: Network) -> None:
    """Write the network as a feature collection, one feature in a line."""
    box = bounding_box(network)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write('{"type": "FeatureCollection",\n')
        if box:
            stream.write(f'"bbox": {json.dumps(box)},\n')
        stream.write('"features": [')
        for place, feature in enumerate(features(network)):
            stream.write(",\n" if place else "\n")
            stream.write(json.dumps(feature, ensure_ascii=False, allow_nan=False))
        stream.write("\n]}\n")


def _links(network: Network) -> Iterator[dict[str, Any]]:
    for link in network.links.values():
        line = [_rounded(point) for point in link.line]
        properties = {
            "kind": "link",
            "id": link.id,
            "name": link.name,
            "from_node": link.from_node,
            "to_node": link.to_node,
            "lanes": link.lanes,
            "length_m": round(link.length_m, 1),
            "free_speed_km_h": round(link.free_speed_m_s * KM_H_PER_M_S, 1),
            "capacity_veh_h": link.capacity_veh_h,
            "road_class": link.road_class.value,
            "confidence": link.provenance.confidence.value,
            "source": link.provenance.source,
        }
        yield _feature("LineString", line, properties)


def _nodes(network: Network) -> Iterator[dict[str, Any]]:
    for node in network.nodes.values():
        properties = {
            "kind": "node",
            "id": node.id,
            "name": node.name,
            "control": node.control.value,
            "confidence": node.provenance.confidence.value,
            "source": node.provenance.source,
        }
        yield _feature("Point", _rounded(node.position), properties)


def _detectors(network: Network) -> Iterator[dict[str, Any]]:
    for detector in network.detectors.values():
        link = network.links[detector.link_id]
        properties = {
            "kind": "detector",
            "id": detector.id,
            "link_id": detector.link_id,
            "to_stop_line_m": detector.to_stop_line_m,
            "confidence": detector.provenance.confidence.value,
        }
        yield _feature("Point", _rounded(_before_end(link, detector.to_stop_line_m)), properties)


def _before_end(link: Link, distance_m: float) -> LonLat:
    """Point of the last straight piece of a link, `distance_m` before its end or at the start of that piece."""
    (lon_a, lat_a), (lon_b, lat_b) = link.line[-2:]
    share = min(1.0, distance_m / max(1.0, line_length_m(link.line[-2:])))
    return lon_b + (lon_a - lon_b) * share, lat_b + (lat_a - lat_b) * share


def _rounded(point: LonLat) -> list[float]:
    return [round(point[0], COORDINATE_DIGITS), round(point[1], COORDINATE_DIGITS)]


def _feature(kind: str, coordinates: object, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}
