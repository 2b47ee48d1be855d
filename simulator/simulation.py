"""A day in the town: SimPy owns the time, one kernel moves the vehicles."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import simpy

from parking.facility import FacilityKind
from simulator.day_clock import DayClock
from simulator.detectors import DetectorBank
from simulator.drivers import Drivers, Trip
from simulator.fleet import Fleet
from simulator.garage import Garage
from simulator.lights import Lights
from simulator.parking_choice import drawn
from simulator.parking_shares import ParkingShares, parking_shares
from simulator.random_streams import random_stream
from simulator.routes import RouteTable
from simulator.sign_board import SignBoard
from simulator.statistics import Statistics
from simulator.streets import streets_of
from simulator.trip_demand import OdCell, next_trip_s, od_cells, quarters_of
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.network_arrays import arrays_of
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping

    import numpy as np

    from parking.model import ParkingModel
    from parking.sign import SignContent
    from signal_plans.junction import Junction
    from signal_plans.lamp import Lamp
    from signal_plans.programme import SignalProgramme
    from traffic_core.demand import Demand
    from traffic_core.network import Network
    from traffic_core.readings import Reading

TICK_S = 1.0
REROUTE_S = 300.0


class Simulation:
    """The town between readings it emits and commands it obeys.

    `start_s` is a whole second since 1970; `kappa` the share of drivers to facilities who read signs.  The same
    arguments and the same commands at the same times give the same readings, bit for bit.
    """

    def __init__(
        self,
        network: Network,
        demand: Demand,
        junctions: Mapping[str, Junction],
        parking: ParkingModel,
        *,
        start_s: float,
        timezone: str,
        seed: int,
        kappa: float = 0.2,
        demand_factor: float = 1.0,
        detector_miss_share: float = 0.0,
        counter_miss_share: float = 0.0,
        warm_up_s: float = 900.0,
    ) -> None:
        shares = {"kappa": kappa, "detector_miss_share": detector_miss_share, "counter_miss_share": counter_miss_share}
        for name, share in shares.items():
            require.between(name, share, 0.0, 1.0)
        require.between("demand_factor", demand_factor, 0.0, 100.0)
        require.between("warm_up_s", warm_up_s, 0.0, 86_400.0)
        if start_s != int(start_s) or warm_up_s != int(warm_up_s):
            raise InvalidValueError("start_s", start_s, "must be a whole second, as warm_up_s")
        self._start_s = start_s
        self._kappa = kappa
        self._seed = seed
        self._clock = DayClock(timezone)
        self._env = simpy.Environment(initial_time=float(start_s - warm_up_s))
        arrays = arrays_of(network)
        signs_on: dict[int, list[str]] = defaultdict(list)
        for sign in parking.signs.values():
            signs_on[arrays.link_index[sign.link_id]].append(sign.id)
        streets = streets_of(network, arrays, junctions, [sign.link_id for sign in parking.signs.values()])
        self._lights = Lights(arrays, junctions)
        self._board = SignBoard(parking.signs)
        self._fleet = Fleet(arrays, streets, self.now_s)
        self._detectors = DetectorBank(
            arrays, self._fleet.loops, seed=seed, start_s=self.now_s, miss_share=detector_miss_share
        )
        self._garages = {
            name: Garage(self._env, facility, parking.uses[name], facility.capacity_veh, seed, counter_miss_share)
            for name, facility in parking.facilities.items()
            if facility.capacity_veh is not None and facility.kind is not FacilityKind.EXTERNAL
        }
        cells = od_cells(demand, demand_factor)
        self._shares = _shares(demand, network, self._garages)
        access = [garage.facility.access_node for garage in self._garages.values()]
        self._routes = RouteTable(arrays, [*(node for cell in cells for node in cell.nodes), *access])
        _check_ways(self._routes, cells, self._garages, self._shares)
        self._drivers = Drivers(
            self._env,
            self._fleet,
            self._routes,
            self._garages,
            parking,
            self._board,
            signs_on,
            self._clock.second_of_day_s,
        )
        self._readings: list[Reading] = []
        self._start_processes(cells)

    # ---- what the outside world does --------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """Simulated time, seconds since 1970."""
        return float(self._env.now)

    def fill(self) -> None:
        """Fill the network: simulate up to `start_s`.

        Of the readings only the last one of each car park stays, as from a device that keeps its last message.
        """
        if self.now_s < self._start_s:
            self._env.run(until=self._start_s)
            last = {r.source_id: r for r in self._readings if isinstance(r, OccupancyReading)}
            self._readings = list(last.values())

    def advance(self, until_s: float) -> list[Reading]:
        """Simulate up to `until_s`; return the readings since the last call in the order of their time.

        Readings measured at `until_s` itself come with the next call.  Does nothing for a time that is past.
        """
        self.fill()
        if until_s > self.now_s:
            self._env.run(until=until_s)
        readings, self._readings = self._readings, []
        return readings

    def command_signal(
        self, junction_id: str, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf
    ) -> None:
        """Hand a programme to a roadside controller, which refuses an unsafe one: see `RoadsideController.command`."""
        if junction_id not in self._lights.controllers:
            raise InvalidValueError("junction_id", junction_id, "must name a junction of the model")
        self._lights.controllers[junction_id].command(programme, valid_from_s, valid_until_s)

    def show(self, content: SignContent) -> None:
        """Hand a content to a sign."""
        self._board.show(content)

    def set_open(self, facility_id: str, *, is_open: bool) -> None:
        """Close a facility for drivers who arrive, or open it again."""
        if facility_id not in self._garages:
            raise InvalidValueError("facility_id", facility_id, "must name a facility of known capacity")
        self._garages[facility_id].is_open = is_open

    def lamps(self) -> dict[str, dict[str, Lamp]]:
        """What every signal group shows, by junction."""
        return {junction_id: controller.lamps for junction_id, controller in self._lights.controllers.items()}

    def programmes(self) -> dict[str, SignalProgramme]:
        """The programme each controller runs."""
        return {junction_id: controller.programme for junction_id, controller in self._lights.controllers.items()}

    def statistics(self) -> Statistics:
        """Figures of this moment."""
        tally = self._drivers.tally
        return Statistics(
            now_s=self.now_s,
            inside_veh=self._fleet.inside_veh,
            entered_veh=self._fleet.entered_veh,
            left_veh=self._fleet.left_veh,
            waiting_outside_veh=self._fleet.waiting_outside_veh,
            done_trips=tally.done,
            mean_trip_s=tally.trip_sum_s / tally.done if tally.done else None,
            mean_delay_s=tally.delay_sum_s / tally.done if tally.done else None,
            parked_veh={name: garage.parked_veh for name, garage in self._garages.items()},
            gave_up=tally.gave_up,
            turned_by_sign=tally.turned_by_sign,
        )

    # ---- processes: they spend time, functions decide ------------------------------------------------------------

    def _start_processes(self, cells: tuple[OdCell, ...]) -> None:
        self._env.process(self._seconds())
        self._env.process(self._rerouting())
        second_s = self._clock.second_of_day_s(self.now_s)
        homes = [(node, cell.veh_24h) for cell in cells if cell.to_inside and cell.may_park for node in cell.origins]
        for garage in self._garages.values():
            self._env.process(self._reports(garage))
            stream = random_stream(self._seed, f"parked before {garage.facility.id}")
            level = self._shares.level[garage.facility.id]
            for home in garage.parked_before(second_s, level, homes, stream):
                self._env.process(self._drivers.parked_before(garage, home))
        for cell in cells:
            self._env.process(self._departures(cell, random_stream(self._seed, f"cell {cell.name}")))

    def _seconds(self) -> Generator[simpy.Event, object, None]:
        """Every second: report what was measured, set the lights, move the vehicles, hear what happened to them."""
        while True:
            now_s = self.now_s
            self._readings.extend(self._detectors.due(now_s))
            self._lights.step(now_s)
            moved = self._fleet.advance(now_s, self._lights.open_turn, self._routes.next_link)
            for slot, link in moved.passed:
                self._drivers.passed_signs(slot, link)
            for slot, at_s in moved.arrived:
                self._drivers.arrived(slot, at_s)
            yield self._env.timeout(TICK_S)

    def _rerouting(self) -> Generator[simpy.Event, object, None]:
        while True:
            yield self._env.timeout(REROUTE_S)
            self._routes.learn(self._fleet.queues, REROUTE_S)

    def _reports(self, garage: Garage) -> Generator[simpy.Event, object, None]:
        yield self._env.timeout(garage.first_report_after_s())
        while True:
            self._readings.append(garage.report(self.now_s))
            yield self._env.timeout(garage.facility.update_interval_s)

    def _departures(self, cell: OdCell, stream: np.random.Generator) -> Generator[simpy.Event, object, None]:
        """Trips of one cell: a Poisson process that follows the profile, the same count of random numbers for each."""
        while True:
            wait_s = next_trip_s(float(stream.exponential()), self.now_s, cell.rates_veh_h, self._clock)
            if wait_s == float("inf"):
                return
            yield self._env.timeout(wait_s)
            draws = stream.random(5).tolist()
            hour = self._clock.local(self.now_s).hour
            trip = trip_of(cell, draws, self.now_s, self._shares, hour, self._kappa)
            if trip is not None:
                if trip.facility is not None:
                    trip.destination = self._garages[trip.facility].facility.access_node
                self._drivers.begin(trip)


def trip_of(
    cell: OdCell, draws: list[float], now_s: float, shares: ParkingShares, hour: int, kappa: float
) -> Trip | None:
    """The trip that five uniform numbers make of a cell; None where a garage already makes it."""
    leaving, origin, destination, parking, follows = draws
    if cell.from_inside and cell.may_have_parked and leaving < shares.leaving[cell.from_zone][hour]:
        return None
    ends_at = cell.destinations[int(destination * len(cell.destinations))]
    trip = Trip(
        origin=cell.origins[int(origin * len(cell.origins))], destination=ends_at, ends_at=ends_at, began_s=now_s
    )
    if cell.to_inside and cell.may_park:
        trip.facility = drawn(shares.arriving[cell.to_zone][hour], parking)
        trip.follower = trip.facility is not None and follows < kappa
    return trip


def _shares(demand: Demand, network: Network, garages: Mapping[str, Garage]) -> ParkingShares:
    """Parking shares; the second round knows which trips garages make instead of the demand."""
    positions = {name: garage.facility.position for name, garage in garages.items()}
    flows = {name: garage.flow for name, garage in garages.items()}
    first = parking_shares(positions, flows, quarters_of(demand, network, {}))
    return parking_shares(positions, flows, quarters_of(demand, network, first.leaving))


def _check_ways(
    routes: RouteTable, cells: Iterable[OdCell], garages: Mapping[str, Garage], shares: ParkingShares
) -> None:
    """Raise `InvalidValueError` where somebody could not get where he must."""
    access = {name: garage.facility.access_node for name, garage in garages.items()}
    pairs = {(a, b): cell.name for cell in cells for a in cell.origins for b in cell.destinations}
    for cell in cells:
        if cell.to_inside and cell.may_park:
            used = {name for of_hour in shares.arriving[cell.to_zone] for name in of_hour}
            for node in cell.origins:
                pairs.update({(node, access[name]): f"{cell.name} to {name}" for name in used})
                pairs.update({(access[name], node): f"{name} home to {node}" for name in access})
            for node in cell.destinations:
                pairs.update({(access[name], node): f"{name} to {node}" for name in access})
    for (start, end), name in pairs.items():
        if routes.time_from_node_s(start, routes.row(end)) == float("inf"):
            raise InvalidValueError(f"trip[{name}]", (start, end), "must have a way through the network")
