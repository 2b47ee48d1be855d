"""The intergreen formula in closed form: t_z = t_ü + t_r - t_e, rounded up to full seconds, never below 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from fractions import Fraction

    from signal_plans.rilsa.values import Clearing


def intergreen_s(clearing_m: Fraction, entering_m: Fraction, clearing: Clearing, entering_m_s: Fraction) -> int:
    """Intergreen of one conflict point, s.

    `clearing_m` and `entering_m` (s_0, s_e) are the ways from the stop lines to the point.  With the crossing time t_ü,
    the vehicle's length l and the speeds v_r, v_e: t_r = (s_0 + l) / v_r and t_e = s_e / v_e.  Everything is an exact
    fraction, so a sum that is a full second is not rounded up to the next.

    Raises `InvalidValueError` for negative ways and for speeds that are not above 0.
    """
    check_ways(clearing_m, entering_m, clearing, entering_m_s)
    clears_s = clearing.crossing_s + (clearing_m + clearing.length_m) / clearing.speed_m_s
    return max(0, math.ceil(clears_s - entering_m / entering_m_s))


def check_ways(clearing_m: Fraction, entering_m: Fraction, clearing: Clearing, entering_m_s: Fraction) -> None:
    """Raise `InvalidValueError` for negative ways and for speeds that are not above 0."""
    for name, way_m in (("clearing_m", clearing_m), ("entering_m", entering_m)):
        if way_m < 0:
            raise InvalidValueError(f"rilsa.{name}", str(way_m), "must not be negative")
    for name, speed_m_s in (("clearing.speed_m_s", clearing.speed_m_s), ("entering.speed_m_s", entering_m_s)):
        if speed_m_s <= 0:
            raise InvalidValueError(f"rilsa.{name}", str(speed_m_s), "must be above 0")
