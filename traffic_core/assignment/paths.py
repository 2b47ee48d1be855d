"""Paths that an assignment uses between two zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from traffic_core.assignment.bushes import Bushes
    from traffic_core.assignment.solver import Assignment

MOST_PATHS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPath:
    """One path and what drives on it."""

    share: float
    """Of the trips of the pair."""
    links: tuple[int, ...]
    """Numbers of the network's links, from the origin on."""
    cost: float


def used_paths(
    assignment: Assignment, origin: int, destination: int, *, class_number: int = 0, least_share: float = 0.001
) -> list[UsedPath]:
    """Paths with at least `least_share` of the pair's trips, the most used first; at most `MOST_PATHS`.

    Shares are those of largest entropy, see `traffic_core.kernels.planning.bush_select`.

    Raises
    ------
    InvalidValueError
        Where the pair has no trips in this class.
    """
    layout, bushes = assignment.layout, assignment.bushes
    zones = layout.zone_node.size
    row = class_number * zones + origin
    found = np.flatnonzero(bushes.row == row)
    if not found.size or not 0 <= destination < zones or layout.demand[row, destination] <= 0.0:
        raise InvalidValueError("pair", (origin, destination), f"must have trips in class {class_number}")
    b = int(found[0])
    end = int(np.flatnonzero(bushes.order[b, : bushes.nodes[b]] == layout.zone_node[destination])[0])
    paths = [
        UsedPath(
            share=share,
            links=links,
            cost=float(assignment.cost[class_number, list(links)].sum()),
        )
        for share, links in _walk_back(assignment, bushes, b, end, least_share)
    ]
    return sorted(paths, key=lambda path: (-path.share, path.links))[:MOST_PATHS]


def _walk_back(
    assignment: Assignment, bushes: Bushes, b: int, end: int, least_share: float
) -> list[tuple[float, tuple[int, ...]]]:
    done: list[tuple[float, tuple[int, ...]]] = []
    open_ends: list[tuple[float, int, tuple[int, ...]]] = [(1.0, end, ())]
    while open_ends:
        share, at, links = open_ends.pop()
        if at == 0:
            done.append((share, links))
            continue
        into = slice(int(bushes.first[b, at]), int(bushes.first[b, at + 1]))
        flow = bushes.flow[b, into]
        for k in np.flatnonzero(flow > 0.0):
            part = share * float(flow[k] / flow.sum())
            if part >= least_share:
                number = int(assignment.layout.sorted_links[bushes.link[b, into][k]])
                open_ends.append((part, int(bushes.tail[b, into][k]), (number, *links)))
    return done
