"""A day in the town: SimPy owns the time, one kernel moves the vehicles from one event to the next."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import simpy

from parking.facility import FacilityKind
from signal_plans.adaptive.area import assumed_area_detectors
from signal_plans.mode import WITHOUT_LAMPS, ModeKind
from simulator.approach_sensors import ApproachSensors
from simulator.bus_caller import BusCaller
from simulator.bus_road import TownBusRoad
from simulator.buses import BusService
from simulator.day_clock import DayClock
from simulator.detectors import DetectorBank
from simulator.drivers import Drivers, Places
from simulator.event_calendar import EventCalendar
from simulator.garage import Garage
from simulator.lights import Lights
from simulator.random_streams import random_stream
from simulator.restrictions import Restrictions
from simulator.road_traffic import RoadTraffic, Signals
from simulator.routes import RouteTable
from simulator.scenario.events import DetectorFaultEvent
from simulator.sign_board import SignBoard
from simulator.statistics import Statistics
from simulator.streets import town_roads
from simulator.trip_book import TripBook
from simulator.trip_making import TripMaking, row_of_nodes
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.network_arrays import arrays_of
from traffic_core.readings import OccupancyReading

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from parking.sign import SignContent
    from signal_plans.adaptive.area import AreaDetector
    from signal_plans.adaptive.sensors import Seen
    from signal_plans.decision import SignalDecision
    from signal_plans.lamp import Lamp
    from signal_plans.programme import SignalProgramme
    from simulator.staged import BaseModel, Staged
    from traffic_core.readings import BusCall, Reading

REROUTE_S = 300.0
BLOCK_S = 300.0
"""Trips are drawn ahead for so long."""


class Simulation:
    """The town between readings it emits and commands it obeys.

    The same model, seed and commands at the same times give the same readings, bit for bit.  With `keeps_trips` every
    trip is remembered, for results; a live town forgets.  `checked` looks after the conservation of vehicles in every
    step of the kernel.
    """

    def __init__(
        self,
        staged: Staged,
        *,
        seed: int,
        keeps_trips: bool = False,
        checked: bool = False,
        watched: bool = False,
        area_detectors: Sequence[AreaDetector] | None = None,
    ) -> None:
        """`area_detectors`: default one for each approach of the junctions that adaptive control is allowed at."""
        _check(staged)
        model = staged.model
        self.staged = staged
        self._clock = DayClock(model.timezone)
        self.env = simpy.Environment(initial_time=float(staged.start_s - staged.warm_up_s))
        self.arrays = arrays = arrays_of(model.network)
        self.lights = Lights(arrays, model.junctions, watched=watched)
        table = self.lights.table
        signs_on: dict[int, list[str]] = defaultdict(list)
        for sign in model.parking.signs.values():
            signs_on[arrays.link_index[sign.link_id]].append(sign.id)
        signed = [sign.link_id for sign in model.parking.signs.values()]
        roads = town_roads(model.network, arrays, model.junctions, table.turn_signal, signed)
        signals = Signals(table.green, table.cycle_s, table.origin_s)
        self.traffic = RoadTraffic(roads, self.now_s, signals, step_s=staged.step_s, checked=checked)
        self.garages = _garages(self.env, model, seed, staged.devices.counter_miss_share)
        self._making = TripMaking(staged, self.garages, self._clock, seed, arrays.node_index)
        destinations = self._making.destinations(arrays.node_index)
        self._row_of_node = row_of_nodes(destinations, roads.nodes)
        self.routes = RouteTable(roads, destinations)
        self._making.check_ways(self.routes, arrays.node_index, self._row_of_node)
        self.traffic.follow(self.routes.next_link, self.routes.first_link)
        self.book = TripBook(self.traffic, keeps_all=keeps_trips)
        self.board = SignBoard(model.parking.signs, staged.dark_signs)
        self.drivers = Drivers(
            self.env,
            self.traffic,
            self.routes,
            self.book,
            self.garages,
            model.parking,
            self.board,
            Places(
                node_index=arrays.node_index,
                row_of_node=self._row_of_node,
                facilities=list(self.garages),
                signs_on=signs_on,
            ),
            self._clock.second_of_day_s,
            seed,
        )
        self.restrictions = Restrictions(self.traffic, self.routes, arrays.lanes)
        listening = staged.adaptive if area_detectors is None else tuple(model.junctions)
        self._bus_caller: BusCaller | None = None
        if listening and staged.devices.bus_calls:
            layouts = [model.junctions[junction_id].layout for junction_id in listening]
            self._bus_caller = BusCaller(model.network, layouts)
        self._bus_road = TownBusRoad(self.env, self.traffic, self.restrictions, self._bus_caller)
        self.detectors = DetectorBank(
            arrays,
            roads,
            seed=seed,
            start_s=self.now_s,
            miss_share=staged.devices.detector_miss_share,
            faults=[event for event in staged.events if isinstance(event, DetectorFaultEvent)],
        )
        if area_detectors is None:
            layouts = [model.junctions[junction_id].layout for junction_id in staged.adaptive]
            area_detectors = assumed_area_detectors(model.network, layouts)
        self.approach_sensors = ApproachSensors(
            model.network,
            arrays,
            roads,
            area_detectors,
            seed=seed,
            miss_share=staged.devices.area_miss_share,
        )
        self.readings: list[Reading] = []
        self._start_processes(seed)
        self.buses = BusService(
            self.env, self._bus_road, model.lines, model.network, timezone=model.timezone, seed=seed
        )
        self.calendar = EventCalendar(self)

    # ---- what the outside world does --------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """Simulated time, seconds since 1970."""
        return float(self.env.now)

    def fill(self) -> None:
        """Fill the network: simulate up to `start_s`.

        Of the readings only the last one of each car park stays, as from a device that keeps its last message.
        """
        if self.now_s < self.staged.start_s:
            self.env.run(until=self.staged.start_s)
            last = {r.source_id: r for r in self.readings if isinstance(r, OccupancyReading)}
            self.readings = list(last.values())

    def advance(self, until_s: float) -> list[Reading]:
        """Simulate up to `until_s`; return the readings since the last call in the order of their time.

        Readings measured at `until_s` itself come with the next call.  Does nothing for a time that is past.
        """
        self.fill()
        if until_s > self.now_s:
            self.env.run(until=until_s)
        return self.take_readings()

    def take_readings(self) -> list[Reading]:
        """The readings since somebody took them last."""
        readings, self.readings = self.readings, []
        return readings

    def approaches(self) -> list[Seen]:
        """What the area detectors see now.  Ask once a second, between two steps or in an event."""
        return self.approach_sensors.look(self.now_s, self.traffic.town)

    def bus_calls(self) -> list[BusCall]:
        """What buses tell the signals now.  Ask once a second, between two steps or in an event."""
        return [] if self._bus_caller is None else self._bus_caller.calls(self.now_s, self.traffic.town)

    def command_signal(
        self, junction_id: str, programme: SignalProgramme, valid_from_s: float, valid_until_s: float = math.inf
    ) -> None:
        """Hand a programme to a roadside controller, which refuses an unsafe one: see `Lights.command`.

        A junction that an event of the scenario holds does not listen.
        """
        if not self.calendar.holds(junction_id):
            self.lights.command(junction_id, programme, valid_from_s, valid_until_s)

    def obey(self, decision: SignalDecision, valid_until_s: float) -> None:
        """Hand a decision of the centre to a roadside controller, as `command_signal`.

        Controllers here do not go dark and do not flash: they go on by themselves once their last command expires.
        """
        if self.calendar.holds(decision.junction_id) or decision.kind in WITHOUT_LAMPS:
            return
        leads = decision.kind is ModeKind.PROGRAMME
        if leads:
            self.lights.command(decision.junction_id, decision.programme, decision.valid_from_s, valid_until_s)
        if decision.wish is not None:
            wish = decision.wish
            self.lights.wish(decision.junction_id, wish.groups, wish.from_s, valid_until_s, leads=leads)

    def show(self, content: SignContent) -> None:
        """Hand a content to a sign."""
        self.board.show(content)

    def set_open(self, facility_id: str, *, is_open: bool) -> None:
        """Close a facility for drivers who arrive, or open it again."""
        if facility_id not in self.garages:
            raise InvalidValueError("facility_id", facility_id, "must name a facility of known capacity")
        self.garages[facility_id].is_open = is_open

    def lamps(self) -> dict[str, dict[str, Lamp]]:
        """What every signal group shows, by junction."""
        return self.lights.lamps()

    def programmes(self) -> dict[str, SignalProgramme]:
        """The programme each controller runs."""
        return self.lights.programmes()

    def statistics(self) -> Statistics:
        """Figures of this moment."""
        done, times_s, delays_s = self.book.done()
        return Statistics(
            now_s=self.now_s,
            inside_veh=self.traffic.inside_veh,
            entered_veh=self.traffic.entered_veh,
            left_veh=self.traffic.left_veh,
            waiting_outside_veh=self.traffic.waiting_outside_veh,
            done_trips=done,
            mean_trip_s=times_s / done if done else None,
            mean_delay_s=delays_s / done if done else None,
            parked_veh={name: garage.parked_veh for name, garage in self.garages.items()},
            gave_up=self.drivers.counts.gave_up,
            turned_by_sign=self.drivers.counts.turned_by_sign,
        )

    # ---- processes: they spend time, functions decide ------------------------------------------------------------

    def _start_processes(self, seed: int) -> None:
        self.lights.start(self.env)
        self.env.process(self._demand())
        self.env.process(self._traffic())
        self.env.process(self._rerouting())
        self.env.process(self._detecting())
        second_s = self._clock.second_of_day_s(self.now_s)
        homes = self._making.homes(self.arrays.node_index)
        for garage in self.garages.values():
            self.env.process(self._reports(garage))
            stream = random_stream(seed, f"parked before {garage.facility.id}")
            level = self._making.shares.level[garage.facility.id]
            for home in garage.parked_before(second_s, level, homes, stream):
                self.env.process(self.drivers.parked_before(garage, home))

    def _traffic(self) -> Generator[simpy.Event, object, None]:
        """Let the kernel run to the next event, or to the first message of the kernel before it."""
        env = self.env
        while True:
            while env.peek() <= env.now:
                yield env.timeout(0)  # all others of this moment go first: what they plan may come next
            from_s = self.now_s
            moved = self.traffic.advance(from_s, min(float(env.peek()), self.detectors.next_look_s))
            self.detectors.advance(from_s, moved.reached_s, self.traffic.town)
            yield env.timeout(moved.reached_s - from_s)
            for slot, link in moved.passed:
                self.drivers.passed_signs(slot, link)
            for slot, at_s in moved.arrived:
                if not self._bus_road.arrived(slot, at_s):
                    self.drivers.arrived(slot, at_s)
                self.traffic.free(slot)

    def _demand(self) -> Generator[simpy.Event, object, None]:
        """Draw the trips of the next minutes."""
        while True:
            now_s = self.now_s
            trips, rows = self._making.block(now_s, now_s + BLOCK_S, self.routes, self._row_of_node)
            first = self.book.add(trips, rows)
            for number, at_s in self.drivers.at_the_door(first, trips, rows):
                self.env.process(self._visit(number, at_s))
            yield self.env.timeout(BLOCK_S)

    def _visit(self, number: int, at_s: float) -> Generator[simpy.Event, object, None]:
        """A driver whose trip begins at the entry of his car park."""
        yield self.env.timeout(at_s - self.now_s)
        self.drivers.visit(number)

    def _rerouting(self) -> Generator[simpy.Event, object, None]:
        while True:
            yield self.env.timeout(REROUTE_S)
            self.routes.learn(self.traffic.town, REROUTE_S)

    def _detecting(self) -> Generator[simpy.Event, object, None]:
        while True:
            self.readings.extend(self.detectors.due(self.now_s))
            if self.detectors.next_due_s == math.inf:
                return
            yield self.env.timeout(self.detectors.next_due_s - self.now_s)

    def _reports(self, garage: Garage) -> Generator[simpy.Event, object, None]:
        yield self.env.timeout(garage.first_report_after_s())
        while True:
            self.readings.append(garage.report(self.now_s))
            yield self.env.timeout(garage.facility.update_interval_s)


def _check(staged: Staged) -> None:
    shares = {
        "kappa": staged.kappa,
        "detector_miss_share": staged.devices.detector_miss_share,
        "counter_miss_share": staged.devices.counter_miss_share,
        "area_miss_share": staged.devices.area_miss_share,
    }
    for name, share in shares.items():
        require.between(name, share, 0.0, 1.0)
    require.between("demand_factor", staged.demand_factor, 0.0, 100.0)
    require.between("warm_up_s", staged.warm_up_s, 0.0, 86_400.0)
    require.between("step_s", staged.step_s, 0.1, 60.0)
    if staged.start_s != int(staged.start_s) or staged.warm_up_s != int(staged.warm_up_s):
        raise InvalidValueError("start_s", staged.start_s, "must be a whole second, as warm_up_s")


def _garages(env: simpy.Environment, model: BaseModel, seed: int, miss_share: float) -> Mapping[str, Garage]:
    """Facilities of known capacity that no other system guides."""
    return {
        name: Garage(env, facility, model.parking.uses[name], facility.capacity_veh, seed, miss_share)
        for name, facility in model.parking.facilities.items()
        if facility.capacity_veh is not None and facility.kind is not FacilityKind.EXTERNAL
    }
