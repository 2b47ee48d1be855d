"""Where vehicles come to behind a signal: the next signals, how far they are, and how many go there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.streams.model import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.streams.model import StagedJunction
    from traffic_core.network import Network, Turn

REACH_M = 600.0
"""Vehicles that have come so far no longer drive in platoons: signals farther away count as not fed."""
LEAST_SHARE = 0.01
"""Ways that fewer vehicles take are not followed."""


def exits_of(network: Network, junctions: Sequence[StagedJunction], shares: Mapping[str, float]) -> tuple[Exit, ...]:
    """Every link that a stream leads to, in order of appearance.

    `shares` by turn id say how the vehicles of a link part.  The way is followed through nodes without signals, until a
    signal, `REACH_M` or the edge of the network; ways back to the same signal are left out.  `travel_s` is the mean
    over all that reach a signal, weighted by share; 0 where none does.
    """
    lanes_of = {junction.id: _lane_shares(network, junction, shares) for junction in junctions}
    leaving: dict[str, list[Turn]] = {}
    for turn in network.turns.values():
        leaving.setdefault(turn.from_link, []).append(turn)
    links = dict.fromkeys(stream.exit for junction in junctions for stream in junction.streams)
    return tuple(_exit(network, link, lanes_of, leaving, shares) for link in links)


def _lane_shares(
    network: Network, junction: StagedJunction, shares: Mapping[str, float]
) -> dict[str, list[tuple[str, float]]]:
    """Lanes of each approach link with the share of its vehicles; lanes that share a turn take equal parts of it."""
    by_pair = {(turn.from_link, turn.to_link): shares[turn.id] for turn in network.turns.values()}
    link_of = [lane.id.rpartition("/")[0] for lane in junction.lanes]
    lanes_of_turn: dict[tuple[str, str], int] = {}
    for stream in junction.streams:
        pair = link_of[stream.lane], stream.exit
        lanes_of_turn[pair] = lanes_of_turn.get(pair, 0) + 1
    share = [0.0] * len(junction.lanes)
    for stream in junction.streams:
        pair = link_of[stream.lane], stream.exit
        share[stream.lane] += by_pair[pair] / lanes_of_turn[pair]
    found: dict[str, list[tuple[str, float]]] = {}
    for lane, link in enumerate(link_of):
        found.setdefault(link, []).append((junction.lanes[lane].id, share[lane]))
    return found


def _exit(
    network: Network,
    first: str,
    lanes_of: Mapping[str, dict[str, list[tuple[str, float]]]],
    leaving: Mapping[str, list[Turn]],
    shares: Mapping[str, float],
) -> Exit:
    fed: dict[tuple[str, str], float] = {}
    weight = travel_s = 0.0
    ways = [(first, 1.0, 0.0, 0.0)]  # link, share, metres and seconds to its beginning
    while ways:
        link_id, share, passed_m, passed_s = ways.pop()
        link = network.links[link_id]
        passed_m, passed_s = passed_m + link.length_m, passed_s + link.length_m / link.free_speed_m_s
        if passed_m > REACH_M:
            continue
        if link.to_node == network.links[first].from_node:
            continue  # a way round and back again
        if link.to_node in lanes_of:
            for lane, part in lanes_of[link.to_node].get(link_id, ()):
                fed[link.to_node, lane] = fed.get((link.to_node, lane), 0.0) + share * part
            weight, travel_s = weight + share, travel_s + share * passed_s
            continue
        ways += [
            (turn.to_link, share * shares[turn.id], passed_m, passed_s)
            for turn in leaving.get(link_id, ())
            if share * shares[turn.id] >= LEAST_SHARE
        ]
    return Exit(
        id=first,
        length_m=network.links[first].length_m,
        feeds=tuple((junction, lane, round(share, 9)) for (junction, lane), share in fed.items()),
        travel_s=travel_s / weight if weight > 0.0 else 0.0,
    )
