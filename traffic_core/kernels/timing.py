"""Cycle times and green splits of all junctions in one call.

Stages of all junctions lie in a row: junction j owns stages first_stage[j] to first_stage[j + 1] - 1.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _cycle_times(
    flow_ratio: NDArray[np.float64],
    first_stage: NDArray[np.int64],
    lost_s: NDArray[np.int64],
    shortest_s: float,
    longest_s: float,
) -> NDArray[np.float64]:
    """Delay-minimising cycle time of every junction in one call.

    flow_ratio : (S,) critical flow over saturation flow of each stage
    first_stage : (J + 1,)
    lost_s : (J,) lost time per cycle, s
    shortest_s, longest_s : bounds, s
    Returns (J,) cycle time (1.5 L + 5) / (1 - Y), s, not rounded; `longest_s` where demand reaches capacity.
    Source: Webster (1958), Road Research Technical Paper 39.
    """
    cycle_s = np.empty(lost_s.shape[0])
    for j in range(lost_s.shape[0]):
        sum_ratio = 0.0
        for s in range(first_stage[j], first_stage[j + 1]):
            sum_ratio += flow_ratio[s]
        cycle_s[j] = longest_s
        if sum_ratio < 1.0:
            cycle_s[j] = min(longest_s, max(shortest_s, (1.5 * lost_s[j] + 5.0) / (1.0 - sum_ratio)))
    return cycle_s


def _share_out(
    weight: NDArray[np.float64], min_green_s: NDArray[np.int64], total_s: int, green_s: NDArray[np.int64]
) -> None:
    """Give `total_s` seconds to the stages of one junction in proportion to `weight`, none below its minimum.

    Stages whose share would be below their minimum get the minimum; the others share the rest.  Seconds left over by
    rounding down go to the largest fractions, the earlier stage first where they are equal.
    """
    n = weight.shape[0]
    at_minimum = np.zeros(n, np.uint8)
    share_s = np.zeros(n)
    settled = False
    while not settled:
        settled = True
        rest_s = float(total_s)
        rest_weight = 0.0
        for s in range(n):
            if at_minimum[s]:
                rest_s -= min_green_s[s]
            else:
                rest_weight += weight[s]
        for s in range(n):
            if at_minimum[s]:
                continue
            share_s[s] = rest_s * weight[s] / rest_weight if rest_weight > 0.0 else 0.0
            if share_s[s] < min_green_s[s]:
                at_minimum[s] = 1
                settled = False
    left_s = total_s
    for s in range(n):
        green_s[s] = min_green_s[s] if at_minimum[s] else math.floor(share_s[s])
        share_s[s] = -1.0 if at_minimum[s] else share_s[s] - green_s[s]
        left_s -= green_s[s]
    while left_s > 0:
        largest = 0
        for s in range(1, n):
            if share_s[s] > share_s[largest]:
                largest = s
        green_s[largest] += 1
        share_s[largest] -= 1.0
        left_s -= 1


_share_out_inner = inner(_share_out)


def _green_splits(
    flow_ratio: NDArray[np.float64],
    first_stage: NDArray[np.int64],
    cycle_s: NDArray[np.int64],
    lost_s: NDArray[np.int64],
    min_green_s: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Whole seconds of green per stage, in proportion to the flow ratios (equal degree of saturation).

    flow_ratio : (S,) critical flow over saturation flow of each stage; all zero at a junction means equal shares
    first_stage : (J + 1,)
    cycle_s, lost_s : (J,)
    min_green_s : (S,) never undercut
    Returns (S,) green, s.  The greens of a junction add up to cycle - lost exactly, or to the sum of the minima where
    these do not fit: the cycle is then longer than asked for, lost time plus greens.
    """
    green_s = np.zeros(flow_ratio.shape[0], np.int64)
    for j in range(cycle_s.shape[0]):
        first, end = first_stage[j], first_stage[j + 1]
        weight = flow_ratio[first:end].copy()
        if weight.sum() <= 0.0:
            weight[:] = 1.0
        total_s = max(cycle_s[j] - lost_s[j], min_green_s[first:end].sum())
        _share_out_inner(weight, min_green_s[first:end], total_s, green_s[first:end])
    return green_s


def _example_cycle_times() -> tuple[Any, ...]:
    return np.zeros(2), np.array([0, 2]), np.array([10]), 40.0, 90.0


def _example_green_splits() -> tuple[Any, ...]:
    return np.zeros(2), np.array([0, 2]), np.array([60]), np.array([10]), np.array([5, 5])


cycle_times = kernel(_example_cycle_times)(_cycle_times)
green_splits = kernel(_example_green_splits)(_green_splits)
