"""Signals of a SUMO network as junctions with lanes, streams and stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.plans.sumo_lanes import LaneRooms
from api.plans.sumo_net import GREEN
from api.plans.sumo_stages import stage_states
from signal_plans.streams.model import Exit, Right, StagedJunction, Stream, StreamStage, StreamTown
from traffic_core import require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.plans.sumo_net import SumoConnection, SumoNet, SumoSignal

LONGEST_GREEN_S = 90
SHORTEST_HEADWAY_S = 2.3
HEADWAY_FACTOR = 1.35
REACTION_S = 1.0
SPACING_M = 7.5
"""Length and gap of a SUMO passenger car by default.

Headway = factor * (reaction + spacing / speed across the junction), as queues of default cars leave on green: 2.3 s
straight on and 2.5 to 2.8 s in turns.  Cars that start from rest take longer than the car-following law says.
"""
REACH_M = 600.0
DIRECTION_WEIGHT = {"s": 0.70, "r": 0.15, "R": 0.15, "l": 0.15, "L": 0.15}
"""How vehicles part where nobody counts; ways back get next to nothing."""
_RIGHT = {
    "G": Right.PROTECTED,
    "g": Right.PERMISSIVE,
    "O": Right.PROTECTED,
    "o": Right.PERMISSIVE,
    "s": Right.PERMISSIVE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRules:
    """What the roadside controllers insert and keep, s."""

    yellow_s: int = 3
    allred_s: int = 3
    min_green_s: int = 8

    def __post_init__(self) -> None:
        require.between("--yellow", self.yellow_s, 0, 10)
        require.between("--allred", self.allred_s, 0, 20)
        require.between("--min-green", self.min_green_s, 1, 60)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumoTown:
    """A network with its junctions; `states` holds the letters of each stage by junction."""

    net: SumoNet
    town: StreamTown
    states: Mapping[str, tuple[str, ...]]


def sumo_town(net: SumoNet, flow_veh_h: Mapping[str, Sequence[float]], rules: FieldRules) -> SumoTown:
    """Junctions of a network.  `flow_veh_h` by signal, one per connection, says how vehicles part on their way.

    Raises `FileError` as `stage_states` does, `InvalidValueError` for a lane of no length or speed.
    """
    states = {signal.id: stage_states(net.file, signal) for signal in net.signals}
    rooms_m = LaneRooms(net)
    junctions = tuple(_junction(rooms_m, signal, states[signal.id], rules) for signal in net.signals)
    return SumoTown(net=net, town=StreamTown(junctions=junctions, exits=_exits(net, flow_veh_h)), states=states)


def losing(before: str, after: str) -> bool:
    """Whether any place that is green before is not green after."""
    return any(a in GREEN and b not in GREEN for a, b in zip(before, after, strict=True))


def _junction(rooms_m: LaneRooms, signal: SumoSignal, states: tuple[str, ...], rules: FieldRules) -> StagedJunction:
    lanes = list(dict.fromkeys((way.from_edge, way.from_lane) for way in signal.connections))
    change_s = rules.yellow_s + rules.allred_s
    return StagedJunction(
        id=signal.id,
        lanes=tuple(rooms_m.lane(*lane) for lane in lanes),
        streams=tuple(_stream(signal, way, lanes.index((way.from_edge, way.from_lane))) for way in signal.connections),
        stages=tuple(
            StreamStage(
                id=str(place),
                rights=tuple(_RIGHT.get(state[way.index], Right.RED) for way in signal.connections),
                min_green_s=rules.min_green_s,
                max_green_s=max(LONGEST_GREEN_S, rules.min_green_s),
            )
            for place, state in enumerate(states)
        ),
        interstage_s=tuple(tuple(change_s if losing(a, b) else 0 for b in states) for a in states),
        amber_s=rules.yellow_s,
    )


def _stream(signal: SumoSignal, way: SumoConnection, lane: int) -> Stream:
    return Stream(
        id=f"{way.from_edge}_{way.from_lane}>{way.to_edge}_{way.to_lane}",
        lane=lane,
        exit=way.to_edge,
        group=str(way.index),
        headway_s=min(max(SHORTEST_HEADWAY_S, HEADWAY_FACTOR * (REACTION_S + SPACING_M / way.crossing_m_s)), 10.0),
        yields_to=tuple(
            place
            for place, other in enumerate(signal.connections)
            if other.node == way.node and other.request in way.yields_to
        ),
        crossing_s=min(way.crossing_m / way.crossing_m_s, 30.0),
    )


def _exits(net: SumoNet, flow_veh_h: Mapping[str, Sequence[float]]) -> tuple[Exit, ...]:
    lanes_of: dict[str, list[tuple[str, str, float]]] = {}
    left: dict[str, str] = {}
    for signal in net.signals:
        left.update((way.to_edge, signal.id) for way in signal.connections)
        for edge, lanes in _lane_shares(signal, flow_veh_h[signal.id]).items():
            lanes_of.setdefault(edge, []).extend((signal.id, lane, share) for lane, share in lanes)
    ways = _free_ways(net)
    return tuple(_exit(net, edge, lanes_of, ways, left[edge]) for edge in left)


def _lane_shares(signal: SumoSignal, flow_veh_h: Sequence[float]) -> dict[str, list[tuple[str, float]]]:
    """Lanes under a signal with their share of the edge's vehicles, by edge."""
    flow: dict[str, dict[str, float]] = {}
    for way, vehicles in zip(signal.connections, flow_veh_h, strict=True):
        lanes = flow.setdefault(way.from_edge, {})
        lane = f"{way.from_edge}_{way.from_lane}"
        lanes[lane] = lanes.get(lane, 0.0) + vehicles
    return {
        edge: [(lane, part / total) for lane, part in lanes.items()]
        for edge, lanes in flow.items()
        if (total := sum(lanes.values())) > 0.0
    }


