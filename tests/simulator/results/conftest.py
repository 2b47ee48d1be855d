"""A street of two links, A to B to C, with a narrow end; and logs of made-up trips."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from simulator.plain_roads import PlainLinks, plain_roads, plain_trips
from simulator.results.recorder import Recorder
from simulator.results.trip_log import TripLog
from simulator.road_traffic import RoadTraffic
from simulator.routes import RouteTable

LENGTH_M = (200.0, 100.0)
NAN = float("nan")


def ints(*values):
    return np.array(values, dtype=np.int64)


class Street:
    """20 s on `ab`, 10 s on `bc`; one car each 1.5 s enters, one each 10 s leaves at C."""

    def __init__(self, *starts_s):
        roads = plain_roads(
            PlainLinks(
                nodes=3,
                from_node=ints(0, 1),
                to_node=ints(1, 2),
                length_m=np.array(LENGTH_M),
                speed_m_s=np.full(2, 10.0),
                wave_m_s=np.full(2, 5.0),
                jam_veh_m=np.full(2, 0.2),
                entry_veh_s=np.full(2, np.inf),
                exit_veh_s=np.array([np.inf, 0.1]),
                priority=np.ones(2),
                node_veh_s=np.full(3, np.inf),
                signal=np.full(2, -1),
            )
        )
        routes = RouteTable(roads, ints(2), ages=1)
        count = len(starts_s)
        zeros = np.zeros(count, dtype=np.int64)
        self.arrays = SimpleNamespace(link_index={"ab": 0, "bc": 1}, length_m=np.array(LENGTH_M))
        self.trips = plain_trips(np.array(starts_s, dtype=np.float64), zeros, zeros, zeros)
        self.traffic = RoadTraffic(roads, 0.0)
        self.traffic.follow(routes.next_link, routes.first_link)
        self.traffic.schedule(self.trips)
        self.now_s = 0.0

    def drive(self, until_s):
        self.traffic.advance(self.now_s, until_s)
        self.now_s = until_s

    def recorder(self, begin_s, end_s, garages=None):
        return Recorder(self.arrays, self.traffic, garages or {}, begin_s, end_s)

    def record(self, begin_s, end_s, samples_s=(), garages=None):
        """Drive to the end of a period; a recorder that is complete."""
        recorder = self.recorder(begin_s, end_s, garages)
        closes_s = {begin_s, *np.arange(begin_s, end_s, 900.0).tolist(), end_s}
        for now_s in sorted(closes_s | set(samples_s)):
            if now_s > self.now_s:
                self.drive(now_s)
            (recorder.close_interval if now_s in closes_s else recorder.sample)(now_s)
        return recorder


@pytest.fixture(scope="session")
def make_street():
    return Street


@pytest.fixture(scope="session")
def make_log():
    """Rows of (purpose, at_s, end_s, free_s), of those who parked with parking_s and walk_m."""

    def make(*rows, purposes=("shopping", "leisure")):
        full = [(*row, NAN, NAN)[:6] for row in rows]
        columns = np.array([row[1:] for row in full], dtype=np.float64).reshape(-1, 5).T
        names = ("at_s", "end_s", "free_s", "parking_s", "walk_m")
        purpose = np.array([purposes.index(row[0]) for row in full], dtype=np.int64)
        return TripLog(purposes=purposes, purpose=purpose, **dict(zip(names, columns, strict=True)))

    return make


@pytest.fixture(scope="session")
def quiet():
    """Recorder of a period from 100 to 1000 s in which nothing drives."""
    return Street().record(100.0, 1000.0)


@pytest.fixture(scope="session")
def assert_same():
    def check(one, other):
        for name in ("scenario_id", "seed", "fingerprint", "begin_s", "end_s", "figures"):
            assert getattr(one, name) == getattr(other, name)
        assert sorted(one.tables) == sorted(other.tables)
        for name, table in one.tables.items():
            assert list(table) == list(other.tables[name])
            for column, values in table.items():
                np.testing.assert_array_equal(values, other.tables[name][column])

    return check
