"""One calibration: an estimate from some counts, judged by these and by the ones held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from traffic_core.calibration.day_fit import mean_fits, peak_fits
from traffic_core.calibration.estimation import Limits, SoftSums, estimate, modelled, share_rows
from traffic_core.calibration.fit import CountFit, FitReport
from traffic_core.calibration.pairs import Pairs
from traffic_core.calibration.slices import TownDay
from traffic_core.demand import DayType
from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from traffic_core.assignment.town import Approach
    from traffic_core.calibration.estimation import Estimated, Loaded
    from traffic_core.calibration.observations import Observation
    from traffic_core.demand import Demand
    from traffic_core.network import Network


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What an estimate from some of the counts comes to."""

    estimated: Estimated
    peak: FitReport
    """One fit for each observation, in their order."""
    mean: FitReport
    """One fit for each count."""
    unused: tuple[str, ...]
    """Counts on links that no path uses, neither with the prior nor with the estimate."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A town, its prior demand and its counts; estimates differ only in the counts that they may see."""

    day: TownDay
    pairs: Pairs
    observations: tuple[Observation, ...]
    link_row: Mapping[str, int]
    course: tuple[float, ...]
    """Trips of the prior in each of the 24 hours."""
    limits: Limits
    wishes: SoftSums
    symmetric: bool = False
    """Whether a pair and its way back change by one factor."""

    @staticmethod
    def of(
        network: Network,
        demand: Demand,
        observations: Sequence[Observation],
        *,
        gap: float = 1e-5,
        limits: Limits | None = None,
        wishes: Callable[[Pairs], SoftSums] | None = None,
        symmetric: bool = False,
        approaches: Mapping[str, Approach] | None = None,
        on_hour: Callable[[], None] | None = None,
    ) -> Study:
        """Make the 24 problems of the day; `on_hour` is called after each hour that was assigned.

        Raises
        ------
        InvalidValueError
            Where there is no count, or no trip.
        """
        pairs = Pairs.of(demand)
        if not observations:
            raise InvalidValueError("counts", 0, "must be at least one")
        if not pairs.ends:
            raise InvalidValueError("demand", 0, "must hold trips: an estimate scales those of its prior")
        links = tuple(dict.fromkeys(each.link_id for each in observations))
        return Study(
            day=TownDay.of(network, demand, pairs, links, gap=gap, approaches=approaches, on_hour=on_hour),
            pairs=pairs,
            observations=tuple(observations),
            link_row={link_id: row for row, link_id in enumerate(links)},
            course=demand.total_veh_h(DayType.WEEKDAY),
            limits=limits or Limits(),
            wishes=wishes(pairs) if wishes else SoftSums.none(len(pairs.ends)),
            symmetric=symmetric,
        )

    def prior_fit(self) -> FitReport:
        """The prior against all counts."""
        veh = modelled(self.day(self.pairs.veh), self.observations, self.link_row)
        return FitReport.of(peak_fits(self.observations, veh, self.course, ()))

    def modelled_veh(self, loaded: Loaded) -> tuple[float, ...]:
        """Vehicles of the model where and when each observation was made."""
        return tuple(modelled(loaded, self.observations, self.link_row).tolist())

    def without(self, held_out: Collection[str]) -> Outcome:
        """Estimate from all counts but those whose ids are held out."""
        used = [each for each in self.observations if each.count_id not in held_out]
        found = estimate(
            self.day,
            self.pairs.veh,
            used,
            self.link_row,
            limits=self.limits,
            wishes=self.wishes,
            tied=self.pairs.there_and_back() if self.symmetric else None,
        )
        veh = modelled(found.after, self.observations, self.link_row)
        seen = self._seen(found.before) | self._seen(found.after)
        return Outcome(
            estimated=found,
            peak=FitReport.of(peak_fits(self.observations, veh, self.course, held_out)),
            mean=FitReport.of(mean_fits(self.observations, veh, held_out)),
            unused=tuple(
                dict.fromkeys(each.count_id for each, used in zip(self.observations, seen, strict=True) if not used)
            ),
        )

    def cross_validated(self, parts: Sequence[frozenset[str]]) -> tuple[CountFit, ...]:
        """Hold out one part after the other; the fits of what was held out, in the order of the observations."""
        fits: dict[int, CountFit] = {}
        for part in parts:
            outcome = self.without(part)
            fits |= {place: fit for place, fit in enumerate(outcome.peak.fits) if fit.held_out}
        return tuple(fits[place] for place in sorted(fits))

    def _seen(self, loaded: Loaded) -> NDArray[np.bool_]:
        total: NDArray[np.float64] = share_rows(loaded, self.observations, self.link_row).sum(axis=1)
        return total > 0.0
