"""Nodes of the network: control by tags and road classes, and names after the streets that meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traffic_core.formats.osm.defaults import RANK, ROAD_CLASS
from traffic_core.formats.osm.drafts import Junctions
from traffic_core.network import Node, NodeControl, RoadClass
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Records

TAGGED, NO_JUNCTION = "tagged", "no junction"
EXPRESSWAYS = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.RAMP})


def build_nodes(
    drafts: Sequence[Draft], records: Records, tagged: Mapping[int, NodeControl], gates: Mapping[int, str]
) -> list[Node]:
    """Nodes in the order in which the drafts name them."""
    junctions = Junctions(drafts)
    nodes: list[Node] = []
    for node, pieces in junctions.pieces.items():
        meeting = [drafts[place] for place in (*junctions.into[node], *junctions.out[node])]
        control, why = _control(node, meeting, len(pieces), tagged, gates)
        sure = why in {TAGGED, NO_JUNCTION}
        nodes.append(
            Node(
                id=str(node),
                name=gates.get(node) or _name(node, meeting, records),
                position=records.positions[node],
                control=control,
                provenance=Provenance(
                    source=f"OpenStreetMap node {node}; control: {why}",
                    confidence=Confidence.ANCHOR if sure else Confidence.DERIVED,
                ),
            )
        )
    return nodes


def _control(
    node: int, meeting: Sequence[Draft], streets: int, tagged: Mapping[int, NodeControl], gates: Mapping[int, str]
) -> tuple[NodeControl, str]:
    """Control of a node, and where it comes from.

    A gate is one whatever its tags.  Signals go before roundabouts, both before signs.  Where motorways or only
    one-way trunk roads and ramps meet, traffic merges.  Otherwise the lesser road gives way; streets of equal class
    meet without control, and where only one street arrives there is nobody to give way to.
    """
    if node in gates:
        return NodeControl.GATE, "a through road ends at the edge of the file"
    control = tagged.get(node, NodeControl.NONE)
    if control in {NodeControl.SIGNAL, NodeControl.ROUNDABOUT}:
        return control, TAGGED
    if any(draft.roundabout for draft in meeting):
        return NodeControl.ROUNDABOUT, TAGGED
    if streets < 3:
        return NodeControl.NONE, NO_JUNCTION
    if control is NodeControl.GIVE_WAY:
        return control, TAGGED
    return _by_class(node, meeting), "by the road classes"


def _by_class(node: int, meeting: Sequence[Draft]) -> NodeControl:
    classes = {draft.road_class for draft in meeting}
    two_way = len({draft.piece for draft in meeting}) < len(meeting)
    if RoadClass.MOTORWAY in classes or (classes <= EXPRESSWAYS and not two_way):
        return NodeControl.GRADE_SEPARATED
    arriving = sum(draft.end == node for draft in meeting)
    return NodeControl.GIVE_WAY if arriving > 1 and len(classes) > 1 else NodeControl.NONE


def _name(node: int, meeting: Sequence[Draft], records: Records) -> str:
    tags = records.node_tags.get(node, {})
    own = " ".join((tags.get("name") or "").split())
    if own:
        return own
    ranked = sorted((RANK[draft.road_class], draft.name) for draft in meeting if draft.name not in ROAD_CLASS)
    streets = list(dict.fromkeys(name for _, name in ranked))
    return " / ".join(streets[:2]) or f"node {node}"
