"""A trained forecast: what it is made of, and what it says of features."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from parking.forecast.calendar import STEP_S
from parking.forecast.features import DELTA, FACILITY, FREE
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.parking_forecast import AHEAD

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from parking.forecast.features import Watch
    from parking.forecast.thresholds import SignThresholds
    from parking.forecast.trees import Trees

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

LEADS = (1, 2, 3, 6, 12, 24)
"""Steps ahead: 5, 10, 15, 30, 60 and 120 min."""
LEVELS = (0.01, 0.025, *(round(0.05 * twentieth, 2) for twentieth in range(1, 20)), 0.975, 0.99)
"""Dense, because the probability of a place is read off them."""
ODDS_LEADS = 3
"""The odds that no place will be free are learned for so many of the first leads, up to 15 min."""
NEAR_FULL_SHARE = 0.25
"""With more free no facility fills up within these leads, as far as the histories tell."""
LARGEST_LOG_ODDS = 30.0
HALF_PLACE = 0.5
"""Places are whole: below half a place there is none."""
CLASS_LIMITS = (0.003, 0.01, 0.02, 0.04, 0.08, 0.15)
"""Expected free shares that part the classes of the error quantiles: nearly full, filling, spacious."""
CLASSES = len(CLASS_LIMITS) + 1
LEAST_SPREAD_SHARE = 0.001
SHORTEST_LEAD_S = STEP_S * LEADS[0]


class Variant(IntEnum):
    """What the middle of a forecast rests on."""

    PERSISTENCE = 0
    PROFILE = 1
    MODEL = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForecastModel:
    """Trees and error quantiles for F facilities, H leads, Q levels."""

    facility_ids: tuple[str, ...]
    capacity_veh: Integers
    """(F,) capacities that the shares were taken of."""
    leads: tuple[int, ...]
    """(H,) steps of 5 min."""
    levels: tuple[float, ...]
    """(Q,)"""
    half_life_weeks: float
    timezone: str
    holidays: str
    """Which holidays count as Sundays: `BW` or `none`."""
    middle: tuple[Trees, ...]
    """(H,) what is to be added to the profile delta."""
    spread: tuple[Trees, ...]
    """(H,) median size of the error that is left."""
    variant: Integers
    """(F, H) `Variant` that won on the validation part."""
    error_quantiles: Floats
    """(F, H, CLASSES, Q) quantiles of the error in units of the spread."""
    odds: tuple[Trees, ...]
    """(`ODDS_LEADS`,) natural logarithm of the odds that no place is free; without trees where nothing fills up."""
    fills_up: NDArray[np.bool_]
    """(F,) facilities for which the odds were learned."""
    thresholds: SignThresholds
    watch: Watch
    """As it stood at the end of the training history."""
    trained_to_s: float

    def __post_init__(self) -> None:
        facilities, leads = len(self.facility_ids), len(self.leads)
        rises = bool(self.leads) and list(self.leads) == sorted(set(self.leads))
        if not rises or self.leads[0] < 1 or self.leads[-1] > AHEAD // 2:
            raise InvalidValueError("model.leads", self.leads, f"must rise, from 1 to {AHEAD // 2} steps")
        if len(self.middle) != leads or len(self.spread) != leads:
            raise InvalidValueError("model.trees", len(self.middle), f"must be given for {leads} leads")
        for name, array, shape in (
            ("variant", self.variant, (facilities, leads)),
            ("fills_up", self.fills_up, (facilities,)),
            ("error_quantiles", self.error_quantiles, (facilities, leads, CLASSES, len(self.levels))),
            ("profile", self.watch.profile, (facilities, self.watch.profile.shape[1])),
        ):
            if array.shape != shape:
                raise InvalidValueError(f"model.{name}.shape", array.shape, f"must be {shape}")

    @property
    def lead_steps(self) -> Integers:
        """(H,) leads as an array."""
        return np.array(self.leads, np.int64)

    def quantiles(
        self, features: Floats, lead: int, stretch: Floats | None = None, capacity_veh: Floats | None = None
    ) -> Floats:
        """(N, Q) quantiles of the free share for (N, K) features, all of the lead numbered `lead`.

        stretch : (F, H) factors of the width (see `parking.forecast.adaption`); None: as trained
        capacity_veh : (F,) capacities that the shares are taken of now; None: those of the training
        """
        facility = features[:, FACILITY].astype(np.int64)
        middle = self.middles(features, lead)
        spread = self.spreads(features, lead)
        if stretch is not None:
            spread *= stretch[facility, lead]
        of_class = np.searchsorted(CLASS_LIMITS, middle, side="right")
        errors = self.error_quantiles[facility, lead, of_class]
        shares = np.clip(middle[:, None] + spread[:, None] * errors, 0.0, 1.0)
        one_place = 1.0 / (self.capacity_veh if capacity_veh is None else capacity_veh)[facility]
        return self._with_odds(shares, features, one_place, lead)

    def _with_odds(self, shares: Floats, features: Floats, one_place: Floats, lead: int) -> Floats:
        """Quantiles that agree with the odds of no free place, where these were learned."""
        if lead >= len(self.odds) or self.odds[lead].leaf.shape[0] == 0:
            return shares
        facility = features[:, FACILITY].astype(np.int64)
        near = np.flatnonzero(self.fills_up[facility] & (features[:, FREE] < NEAR_FULL_SHARE))
        if near.size:
            log_odds = np.clip(self.odds[lead].read(features[near]), -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
            p_full = 1.0 / (1.0 + np.exp(-log_odds))
            shares[near] = with_full(shares[near], self.levels, HALF_PLACE * one_place[near], p_full)
        return shares

    def middles(self, features: Floats, lead: int) -> Floats:
        """(N,) middle of the forecast by the variant of each facility, free share."""
        variant = self.variant[features[:, FACILITY].astype(np.int64), lead]
        free = features[:, FREE]
        middle: Floats = np.where(variant == Variant.PERSISTENCE, free, np.clip(free + features[:, DELTA], 0.0, 1.0))
        by_trees = np.flatnonzero(variant == Variant.MODEL)
        if by_trees.size:
            middle[by_trees] = np.clip(middle[by_trees] + self.middle[lead].read(features[by_trees]), 0.0, 1.0)
        return middle

    def spreads(self, features: Floats, lead: int) -> Floats:
        """(N,) usual size of the error, free share."""
        return spreads(features, self.spread[lead])


def with_full(quantiles: Floats, levels: tuple[float, ...], half_place: Floats, p_full: Floats) -> Floats:
    """(N, Q) quantiles whose probability of less than (N,) half a place is (N,) `p_full`.

    Levels up to p, `p_full`, are 0.  A level l above it takes the quantile of the same rank among the outcomes with a
    place, F + (1 - F) (l - p) / (1 - p) with F the former probability of none, and at least one whole place.  The first
    of them is drawn in so far that reading the probability off linearly gives p again, where that lies nearer.
    """
    level = np.array(levels)
    before = 1.0 - probability_above(quantiles, levels, half_place)
    p = p_full[:, None]
    rank = before[:, None] + (1.0 - before[:, None]) * (level - p) / np.maximum(1.0 - p, 1e-12)
    upper = np.clip(np.searchsorted(level, rank, side="right"), 1, level.size - 1)
    share = np.clip((rank - level[upper - 1]) / (level[upper] - level[upper - 1]), 0.0, 1.0)
    low, high = (np.take_along_axis(quantiles, place, axis=1) for place in (upper - 1, upper))
    moved = np.maximum(low + share * (high - low), half_place[:, None] / HALF_PLACE)
    moved[level <= p] = 0.0
    first = (level <= p).sum(axis=1)
    row = np.flatnonzero((first > 0) & (first < level.size))
    above, below = level[first[row]], level[first[row] - 1]
    exact = half_place[row] * (above - below) / np.maximum(p_full[row] - below, 1e-9)
    moved[row, first[row]] = np.minimum(moved[row, first[row]], exact)
    return np.maximum.accumulate(moved, axis=1)


def probability_above(quantiles: Floats, levels: tuple[float, ...], limit: Floats) -> Floats:
    """(N,) probability of more than (N,) limits by (N, Q) quantiles, linear between levels, as `Forecasts` tells it."""
    below = (quantiles <= limit[:, None]).sum(axis=1)
    upper = np.clip(below, 1, len(levels) - 1)
    row = np.arange(quantiles.shape[0])
    low, high = quantiles[row, upper - 1], quantiles[row, upper]
    between = (below > 0) & (below < len(levels))
    share = np.where(between, limit - low, 0.0) / np.where(between, high - low, 1.0)
    level = np.array(levels)
    inside = 1.0 - (level[upper - 1] + share * (level[upper] - level[upper - 1]))
    probability: Floats = np.where(below == 0, 1.0, np.where(below == len(levels), 0.0, inside))
    return probability


def middles(features: Floats, trees: Trees) -> Floats:
    """(3, N) middles by `Variant`, within 0 and 1."""
    free = features[:, FREE]
    profile = np.clip(free + features[:, DELTA], 0.0, 1.0)
    return np.stack([free, profile, np.clip(profile + trees.read(features), 0.0, 1.0)])


def spreads(features: Floats, trees: Trees) -> Floats:
    """(N,) median size of the error by the trees, not below `LEAST_SPREAD_SHARE`."""
    return np.maximum(trees.read(features), LEAST_SPREAD_SHARE)
