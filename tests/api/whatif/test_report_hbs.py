"""Levels of service at their limits, and the busiest hour they hold for."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.whatif.report.hbs import LEVELS, hbs_level
from api.whatif.report.measures import busiest_first, delay_h, largest_changes, level_change, mean_delay_s, qualities
from traffic_core.errors import InvalidValueError

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode: helpers beside the tests are found by name
import report_town


@pytest.mark.parametrize(
    ("delay_s", "level"),
    [
        *[(0.0, "A"), (20.0, "A"), (20.01, "B"), (35.0, "B"), (35.01, "C"), (50.0, "C")],
        *[(50.01, "D"), (70.0, "D"), (70.01, "E"), (900.0, "E")],
    ],
)
def test_levels_with_signals_at_their_limits(delay_s: float, level: str) -> None:
    assert hbs_level(delay_s, "signal") == level


@pytest.mark.parametrize("control", ["give_way", "roundabout", "none"])
@pytest.mark.parametrize(
    ("delay_s", "level"),
    [
        *[(0.0, "A"), (10.0, "A"), (10.01, "B"), (20.0, "B"), (20.01, "C"), (30.0, "C")],
        *[(30.01, "D"), (45.0, "D"), (45.01, "E")],
    ],
)
def test_levels_without_signals_at_their_limits(delay_s: float, level: str, control: str) -> None:
    assert hbs_level(delay_s, control) == level


def test_growing_queue_is_level_f_whatever_the_delay() -> None:
    assert hbs_level(1.0, "signal", overloaded=True) == "F"


@given(st.floats(0.0, 500.0), st.floats(0.0, 500.0), st.sampled_from(["signal", "give_way"]))
def test_more_delay_is_never_a_better_level(one_s: float, other_s: float, control: str) -> None:
    low, high = sorted((one_s, other_s))
    assert LEVELS.index(hbs_level(low, control)) <= LEVELS.index(hbs_level(high, control))


@pytest.mark.parametrize("delay_s", [-0.1, float("nan"), float("inf")])
def test_delay_that_is_none_is_refused(delay_s: float) -> None:
    with pytest.raises(InvalidValueError, match=r"mean_delay_s = .*: must be a number of at least 0"):
        hbs_level(delay_s, "signal")


def test_unknown_control_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"control = 'police': must be one of signal, give_way"):
        hbs_level(1.0, "police")


def test_busiest_hour_is_the_earliest_of_equal_ones() -> None:
    assert busiest_first(np.array([1.0, 5.0, 5.0, 1.0, 5.0, 5.0]), 2) == 1


def test_quality_weighs_delay_with_vehicles_in_the_busiest_hour() -> None:
    tables = report_town.tables()
    entered = np.full((3, 8), 10.0)
    entered[:, 4:] = 20.0
    delay = np.full((3, 8), 500.0)
    delay[:, 4:] = [[30.0, 30.0, 60.0, 60.0]] * 3
    left = entered.copy()
    left[0, 4:6] = 40.0
    content = report_town.content()
    found = qualities(content, replace(tables, entered_veh=entered, left_veh=left, mean_delay_s=delay))
    # link L1: (2 * 40 * 30 s + 2 * 20 * 60 s) / 120 = 40 s; L3: (2 * 20 * 30 s + 2 * 20 * 60 s) / 80 = 45 s
    assert [quality.mean_delay_s for quality in found] == pytest.approx([40.0, 45.0])
    assert [(quality.level, quality.first_interval) for quality in found] == [("C", 4), ("C", 4)]


@pytest.mark.parametrize(
    ("entered_veh", "lost_veh", "level"),
    [
        *[(100.0, 4.7, "A"), (100.0, 4.8, "F")],  # 4 x 4.7 = 18.8 of 381.2, 4 x 4.8 = 19.2 of 380.8: 5 % are 19.0
        *[(10.0, 1.2, "A"), (10.0, 1.3, "F")],  # 4.8 veh and 5.2 veh, both above 5 %
    ],
)
def test_queue_grows_above_five_percent_and_five_vehicles(entered_veh: float, lost_veh: float, level: str) -> None:
    entered = np.full((3, 8), entered_veh)
    tables = replace(report_town.tables(), entered_veh=entered, left_veh=entered - lost_veh)
    assert qualities(report_town.content(), tables)[0].level == level


def test_approach_nobody_leaves_has_no_level_unless_its_queue_grows() -> None:
    tables = report_town.tables()
    nothing, unknown = np.zeros((3, 8)), np.full((3, 8), np.nan)
    empty = replace(tables, entered_veh=nothing, left_veh=nothing, mean_delay_s=unknown)
    blocked = replace(tables, left_veh=nothing, mean_delay_s=unknown)
    content = report_town.content()
    (free, _), (stuck, _) = qualities(content, empty), qualities(content, blocked)
    assert (free.level, stuck.level) == ("", "F")
    assert level_change(free, stuck) == 0


def test_delay_of_the_period_counts_who_left_and_skips_the_unknown() -> None:
    delay = np.full((3, 8), np.nan)
    delay[0, :2] = [36.0, 72.0]
    tables = replace(report_town.tables(), mean_delay_s=delay)
    assert delay_h(tables) == pytest.approx([3.0, 0.0, 0.0])  # (36 + 72) s x 100 veh / 3,600
    assert mean_delay_s(tables)[0] == pytest.approx(54.0)
    assert np.isnan(mean_delay_s(tables)[1:]).all()


def test_curves_that_lie_farthest_apart_come_first_and_equal_ones_never() -> None:
    base = np.zeros((3, 2))
    assert largest_changes(base, np.array([[1.0, 1.0], [0.0, 0.0], [0.0, -5.0]]), 6) == [2, 0]
