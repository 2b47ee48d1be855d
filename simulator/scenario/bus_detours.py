"""Bus lines on a changed network: they go round what is closed and leave out the stops on it."""

from __future__ import annotations

import heapq
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.bus_lines import BusLine
    from simulator.scenario.draft import Draft
    from traffic_core.network import Network


def refit_lines(draft: Draft) -> None:
    """Lead every line round links and turns that are gone, the quickest way in an empty network; say so."""
    ways: dict[str, list[str]] = {link: [] for link in draft.network.links}
    for turn in draft.network.turns.values():
        ways[turn.from_link].append(turn.to_link)
    kept: list[BusLine] = []
    for line in draft.lines:
        if all(link in ways for link in line.links) and all(b in ways[a] for a, b in pairwise(line.links)):
            kept.append(line)
        elif (led := _led_round(line, draft.network, ways)) is not None:
            kept.append(led)
            served = {call.stop_id for call in led.calls}
            missed = [call.stop_id for call in line.calls if call.stop_id not in served]
            text = f" and leaves out {', '.join(missed)}" if missed else ""
            draft.warn(draft.scenario.place, f"bus line {line.id} takes another way{text}")
        else:
            draft.warn(draft.scenario.place, f"bus line {line.id} has no way left and does not run")
    draft.lines = kept


def _led_round(line: BusLine, network: Network, ways: Mapping[str, Sequence[str]]) -> BusLine | None:
    links: list[str] = []
    at: dict[int, int] = {}
    for position, link in enumerate(line.links):
        if link not in ways:
            continue
        between = _between(network, ways, links[-1], link) if links else ()
        if between is not None:
            links += [*between, link]
            at[position] = len(links) - 1
    calls = tuple(replace(call, position=at[call.position]) for call in line.calls if call.position in at)
    return replace(line, links=tuple(links), calls=calls) if len(at) > 1 else None


def _between(network: Network, ways: Mapping[str, Sequence[str]], start: str, end: str) -> tuple[str, ...] | None:
    """Links between two links on the quickest way at free speed (Dijkstra 1959); None where there is no way."""
    order = {link: number for number, link in enumerate(ways)}
    waiting = [(0.0, order[start], start)]
    before: dict[str, str] = {}
    reached = {start: 0.0}
    while waiting:
        so_far_s, _, link_id = heapq.heappop(waiting)
        if so_far_s > reached[link_id]:
            continue
        if link_id == end and link_id in before:
            found: list[str] = []
            while (link_id := before[link_id]) != start:
                found.append(link_id)
            return tuple(reversed(found))
        for following in ways[link_id]:
            link = network.links[following]
            at_s = so_far_s + link.length_m / link.free_speed_m_s
            if following != start and at_s < reached.get(following, float("inf")):
                reached[following], before[following] = at_s, link_id
                heapq.heappush(waiting, (at_s, order[following], following))
    return None
