"""What the runs say a sign is worth: differences without minus with, so that what the signs save is positive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.benefit.figures import MAIN
from simulator.study.intervals import CONFIDENCE, Interval, compare, holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.study.intervals import Comparison

    Figures = Mapping[int, Mapping[str, float | None]]

_KG_T = 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What the figures of a day are multiplied with; all of them are assumptions."""

    time_eur_h: float
    """An hour of a parker, in the car or on foot."""
    running_eur_km: float
    """Running costs of a car."""
    co2_eur_t: float

    def value_eur(self, figures: Mapping[str, float | None]) -> float:
        """Of one run: time, distance and CO2 of those who want to park."""
        time_h, distance_km, co2_kg = (figures[name] or 0.0 for name in (MAIN, "parker_km", "co2_kg"))
        return time_h * self.time_eur_h + distance_km * self.running_eur_km + co2_kg / _KG_T * self.co2_eur_t


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysPerYear:
    """How often a day like the simulated one comes, at least and at most: an assumption."""

    low: float
    high: float


LOW_RATES = Rates(time_eur_h=6.0, running_eur_km=0.10, co2_eur_t=55.0)
HIGH_RATES = Rates(time_eur_h=12.0, running_eur_km=0.35, co2_eur_t=300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Of one sign, or of all signs together."""

    sign_id: str | None
    """None: all signs together, against none."""
    comparisons: Mapping[str, Comparison]
    """By figure, the base with all signs, the variant without."""
    turned_veh: float
    """Drivers it redirected in the period with all signs in operation, mean of a run."""
    eur_year: Interval | None
    """Value of the simulated hours of such days, of which the low end takes the low rates and few days; None where the
    main figure is not distinguishable from 0 or the kind of day has no number of days."""

    @property
    def main(self) -> Comparison:
        """The figure that decides."""
        return self.comparisons[MAIN]

    @property
    def is_proven(self) -> bool:
        """Whether the main figure is distinguishable from 0: of all signs looked at together."""
        return self.main.significant


def held_together(worths: Sequence[Worth], confidence: float = CONFIDENCE) -> list[Worth]:
    """The same with the main figure called significant only where it holds with all signs looked at together (Holm).

    What is not distinguishable from 0 any more loses its value.
    """
    held = holm({one.sign_id or "": one.main.p_value for one in worths}, 1.0 - confidence)
    made = []
    for one in worths:
        proven = one.main.excludes_zero and (one.sign_id or "") in held
        main = replace(one.main, significant=proven)
        made.append(
            replace(one, comparisons={**one.comparisons, MAIN: main}, eur_year=one.eur_year if proven else None)
        )
    return made


def value_per_year(base: Figures, variant: Figures, days: DaysPerYear, confidence: float) -> Interval | None:
    """Value of a year, from the lowest that low rates and few days give to the highest of high rates and many days.

    A value below 0 is a loss: then many days and high rates make the low end.  None below two pairs.
    """
    ends = []
    for rates in (LOW_RATES, HIGH_RATES):
        seeds = sorted(base.keys() & variant.keys())
        pairs = [(rates.value_eur(base[seed]), rates.value_eur(variant[seed])) for seed in seeds]
        found = compare("value_eur", pairs, confidence)
        if found.interval is None:
            return None
        ends += [end * n for end in (found.interval.low, found.interval.high) for n in (days.low, days.high)]
    return Interval(low=min(ends), high=max(ends))
