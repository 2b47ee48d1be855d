"""Detectors as they report: counts, occupancy and speed per interval, with misses and faults."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from simulator.random_streams import random_stream
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.loops import Loops, cross
from traffic_core.readings import DetectorReading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.roads import Roads
    from simulator.scenario.events import DetectorFaultEvent
    from traffic_core.network_arrays import NetworkArrays
    from traffic_core.traffic_arrays import Town

VEHICLE_AND_LOOP_M = 6.5
"""Length over which a vehicle occupies a loop: car 4.5 m, loop 2 m."""
LOOK_S = 5.0
"""All detectors are looked at when its multiples are reached: rings of entries and departures must last as long."""
STEP_S = 1.0
"""Longest step of the kernel, and how late its news may be."""
NEAREST_M = 0.1
"""Who waits at the stop line has crossed a detector there."""
SHORTEST_S = 1.0
"""No reading of a shorter time."""
FAULTS = ("silent", "zero", "stuck")


def loops_of(arrays: NetworkArrays, roads: Roads) -> Loops:
    """Kernel arrays for the detectors of a network, all counters at zero."""
    link, detectors = arrays.detector_link, len(arrays.detector_ids)
    back_m = np.clip(arrays.detector_to_stop_line_m, NEAREST_M, roads.length_m[link])
    jam_pce_m, speed_m_s = roads.jam_pce_m[link], roads.speed_m_s[link]
    reaction_s = 1.0 / (roads.wave_m_s[link] * jam_pce_m)
    return Loops(
        link=link,
        reach_s=(roads.length_m[link] - back_m) / speed_m_s,
        wave_s=back_m / roads.wave_m_s[link],
        room_pce=back_m * jam_pce_m,
        reaction_s=reaction_s,
        headway_s=reaction_s + 1.0 / (speed_m_s * jam_pce_m),
        speed_m_s=speed_m_s,
        standing_share=np.minimum(1.0, VEHICLE_AND_LOOP_M * jam_pce_m / arrays.lanes[link]),
        crossed_veh=np.zeros(detectors, dtype=np.int64),
        crossed_s=np.full(detectors, -math.inf),
        is_over=np.zeros(detectors, dtype=np.uint8),
        given_s=np.zeros(detectors),
        count_veh=np.zeros(detectors, dtype=np.int64),
        occupied_s=np.zeros(detectors),
        cleared_veh=np.zeros(detectors, dtype=np.int64),
        speed_sum_m_s=np.zeros(detectors),
    )


class DetectorBank:
    """All detectors of a town that is empty at first; each reports at the multiples of its interval.

    `miss_share` is the probability that a vehicle is not counted; every detector misses by a stream of its own, so
    that a new detector changes neither the traffic nor the other detectors.  Nor does a fault, which may hold in the
    intervals that end after its start and not after its end: `silent` (no reading), `zero` (nothing seen) or `stuck`
    (the values of the last reading; silent without one).  Of several faults at a time the one given last holds.

    Raises `InvalidValueError` for a fault of an unknown detector or of an unknown kind, or a share out of range.
    """

    def __init__(
        self,
        arrays: NetworkArrays,
        roads: Roads,
        *,
        seed: int,
        start_s: float,
        miss_share: float,
        faults: Iterable[DetectorFaultEvent] = (),
    ) -> None:
        require.between("miss_share", miss_share, 0.0, 1.0)
        self.loops = loops_of(arrays, roads)
        self._ids = arrays.detector_ids
        self._interval_s = arrays.detector_interval_s
        self._intervals_s = sorted(set(self._interval_s.tolist()))
        self._since_s = np.full(len(self._ids), start_s)
        self._miss_share = miss_share
        self._streams = [random_stream(seed, f"detector {detector}") for detector in self._ids]
        self._faults = _faults_by_row(self._ids, faults)
        self._last: dict[int, DetectorReading] = {}
        self._rows = np.arange(len(self._ids), dtype=np.int64)
        self._next_round_s = _multiple_after(start_s, LOOK_S) if self._ids else math.inf
        self.next_due_s = self._after(start_s)

    @property
    def next_look_s(self) -> float:
        """When the kernel must stop for the detectors; inf without any."""
        return min(self.next_due_s, self._next_round_s)

    def advance(self, from_s: float, until_s: float, town: Town) -> None:
        """Let the detectors see what the kernel moved in one call; to be called after each.

        Each detector is looked at when the multiples of `LOOK_S` and its own reports are due, so that nothing it sees
        depends on other detectors: hence the kernel must stop at `next_look_s`.  A round costs few microseconds.
        """
        if until_s < self.next_look_s:
            return
        rows = self._rows
        if until_s < self._next_round_s:
            rows = np.flatnonzero(np.mod(until_s, self._interval_s) == 0.0)
        cross(
            from_s,
            until_s,
            rows,
            town.entered_veh,
            town.left_veh,
            town.entered_pce,
            town.left_pce,
            town.first_ring,
            town.entered_at_s,
            town.left_at_s,
            self.loops,
        )
        if until_s >= self._next_round_s:
            self._next_round_s = _multiple_after(until_s, LOOK_S)

    def due(self, now_s: float) -> list[DetectorReading]:
        """Readings of the detectors whose interval ends now; their counters start again."""
        readings: list[DetectorReading] = []
        if now_s < self.next_due_s:
            return readings
        self.next_due_s = self._after(now_s)
        loops = self.loops
        rows = np.flatnonzero((np.mod(now_s, self._interval_s) == 0.0) & (now_s - self._since_s >= SHORTEST_S))
        intervals_s = now_s - self._since_s[rows]
        speed_sum_m_s, cleared_veh = loops.speed_sum_m_s[rows], loops.cleared_veh[rows]
        seen = zip(
            rows.tolist(),
            intervals_s.tolist(),
            loops.count_veh[rows].tolist(),
            np.clip(loops.occupied_s[rows] / intervals_s, 0.0, 1.0).tolist(),
            np.divide(speed_sum_m_s, cleared_veh, out=np.full(rows.size, np.nan), where=cleared_veh > 0).tolist(),
            strict=True,
        )
        for d, interval_s, crossed_veh, occupancy_share, speed_m_s in seen:
            reading = self._reading(d, now_s, interval_s, crossed_veh, occupancy_share, speed_m_s)
            if reading is not None:
                self._last[d] = reading
                readings.append(reading)
        self._since_s[rows] = now_s
        for counter in (loops.count_veh, loops.occupied_s, loops.cleared_veh, loops.speed_sum_m_s):
            counter[rows] = 0
        return readings

    def _reading(
        self, d: int, now_s: float, interval_s: float, crossed_veh: int, occupancy_share: float, speed_m_s: float
    ) -> DetectorReading | None:
        # drawn for faulty detectors too: what they see afterwards does not depend on the fault
        may_miss = self._miss_share > 0.0 and crossed_veh > 0
        seen = int(self._streams[d].binomial(crossed_veh, 1.0 - self._miss_share)) if may_miss else crossed_veh
        fault = self._fault(d, now_s) if d in self._faults else None
        if fault == "silent" or (fault == "stuck" and d not in self._last):
            return None
        if fault == "stuck":
            return replace(self._last[d], measured_at_s=now_s, received_at_s=now_s, interval_s=interval_s)
        if fault == "zero":
            seen, occupancy_share = 0, 0.0
        return DetectorReading(
            source_id=self._ids[d],
            measured_at_s=now_s,
            received_at_s=now_s,
            interval_s=interval_s,
            count_veh=seen,
            occupancy_share=occupancy_share,
            speed_m_s=None if seen == 0 or math.isnan(speed_m_s) else speed_m_s,
        )

    def _fault(self, d: int, now_s: float) -> str | None:
        holding = [event.fault for event in self._faults[d] if event.from_s < now_s <= event.until_s]
        return holding[-1] if holding else None

    def _after(self, now_s: float) -> float:
        """The next time at which a detector reports; inf without detectors."""
        return min((_multiple_after(now_s, interval_s) for interval_s in self._intervals_s), default=math.inf)


def _multiple_after(now_s: float, interval_s: float) -> float:
    return (math.floor(now_s / interval_s) + 1.0) * interval_s


def _faults_by_row(ids: tuple[str, ...], faults: Iterable[DetectorFaultEvent]) -> dict[int, list[DetectorFaultEvent]]:
    rows = {detector: row for row, detector in enumerate(ids)}
    by_row: dict[int, list[DetectorFaultEvent]] = defaultdict(list)
    for event in faults:
        if event.detector_id not in rows:
            raise InvalidValueError("detector_id", event.detector_id, "must name a detector of the network")
        if event.fault not in FAULTS:
            raise InvalidValueError(f"fault[{event.detector_id}]", event.fault, f"must be one of {', '.join(FAULTS)}")
        by_row[rows[event.detector_id]].append(event)
    return by_row
