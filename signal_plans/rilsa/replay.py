"""The intergreen of a conflict point, found by letting both road users move: the second opinion on the formula.

It knows no clearing and entering times, only positions: for each possible start second it looks where the rear of the
last one is when the front of the first one reaches the point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signal_plans.rilsa.formula import check_ways

if TYPE_CHECKING:
    from fractions import Fraction

    from signal_plans.rilsa.values import Clearing


def replayed_intergreen_s(
    clearing_m: Fraction, entering_m: Fraction, clearing: Clearing, entering_m_s: Fraction
) -> int:
    """First full second after the end of green at which the first one may start, s.

    The last one passes its stop line with its front when the crossing time ends, and drives at constant speed; the
    first one passes its stop line at its start of green.  The start is safe if the rear of the last one is at the
    conflict point or beyond when the front of the first one arrives there.

    Raises `InvalidValueError` for negative ways and for speeds that are not above 0.
    """
    check_ways(clearing_m, entering_m, clearing, entering_m_s)
    start_s = 0
    while not _safe(start_s, clearing_m, entering_m, clearing, entering_m_s):
        start_s += 1
    return start_s


def _safe(start_s: int, clearing_m: Fraction, entering_m: Fraction, clearing: Clearing, entering_m_s: Fraction) -> bool:
    # both sides times the entering speed, so that no time of arrival is ever divided out
    driven = entering_m + (start_s - clearing.crossing_s) * entering_m_s
    if driven < 0:
        return False  # it would arrive before the last one has even passed the stop line
    return clearing.speed_m_s * driven >= (clearing_m + clearing.length_m) * entering_m_s
