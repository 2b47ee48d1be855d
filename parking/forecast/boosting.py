"""Growing trees from examples; only for training, never on the live path."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.trees import Trees
from traffic_core.kernels.planning.boosting import BINS, NO_SPLIT, grow_trees

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How trees are grown; the size was chosen by trials on three archives (see the docs)."""

    trees: int = 200
    depth: int = 6
    rate: float = 0.1
    least_rows: int = 100


def grow(rows: NDArray[np.float32], target: NDArray[np.float64], growth: Growth) -> Trees:
    """Trees for the smallest mean absolute error of what they say of (N, K) features against (N,) targets."""
    return _grow(rows, target, growth, start=0.0, is_event=False)


def grow_odds(rows: NDArray[np.float32], happened: NDArray[np.bool_], growth: Growth) -> Trees:
    """Trees that say the natural logarithm of the odds of an event, from (N, K) features and (N,) whether it came."""
    share = min(max(float(happened.mean()), 1e-4), 1.0 - 1e-4)
    return _grow(rows, happened.astype(np.float64), growth, start=math.log(share / (1.0 - share)), is_event=True)


def _grow(
    rows: NDArray[np.float32], target: NDArray[np.float64], growth: Growth, *, start: float, is_event: bool
) -> Trees:
    edges = [_edges(rows[:, k]) for k in range(rows.shape[1])]
    bins = np.empty(rows.shape, np.uint8)
    for k, of_feature in enumerate(edges):
        bins[:, k] = np.searchsorted(of_feature, rows[:, k], side="left")
    nodes = 2**growth.depth - 1
    feature, split = np.zeros((growth.trees, nodes), np.uint8), np.zeros((growth.trees, nodes), np.uint8)
    leaf, said = np.zeros((growth.trees, nodes + 1)), np.full(target.size, start)
    used = np.array([of_feature.size + 1 for of_feature in edges], np.int64)
    grow_trees(
        bins,
        np.ascontiguousarray(target),
        used,
        growth.rate,
        growth.least_rows,
        is_event,
        feature,
        split,
        leaf,
        said,
    )
    leaf[0] += start  # every row meets one leaf of each tree
    table = np.full((len(edges), BINS), np.inf)
    for k, of_feature in enumerate(edges):
        table[k, : of_feature.size] = of_feature
    table[:, NO_SPLIT] = np.inf
    leaf32 = leaf.astype(np.float32).astype(np.float64)
    return Trees(feature=feature, threshold=table[feature, split], leaf=leaf32)


def _edges(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Upper ends of up to 255 bins with about as many values each."""
    ranks = np.linspace(0.0, 1.0, BINS)[1:-1]
    edges: NDArray[np.float32] = np.unique(np.quantile(values, ranks, method="lower"))
    return edges
