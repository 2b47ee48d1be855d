"""The drivers on the way: where each goes, what he does when he arrives, reads a sign or finds a garage full."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.garage import park, stay_on
from simulator.parking_choice import cheapest, facility_after_sign
from traffic_core.geometry import distance_m
from traffic_core.kernels.vehicles import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import simpy

    from parking.model import ParkingModel
    from simulator.fleet import Fleet
    from simulator.garage import Garage
    from simulator.routes import RouteTable
    from simulator.sign_board import SignBoard

MOST_FACILITIES_TRIED = 3
WALK_M_S = 1.2


@dataclass(slots=True, kw_only=True)
class Trip:
    """One driver on the way to a node, or to a facility."""

    origin: str
    destination: str
    """Node he drives to now."""
    began_s: float
    facility: str | None = None
    """Where he wants to park; None for a place of his own at the destination."""
    ends_at: str = ""
    """Node he goes to in the end when no facility has a place for him."""
    follower: bool = False
    tried: list[str] = field(default_factory=list)
    free_s: float = 0.0
    """Driving time of the trip as planned, on the empty network."""


@dataclass(slots=True)
class Tally:
    """What happened to the trips so far."""

    done: int = 0
    trip_sum_s: float = 0.0
    delay_sum_s: float = 0.0
    gave_up: int = 0
    turned_by_sign: int = 0


class Drivers:
    """All trips under way.  Decisions are plain functions elsewhere; this joins them with fleet, routes and garages."""

    def __init__(
        self,
        env: simpy.Environment,
        fleet: Fleet,
        routes: RouteTable,
        garages: Mapping[str, Garage],
        parking: ParkingModel,
        board: SignBoard,
        signs_on: Mapping[int, list[str]],
        second_of_day_s: Callable[[float], float],
    ) -> None:
        self._env = env
        self._fleet = fleet
        self._routes = routes
        self._garages = garages
        self._parking = parking
        self._board = board
        self._signs_on = signs_on
        self._second_of_day_s = second_of_day_s
        self._free_cost_s = routes.cost_s.copy()
        self._under_way: dict[int, Trip] = {}
        self.tally = Tally()

    def begin(self, trip: Trip) -> None:
        """Start a trip at its origin."""
        link = self._routes.start(trip.origin, self._routes.row(trip.destination))
        if link is not None:
            trip.free_s = float(self._free_cost_s[self._routes.row(trip.destination), link])
        self._drive(trip, trip.origin)

    def arrived(self, slot: int, at_s: float) -> None:
        """The vehicle in a slot reached its destination node."""
        self._fleet.release(slot)
        self._reached(self._under_way.pop(slot), at_s)

    def passed_signs(self, slot: int, link: int) -> None:
        """A driver who reads signs came onto a link that carries some."""
        trip = self._under_way[slot]
        if trip.facility is None or self._fleet.vehicles.link[slot] == NOBODY:
            return
        for sign_id in self._signs_on[link]:
            wanted, now_s = trip.facility, self._env.now
            contents = self._board.rows(sign_id, now_s)
            rows = self._parking.signs[sign_id].rows
            chosen = facility_after_sign(wanted, rows, contents, trip.tried, self._cost_from_link(link, wanted))
            if chosen != wanted:
                self.tally.turned_by_sign += 1
                trip.facility = chosen
                trip.destination = self._garages[chosen].facility.access_node
                self._fleet.vehicles.destination[slot] = self._routes.row(trip.destination)

    def parked_before(self, garage: Garage, home: str) -> Generator[simpy.Event, object, None]:
        """A car that stands in a garage when the simulation begins leaves and drives to `home`."""
        yield from stay_on(self._env, garage, self._second_of_day_s)
        self.begin(Trip(origin=garage.facility.access_node, destination=home, began_s=self._env.now))

    def _drive(self, trip: Trip, node: str) -> None:
        if node == trip.destination:
            self._reached(trip, self._env.now)
            return
        row = self._routes.row(trip.destination)
        link = self._routes.start(node, row)
        if link is None:
            message = f"no way from {node} to {trip.destination}: the network was checked before the start"
            raise RuntimeError(message)
        slot = self._fleet.spawn(link, row, self._env.now, follower=trip.follower)
        self._under_way[slot] = trip

    def _reached(self, trip: Trip, at_s: float) -> None:
        if trip.facility is None:
            self._finish(trip, at_s)
        else:
            self._env.process(self._visit(trip, self._garages[trip.facility]))

    def _visit(self, trip: Trip, garage: Garage) -> Generator[simpy.Event, object, None]:
        """Park and drive home, or give up and go on."""
        node = garage.facility.access_node
        if (yield from park(self._env, garage, self._second_of_day_s, lambda: self._finish(trip, self._env.now))):
            self.begin(Trip(origin=node, destination=trip.origin, began_s=self._env.now))
            return
        self.tally.gave_up += 1
        trip.tried.append(garage.facility.id)
        trip.facility = self._next_facility(trip, garage)
        trip.destination = trip.ends_at if trip.facility is None else self._garages[trip.facility].facility.access_node
        self._drive(trip, node)

    def _next_facility(self, trip: Trip, garage: Garage) -> str | None:
        """Least driving and walking time of what was not tried; None after enough tries."""
        if len(trip.tried) >= MOST_FACILITIES_TRIED:
            return None
        node = garage.facility.access_node

        def cost_s(facility: str) -> float:
            row = self._routes.row(self._garages[facility].facility.access_node)
            return self._routes.time_from_node_s(node, row) + 2.0 * self._walk_s(facility, trip.tried[0])

        return cheapest([name for name in self._garages if name not in trip.tried], cost_s)

    def _cost_from_link(self, link: int, wanted: str) -> Callable[[str], float]:
        def cost_s(facility: str) -> float:
            if facility not in self._garages:
                return float("inf")
            row = self._routes.row(self._garages[facility].facility.access_node)
            return float(self._routes.cost_s[row, link]) + 2.0 * self._walk_s(facility, wanted)

        return cost_s

    def _walk_s(self, facility: str, wanted: str) -> float:
        """Walk between two facilities as the crow flies, s: the wanted one is near where the driver wants to be."""
        places = self._parking.facilities
        return distance_m(places[facility].position, places[wanted].position) / WALK_M_S

    def _finish(self, trip: Trip, at_s: float) -> None:
        self.tally.done += 1
        self.tally.trip_sum_s += at_s - trip.began_s
        self.tally.delay_sum_s += at_s - trip.began_s - trip.free_s
