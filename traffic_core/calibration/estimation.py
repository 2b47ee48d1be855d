"""Trips between pairs of zones from counts, a prior and an assignment that says who passes where.

Upper level: generalised least squares between counts and prior with bounds around the prior (Cascetta 1984; Bell 1991;
see `least_squares`).  Lower level: user equilibrium.  The two are joined as a fixed point (Cascetta and Postorino 2001,
Fixed point approaches to the estimation of O/D matrices using traffic counts on congested networks, Transportation
Science 35, 134-147): the shares of each pair's trips that pass each counted link are taken from an assignment, the
trips estimated with them are assigned, and so on.  Shares are averaged over the iterations with self-regulated steps
(Liu, He and He 2009, Method of successive weighted averages and self-regulated averaging schemes, Networks and Spatial
Economics 9, 485-503): nearly full ones as long as forecast and assignment approach each other.  The gradient method of
Spiess (1990) was not taken: there the number of steps decides how far the prior is left, here variances and bounds do.

The unknowns are the vehicles of a weekday of each pair of zones with trips in the prior.  A pair without stays without.
All purposes of a pair change by the same factor: counts do not tell purposes apart.  Pairs can be tied together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import sparse

from traffic_core import require
from traffic_core.calibration.fit import geh
from traffic_core.calibration.least_squares import bounded_least_squares
from traffic_core.demand import HOURS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from traffic_core.calibration.least_squares import Estimate
    from traffic_core.calibration.observations import Observation

SLOW_DOWN, KEEP_UP = 1.8, 0.1
"""What is added to the reciprocal of the step where forecast and assignment came apart, and where they came closer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """What an assignment of the whole day says of C links."""

    hourly_share: tuple[sparse.csr_array, ...]
    """For each of 24 hours (C, P): vehicles on the link in that hour for each vehicle a day of the pair."""
    hourly_veh: NDArray[np.float64]
    """(24, C) vehicles on the link."""


