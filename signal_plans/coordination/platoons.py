"""Stops and delay on a coordinated street: platoons that disperse on their way, queues that empty in green.

One cycle repeats for ever.  At each signal a share of the platoon leaves the street and as many vehicles join it evenly
over the cycle.  Random arrivals and overload are left out: offsets do not change them much.

Source: Robertson (1969), RRL Report LR 253 (TRANSYT).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.fixed_time.settings import DISPERSION, LEAD_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.coordination.arterial import Arterial, CoordinatedGreen

WARM_UP_CYCLES = 4
TINY_VEH = 1e-9
FULL_STOP_S = 8.0
"""What braking from 50 km/h to a stop and starting again take longer than driving on: who loses less only slows down
and counts as a part of a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetFlows:
    """Vehicles of each direction, and what a signal lets through while it is green."""

    outbound_veh_h: float
    inbound_veh_h: float
    saturation_veh_h: tuple[tuple[float, float], ...]
    """(outbound, inbound) at each signal."""
    turning_share: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How traffic got through, both directions together; the first signal of each direction is left out.

    What arrives there does not depend on the offsets.
    """

    stops_veh: float
    """Mean number of stops of a vehicle that drives the whole street."""
    delay_s: float
    """Mean delay of such a vehicle, s."""
    outbound: tuple[float, float]
    """(stops, delay) outbound."""
    inbound: tuple[float, float]


def progress(
    arterial: Arterial,
    offsets_s: Sequence[int],
    flows: StreetFlows,
    outbound_s: Sequence[float],
    inbound_s: Sequence[float],
) -> Progress:
    """Stops and delay with the given offsets and travel times of the sections, s."""
    out_greens = [signal.outbound for signal in arterial.signals]
    back_greens = [signal.inbound for signal in arterial.signals]
    out_capacity = [saturation for saturation, _ in flows.saturation_veh_h]
    back_capacity = [saturation for _, saturation in flows.saturation_veh_h]
    outbound = _direction(
        arterial.cycle_s,
        _lights(arterial, out_greens, offsets_s, out_capacity),
        flows.outbound_veh_h,
        outbound_s,
        flows,
    )
    back_lights = _lights(arterial, back_greens, offsets_s, back_capacity)[::-1]
    inbound = _direction(arterial.cycle_s, back_lights, flows.inbound_veh_h, inbound_s[::-1], flows)
    total = max(flows.outbound_veh_h + flows.inbound_veh_h, 1e-9)
    stops, delay_s = (
        (flows.outbound_veh_h * there + flows.inbound_veh_h * back) / total
        for there, back in zip(outbound, inbound, strict=True)
    )
    return Progress(stops_veh=stops, delay_s=delay_s, outbound=outbound, inbound=inbound)


def _lights(
    arterial: Arterial, greens: Sequence[CoordinatedGreen], offsets_s: Sequence[int], saturation_veh_h: Sequence[float]
) -> list[list[float]]:
    """Vehicles that each signal lets through in each second of the common cycle."""
    lights = []
    for green, offset_s, saturation in zip(greens, offsets_s, saturation_veh_h, strict=True):
        first, length_s = green.window.start_s + offset_s, green.window.length_s
        cycle_s = arterial.cycle_s
        lights.append([saturation / 3600.0 * ((t - first) % cycle_s < length_s) for t in range(cycle_s)])
    return lights


def _direction(
    cycle_s: int, lights: list[list[float]], flow_veh_h: float, travel_s: Sequence[float], flows: StreetFlows
) -> tuple[float, float]:
    """Stops and delay per vehicle over all signals but the first, in driving order."""
    per_second = flow_veh_h / 3600.0
    leaving, _, _ = _queue([per_second] * cycle_s, lights[0])
    stops = delay_s = 0.0
    for light, time_s in zip(lights[1:], travel_s, strict=True):
        platoon = _dispersed(leaving, time_s)
        joining = flows.turning_share * per_second
        arriving = [(1.0 - flows.turning_share) * vehicles + joining for vehicles in platoon]
        leaving, stopped_veh, waited_s = _queue(arriving, light)
        per_cycle_veh = max(per_second * cycle_s, 1e-9)
        stops += stopped_veh / per_cycle_veh
        delay_s += waited_s / per_cycle_veh
    return stops, delay_s


def _dispersed(leaving: Sequence[float], travel_s: float) -> list[float]:
    """Arrivals downstream: q(t + T) = F p(t) + (1 - F) q(t + T - 1), F = 1 / (1 + 0.35 T), T = 0.8 travel time."""
    cycle_s = len(leaving)
    shift = round(LEAD_SHARE * travel_s)
    factor = 1.0 / (1.0 + DISPERSION * LEAD_SHARE * travel_s)
    arriving = [0.0] * cycle_s
    last = sum(leaving) / cycle_s
    for t in range(WARM_UP_CYCLES * cycle_s):
        last = factor * leaving[t % cycle_s] + (1.0 - factor) * last
        arriving[(t + shift) % cycle_s] = last
    return arriving


def _queue(arriving: Sequence[float], light: Sequence[float]) -> tuple[list[float], float, float]:
    """Departures of each second, and of the last cycle the vehicles that stopped and the seconds they waited."""
    cycle_s = len(arriving)
    red_left_s = _red_left_s(light)
    rate = max(light)
    leaving = [0.0] * cycle_s
    queue = stopped = waited_s = 0.0
    for round_ in range(WARM_UP_CYCLES):
        stopped = waited_s = 0.0
        for t in range(cycle_s):
            before = queue
            leaving[t] = min(before + arriving[t], light[t])
            queue = before + arriving[t] - leaving[t]
            waited_s += queue
            stopped += arriving[t] * min(1.0, (red_left_s[t] + before / rate) / FULL_STOP_S)
        if round_ == 0 and queue > TINY_VEH and sum(arriving) > sum(light):
            break  # more comes than goes: the queue would grow for ever, one cycle is told
    return leaving, stopped, waited_s


def _red_left_s(light: Sequence[float]) -> list[int]:
    """Seconds until the next second with green, 0 in green."""
    cycle_s = len(light)
    left_s = [0] * cycle_s
    for t in range(2 * cycle_s - 1, -1, -1):
        left_s[t % cycle_s] = 0 if light[t % cycle_s] else left_s[(t + 1) % cycle_s] + 1
    return left_s
