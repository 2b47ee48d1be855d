"""What a stop costs in seconds of waiting, from grams of CO2."""

from __future__ import annotations

from dataclasses import dataclass

from traffic_core import require

STOP_G = 78.0
"""CO2 of braking from 50 km/h and coming back to it, beyond driving on; figure of the project's design."""
IDLE_L_H = 0.61
"""Petrol of an idling compact car of 2.0 litres without load: 0.16 US gallons an hour, as measured by Argonne National
Laboratory (US Department of Energy, Fact of the Week 861, 2015)."""
PETROL_G_L = 2_348.0
"""CO2 of a litre of petrol: 8,887 g per US gallon (US Environmental Protection Agency)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmissionWeights:
    """Price of a stop against a second of waiting.

    A second of waiting costs the CO2 of idling, and `delay_g_s`, the CO2 that one would give for a second less: 0 where
    nothing but emissions counts.  The objective Σ (delay_g_s + idle_g_s) · waiting + stop_g · stops, divided by the
    first factor, is the one of the look-ahead: waiting + price · stops.
    """

    stop_g: float = STOP_G
    idle_g_s: float = round(IDLE_L_H * PETROL_G_L / 3_600.0, 2)
    """0.4: 0.61 l/h of 2,348 g each."""
    delay_g_s: float = 38.6
    """By default so much that a stop is worth two seconds: 78 / (38.6 + 0.4)."""

    def __post_init__(self) -> None:
        require.between("emissions.stop_g", self.stop_g, 0.0, 1_000.0)
        require.between("emissions.idle_g_s", self.idle_g_s, 0.0, 10.0)
        require.between("emissions.delay_g_s", self.delay_g_s, 0.0, 10_000.0)
        require.positive("emissions.delay_g_s + idle_g_s", self.delay_g_s + self.idle_g_s)

    @property
    def stop_cost_s(self) -> float:
        """Seconds of waiting that a stop is worth."""
        return self.stop_g / (self.delay_g_s + self.idle_g_s)
