"""The arrays of the flow kernel from a town of streams and its flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from signal_plans.streams.order import streams_by_lane
from traffic_core import require
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.planning.cyclic_flow import Flows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.fixed_time.settings import FlowLaw, OptimiserSettings
    from signal_plans.streams.model import StagedJunction, StreamTown

TOLERANCE_VEH = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TownArrays:
    """A town in the kernel's form; `slots[j][s]` is the place of stream s of junction j."""

    town: StreamTown
    slots: tuple[tuple[int, ...], ...]
    flows: Flows
    downstream: tuple[tuple[int, ...], ...]
    """Junctions that get vehicles of each junction."""


def town_arrays(
    town: StreamTown, flow_veh_h: Mapping[str, Sequence[float]], settings: OptimiserSettings, period_s: int
) -> TownArrays:
    """Lay a town out for periods up to `period_s`.

    `flow_veh_h` holds one flow for each stream of each junction.  Raises `InvalidValueError` for flows that are
    missing, negative or not one per stream.
    """
    order = [streams_by_lane(junction) for junction in town.junctions]
    first_of_junction = np.cumsum([0, *(len(streams) for streams in order)])
    slots = tuple(
        tuple(int(first_of_junction[j]) + streams.index(s) for s in range(len(streams)))
        for j, streams in enumerate(order)
    )
    flow = np.zeros(int(first_of_junction[-1]))
    for junction, places in zip(town.junctions, slots, strict=True):
        flow[list(places)] = _flows_of(junction, flow_veh_h)
    parts: dict[str, NDArray[Any]] = {}
    parts |= _stage_arrays(town, order)
    parts |= _stream_arrays(town, order, slots, flow / 3600.0)
    parts |= _feed_arrays(town, parts, settings.law)
    parts |= _scratch(town, parts, period_s)
    parts["law"] = _law(settings)
    flows = Flows(**{name: np.ascontiguousarray(array) for name, array in parts.items()})
    return TownArrays(town=town, slots=slots, flows=flows, downstream=_downstream(flows))


def _law(settings: OptimiserSettings) -> NDArray[np.float64]:
    """Constants in the order of the kernel's places."""
    law = settings.law
    moving = (law.start_loss_s, law.amber_used_s, law.critical_gap_s, law.follow_up_s, law.pocket_veh)
    weights = (
        settings.stop_weight_s,
        settings.most_saturation,
        settings.saturation_weight_s,
        settings.spillback_weight,
    )
    return np.array((*moving, law.analysis_h, TOLERANCE_VEH, *weights))


def _flows_of(junction: StagedJunction, flow_veh_h: Mapping[str, Sequence[float]]) -> list[float]:
    where = f"flow_veh_h[{junction.id}]"
    if junction.id not in flow_veh_h:
        raise InvalidValueError(where, "missing", f"must hold {len(junction.streams)} flows, one for each stream")
    flows = list(flow_veh_h[junction.id])
    if len(flows) != len(junction.streams):
        raise InvalidValueError(where, len(flows), f"must hold {len(junction.streams)} flows, one for each stream")
    for stream, value in zip(junction.streams, flows, strict=True):
        require.between(f"{where}[{stream.id}]", value, 0.0, 10_000.0)
    return flows


def _stage_arrays(town: StreamTown, order: list[list[int]]) -> dict[str, NDArray[Any]]:
    rights: list[int] = []
    interstages: list[int] = []
    first_right, first_interstage, first_stage = [0], [0], [0]
    for junction, streams in zip(town.junctions, order, strict=True):
        for stage, row in zip(junction.stages, junction.interstage_s, strict=True):
            rights += [int(stage.rights[s]) for s in streams]
            interstages += row
        first_right.append(len(rights))
        first_interstage.append(len(interstages))
        first_stage.append(first_stage[-1] + len(junction.stages))
    named = {"first_stage": first_stage, "first_right": first_right, "right": rights}
    named |= {"first_interstage": first_interstage, "interstage_s": interstages}
    named["amber_s"] = [junction.amber_s for junction in town.junctions]
    return {name: np.array(values, np.int64) for name, values in named.items()}


def _stream_arrays(
    town: StreamTown, order: list[list[int]], slots: tuple[tuple[int, ...], ...], flow_veh_s: NDArray[np.float64]
) -> dict[str, NDArray[Any]]:
    exits = {leaving.id: k for k, leaving in enumerate(town.exits)}
    first_lane, first_stream, first_foe = [0], [0], [0]
    foes: list[int] = []
    leads: list[int] = []
    headway_s: list[float] = []
    for j, (junction, streams) in enumerate(zip(town.junctions, order, strict=True)):
        first_lane.append(first_lane[-1] + len(junction.lanes))
        for lane in range(len(junction.lanes)):
            first_stream.append(first_stream[-1] + sum(stream.lane == lane for stream in junction.streams))
        for s in streams:
            stream = junction.streams[s]
            leads.append(exits.get(stream.exit, -1))
            headway_s.append(stream.headway_s)
            foes += [slots[j][foe] for foe in stream.yields_to]
            first_foe.append(len(foes))
    lane_of = np.repeat(np.arange(first_lane[-1]), np.diff(first_stream))
    lane_flow = np.bincount(lane_of, weights=flow_veh_s, minlength=first_lane[-1])
    alike = 1.0 / np.maximum(1, np.diff(first_stream))[lane_of]
    share = np.where(lane_flow[lane_of] > 0.0, flow_veh_s / np.maximum(lane_flow[lane_of], 1e-12), alike)
    whole = {"first_lane": first_lane, "first_stream": first_stream, "first_foe": first_foe, "foe": foes, "exit": leads}
    return {name: np.array(values, np.int64) for name, values in whole.items()} | {
        "lane_flow_veh_s": lane_flow,
        "share": share,
        "headway_s": np.array(headway_s),
    }


