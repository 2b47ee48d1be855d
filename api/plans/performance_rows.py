"""Figures of a movement as a row of a report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from signal_plans.delay import hcm_delay_s, webster_delay_s
from signal_plans.fixed_time.levels import level_of
from signal_plans.fixed_time.queue_percentile import queue_95_veh

if TYPE_CHECKING:
    from signal_plans.fixed_time.performance import StreamPerformance


def performance_row(stream: StreamPerformance) -> dict[str, object]:
    """Flow, capacity, degree of saturation, delay, stops, queues and level; None for what is not finite."""
    return {
        "id": stream.stream_id,
        "flow_veh_h": _number(stream.flow_veh_h, 1),
        "capacity_veh_h": _number(stream.capacity_veh_h, 1),
        "degree_of_saturation": _number(stream.degree_of_saturation, 3),
        "delay_s": _number(stream.delay_s, 1),
        "stops_per_veh": _number(stream.stops, 2),
        "queue_mean_veh": _number(stream.queue_mean_veh, 2),
        "queue_veh": _number(stream.queue_max_veh, 1),
        "queue_95_veh": _number(queue_95_veh(stream.queue_max_veh), 1),
        "level": level_of(round(stream.delay_s, 3), stream.degree_of_saturation).value,
    }


def textbook_delays(stream: StreamPerformance, cycle_s: int, green_s: float) -> dict[str, object]:
    """What the usual formulas say of the same movement, s: arrivals even, no platoons, no blocked lanes.

    green_s : effective green, all windows of a cycle together; None comes back without flow and where Webster's
    formula does not hold
    """
    capacity_veh_h, saturation = stream.capacity_veh_h, stream.degree_of_saturation
    if capacity_veh_h <= 0.0:
        return {"delay_hcm_s": None, "delay_webster_s": None}
    return {
        "delay_hcm_s": _number(hcm_delay_s(cycle_s, green_s, capacity_veh_h, saturation), 1),
        "delay_webster_s": _number(webster_delay_s(cycle_s, green_s, capacity_veh_h, saturation), 1),
    }


def _number(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None
