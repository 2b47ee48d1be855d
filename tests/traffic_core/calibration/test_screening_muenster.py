"""Real turning counts of a town, with the faults that real loops have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from traffic_core.calibration.screening import KEPT, REASONS, DropReason, ScreenedSeries, ScreeningTally, screen
from traffic_core.calibration.turning_counts import TurningMovement, read_turning_counts
from traffic_core.calibration.turning_flows import approach_flows, node_balances
from traffic_core.calibration.typical_day import TypicalDay, typical_days
from traffic_core.demand import DayType

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.shared]


@pytest.fixture(scope="module")
def screened(shared_data: Path) -> dict[TurningMovement, ScreenedSeries]:
    file = shared_data / "detectors" / "muenster_turning_counts_hourly_2015-01_2016-06.csv.gz"
    return {movement: screen(series) for movement, series in read_turning_counts(file).items()}


@pytest.fixture(scope="module")
def weekdays(screened: dict[TurningMovement, ScreenedSeries]) -> dict[TurningMovement, TypicalDay]:
    return {movement: typical_days(each)[DayType.WEEKDAY] for movement, each in screened.items()}


def test_every_hour_of_the_file_has_a_verdict(screened: dict[TurningMovement, ScreenedSeries]):
    tally = ScreeningTally.of(screened.values())
    assert tally.series == 646
    assert tally.hours - tally.missing == 7_220_926
    assert tally.kept + sum(tally.dropped.values()) == tally.hours - tally.missing
    assert tally.dropped[DropReason.BELOW_ZERO] == 93, "every negative number of the file"
    assert tally.dropped_share == pytest.approx(0.025, abs=0.005)
    assert all(tally.dropped.values()), "every fault occurs"


def test_known_faults_are_found(screened: dict[TurningMovement, ScreenedSeries]):
    chatter = screened[TurningMovement("01230", "FV1", "G")].tally
    assert chatter.kept < 50, "3,600 and 3,602 an hour in turn, for 529 days"
    quiet = screened[TurningMovement("01123", "FV1", "R")]
    assert quiet.tally.dropped[DropReason.FROZEN] > 1_000, "2 an hour, by day, for months"
    doubled = screened[TurningMovement("08110", "FV1", "G")]
    shifted = (doubled.verdict == REASONS.index(DropReason.LEVEL_SHIFT) + 1).all(axis=1)
    assert np.flatnonzero(shifted).size > 100, "17,000 a day instead of 10,000 from January to May 2016"


def test_most_movements_have_a_usual_day_and_the_others_a_reason(weekdays: dict[TurningMovement, TypicalDay]):
    unknown = [day for day in weekdays.values() if day.veh_h is None]
    assert len(unknown) < 20
    assert all(day.reason for day in unknown)
    assert all(day.good_days >= 10 and day.reason is None for day in weekdays.values() if day.veh_h is not None)


def test_the_usual_weekday_of_all_movements_is_the_published_one(
    weekdays: dict[TurningMovement, TypicalDay], le_model: Path
):
    """The mean of all counts, which the shipped model's day rests on, within 0.6 points in every hour."""
    total = np.sum([day.veh_h for day in weekdays.values() if day.veh_h is not None], axis=0)
    rows = [row.split(",") for row in (le_model / "profile.csv").read_text(encoding="utf-8").splitlines()]
    mean = [float(row[3]) for row in rows if row[:2] == ["weekday", ""]]
    assert total / total.sum() == pytest.approx(mean, abs=0.006)


def test_arms_of_most_nodes_are_balanced(weekdays: dict[TurningMovement, TypicalDay]):
    flows = approach_flows(weekdays)
    assert sum(flow is not None for flow in flows.values()) > 0.95 * len(flows)
    balances = [each for arms in node_balances(weekdays).values() if arms is not None for each in arms]
    known = [each.balanced for each in balances if each.balanced is not None]
    assert len(known) > 150
    assert sum(known) / len(known) > 0.75


def test_faults_put_into_real_clean_counts_are_found(screened: dict[TurningMovement, ScreenedSeries]):
    """Six hours of zero, eight of one value, one tripled: every twentieth of the series that are nearly clean."""
    good = [each for each in screened.values() if (each.tally.dropped_share or 1.0) < 0.005]
    found = {"zero": [0, 0], "frozen": [0, 0], "spike": [0, 0]}
    false_alarms = hours = 0
    for number, before in enumerate(good[::20]):
        for fault, tally in found.items():
            counts, marks = before.series.counts_veh_h.copy(), np.zeros(before.verdict.shape, np.bool_)
            for day in range(number % 7, len(counts), 13):
                first = 8 + day % 6
                part = slice(first, first + {"zero": 6, "frozen": 8, "spike": 1}[fault])
                value = counts[day, first]
                counts[day, part] = {"zero": 0.0, "frozen": value, "spike": 3.0 * value + 50.0}[fault]
                marks[day, part] = value > 0.0
            after = screen(type(before.series)(id="S", first_day=before.series.first_day, counts_veh_h=counts))
            told = after.verdict > KEPT
            tally[0] += int((told & marks).sum())
            tally[1] += int(marks.sum())
            false_alarms += int((told & ~marks & before.kept).sum())
            hours += int((~marks & before.kept).sum())
    assert {fault: hit / put > 0.9 for fault, (hit, put) in found.items()} == dict.fromkeys(found, True)
    assert false_alarms / hours < 0.001
