"""Detectors as they report: counts, occupancy and speed per interval, with misses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.random_streams import random_stream
from traffic_core.kernels.loops import Loops
from traffic_core.readings import DetectorReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from traffic_core.network_arrays import NetworkArrays

RING_MARGIN_VEH = 16
"""More than can enter a link in one second."""


def loops_of(arrays: NetworkArrays) -> Loops:
    """Kernel arrays for the detectors of a network, all counters at zero."""
    link = arrays.detector_link
    detectors = link.size
    speed_m_s = arrays.length_m[link] / arrays.free_flow_s[link]
    return Loops(
        link=link,
        reach_s=(arrays.length_m[link] - arrays.detector_to_stop_line_m) / speed_m_s,
        to_stop_line_m=arrays.detector_to_stop_line_m,
        lanes=arrays.lanes[link],
        speed_m_s=speed_m_s,
        crossed_veh=np.zeros(detectors, dtype=np.int64),
        blocked=np.zeros(detectors, dtype=np.uint8),
        count_veh=np.zeros(detectors, dtype=np.int64),
        occupied_s=np.zeros(detectors),
        speed_sum_m_s=np.zeros(detectors),
    )


def first_entries(arrays: NetworkArrays) -> NDArray[np.int64]:
    """Room for the entry times of links with a detector, as offsets (L + 1,)."""
    room = np.zeros(arrays.lanes.size, dtype=np.int64)
    room[arrays.detector_link] = arrays.storage_veh[arrays.detector_link] + RING_MARGIN_VEH
    offsets = np.zeros(room.size + 1, dtype=np.int64)
    offsets[1:] = np.cumsum(room)
    return offsets


class DetectorBank:
    """All detectors of the town; each reports at the multiples of its interval.

    `miss_share` is the probability that a vehicle is not counted; every detector misses by a stream of its own, so
    that a new detector changes neither the traffic nor the other detectors.
    """

    def __init__(self, arrays: NetworkArrays, loops: Loops, *, seed: int, start_s: float, miss_share: float) -> None:
        self._ids = arrays.detector_ids
        self._interval_s = arrays.detector_interval_s
        self._since_s = np.full(len(self._ids), start_s)
        self._loops = loops
        self._miss_share = miss_share
        self._streams = [random_stream(seed, f"detector {detector}") for detector in self._ids]

    def due(self, now_s: float) -> Iterator[DetectorReading]:
        """Readings of the detectors whose interval ends now; their counters start again."""
        loops = self._loops
        for d in np.flatnonzero(np.mod(now_s, self._interval_s) == 0.0):
            interval_s = now_s - float(self._since_s[d])
            if interval_s < 1.0:
                continue
            counted = int(loops.count_veh[d])
            seen = int(self._streams[d].binomial(counted, 1.0 - self._miss_share)) if self._miss_share else counted
            yield DetectorReading(
                source_id=self._ids[d],
                measured_at_s=now_s,
                received_at_s=now_s,
                interval_s=interval_s,
                count_veh=seen,
                occupancy_share=min(1.0, float(loops.occupied_s[d]) / interval_s),
                speed_m_s=float(loops.speed_sum_m_s[d]) / counted if seen else None,
            )
            self._since_s[d] = now_s
            loops.count_veh[d] = 0
            loops.occupied_s[d] = 0.0
            loops.speed_sum_m_s[d] = 0.0
