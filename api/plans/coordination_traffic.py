"""Traffic of the demand model at the junctions of a street, and how programmes serve all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.plans.assigned_flows import assigned_turn_flows
from signal_plans.fixed_time.counts_to_streams import stream_flows_veh_h
from signal_plans.fixed_time.optimise import evaluate
from signal_plans.fixed_time.stage_programme import as_it_runs
from signal_plans.streams.from_layout import stream_town
from signal_plans.streams.model import StreamTown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from api.town import Town
    from signal_plans.coordination.route import Route
    from signal_plans.fixed_time.performance import TownPerformance
    from signal_plans.programme import SignalProgramme


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Streams of the street's junctions with their flows, and the mean flows along the street."""

    streams: StreamTown
    flow_veh_h: Mapping[str, Sequence[float]]
    along_veh_h: tuple[float, float]


def traffic_of(folder: Path, town: Town, routes: tuple[Route, Route], hour: int) -> Traffic:
    """Flows of a weekday hour.  Raises `ConfigError` where the model has no demand."""
    turn_flow_veh_h = assigned_turn_flows(folder, town, [hour])
    layouts = [town.junctions[name].layout for name in routes[0].junctions]
    streams = stream_town(town.network, layouts, turn_flow_veh_h)
    by_pair = {(turn.from_link, turn.to_link): turn_flow_veh_h[turn.id] for turn in town.network.turns.values()}
    on_link: dict[str, float] = {}
    for turn in town.network.turns.values():
        on_link[turn.from_link] = on_link.get(turn.from_link, 0.0) + turn_flow_veh_h[turn.id]
    along = [[on_link[section[-1]] for section in route.sections] for route in routes]
    return Traffic(
        streams=streams,
        flow_veh_h={junction.id: stream_flows_veh_h(junction, by_pair) for junction in streams.junctions},
        along_veh_h=(sum(along[0]) / len(along[0]), sum(along[1]) / len(along[1])),
    )


def served(traffic: Traffic, programmes: Sequence[SignalProgramme]) -> TownPerformance:
    """How programmes serve all streams of their junctions, side streets included."""
    pairs = zip(traffic.streams.junctions, programmes, strict=True)
    shown = [as_it_runs(junction, programme) for junction, programme in pairs]
    town = StreamTown(junctions=tuple(junction for junction, _ in shown), exits=traffic.streams.exits)
    return evaluate(town, traffic.flow_veh_h, tuple(plan for _, plan in shown))
