"""A town model as an assignment problem: one hour of one kind of day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from traffic_core import require
from traffic_core.assignment.problem import AssignmentNetwork, TripClass
from traffic_core.demand import HOURS, Purpose
from traffic_core.errors import InvalidValueError
from traffic_core.network import NodeControl, RoadClass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from traffic_core.demand import DayType, Demand
    from traffic_core.network import Link, Network

RISE_BY_CLASS = {
    RoadClass.MOTORWAY: 0.5,
    RoadClass.TRUNK: 0.5,
    RoadClass.RAMP: 0.8,
    RoadClass.PRIMARY: 0.8,
    RoadClass.SECONDARY: 0.8,
    RoadClass.TERTIARY: 1.0,
    RoadClass.RESIDENTIAL: 1.0,
    RoadClass.SERVICE: 1.0,
}
"""b of the travel time curve: a road at capacity takes 1 + b times its free time.  Assumed, no local measurement."""
POWER = 4.0
ROUNDABOUT_ENTRY_VEH_H = 1_250.0
"""Most that one lane brings into a roundabout; assumed."""
GIVE_WAY_ENTRY_VEH_H = 1_500.0
"""Most that one lane brings over a junction without signals; assumed."""
SIGNAL_STOP_S = 9.0
SIGNAL_GREEN_SHARE = 0.45
"""Where a signal is known and its programme is not."""
SATURATION_VEH_H = 1_800.0
DELIVERY_PCE = 1.5
"""Vans and lorries of deliveries; assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approach:
    """What a signal leaves of a link."""

    capacity_veh_h: float
    stop_s: float
    """Mean delay without other traffic."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TownProblem:
    """Streets first and in the order of the model, then turns where some are banned, then connectors."""

    assignment_network: AssignmentNetwork
    classes: tuple[TripClass, ...]
    """Cars, then deliveries."""
    street_links: NDArray[np.int64]
    """(S,) number of each street of the model in the assignment network."""
    centroid_zones: tuple[str, ...]
    """(Z,) zone of the model that each zone of the assignment belongs to: one for each of its access nodes."""


def town_problem(
    network: Network,
    demand: Demand,
    *,
    day_type: DayType,
    hour: int,
    approaches: Mapping[str, Approach] | None = None,
    closed: Collection[str] = (),
) -> TownProblem:
    """One hour of demand on the streets.  Times in seconds, volumes in vehicles per hour, lengths in metres.

    approaches : by link id, what signals leave of a link; elsewhere it is assumed by the node's control
    closed : links that nobody may use

    Raises
    ------
    InvalidValueError
        Where the hour or a closed link does not exist.
    """
    require.between("hour", hour, 0, HOURS - 1)
    for link_id in closed:
        if link_id not in network.links:
            raise InvalidValueError("closed", link_id, "must name a link of the network")
    graph = _Graph(network)
    for link in network.links.values():
        known = None if approaches is None else approaches.get(link.id)
        approach = known or assumed_approach(link, network.nodes[link.to_node].control)
        graph.add_street(link, approach)
    graph.add_turns()
    centroids = [(zone.id, node) for zone in demand.zones.values() for node in zone.nodes]
    for zone, node in centroids:
        graph.add_centroid(f"{zone}@{node}", node)
    assignment_network = graph.build(tuple(f"{zone}@{node}" for zone, node in centroids))
    shut = np.zeros(len(assignment_network.link_ids), dtype=np.uint8)
    shut[[graph.street_number[link] for link in closed]] = 1
    return TownProblem(
        assignment_network=assignment_network,
        classes=_classes(demand, day_type, hour, shut if len(closed) else None),
        street_links=np.arange(len(network.links), dtype=np.int64),
        centroid_zones=tuple(zone for zone, _ in centroids),
    )


def assumed_approach(link: Link, control: NodeControl) -> Approach:
    """Capacity and stop of a link by the control at its end alone."""
    if control is NodeControl.SIGNAL:
        most, stop_s = SATURATION_VEH_H * SIGNAL_GREEN_SHARE * link.lanes, SIGNAL_STOP_S
    elif control is NodeControl.ROUNDABOUT:
        most, stop_s = ROUNDABOUT_ENTRY_VEH_H * link.lanes, 1.0
    elif control is NodeControl.GIVE_WAY:
        most, stop_s = GIVE_WAY_ENTRY_VEH_H * link.lanes, 0.0
    else:
        most, stop_s = link.capacity_veh_h, 0.0
    return Approach(capacity_veh_h=min(link.capacity_veh_h, most), stop_s=stop_s)


def _classes(
    demand: Demand, day_type: DayType, hour: int, closed: NDArray[np.uint8] | None
) -> tuple[TripClass, TripClass]:
    first: dict[str, int] = {}
    size = 0
    for zone in demand.zones.values():
        first[zone.id] = size
        size += len(zone.nodes)
    tables = {name: np.zeros((size, size)) for name in ("car", "delivery")}
    for cell in demand.cells:
        starts, ends = len(demand.zones[cell.origin].nodes), len(demand.zones[cell.destination].nodes)
        trips = cell.veh_24h * demand.shares(day_type, cell.purpose)[hour] / (starts * ends)
        o, d = first[cell.origin], first[cell.destination]
        tables["delivery" if cell.purpose is Purpose.DELIVERY else "car"][o : o + starts, d : d + ends] += trips
    return (
        TripClass(name="car", trips=tables["car"], closed=closed),
        TripClass(name="delivery", trips=tables["delivery"], pce=DELIVERY_PCE, closed=closed),
    )


@dataclass(slots=True)
class _Graph:
    """Nodes and links under construction.

    A node where some turn is banned is split: one node for each link in, one for each link out, and a link for each
    permitted turn.  Elsewhere one node does: a shortest path never turns back by itself.
    """

    network: Network
    nodes: dict[str, bool] = field(default_factory=dict)
    """Passable or not."""
    links: list[tuple[str, str, str, float, float, float, float]] = field(default_factory=list)
    """Id, from, to, free-flow time, capacity, b, length."""
    street_number: dict[str, int] = field(default_factory=dict)
    split: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.split = _nodes_with_bans(self.network)
        for node in self.network.nodes:
            if node not in self.split:
                self.nodes[node] = True
        for link in self.network.links.values():
            for node in (self._start(link), self._end(link)):
                self.nodes[node] = True

    def _start(self, link: Link) -> str:
        return f"{link.from_node}>{link.id}" if link.from_node in self.split else link.from_node

    def _end(self, link: Link) -> str:
        return f"{link.id}>{link.to_node}" if link.to_node in self.split else link.to_node

    def add_street(self, link: Link, approach: Approach) -> None:
        self.street_number[link.id] = len(self.links)
        time_s = link.length_m / link.free_speed_m_s + approach.stop_s
        rise = RISE_BY_CLASS[link.road_class]
        ends = (self._start(link), self._end(link))
        self.links.append((link.id, *ends, time_s, approach.capacity_veh_h, rise, link.length_m))

    def add_turns(self) -> None:
        for turn in self.network.turns.values():
            if turn.node_id in self.split:
                ends = (self._end(self.network.links[turn.from_link]), self._start(self.network.links[turn.to_link]))
                self.links.append((f"turn {turn.id}", *ends, 0.0, np.inf, 0.0, 0.0))

    def add_centroid(self, name: str, node: str) -> None:
        self.nodes[name] = False
        outward, inward = [node], [node]
        if node in self.split:
            streets = self.network.links.values()
            outward = [self._start(link) for link in streets if link.from_node == node]
            inward = [self._end(link) for link in streets if link.to_node == node]
        self.links.extend((f"from {name} {end}", name, end, 0.0, np.inf, 0.0, 0.0) for end in outward)
        self.links.extend((f"to {name} {end}", end, name, 0.0, np.inf, 0.0, 0.0) for end in inward)

    def build(self, centroids: tuple[str, ...]) -> AssignmentNetwork:
        number = {node: place for place, node in enumerate(self.nodes)}
        ids, starts, ends, *columns = zip(*self.links, strict=True) if self.links else ((),) * 7
        time_s, capacity_veh_h, rise, length_m = (np.array(column, dtype=np.float64) for column in columns)
        return AssignmentNetwork(
            node_ids=tuple(self.nodes),
            link_ids=ids,
            zone_ids=centroids,
            zone_node=np.array([number[name] for name in centroids], dtype=np.int64),
            passable=np.array(list(self.nodes.values()), dtype=np.uint8),
            from_node=np.array([number[node] for node in starts], dtype=np.int64),
            to_node=np.array([number[node] for node in ends], dtype=np.int64),
            free_flow_time=time_s,
            capacity=capacity_veh_h,
            b=rise,
            power=np.full(len(ids), POWER),
            length=length_m,
            toll=np.zeros(len(ids)),
        )


def _nodes_with_bans(network: Network) -> set[str]:
    """Nodes where some way from a link into another, but for turning back, is not permitted."""
    into: dict[str, list[Link]] = {}
    out: dict[str, list[Link]] = {}
    for link in network.links.values():
        into.setdefault(link.to_node, []).append(link)
        out.setdefault(link.from_node, []).append(link)
    permitted = {(turn.from_link, turn.to_link) for turn in network.turns.values()}
    return {
        node
        for node, links in into.items()
        if any(
            (come.id, go.id) not in permitted
            for come in links
            for go in out.get(node, ())
            if go.to_node != come.from_node
        )
    }
