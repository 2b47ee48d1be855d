"""Each rule of the screening against counts made by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from traffic_core.calibration.hourly_series import HourlySeries, day_type_of
from traffic_core.calibration.implausible import frozen, shifted, spikes, stuck_at_zero
from traffic_core.calibration.robust import known_median, known_quantile, usual
from traffic_core.calibration.screening import KEPT, MISSING, REASONS, DropReason, ScreeningRules, screen
from traffic_core.demand import DayType
from traffic_core.errors import InvalidValueError

MONDAY = date(2024, 1, 1)
NAN = float("nan")


def series(counts: np.ndarray, lanes: int = 2) -> HourlySeries:
    return HourlySeries(id="S", first_day=MONDAY, counts_veh_h=np.asarray(counts, np.float64), lanes=lanes)


def steady(days: int = 84, veh_h: float = 400.0) -> np.ndarray:
    """Counts around a mean, different from hour to hour: a wave of ±10 and the day's parity."""
    hour = np.arange(days * 24).reshape(days, 24)
    return veh_h + np.round(10.0 * np.sin(hour)) + hour % 3


def reason_at(counts: np.ndarray, day: int, hour: int) -> DropReason | int:
    verdict = int(screen(series(counts)).verdict[day, hour])
    return REASONS[verdict - 1] if verdict > 0 else verdict


def test_a_steady_series_is_kept_as_a_whole():
    assert (screen(series(steady())).verdict == KEPT).all()


def test_a_negative_count_is_dropped():
    counts = steady()
    counts[5, 3] = -1.0
    assert reason_at(counts, 5, 3) is DropReason.BELOW_ZERO


def test_more_than_the_lanes_can_discharge_is_dropped():
    """Two lanes, 1,900 in green, nine tenths of the time green: 3,420."""
    assert ScreeningRules().most_veh_h(2) == pytest.approx(3_420.0)
    counts = steady()
    counts[5, 3], counts[5, 4] = 3_421.0, 3_420.0
    assert reason_at(counts, 5, 3) is DropReason.ABOVE_SATURATION
    assert reason_at(counts, 5, 4) is DropReason.SPIKE


def test_an_hour_without_a_report_is_missing_not_dropped():
    counts = steady()
    counts[5, 3] = NAN
    screened = screen(series(counts))
    assert screened.verdict[5, 3] == MISSING
    assert screened.tally.missing == 1
    assert sum(screened.tally.dropped.values()) == 0


@pytest.mark.parametrize(("value", "least_run"), [(500.0, 5), (30.0, 7), (2.0, 12)])
def test_how_long_a_value_must_stand_still_depends_on_its_size(value: float, least_run: int):
    """1 / sqrt(1000 pi) = 0.0178, 0.0728, 0.282; a chance of 1e-6 takes 3.4, 5.3, 10.9 of them in a row."""
    tie = 1.0 / math.sqrt(2.0 * math.pi * value)
    assert least_run == math.ceil(math.log(1e-6) / math.log(tie)) + 1
    for run in (least_run - 1, least_run):
        counts = steady(2)
        counts[0, 3 : 3 + run] = value
        marks = frozen(counts, 1e-6)
        assert marks.sum() == (run if run == least_run else 0)
        assert marks[0, 3] == (run == least_run)


def test_a_loop_that_chatters_once_a_second_is_frozen():
    counts = np.tile([3_600.0, 3_602.0], 12)[None]
    assert frozen(counts, 1e-6).all()


def test_a_gap_ends_a_run():
    counts = steady(1)
    counts[0, 2:10] = 500.0
    counts[0, 6] = NAN
    assert not frozen(counts, 1e-6).any()


def test_zeros_by_day_are_dropped_where_many_vehicles_are_usual():
    counts = steady()
    counts[40, 8:11] = 0.0
    assert reason_at(counts, 40, 8) is DropReason.STUCK_AT_ZERO
    assert reason_at(counts, 40, 11) == KEPT


def test_a_run_of_zeros_is_dropped_with_its_night():
    counts = steady()
    counts[40, 20:] = counts[41, :9] = 0.0
    marks = screen(series(counts)).verdict
    assert (marks[40, 20:] == marks[41, 0]).all()
    assert reason_at(counts, 41, 3) is DropReason.STUCK_AT_ZERO


def test_zeros_where_hardly_anybody_drives_are_kept():
    """4 hours with a usual flow of 3: exp(-12) is more than one in a million; 5 hours: exp(-15) is less."""
    expected = usual(np.full((84, 24), 3.0), np.arange(84) % 7, 8)
    for hours, found in ((4, 0), (5, 5)):
        counts = np.full((84, 24), 3.0)
        counts[40, 8 : 8 + hours] = 0.0
        assert stuck_at_zero(counts, expected, 1e-6, 3).sum() == found


def test_two_hours_of_zeros_by_day_are_not_enough():
    counts = steady()
    counts[40, 4:8] = 0.0
    assert reason_at(counts, 40, 5) == KEPT


def test_a_series_without_a_vehicle_is_no_count_of_zero():
    screened = screen(series(np.zeros((84, 24))))
    assert screened.tally.dropped[DropReason.STUCK_AT_ZERO] == 84 * 24


