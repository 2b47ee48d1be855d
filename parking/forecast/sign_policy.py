"""How honest a sign is to drivers who arrive 10 min after they read it, under several rules for what it says.

One driver arrives at every step of 5 min for which the number of free places is known both when the sign was read and
on arrival.  *Full* is a facility without any free place.  *Sent to full* is the share of those who find it full that
had read "free"; *wrongly full* the share of those who find a place that had read "full"; a *flip* is a change between
both.  A facility *fills up* if it is full in at least `FILLS_UP_SHARE` of the known steps of the first 80 % of the
training part, on which the odds are learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from parking.forecast.model import HALF_PLACE
from parking.forecast.thresholds import SignThresholds
from parking.persistence import sigma_veh

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

LEAD_STEPS = 2
FILLS_UP_SHARE = 0.005
STEPS_PER_DAY = 288
AIM = (0.036, 0.011, 1.3)
"""Sent to full, wrongly full, flips a day: what thresholds are chosen to reach."""
FULL_BELOW = tuple(round(0.05 * step, 2) for step in range(4, 20))
FREE_ABOVE = (*(round(0.05 * step, 2) for step in range(8, 20)), 0.97, 0.98, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCounts:
    """What drivers met; counts add up over facilities."""

    at_full: int = 0
    sent_to_full: int = 0
    at_free: int = 0
    wrongly_full: int = 0
    flips: int = 0
    days: float = 0.0

    def __add__(self, other: SignCounts) -> SignCounts:
        return SignCounts(
            at_full=self.at_full + other.at_full,
            sent_to_full=self.sent_to_full + other.sent_to_full,
            at_free=self.at_free + other.at_free,
            wrongly_full=self.wrongly_full + other.wrongly_full,
            flips=self.flips + other.flips,
            days=self.days + other.days,
        )

    @property
    def shares(self) -> tuple[float, float, float]:
        """Sent to full, wrongly full, flips a day."""
        return (
            self.sent_to_full / max(self.at_full, 1),
            self.wrongly_full / max(self.at_free, 1),
            self.flips / max(self.days, 1e-9),
        )


def fills_up(free_share: Floats, capacity_veh: float) -> bool:
    """Whether a facility is among those that signs are judged on."""
    known = np.isfinite(free_share)
    full = free_share[known] * capacity_veh < HALF_PLACE
    return bool(known.any() and full.mean() >= FILLS_UP_SHARE)


def hysteresis(says_full: Flags, says_free: Flags) -> Flags:
    """(T,) whether the sign says full, where it changes only at steps that say so; free at first."""
    last_full = np.maximum.accumulate(np.where(says_full, np.arange(says_full.size), -1))
    last_free = np.maximum.accumulate(np.where(says_free, np.arange(says_free.size), -1))
    full: Flags = last_full > last_free
    return full


def count(sign_full: Flags, free_share: Floats, capacity_veh: float, known: Flags) -> SignCounts:
    """Count arrivals for (T,) signs; `known` marks steps at which the sign rests on data."""
    arrival = np.full(free_share.size, np.nan)
    arrival[:-LEAD_STEPS] = free_share[LEAD_STEPS:]
    judged = known & np.isfinite(arrival)
    full = judged & (arrival * capacity_veh < HALF_PLACE)
    free = judged & ~full
    return SignCounts(
        at_full=int(full.sum()),
        sent_to_full=int((full & ~sign_full).sum()),
        at_free=int(free.sum()),
        wrongly_full=int((free & sign_full).sum()),
        flips=int((sign_full[1:] != sign_full[:-1]).sum()),
        days=float(known.sum()) / STEPS_PER_DAY,
    )


def baselines(free_share: Floats, capacity_veh: float) -> dict[str, SignCounts]:
    """Rules that look at the present number only: any place free, over 3 %, hysteresis at 2 and 4 % of the capacity."""
    known = np.isfinite(free_share)
    free = np.where(known, free_share, np.inf)
    some = np.where(known, free_share, -np.inf)
    half = HALF_PLACE / capacity_veh
    rules = {
        "naive": hysteresis(free < half, some >= half),
        "threshold_3": hysteresis(free <= 0.03, some > 0.03),
        "hysteresis_2_4": hysteresis(free <= 0.02, some >= 0.04),
    }
    return {name: count(sign, free_share, capacity_veh, known) for name, sign in rules.items()}


def learned(p_free: Floats, free_share: Floats, capacity_veh: float, thresholds: SignThresholds) -> SignCounts:
    """Hysteresis on the probability of a place on arrival, (T,); where it is NaN, hysteresis at 2 and 4 %."""
    known = np.isfinite(free_share)
    expected = known & np.isfinite(p_free)
    p = np.where(expected, p_free, 0.0)
    free = np.where(known, free_share, 0.0)
    sign = hysteresis(
        known & np.where(expected, p <= thresholds.full_below_share, free <= 0.02),
        known & np.where(expected, p >= thresholds.free_above_share, free >= 0.04),
    )
    return count(sign, free_share, capacity_veh, known)


def persistence_p_free(free_share: Floats, capacity_veh: float) -> Floats:
    """(T,) probability of a place on arrival if the number stays as it is, with the error that has been measured."""
    sigma = max(sigma_veh(300.0 * LEAD_STEPS, capacity_veh), 1e-9)
    p_free: Floats = ndtr((free_share * capacity_veh - HALF_PLACE) / sigma)
    return p_free


def learn_thresholds(facilities: Iterable[tuple[Floats, Floats, float]]) -> SignThresholds:
    """Thresholds whose worst figure is best over all facilities: (p_free, free_share, capacity) of training data.

    Figures count relative to `AIM`; wrongly full and flips to what hysteresis at 2 and 4 % reaches on the same data
    where that is worse.  Being sent to a full garage is never excused like that.
    Of equals the first in rising order; the default where no facility is given or none is ever full.
    """
    given = list(facilities)
    usual = SignCounts()
    for _, free_share, capacity_veh in given:
        usual += baselines(free_share, capacity_veh)["hysteresis_2_4"]
    if usual.at_full == 0:
        return SignThresholds()
    wanted = [AIM[0], *(max(aim, share) for aim, share in zip(AIM[1:], usual.shares[1:], strict=True))]
    best, found = np.inf, SignThresholds()
    for below in FULL_BELOW:
        for above in FREE_ABOVE:
            if above < below:
                continue
            tried = SignThresholds(full_below_share=below, free_above_share=above)
            counts = SignCounts()
            for of in given:
                counts += learned(*of, tried)
            worst = max(share / limit for share, limit in zip(counts.shares, wanted, strict=True))
            if worst < best:
                best, found = worst, tried
    return found
