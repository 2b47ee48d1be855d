"""Gradient boosting of complete binary trees, for the smallest mean absolute error or for the odds of an event.

Source: Friedman (2001), Greedy function approximation, Annals of Statistics 29(5), algorithm 3 (LAD_TreeBoost: trees
are grown on the signs of the residuals, leaves hold the medians) and algorithm 5 (L2_TreeBoost: trees are grown on the
difference between event and probability, leaves hold a Newton step).  Features are bins (histograms, no sorting).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]
    _Integers = NDArray[np.int64]
    _Bytes = NDArray[np.uint8]

BINS = 256
NO_SPLIT = 255
"""No bin lies beyond it, so that everything goes to the left."""
EVENT_WEIGHT = 5.0
"""Added to the weight of a leaf of the odds, so that few rows move it little."""


def _is_drawn(row: int, tree: int) -> bool:
    """Whether a row takes part in growing a tree: every second one, by a hash of both."""
    mixed = (row * 2_654_435_761 + tree * 39_570_571) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 2_246_822_519) & 0xFFFFFFFF
    return (mixed >> 13) & 1 == 0


is_drawn = inner(_is_drawn)


def _best_split(count: _Integers, total: _Floats, used: _Integers, least: int) -> tuple[int, int]:
    """Feature and last bin to the left that lessen the squared error of the signs most.

    count, total : (K, BINS) rows and sum of the signs by feature and bin
    """
    rows, whole = 0, 0.0
    for b in range(BINS):
        rows += count[0, b]
        whole += total[0, b]
    best, feature, split = 1e-9, 0, NO_SPLIT
    if rows < 2 * least:
        return feature, split
    for k in range(count.shape[0]):
        left, left_sum = 0, 0.0
        for b in range(used[k]):
            left += count[k, b]
            left_sum += total[k, b]
            if left < least:
                continue
            if rows - left < least:
                break
            right_sum = whole - left_sum
            gain = left_sum**2 / left + right_sum**2 / (rows - left) - whole**2 / rows
            if gain > best:
                best, feature, split = gain, k, b
    return feature, split


best_split = inner(_best_split)


def _event_leaf(gradient: _Floats, weight: _Floats) -> float:
    return float(gradient.sum() / (weight.sum() + EVENT_WEIGHT))


event_leaf = inner(_event_leaf)


def _grow_trees_example() -> tuple[Any, ...]:
    bins, target, used = np.zeros((4, 1), np.uint8), np.zeros(4), np.ones(1, np.int64)
    out = np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8), np.zeros((1, 2)), np.zeros(4)
    return bins, target, used, 0.1, 1, False, *out


def _grow_trees(
    bins: _Bytes,
    target: _Floats,
    used: _Integers,
    rate: float,
    least: int,
    is_event: bool,
    feature: _Bytes,
    split: _Bytes,
    leaf: _Floats,
    said: _Floats,
) -> None:
    """Grow trees one after another, each on what those before left over.

    bins : (N, K) bin of each feature of a row
    target : (N,) what is to be said; 0 or 1 for an event, of which the natural logarithm of the odds is said
    used : (K,) number of bins of a feature
    rate : share of a leaf that is taken over
    least : fewest rows on either side of a split
    feature, split : (M, 2^D - 1) out, feature of a node and the last bin that goes to the left
    leaf : (M, 2^D) out
    said : (N,) what is said before the first tree; out, what is said of the rows with all trees
    """
    rows, kinds = bins.shape
    trees, nodes = feature.shape
    node = np.zeros(rows, np.int64)
    gradient, weight = np.zeros(rows), np.zeros(rows)
    for m in range(trees):
        node[:] = 0
        for n in range(rows):
            if is_event:
                p = 1.0 / (1.0 + np.exp(-said[n]))
                gradient[n] = target[n] - p
                weight[n] = p * (1.0 - p)
            else:
                gradient[n] = np.sign(target[n] - said[n])
        level = 1
        while level <= nodes:
            count = np.zeros((level, kinds, BINS), np.int64)
            total = np.zeros((level, kinds, BINS))
            for n in range(rows):
                if is_drawn(n, m):
                    at = node[n] - (level - 1)
                    for k in range(kinds):
                        count[at, k, bins[n, k]] += 1
                        total[at, k, bins[n, k]] += gradient[n]
            for at in range(level):
                k, b = best_split(count[at], total[at], used, least)
                feature[m, level - 1 + at] = k
                split[m, level - 1 + at] = b
            for n in range(rows):
                at = node[n]
                node[n] = 2 * at + (2 if bins[n, feature[m, at]] > split[m, at] else 1)
            level *= 2
        ends = np.zeros(nodes + 2, np.int64)
        for n in range(rows):
            ends[node[n] - nodes + 1] += 1
        ends = np.cumsum(ends)
        filled = ends.copy()
        row_by_leaf = np.zeros(rows, np.int64)
        for n in range(rows):
            at = node[n] - nodes
            row_by_leaf[filled[at]] = n
            filled[at] += 1
        for at in range(nodes + 1):
            mine = row_by_leaf[ends[at] : ends[at + 1]]
            leaf[m, at] = 0.0
            if mine.size > 0:
                step = event_leaf(gradient[mine], weight[mine]) if is_event else np.median(target[mine] - said[mine])
                leaf[m, at] = rate * step
        for n in range(rows):
            said[n] += leaf[m, node[n] - nodes]


grow_trees = kernel(_grow_trees_example)(_grow_trees)
