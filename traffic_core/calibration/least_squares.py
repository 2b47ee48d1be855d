"""Generalised least squares with bounds, for few observations of many unknowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ITERATIONS = 200
SUFFICIENT_DECREASE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """The minimiser and how it was found."""

    values: NDArray[np.float64]
    """(P,) within the bounds."""
    at_bound: NDArray[np.bool_]
    """(P,) whether the bound holds the value back."""
    iterations: int


def bounded_least_squares(
    share: sparse.csr_array,
    observed: NDArray[np.float64],
    observed_variance: NDArray[np.float64],
    prior: NDArray[np.float64],
    prior_variance: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    tolerance: float = 1e-10,
) -> Estimate:
    """Minimise sum (observed - share q)² / observed_variance + sum (q - prior)² / prior_variance in low <= q <= high.

    `share` (K, P), `observed` and its variance (K,), the rest (P,).  A prior variance of 0 holds a value at its prior.
    The estimator is that of Cascetta (1984), Transportation Research B 18, 289-299, with the bounds of Bell (1991),
    Transportation Research B 25, 13-22.  It is solved exactly in the K multipliers of the observations: with r the
    standardised residual, B the standardised share and clip(B' r) the standardised change, r solves
    r + B clip(B' r) = d, the gradient of a strictly convex, piecewise quadratic function.  Newton steps on its pieces
    (Qi and Sun 1993, Mathematical Programming 58, 353-367) with Armijo step lengths end after a few systems of
    the smaller of K and P equations.

    Raises
    ------
    InvalidValueError
        Where a variance is negative (of an observation: not above 0), bounds do not hold the prior, or a number is not
        finite.
    """
    _require(share, observed, observed_variance, prior, prior_variance, low, high)
    spread = np.sqrt(prior_variance)
    weight = 1.0 / np.sqrt(observed_variance)
    standard = sparse.diags_array(weight) @ share @ sparse.diags_array(spread)
    gap = weight * (observed - share @ prior)
    safe = np.where(spread > 0.0, spread, 1.0)
    bottom, top = (low - prior) / safe, (high - prior) / safe
    residual, iterations = _newton(standard.tocsr(), gap, bottom, top, tolerance)
    wish = standard.T @ residual
    change = np.clip(wish, bottom, top)
    values = np.clip(prior + spread * change, low, high)
    return Estimate(values=values, at_bound=(wish < bottom) | (wish > top), iterations=iterations)


def _newton(
    standard: sparse.csr_array,
    gap: NDArray[np.float64],
    bottom: NDArray[np.float64],
    top: NDArray[np.float64],
    tolerance: float,
) -> tuple[NDArray[np.float64], int]:
    """Solve r + B clip(B' r) = d for r (K,)."""
    residual = np.zeros_like(gap)
    limit = tolerance * max(1.0, float(np.linalg.norm(gap)))
    for iteration in range(MAX_ITERATIONS):
        wish = standard.T @ residual
        clipped = np.clip(wish, bottom, top)
        slope = residual + standard @ clipped - gap
        if float(np.linalg.norm(slope)) <= limit:
            return residual, iteration
        step = -_solved(standard[:, (wish > bottom) & (wish < top)], slope)
        height, descent = _height(wish, clipped, residual, gap), float(slope @ step)
        length = 1.0
        while length > 1e-12:
            ahead = residual + length * step
            wish = standard.T @ ahead
            if _height(wish, np.clip(wish, bottom, top), ahead, gap) <= height + SUFFICIENT_DECREASE * length * descent:
                break
            length *= 0.5
        residual = residual + length * step
    raise InvalidValueError("iterations", MAX_ITERATIONS, "must suffice for the bounded least squares")


def _solved(free: sparse.csr_array, right: NDArray[np.float64]) -> NDArray[np.float64]:
    """X of (I + F F') x = right, in the smaller of the two dimensions of F (Woodbury's identity)."""
    rows, columns = free.shape
    solution: NDArray[np.float64]
    if rows <= columns:
        solution = np.linalg.solve(np.eye(rows) + (free @ free.T).toarray(), right)
    else:
        solution = right - free @ np.linalg.solve(np.eye(columns) + (free.T @ free).toarray(), free.T @ right)
    return solution


def _height(
    wish: NDArray[np.float64], clipped: NDArray[np.float64], residual: NDArray[np.float64], gap: NDArray[np.float64]
) -> float:
    """Dual function whose gradient is r + B clip(B' r) - d."""
    return float(0.5 * residual @ residual + (clipped * (wish - 0.5 * clipped)).sum() - gap @ residual)


def _require(
    share: sparse.csr_array,
    observed: NDArray[np.float64],
    observed_variance: NDArray[np.float64],
    prior: NDArray[np.float64],
    prior_variance: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    if share.shape != (observed.size, prior.size):
        raise InvalidValueError("share", share.shape, f"must have the shape ({observed.size}, {prior.size})")
    named = (
        ("observed", observed, np.isfinite(observed)),
        ("observed_variance", observed_variance, np.isfinite(observed_variance) & (observed_variance > 0.0)),
        ("prior", prior, np.isfinite(prior) & (low <= prior) & (prior <= high)),
        ("prior_variance", prior_variance, np.isfinite(prior_variance) & (prior_variance >= 0.0)),
    )
    for name, values, good in named:
        if not good.all():
            at = int(np.argmin(good))
            limit = "must be finite, variances not negative (of observations above 0) and priors within their bounds"
            raise InvalidValueError(f"{name}[{at}]", float(values[at]), limit)
    if not np.isfinite(share.data).all():
        raise InvalidValueError("share", "not finite", "must hold finite numbers")
