"""Mean delay at a signal-controlled approach, s per vehicle."""

from __future__ import annotations

import math


def uniform_delay_s(cycle_s: float, green_s: float, degree_of_saturation: float) -> float:
    """Delay of vehicles that arrive evenly (HCM d1).

    Source: Highway Capacity Manual 2000, eq. 16-11.
    """
    green_share = green_s / cycle_s
    return 0.5 * cycle_s * (1.0 - green_share) ** 2 / (1.0 - min(1.0, degree_of_saturation) * green_share)


def incremental_delay_s(
    capacity_veh_h: float, degree_of_saturation: float, period_h: float = 0.25, k: float = 0.5, upstream: float = 1.0
) -> float:
    """Delay by random arrivals and by overload during `period_h` (HCM d2).

    `k` is 0.5 for fixed-time control, `upstream` (the manual's I) 1 for an isolated junction.
    Source: Highway Capacity Manual 2000, eq. 16-12.
    """
    excess = degree_of_saturation - 1.0
    random = 8.0 * k * upstream * degree_of_saturation / (capacity_veh_h * period_h)
    return 900.0 * period_h * (excess + math.sqrt(excess**2 + random))


def hcm_delay_s(cycle_s: float, green_s: float, capacity_veh_h: float, degree_of_saturation: float) -> float:
    """Uniform and incremental delay over a quarter of an hour; also beyond saturation."""
    return uniform_delay_s(cycle_s, green_s, degree_of_saturation) + incremental_delay_s(
        capacity_veh_h, degree_of_saturation
    )


def webster_delay_s(cycle_s: float, green_s: float, capacity_veh_h: float, degree_of_saturation: float) -> float:
    """Three-term delay; infinite from saturation upwards, where the formula does not hold.

    Source: Webster (1958), Road Research Technical Paper 39.
    """
    if degree_of_saturation >= 1.0:
        return math.inf
    share, flow_veh_s = green_s / cycle_s, degree_of_saturation * capacity_veh_h / 3600.0
    if flow_veh_s <= 0.0:
        return uniform_delay_s(cycle_s, green_s, 0.0)
    random_s = degree_of_saturation**2 / (2.0 * flow_veh_s * (1.0 - degree_of_saturation))
    correction_s = 0.65 * math.cbrt(cycle_s / flow_veh_s**2) * math.pow(degree_of_saturation, 2.0 + 5.0 * share)
    return uniform_delay_s(cycle_s, green_s, degree_of_saturation) + random_s - correction_s
