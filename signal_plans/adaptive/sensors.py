"""From area detectors to what adaptive control sees: the latest news of each link, brought up to now."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from signal_plans.adaptive.sensor_lanes import NOWHERE, lane_table
from signal_plans.adaptive.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from signal_plans.adaptive.area import AreaDetector
    from signal_plans.streams.model import StreamTown
    from traffic_core.network import Network
    from traffic_core.readings import ApproachReading

FORETOLD_S = 2.0
"""For so long a vehicle is taken to go on with its speed after it was seen."""
STALE_AFTER_S = 3.0
"""Older news say nothing about now."""
ENTRY_M = 12.0
"""A link takes no more vehicles while somebody stands or creeps so near its beginning."""
SLOW_M_S = 1.5
UNKNOWN_LANE = 0


class Seen(NamedTuple):
    """Vehicles (V) of one detector in one moment."""

    detector_id: str
    lane: NDArray[np.int64]
    """Counted from the right, from 1; `UNKNOWN_LANE` where it is not known."""
    distance_m: NDArray[np.float64]
    speed_m_s: NDArray[np.float64]


class AdaptivePicture(NamedTuple):
    """What adaptive control takes each second."""

    sightings: Sightings
    exit_slow: NDArray[np.bool_]
    """(X,) exits that take no vehicles."""
    ready: NDArray[np.bool_]
    """(J,) junctions with fresh news of all their approaches."""


class AreaSensors:
    """Keeps the latest news of every detector; of several on a link the first with fresh news counts.

    Nothing here reads a clock.
    """

    def __init__(
        self, town: StreamTown, network: Network, detectors: Sequence[AreaDetector], *, sight_m: float = math.inf
    ) -> None:
        """`town` comes from `stream_town` for the same network: its lanes are called `{link}/{lane}`, exits by link.

        Vehicles beyond `sight_m` are left out: those who look at sightings reckon with the usual flow there.
        """
        self._row = {detector.id: row for row, detector in enumerate(detectors)}
        self._links = tuple(dict.fromkeys(detector.link_id for detector in detectors))
        place = {link: n for n, link in enumerate(self._links)}
        self._link = np.array([place[detector.link_id] for detector in detectors], np.int64)
        self._table = lane_table(town, network, self._links)
        self._at_s = np.full(len(detectors), -np.inf)
        nothing = Seen("", np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
        self._seen = [nothing] * len(detectors)
        reach_m = np.array([detector.reach_m for detector in detectors], np.float64)
        nearest_m = np.full(len(self._links), np.inf)  # of several the least: any may be the one that works
        np.minimum.at(nearest_m, self._link, reach_m)
        junctions = town.junctions
        lane_links = [[lane.id.rpartition("/")[0] for lane in junction.lanes] for junction in junctions]
        self.seen_m = tuple(
            float(nearest_m[place[link]]) if link in place else 0.0 for links in lane_links for link in links
        )
        """How far back each lane of the town is seen, for `AdaptiveControl`; 0 where no detector watches."""
        self._sight_m = np.minimum(np.array(self.seen_m, np.float64), sight_m)
        unwatched = len(self._links)
        self._approaches = [
            np.array(sorted({place.get(link, unwatched) for link in links}), np.int64) for links in lane_links
        ]
        self.exits = tuple(dict.fromkeys(stream.exit for junction in junctions for stream in junction.streams))
        """(X,) links behind the junctions, in the order of `AdaptivePicture.exit_slow`."""
        exit_length_m = np.array([network.links[link].length_m for link in self.exits], np.float64)
        self._exit_link = np.array([place.get(link, unwatched) for link in self.exits], np.int64)
        self._sees_entry = np.append(nearest_m, -np.inf)[self._exit_link] >= exit_length_m - ENTRY_M
        self._entry_m = np.full(unwatched + 1, np.inf)
        self._entry_m[self._exit_link] = exit_length_m - ENTRY_M
        """(N + 1,) whoever is farther from the stop line of an exit link has just entered it."""
        self._entry_m[unwatched] = np.inf

    def accept(self, reading: ApproachReading) -> None:
        """Take a reading; one of a stranger, or that is not younger than the last, changes nothing."""
        vehicles = reading.vehicles
        lane = np.array([UNKNOWN_LANE if vehicle.lane is None else vehicle.lane for vehicle in vehicles], np.int64)
        distance_m = np.array([vehicle.distance_m for vehicle in vehicles], np.float64)
        speed_m_s = np.array([vehicle.speed_m_s for vehicle in vehicles], np.float64)
        self.see(reading.measured_at_s, Seen(reading.source_id, lane, distance_m, speed_m_s))

    def see(self, at_s: float, seen: Seen) -> None:
        """Take what a detector saw at `at_s`, as `accept` does."""
        row = self._row.get(seen.detector_id)
        if row is not None and at_s > self._at_s[row]:
            self._at_s[row] = at_s
            self._seen[row] = seen

    def picture(self, now_s: float, full_links: Collection[str] = ()) -> AdaptivePicture:
        """What is known at `now_s`; `full_links` have a queue back to their beginning, as far as others know.

        News from the future count as fresh for as long as old ones, and are forgotten beyond: a clock was set back.
        """
        self._at_s[self._at_s > now_s + STALE_AFTER_S] = -np.inf
        rows = np.flatnonzero(now_s - self._at_s <= STALE_AFTER_S)
        rows = rows[np.unique(self._link[rows], return_index=True)[1]]
        is_fresh = np.zeros(len(self._links) + 1, np.bool_)
        is_fresh[self._link[rows]] = True
        news = [self._seen[row] for row in rows.tolist()]
        counts = [len(seen.lane) for seen in news]
        link = np.repeat(self._link[rows], counts)
        lane = np.concatenate([seen.lane for seen in news]) if news else np.zeros(0, np.int64)
        distance_m, speed_m_s = _joined([seen.distance_m for seen in news]), _joined([seen.speed_m_s for seen in news])
        slow = np.zeros(len(self._links) + 1, np.bool_)
        slow[link[(distance_m > self._entry_m[link]) & (speed_m_s < SLOW_M_S)]] = True
        age_s = np.clip(now_s - np.repeat(self._at_s[rows], counts), 0.0, FORETOLD_S)
        sightings = self._placed(link, lane, np.maximum(distance_m - age_s * speed_m_s, 0.0), speed_m_s)
        is_full = np.array([name in full_links for name in self.exits], np.bool_)
        known = self._sees_entry & is_fresh[self._exit_link]
        return AdaptivePicture(
            sightings=sightings,
            exit_slow=np.where(known, slow[self._exit_link], is_full),
            ready=np.array([len(links) > 0 and bool(is_fresh[links].all()) for links in self._approaches], np.bool_),
        )

    def _placed(
        self,
        link: NDArray[np.int64],
        lane: NDArray[np.int64],
        distance_m: NDArray[np.float64],
        speed_m_s: NDArray[np.float64],
    ) -> Sightings:
        """Vehicles on the lanes of the town; one whose lane is not known stands on all of its link in part."""
        table = self._table
        known = np.where(lane < table.place.shape[1], lane, UNKNOWN_LANE)
        place = table.place[link, known]
        spread = np.flatnonzero(place == NOWHERE)
        sure = np.flatnonzero(place != NOWHERE)
        ways = table.first[link[spread] + 1] - table.first[link[spread]]
        who = np.repeat(spread, ways)
        offset = np.arange(who.size) - np.repeat(np.cumsum(ways) - ways, ways)
        way = table.first[link[who]] + offset
        vehicle = np.concatenate((sure, who))
        lanes = np.concatenate((place[sure], table.lane[way]))
        weight_veh = np.concatenate((np.ones(sure.size), table.share[way]))
        within = np.flatnonzero(distance_m[vehicle] <= self._sight_m[lanes])
        vehicle = vehicle[within]
        return Sightings(lanes[within], distance_m[vehicle], speed_m_s[vehicle], weight_veh[within])


def _joined(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate(parts) if parts else np.zeros(0)
