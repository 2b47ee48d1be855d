"""Flow and occupancy of every detector, smoothed over minutes: what programme selection looks at."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traffic_core.network import Network
    from traffic_core.readings import DetectorReading

MEAN_OVER_S = 300.0
"""Time constant of the exponential means."""
STALE_AFTER_S = 300.0
"""A detector that has been silent for longer is unknown."""


class DetectorMeans:
    """Means by detector, in the order of the network; nan where not known.

    The weight of a reading is 1 - exp(-interval / time constant), so that the means do not depend on how finely the
    time is cut; the first one after a silence counts alone.
    """

    def __init__(self, network: Network, *, mean_over_s: float = MEAN_OVER_S) -> None:
        require.between("mean_over_s", mean_over_s, 1.0, 86_400.0)
        self.row = {detector_id: row for row, detector_id in enumerate(network.detectors)}
        self._mean_over_s = mean_over_s
        place = {link_id: i for i, link_id in enumerate(dict.fromkeys(d.link_id for d in network.detectors.values()))}
        self._place = place
        self._link = np.array([place[detector.link_id] for detector in network.detectors.values()], np.int64)
        self._measured_at_s = np.full(len(self.row), -np.inf)
        self._flow_veh_h = np.full(len(self.row), np.nan)
        self._occupancy_share = np.full(len(self.row), np.nan)

    def accept(self, reading: DetectorReading) -> None:
        """Take a reading; one that is not younger than the last, or of a stranger, is left out."""
        row = self.row.get(reading.source_id)
        if row is None or reading.measured_at_s <= self._measured_at_s[row]:
            return
        if reading.measured_at_s - self._measured_at_s[row] > STALE_AFTER_S + reading.interval_s:
            self._flow_veh_h[row] = self._occupancy_share[row] = np.nan
        weight = 1.0 - math.exp(-reading.interval_s / self._mean_over_s)
        self._measured_at_s[row] = reading.measured_at_s
        flow_veh_h = reading.count_veh * 3_600.0 / reading.interval_s
        self._flow_veh_h[row] = _mean(float(self._flow_veh_h[row]), flow_veh_h, weight)
        share = reading.occupancy_share
        self._occupancy_share[row] = (
            np.nan if share is None else _mean(float(self._occupancy_share[row]), share, weight)
        )

    def flow_veh_h(self, now_s: float) -> NDArray[np.float64]:
        """Flow (D,) of each detector; nan where not known."""
        return np.where(self._is_fresh(now_s), self._flow_veh_h, np.nan)

    def occupancy_share(self, now_s: float) -> NDArray[np.float64]:
        """Share of the time (D,) a detector is covered; nan where not known."""
        return np.where(self._is_fresh(now_s), self._occupancy_share, np.nan)

    def link_occupancy_share(self, links: Sequence[str], now_s: float) -> NDArray[np.float64]:
        """Occupancy (L,) of the most occupied detector of each link; nan where none is known."""
        by_link = np.full(len(self._place) + 1, np.nan)  # the last for links without a detector
        np.fmax.at(by_link, self._link, self.occupancy_share(now_s))
        return by_link[[self._place.get(link_id, -1) for link_id in links]]

    def _is_fresh(self, now_s: float) -> NDArray[np.bool_]:
        """Heard of lately; where the clock was set back, what is now the future says nothing."""
        self._measured_at_s[self._measured_at_s > now_s + STALE_AFTER_S] = -np.inf
        fresh: NDArray[np.bool_] = now_s - self._measured_at_s <= STALE_AFTER_S
        return fresh


def _mean(before: float, new: float, weight: float) -> float:
    return new if math.isnan(before) else before + weight * (new - before)
