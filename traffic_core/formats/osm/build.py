"""Domain objects from drafts: links, lanes, turns, gates' zones."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from traffic_core.demand import Zone, ZoneKind
from traffic_core.formats.lane_capacity import CAPACITY_VEH_H_LANE
from traffic_core.formats.osm.drafts import length_m
from traffic_core.formats.osm.lanes import lane_movements
from traffic_core.network import SHORTEST_M, Lane, Link, Turn
from traffic_core.provenance import Confidence, Provenance

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.geometry import LonLat
    from traffic_core.network import Movement

FOUND = {
    Confidence.ANCHOR: "tagged",
    Confidence.DERIVED: "follows from a tag",
    Confidence.ESTIMATED: "by road class",
}


def link_ids(drafts: Sequence[Draft]) -> list[str]:
    """Way, running number along the way, f or b for driven along it or against it."""
    number: dict[tuple[int, int], int] = {}
    used: Counter[int] = Counter()
    for way, offset in sorted({draft.piece for draft in drafts}):
        used[way] += 1
        number[way, offset] = used[way]
    return [f"{draft.piece[0]}-{number[draft.piece]}{'f' if draft.forward else 'b'}" for draft in drafts]


def build_links(
    drafts: Sequence[Draft], ids: Sequence[str], positions: Mapping[int, LonLat], warnings: Warnings
) -> list[Link]:
    """Links in the order of the drafts."""
    links: list[Link] = []
    for draft, link_id in zip(drafts, ids, strict=True):
        drawn_m = length_m(draft.nodes, positions)
        if drawn_m < SHORTEST_M:
            warnings.add("link shorter than 1 m taken as 1 m", f"link {link_id}: {drawn_m:.2f} m")
        links.append(
            Link(
                id=link_id,
                name=draft.name,
                from_node=str(draft.start),
                to_node=str(draft.end),
                line=tuple(positions[node] for node in draft.nodes),
                length_m=max(SHORTEST_M, drawn_m),
                free_speed_m_s=draft.speed_m_s,
                lanes=draft.lanes,
                capacity_veh_h=CAPACITY_VEH_H_LANE[draft.road_class] * draft.lanes,
                road_class=draft.road_class,
                provenance=_provenance(draft),
            )
        )
    return links


def build_turns(drafts: Sequence[Draft], ids: Sequence[str], called: Mapping[tuple[int, int], Movement]) -> list[Turn]:
    """Turns in the order of the pairs."""
    return [
        Turn(
            id=f"{ids[come]}_{ids[go]}",
            node_id=str(drafts[come].end),
            from_link=ids[come],
            to_link=ids[go],
            movement=movement,
        )
        for (come, go), movement in sorted(called.items())
    ]


def build_lanes(
    drafts: Sequence[Draft], ids: Sequence[str], called: Mapping[tuple[int, int], Movement], warnings: Warnings
) -> list[Lane]:
    """Lanes of the links that show arrows.  On the others each lane serves every turn."""
    permitted: dict[int, set[Movement]] = {}
    for (come, _), movement in called.items():
        permitted.setdefault(come, set()).add(movement)
    lanes: list[Lane] = []
    for place, (draft, link_id) in enumerate(zip(drafts, ids, strict=True)):
        if draft.marks is not None and place in permitted:
            served = lane_movements(draft.marks, permitted[place], f"link {link_id}", warnings)
            lanes.extend(Lane(link_id=link_id, number=n, movements=turns) for n, turns in enumerate(served, 1))
    return lanes


def gate_zones(gates: Mapping[int, str], nodes: Collection[str]) -> list[Zone]:
    """One outside zone for each gate that is among the nodes.  The file says nothing of zones inside."""
    source = "gate: a through road ends at the edge of the file"
    provenance = Provenance(source=source, confidence=Confidence.DERIVED)
    return [
        Zone(id=f"gate-{gate}", name=name, kind=ZoneKind.OUTSIDE, nodes=(str(gate),), provenance=provenance)
        for gate, name in gates.items()
        if str(gate) in nodes
    ]


def _provenance(draft: Draft) -> Provenance:
    """Derived at best, for the capacity is never tagged; estimated where speed or lanes follow the class only."""
    assumed = Confidence.ESTIMATED in {draft.speed_found, draft.lanes_found}
    ways = ", ".join(str(way) for way in draft.ways)
    speed, lanes = FOUND[draft.speed_found], FOUND[draft.lanes_found]
    return Provenance(
        source=f"OpenStreetMap way {ways}; speed: {speed}; lanes: {lanes}; capacity: by road class",
        confidence=Confidence.ESTIMATED if assumed else Confidence.DERIVED,
    )