def _feed_arrays(town: StreamTown, parts: Mapping[str, NDArray[Any]], law: FlowLaw) -> dict[str, NDArray[Any]]:
    """Platoons between junctions; no lane gets more by its feeds than its own flow."""
    first_lane, lane_flow, leads = parts["first_lane"], parts["lane_flow_veh_s"], parts["exit"]
    lane_of = np.repeat(np.arange(lane_flow.size), np.diff(parts["first_stream"]))
    sent = np.bincount(
        leads[leads >= 0], weights=(parts["share"] * lane_flow[lane_of])[leads >= 0], minlength=len(town.exits)
    )
    places = {
        (junction.id, lane.id): int(first_lane[j]) + k
        for j, junction in enumerate(town.junctions)
        for k, lane in enumerate(junction.lanes)
    }
    owner = {stream.exit: junction.id for junction in town.junctions for stream in junction.streams}
    found: list[tuple[int, int, float]] = []  # who turns round and comes back is not followed
    for e, leaving in enumerate(town.exits):
        for junction, lane, share in leaving.feeds:
            if (junction, lane) not in places:
                raise InvalidValueError(f"exit[{leaving.id}].feeds", (junction, lane), "must name a lane of a junction")
            require.between(f"exit[{leaving.id}].feeds[{junction},{lane}]", share, 0.0, 1.0 + 1e-6)
            if sent[e] > 0.0 and share > 0.0 and junction != owner[leaving.id]:
                found.append((places[junction, lane], e, share))
    found.sort()
    into = np.array([lane for lane, _, _ in found], np.int64)
    leaving_by = np.array([e for _, e, _ in found], np.int64)
    part = np.array([share for _, _, share in found])
    fed = np.bincount(into, weights=part * sent[leaving_by], minlength=lane_flow.size) if found else 0.0 * lane_flow
    scale = np.where(fed > lane_flow, lane_flow / np.maximum(fed, 1e-12), 1.0)
    travel_s = np.array([town.exits[e].travel_s for e in leaving_by])
    exit_m = np.array([leaving.length_m for leaving in town.exits])
    by_exit = np.argsort(leaving_by, kind="stable")
    room_m = np.array([lane.length_m for junction in town.junctions for lane in junction.lanes])
    return {
        "outside_veh_s": np.maximum(0.0, lane_flow - fed * scale),
        "room_veh": np.maximum(1.0, room_m / law.queue_space_m),
        "first_feed": np.searchsorted(into, np.arange(lane_flow.size + 1)).astype(np.int64),
        "feed_exit": leaving_by,
        "feed_share": part * scale[into] if found else part,
        "feed_delay_s": np.maximum(1, np.rint(law.lead_share * travel_s)).astype(np.int64),
        "feed_smoothing": 1.0 / (1.0 + law.dispersion * law.lead_share * travel_s),
        "first_fed": np.searchsorted(leaving_by[by_exit], np.arange(len(town.exits) + 1)).astype(np.int64),
        "fed_lane": into[by_exit],
        "fed_room_veh": np.maximum(1.0, np.maximum(room_m[into], exit_m[leaving_by])[by_exit] / law.queue_space_m),
    }


def _scratch(town: StreamTown, parts: Mapping[str, NDArray[Any]], period_s: int) -> dict[str, NDArray[Any]]:
    junctions, lanes, streams = len(town.junctions), parts["lane_flow_veh_s"].size, parts["share"].size
    most = max(len(junction.stages) for junction in town.junctions)
    return {
        "members": np.arange(junctions, dtype=np.int64),
        "lanes": np.arange(lanes, dtype=np.int64),
        "exits": np.arange(len(town.exits), dtype=np.int64),
        "cycle_s": np.full(junctions, period_s, np.int64),
        "offset_s": np.zeros(junctions, np.int64),
        "stage_count": np.zeros(junctions, np.int64),
        "order": np.zeros((junctions, most), np.int64),
        "green_s": np.zeros((junctions, most), np.int64),
        "head": np.zeros(streams),
        "pocket": np.zeros(streams),
        "behind_veh": np.zeros(lanes),
        "right_at": np.zeros((streams, period_s), np.uint8),
        "ease": np.zeros((streams, period_s)),
        "usable": np.zeros((streams, period_s)),
        "gap_veh_s": np.zeros((streams, period_s)),
        "busy": np.zeros(streams),
        "gone_veh": np.zeros(streams),
        "arriving_veh": np.zeros(lanes),
        "before_veh": np.zeros(lanes),
        "feed_veh": np.zeros(parts["feed_exit"].size),
        "outflow_veh_s": np.zeros((len(town.exits), period_s)),
        "stream_sum": np.zeros((streams, 3)),
        "lane_sum": np.zeros((lanes, 6)),
    }


def _downstream(flows: Flows) -> tuple[tuple[int, ...], ...]:
    junction_of_lane = np.repeat(np.arange(flows.first_lane.size - 1), np.diff(flows.first_lane))
    lane_of = np.repeat(np.arange(junction_of_lane.size), np.diff(flows.first_stream))
    found: list[set[int]] = [set() for _ in range(flows.first_lane.size - 1)]
    for s in np.flatnonzero(flows.exit >= 0):
        e, here = flows.exit[s], int(junction_of_lane[lane_of[s]])
        for lane in flows.fed_lane[flows.first_fed[e] : flows.first_fed[e + 1]]:
            if junction_of_lane[lane] != here:
                found[here].add(int(junction_of_lane[lane]))
    return tuple(tuple(sorted(places)) for places in found)
