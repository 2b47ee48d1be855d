"""Stages from the conflict matrix: sets of groups that go together, a small choice of them, and their order.

Everything is exact up to the sizes named here, and the same for the same input: ties go to the order of names.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import networkx as nx

from signal_plans.intergreen import IntergreenMatrix, interstage_s
from signal_plans.layout import Stage
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_EXACT = 8
"""Stages whose order is found exactly; beyond, each stage is put where it costs least."""
MOST_STAGES = 8
MOST_COVERS = 20_000
"""Choices of stages that are compared, the first ones in the order of names; a dozen groups have some hundreds."""

Groups = frozenset[str]


def compatible_sets(
    groups: Sequence[str], matrix: IntergreenMatrix, permissive: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Groups, ...]:
    """All sets of groups that may be green together and to which no other could be added, in the order of names.

    `permissive` pairs may be green together although they conflict.  Conflicts of the matrix that are not named there
    never are.

    Raises `InvalidValueError` where a pair names an unknown group or a group twice.
    """
    for pair in (*matrix.times_s, *sorted(permissive)):
        for group in pair:
            if group not in groups:
                raise InvalidValueError("stages.pair", pair, f"must name known groups, {group} is none")
        if pair[0] == pair[1]:
            raise InvalidValueError("stages.pair", pair, "must name two groups")
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(groups)
    for a, b in combinations(groups, 2):
        flagged = (a, b) in permissive or (b, a) in permissive
        if flagged or not matrix.conflict(a, b):
            graph.add_edge(a, b)
    return tuple(sorted((frozenset(clique) for clique in nx.find_cliques(graph)), key=sorted))


def without_permissive(matrix: IntergreenMatrix, permissive: frozenset[tuple[str, str]]) -> IntergreenMatrix:
    """The matrix of a layout that flags these pairs: without their intergreens, which the drivers replace by care."""
    left_out = permissive | {(b, a) for a, b in permissive}
    return IntergreenMatrix({pair: time_s for pair, time_s in matrix.times_s.items() if pair not in left_out})


def find_stages(
    junction_id: str,
    groups: Sequence[str],
    matrix: IntergreenMatrix,
    permissive: frozenset[tuple[str, str]] = frozenset(),
) -> tuple[Stage, ...]:
    """The fewest stages that give every group a green, in the order with the least interstage time of a cycle.

    Among choices of equal size and time, the one with the most greens counts, then the order of names.  A group that
    conflicts with none pauses in the last stage, since lamps that never change are no signal.  The stages are named
    1, 2, 3 and fit a layout with the same permissive pairs and `without_permissive`.

    Raises
    ------
    InvalidValueError
        Names the junction: where no groups conflict or more than `MOST_STAGES` stages would be needed.
    """
    where = f"junction[{junction_id}].stages"
    sets = compatible_sets(groups, matrix, permissive)
    if len(sets) < 2:
        raise InvalidValueError(where, len(sets), "must be at least 2: no two groups conflict, nothing needs a signal")
    rest = without_permissive(matrix, permissive)
    for count in range(2, MOST_STAGES + 1):
        choices = _covers(frozenset(groups), sets, count)
        best = min((_ranked(choice, rest) for choice in choices), default=None)
        if best is not None:
            return _named(best[2], frozenset(groups))
    raise InvalidValueError(where, len(sets), f"must be possible with {MOST_STAGES} stages")


def best_order(stages: Sequence[Groups], matrix: IntergreenMatrix) -> tuple[tuple[int, ...], int]:
    """Order of stages, beginning with the first, that spends the least time between them, and that time in s.

    Exact up to `MOST_EXACT` stages (dynamic programming over the stages already placed, Held and Karp 1962); beyond,
    the stages are inserted one by one where they cost least.
    """
    between_s = [[interstage_s(matrix, ending, starting) for starting in stages] for ending in stages]
    order = _exact(between_s) if len(stages) <= MOST_EXACT else _inserted(between_s)
    return order, _cycle_s(order, between_s)


def _covers(groups: Groups, sets: Sequence[Groups], count: int) -> Iterator[tuple[Groups, ...]]:
    """Choices of `count` sets that serve all groups, each of them needed when it was chosen."""
    seen: set[tuple[int, ...]] = set()

    def choose(chosen: tuple[int, ...], left: Groups) -> Iterator[tuple[int, ...]]:
        if not left:
            if len(chosen) == count:
                yield tuple(sorted(chosen))
            return
        if len(chosen) == count:
            return
        rarest = min(left, key=lambda group: (sum(group in found for found in sets), group))
        for place, found in enumerate(sets):
            if rarest in found:
                yield from choose((*chosen, place), left - found)

    for choice in choose((), groups):
        if choice in seen:
            continue
        seen.add(choice)
        if len(seen) > MOST_COVERS:
            return
        yield tuple(sets[place] for place in choice)


def _ranked(choice: tuple[Groups, ...], matrix: IntergreenMatrix) -> tuple[int, int, tuple[tuple[str, ...], ...]]:
    """What counts: time between stages, greens (more is better), names."""
    order, time_s = best_order(choice, matrix)
    return time_s, -sum(map(len, choice)), tuple(tuple(sorted(choice[place])) for place in order)


def _named(stages: tuple[tuple[str, ...], ...], groups: Groups) -> tuple[Stage, ...]:
    everywhere = groups.intersection(*stages)
    last = len(stages) - 1
    return tuple(
        Stage(id=str(place + 1), groups=frozenset(stage) - (everywhere if place == last else frozenset()))
        for place, stage in enumerate(stages)
    )


def _cycle_s(order: Sequence[int], between_s: Sequence[Sequence[int]]) -> int:
    return sum(between_s[a][b] for a, b in pairwise((*order, order[0])))


def _exact(between_s: Sequence[Sequence[int]]) -> tuple[int, ...]:
    size = len(between_s)
    # (stages placed besides the first, last one) -> (time, order): the tuple order settles ties
    best: dict[tuple[frozenset[int], int], tuple[int, tuple[int, ...]]] = {(frozenset(), 0): (0, (0,))}
    for _ in range(size - 1):
        longer: dict[tuple[frozenset[int], int], tuple[int, tuple[int, ...]]] = {}
        for (placed, last), (time_s, order) in best.items():
            for stage in range(1, size):
                if stage not in placed:
                    key = placed | {stage}, stage
                    found = time_s + between_s[last][stage], (*order, stage)
                    longer[key] = min(longer.get(key, found), found)
        best = longer
    return min((time_s + between_s[last][0], order) for (_, last), (time_s, order) in best.items())[1]


def _inserted(between_s: Sequence[Sequence[int]]) -> tuple[int, ...]:
    order: tuple[int, ...] = (0,)
    for stage in range(1, len(between_s)):
        tries = [(*order[:at], stage, *order[at:]) for at in range(1, len(order) + 1)]
        order = min(tries, key=lambda tried: (_cycle_s(tried, between_s), tried))
    return order
