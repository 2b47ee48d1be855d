"""The trips of a run as rows beside those of the traffic kernel: what the kernel need not know of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.results.trip_log import TripLog
from traffic_core.demand import Purpose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.road_traffic import RoadTraffic, Trips

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FROM_CAR_PARK = "from_car_park"
PURPOSES = (*(purpose.value for purpose in Purpose), FROM_CAR_PARK)
NOWHERE = -1
RECENT_S = 900.0
MOST_ROWS = 400_000
"""A live town forgets what has ended beyond this."""


class Rows(NamedTuple):
    """Columns of trips, (M,)."""

    purpose: Ints
    """Index into PURPOSES"""
    facility: Ints
    """Index of the car park they drive to, -1 without one"""
    ends_at: Ints
    """Node they want to reach in the end"""
    free_s: Floats
    parking_s: Floats
    walk_m: Floats
    driven_m: Floats
    """Way to the place found, or to the end of the trip of who found none; NaN before, and without a car park"""
    parked_at: Ints
    """Index of the car park where the driver found a place, -1 without one"""


class Parked(NamedTuple):
    """How a trip to a car park ended; without a place if it parked nowhere."""

    parking_s: float = math.nan
    walk_m: float = math.nan
    driven_m: float = math.nan
    facility: int = NOWHERE


class Parkers(NamedTuple):
    """Trips that began with a car park in mind, (M,), in the order of their start."""

    at_s: Floats
    end_s: Floats
    """As in `TripLog`"""
    free_s: Floats
    parking_s: Floats
    walk_m: Floats
    driven_m: Floats
    wanted: Ints
    parked_at: Ints
    """NOWHERE for those who found no place, or none yet"""


class BookedTrip(NamedTuple):
    """What a driver to a car park has in mind."""

    number: int
    facility: int
    origin: int
    ends_at: int
    at_s: float


class TripBook:
    """Rows of the scheduled trips, in step with the kernel's, and the trips home from car parks."""

    def __init__(self, traffic: RoadTraffic, *, keeps_all: bool) -> None:
        self._traffic = traffic
        self._keeps_all = keeps_all
        empty = np.zeros(0, dtype=np.int64)
        self._rows = Rows(*(empty,) * 3, *(np.zeros(0),) * 4, empty)
        self._used = 0
        self._base = 0
        """Rows forgotten: trips are numbered for ever, rows from the first that is kept"""
        self._homes: dict[int, tuple[float, float, float]] = {}
        """Trips home by number: start, end (NaN while under way), free driving time, s"""
        self._next_home = 0
        self._forgotten = np.zeros(3)
        """Trips done, their times and delays, s, of the rows that are gone"""

    def add(self, trips: Trips, rows: Rows) -> int:
        """Hand trips to the kernel and keep their rows; return the number of the first."""
        if not self._keeps_all and self._used > MOST_ROWS:
            self._forget()
        first = self._traffic.schedule(trips)
        count = trips.at_s.size
        if first + count > self._rows.purpose.size:
            more = max(4_096, first + count)
            self._rows = Rows(*(np.concatenate([column, np.zeros(more, dtype=column.dtype)]) for column in self._rows))
        for column, new in zip(self._rows, rows, strict=True):
            column[first : first + count] = new
        self._used = first + count
        return first + self._base

    def of_slot(self, slot: int) -> BookedTrip:
        """The trip of a vehicle that was scheduled."""
        return self.of_number(int(self._traffic.town.vehicle_trip[slot]) + self._base)

    def of_number(self, number: int) -> BookedTrip:
        """A trip by its number."""
        town, rows, row = self._traffic.town, self._rows, number - self._base
        return BookedTrip(
            number=number,
            facility=int(rows.facility[row]),
            origin=int(town.trip_origin[row]),
            ends_at=int(rows.ends_at[row]),
            at_s=float(town.trip_at_s[row]),
        )

    def begin_home(self, at_s: float, free_s: float) -> int:
        """A trip home from a car park begins; return its number."""
        number, self._next_home = self._next_home, self._next_home + 1
        self._homes[number] = (at_s, math.nan, free_s)
        return number

    def end_home(self, number: int, at_s: float) -> None:
        """A trip home ended at `at_s`; inf: no way led on."""
        began_s, _, free_s = self._homes[number]
        self._homes[number] = (began_s, at_s, free_s)

    def end(self, number: int, at_s: float, parked: Parked = Parked()) -> None:  # noqa: B008  immutable
        """The trip ended at `at_s`; NaN: not yet, although the kernel thinks so; inf: no way led on."""
        row = number - self._base
        self._traffic.town.trip_end_s[row] = at_s
        self._rows.parking_s[row] = parked.parking_s
        self._rows.walk_m[row] = parked.walk_m
        self._rows.driven_m[row] = parked.driven_m
        self._rows.parked_at[row] = parked.facility

    def done(self) -> tuple[int, float, float]:
        """Trips done so far, the sum of their times and of their delays, s."""
        log = self.log()
        sums = self._forgotten + _sums(log.at_s, log.end_s, log.free_s)
        return int(sums[0]), float(sums[1]), float(sums[2])

    def log(self) -> TripLog:
        """All trips that have begun, in the order of their start."""
        town, rows = self._traffic.town, self._rows
        count = int(np.searchsorted(town.trip_at_s[: self._used], math.inf))
        begun = slice(0, count)
        homes = _columns(self._homes)
        unknown = np.full(homes.shape[1], np.nan)
        home = np.full(homes.shape[1], PURPOSES.index(FROM_CAR_PARK), dtype=np.int64)
        at_s = np.concatenate([town.trip_at_s[begun], homes[0]])
        order = np.argsort(at_s, kind="stable")
        return TripLog(
            purposes=PURPOSES,
            purpose=np.concatenate([rows.purpose[begun], home])[order],
            at_s=at_s[order],
            end_s=np.concatenate([town.trip_end_s[begun], homes[1]])[order],
            free_s=np.concatenate([rows.free_s[begun], homes[2]])[order],
            parking_s=np.concatenate([rows.parking_s[begun], unknown])[order],
            walk_m=np.concatenate([rows.walk_m[begun], unknown])[order],
        )

    def parkers(self) -> Parkers:
        """The trips that have begun and had a car park in mind, whatever became of them."""
        town, rows = self._traffic.town, self._rows
        begun = int(np.searchsorted(town.trip_at_s[: self._used], math.inf))
        row = np.flatnonzero(rows.facility[:begun] >= 0)
        return Parkers(
            at_s=town.trip_at_s[row],
            end_s=town.trip_end_s[row],
            free_s=rows.free_s[row],
            parking_s=rows.parking_s[row],
            walk_m=rows.walk_m[row],
            driven_m=rows.driven_m[row],
            wanted=rows.facility[row],
            parked_at=rows.parked_at[row],
        )

    def _forget(self) -> None:
        """Drop the rows before the first trip that has not ended."""
        town = self._traffic.town
        # who ended just now may not be reported yet, and may still look for a place to park
        is_over = town.trip_end_s[: self._used] <= town.trip_at_s[: self._used].max(initial=0.0) - RECENT_S
        under_way = np.flatnonzero(~is_over & ~np.isinf(town.trip_end_s[: self._used]))
        count = int(under_way[0]) if under_way.size else self._used
        gone = slice(0, count)
        self._forgotten += _sums(town.trip_at_s[gone], town.trip_end_s[gone], self._rows.free_s[gone])
        ended = {home: row for home, row in self._homes.items() if not math.isnan(row[1])}
        self._forgotten += _sums(*_columns(ended))
        self._homes = {home: row for home, row in self._homes.items() if home not in ended}
        self._traffic.forget_trips(count)
        for column in self._rows:
            column[: self._used - count] = column[count : self._used].copy()
        self._used -= count
        self._base += count


def _columns(homes: dict[int, tuple[float, float, float]]) -> Floats:
    return np.array(list(homes.values()), dtype=np.float64).reshape(-1, 3).T


def _sums(at_s: Floats, end_s: Floats, free_s: Floats) -> Floats:
    done = np.isfinite(end_s)
    times_s = (end_s - at_s)[done]
    return np.array([float(done.sum()), float(times_s.sum()), float((times_s - free_s[done]).sum())])
