"""Known trips behind the noise and the faults of real detectors, transplanted from a town's turning counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from traffic_core.calibration.fit import geh
from traffic_core.calibration.hourly_series import HourlySeries
from traffic_core.calibration.observations import Observation
from traffic_core.calibration.pairs import Pairs
from traffic_core.calibration.robust import usual
from traffic_core.calibration.screening import REASONS, DropReason, ScreenedSeries, screen
from traffic_core.calibration.slices import TownDay
from traffic_core.calibration.study import Study
from traffic_core.calibration.turning_counts import read_turning_counts
from traffic_core.calibration.typical_day import typical_days
from traffic_core.demand import DayType

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.shared, pytest.mark.slow]

COUNTED = (
    *("GN-X12", "X12-GN", "GE-X21", "X21-GE", "GS-X10", "X10-GS", "GW-X01", "X01-GW"),
    *("X11-X12", "X12-X11", "X01-X11", "X11-X01", "X20-X21", "X21-X20", "X00-X10", "X10-X00"),
)
LOOKED_AT = 120
MOST_DROPPED = 0.35
"""A detector that is wrong more often is thrown away as a whole, which is another test."""


@pytest.fixture(scope="module")
def faulty(shared_data: Path) -> list[ScreenedSeries]:
    """Of some busy movements the ones with most faults, one for each counted link."""
    file = shared_data / "detectors" / "muenster_turning_counts_hourly_2015-01_2016-06.csv.gz"
    busy = [
        series
        for series in read_turning_counts(file).values()
        if np.isfinite(series.counts_veh_h).mean() > 0.8 and np.nanmean(series.counts_veh_h[:, 7:19]) > 150.0
    ]
    screened = [screen(series) for series in busy[:LOOKED_AT]]
    usable = [
        each
        for each in screened
        if (each.tally.dropped_share or 0.0) < MOST_DROPPED and typical_days(each)[DayType.WEEKDAY].veh_h is not None
    ]
    return sorted(usable, key=lambda each: (-(each.tally.dropped_share or 0.0), each.series.id))[: len(COUNTED)]


def transplanted(link_id: str, donor: ScreenedSeries, course_veh_h: np.ndarray) -> HourlySeries:
    """The true course times what the donor reported over what is usual there; its frozen values stay frozen."""
    series = donor.series
    expected = np.maximum(usual(donor.kept_veh_h, series.weekdays(), 8).median_veh_h, 1.0)
    ratio = series.counts_veh_h / np.where(np.isnan(expected), np.nanmedian(expected, axis=0), expected)
    counts = np.round(course_veh_h * ratio).ravel()
    held = (donor.verdict == REASONS.index(DropReason.FROZEN) + 1).ravel()
    for place in np.flatnonzero(held[1:] & held[:-1]) + 1:
        counts[place] = counts[place - 1]
    return HourlySeries(id=link_id, first_day=series.first_day, counts_veh_h=counts.reshape(-1, 24), lanes=1)


def hours_of(link_id: str, veh_h: np.ndarray) -> list[Observation]:
    return [
        Observation(count_id=link_id, link_id=link_id, hour=hour, veh=max(veh, 0.0))
        for hour, veh in enumerate(veh_h.tolist())
    ]


def raw_hours(series: HourlySeries) -> list[Observation]:
    working = series.weekdays() < 5
    return hours_of(series.id, np.nanmean(series.counts_veh_h[working], axis=0))


def screened_hours(series: HourlySeries) -> list[Observation]:
    typical = typical_days(screen(series))[DayType.WEEKDAY]
    return [] if typical.veh_h is None else hours_of(series.id, np.array(typical.veh_h))


def test_flows_are_found_again_from_screened_counts_of_real_detectors(town, faulty):
    chance = np.random.default_rng(5)
    pairs = Pairs.of(town.demand)
    every_link = tuple(town.network.links)
    day = TownDay.of(town.network, town.demand, pairs, every_link)
    true_veh_h = day(pairs.veh * chance.lognormal(0.0, 0.4, len(pairs.ends))).hourly_veh
    place = {link: row for row, link in enumerate(every_link)}
    series = [
        transplanted(link, donor, true_veh_h[:, place[link]]) for link, donor in zip(COUNTED, faulty, strict=True)
    ]

    def judged(hours_of_series) -> tuple[float, float]:
        """Share of all links and hours from 6 to 20 h, counted or not, with a GEH below 5; and the mean GEH."""
        seen = [each for one in series for each in hours_of_series(one)]
        study = Study.of(town.network, town.demand, seen)
        found = day(study.without(()).estimated.pair_veh).hourly_veh
        values = [geh(m, t) for m, t in zip(found[6:20].ravel(), true_veh_h[6:20].ravel(), strict=True)]
        return float(np.mean(np.array(values) < 5.0)), float(np.mean(values))

    raw_share, raw_mean = judged(raw_hours)
    share, mean = judged(screened_hours)
    assert share >= 0.85
    assert share >= raw_share
    assert mean < raw_mean
