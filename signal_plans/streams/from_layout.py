"""Junctions as their vehicles meet them, made from a network and the supply data of its signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.approaches import MOVEMENT_WEIGHT
from signal_plans.signal_group import GroupKind
from signal_plans.streams.exits import exits_of
from signal_plans.streams.model import ApproachLane, Right, StagedJunction, Stream, StreamStage, StreamTown
from traffic_core.bearings import bearing_at_end_deg, deflection_deg
from traffic_core.network import Movement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.layout import SignalLayout
    from signal_plans.signal_group import SignalGroup
    from traffic_core.network import Lane, Link, Network, Turn

LONGEST_GREEN_S = 60
CROSSING_S: Mapping[Movement, float] = {
    Movement.THROUGH: 2.0,
    Movement.RIGHT: 2.0,
    Movement.LEFT: 3.0,
    Movement.U_TURN: 4.0,
}
"""Stop line to the far side of the conflict area; assumed, as the model knows no areas of junctions."""
OPPOSING_BEYOND_DEG = 135.0
"""Two approaches whose directions differ by more lie opposite each other."""


def stream_town(
    network: Network, layouts: Sequence[SignalLayout], turn_flow_veh_h: Mapping[str, float] | None = None
) -> StreamTown:
    """Signals of a town with lanes, streams, stages and the streets between them.

    Streams are called `{link}/{lane}>{to_link}`, lanes `{link}/{lane}`; exits are the links behind the junctions.
    `turn_flow_veh_h` by turn id says how vehicles part on their way from one signal to the next; where it says nothing
    of a link, `MOVEMENT_WEIGHT` does.

    Raises `InvalidValueError` where supply data make a headway or a green that the model cannot hold.
    """
    described = _described_lanes(network)
    shares = turn_shares(network, turn_flow_veh_h or {})
    junctions = tuple(_staged(network, layout, described) for layout in layouts)
    return StreamTown(junctions=junctions, exits=exits_of(network, junctions, shares))


def turn_shares(network: Network, turn_flow_veh_h: Mapping[str, float]) -> dict[str, float]:
    """Share of its link's vehicles that each turn takes, by turn id; 1 in total per link."""
    counted: dict[str, float] = {}
    weighed: dict[str, float] = {}
    for turn in network.turns.values():
        counted[turn.from_link] = counted.get(turn.from_link, 0.0) + turn_flow_veh_h.get(turn.id, 0.0)
        weighed[turn.from_link] = weighed.get(turn.from_link, 0.0) + _weight(turn)
    return {
        turn.id: turn_flow_veh_h.get(turn.id, 0.0) / counted[turn.from_link]
        if counted[turn.from_link] > 0.0
        else _weight(turn) / weighed[turn.from_link]
        for turn in network.turns.values()
    }


def _weight(turn: Turn) -> float:
    return MOVEMENT_WEIGHT[turn.movement] or 1e-9


def _described_lanes(network: Network) -> dict[str, list[Lane]]:
    """Lanes of each link that the model describes, from the right."""
    found: dict[str, list[Lane]] = {}
    for lane in sorted(network.lanes, key=lambda lane: lane.number):
        found.setdefault(lane.link_id, []).append(lane)
    return found


def _staged(network: Network, layout: SignalLayout, described: Mapping[str, list[Lane]]) -> StagedJunction:
    group_of = {
        turn: group.id for group in layout.groups.values() if group.kind is GroupKind.VEHICLE for turn in group.turns
    }
    turns = [network.turns[turn] for turn in group_of]
    links = list(dict.fromkeys(turn.from_link for turn in turns))
    lanes: list[ApproachLane] = []
    parts: list[tuple[int, Turn, int]] = []  # lane, turn, lanes of the street in it
    for link_id in links:
        link = network.links[link_id]
        here = [turn for turn in turns if turn.from_link == link_id]
        for name, width, leaving in _lanes_with_turns(link, here, described.get(link_id, [])):
            parts += [(len(lanes), turn, width) for turn in leaving]
            lanes.append(
                ApproachLane(
                    id=f"{link_id}/{name}",
                    length_m=link.length_m * width,
                    speed_m_s=link.free_speed_m_s,
                )
            )
    streams = _streams(network, layout, group_of, lanes, parts)
    return StagedJunction(
        id=layout.junction_id,
        lanes=tuple(lanes),
        streams=streams,
        stages=_stages(layout, streams),
        interstage_s=tuple(tuple(layout.interstage_s(a, b) for b in layout.stages) for a in layout.stages),
        amber_s=max(group.amber_s for group in layout.groups.values()),
    )


