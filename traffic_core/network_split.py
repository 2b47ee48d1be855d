"""A link cut in two at a node in its middle: where a driveway begins, or where an accident blocks lanes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.geometry import LonLat, distance_m, line_length_m
from traffic_core.network import SHORTEST_M, Movement, Network, Node, NodeControl, Turn
from traffic_core.network_edits import link_of
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from traffic_core.network import Detector, Link

SAME_PLACE_M = 15.0
"""How far from the cut an existing node may lie: opposite carriageways are drawn apart."""


def split_link(network: Network, link_id: str, at_m: float, node_id: str) -> Network:
    """Network in which a link is cut `at_m` behind its start, at node `node_id`.

    The downstream part keeps the id, its lanes, turns out and the detectors up to the cut; the upstream part is called
    `upstream_id(link_id, node_id)` and takes the turns in and the other detectors.  One turn, `T{upstream part}`, joins
    them.  The node is made, without any control, unless the network has it: then it joins both directions of a street.

    Raises
    ------
    InvalidValueError
        Where there is no such link, a part would be shorter than 1 m, an id is taken, or an existing node lies
        elsewhere.
    """
    link = link_of(network, link_id)
    require.between(f"link[{link_id}].at_m", at_m, SHORTEST_M, link.length_m - SHORTEST_M)
    upper_id = upstream_id(link_id, node_id)
    if upper_id in network.links:
        raise InvalidValueError("link", upper_id, "must be an id that no link has yet")
    if f"T{upper_id}" in network.turns:
        raise InvalidValueError("turn", f"T{upper_id}", "must be an id that no turn has yet")
    before, after = cut_line(link.line, at_m / link.length_m)
    node = network.nodes.get(node_id) or _cut_node(link, node_id, before[-1], at_m)
    away_m = distance_m(node.position, before[-1])
    if away_m > SAME_PLACE_M:
        limit = f"must lie within {SAME_PLACE_M:g} m of the cut, not {away_m:.0f} m away"
        raise InvalidValueError("node", node_id, limit)
    upper = replace(link, id=upper_id, to_node=node_id, line=before, length_m=at_m)
    lower = replace(link, from_node=node_id, line=after, length_m=link.length_m - at_m)
    turns = {t.id: replace(t, to_link=upper_id) if t.to_link == link_id else t for t in network.turns.values()}
    joint = Turn(id=f"T{upper_id}", node_id=node_id, from_link=upper_id, to_link=link_id, movement=Movement.THROUGH)
    return replace(
        network,
        nodes=dict(network.nodes) | {node_id: node},
        links=dict(network.links) | {link_id: lower, upper_id: upper},
        turns=turns | {joint.id: joint},
        detectors={d.id: _moved(d, lower, upper) for d in network.detectors.values()},
    )


def upstream_id(link_id: str, node_id: str) -> str:
    """Id of the part of a link before the cut at a node."""
    return f"{link_id}-{node_id}"


def cut_line(line: Sequence[LonLat], share: float) -> tuple[tuple[LonLat, ...], tuple[LonLat, ...]]:
    """Both parts of a drawn line, cut at a share of its length; the point of the cut belongs to both."""
    left_m = share * line_length_m(line)
    number = 1
    while number < len(line) - 1 and left_m > distance_m(line[number - 1], line[number]):
        left_m -= distance_m(line[number - 1], line[number])
        number += 1
    a, b = line[number - 1], line[number]
    step_m = distance_m(a, b)
    ratio = min(1.0, left_m / step_m) if step_m > 0.0 else 0.0
    cut = (a[0] + ratio * (b[0] - a[0]), a[1] + ratio * (b[1] - a[1]))
    rest = line[number + 1 :] if cut == b and number + 1 < len(line) else line[number:]
    return (*line[:number], cut), (cut, *rest)


def along_m(link: Link, point: LonLat) -> float:
    """Distance behind the start of a link, by its own length, of the place on it that is nearest to a point."""
    metres_lon = math.cos(math.radians(point[1]))
    best = (math.inf, 0.0)
    passed_m = 0.0
    for a, b in pairwise(link.line):
        step_m = distance_m(a, b)
        across, up = (b[0] - a[0]) * metres_lon, b[1] - a[1]
        square = across * across + up * up
        scalar = (point[0] - a[0]) * metres_lon * across + (point[1] - a[1]) * up
        ratio = min(1.0, max(0.0, scalar / square)) if square > 0.0 else 0.0
        foot = (a[0] + ratio * (b[0] - a[0]), a[1] + ratio * (b[1] - a[1]))
        best = min(best, (distance_m(point, foot), passed_m + ratio * step_m))
        passed_m += step_m
    return best[1] / passed_m * link.length_m if passed_m > 0.0 else 0.0


def _cut_node(link: Link, node_id: str, position: LonLat, at_m: float) -> Node:
    source = f"link {link.id} cut {at_m:g} m behind its start"
    provenance = Provenance(source=source, confidence=Confidence.DERIVED)
    return Node(id=node_id, name=link.name, position=position, control=NodeControl.NONE, provenance=provenance)


def _moved(detector: Detector, lower: Link, upper: Link) -> Detector:
    if detector.link_id != lower.id or detector.to_stop_line_m <= lower.length_m:
        return detector
    beyond_m = min(detector.to_stop_line_m - lower.length_m, upper.length_m)
    return replace(detector, link_id=upper.id, to_stop_line_m=beyond_m)
