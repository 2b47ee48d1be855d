"""Nodes of a SUMO network: how right of way is settled, and where traffic enters and leaves.

Gates.  A network is cut out of a larger one, and the file does not say where.  A junction that nothing crosses (no
connection but U-turns) is an end.  An end is a gate where its traffic can only come from or go beyond the network (all
its edges in one direction), where a road of class secondary or higher ends, or where it lies near the convex hull of
all junctions (`BORDER_SHARE` of the diagonal of their box).  Any other end is a dead end inside.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from traffic_core.formats.sumo.classes import class_of_type
from traffic_core.formats.sumo.streets import U_TURN_DIRS
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.sumo.raw import RawNet
    from traffic_core.formats.sumo.streets import Street

BORDER_SHARE = 0.1
SIGNAL_TYPES = {"traffic_light", "traffic_light_unregulated", "traffic_light_right_on_red"}
GIVE_WAY_TYPES = {"priority", "priority_stop", "allway_stop"}
UNSETTLED_TYPES = {"right_before_left", "left_before_right", "unregulated", "zipper", "dead_end", "district", "unknown"}
_NEVER_A_DEAD_END = {RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY}


def used_junctions(raw: RawNet, streets: Mapping[str, Street], warnings: Warnings) -> list[str]:
    """Junctions at which a street begins or ends, in the order of the file."""
    ends = {street.edge.text(end) for street in streets.values() for end in ("from", "to")}
    for junction in raw.junctions:
        if junction not in ends:
            warnings.add("junction without a street for cars left out", junction)
    return [junction for junction in raw.junctions if junction in ends]


def gates_of(
    raw: RawNet, streets: Mapping[str, Street], open_to_cars: Sequence[bool], junctions: Iterable[str]
) -> set[str]:
    """Junctions where traffic enters or leaves the network; see the rule above."""
    arms = _arms(streets.values())
    crossed = {
        raw.edges[connection.text("from")].text("to")
        for connection, use in zip(raw.connections, open_to_cars, strict=True)
        if use and connection.attributes.get("dir") not in U_TURN_DIRS
    }
    ends = [junction for junction in junctions if junction not in crossed]
    depth_m, diagonal_m = _depths_m(raw, ends)
    near = {junction for junction, depth in zip(ends, depth_m, strict=True) if depth <= BORDER_SHARE * diagonal_m}
    return {end for end in ends if end in near or not (arms[end].come and arms[end].go) or arms[end].of_main_road}


def controls_of(
    raw: RawNet, streets: Mapping[str, Street], junctions: Iterable[str], gates: set[str], warnings: Warnings
) -> dict[str, NodeControl]:
    """How right of way is settled at each junction."""
    arms = _arms(streets.values())
    ring = {node for roundabout in raw.roundabouts for node in roundabout.text("nodes").split()}
    lit = {
        raw.edges[connection.text("from")].text("to")
        for connection in raw.connections
        if connection.attributes.get("tl") and connection.text("from") in streets
    }
    found: dict[str, NodeControl] = {}
    for junction in junctions:
        kind = raw.junctions[junction].attributes.get("type", "unknown")
        if junction in gates:
            found[junction] = NodeControl.GATE
        elif junction in lit or kind in SIGNAL_TYPES:
            found[junction] = NodeControl.SIGNAL
        elif junction in ring:
            found[junction] = NodeControl.ROUNDABOUT
        elif kind in GIVE_WAY_TYPES:
            found[junction] = NodeControl.GIVE_WAY if arms[junction].streams_meet else NodeControl.NONE
        else:
            found[junction] = NodeControl.NONE
            if kind not in UNSETTLED_TYPES:
                warnings.add(f"junction type {kind} taken as without control", junction)
    return found


class _Arms:
    def __init__(self) -> None:
        self.neighbours: set[str] = set()
        self.come = 0
        self.go = 0
        self.of_main_road = False

    @property
    def streams_meet(self) -> bool:
        """A bend or a mere fork needs no rule of right of way."""
        return self.come > 1 and len(self.neighbours) > 2


def _arms(streets: Iterable[Street]) -> dict[str, _Arms]:
    arms: dict[str, _Arms] = defaultdict(_Arms)
    for street in streets:
        start, end = street.edge.text("from"), street.edge.text("to")
        main = class_of_type(street.edge.attributes.get("type", "")) in _NEVER_A_DEAD_END
        arms[start].go += 1
        arms[end].come += 1
        for junction, other in ((start, end), (end, start)):
            arms[junction].neighbours.add(other)
            arms[junction].of_main_road |= main
    return arms


def _depths_m(raw: RawNet, ends: list[str]) -> tuple[NDArray[np.float64], float]:
    """How far each junction lies inside the convex hull of all, m, and the diagonal of their box, m."""
    position = {name: (junction.number("x"), junction.number("y")) for name, junction in raw.junctions.items()}
    everything = np.array(list(position.values()), dtype=np.float64)
    diagonal_m = float(np.hypot(*(everything.max(axis=0) - everything.min(axis=0))))
    try:
        sides = ConvexHull(everything).equations
    except (QhullError, ValueError):  # fewer than three junctions, or all in a row: each one is at the border
        return np.zeros(len(ends)), diagonal_m
    points = np.array([position[end] for end in ends], dtype=np.float64).reshape(-1, 2)
    return -(points @ sides[:, :2].T + sides[:, 2]).max(axis=1), diagonal_m
