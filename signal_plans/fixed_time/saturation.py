"""Saturation flow of a lane, veh/h of green: the base value and what lowers it.

Factors after the Highway Capacity Manual 2000, chapter 16 (exhibit 16-7 and appendix D).  The base of 2,000 veh/h is
the usual German one; to be confirmed with the guideline the customer works by.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE_VEH_H = 2_000.0
HEAVY_AS_CARS = 2.0
"""Cars that need as long as one heavy vehicle."""
STREET_WIDTH_M = 3.6


def width_factor(lane_width_m: float) -> float:
    """Factor of the lane width: 1 at 3.6 m."""
    require.between("lane_width_m", lane_width_m, 2.4, 6.0)
    return 1.0 + (lane_width_m - STREET_WIDTH_M) / 9.0


def heavy_factor(heavy_share: float) -> float:
    """Factor of lorries and buses."""
    require.between("heavy_share", heavy_share, 0.0, 1.0)
    return 1.0 / (1.0 + heavy_share * (HEAVY_AS_CARS - 1.0))


def gradient_factor(gradient_percent: float) -> float:
    """Factor of the gradient, uphill positive."""
    require.between("gradient_percent", gradient_percent, -6.0, 10.0)
    return 1.0 - gradient_percent / 200.0


def radius_factor(radius_m: float) -> float:
    """Factor of a turn driven with a radius.

    Source: Kimber, McDonald, Hounsell (1986), TRRL Research Report 67: s = s0 / (1 + 1.5 f / r), for turners only.
    """
    require.positive("radius_m", radius_m)
    return 1.0 / (1.0 + 1.5 / radius_m)


def pedestrian_factor(
    pedestrians_h: float, cycle_s: float, pedestrian_green_s: float, *, room_to_pass: bool = False
) -> float:
    """Factor of pedestrians with the same green whom turners let pass.

    `room_to_pass`: more lanes lead away than lanes turn, so that turners can drive round the first pedestrian.
    Source: HCM 2000, equations D16-3 to D16-7 without opposing vehicles.
    """
    require.between("pedestrians_h", pedestrians_h, 0.0, 20_000.0)
    require.positive("cycle_s", cycle_s)
    require.between("pedestrian_green_s", pedestrian_green_s, 1e-9, cycle_s)
    while_green_h = min(5_000.0, pedestrians_h * cycle_s / pedestrian_green_s)
    occupied_share = while_green_h / 2_000.0 if while_green_h <= 1_000.0 else 0.4 + while_green_h / 10_000.0
    return 1.0 - (0.6 if room_to_pass else 1.0) * occupied_share


def saturation_flow_veh_h(
    *, lane_width_m: float = STREET_WIDTH_M, heavy_share: float = 0.0, gradient_percent: float = 0.0
) -> float:
    """Saturation flow of a through lane."""
    return BASE_VEH_H * width_factor(lane_width_m) * heavy_factor(heavy_share) * gradient_factor(gradient_percent)


def permissive_flow_veh_h(opposing_veh_h: float, critical_gap_s: float = 4.5, follow_up_s: float = 2.5) -> float:
    """Turners that find gaps in an opposing flow, veh/h while it flows freely.

    q_opp e^(-q t_c) / (1 - e^(-q t_f)) with q in veh/s; one turner each follow-up time where nobody opposes.
    Source: Harders (1968), as in HCM 2000, equation 17-3.
    """
    require.not_negative("opposing_veh_h", opposing_veh_h)
    require.positive("critical_gap_s", critical_gap_s)
    require.positive("follow_up_s", follow_up_s)
    q_veh_s = opposing_veh_h / 3_600.0
    if q_veh_s * follow_up_s < 1e-9:
        return 3_600.0 / follow_up_s
    return opposing_veh_h * math.exp(-q_veh_s * critical_gap_s) / -math.expm1(-q_veh_s * follow_up_s)


def shared_saturation_veh_h(shares: Sequence[float], saturation_veh_h: Sequence[float]) -> float:
    """Saturation flow of a lane whose streams leave in the order they came: the harmonic mean by share.

    0 where a stream that has a share cannot move at all.
    """
    if len(shares) != len(saturation_veh_h):
        raise InvalidValueError("shares", len(shares), f"must be {len(saturation_veh_h)}, one for each stream")
    if not math.isclose(sum(shares), 1.0, abs_tol=1e-6) or min(shares) < 0.0:
        raise InvalidValueError("shares", tuple(shares), "must be at least 0 each and 1 in total")
    if any(flow <= 0.0 < share for share, flow in zip(shares, saturation_veh_h, strict=True)):
        return 0.0
    return 1.0 / sum(share / flow for share, flow in zip(shares, saturation_veh_h, strict=True) if share > 0.0)


def before_first_turner_veh(turner_share: float, queue_veh: float) -> float:
    """Mean number of vehicles at the head of a queue before the first turner, at most the queue.

    Vehicles turn independently of each other: the sum of (1 - p)^k over the queue.
    """
    require.between("turner_share", turner_share, 0.0, 1.0)
    require.not_negative("queue_veh", queue_veh)
    if turner_share < 1e-12:
        return queue_veh
    if turner_share == 1.0:
        return 0.0
    return (1.0 - turner_share) * -math.expm1(queue_veh * math.log1p(-turner_share)) / turner_share
