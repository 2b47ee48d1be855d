"""Plans played by the flow kernel: what they cost, and how each stream fares."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from signal_plans.fixed_time.performance import JunctionPerformance, StreamPerformance, TownPerformance
from signal_plans.fixed_time.town_arrays import TownArrays, town_arrays
from traffic_core.kernels.planning.cyclic_flow import (
    CAPACITY,
    GROWTH,
    LEAST,
    LONGEST,
    OVERFLOW_S,
    STOPPED,
    TOLERANCE,
    WAIT,
    play,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from signal_plans.fixed_time.plan import FixedTimePlan
    from signal_plans.fixed_time.settings import OptimiserSettings
    from signal_plans.fixed_time.timing import Timing
    from signal_plans.streams.model import StreamTown
    from traffic_core.kernels.planning.cyclic_flow import Flows

MOST_PERIODS = 8


class CyclicModel:
    """A town with flows, and the plan each junction runs at the moment."""

    def __init__(
        self,
        town: StreamTown,
        flow_veh_h: Mapping[str, Sequence[float]],
        settings: OptimiserSettings,
        *,
        longest_period_s: int,
        levels: Sequence[float] = (1.0,),
    ) -> None:
        self.arrays: TownArrays = town_arrays(town, flow_veh_h, settings, longest_period_s)
        self.flows = self.arrays.flows
        self.levels = [_at_level(self.flows, level) for level in levels]
        self.level_sum = sum(levels)
        self._parts: dict[tuple[int, ...], tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = {}
        self.lane_of = np.repeat(np.arange(self.flows.lane_flow_veh_s.size), np.diff(self.flows.first_stream))

    def run(self, j: int, plan: FixedTimePlan | Timing) -> None:
        """Let junction j run a plan from now on."""
        flows, count = self.flows, len(plan.order)
        flows.cycle_s[j] = plan.cycle_s
        flows.offset_s[j] = plan.offset_s
        flows.stage_count[j] = count
        flows.order[j, :count] = plan.order
        flows.green_s[j, :count] = plan.green_s

    def send_evenly(self) -> None:
        """Let all exits send their mean flow, as if the junctions upstream were far away."""
        for flows in self.levels:
            flow = flows.share * flows.lane_flow_veh_s[self.lane_of]
            leads = flows.exit >= 0
            sent = np.bincount(flows.exit[leads], weights=flow[leads], minlength=flows.outflow_veh_s.shape[0])
            flows.outflow_veh_s[:] = sent[:, None]

    def cost_veh(self, period_s: int, members: Sequence[int] | None = None) -> float:
        """Play the plans of all junctions or of some, while the exits of others send as they did; mean of all levels.

        The unit is that of `lane_cost_veh`, each level relative to its flow.
        """
        some = tuple(range(self.flows.first_lane.size - 1)) if members is None else tuple(members)
        if some not in self._parts:
            self._parts[some] = self._part(some)
        junctions, lanes, exits = self._parts[some]
        costs = [
            play(period_s, MOST_PERIODS, flows._replace(members=junctions, lanes=lanes, exits=exits))
            for flows in self.levels
        ]
        return sum(costs) / self.level_sum

    def _part(self, members: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Some junctions, their lanes and their exits."""
        flows = self.flows
        lanes = [lane for j in members for lane in range(flows.first_lane[j], flows.first_lane[j + 1])]
        exits = flows.exit[np.isin(self.lane_of, lanes)]
        return np.array(members, np.int64), np.array(lanes, np.int64), np.unique(exits[exits >= 0])

    def performance(self, plans: Sequence[FixedTimePlan | Timing]) -> TownPerformance:
        """Play one plan for each junction and read every stream."""
        cost_veh = 0.0
        found: dict[int, JunctionPerformance] = {}
        for members in in_step(self.arrays, [plan.cycle_s for plan in plans]):
            period_s = common_period_s([plans[j] for j in members])
            cost_veh += self.cost_of(members, plans)
            found |= {j: self._junction(j, plans[j].cycle_s, period_s) for j in members}
        return TownPerformance(junctions=tuple(found[j] for j in sorted(found)), cost_veh=cost_veh)

    def cost_of(self, members: Sequence[int], plans: Sequence[FixedTimePlan | Timing]) -> float:
        """Let a group of junctions run their plans (one for each of the town) while all others send evenly."""
        self.send_evenly()
        for j in members:
            self.run(j, plans[j])
        return self.cost_veh(common_period_s([plans[j] for j in members]), members)

    def _junction(self, j: int, cycle_s: int, period_s: int) -> JunctionPerformance:
        junction, slots = self.arrays.town.junctions[j], self.arrays.slots[j]
        streams = [
            self._stream(slot, stream.id, period_s) for slot, stream in zip(slots, junction.streams, strict=True)
        ]
        return JunctionPerformance(junction_id=junction.id, cycle_s=cycle_s, streams=tuple(streams))

    def _stream(self, slot: int, stream_id: str, period_s: int) -> StreamPerformance:
        flows = self.flows
        lane = self.lane_of[slot]
        share, sums = float(flows.share[slot]), flows.lane_sum[lane]
        flow_veh_s = share * float(flows.lane_flow_veh_s[lane])
        if flow_veh_s <= 0.0:
            return StreamPerformance(
                stream_id=stream_id,
                flow_veh_h=0.0,
                capacity_veh_h=0.0,
                degree_of_saturation=0.0,
                delay_s=0.0,
                stops=0.0,
                queue_mean_veh=0.0,
                queue_max_veh=0.0,
            )
        overloaded = sums[GROWTH] > flows.law[TOLERANCE]
        spare_veh = share * float(sums[LEAST]) if overloaded else 0.0
        queue_veh = float(flows.stream_sum[slot, WAIT]) / period_s - spare_veh
        left_over_veh = flow_veh_s * float(sums[OVERFLOW_S])
        arrived_veh = flow_veh_s * period_s
        return StreamPerformance(
            stream_id=stream_id,
            flow_veh_h=3600.0 * flow_veh_s,
            capacity_veh_h=share * float(sums[CAPACITY]),
            degree_of_saturation=3600.0 * flow_veh_s / (share * float(sums[CAPACITY])),
            delay_s=queue_veh / flow_veh_s + float(sums[OVERFLOW_S]),
            stops=float(flows.stream_sum[slot, STOPPED]) / arrived_veh,
            queue_mean_veh=queue_veh + left_over_veh,
            queue_max_veh=share * (float(sums[LONGEST]) - (float(sums[LEAST]) if overloaded else 0.0)) + left_over_veh,
        )


