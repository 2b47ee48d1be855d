"""How many vehicles stand in the queue of every link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from traffic_core.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


def _example() -> tuple[Any, ...]:
    none = np.zeros(0, dtype=np.int64)
    return 0.0, none, none.copy(), none.copy(), np.zeros(0), np.zeros(1, dtype=np.int64), none.copy()


def _queue_lengths(
    now_s: float,
    head: NDArray[np.int64],
    next_in_queue: NDArray[np.int64],
    length: NDArray[np.int64],
    ready_at_s: NDArray[np.float64],
    first_group: NDArray[np.int64],
    out_link_veh: NDArray[np.int64],
) -> None:
    """Count those on each link who wait at its end, or for somebody who does.

    head, length : (2L + G,) first vehicle and vehicles of each queue: 0..L-1 outside the links, which do not count,
        L..2L-1 on them, 2L..2L+G-1 in the lane groups at their ends, empty where a link has only one
    next_in_queue, ready_at_s : (V,) by slot: the vehicle behind, and the earliest time at the end of the link
    first_group : (L + 1,) link l owns lane groups `first_group[l]` to `first_group[l + 1] - 1`
    out_link_veh : (L,) written: vehicles in lane groups, and behind them those whose earliest time is not past `now_s`

    Vehicles keep their order: the first that still drives ends the queue, even if a faster one behind it could be at
    the end by now.
    """
    links = out_link_veh.size
    for link in range(links):
        waiting_veh = 0
        for group in range(first_group[link], first_group[link + 1]):
            waiting_veh += length[2 * links + group]
        vehicle = head[links + link]
        for _ in range(length[links + link]):
            if ready_at_s[vehicle] > now_s:
                break
            waiting_veh += 1
            vehicle = next_in_queue[vehicle]
        out_link_veh[link] = waiting_veh


queue_lengths = kernel(_example)(_queue_lengths)
