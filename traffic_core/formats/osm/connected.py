"""Keep the part of a network in which every link can be reached from every other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from traffic_core.formats.osm.drafts import Junctions
from traffic_core.network import RoadClass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from scipy.sparse import csr_array

    from traffic_core.formats.imported import Warnings
    from traffic_core.formats.osm.drafts import Draft


def without_service_stubs(drafts: Sequence[Draft], warnings: Warnings) -> list[Draft]:
    """Leave out service roads that lead to no other street: yards, garages, farms."""
    kept = list(drafts)
    while True:
        junctions = Junctions(kept)
        stubs = {
            draft.piece
            for draft in kept
            if draft.road_class is RoadClass.SERVICE
            and min(len(junctions.pieces[draft.start]), len(junctions.pieces[draft.end])) == 1
        }
        if not stubs:
            return kept
        for way, _ in sorted(stubs):
            warnings.add("service road that leads nowhere left out", f"way {way}")
        kept = [draft for draft in kept if draft.piece not in stubs]


def without_traps(drafts: Sequence[Draft], gates: Collection[int], warnings: Warnings) -> list[Draft]:
    """Leave out streets that one could not leave or not enter even by turning round at every node.

    This goes before turns are looked at: a street that only such a trap continues is a dead end.
    """
    junctions = Junctions(drafts)
    anywhere = [(come, go) for node, into in junctions.into.items() for come in into for go in junctions.out[node]]
    return strongly_connected(drafts, anywhere, gates, warnings)


def strongly_connected(
    drafts: Sequence[Draft], pairs: Sequence[tuple[int, int]], gates: Collection[int], warnings: Warnings
) -> list[Draft]:
    """Largest set of drafts in which turns lead from each one to each other; a gate leads back in.

    Turn bans count, so a street that can only be left or only be entered is left out.  Of sets of equal size the one
    with the first draft stays.
    """
    if not drafts:
        return []
    junctions = Junctions(drafts)
    back_in = [(come, go) for gate in gates for come in junctions.into[gate] for go in junctions.out[gate]]
    _, label = connected_components(_graph(len(drafts), [*pairs, *back_in]), directed=True, connection="strong")
    largest = label[np.argmax(np.bincount(label)[label])]
    kept = []
    for draft, its in zip(drafts, label.tolist(), strict=True):
        if its == largest:
            kept.append(draft)
        else:
            warnings.add("link without a way to and from the rest left out", f"way {draft.ways[0]}")
    return kept


def warn_of_separate_gates(
    drafts: Sequence[Draft], pairs: Sequence[tuple[int, int]], gates: Collection[int], warnings: Warnings
) -> None:
    """Count pairs of gates between which one would have to leave the model: part of an interchange was cut off."""
    junctions = Junctions(drafts)
    graph = _graph(len(drafts), pairs)
    open_gates = [gate for gate in gates if junctions.out[gate]]
    for start in open_gates:
        reached = np.zeros(len(drafts), dtype=np.bool_)
        for go in junctions.out[start]:
            reached[breadth_first_order(graph, go, return_predecessors=False)] = True
        for end in open_gates:
            if start != end and not reached[junctions.into[end]].any():
                warnings.add("pair of gates without a way inside the model", f"gate-{start} to gate-{end}")


def _graph(size: int, pairs: Sequence[tuple[int, int]]) -> csr_array:
    arcs = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return coo_array((np.ones(len(arcs)), (arcs[:, 0], arcs[:, 1])), shape=(size, size)).tocsr()
