"""The drivers to and from car parks: where each goes, what he does when he arrives, reads a sign or finds it full."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from simulator.driver_draws import DriverDraws
from simulator.garage import park, stay_on
from simulator.parking_choice import MOST_WALK_M, cheapest, facility_after_sign, generalised_cost_s, walk_between_m
from simulator.trip_book import Parked

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    import simpy
    from numpy.typing import NDArray

    from parking.model import ParkingModel
    from simulator.garage import Garage
    from simulator.road_traffic import RoadTraffic, Trips
    from simulator.routes import RouteTable
    from simulator.sign_board import SignBoard
    from simulator.trip_book import BookedTrip, Rows, TripBook

MOST_FACILITIES_TRIED = 3
WALK_M_S = 1.2


@dataclass(slots=True, kw_only=True)
class Trip:
    """One driver on the way to a car park, or home from one.  Nodes are indices."""

    number: int | None
    """In the trip book; None for a trip home."""
    origin: int
    destination: int
    """Node he drives to now."""
    began_s: float
    facility: str | None
    """Where he wants to park; None for a place of his own at the destination."""
    ends_at: int
    """Node he goes to in the end when no facility has a place for him."""
    home: int = -1
    """Number of a trip home in the trip book."""
    searches_since_s: float = math.nan
    """When he reached the first facility."""
    tried: list[str] = field(default_factory=list)
    wanted: str | None = None
    """Where he wanted to park when he began, whatever signs and full entries made of it."""
    driven_m: float = 0.0
    """On all legs that are over."""


@dataclass(slots=True)
class Counts:
    """What happened to the drivers so far."""

    gave_up: int = 0
    turned_by_sign: int = 0
    turned_at: Counter[str] = field(default_factory=Counter)
    """The same by sign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are: indices of nodes, rows of the routes, links with signs."""

    node_index: Mapping[str, int]
    row_of_node: NDArray[np.int64]
    facilities: Sequence[str]
    """In the order of the trip book's indices."""
    signs_on: Mapping[int, Sequence[str]]