def _at_level(flows: Flows, level: float) -> Flows:
    """The same plans and places with flows `level` times as high."""
    return flows._replace(
        lane_flow_veh_s=flows.lane_flow_veh_s * level,
        outside_veh_s=flows.outside_veh_s * level,
        outflow_veh_s=np.zeros_like(flows.outflow_veh_s),
    )


def common_period_s(plans: Sequence[FixedTimePlan | Timing]) -> int:
    """Period after which plans that are in step repeat together: their longest cycle."""
    return math.lcm(*(plan.cycle_s for plan in plans))


def connected(arrays: TownArrays) -> list[tuple[int, ...]]:
    """Groups of junctions between which vehicles travel, each in order, by their first."""
    return in_step(arrays, [1] * len(arrays.downstream))


def in_step(arrays: TownArrays, cycles_s: Sequence[int]) -> list[tuple[int, ...]]:
    """Groups as `connected`, of junctions only whose cycles repeat together: platoons of others come evenly."""
    group = list(range(len(arrays.downstream)))
    period_s = list(cycles_s)
    for j, onward in enumerate(arrays.downstream):
        for k in onward:
            old, new = max(group[j], group[k]), min(group[j], group[k])
            together_s = math.lcm(period_s[old], period_s[new])
            if old != new and together_s in {period_s[old], period_s[new]}:
                group = [new if value == old else value for value in group]
                period_s[new] = together_s
    return [tuple(j for j, value in enumerate(group) if value == first) for first in sorted(set(group))]
