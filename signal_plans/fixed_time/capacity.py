"""What a lane passes in a cycle, and the queue before it."""

from __future__ import annotations

import math

from signal_plans.fixed_time.saturation import before_first_turner_veh, permissive_flow_veh_h, shared_saturation_veh_h
from traffic_core import require

SNEAKERS_VEH = 2.0
"""Turners that wait inside the junction and leave when the green has ended, per cycle."""


def capacity_veh_h(saturation_veh_h: float, green_s: float, cycle_s: float) -> float:
    """Capacity of a lane that is never held up while green.

    Effective green is taken as long as displayed green: what starting loses, amber gives back.
    """
    require.positive("cycle_s", cycle_s)
    require.between("green_s", green_s, 0.0, cycle_s)
    return saturation_veh_h * green_s / cycle_s


def free_green_s(opposing_veh_h: float, opposing_saturation_veh_h: float, green_s: float, cycle_s: float) -> float:
    """Part of a green in which the opposing queue has gone, s: turners look for gaps in this part only.

    The opposing queue of a red of cycle - green goes after q r / (s - q).
    """
    if opposing_veh_h >= opposing_saturation_veh_h:
        return 0.0
    red_s = cycle_s - green_s
    discharge_s = opposing_veh_h * red_s / (opposing_saturation_veh_h - opposing_veh_h)
    return max(0.0, green_s - discharge_s)


def permissive_capacity_veh_h(
    opposing_veh_h: float,
    opposing_saturation_veh_h: float,
    green_s: float,
    cycle_s: float,
    sneakers_veh: float = SNEAKERS_VEH,
) -> float:
    """Capacity of a lane of turners that give way: gaps after the opposing queue, and sneakers each cycle."""
    free_s = free_green_s(opposing_veh_h, opposing_saturation_veh_h, green_s, cycle_s)
    gaps_veh_h = permissive_flow_veh_h(opposing_veh_h) * free_s / cycle_s
    return gaps_veh_h + sneakers_veh * 3_600.0 / cycle_s


def shared_permissive_capacity_veh_h(
    turner_share: float,
    saturation_veh_h: float,
    opposing: tuple[float, float],
    green_s: float,
    cycle_s: float,
) -> float:
    """Capacity of a lane shared by through traffic and turners that give way; first in, first out.

    `opposing` is flow and saturation flow of whom they give way to, veh/h.  While the opposing queue goes, the lane
    passes what stands before its first turner; then turners need gaps, and the lane has the harmonic mean of both.
    Sneakers pass once per cycle, as many as turners are among the first `SNEAKERS_VEH` vehicles.
    """
    require.between("turner_share", turner_share, 0.0, 1.0)
    free_s = free_green_s(*opposing, green_s, cycle_s)
    blocked_s = green_s - free_s
    passed_veh = before_first_turner_veh(turner_share, saturation_veh_h * blocked_s / 3_600.0)
    gap_veh_h = permissive_flow_veh_h(opposing[0])
    later_veh_h = shared_saturation_veh_h((turner_share, 1.0 - turner_share), (gap_veh_h, saturation_veh_h))
    cycle_veh = passed_veh + later_veh_h * free_s / 3_600.0
    sneaking_veh = turner_share * SNEAKERS_VEH
    unhindered_veh = saturation_veh_h * green_s / 3_600.0
    return min(cycle_veh + sneaking_veh, max(unhindered_veh, sneaking_veh)) * 3_600.0 / cycle_s


def degree_of_saturation(flow_veh_h: float, capacity: float) -> float:
    """Flow over capacity (both veh/h); 0 without flow, infinite for a flow that meets no capacity."""
    if flow_veh_h <= 0.0:
        return 0.0
    return flow_veh_h / capacity if capacity > 0.0 else math.inf


def mean_queue_veh(
    flow_veh_h: float, saturation_veh_h: float, green_s: float, cycle_s: float, period_h: float = 0.25
) -> float:
    """Mean back of queue at the end of red, vehicles of a lane.

    Source: HCM 2000, chapter 16, appendix G: Q1 without platoons, and Q2 with k_B = 0.12 (s g / 3600)^0.7.
    """
    capacity = capacity_veh_h(saturation_veh_h, green_s, cycle_s)
    load = degree_of_saturation(flow_veh_h, capacity)
    if math.isinf(load):
        return flow_veh_h * period_h
    share = green_s / cycle_s
    first_veh = flow_veh_h * cycle_s / 3_600.0 * (1.0 - share) / (1.0 - min(1.0, load) * share)
    k_b = 0.12 * (saturation_veh_h * green_s / 3_600.0) ** 0.7
    room_veh = capacity * period_h
    second_veh = 0.25 * room_veh * (load - 1.0 + math.sqrt((load - 1.0) ** 2 + 8.0 * k_b * load / room_veh))
    return first_veh + second_veh


def queue_95_veh(mean_veh: float) -> float:
    """Queue that 95 of 100 cycles do not exceed.  Source: HCM 2000, appendix G: factor 1.6 + e^(-Q/5)."""
    require.not_negative("mean_veh", mean_veh)
    return mean_veh * (1.6 + math.exp(-mean_veh / 5.0))
