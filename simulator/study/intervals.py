"""What the runs of a scenario, or the pairs of base and variant with the same seed, say of a figure.

Runs with different seeds are independent draws; base and variant with the same seed are not, and their differences vary
less than either.  For differences d_1 ... d_n with mean m and standard deviation s (divisor n - 1), the interval is
m ± t(n-1, (1+c)/2) · s/√n with confidence c, and p = 2 (1 - F(|m| √n / s)), with the quantile t and the distribution
F of Student's t with n - 1 degrees of freedom (Student, Biometrika 6, 1908).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIDENCE = 0.95
SAME_SHARE = 1e-9
"""A pair whose values differ by less than this share of the larger one differs by rounding only: by nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Confidence interval of a mean."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its width."""
        return (self.high - self.low) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure of one scenario over its runs."""

    figure: str
    runs: int
    """In which the figure is defined."""
    undefined: int
    """Runs in which it is None; they are left out."""
    mean: float | None
    """None without a run."""
    interval: Interval | None
    """None below two runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A figure of a variant minus that of the base, over pairs with the same seed."""

    figure: str
    pairs: int
    """In which both are defined."""
    undefined: int
    """Pairs in which one of them is None; they are left out."""
    base_mean: float | None
    variant_mean: float | None
    difference: float | None
    """Mean of the differences; None without a pair."""
    relative: float | None
    """Difference as a share of the base's mean; None where that is 0."""
    interval: Interval | None
    """Of the difference; None below two pairs."""
    p_value: float | None
    excludes_zero: bool
    """Whether the interval excludes 0: significant if this were the only figure looked at."""
    significant: bool
    """Whether it still is with all figures but the main one looked at together (Holm)."""
    unchanged: bool
    """Whether base and variant agree in every pair."""


def estimate(figure: str, values: Sequence[float | None], confidence: float = CONFIDENCE) -> Estimate:
    """Mean and interval of the values of one figure, one per run, in the order of the seeds."""
    defined = [value for value in values if value is not None]
    mean, interval, _ = _mean_interval_p(defined, confidence)
    return Estimate(
        figure=figure, runs=len(defined), undefined=len(values) - len(defined), mean=mean, interval=interval
    )


def compare(
    figure: str, pairs: Sequence[tuple[float | None, float | None]], confidence: float = CONFIDENCE
) -> Comparison:
    """Difference of one figure over pairs (base, variant), in the order of the seeds, as if it were the only one."""
    defined = [(base, variant) for base, variant in pairs if base is not None and variant is not None]
    differences = [_difference(base, variant) for base, variant in defined]
    difference, interval, p_value = _mean_interval_p(differences, confidence)
    base_mean = math.fsum(base for base, _ in defined) / len(defined) if defined else None
    variant_mean = math.fsum(variant for _, variant in defined) / len(defined) if defined else None
    excludes_zero = interval is not None and not interval.low <= 0.0 <= interval.high
    return Comparison(
        figure=figure,
        pairs=len(defined),
        undefined=len(pairs) - len(defined),
        base_mean=base_mean,
        variant_mean=variant_mean,
        difference=difference,
        relative=difference / abs(base_mean) if difference is not None and base_mean else None,
        interval=interval,
        p_value=p_value,
        excludes_zero=excludes_zero,
        significant=excludes_zero,
        unchanged=bool(defined) and not any(differences),
    )


def compare_all(
    base: Mapping[int, Mapping[str, float | None]],
    variant: Mapping[int, Mapping[str, float | None]],
    confidence: float = CONFIDENCE,
    main: str | None = None,
) -> dict[str, Comparison]:
    """Every figure of a variant against the base, by name, sorted; `base` and `variant` are figures by seed.

    Seeds that only one of them has are left out.  For `significant` the figure `main`, which was named beforehand, is
    judged alone; the others are one family.

    Raises
    ------
    InvalidValueError
        Where runs have different figures.
    """
    seeds = sorted(base.keys() & variant.keys())
    names = sorted(base[seeds[0]]) if seeds else []
    for seed in seeds:
        for run in (base[seed], variant[seed]):
            if sorted(run) != names:
                raise InvalidValueError(f"figures[seed {seed}]", sorted(run), f"must be {names} as in the other runs")
    single = {name: compare(name, [(base[at][name], variant[at][name]) for at in seeds], confidence) for name in names}
    held = holm({name: one.p_value for name, one in single.items() if name != main}, 1.0 - confidence) | {main}
    return {name: replace(one, significant=one.excludes_zero and name in held) for name, one in single.items()}


def holm(p_values: Mapping[str, float | None], level: float = 1.0 - CONFIDENCE) -> frozenset[str]:
    """Names whose p value holds when all are looked at together: the chance of any false one is at most `level`.

    The smallest of m p values is held against level/m, the next against level/(m-1) and so on, until one fails
    (Holm, Scandinavian Journal of Statistics 6, 1979).  Names without a p value do not count.
    """
    ordered = sorted((value, name) for name, value in p_values.items() if value is not None)
    held: list[str] = []
    for rank, (value, name) in enumerate(ordered):
        if value > level / (len(ordered) - rank):
            break
        held.append(name)
    return frozenset(held)


def _difference(base: float, variant: float) -> float:
    difference = variant - base
    return 0.0 if abs(difference) <= SAME_SHARE * max(abs(base), abs(variant)) else difference


def _mean_interval_p(values: Sequence[float], confidence: float) -> tuple[float | None, Interval | None, float | None]:
    require.between("confidence", confidence, 0.5, 0.9999)
    count = len(values)
    if count == 0:
        return None, None, None
    mean = math.fsum(values) / count
    if count == 1:
        return mean, None, None
    if min(values) == max(values):  # whatever does not vary at all is certain
        return values[0], Interval(low=values[0], high=values[0]), 0.0 if values[0] else 1.0
    scale = max(map(abs, values))  # keeps squares of tiny differences from vanishing
    standard_error = scale * float(np.std(np.array(values) / scale, ddof=1)) / math.sqrt(count)
    half_width = float(stdtrit(count - 1, 0.5 + confidence / 2)) * standard_error
    p_value = 2.0 * float(stdtr(count - 1, -abs(mean) / standard_error))
    return mean, Interval(low=mean - half_width, high=mean + half_width), p_value
