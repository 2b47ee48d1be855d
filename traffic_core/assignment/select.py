"""Which trips use a link: select link, select zone, and the shares that an estimate from counts needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from traffic_core.errors import InvalidValueError
from traffic_core.kernels.planning.bush_select import select, shares

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from traffic_core.assignment.solver import Assignment


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Part of the trips of an assignment, in vehicles."""

    trips: NDArray[np.float64]
    """(M, Z, Z) of each class."""
    volume: NDArray[np.float64]
    """(M, L) on every link."""


def select_link(assignment: Assignment, links: Collection[int]) -> Selection:
    """Trips that use at least one of the links, and where else they drive.

    Raises
    ------
    InvalidValueError
        Where a link is not a number of the network's links.
    """
    layout, bushes = assignment.layout, assignment.bushes
    chosen = np.zeros(layout.links, dtype=np.uint8)
    chosen[_places(assignment, links)] = 1
    zones, classes = layout.zone_node.size, len(assignment.classes)
    trips, volume = np.zeros((classes * zones, zones)), np.zeros((classes, layout.links))
    share, place = np.zeros(layout.nodes), np.empty(layout.nodes, dtype=np.int64)
    for b, row in enumerate(bushes.row):
        held = int(bushes.nodes[b])
        place[bushes.order[b, :held]] = np.arange(held)
        used = np.flatnonzero(layout.demand[row] > 0.0)
        at = place[layout.zone_node[used]]
        wanted = np.zeros(held)
        np.add.at(wanted, at, layout.demand[row, used])
        one = (bushes.first[b], bushes.link[b], bushes.tail[b], bushes.flow[b])
        select(held, *one, chosen, wanted, share, volume[bushes.bush_class[b]])
        trips[row, used] = layout.demand[row, used] * share[at]
    pce = np.array([trip_class.pce for trip_class in assignment.classes])
    return Selection(
        trips=trips.reshape(classes, zones, zones) / pce[:, None, None],
        volume=volume[:, layout.place_of_link] / pce[:, None],
    )


def select_zone(assignment: Assignment, zones: Collection[int], *, outgoing: bool = True) -> Selection:
    """Trips from (or, not `outgoing`, to) the zones, and where they drive.

    Raises
    ------
    InvalidValueError
        Where a zone is not a number of the network's zones.
    """
    layout, bushes = assignment.layout, assignment.bushes
    count, classes = layout.zone_node.size, len(assignment.classes)
    for zone in zones:
        if not 0 <= zone < count:
            raise InvalidValueError("zone", zone, f"must be from 0 to {count - 1}")
    wanted_zones = np.zeros(count, dtype=np.bool_)
    wanted_zones[list(zones)] = True
    trips, volume = np.zeros((classes * count, count)), np.zeros((classes, layout.links))
    share = np.zeros(layout.nodes)
    all_links = np.ones(layout.links, dtype=np.uint8)
    place = np.empty(layout.nodes, dtype=np.int64)
    for b, row in enumerate(bushes.row):
        held = int(bushes.nodes[b])
        place[bushes.order[b, :held]] = np.arange(held)
        taken = np.full(count, wanted_zones[row % count]) if outgoing else wanted_zones
        used = np.flatnonzero((layout.demand[row] > 0.0) & taken)
        if not used.size:
            continue
        wanted = np.zeros(held)
        np.add.at(wanted, place[layout.zone_node[used]], layout.demand[row, used])
        one = (bushes.first[b], bushes.link[b], bushes.tail[b], bushes.flow[b])
        select(held, *one, all_links, wanted, share, volume[bushes.bush_class[b]])
        trips[row, used] = layout.demand[row, used]
    pce = np.array([trip_class.pce for trip_class in assignment.classes])
    return Selection(
        trips=trips.reshape(classes, count, count) / pce[:, None, None],
        volume=volume[:, layout.place_of_link] / pce[:, None],
    )


def count_shares(assignment: Assignment, links: Sequence[int]) -> csr_matrix:
    """Share of every pair's trips that use each link, (K, M Z Z): column (m Z + o) Z + d is class m from o to d.

    Pairs without trips have no share.

    Raises
    ------
    InvalidValueError
        Where a link is not a number of the network's links.
    """
    layout, bushes = assignment.layout, assignment.bushes
    slot = np.full(layout.links, -1, dtype=np.int64)
    slot[_places(assignment, links)] = np.arange(len(links))
    zones = layout.zone_node.size
    out = np.zeros((len(links), layout.nodes))
    place = np.empty(layout.nodes, dtype=np.int64)
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[NDArray[np.float64]] = []
    for b, row in enumerate(bushes.row):
        held = int(bushes.nodes[b])
        place[bushes.order[b, :held]] = np.arange(held)
        shares(held, bushes.first[b], bushes.link[b], bushes.tail[b], bushes.flow[b], slot, out)
        used = np.flatnonzero(layout.demand[row] > 0.0)
        found = out[:, place[layout.zone_node[used]]]
        n, z = np.nonzero(found)
        rows.append(n)
        columns.append(int(row) * zones + used[z])
        values.append(found[n, z])
    shape = (len(links), layout.demand.size)
    if not rows:
        return csr_matrix(shape)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _places(assignment: Assignment, links: Collection[int]) -> NDArray[np.int64]:
    count = assignment.layout.links
    for link in links:
        if not 0 <= link < count:
            raise InvalidValueError("link", link, f"must be from 0 to {count - 1}")
    return assignment.layout.place_of_link[np.array(list(links), dtype=np.int64)]
