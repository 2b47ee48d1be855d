"""When a study has enough pairs.

The rule looks at the pairs of the first k seeds, k = n_min, n_min + look_every, ... n_max, each time only when all runs
of these seeds have ended, and stops at the first k at which the interval of the main figure's difference is narrow
enough for every variant.  Runs of later seeds that are done by then do not count, so that the answer is the same with
any number of workers.

Looking repeatedly has its price: a study tends to stop where the runs so far happen to lie close together, and the
interval it reports then holds the true difference a little less often than it says.  With normal differences, n_min = 5
and n_max = 30, an interval of 95 % holds it in 92 % (the worst width to stop at) to 95 % of studies, whether it looks
after each seed or each fifth; with n_min = 3 in 90 %.  A study with n_min = n_max has no such loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from simulator.study.intervals import CONFIDENCE, compare
from traffic_core import require
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    FiguresBySeed: TypeAlias = Mapping[int, Mapping[str, float | None]]

StoppedBecause: TypeAlias = Literal["narrow_enough", "all_seeds_done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """Numbers of pairs and the width to reach."""

    figure: str = "mean_delay_s"
    n_min: int = 5
    n_max: int = 30
    look_every: int = 1
    floor: float = 1.0
    """Half width that is always narrow enough, in the unit of the figure."""
    share: float = 0.05
    """Half width that is narrow enough, as a share of the base's mean."""
    confidence: float = CONFIDENCE

    def __post_init__(self) -> None:
        if self.n_min < 1:
            raise InvalidValueError("n_min", self.n_min, "must be an integer of at least 1")
        if self.n_max < self.n_min:
            raise InvalidValueError("n_max", self.n_max, f"must be at least n_min = {self.n_min}")
        if self.look_every < 1:
            raise InvalidValueError("look_every", self.look_every, "must be an integer of at least 1")
        require.not_negative("floor", self.floor)
        require.not_negative("share", self.share)
        require.between("confidence", self.confidence, 0.5, 0.9999)

    def looks_at(self, count: int) -> bool:
        """Whether the rule is asked after this many seeds."""
        return count >= self.n_max or (count >= self.n_min and (count - self.n_min) % self.look_every == 0)

    def verdict(
        self, base: FiguresBySeed, variants: Sequence[FiguresBySeed], seeds: Sequence[int]
    ) -> StoppedBecause | None:
        """Why to stop after these seeds, the first ones of the study; None to go on.

        A study without variants has nothing to be narrow and goes on to n_max.
        """
        if not self.looks_at(len(seeds)):
            return None
        if variants and all(self.narrow(base, variant, seeds) for variant in variants):
            return "narrow_enough"
        return "all_seeds_done" if len(seeds) >= self.n_max else None

    def narrow(self, base: FiguresBySeed, variant: FiguresBySeed, seeds: Sequence[int]) -> bool:
        """Whether the interval of one variant's difference is narrow enough; never below two pairs.

        Raises
        ------
        InvalidValueError
            Where the runs do not have the figure.
        """
        half_width, limit = self.widths(base, variant, seeds)
        return half_width is not None and limit is not None and half_width <= limit

    def widths(
        self, base: FiguresBySeed, variant: FiguresBySeed, seeds: Sequence[int]
    ) -> tuple[float | None, float | None]:
        """Half width of the interval, and what it has to reach; None where there is none yet."""
        both = [seed for seed in seeds if seed in base and seed in variant]
        for seed in both:
            if self.figure not in base[seed]:
                raise InvalidValueError("figure", self.figure, f"must be one of {', '.join(sorted(base[seed]))}")
        found = compare(
            self.figure, [(base[at][self.figure], variant[at][self.figure]) for at in both], self.confidence
        )
        limit = None if found.base_mean is None else max(self.floor, self.share * abs(found.base_mean))
        return (None if found.interval is None else found.interval.half_width), limit
