"""Records what happens on the streets and in the car parks while a run goes on, interval by interval.

Everything counts from the beginning of the period: what happened during the warm-up is in no interval, though vehicles
that came during it are on the streets and are counted where they leave a link or stand in a queue.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.results.counts import Interval, LinkCounts
from simulator.results.interval_tables import facility_table, link_table, town_table
from simulator.results.run_result import INTERVAL_S
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.queue_lengths import queue_lengths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.results.counts import GarageCounts
    from simulator.results.run_result import Table
    from simulator.road_traffic import RoadTraffic
    from traffic_core.network_arrays import NetworkArrays

    Ints = NDArray[np.int64]


class Recorder:
    """Tables of a run in intervals of `INTERVAL_S` from `begin_s`; the last may be shorter.

    A process calls `close_interval` at `begin_s`, at every full interval after it and at `end_s`, and `sample` in
    between.  The kernel must have moved the vehicles up to that time.

    Raises
    ------
    InvalidValueError
        Where a time is no whole second, the period is empty, or `arrays` have other links than `traffic`.
    """

    def __init__(
        self,
        arrays: NetworkArrays,
        traffic: RoadTraffic,
        garages: Mapping[str, GarageCounts],
        begin_s: float,
        end_s: float,
    ) -> None:
        for name, time_s in (("begin_s", begin_s), ("end_s", end_s)):
            if not math.isfinite(time_s) or time_s != int(time_s):
                raise InvalidValueError(name, time_s, "must be a whole second")
        if end_s <= begin_s:
            raise InvalidValueError("end_s", end_s, f"must be after begin_s = {begin_s:.0f}")
        links = len(arrays.link_index)
        if links != traffic.town.length_m.size:
            raise InvalidValueError("arrays", links, f"must have the {traffic.town.length_m.size} links of the traffic")
        self.begin_s = float(begin_s)
        self.end_s = float(end_s)
        self._length_m = arrays.length_m
        self._link_ids = tuple(sorted(arrays.link_index, key=arrays.link_index.__getitem__))
        self._traffic = traffic
        self._garages = dict(garages)
        self._starts_s = np.arange(int(begin_s), int(end_s), int(INTERVAL_S), dtype=np.int64)
        self._next_close_s = self.begin_s
        self._queued_veh = np.zeros(links, dtype=np.int64)
        self._longest_veh = np.zeros(links, dtype=np.int64)
        self._seen_links = self._link_counts()
        self._seen_garages = self._garage_counts()
        self._intervals: list[Interval] = []

    # ---- while the run goes on ------------------------------------------------------------------------------------

    def sample(self, now_s: float) -> None:
        """Look how long the queues are; only samples within the period count."""
        if self.begin_s <= now_s <= self.end_s:
            town = self._traffic.town
            queue_lengths(
                float(now_s),
                town.head,
                town.vehicle_next_in_queue,
                town.length,
                town.vehicle_ready_at_s,
                town.first_group,
                self._queued_veh,
            )
            np.maximum(self._longest_veh, self._queued_veh, out=self._longest_veh)

    def close_interval(self, now_s: float) -> None:
        """End an interval and begin the next; the first call, at `begin_s`, only begins.

        The queues of this moment count in both.

        Raises
        ------
        InvalidValueError
            Unless it is the time of the next end of an interval.
        """
        if now_s != self._next_close_s:
            expected = "none is left to close" if self.is_complete else f"the next is due at {self._next_close_s:.0f}"
            raise InvalidValueError("now_s", now_s, f"must be the end of an interval: {expected}")
        self.sample(now_s)
        links, garages = self._link_counts(), self._garage_counts()
        if now_s > self.begin_s:
            state, flow = garages[:, :2], garages[:, 2:] - self._seen_garages[:, 2:]
            interval = Interval(
                links=links.since(self._seen_links),
                longest_queue_veh=self._longest_veh,
                garages=np.concatenate([state, flow], axis=1),
                town=(self._traffic.inside_veh, self._traffic.waiting_outside_veh, int(self._queued_veh.sum())),
            )
            self._intervals.append(interval)
        self._seen_links, self._seen_garages = links, garages
        self._longest_veh = self._queued_veh.copy()
        self._next_close_s = min(now_s + INTERVAL_S, self.end_s) if now_s < self.end_s else math.inf

    @property
    def is_complete(self) -> bool:
        """Whether the last interval is closed."""
        return self._next_close_s == math.inf

    # ---- after it -------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, Table]:
        """`link`, `facility` and `town` as `RunResult` describes them.

        Rows of `link` and `facility`: one link or car park after the other, in the order of the network and of
        `garages`, and within it by time.

        Raises
        ------
        InvalidValueError
            Before the last interval is closed.
        """
        self._require_complete()
        return {
            "link": link_table(self._link_ids, self._starts_s, self._intervals),
            "facility": facility_table(tuple(self._garages), self._starts_s, self._intervals),
            "town": town_table(self._starts_s, self._intervals),
        }

    @property
    def stops_veh(self) -> int:
        """Stops at the ends of all links."""
        self._require_complete()
        return sum(int(interval.links.stops_veh.sum()) for interval in self._intervals)

    @property
    def driven_m(self) -> float:
        """Lengths of the links of all who left one: those under way at the end do not count on their last link."""
        self._require_complete()
        left_veh = sum((interval.links.left_veh for interval in self._intervals), np.zeros(len(self._link_ids)))
        return math.fsum((left_veh * self._length_m).tolist())

    @property
    def longest_queue_veh(self) -> int:
        """Longest queue of one link in all samples; those who wait outside the network are in none."""
        self._require_complete()
        return max(int(interval.longest_queue_veh.max(initial=0)) for interval in self._intervals)

    def _require_complete(self) -> None:
        if not self.is_complete:
            raise InvalidValueError("recorder", self._next_close_s, "must be closed up to here: the run is not over")

    def _link_counts(self) -> LinkCounts:
        town = self._traffic.town
        return LinkCounts(
            entered_veh=town.entered_veh.copy(),
            left_veh=town.left_veh.copy(),
            time_s=town.drive_time_s.copy(),
            delay_s=town.delay_s.copy(),
            stops_veh=town.stops_veh.copy(),
        )

    def _garage_counts(self) -> Ints:
        rows = [
            (one.parked_veh, one.capacity_veh, one.entered_veh, one.left_veh, one.refused_veh)
            for one in self._garages.values()
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, 5)
