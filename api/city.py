"""The picture of the town that accepted readings paint: arrays for the kernels, one place of conversion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from parking.occupancy import OccupancyState
from traffic_core.kernels.detectors import smooth_flows
from traffic_core.readings import DetectorReading, OccupancyReading, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from api.town import Town

SMOOTHING_S = 600.0
SILENT_AFTER_INTERVALS = 5
"""A detector that misses so many of its intervals in a row is unknown again."""


class City:
    """State of detectors and car parks.  Rows of the arrays follow the order of the network's detectors."""

    def __init__(self, town: Town) -> None:
        detectors = list(town.network.detectors.values())
        size = len(detectors)
        self.row = {detector.id: row for row, detector in enumerate(detectors)}
        self.flow_veh_h = np.zeros(size)
        self.known = np.zeros(size, np.uint8)
        self.measured_at_s = np.full(size, -np.inf)
        self.silent_after_s = np.array([SILENT_AFTER_INTERVALS * detector.interval_s for detector in detectors])
        self.occupancy = OccupancyState(town.parking.facilities)
        self.bays: dict[str, bool] = {}
        self._facility_ids = frozenset(town.parking.facilities)
        self._count_veh = np.zeros(size)
        self._interval_s = np.ones(size)
        self._fresh = np.zeros(size, np.uint8)
        self._rows = _rows_by_link(town, self.row)
        self._capacity_veh_h = {link.id: link.capacity_veh_h for link in town.network.links.values()}

    def accept(self, reading: Reading) -> None:
        """Take in a reading that has passed the gate."""
        if isinstance(reading, DetectorReading):
            row = self.row[reading.source_id]
            if self._fresh[row]:
                self.fold()
            self._count_veh[row] = reading.count_veh
            self._interval_s[row] = reading.interval_s
            self._fresh[row] = 1
            self.measured_at_s[row] = reading.measured_at_s
        elif isinstance(reading, OccupancyReading):
            self.occupancy.accept(reading)
        else:
            self.bays[reading.source_id] = reading.occupied

    def note_refusal(self, source_id: str, at_s: float) -> None:
        """Remember that a reading of a car park was refused, so that the reason for its old value can be told."""
        if source_id in self._facility_ids:
            self.occupancy.reject(source_id, at_s)

    def fold(self) -> None:
        """Take the counts of the last second into the smoothed flows, in one call for the whole town."""
        smooth_flows(self.flow_veh_h, self.known, self._count_veh, self._interval_s, self._fresh, SMOOTHING_S)
        self._fresh[:] = 0

    def advance(self, now_s: float) -> NDArray[np.uint8]:
        """Bring the flows to `now_s`; return (D,) which are known.  A silent detector becomes unknown, not zero."""
        self.fold()
        self.known[now_s - self.measured_at_s > self.silent_after_s] = 0
        return self.known

    def flows_of(self, links: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Flow of each link, veh/h, the mean of its known detectors, and whether there is any."""
        flow_veh_h = np.zeros(len(links))
        known = np.zeros(len(links), np.bool_)
        for place, link_id in enumerate(links):
            rows = self._rows.get(link_id, NO_ROWS)
            usable = rows[self.known[rows] == 1]
            if usable.size:
                flow_veh_h[place] = self.flow_veh_h[usable].mean()
                known[place] = True
        return flow_veh_h, known

    def loads(self) -> Iterator[tuple[str, float, float]]:
        """Link, flow (veh/h) and its share of capacity, of the links whose flow is known."""
        links = list(self._rows)
        flow_veh_h, known = self.flows_of(links)
        for place in np.flatnonzero(known):
            flow = float(flow_veh_h[place])
            yield links[place], flow, flow / self._capacity_veh_h[links[place]]


NO_ROWS = np.zeros(0, np.int64)


def _rows_by_link(town: Town, row: dict[str, int]) -> dict[str, NDArray[np.int64]]:
    rows: dict[str, list[int]] = {}
    for detector in town.network.detectors.values():
        rows.setdefault(detector.link_id, []).append(row[detector.id])
    return {link_id: np.array(found, np.int64) for link_id, found in rows.items()}
