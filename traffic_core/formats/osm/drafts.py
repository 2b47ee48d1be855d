"""Links in the making: one direction of a piece of street between two nodes of the file."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from traffic_core.geometry import distance_m
from traffic_core.network import LONGEST_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from traffic_core.formats.osm.lanes import Marks
    from traffic_core.geometry import LonLat
    from traffic_core.network import RoadClass
    from traffic_core.provenance import Confidence

LONGEST_STREET_M = LONGEST_M - 1_000.0
"""Bringing carriageways together at a gate makes a link longer by up to 500 m."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One direction of a piece; both directions share `piece`."""

    piece: tuple[int, int]
    """Way and place of the piece's first node in it."""
    forward: bool
    """Whether driven in the direction of that way."""
    nodes: tuple[int, ...]
    """In driving direction, both ends included."""
    ways: tuple[int, ...]
    """In driving direction; several after pieces were joined."""
    name: str
    road_class: RoadClass
    roundabout: bool
    speed_m_s: float
    speed_found: Confidence
    lanes: int
    lanes_found: Confidence
    marks: Marks | None
    """Arrows at the downstream end."""

    @property
    def start(self) -> int:
        """Node it starts at."""
        return self.nodes[0]

    @property
    def end(self) -> int:
        """Node it ends at."""
        return self.nodes[-1]


class Junctions:
    """Which drafts start and end at each node, as places in the list of drafts."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.into: defaultdict[int, list[int]] = defaultdict(list)
        self.out: defaultdict[int, list[int]] = defaultdict(list)
        self.pieces: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        """Streets that meet at each node, whatever their directions."""
        for place, draft in enumerate(drafts):
            self.out[draft.start].append(place)
            self.into[draft.end].append(place)
            for node in (draft.start, draft.end):
                self.pieces[node].add(draft.piece)


def length_m(nodes: Sequence[int], positions: Mapping[int, LonLat]) -> float:
    """Length of a line of nodes, m."""
    return sum(distance_m(positions[a], positions[b]) for a, b in pairwise(nodes))
