"""Gates: where the edge of the file cuts a through road."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from traffic_core.bearings import bearing_at_end_deg, bearing_at_start_deg, bearing_deg, deflection_deg
from traffic_core.formats.osm.defaults import RANK
from traffic_core.formats.osm.drafts import Junctions
from traffic_core.geometry import distance_m
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.drafts import Draft
    from traffic_core.formats.osm.records import Records
    from traffic_core.geometry import LonLat

CARRIAGEWAYS_APART_M = 500.0
"""Ends of the two carriageways of one road are joined up to this distance: they may be cut at different places."""
TURNING_PLACES = frozenset({"turning_circle", "turning_loop"})


def add_gates(
    drafts: Sequence[Draft], records: Records, cut_ends: set[int], warnings: Warnings
) -> tuple[list[Draft], dict[int, str]]:
    """Drafts with the carriageways of cut roads brought together, and the name of the road at each gate.

    A gate is an end of a tertiary or higher road or a ramp at which no other way of the file goes on, not even a path
    or a closed road, or at which the way itself has nodes that the file does not hold.  Where one carriageway arrives
    and that of the other direction leaves, both are led to the outer one of the two ends.
    """
    roads = list(drafts)
    junctions = Junctions(roads)
    names: dict[int, str] = {}
    arriving: list[int] = []
    leaving: list[int] = []
    for node, pieces in junctions.pieces.items():
        into, out = junctions.into[node], junctions.out[node]
        if len(pieces) > 1 or not _is_cut(node, roads[(into or out)[0]], records, cut_ends):
            continue
        if into and out:
            names[node] = roads[into[0]].name
        else:
            arriving.extend(into)
            leaving.extend(out)
    pairs = _pairs(roads, arriving, leaving, records.positions)
    for come, go in pairs:
        names[_join(roads, come, go, records.positions)] = roads[come].name
    for place in sorted({*arriving, *leaving}.difference(*pairs)):
        warnings.add("one-way road cut at the edge without its other direction", f"way {roads[place].ways[0]}")
    return roads, names


def _is_cut(node: int, draft: Draft, records: Records, cut_ends: set[int]) -> bool:
    if RANK[draft.road_class] > RANK[RoadClass.RAMP]:
        return False
    if node in cut_ends:
        return True
    return node not in records.other_nodes and records.node_tags.get(node, {}).get("highway") not in TURNING_PLACES


def _pairs(
    roads: Sequence[Draft], arriving: Sequence[int], leaving: Sequence[int], positions: Mapping[int, LonLat]
) -> list[tuple[int, int]]:
    """Nearest ends of the same road in opposite directions, each once."""
    candidates = []
    for come in arriving:
        for go in leaving:
            a, b = roads[come], roads[go]
            apart_m = distance_m(positions[a.end], positions[b.start])
            turn_deg = deflection_deg(
                bearing_at_end_deg([positions[node] for node in a.nodes]),
                bearing_at_start_deg([positions[node] for node in b.nodes]),
            )
            same_road = (a.name, a.road_class) == (b.name, b.road_class)
            if same_road and apart_m <= CARRIAGEWAYS_APART_M and abs(turn_deg) > 90.0:
                candidates.append((apart_m, come, go))
    pairs: list[tuple[int, int]] = []
    for _, come, go in sorted(candidates):
        if all(come != other and go != another for other, another in pairs):
            pairs.append((come, go))
    return pairs


def _join(roads: list[Draft], come: int, go: int, positions: Mapping[int, LonLat]) -> int:
    """Lead one of two drafts to the end of the other that lies farther out; return that node."""
    end, start = roads[come].end, roads[go].start
    beyond_deg = deflection_deg(
        bearing_at_end_deg([positions[node] for node in roads[come].nodes]),
        bearing_deg(positions[end], positions[start]),
    )
    if abs(beyond_deg) < 90.0:
        roads[come] = replace(roads[come], nodes=(*roads[come].nodes, start))
        return start
    roads[go] = replace(roads[go], nodes=(end, *roads[go].nodes))
    return end
