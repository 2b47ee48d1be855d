"""Which lane of the town's streams a vehicle stands on that a detector sees on some lane of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.streams.from_layout import turn_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.streams.model import StagedJunction, StreamTown
    from traffic_core.network import Network

NOWHERE = -1


class LaneTable(NamedTuple):
    """Links (N) and the approach lanes at their ends; lanes of the town count through all junctions."""

    place: NDArray[np.int64]
    """(N, 1 + most lanes) lane of the town by the link's own lane, from the right, from 1; `NOWHERE` where that leads
    to no signal, and in column 0: not known."""
    first: NDArray[np.int64]
    """(N + 1,) approach lanes of link n: first[n] to first[n + 1] - 1 of the two below."""
    lane: NDArray[np.int64]
    share: NDArray[np.float64]
    """Part of the link's vehicles on that lane, 1 in total per link."""


def lane_table(town: StreamTown, network: Network, links: Sequence[str]) -> LaneTable:
    """Table for these links; a link that leads to no signal of the town has no lanes."""
    most = max((network.links[link].lanes for link in links), default=0)
    place = np.full((len(links), 1 + most), NOWHERE, np.int64)
    lanes_of = _lanes_of_links(town, turn_shares(network, {}), network)
    first, lane, share = [0], [], []
    for n, link in enumerate(links):
        here = lanes_of.get(link, [])
        is_broad = len(here) == 1 and network.links[link].lanes > 1 and _is_undescribed(network, link)
        for name, position, part in here:
            lane.append(position)
            share.append(part)
            if is_broad:
                place[n, 1:] = position
            else:
                place[n, int(name)] = position
        first.append(len(lane))
    return LaneTable(
        place=place,
        first=np.array(first, np.int64),
        lane=np.array(lane, np.int64),
        share=np.array(share, np.float64),
    )


def _is_undescribed(network: Network, link: str) -> bool:
    return all(lane.link_id != link for lane in network.lanes)


def _lanes_of_links(
    town: StreamTown, shares: dict[str, float], network: Network
) -> dict[str, list[tuple[str, int, float]]]:
    """Approach lanes of each link: name, position in the town, part of the link's vehicles."""
    by_pair = {(turn.from_link, turn.to_link): shares[turn.id] for turn in network.turns.values()}
    found: dict[str, list[tuple[str, int, float]]] = {}
    position = 0
    for junction in town.junctions:
        for lane, part in zip(junction.lanes, _parts(junction, by_pair), strict=True):
            link, _, name = lane.id.rpartition("/")
            found.setdefault(link, []).append((name, position, part))
            position += 1
    totals = {link: sum(part for *_, part in lanes) for link, lanes in found.items()}
    return {
        link: [
            (name, place, part / totals[link] if totals[link] > 0.0 else 1.0 / len(lanes))
            for name, place, part in lanes
        ]
        for link, lanes in found.items()
    }


def _parts(junction: StagedJunction, by_pair: dict[tuple[str, str], float]) -> list[float]:
    """Part of its link's vehicles on each lane; lanes that share a turn take equal parts of it."""
    links = [lane.id.rpartition("/")[0] for lane in junction.lanes]
    sharing: dict[tuple[str, str], int] = {}
    for stream in junction.streams:
        pair = links[stream.lane], stream.exit
        sharing[pair] = sharing.get(pair, 0) + 1
    parts = [0.0] * len(junction.lanes)
    for stream in junction.streams:
        pair = links[stream.lane], stream.exit
        parts[stream.lane] += by_pair[pair] / sharing[pair]
    return parts
