"""Smoothed flows of all detectors of a network, each known until it has been silent for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.detectors import smooth_flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.network import Network
    from traffic_core.readings import DetectorReading

SMOOTHING_TIME_S = 600.0
CLOCK_TOLERANCE_S = 5.0
STALE_AFTER_S = 300.0
"""A detector that has been silent for longer is unknown, not zero."""


class DetectorFlows:
    """Flows by detector, as arrays in the order of the network's detectors, and by link."""

    def __init__(
        self, network: Network, *, smoothing_time_s: float = SMOOTHING_TIME_S, stale_after_s: float = STALE_AFTER_S
    ) -> None:
        require.between("smoothing_time_s", smoothing_time_s, 1.0, 86_400.0)
        require.between("stale_after_s", stale_after_s, 1.0, 86_400.0)
        self._smoothing_time_s = smoothing_time_s
        self._stale_after_s = stale_after_s
        self._row = {detector_id: row for row, detector_id in enumerate(network.detectors)}
        self.links = tuple(dict.fromkeys(detector.link_id for detector in network.detectors.values()))
        """Links with a detector."""
        place = {link_id: i for i, link_id in enumerate(self.links)}
        self._link = np.array([place[detector.link_id] for detector in network.detectors.values()], np.int64)
        self._place = place
        size = len(self._row)
        self._flow_veh_h = np.zeros(size)
        self._known = np.zeros(size, np.uint8)
        self._count_veh = np.zeros(size)
        self._interval_s = np.ones(size)
        self._fresh = np.zeros(size, np.uint8)
        self._measured_at_s = np.full(size, -np.inf)
        self._link_flow_veh_h = np.zeros(len(self.links))
        self._link_known = np.zeros(len(self.links), np.bool_)

    def accept(self, reading: DetectorReading) -> None:
        """Take a count; one that is not younger than the last is left out.

        Raises
        ------
        InvalidValueError
            For a detector that is not in the network.
        """
        row = self._row.get(reading.source_id)
        if row is None:
            raise InvalidValueError("source_id", reading.source_id, "must name a detector of the network")
        if reading.measured_at_s <= self._measured_at_s[row]:
            return
        if self._fresh[row]:
            self._smooth()
        if reading.measured_at_s - self._measured_at_s[row] > self._stale_after_s + reading.interval_s:
            self._known[row] = 0
        self._count_veh[row], self._interval_s[row], self._fresh[row] = reading.count_veh, reading.interval_s, 1
        self._measured_at_s[row] = reading.measured_at_s

    def advance(self, now_s: float) -> None:
        """Bring the flows to `now_s`: one kernel call for the whole town.

        Where the clock was set back, counts from what is now the future say nothing: their detectors are unknown.
        """
        self._smooth()
        ahead = self._measured_at_s > now_s + CLOCK_TOLERANCE_S
        self._measured_at_s[ahead] = -np.inf
        usable = self._known.astype(np.bool_) & (now_s - self._measured_at_s <= self._stale_after_s)
        size = len(self.links)
        counted = np.bincount(self._link[usable], minlength=size)
        total = np.bincount(self._link[usable], weights=self._flow_veh_h[usable], minlength=size)
        self._link_flow_veh_h = total / np.maximum(counted, 1)
        self._link_known = counted > 0

    def of(self, links: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Flow of each link as of the last `advance`, veh/h, and whether it is known.

        A detector counts all lanes of its link; of several detectors on a link the mean counts.
        """
        flow_veh_h = np.zeros(len(links))
        known = np.zeros(len(links), np.bool_)
        for i, link_id in enumerate(links):
            place = self._place.get(link_id)
            if place is not None:
                flow_veh_h[i] = self._link_flow_veh_h[place]
                known[i] = self._link_known[place]
        return flow_veh_h, known

    def _smooth(self) -> None:
        if self._fresh.any():
            smooth_flows(
                self._flow_veh_h,
                self._known,
                self._count_veh,
                self._interval_s,
                self._fresh,
                self._smoothing_time_s,
            )
            self._fresh[:] = 0