def _lanes_with_turns(link: Link, turns: list[Turn], described: list[Lane]) -> list[tuple[str, int, list[Turn]]]:
    """Lanes of a link as (name, lanes of the street in it, turns).

    A link nobody described is one broad lane.  Of a described one, lanes without a row do as the leftmost, and what no
    lane allows is done from there.
    """
    if not described:
        return [("1", link.lanes, turns)]
    allowed = {lane.number: lane.movements for lane in described}
    leftmost = described[-1].movements | {
        turn.movement for turn in turns if not any(turn.movement in lane.movements for lane in described)
    }
    for number in range(1, link.lanes + 1):
        if number == described[-1].number or number not in allowed:
            allowed[number] = leftmost
    lanes = [
        (str(number), 1, [turn for turn in turns if turn.movement in allowed[number]])
        for number in range(1, link.lanes + 1)
    ]
    return [lane for lane in lanes if lane[2]]


def _streams(
    network: Network,
    layout: SignalLayout,
    group_of: Mapping[str, str],
    lanes: list[ApproachLane],
    parts: list[tuple[int, Turn, int]],
) -> tuple[Stream, ...]:
    lanes_of_group: dict[str, dict[int, int]] = {}
    for lane, turn, width in parts:
        lanes_of_group.setdefault(group_of[turn.id], {})[lane] = width
    arriving_deg = {turn.from_link: bearing_at_end_deg(network.links[turn.from_link].line) for _, turn, _ in parts}
    streams = []
    for lane, turn, width in parts:
        group = layout.groups[group_of[turn.id]]
        yields_to = tuple(
            place
            for place, (_, other, _) in enumerate(parts)
            if _gives_way(turn, other, arriving_deg) and _green_together(layout, group, group_of[other.id])
        )
        per_lane_veh_h = group.saturation_flow_veh_h / sum(lanes_of_group[group.id].values())
        streams.append(
            Stream(
                id=f"{lanes[lane].id}>{turn.to_link}",
                lane=lane,
                exit=turn.to_link,
                group=group.id,
                headway_s=3_600.0 / (per_lane_veh_h * width),
                yields_to=yields_to,
                crossing_s=CROSSING_S[turn.movement],
            )
        )
    return tuple(streams)


def _gives_way(turn: Turn, other: Turn, arriving_deg: Mapping[str, float]) -> bool:
    """Whether a left turn gives way to another: to the opposing through traffic, and to right turns into its exit."""
    if turn.movement not in {Movement.LEFT, Movement.U_TURN}:
        return False
    apart_deg = abs(deflection_deg(arriving_deg[turn.from_link], arriving_deg[other.from_link]))
    if turn.from_link == other.from_link or apart_deg < OPPOSING_BEYOND_DEG:
        return False
    return other.movement is Movement.THROUGH or (other.movement is Movement.RIGHT and other.to_link == turn.to_link)


def _green_together(layout: SignalLayout, group: SignalGroup, other: str) -> bool:
    return any(group.id in stage.groups and other in stage.groups for stage in layout.stages)


def _stages(layout: SignalLayout, streams: tuple[Stream, ...]) -> tuple[StreamStage, ...]:
    found = []
    for stage in layout.stages:
        least_s = max(layout.groups[group].min_green_s for group in stage.groups)
        found.append(
            StreamStage(
                id=stage.id,
                rights=tuple(right_of(stream, streams, stage.groups) for stream in streams),
                min_green_s=least_s,
                max_green_s=LONGEST_GREEN_S,
            )
        )
    return tuple(found)


def right_of(stream: Stream, streams: tuple[Stream, ...], green: frozenset[str]) -> Right:
    """What a stream may do while some groups are green."""
    if stream.group not in green:
        return Right.RED
    return Right.PERMISSIVE if any(streams[foe].group in green for foe in stream.yields_to) else Right.PROTECTED
