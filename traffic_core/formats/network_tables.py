"""Write a network as the GMNS tables that `traffic_core.gmns` reads, without losing a digit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core.formats.table_writer import write_table
from traffic_core.gmns import (
    DETECTOR_COLUMNS,
    GEOMETRY_COLUMNS,
    LANE_COLUMNS,
    LINK_COLUMNS,
    MOVEMENT_COLUMNS,
    NODE_COLUMNS,
)
from traffic_core.network import Movement
from traffic_core.units import KM_H_PER_M_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from traffic_core.network import Link, Network

MOVEMENT_ORDER = tuple(Movement)


def write_network_tables(folder: Path, network: Network, source: str) -> None:
    """Write node, link, geometry, lane, movement and detector; `source` says where turns and lanes come from."""
    write_table(folder / "node.csv", NODE_COLUMNS, _node_rows(network))
    write_table(folder / "link.csv", LINK_COLUMNS, (_link_row(network, link) for link in network.links.values()))
    write_table(folder / "geometry.csv", GEOMETRY_COLUMNS, _geometry_rows(network))
    write_table(folder / "lane.csv", LANE_COLUMNS, _lane_rows(network, source))
    write_table(folder / "movement.csv", MOVEMENT_COLUMNS, _movement_rows(network, source))
    write_table(folder / "detector.csv", DETECTOR_COLUMNS, _detector_rows(network))


def _node_rows(network: Network) -> Iterator[tuple[object, ...]]:
    for node in network.nodes.values():
        origin = node.provenance
        place = (node.name.strip() or node.id, *node.position, node.control.value)
        yield node.id, *place, "", "", origin.confidence.value, origin.source


def _link_row(network: Network, link: Link) -> tuple[object, ...]:
    origin = link.provenance
    speed = exact_text(link.free_speed_m_s, link.free_speed_m_s * KM_H_PER_M_S, lambda km_h: km_h / KM_H_PER_M_S)
    capacity = exact_text(link.capacity_veh_h, link.capacity_veh_h / link.lanes, lambda per_lane: per_lane * link.lanes)
    return (
        *(link.id, link.name.strip() or link.id, link.from_node, link.to_node, 1),
        *("" if _is_straight(network, link) else link.id, link.length_m, link.road_class.value),
        *(capacity, speed, link.lanes, origin.confidence.value, origin.source),
    )


def _is_straight(network: Network, link: Link) -> bool:
    return link.line == (network.nodes[link.from_node].position, network.nodes[link.to_node].position)


def _geometry_rows(network: Network) -> Iterator[tuple[object, ...]]:
    for link in network.links.values():
        if not _is_straight(network, link):
            points = ", ".join(f"{float(lon)!r} {float(lat)!r}" for lon, lat in link.line)
            yield link.id, f"LINESTRING ({points})"


def _lane_rows(network: Network, source: str) -> Iterator[tuple[object, ...]]:
    for lane in network.lanes:
        movements = ";".join(movement.value for movement in MOVEMENT_ORDER if movement in lane.movements)
        yield lane.link_id, lane.number, movements, "derived", f"lanes of {source}"


def _movement_rows(network: Network, source: str) -> Iterator[tuple[object, ...]]:
    for turn in network.turns.values():
        where = (turn.node_id, turn.from_link, turn.to_link, turn.movement.value)
        yield turn.id, *where, "derived", f"turns of {source}"


def _detector_rows(network: Network) -> Iterator[tuple[object, ...]]:
    for detector in network.detectors.values():
        origin = detector.provenance
        place = (detector.id, detector.link_id, detector.to_stop_line_m, detector.interval_s)
        yield *place, origin.confidence.value, origin.source


def exact_text(value: float, in_file: float, read: Callable[[float], float]) -> str:
    """Shortest number near `in_file` from which `read` makes exactly `value`, where there is one."""
    for digits in range(3, 18):
        text = f"{in_file:.{digits}g}"
        if read(float(text)) == value:
            return repr(float(text))
    for near in (math.nextafter(in_file, math.inf), math.nextafter(in_file, -math.inf)):
        if read(near) == value:
            return repr(near)
    return repr(in_file)
