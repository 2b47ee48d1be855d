"""Which stages a cycle runs through, and in which order."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signal_plans.fixed_time.timing import Stages

MOST_STAGES = 6
"""Longest sequence that is tried."""
ALL_UP_TO = 5
"""Junctions with so many stages have every sequence tried."""
FIRST_SIZES = (1, 2, 3)


def rounds(stages: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Orders of some stages that differ as a cycle: the first stage stays."""
    for rest in permutations(stages[1:]):
        yield (stages[0], *rest)


def first_orders(stages: Stages) -> list[tuple[int, ...]]:
    """Sequences that serve all streams: every one for few stages, else those of up to three, else a longer one."""
    count = len(stages.serves)
    sizes = range(1, count + 1) if count <= ALL_UP_TO else FIRST_SIZES
    found = [
        order
        for size in sizes
        for chosen in combinations(range(count), size)
        if stages.covers(chosen)
        for order in rounds(chosen)
    ]
    return found or [_greedy_cover(stages)]


def _greedy_cover(stages: Stages) -> tuple[int, ...]:
    """Stages that add most streams, one after the other."""
    order: list[int] = []
    missing = stages.needed
    while missing:
        best = max(range(len(stages.serves)), key=lambda stage: ((stages.serves[stage] & missing).bit_count(), -stage))
        order.append(best)
        missing &= ~stages.serves[best]
    return tuple(order)


def neighbours(order: tuple[int, ...], stages: Stages) -> Iterator[tuple[int, ...]]:
    """Sequences one change away that serve all streams: a stage less, more or another, or two swapped."""
    count, size = len(stages.serves), len(order)
    for k in range(size):
        if size > 1:
            yield from _covering(order[:k] + order[k + 1 :], stages)
        for stage in range(count):
            if stage not in order:
                yield from _covering((*order[:k], stage, *order[k + 1 :]), stages)
                if size < MOST_STAGES:
                    yield from _covering((*order[: k + 1], stage, *order[k + 1 :]), stages)
        for other in range(k + 1, size):
            swapped = list(order)
            swapped[k], swapped[other] = order[other], order[k]
            yield tuple(swapped)


def _covering(order: tuple[int, ...], stages: Stages) -> Iterator[tuple[int, ...]]:
    if stages.covers(order):
        yield order


def turned(order: tuple[int, ...]) -> tuple[int, ...]:
    """The same cycle, beginning with its first stage by number: equal cycles become equal."""
    k = order.index(min(order))
    return order[k:] + order[:k]
