"""Induction loops of a town and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BESIDE_PRIOR = 0.05
"""Weight of a lane that vehicles may change to after the loop, before anything is counted; 1 for the loop's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """An induction loop; lanes are counted through all junctions of the town in their order.

    An advance loop belongs to the lanes for which it is the first loop met going upstream from the stop line.
    """

    id: str
    kind: Literal["stop", "advance"]
    lanes: tuple[int, ...]
    """Approach lanes that it leads straight to; a stop-line loop has one."""
    distance_m: float
    """From the stop line."""
    beside: tuple[int, ...] = ()
    """Approach lanes to which vehicles may still change behind an advance loop."""


class LoopWiring(NamedTuple):
    """Loops (N), lanes (L) and pairs (F) of an advance loop and a lane it may lead to, in the order of the lanes."""

    stop_loop: NDArray[np.int64]
    """(L,) the lane's stop-line loop, -1 for none."""
    feed_first: NDArray[np.int64]
    """(L + 1,) pairs of lane l: feed_first[l] to feed_first[l + 1] - 1."""
    pair_loop: NDArray[np.int64]
    serve_first: NDArray[np.int64]
    """(N + 1,)"""
    serve_pair: NDArray[np.int64]
    """(F,) pairs of loop i: serve_pair[serve_first[i]:serve_first[i + 1]]."""
    pair_lane: NDArray[np.int64]
    prior: NDArray[np.float64]
    """(F,) 1 for the loop's own lanes, `BESIDE_PRIOR` for those beside."""
    lanes_of_loop: NDArray[np.int64]
    """(N,) how many lanes an advance loop leads straight to."""
    sole: NDArray[np.bool_]
    """(F,) the loop leads straight to this lane only."""


def wire(loops: Sequence[Loop], lanes: int) -> LoopWiring:
    """Raise `InvalidValueError` for a lane that does not exist or two stop-line loops on one lane."""
    stop_loop = np.full(lanes, -1, np.int64)
    pairs: list[tuple[int, int, float]] = []
    for i, loop in enumerate(loops):
        where = f"loop[{loop.id}]"
        require.not_negative(f"{where}.distance_m", loop.distance_m)
        if not loop.lanes:
            raise InvalidValueError(f"{where}.lanes", 0, "must be at least 1 lane")
        for lane in loop.lanes + loop.beside:
            require.between(f"{where}.lanes", lane, 0, lanes - 1)
        if loop.kind == "advance":
            pairs += [(lane, i, 1.0) for lane in sorted(set(loop.lanes))]
            pairs += [(lane, i, BESIDE_PRIOR) for lane in sorted(set(loop.beside) - set(loop.lanes))]
            continue
        if len(loop.lanes) != 1:
            raise InvalidValueError(f"{where}.lanes", len(loop.lanes), "must be 1 lane for a stop-line loop")
        if stop_loop[loop.lanes[0]] >= 0:
            raise InvalidValueError(f"{where}.lanes", loop.lanes[0], "must be a lane without a stop-line loop so far")
        stop_loop[loop.lanes[0]] = i
    pairs.sort()
    pair_lane = np.array([lane for lane, _, _ in pairs], np.int64)
    pair_loop = np.array([i for _, i, _ in pairs], np.int64)
    prior = np.array([weight for _, _, weight in pairs], np.float64)
    own = prior >= 1.0
    lanes_of_loop = np.bincount(pair_loop[own], minlength=len(loops)).astype(np.int64)
    return LoopWiring(
        stop_loop=stop_loop,
        feed_first=np.searchsorted(pair_lane, np.arange(lanes + 1)).astype(np.int64),
        pair_loop=pair_loop,
        serve_first=np.concatenate(([0], np.cumsum(np.bincount(pair_loop, minlength=len(loops))))).astype(np.int64),
        serve_pair=np.argsort(pair_loop, kind="stable").astype(np.int64),
        pair_lane=pair_lane,
        prior=prior,
        lanes_of_loop=lanes_of_loop,
        sole=own & (lanes_of_loop[pair_loop] == 1),
    )
