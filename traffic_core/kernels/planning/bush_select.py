"""Which trips use which links: shares and volumes from the bushes.

At every node the used links in are taken in proportion to their flow, whatever the destination.  This picks, of all
path flows with the same link volumes of an origin, the one of largest entropy (Akamatsu 1997, Transportation Research
B 31, 369-386).
The form of the bushes is described in `bush_grow`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _proportions(
    count: int, first: NDArray[np.int32], flow: NDArray[np.float64], out_part: NDArray[np.float64]
) -> None:
    """Part of a node's flow that comes over each link into it; 1 for a node's first link where nothing flows."""
    for at in range(1, count):
        total = 0.0
        for k in range(first[at], first[at + 1]):
            total += flow[k]
        for k in range(first[at], first[at + 1]):
            out_part[k] = flow[k] / total if total > 0.0 else 0.0
        if total <= 0.0:
            out_part[first[at]] = 1.0


proportions = inner(_proportions)


def _shares_example() -> tuple[Any, ...]:
    one = np.zeros(1, dtype=np.int32)
    return 1, np.zeros(2, dtype=np.int32), one, one, np.zeros(1), np.zeros(1, dtype=np.int64), np.zeros((1, 1))


def _shares(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    slot: NDArray[np.int64],
    out_share: NDArray[np.float64],
) -> None:
    """Share of the trips to every node of one bush that use each chosen link.

    count, first, link, tail, flow : one row of the bushes
    slot : (L,) row of `out_share` of a chosen link, -1 for the others
    out_share : (K, N) by place in the bush
    """
    part = np.empty(link.size)
    proportions(count, first, flow, part)
    out_share[:, 0] = 0.0
    for at in range(1, count):
        out_share[:, at] = 0.0
        for k in range(first[at], first[at + 1]):
            if part[k] == 0.0:
                continue
            for n in range(out_share.shape[0]):
                out_share[n, at] += part[k] * out_share[n, tail[k]]
            if slot[link[k]] >= 0:
                n = slot[link[k]]
                out_share[n, at] += part[k] * (1.0 - out_share[n, tail[k]])


shares = kernel(_shares_example)(_shares)


def _select_example() -> tuple[Any, ...]:
    one = np.zeros(1, dtype=np.int32)
    return (
        *(1, np.zeros(2, dtype=np.int32), one, one, np.zeros(1), np.zeros(1, dtype=np.uint8), np.zeros(1)),
        *(np.zeros(1), np.zeros(1)),
    )


def _select(
    count: int,
    first: NDArray[np.int32],
    link: NDArray[np.int32],
    tail: NDArray[np.int32],
    flow: NDArray[np.float64],
    chosen: NDArray[np.uint8],
    wanted: NDArray[np.float64],
    out_share: NDArray[np.float64],
    out_volume: NDArray[np.float64],
) -> None:
    """Trips of one bush that use at least one of the chosen links, and where else they drive.

    chosen : (L,) 1 for the chosen links
    wanted : (N,) trips to each node, by place in the bush
    out_share : (N,) share of the trips to each node that use a chosen link, by place
    out_volume : (L,) their volume is added
    """
    part = np.empty(link.size)
    proportions(count, first, flow, part)
    out_share[0] = 0.0
    for at in range(1, count):
        out_share[at] = 0.0
        for k in range(first[at], first[at + 1]):
            out_share[at] += part[k] * (1.0 if chosen[link[k]] != 0 else out_share[tail[k]])
    later = np.zeros(count)
    open_yet = wanted[:count].copy()
    for at in range(count - 1, 0, -1):
        for k in range(first[at], first[at + 1]):
            if part[k] == 0.0:
                continue
            if chosen[link[k]] != 0:
                moved = part[k] * (later[at] + open_yet[at])
                later[tail[k]] += moved
                out_volume[link[k]] += moved
            else:
                later[tail[k]] += part[k] * later[at]
                open_yet[tail[k]] += part[k] * open_yet[at]
                out_volume[link[k]] += part[k] * (later[at] + open_yet[at] * out_share[tail[k]])


select = kernel(_select_example)(_select)