def test_a_loop_that_was_dead_most_of_the_time_does_not_hide_it():
    counts = steady()
    counts[:60] = 0.0
    screened = screen(series(counts))
    assert screened.tally.dropped[DropReason.STUCK_AT_ZERO] == 60 * 24
    assert (screened.verdict[60:] == KEPT).all()


def test_a_spike_is_measured_by_the_median_absolute_deviation():
    """Counts of 400 and 410 in turn: median 405, MAD 5, deviation 20.1 = sqrt(405 + 1), limit 405 + 6 * 20.1."""
    counts = np.full((84, 24), 400.0)
    counts[1::2] = 410.0
    weekday = np.zeros(84, np.int64)
    expected = usual(counts, weekday, 8)
    assert expected.median_veh_h[0, 0] == 405.0
    assert expected.deviation_veh_h[0, 0] == pytest.approx(math.sqrt(406.0))
    counts[3, 7], counts[3, 8], counts[3, 9] = 525.0, 526.0, 20.0
    marks = spikes(counts, expected, 6.0)
    assert marks.sum() == 1
    assert marks[3, 8]


def test_a_wide_scatter_widens_the_limit():
    counts = np.full((80, 24), 400.0)
    counts[1::2] = 600.0
    expected = usual(counts, np.zeros(80, np.int64), 8)
    assert expected.deviation_veh_h[0, 0] == pytest.approx(148.26)


def test_weeks_on_another_level_are_dropped_but_not_single_days():
    counts = steady(182)
    counts[100:130] = np.round(counts[100:130] * 0.5)
    counts[20] = np.round(counts[20] * 0.5)
    screened = screen(series(counts))
    shifted_days = (screened.verdict == REASONS.index(DropReason.LEVEL_SHIFT) + 1).all(axis=1)
    assert shifted_days[102:128].all()
    assert not shifted_days[:95].any()
    assert not shifted_days[135:].any()


def test_the_level_of_a_stretch_is_the_median_of_the_days_around():
    """A window of 5 days: of 3 doubled days each has at least 3 such days around it, their neighbours 2 of 5."""
    counts = np.full((60, 24), 100.0)
    expected = usual(counts, np.zeros(60, np.int64), 8)
    counts[30:33] *= 2.0
    assert np.flatnonzero(shifted(counts, expected, 1.5, 5)[:, 0]).tolist() == [30, 31, 32]
    assert not shifted(counts, expected, 2.5, 5).any()


def test_a_weekday_with_few_days_takes_those_of_its_pool():
    counts = np.full((21, 24), 100.0)
    weekday = np.arange(21) % 7
    expected = usual(counts, weekday, 8)
    assert expected.median_veh_h[0, 0] == 100.0, "15 days from Monday to Friday"
    assert math.isnan(expected.median_veh_h[5, 0]), "3 Saturdays"


def test_holidays_count_as_sundays():
    made = series(steady(14))
    assert made.weekdays().tolist() == [0, 1, 2, 3, 4, 5, 6] * 2
    assert made.weekdays({MONDAY + timedelta(8)}).tolist()[8] == 6
    assert [day_type_of(day) for day in (0, 4, 5, 6)] == [
        DayType.WEEKDAY,
        DayType.WEEKDAY,
        DayType.SATURDAY,
        DayType.SUNDAY,
    ]


def test_medians_leave_out_what_is_unknown():
    values = np.array([[1.0, NAN, 4.0], [3.0, NAN, NAN], [NAN, NAN, 2.0], [10.0, NAN, 7.0]])
    assert known_median(values)[[0, 2]].tolist() == [3.0, 4.0]
    assert math.isnan(known_median(values)[1])
    assert known_quantile(values, 0.25)[0] == 2.0
    assert np.isnan(known_median(np.empty((0, 2)))).all()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"chance": 0.0}, "chance"),
        ({"spike_deviations": NAN}, "spike_deviations"),
        ({"level_factor": 1.0}, "level_factor"),
        ({"saturation_flow_veh_h": -1.0}, "saturation_flow_veh_h"),
        ({"least_days": 0}, "least_days"),
        ({"level_window_days": 2}, "level_window_days"),
        ({"stuck_daytime_hours": 1}, "stuck_daytime_hours"),
        ({"largest_green_share": 1.5}, "largest_green_share"),
    ],
)
def test_impossible_limits_are_refused(change: dict[str, float], field: str):
    with pytest.raises(InvalidValueError) as refused:
        ScreeningRules(**change)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("counts", "lanes", "field"),
    [
        (np.zeros((0, 24)), 2, "series[S].counts_veh_h"),
        (np.zeros((3, 23)), 2, "series[S].counts_veh_h"),
        (np.full((3, 24), np.inf), 2, "series[S].counts_veh_h"),
        (np.zeros((3, 24)), 0, "series[S].lanes"),
    ],
)
def test_a_series_that_is_none_is_refused(counts: np.ndarray, lanes: int, field: str):
    with pytest.raises(InvalidValueError) as refused:
        series(counts, lanes)
    assert refused.value.field == field
