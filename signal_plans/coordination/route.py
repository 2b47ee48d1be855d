"""The arterial in a network: links between its signals in both directions, and the groups that serve it."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from signal_plans.signal_group import GroupKind
from traffic_core.errors import InvalidValueError
from traffic_core.network import Movement, NodeControl

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from signal_plans.junction import Junction
    from signal_plans.layout import SignalLayout
    from traffic_core.network import Link, Network, Turn

_PREFERRED = (Movement.THROUGH, Movement.RIGHT, Movement.LEFT, Movement.U_TURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One direction of an arterial: links of each section, and the group that the route obeys at each junction."""

    junctions: tuple[str, ...]
    sections: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]

    def length_m(self, network: Network, section: int) -> float:
        """Length of a section, m."""
        return sum(network.links[link].length_m for link in self.sections[section])

    def free_speed_m_s(self, network: Network, section: int) -> float:
        """Length of a section over its travel time without hindrance, m/s."""
        links = [network.links[link] for link in self.sections[section]]
        return self.length_m(network, section) / sum(link.length_m / link.free_speed_m_s for link in links)


def route_through(
    network: Network, junctions: Mapping[str, Junction], order: Sequence[str], along: Container[str] | None = None
) -> Route:
    """Shortest way through the junctions in their order by permitted turns; on the links `along` only, if given.

    Raises `InvalidValueError` for a junction without supply data, for a list of less than two or with one twice, and
    where no way leads from one to the next.
    """
    if len(order) < 2:
        raise InvalidValueError("junctions", tuple(order), "must be at least 2")
    if len(set(order)) < len(order):
        raise InvalidValueError("junctions", tuple(order), "must each occur once")
    for junction in order:
        if junction not in junctions:
            raise InvalidValueError("junctions", junction, "must name a signalised junction with supply data")
    turns: dict[str, list[Turn]] = {}
    for turn in network.turns.values():
        turns.setdefault(turn.from_link, []).append(turn)
    sections: list[tuple[str, ...]] = []
    for here, there in pairwise(order):
        if sections:
            starts = [turn.to_link for turn in turns.get(sections[-1][-1], []) if turn.movement is not Movement.U_TURN]
        else:
            starts = [link.id for link in network.links.values() if link.from_node == here]
        found = _shortest(network, turns, [link for link in starts if along is None or link in along], there, along)
        if found is None:
            raise InvalidValueError("junctions", f"{here}, {there}", "must be joined by links and permitted turns")
        sections.append(found)
    groups = [_group_at(network, junctions[name].layout, name, sections, i) for i, name in enumerate(order)]
    return Route(junctions=tuple(order), sections=tuple(sections), groups=tuple(groups))


def _shortest(
    network: Network, turns: Mapping[str, list[Turn]], starts: list[str], goal: str, along: Container[str] | None
) -> tuple[str, ...] | None:
    """Shortest chain of links from one of `starts` to the node `goal`."""
    heap: list[tuple[float, str, tuple[str, ...]]] = [(network.links[link].length_m, link, (link,)) for link in starts]
    heapq.heapify(heap)
    done: set[str] = set()
    while heap:
        length_m, link, chain = heapq.heappop(heap)
        if network.links[link].to_node == goal:
            return chain
        if link in done:
            continue
        done.add(link)
        for turn in turns.get(link, []):
            following = turn.to_link
            if turn.movement is Movement.U_TURN or (along is not None and following not in along):
                continue
            heapq.heappush(heap, (length_m + network.links[following].length_m, following, (*chain, following)))
    return None


def _group_at(
    network: Network, layout: SignalLayout, junction: str, sections: list[tuple[str, ...]], place: int
) -> str:
    """Vehicle group of the turn that the route takes; at its ends the straightest turn from or into it."""
    come = sections[place - 1][-1] if place > 0 else None
    go = sections[place][0] if place < len(sections) else None
    fitting = [
        turn
        for turn in network.turns.values()
        if turn.node_id == junction and come in {None, turn.from_link} and go in {None, turn.to_link}
    ]
    fitting.sort(key=lambda turn: _PREFERRED.index(turn.movement))
    for turn in fitting:
        for group in layout.groups.values():
            if group.kind is GroupKind.VEHICLE and turn.id in group.turns:
                return group.id
    raise InvalidValueError(f"junction[{junction}]", (come, go), "must have a signal group for the turn of the route")


def signals_between(network: Network, route: Route) -> tuple[str, ...]:
    """Signalised nodes that the route passes but does not coordinate."""
    passed = [network.links[link].to_node for section in route.sections for link in section[:-1]]
    return tuple(node for node in passed if network.nodes[node].control is NodeControl.SIGNAL)


def junctions_along(network: Network, junctions: Mapping[str, Junction], name: str) -> tuple[str, ...]:
    """Signalised junctions of the street `name` in order, on the chain of its links that has most of them.

    Raises `InvalidValueError` where no link has that name or no chain has two signals.
    """
    links = [link for link in network.links.values() if link.name.casefold() == name.casefold()]
    if not links:
        raise InvalidValueError("--along", name, "must be the name of links of the network")
    neighbours: dict[str, dict[str, float]] = {}
    for link in links:
        neighbours.setdefault(link.from_node, {})[link.to_node] = link.length_m
        neighbours.setdefault(link.to_node, {}).setdefault(link.from_node, link.length_m)
    ends = [node for node, others in neighbours.items() if len(others) != 2] or list(neighbours)[:1]
    chains = [chain for end in ends for chain in _chains(neighbours, end)]
    signals = [tuple(node for node in chain if node in junctions) for chain in chains]
    best = max(signals, key=len, default=())
    if len(best) < 2:
        raise InvalidValueError("--along", name, "must have at least 2 signalised junctions with supply data in a row")
    return best


def _chains(neighbours: Mapping[str, Mapping[str, float]], start: str) -> list[tuple[str, ...]]:
    """Shortest chains of nodes from `start` to every node that can be reached."""
    heap: list[tuple[float, tuple[str, ...]]] = [(0.0, (start,))]
    chains: dict[str, tuple[str, ...]] = {}
    while heap:
        length_m, chain = heapq.heappop(heap)
        if chain[-1] in chains:
            continue
        chains[chain[-1]] = chain
        for other, more_m in neighbours[chain[-1]].items():
            if other not in chains:
                heapq.heappush(heap, (length_m + more_m, (*chain, other)))
    return list(chains.values())


def links_named(network: Network, name: str) -> tuple[Link, ...]:
    """Links of a street."""
    return tuple(link for link in network.links.values() if link.name.casefold() == name.casefold())