def _free_ways(net: SumoNet) -> dict[str, list[tuple[str, float]]]:
    """Edges after each edge where no signal stands, with the share of vehicles assumed."""
    weight: dict[str, dict[str, float]] = {}
    for connection in net.raw.connections:
        if not connection.attributes.get("tl"):
            onward = weight.setdefault(connection.text("from"), {})
            onward[connection.text("to")] = DIRECTION_WEIGHT.get(connection.attributes.get("dir", "s"), 1e-3)
    return {edge: [(to, part / sum(onward.values())) for to, part in onward.items()] for edge, onward in weight.items()}


def _exit(
    net: SumoNet,
    first: str,
    lanes_of: Mapping[str, list[tuple[str, str, float]]],
    ways: Mapping[str, list[tuple[str, float]]],
    origin: str,
) -> Exit:
    """Exit from the signal `origin`; vehicles that turn round and come back to it are not followed."""
    fed: dict[tuple[str, str], float] = {}
    weight = travel_s = 0.0
    todo = [(first, 1.0, 0.0, 0.0)]
    while todo:
        edge, share, passed_m, passed_s = todo.pop()
        lane = net.raw.lanes[edge][0]
        passed_m += lane.not_negative("length")
        passed_s += lane.not_negative("length") / max(lane.not_negative("speed"), 1.0)
        if passed_m > REACH_M:
            continue
        if edge in lanes_of:
            for signal, name, part in lanes_of[edge]:
                if signal != origin:
                    fed[signal, name] = fed.get((signal, name), 0.0) + share * part
            if lanes_of[edge][0][0] != origin:
                weight, travel_s = weight + share, travel_s + share * passed_s
            continue
        todo += [(to, share * part, passed_m, passed_s) for to, part in ways.get(edge, ()) if share * part >= 0.01]
    return Exit(
        id=first,
        length_m=net.raw.lanes[first][0].not_negative("length"),
        feeds=tuple((signal, lane, round(share, 9)) for (signal, lane), share in fed.items()),
        travel_s=travel_s / weight if weight > 0.0 else 0.0,
    )