class Load(Protocol):
    """Assigns the vehicles of a day of each pair, (P,)."""

    def __call__(self, pair_veh: NDArray[np.float64], /) -> Loaded:
        """Equilibrium of all hours."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far an estimate may leave its prior, and when it is done."""

    low: float = 0.2
    high: float = 5.0
    """Bounds of a pair as multiples of its prior."""
    prior_error_share: float = 2.0
    """Standard error of a pair of 100 vehicles a day; the variance grows with the pair, so that of one of 10,000 is a
    tenth of it, and pairs seen by the same counts change by the same factor."""
    fixed_point_geh: float = 0.1
    """Done when assigned flows differ from those that the estimate foresaw by no more than this, per mean hour."""
    max_iterations: int = 20

    def __post_init__(self) -> None:
        require.between("low", self.low, 0.0, 1.0)
        require.between("high", self.high, 1.0, 1_000.0)
        require.between("prior error", self.prior_error_share, 1e-6, 1e3)
        require.positive("fixed point", self.fixed_point_geh)
        require.between("iterations", self.max_iterations, 1, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoftSums:
    """Weighted sums of pairs that are wished for: S rows such as the structure of the trips."""

    weight: sparse.csr_array
    """(S, P)."""
    wanted: NDArray[np.float64]
    variance: NDArray[np.float64]

    @staticmethod
    def of(weight: NDArray[np.float64], wanted: NDArray[np.float64], variance: NDArray[np.float64]) -> SoftSums:
        """From a full table of weights, (S, P)."""
        return SoftSums(weight=sparse.csr_array(weight), wanted=wanted, variance=variance)

    @staticmethod
    def none(pairs: int) -> SoftSums:
        """No wish."""
        return SoftSums(weight=sparse.csr_array((0, pairs)), wanted=np.zeros(0), variance=np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimated:
    """Trips that meet the counts, and how they were found."""

    pair_veh: NDArray[np.float64]
    at_bound: NDArray[np.bool_]
    """(P,) whether a bound holds the pair back."""
    before: Loaded
    """The prior, assigned."""
    after: Loaded
    iterations: int
    converged: bool
    foreseen_geh: float
    """Largest difference between foreseen and assigned flows at the end, GEH of a mean hour."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Problem:
    """Everything that stays the same from one iteration to the next."""

    observations: Sequence[Observation]
    link_row: Mapping[str, int]
    prior: NDArray[np.float64]
    limits: Limits
    wishes: SoftSums
    counted: NDArray[np.float64]
    variance: NDArray[np.float64]
    hours: NDArray[np.float64]
    prior_variance: NDArray[np.float64]
    spread: sparse.csr_array
    """(P, U) share of each pair in the prior of its unknown: pairs that are tied together are one."""

    def solved(self, share: sparse.csr_array) -> Estimate:
        """Best trips for the shares of one iteration.

        Since the variance of a pair is proportional to its prior, tied pairs are a pair of their summed prior.
        """
        prior = self.spread.astype(np.bool_).T @ self.prior
        found = bounded_least_squares(
            (sparse.vstack([share, self.wishes.weight]) @ self.spread).tocsr(),
            np.concatenate([self.counted, self.wishes.wanted]),
            np.concatenate([self.variance, self.wishes.variance]),
            prior,
            self.spread.astype(np.bool_).T @ self.prior_variance,
            self.limits.low * prior,
            self.limits.high * prior,
        )
        at_bound = self.spread.astype(np.bool_) @ found.at_bound
        return replace(found, values=self.spread @ found.values, at_bound=at_bound)

    def height(self, pair_veh: NDArray[np.float64], there: NDArray[np.float64]) -> float:
        """Weighted squares of what trips and their assigned flows miss of counts, wishes and prior."""
        missed = (there - self.counted) ** 2 / self.variance
        wished = (self.wishes.weight @ pair_veh - self.wishes.wanted) ** 2 / self.wishes.variance
        moved = (pair_veh - self.prior) ** 2 / np.where(self.prior_variance > 0.0, self.prior_variance, 1.0)
        return float(missed.sum() + wished.sum() + moved.sum())


def estimate(
    load: Load,
    prior: NDArray[np.float64],
    observations: Sequence[Observation],
    link_row: Mapping[str, int],
    *,
    limits: Limits | None = None,
    wishes: SoftSums | None = None,
    tied: NDArray[np.int64] | None = None,
) -> Estimated:
    """Estimate the vehicles of a weekday of P pairs from observations on the links that `load` reports.

    `link_row` names the row of a counted link in what `load` returns.  Pairs with the same number in `tied` (P,), from
    0 on, change by one factor: there and back, for instance, because who drives out drives home.  Where the fixed point
    is not reached in the allowed iterations, the iterate that meets counts, wishes and prior best is returned, and
    `converged` says so.
    """
    limits = limits or Limits()
    problem = _Problem(
        observations=observations,
        link_row=link_row,
        prior=prior,
        limits=limits,
        wishes=wishes or SoftSums.none(prior.size),
        counted=np.array([each.veh for each in observations], dtype=np.float64),
        variance=np.array([each.variance for each in observations], dtype=np.float64),
        hours=np.array([float(HOURS) if each.hour is None else 1.0 for each in observations]),
        prior_variance=limits.prior_error_share**2 * 100.0 * prior,
        spread=_spread(prior, np.arange(prior.size) if tied is None else tied),
    )
    before = load(prior)
    share, found = share_rows(before, observations, link_row), []
    per_step, last = 1.0, np.inf
    for iteration in range(1, limits.max_iterations + 1):
        solved = problem.solved(share)
        after = load(solved.values)
        there = modelled(after, observations, link_row)
        apart = _largest_geh(share @ solved.values / problem.hours, there / problem.hours)
        estimated = Estimated(
            pair_veh=solved.values,
            at_bound=solved.at_bound,
            before=before,
            after=after,
            iterations=iteration,
            converged=apart <= limits.fixed_point_geh,
            foreseen_geh=apart,
        )
        if estimated.converged:
            return estimated
        found.append((problem.height(solved.values, there), estimated))
        per_step += (KEEP_UP if apart < last else SLOW_DOWN) if iteration > 1 else 0.0
        last = apart
        share = (share + (share_rows(after, observations, link_row) - share) / per_step).tocsr()
    return min(found, key=lambda each: each[0])[1]


def _spread(prior: NDArray[np.float64], tied: NDArray[np.int64]) -> sparse.csr_array:
    together = np.zeros(int(tied.max()) + 1)
    np.add.at(together, tied, prior)
    return sparse.csr_array((prior / together[tied], (np.arange(prior.size), tied)), shape=(prior.size, together.size))


def modelled(loaded: Loaded, observations: Sequence[Observation], link_row: Mapping[str, int]) -> NDArray[np.float64]:
    """(K,) vehicles that an assignment has where and when each observation was made."""
    by_hour = np.vstack([loaded.hourly_veh, loaded.hourly_veh.sum(axis=0)])
    return by_hour[_periods(observations), _links(observations, link_row)]


def share_rows(loaded: Loaded, observations: Sequence[Observation], link_row: Mapping[str, int]) -> sparse.csr_array:
    """(K, P) share of each pair's trips of a day that an observation sees."""
    links = loaded.hourly_veh.shape[1]
    day = sum(loaded.hourly_share[1:], start=loaded.hourly_share[0])
    stack = sparse.vstack([*loaded.hourly_share, day]).tocsr()
    return stack[_periods(observations) * links + _links(observations, link_row)]


def _periods(observations: Sequence[Observation]) -> NDArray[np.int64]:
    """Hour of each observation, 24 for the day."""
    return np.array([HOURS if each.hour is None else each.hour for each in observations], dtype=np.int64)


def _links(observations: Sequence[Observation], link_row: Mapping[str, int]) -> NDArray[np.int64]:
    return np.array([link_row[each.link_id] for each in observations], dtype=np.int64)


def _largest_geh(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return max((geh(float(x), float(y)) for x, y in zip(a, b, strict=True)), default=0.0)
