"""Whether one gets everywhere along permitted turns, and back.

Outside the model everything is connected: who leaves at a gate may come back at any other.  At a dead end one may turn
round, since trips end and start there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from traffic_core.consistency.facts import ModelFacts, listed
from traffic_core.consistency.findings import Finding, error, note, warning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Links among which one gets from each to each; the largest component of a sound model holds all of them."""

    links: tuple[str, ...]
    nodes: tuple[str, ...]


def components(facts: ModelFacts) -> list[Component]:
    """Strongly connected components of the links, the largest first."""
    links = list(facts.network.links.values())
    outside = len(links)
    joined = [*_turn_pairs(facts), *_dead_end_pairs(facts)]
    place = {link.id: at for at, link in enumerate(links)}
    for node in facts.network.nodes:
        if facts.is_gate(node):
            joined += [(place[link.id], outside) for link in facts.come[node]]
            joined += [(outside, place[link.id]) for link in facts.go[node]]
    _, label = connected_components(_graph(joined, outside + 1), directed=True, connection="strong")
    members: dict[int, list[int]] = {}
    for at in range(outside):
        members.setdefault(int(label[at]), []).append(at)
    found = [_component(facts, [links[at].id for at in group]) for group in members.values()]
    return sorted(found, key=lambda part: -len(part.links))


def check_components(facts: ModelFacts) -> list[Finding]:
    """Links that are not in the largest component: one cannot get there, or not away again."""
    return [
        warning(
            "component",
            f"link {part.links[0]}",
            f"{len(part.links)} links",
            "all links in one component",
            f"From the rest of the network there is no way to {listed(list(part.links))} and back.",
        )
        for part in components(facts)[1:]
    ]


def check_reach(facts: ModelFacts) -> list[Finding]:
    """Nodes that no gate reaches or that reach no gate, and gates that miss nodes which other gates reach.

    A network without any gate is looked at from its largest component.
    """
    network = facts.network
    gates = [node for node in network.nodes if facts.is_gate(node)]
    findings = [] if gates else [_no_gate()]
    if not network.links:
        return findings
    starts = gates or [network.links[components(facts)[0].links[0]].from_node]
    graph = _graph(_turn_pairs(facts), len(network.links))
    turned = graph.T.tocsr()
    there = {gate: _reached(facts, graph, gate, back=False) for gate in starts if facts.go[gate]}
    back = {gate: _reached(facts, turned, gate, back=True) for gate in starts if facts.come[gate]}
    used = [node for node in network.nodes if facts.come[node] or facts.go[node]]
    alone = set(starts) if len(starts) == 1 else set()  # nobody else could reach it
    entered = alone.union(*there.values())
    left = alone.union(*back.values())
    for node in used:
        if node not in entered and not (facts.is_gate(node) and not facts.come[node]):
            findings.append(_cut_off(node, "unreachable", "No gate reaches node {} along permitted turns."))
        if node not in left and not (facts.is_gate(node) and not facts.go[node]):
            findings.append(_cut_off(node, "no_way_out", "From node {} no gate is reached along permitted turns."))
    findings += [gap for gate, nodes in there.items() if (gap := _gap(gate, entered - nodes, "there"))]
    findings += [gap for gate, nodes in back.items() if (gap := _gap(gate, left - nodes, "back"))]
    return findings


def _no_gate() -> Finding:
    return warning(
        "no_gate", "network", "0 gates", "at least 1", "The network has no gate: no traffic enters or leaves it."
    )


def _cut_off(node: str, kind: str, sentence: str) -> Finding:
    return error(kind, f"node {node}", "0 gates", "at least 1 gate", sentence.format(node))


def _gap(gate: str, missed: set[str], way: str) -> Finding | None:
    missed = missed - {gate}
    if not missed:
        return None
    start = f"From gate {gate} there is no way to" if way == "there" else f"Gate {gate} is not reached from"
    return note(
        f"gate_misses_{way}",
        f"node {gate}",
        f"{len(missed)} nodes",
        "0 nodes",
        f"{start} {listed(sorted(missed))}; other gates are better connected.",
    )


def _reached(facts: ModelFacts, graph: csr_array, gate: str, *, back: bool) -> set[str]:
    """Nodes that are reached from a gate, or from which it is reached.

    `graph` joins links by turns, turned round for the way back.
    """
    links = list(facts.network.links.values())
    first = {link.id for link in (facts.come if back else facts.go)[gate]}
    reached: set[int] = set()
    for at, link in enumerate(links):
        if link.id in first and at not in reached:
            reached.update(breadth_first_order(graph, at, return_predecessors=False).tolist())
    return {links[at].from_node if back else links[at].to_node for at in reached}


def _turn_pairs(facts: ModelFacts) -> list[tuple[int, int]]:
    place = {link: at for at, link in enumerate(facts.network.links)}
    return [(place[turn.from_link], place[turn.to_link]) for turn in facts.network.turns.values()]


def _dead_end_pairs(facts: ModelFacts) -> list[tuple[int, int]]:
    place = {link: at for at, link in enumerate(facts.network.links)}
    ends = (node for node in facts.network.nodes if facts.is_dead_end(node))
    return [(place[come.id], place[go.id]) for node in ends for come in facts.come[node] for go in facts.go[node]]


def _graph(pairs: Iterable[tuple[int, int]], size: int) -> csr_array:
    ends: NDArray[np.int64] = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return csr_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(size, size))


def _component(facts: ModelFacts, links: list[str]) -> Component:
    ends = (facts.network.links[link] for link in links)
    nodes = dict.fromkeys(node for link in ends for node in (link.from_node, link.to_node))
    return Component(links=tuple(links), nodes=tuple(nodes))
