"""From detectors that report every second to what adaptive control sees, where no area detector watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.lamp import Lamp
from signal_plans.loops.estimator import LoopEstimator
from signal_plans.loops.loop import Loop
from signal_plans.streams.from_layout import right_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.adaptive.sightings import Sightings
    from signal_plans.layout import SignalLayout
    from signal_plans.streams.model import StagedJunction, StreamTown
    from traffic_core.network import Detector, Network
    from traffic_core.readings import DetectorReading

INTERVAL_S = 1.0
STOP_WITHIN_M = 8.0
"""A detector so near its stop line is a stop-line loop."""
ADVANCE_M = (15.0, 100.0)
STALE_AFTER_S = 3.0
OCCUPIED_SHARE = 0.5
"""A loop that is covered for more of its last second is taken as occupied at its end."""


class LoopSensors:
    """Junctions at which each approach is a street of one lane with a stop-line loop and one farther upstream.

    A detector tells neither lanes apart nor when in its second a vehicle came: counts are taken as falling edges, and
    a change of occupancy between two seconds as one more rising edge, or one less.
    """

    def __init__(self, town: StreamTown, network: Network, layouts: Sequence[SignalLayout]) -> None:
        """`layouts` in the order of the junctions of `town`."""
        loops: list[Loop] = []
        self._loops_of: list[NDArray[np.int64]] = []
        first_lane = 0
        for junction in town.junctions:
            own = _loops_of(junction, network, first_lane)
            self._loops_of.append(np.arange(len(loops), len(loops) + len(own)))
            loops += own
            first_lane += len(junction.lanes)
        self.is_equipped = np.array([rows.size > 0 for rows in self._loops_of], np.bool_)
        """(J,)"""
        self.lane_junction = np.repeat(np.arange(len(town.junctions)), [len(j.lanes) for j in town.junctions])
        """(L,) junction of each lane."""
        self.seen_m = np.zeros(first_lane)
        for loop in loops:
            self.seen_m[loop.lanes[0]] = max(self.seen_m[loop.lanes[0]], loop.distance_m)
        self._junctions = town.junctions
        self._layouts = tuple(layouts)
        self._row = {loop.id: row for row, loop in enumerate(loops)}
        self._estimator = LoopEstimator(town, loops)
        self._at_s = np.full(len(loops), -np.inf)
        self._count_veh = np.zeros(len(loops), np.int64)
        self._occupied = np.zeros(len(loops), np.bool_)
        self._occupied_before = np.zeros(len(loops), np.bool_)
        self._right = np.zeros(first_lane, np.int64)

    def accept(self, reading: DetectorReading) -> None:
        """Take a reading; one of another interval, of a stranger, or not younger than the last changes nothing."""
        row = self._row.get(reading.source_id)
        if row is None or reading.interval_s != INTERVAL_S or reading.measured_at_s <= self._at_s[row]:
            return
        if reading.occupancy_share is None:  # not measured is not free
            return
        self._at_s[row] = reading.measured_at_s
        self._count_veh[row] += reading.count_veh
        self._occupied[row] = reading.occupancy_share > OCCUPIED_SHARE

    def note_lamps(self, lamp: NDArray[np.uint8]) -> None:
        """What all groups (G) show in the second under way, in the order of the layouts."""
        first_group = first_lane = 0
        for j, (junction, layout) in enumerate(zip(self._junctions, self._layouts, strict=True)):
            if self.is_equipped[j]:
                shown = lamp[first_group : first_group + len(layout.groups)].tolist()
                green = frozenset(group for group, one in zip(layout.groups, shown, strict=True) if one == Lamp.GREEN)
                for i in range(len(junction.lanes)):
                    rights = [right_of(s, junction.streams, green) for s in junction.streams if s.lane == i]
                    self._right[first_lane + i] = max(rights, default=0)
            first_group += len(layout.groups)
            first_lane += len(junction.lanes)

    def ready(self, now_s: float) -> NDArray[np.bool_]:
        """Junctions (J) whose loops all have reported lately."""
        self._at_s[self._at_s > now_s + STALE_AFTER_S] = -np.inf
        is_fresh = now_s - self._at_s <= STALE_AFTER_S
        is_fresh[[self._row[fault.loop] for fault in self._estimator.faults]] = False
        return self.is_equipped & np.array([bool(is_fresh[rows].all()) for rows in self._loops_of], np.bool_)

    def step(self, now_s: float) -> Sightings:
        """Vehicles reckoned at all equipped junctions; call once a second."""
        falling = self._count_veh.copy()
        change = self._occupied.astype(np.int64) - self._occupied_before.astype(np.int64)
        rising = np.maximum(falling + change, 0)
        self._count_veh[:] = 0
        self._occupied_before[:] = self._occupied
        return self._estimator.step(int(now_s), rising, falling, self._occupied.copy(), self._right)


def _loops_of(junction: StagedJunction, network: Network, first_lane: int) -> list[Loop]:
    """Loops of a junction; none unless all its approaches have both."""
    found: list[Loop] = []
    for i, lane in enumerate(junction.lanes):
        link = lane.id.rpartition("/")[0]
        own = [d for d in network.detectors.values() if d.link_id == link and d.interval_s == INTERVAL_S]
        stop = _nearest(own, 0.0, STOP_WITHIN_M)
        advance = _nearest(own, *ADVANCE_M)
        if network.links[link].lanes != 1 or stop is None or advance is None:
            return []
        place = (first_lane + i,)
        found.append(Loop(id=stop.id, kind="stop", lanes=place, distance_m=stop.to_stop_line_m))
        found.append(Loop(id=advance.id, kind="advance", lanes=place, distance_m=advance.to_stop_line_m))
    return found


def _nearest(detectors: list[Detector], from_m: float, to_m: float) -> Detector | None:
    within = [detector for detector in detectors if from_m <= detector.to_stop_line_m <= to_m]
    return min(within, key=lambda detector: detector.to_stop_line_m, default=None)
