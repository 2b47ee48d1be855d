"""Offsets moved within what their bands can spare, until platoons stop and wait less.

The widest band does not say where in it the platoon is; many offsets have the same band or nearly so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from signal_plans.coordination.bands import bands
from signal_plans.coordination.platoons import progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signal_plans.coordination.arterial import Arterial
    from signal_plans.coordination.green_wave import GreenWave
    from signal_plans.coordination.platoons import Progress, StreetFlows

OffsetCost = Callable[["Sequence[int]"], float]
"""What offsets of all signals cost; only differences count."""
STOP_S = 10.0
"""Seconds of delay that a stop is as bad as."""
_STEPS = (0.15, 0.4, 0.15, 0.4, 0.0, 0.15, 0.4, 0.0, 0.0)
"""Shares of the cycle by which offsets are moved, in turn; 0 is one second.  Source: Robertson (1969), TRANSYT."""


def wanted_times_s(arterial: Arterial) -> tuple[list[float], list[float]]:
    """Outbound and inbound travel times at the wanted speeds, s."""
    outbound = [way.length_m / way.speed.wanted_m_s for way in arterial.outbound]
    return outbound, [way.length_m / way.speed.wanted_m_s for way in arterial.inbound]


def refined(arterial: Arterial, wave: GreenWave, cost: OffsetCost, keep_band_share: float) -> GreenWave:
    """Wave with offsets that cost less and keep at least this share of each of its bands."""
    least_s = [keep_band_share * band.width_s - 1e-6 for band in (wave.outbound, wave.inbound)]
    best, best_cost = wave, cost(wave.offsets_s)
    for step in _STEPS:
        move_s = max(1, round(step * arterial.cycle_s))
        for i in range(1, len(arterial.signals)):
            for sign in (1, -1):
                while True:
                    moved = _moved(arterial, best, i, sign * move_s)
                    if moved.outbound.width_s < least_s[0] or moved.inbound.width_s < least_s[1]:
                        break
                    moved_cost = cost(moved.offsets_s)
                    if moved_cost > best_cost - 1e-6:
                        break
                    best, best_cost = moved, moved_cost
    return best


def street_cost(arterial: Arterial, flows: StreetFlows) -> OffsetCost:
    """Cost of offsets on the street alone, with drivers at the wanted speeds, s per vehicle."""
    times_s = wanted_times_s(arterial)
    return lambda offsets_s: cost_s(progress(arterial, offsets_s, flows, *times_s))


def cost_s(result: Progress) -> float:
    """Delay of a vehicle plus what its stops are worth, s."""
    return result.delay_s + STOP_S * result.stops_veh


def _moved(arterial: Arterial, wave: GreenWave, signal: int, move_s: int) -> GreenWave:
    offsets_s = list(wave.offsets_s)
    offsets_s[signal] = (offsets_s[signal] + move_s) % arterial.cycle_s
    outbound, inbound = bands(arterial, offsets_s, wave.outbound_s, wave.inbound_s)
    return replace(wave, offsets_s=tuple(offsets_s), outbound=outbound, inbound=inbound)
