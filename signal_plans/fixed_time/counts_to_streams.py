"""From turning flows to flows of streams: drivers use the lanes of a turn so that they fill evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signal_plans.streams.model import StagedJunction

ROUNDS = 60


def stream_flows_veh_h(junction: StagedJunction, turn_flow_veh_h: Mapping[tuple[str, str], float]) -> tuple[float, ...]:
    """Flow of each stream from flows by (from link, exit); turns nobody counted carry none.

    A turn with several lanes fills them to the same load, seconds of discharge per hour, as far as the other turns of
    these lanes allow it.
    """
    turns: dict[tuple[str, str], list[int]] = {}
    for place, stream in enumerate(junction.streams):
        link = junction.lanes[stream.lane].id.rpartition("/")[0]
        turns.setdefault((link, stream.exit), []).append(place)
    flow = [0.0] * len(junction.streams)
    for turn, places in turns.items():
        for place in places:
            flow[place] = turn_flow_veh_h.get(turn, 0.0) / len(places)
    for _ in range(ROUNDS):
        for turn, places in turns.items():
            if len(places) > 1 and turn_flow_veh_h.get(turn, 0.0) > 0.0:
                others = [_load_of_others(junction, flow, place, places) for place in places]
                headways = [junction.streams[place].headway_s for place in places]
                parts = _fill(others, headways, turn_flow_veh_h[turn])
                for place, part in zip(places, parts, strict=True):
                    flow[place] = part
    return tuple(flow)


def _load_of_others(junction: StagedJunction, flow: list[float], place: int, places: list[int]) -> float:
    """Seconds of discharge per hour that streams of other turns take on the lane of a stream."""
    lane = junction.streams[place].lane
    return sum(
        flow[other] * stream.headway_s
        for other, stream in enumerate(junction.streams)
        if stream.lane == lane and other not in places
    )


def _fill(load_s: list[float], headway_s: list[float], flow_veh_h: float) -> list[float]:
    """Parts of a flow that bring lanes to one level, the emptiest first."""
    order = sorted(range(len(load_s)), key=lambda lane: load_s[lane])
    parts = [0.0] * len(load_s)
    for count in range(len(order), 0, -1):
        used = order[:count]
        per_s = sum(1.0 / headway_s[lane] for lane in used)
        level_s = (flow_veh_h + sum(load_s[lane] / headway_s[lane] for lane in used)) / per_s
        if level_s >= load_s[used[-1]]:
            for lane in used:
                parts[lane] = (level_s - load_s[lane]) / headway_s[lane]
            return parts
    return parts
