"""Signals and give-way signs: from the point where they are mapped to the junction they stand at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from traffic_core.formats.osm.drafts import Junctions, length_m
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Records
    from traffic_core.formats.osm.ways import Tags
    from traffic_core.geometry import LonLat

UPSTREAM_M = 40.0
"""A signal or sign this far before a junction, or nearer, belongs to the junction."""
MEANING = {
    "traffic_signals": NodeControl.SIGNAL,
    "give_way": NodeControl.GIVE_WAY,
    "stop": NodeControl.GIVE_WAY,
    "mini_roundabout": NodeControl.ROUNDABOUT,
}
"""Values of `highway` on a node.  `crossing` is not among them: with `crossing=traffic_signals` alone it is a signal
for pedestrians that somebody mapped beside the carriageway as often as on it."""
STRENGTH = (NodeControl.GIVE_WAY, NodeControl.ROUNDABOUT, NodeControl.SIGNAL)
SIDE_KEYS = ("traffic_signals:direction", "direction")


@dataclass(slots=True)
class Tagged:
    """Control that tags say.  `alone` are signals away from any junction, which become nodes of their own."""

    control: dict[int, NodeControl] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)


def tagged_controls(drafts: Sequence[Draft], records: Records, warnings: Warnings) -> Tagged:
    """Control of the junctions at which signals and signs are mapped, or before which within `UPSTREAM_M`.

    A point before several junctions, on a street open both ways, belongs to the nearest one.
    """
    roads = _Roads(drafts, records.positions)
    found = Tagged()
    for node, places in sorted(_places(drafts, records.node_tags).items()):
        tags = records.node_tags[node]
        control = MEANING[tags["highway"]]
        target = node if roads.arms(node) > 2 else roads.nearest_junction(places, _direction(tags))
        if target is None and len(roads.junctions.pieces[node]) > 2:
            target = node
        if target is None and control is not NodeControl.GIVE_WAY:
            target = node
            if not roads.junctions.pieces[node]:
                found.alone.add(node)
        if target is None:
            warnings.add("sign away from any junction kept aside", f"node {node}")
        elif (
            STRENGTH.index(control) > STRENGTH.index(found.control.get(target, STRENGTH[0]))
            or target not in found.control
        ):
            found.control[target] = control
    return found


class _Roads:
    """Drafts seen by a driver who looks for the next junction."""

    def __init__(self, drafts: Sequence[Draft], positions: Mapping[int, LonLat]) -> None:
        self.drafts = drafts
        self.positions = positions
        self.junctions = Junctions(drafts)
        self.minor = {draft.piece for draft in drafts if draft.road_class is RoadClass.SERVICE}

    def arms(self, node: int) -> int:
        """Streets at a node, without service roads: a yard's exit must not take the signal of the junction behind."""
        return len(self.junctions.pieces[node] - self.minor)

    def nearest_junction(self, places: Sequence[tuple[int, int]], forward: bool | None) -> int | None:
        """Nearest junction within `UPSTREAM_M` of a point, given by its places (draft, node of it), or None."""
        ahead: list[tuple[int, float, int]] = []
        for at, place in places:
            draft = self.drafts[at]
            inside = 0 < place < len(draft.nodes) - 1
            if place < len(draft.nodes) - 1 and (forward is None or not inside or draft.forward is forward):
                ahead.extend(self._junctions_ahead(draft, place))
        return min(ahead)[2] if ahead else None

    def _junctions_ahead(self, draft: Draft, place: int) -> Iterator[tuple[int, float, int]]:
        """0 for a junction of streets or 1 for a yard's exit, distance in m, node."""
        far_m = length_m(draft.nodes[place:], self.positions)
        while far_m <= UPSTREAM_M:
            if self.arms(draft.end) > 2:
                yield 0, far_m, draft.end
                return
            if len(self.junctions.pieces[draft.end]) > 2:
                yield 1, far_m, draft.end
            onward = [
                self.drafts[at]
                for at in self.junctions.out[draft.end]
                if self.drafts[at].piece != draft.piece and self.drafts[at].piece not in self.minor
            ]
            if len(onward) != 1:
                return
            draft = onward[0]
            far_m += length_m(draft.nodes, self.positions)


def _places(drafts: Sequence[Draft], node_tags: Mapping[int, Tags]) -> dict[int, list[tuple[int, int]]]:
    """Where each marked node lies: draft and place in it."""
    marked = {node for node, tags in node_tags.items() if tags["highway"] in MEANING}
    places: dict[int, list[tuple[int, int]]] = {}
    for at, draft in enumerate(drafts):
        for place, node in enumerate(draft.nodes):
            if node in marked:
                places.setdefault(node, []).append((at, place))
    return places


def _direction(tags: Tags) -> bool | None:
    """Whether a point stands for drivers along its way; None where that is not said, or said as an angle."""
    side = next((tags[key] for key in SIDE_KEYS if key in tags), "")
    return {"forward": True, "backward": False}.get(side)
