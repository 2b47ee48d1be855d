"""Stages of a SUMO signal: those of the file, and those its conflicts allow."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx

from api.plans.sumo_net import GREEN, UNSIGNALLED
from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.plans.sumo_net import SumoConnection, SumoSignal

MOST_STAGES = 24
"""Beyond this the search over stage sequences gains nothing; the largest stages are kept."""


def stage_states(file: str, signal: SumoSignal) -> tuple[str, ...]:
    """States in which the signal may rest, the stages of the file first, then further ones from the conflicts.

    Further ones are the largest sets of connections that either do not meet at all or meet as the file lets them meet
    (a turn that gives way).  A signal that also serves crossings, or has places without signal, keeps to the stages of
    the file.

    Raises `FileError` where the file has no stage, leaves a connection red in all of them, or gives two connections
    green that meet without one of them giving way.
    """
    shipped = _shipped(signal)
    if not shipped:
        raise FileError(file, 0, f"tlLogic[{signal.id}]", None, "must have a phase with green and without yellow")
    for connection in signal.connections:
        if not any(state[connection.index] in GREEN | UNSIGNALLED for state in shipped):
            where = f"tlLogic[{signal.id}].state[{connection.index}]"
            limit = f"must be green in some phase: the connection from {connection.from_edge} obeys it"
            raise FileError(file, 0, where, "r", limit)
    for state in shipped:
        _check(file, signal, state)
    if signal.crossings or any(set(state) & UNSIGNALLED for state in shipped):
        return shipped
    found = dict.fromkeys(shipped)
    for green in _further(signal, shipped):
        found.setdefault(_state(signal, green))
    return tuple(found)[:MOST_STAGES]


def _shipped(signal: SumoSignal) -> tuple[str, ...]:
    states = (phase.state for phase in signal.phases)
    rest = (state for state in states if not set(state) & set("yYu") and set(state) & GREEN)
    return tuple(dict.fromkeys(rest))


def _check(file: str, signal: SumoSignal, state: str) -> None:
    green = [connection for connection in signal.connections if state[connection.index] == "G"]
    for a, b in combinations(green, 2):
        if meet(a, b) and a.index != b.index and a.to_edge != b.to_edge and not gives_way(a, b):
            limit = f"must not be green together: places {a.index} and {b.index} meet and neither gives way"
            raise FileError(file, 0, f"tlLogic[{signal.id}].state", state, limit)


def meet(a: SumoConnection, b: SumoConnection) -> bool:
    """Whether the ways of two connections cross or join."""
    return a.node == b.node and b.request in a.foes


def gives_way(a: SumoConnection, b: SumoConnection) -> bool:
    """Whether one of two connections gives way to the other."""
    return a.node == b.node and (b.request in a.yields_to or a.request in b.yields_to)


def _further(signal: SumoSignal, shipped: Sequence[str]) -> list[frozenset[int]]:
    """Sets of places of the states, the largest first.

    The places of a lane go together: a red one would hold up those behind it that have green.
    """
    units = _units(signal)
    together = {
        pair
        for pair in combinations(sorted({connection.index for connection in signal.connections}), 2)
        if any(state[pair[0]] in GREEN and state[pair[1]] in GREEN for state in shipped)
    }
    meeting = {
        (min(a.index, b.index), max(a.index, b.index))
        for a, b in combinations(signal.connections, 2)
        if a.index != b.index and meet(a, b)
    }
    sets = {green for barred in (meeting, meeting - together) for green in _cliques(units, barred)}
    return sorted(sets, key=lambda green: (-len(green), sorted(green)))


def _units(signal: SumoSignal) -> list[frozenset[int]]:
    """Places that lanes join, in order of their first place."""
    graph: nx.Graph[int] = nx.Graph()
    first: dict[tuple[str, int], int] = {}
    for connection in signal.connections:
        graph.add_node(connection.index)
        lane = connection.from_edge, connection.from_lane
        graph.add_edge(first.setdefault(lane, connection.index), connection.index)
    return sorted((frozenset(unit) for unit in nx.connected_components(graph)), key=min)


def _cliques(units: list[frozenset[int]], barred: set[tuple[int, int]]) -> list[frozenset[int]]:
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(units)))
    for a, b in combinations(range(len(units)), 2):
        if not any((min(i, j), max(i, j)) in barred for i in units[a] for j in units[b]):
            graph.add_edge(a, b)
    return [frozenset[int]().union(*(units[unit] for unit in clique)) for clique in nx.find_cliques(graph)]


def _state(signal: SumoSignal, green: frozenset[int]) -> str:
    """Letters of a stage: g where a connection of the place gives way to one that is green."""
    letters = ["r"] * len(signal.phases[0].state)
    shown = [connection for connection in signal.connections if connection.index in green]
    for connection in shown:
        yields = any(
            other.node == connection.node and other.request in connection.yields_to and other.index != connection.index
            for other in shown
        )
        if yields:
            letters[connection.index] = "g"
        elif letters[connection.index] == "r":
            letters[connection.index] = "G"
    return "".join(letters)