class Drivers:
    """Trips that somebody decides on.  Decisions are plain functions elsewhere; this joins them with the parts."""

    def __init__(
        self,
        env: simpy.Environment,
        traffic: RoadTraffic,
        routes: RouteTable,
        book: TripBook,
        garages: Mapping[str, Garage],
        parking: ParkingModel,
        board: SignBoard,
        places: Places,
        second_of_day_s: Callable[[float], float],
        seed: int,
    ) -> None:
        self._env = env
        self._traffic = traffic
        self._routes = routes
        self._book = book
        self._garages = garages
        self._parking = parking
        self._board = board
        self._places = places
        self._second_of_day_s = second_of_day_s
        self._draws = DriverDraws(seed)
        self._under_way: dict[int, Trip] = {}
        self.counts = Counts()

    def arrived(self, slot: int, at_s: float) -> None:
        """The vehicle in a slot reached the node it drove to; `at_s` is inf where its way ended elsewhere."""
        trip = self._trip(slot)
        del self._under_way[slot]
        trip.driven_m += float(self._traffic.town.vehicle_driven_m[slot])
        if at_s == math.inf:
            self._lose(trip)
        else:
            self._reached(trip, at_s)

    def passed_signs(self, slot: int, link: int) -> None:
        """A driver who reads signs came onto a link that carries some."""
        trip = self._trip(slot)
        if trip.facility is None or self._traffic.town.vehicle_link[slot] < 0:
            return
        for sign_id in self._places.signs_on[link]:
            wanted, now_s = trip.facility, self._env.now
            contents = self._board.rows(sign_id, now_s)
            rows = self._parking.signs[sign_id].rows
            cost_s = self._cost_from_link(link, trip.wanted or wanted)
            chosen = facility_after_sign(wanted, rows, contents, trip.tried, cost_s)
            if chosen != wanted:
                self.counts.turned_by_sign += 1
                self.counts.turned_at[sign_id] += 1
                trip.facility = chosen
                trip.destination = self._access(chosen)
                self._traffic.town.vehicle_destination[slot] = self._row(trip.destination)

    def parked_before(self, garage: Garage, home: int) -> Generator[simpy.Event, object, None]:
        """A car that stands in a garage when the simulation begins leaves and drives to `home`."""
        yield from stay_on(self._env, garage, self._second_of_day_s)
        self._go_home(self._access(garage.facility.id), home)

    def at_the_door(self, first: int, trips: Trips, rows: Rows) -> list[tuple[int, float]]:
        """Numbers and times of those trips to car parks that begin at the entry, of rows numbered from `first` on."""
        access = np.array([self._access(name) for name in self._places.facilities], dtype=np.int64)
        parks = np.flatnonzero(rows.facility >= 0)
        there = parks[access[rows.facility[parks]] == trips.origin[parks]]
        return [(first + int(row), float(trips.at_s[row])) for row in there]

    def visit(self, number: int) -> None:
        """A trip begins at the entry of its car park."""
        self._reached(self._booked(self._book.of_number(number)), self._env.now)

    def _trip(self, slot: int) -> Trip:
        if slot not in self._under_way:
            self._under_way[slot] = self._booked(self._book.of_slot(slot))
        return self._under_way[slot]

    def _booked(self, booked: BookedTrip) -> Trip:
        facility = self._places.facilities[booked.facility]
        return Trip(
            number=booked.number,
            origin=booked.origin,
            destination=self._access(facility),
            began_s=booked.at_s,
            facility=facility,
            ends_at=booked.ends_at,
            wanted=facility,
        )

    def _go_home(self, node: int, home: int) -> None:
        free_s = float(self._routes.free_s[self._row(home), node])
        trip = Trip(
            number=None,
            origin=node,
            destination=home,
            began_s=self._env.now,
            facility=None,
            ends_at=home,
            home=self._book.begin_home(self._env.now, free_s),
        )
        self._drive(trip, node)

    def _drive(self, trip: Trip, node: int) -> None:
        if node == trip.destination:
            self._reached(trip, self._env.now)
            return
        row = self._row(trip.destination)
        link = self._routes.start(node, row)
        if link is None:
            self._lose(trip)
            return
        slot = self._traffic.spawn(link, self._env.now, destination=row)
        self._under_way[slot] = trip

    def _reached(self, trip: Trip, at_s: float) -> None:
        if trip.facility is None:
            self._finish(trip, at_s)
            return
        if math.isnan(trip.searches_since_s):
            trip.searches_since_s = at_s
            if trip.number is not None:
                self._book.end(trip.number, math.nan)
        self._env.process(self._visit(trip, self._garages[trip.facility]))

    def _visit(self, trip: Trip, garage: Garage) -> Generator[simpy.Event, object, None]:
        """Park and drive home, or give up and go on."""
        node = self._access(garage.facility.id)
        manner = self._draws.manner(trip.number or 0, len(trip.tried))

        def found() -> None:
            self._finish(trip, self._env.now)

        if (yield from park(self._env, garage, manner, self._second_of_day_s, found)):
            self._go_home(node, trip.origin)
            return
        self.counts.gave_up += 1
        trip.tried.append(garage.facility.id)
        trip.facility = self._next_facility(trip, node)
        trip.destination = trip.ends_at if trip.facility is None else self._access(trip.facility)
        self._drive(trip, node)

    def _next_facility(self, trip: Trip, node: int) -> str | None:
        """Least driving, walking and fee of what was not tried and is near enough; None after enough tries."""
        if len(trip.tried) >= MOST_FACILITIES_TRIED:
            return None

        def cost_s(facility: str) -> float:
            drive_s = self._routes.time_from_node_s(node, self._row(self._access(facility)))
            return self._cost_s(facility, trip.wanted or trip.tried[0], drive_s)

        return cheapest([name for name in self._garages if name not in trip.tried], cost_s)

    def _cost_from_link(self, link: int, wanted: str) -> Callable[[str], float]:
        def cost_s(facility: str) -> float:
            if facility not in self._garages:
                return math.inf
            drive_s = float(self._routes.cost_s[self._row(self._access(facility)), link])
            return self._cost_s(facility, wanted, drive_s)

        return cost_s

    def _cost_s(self, facility: str, wanted: str, drive_s: float) -> float:
        """Driving, walking and the fee of the stay that the driver had in mind, s; inf where it is too far to walk."""
        uses, walk_m = self._parking.uses, self._walk_m(facility, wanted)
        if walk_m > MOST_WALK_M:
            return math.inf
        return generalised_cost_s(drive_s, walk_m / WALK_M_S, uses[facility].fee_eur_h, uses[wanted].mean_stay_min)

    def _walk_m(self, facility: str, wanted: str) -> float:
        """From where he parks to where he wanted to, which is near where he wants to be."""
        places = self._parking.facilities
        return walk_between_m(places[facility], places[wanted])

    def _finish(self, trip: Trip, at_s: float) -> None:
        if trip.number is None:
            self._book.end_home(trip.home, at_s)
        elif trip.facility is None:
            self._book.end(trip.number, at_s, Parked(driven_m=trip.driven_m))
        else:
            walk_m = 2.0 * self._walk_m(trip.facility, trip.wanted or trip.facility)
            parked_at = self._places.facilities.index(trip.facility)
            self._book.end(trip.number, at_s, Parked(at_s - trip.searches_since_s, walk_m, trip.driven_m, parked_at))

    def _lose(self, trip: Trip) -> None:
        if trip.number is None:
            self._book.end_home(trip.home, math.inf)
        else:
            self._book.end(trip.number, math.inf)

    def _access(self, facility: str) -> int:
        return self._places.node_index[self._garages[facility].facility.access_node]

    def _row(self, node: int) -> int:
        return int(self._places.row_of_node[node])
