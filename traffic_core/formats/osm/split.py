"""Cut OpenStreetMap ways into directed pieces between junctions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from traffic_core.formats.imported import Warnings
from traffic_core.formats.osm.defaults import ROAD_CLASS
from traffic_core.formats.osm.drafts import LONGEST_STREET_M, Draft, length_m
from traffic_core.formats.osm.lanes import read_lanes
from traffic_core.formats.osm.speed import free_speed_m_s
from traffic_core.formats.osm.ways import directions, is_roundabout, street_name, warn_of_conditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from traffic_core.formats.osm.records import Records, StreetWay


@dataclass(slots=True)
class Pieces:
    """Drafts of all ways, and the nodes at which a way was cut because the file does not go on."""

    drafts: list[Draft] = field(default_factory=list)
    cut_ends: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Run:
    """Nodes of a way that the file holds without a gap; `offset` is the place of the first in the way."""

    offset: int
    nodes: tuple[int, ...]

    @property
    def closed(self) -> bool:
        return self.nodes[0] == self.nodes[-1]


def split(records: Records, warnings: Warnings) -> Pieces:
    """Pieces between nodes that several ways share or at which a way ends, up to `LONGEST_STREET_M` long."""
    pieces = Pieces()
    runs = {way.id: list(_runs(way, records, pieces.cut_ends, warnings)) for way in records.ways}
    shared = _shared_nodes(run for its in runs.values() for run in its)
    for way in records.ways:
        parts = [part for run in runs[way.id] for part in _parts(_turned(run, shared), shared)]
        if parts:
            drafts = list(_drafts(way, parts, warnings))
            fitting = [draft for draft in drafts if length_m(draft.nodes, records.positions) <= LONGEST_STREET_M]
            if len(fitting) < len(drafts):
                what = f"street of more than {LONGEST_STREET_M / 1_000:.0f} km without a junction left out"
                warnings.add(what, f"way {way.id}")
            pieces.drafts.extend(fitting)
    return pieces


def split_at(drafts: Iterable[Draft], nodes: Collection[int]) -> list[Draft]:
    """Drafts cut also at `nodes` inside them."""
    cut: list[Draft] = []
    for draft in drafts:
        stops = [place for place, node in enumerate(draft.nodes[1:-1], 1) if node in nodes]
        last = len(draft.nodes) - 1
        for first, end in zip([0, *stops], [*stops, last], strict=True):
            offset = draft.piece[1] + (first if draft.forward else last - end)
            marks = draft.marks if end == last else None
            part = draft.nodes[first : end + 1]
            cut.append(replace(draft, piece=(draft.piece[0], offset), nodes=part, marks=marks))
    return cut


def _runs(way: StreetWay, records: Records, cut_ends: set[int], warnings: Warnings) -> Iterator[_Run]:
    run: list[int] = []
    offset = 0
    missing = 0
    for place, node in enumerate((*way.nodes, None)):
        if node in records.positions:
            if not run:
                offset = place
            if run[-1:] != [node]:
                run.append(node)
            continue
        missing += node is not None
        if len(run) > 1:
            if offset:
                cut_ends.add(run[0])
            if node is not None:
                cut_ends.add(run[-1])
            yield _Run(offset, tuple(run))
        run = []
    if missing:
        warnings.add("way cut where its nodes are not in the file", f"way {way.id}: {missing} nodes")


def _shared_nodes(runs: Iterable[_Run]) -> set[int]:
    used: Counter[int] = Counter()
    for run in runs:
        used.update(run.nodes[:-1] if run.closed else (*run.nodes, run.nodes[0], run.nodes[-1]))
    return {node for node, times in used.items() if times > 1}


def _turned(run: _Run, shared: set[int]) -> _Run:
    """Make a ring start at a junction; where it starts in the file has no meaning."""
    if not run.closed:
        return run
    first = next((place for place, node in enumerate(run.nodes) if node in shared), 0)
    return replace(run, nodes=(*run.nodes[first:-1], *run.nodes[: first + 1]))


def _parts(run: _Run, shared: set[int]) -> Iterator[_Run]:
    first = 0
    for place in range(1, len(run.nodes)):
        if run.nodes[place] in shared or place == len(run.nodes) - 1:
            part = _Run(run.offset + first, run.nodes[first : place + 1])
            first = place
            if not part.closed:
                yield part
            elif len(part.nodes) > 3:
                # A link must not end where it starts: a loop becomes two.
                half = len(part.nodes) // 2
                yield _Run(part.offset, part.nodes[: half + 1])
                yield _Run(part.offset + half, part.nodes[half:])


def _drafts(way: StreetWay, parts: list[_Run], warnings: Warnings) -> Iterator[Draft]:
    what = f"way {way.id}"
    along, against = directions(way.tags, what, warnings)
    warn_of_conditions(way.tags, what, warnings)
    for forward in (True, False):
        if not (along if forward else against):
            continue
        heard = warnings if forward or not along else Warnings()  # one street, one warning
        speed_m_s, speed_found = free_speed_m_s(way.tags, what, heard, forward=forward)
        one_way = along != against
        lanes, marks, lanes_found = read_lanes(way.tags, what, heard, forward=forward, one_way=one_way)
        downstream = parts[-1] if forward else parts[0]
        for part in parts:
            yield Draft(
                piece=(way.id, part.offset),
                forward=forward,
                nodes=part.nodes if forward else part.nodes[::-1],
                ways=(way.id,),
                name=street_name(way.tags),
                road_class=ROAD_CLASS[way.tags["highway"]],
                roundabout=is_roundabout(way.tags),
                speed_m_s=speed_m_s,
                speed_found=speed_found,
                lanes=lanes,
                lanes_found=lanes_found,
                # Arrows belong to the junction at the end of the way, not to a side street before it.
                marks=marks if part is downstream else None,
            )
