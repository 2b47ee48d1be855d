"""Known trips, counted by detectors that fail: the estimate finds the flows again because the counts are screened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from traffic_core.calibration.estimation import modelled
from traffic_core.calibration.fit import geh
from traffic_core.calibration.hourly_series import HourlySeries
from traffic_core.calibration.observations import Observation
from traffic_core.calibration.pairs import Pairs
from traffic_core.calibration.screening import screen
from traffic_core.calibration.slices import TownDay
from traffic_core.calibration.study import Study
from traffic_core.calibration.typical_day import typical_days
from traffic_core.demand import DayType

MONDAY = date(2024, 1, 1)
DAYS = 84
WEEKEND_LEVEL = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.6])
COUNTED = (
    *("GN-X12", "X12-GN", "GE-X21", "X21-GE", "GS-X10", "X10-GS", "GW-X01", "X01-GW"),
    *("X11-X12", "X12-X11", "X01-X11", "X11-X01", "X20-X21", "X21-X20", "X00-X10", "X10-X00"),
)
FAULTS_OF = {
    "zero": ("GN-X12", "X10-GS", "X01-X11"),
    "frozen": ("X21-GE", "X20-X21"),
    "spike": ("X12-GN", "X11-X12", "X00-X10"),
}
FAULTY = {link: fault for fault, links in FAULTS_OF.items() for link in links}


def recorded(link_id: str, course_veh_h: np.ndarray, chance: np.random.Generator) -> HourlySeries:
    """Twelve weeks: days scatter by 6 %, hours by 8 %, and vehicles come as they like (Poisson)."""
    level = WEEKEND_LEVEL[np.arange(DAYS) % 7]
    mean = course_veh_h * level[:, None]
    mean = mean * chance.lognormal(0.0, 0.06, (DAYS, 1)) * chance.lognormal(0.0, 0.08, (DAYS, 24))
    counts = chance.poisson(mean).astype(float)
    broken(counts, FAULTY.get(link_id), chance)
    return HourlySeries(id=link_id, first_day=MONDAY, counts_veh_h=counts, lanes=1)


def broken(counts: np.ndarray, fault: str | None, chance: np.random.Generator) -> None:
    """A third of all days: nothing from some hour on, a value that stays, or an absurd burst."""
    if fault is None:
        return
    for day in chance.choice(DAYS, DAYS // 3, replace=False):
        first = int(chance.integers(6, 11))
        if fault == "zero":
            counts[day, first : first + 10] = 0.0
        elif fault == "frozen":
            counts[day, first : first + 10] = counts[day, 8]
        else:
            counts[day, first : first + 4] = 4.0 * counts[day, first : first + 4] + 300.0


def screened_hours(series: HourlySeries) -> tuple[Observation, ...]:
    typical = typical_days(screen(series))[DayType.WEEKDAY]
    assert typical.veh_h is not None, typical.reason
    return hours_of(series.id, np.array(typical.veh_h))


def raw_hours(series: HourlySeries) -> tuple[Observation, ...]:
    return hours_of(series.id, series.counts_veh_h[np.arange(DAYS) % 7 < 5].mean(axis=0))


def hours_of(link_id: str, veh_h: np.ndarray) -> tuple[Observation, ...]:
    return tuple(
        Observation(count_id=link_id, link_id=link_id, hour=hour, veh=veh) for hour, veh in enumerate(veh_h.tolist())
    )


@pytest.mark.slow
def test_flows_are_found_again_from_screened_counts_and_not_from_raw_ones(town):
    chance = np.random.default_rng(7)
    pairs = Pairs.of(town.demand)
    true_veh = pairs.veh * chance.lognormal(0.0, 0.4, len(pairs.ends))
    every_link = tuple(town.network.links)
    day = TownDay.of(town.network, town.demand, pairs, every_link)
    true_veh_h = day(true_veh).hourly_veh
    place = {link: row for row, link in enumerate(every_link)}
    series = [recorded(link, true_veh_h[:, place[link]], chance) for link in COUNTED]

    def good_share(hours_of_series) -> float:
        """Share of all links and hours from 6 to 20 h, counted or not, with a GEH below 5 against the truth."""
        seen = [each for one in series for each in hours_of_series(one)]
        study = Study.of(town.network, town.demand, seen)
        found = day(study.without(()).estimated.pair_veh).hourly_veh
        values = [geh(m, t) for m, t in zip(found[6:20].ravel(), true_veh_h[6:20].ravel(), strict=True)]
        return float(np.mean(np.array(values) < 5.0))

    without, with_screening = good_share(raw_hours), good_share(screened_hours)
    assert with_screening >= 0.85
    assert with_screening > without


def test_an_estimate_from_clean_counts_of_hours_finds_the_counted_flows(town):
    """The same without noise and faults: what remains is the estimate's own error."""
    chance = np.random.default_rng(11)
    pairs = Pairs.of(town.demand)
    true_veh = pairs.veh * chance.lognormal(0.0, 0.4, len(pairs.ends))
    day = TownDay.of(town.network, town.demand, pairs, COUNTED)
    rows = {link: row for row, link in enumerate(COUNTED)}
    blank = [Observation(count_id=link, link_id=link, hour=hour, veh=0.0) for link in COUNTED for hour in (7, 16)]
    flows = modelled(day(true_veh), blank, rows)
    seen = [replace(each, veh=float(flow)) for each, flow in zip(blank, flows, strict=True)]
    outcome = Study.of(town.network, town.demand, seen).without(())
    assert outcome.peak.used.geh_below_5_share == 1.0
    assert outcome.peak.used.mean_geh < 1.0
