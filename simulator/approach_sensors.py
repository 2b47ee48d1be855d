"""Area detectors of a simulated town: the vehicles in front of its signals, each second, in one call for all links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from signal_plans.adaptive.sensors import Seen
from simulator.random_streams import random_stream
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.approach_view import LONG_AGO_S, NOBODY, Queues, Slots, Watched, see_approaches
from traffic_core.network_arrays import lane_movements
from traffic_core.readings import MOST_SEEN_VEH, ApproachReading, SeenVehicle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from signal_plans.adaptive.area import AreaDetector
    from simulator.roads import Roads
    from traffic_core.network import Movement, Network
    from traffic_core.network_arrays import NetworkArrays
    from traffic_core.traffic_arrays import Town

LANE_KNOWN_M = 50.0
"""Drivers have chosen their lane by then; farther away the detector does not say which one; assumed."""


class ApproachSensors:
    """Looks at the state of the vehicles when it is asked; asked once a second, as the positions need the last look.

    `miss_share` is the probability that a vehicle is not seen in a second; a detector misses by its own stream.
    """

    def __init__(
        self,
        network: Network,
        arrays: NetworkArrays,
        roads: Roads,
        detectors: Sequence[AreaDetector],
        *,
        seed: int = 0,
        miss_share: float = 0.0,
    ) -> None:
        require.between("miss_share", miss_share, 0.0, 1.0)
        links = [detector.link_id for detector in detectors]
        for detector in detectors:
            if links.count(detector.link_id) > 1:
                limit = "must be watched by one detector only"
                raise InvalidValueError(f"area_detector[{detector.id}].link_id", detector.link_id, limit)
        self.detectors = tuple(detectors)
        self._ids = tuple(detector.id for detector in detectors)
        self._watched = _watched(network, arrays, roads, detectors)
        self._slots = _slots(0)
        self._looked_s: float | None = None
        self._miss_share = miss_share
        self._streams = [random_stream(seed, f"area detector {name}") for name in self._ids] if miss_share else []

    def look(self, now_s: float, town: Town) -> list[Seen]:
        """What every detector sees at `now_s`, to which the town has been simulated."""
        if not self._ids:
            return []
        slots, watched = town.vehicle_link.size, self._watched
        if self._slots.link.size < slots:
            more = _slots(slots - self._slots.link.size)
            self._slots = Slots(*(np.concatenate(pair) for pair in zip(self._slots, more, strict=True)))
        queues = Queues(**{name: getattr(town, name) for name in Queues._fields})
        past_s = 1.0 if self._looked_s is None else max(0.1, now_s - self._looked_s)
        self._looked_s = now_s
        row, lane = np.zeros(slots, np.int64), np.zeros(slots, np.int64)
        distance_m, speed_m_s = np.zeros(slots), np.zeros(slots)
        count = see_approaches(now_s, past_s, queues, watched, self._slots, row, lane, distance_m, speed_m_s)
        lane[distance_m > LANE_KNOWN_M] = 0
        ends = np.searchsorted(row[:count], np.arange(len(self._ids) + 1))
        found = []
        for n, name in enumerate(self._ids):
            rows = np.arange(ends[n], ends[n + 1])
            if self._streams:
                rows = rows[self._streams[n].random(rows.size) >= self._miss_share]
            rows = rows[:MOST_SEEN_VEH]
            found.append(Seen(name, lane[rows], distance_m[rows], speed_m_s[rows]))
        return found


def readings_of(seen: Sequence[Seen], now_s: float) -> list[ApproachReading]:
    """The same as messages of devices."""
    return [
        ApproachReading(
            source_id=one.detector_id,
            measured_at_s=now_s,
            received_at_s=now_s,
            vehicles=tuple(
                SeenVehicle(lane or None, distance_m, speed_m_s)
                for lane, distance_m, speed_m_s in zip(
                    one.lane.tolist(), one.distance_m.tolist(), one.speed_m_s.tolist(), strict=True
                )
            ),
        )
        for one in seen
    ]


def _watched(network: Network, arrays: NetworkArrays, roads: Roads, detectors: Sequence[AreaDetector]) -> Watched:
    link = np.array([arrays.link_index[detector.link_id] for detector in detectors], np.int64)
    watched_links = {detector.link_id for detector in detectors}
    movements = lane_movements(network)
    numbers: list[int] = []
    first_lane = [0]
    lane_link: list[int] = []
    lane_group: list[int] = []
    for place, link_id in enumerate(network.links):
        groups = _lane_numbers(network, link_id, movements[link_id]) if link_id in watched_links else None
        for g in range(len(movements[link_id])):
            own = [] if groups is None else groups[g]
            lane_group += [len(first_lane) - 1] * len(own)
            lane_link += [place] * len(own)
            numbers += own
            first_lane.append(len(numbers))
    lanes = len(numbers)
    of_link, of_group = np.array(lane_link, np.int64), np.array(lane_group, np.int64)
    jam_lane_m = roads.jam_pce_m[of_link] / arrays.lanes[of_link]
    start_s = arrays.group_lanes[of_group] / roads.group_pce_s[of_group] - 1.0 / (roads.speed_m_s[of_link] * jam_lane_m)
    return Watched(
        link=link,
        reach_m=np.array([detector.reach_m for detector in detectors], np.float64),
        spacing_m=arrays.lanes[link] / roads.jam_pce_m[link],
        speed_m_s=roads.speed_m_s[link],
        first_lane=np.array(first_lane, np.int64),
        lane_number=np.array(numbers, np.int64),
        reaction_s=np.maximum(1.0 / (roads.wave_m_s[of_link] * jam_lane_m), start_s),
        lane_veh=np.zeros(lanes, np.int64),
        lane_head=np.full(lanes, NOBODY, np.int64),
        lane_head_since_s=np.zeros(lanes),
        lane_left_s=np.full(lanes, LONG_AGO_S),
    )


def _lane_numbers(network: Network, link_id: str, movements: list[tuple[int, frozenset[Movement]]]) -> list[list[int]]:
    """Numbers of the lanes of each lane group of a link: see `lane_movements`, which knows how many they are."""
    groups = len(movements)
    described = {lane.number: lane.movements for lane in network.lanes if lane.link_id == link_id}
    found: list[list[int]] = [[] for _ in range(groups)]
    for number in range(1, network.links[link_id].lanes + 1):
        served = described.get(number)
        group = groups - 1
        if served is not None:
            group = next((g for g, (_, allowed) in enumerate(movements) if served & allowed), groups - 1)
        found[group].append(number)
    return found


def _slots(count: int) -> Slots:
    def lot(value: float) -> NDArray[np.float64]:
        return np.full(count, value)

    return Slots(lot(-1.0), np.full(count, NOBODY, np.int64), np.zeros(count, np.int64), lot(0.0), lot(0.0))
