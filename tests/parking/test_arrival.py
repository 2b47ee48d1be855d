"""Probability of a place on arrival: the same as the forecast says, from now on, at the longest way."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.arrival import FORECAST_LIMIT_S, arrival_probabilities, lead_times_s
from parking.forecast.forecasts import Forecasts

NOW_S = 1_800_000_000.0
LEADS_S = (300.0, 900.0, 1_800.0)
LEVELS = (0.05, 0.5, 0.95)


def forecasts(free_veh, ids=("A",), leads_s=LEADS_S, levels=LEVELS, made_at_s=NOW_S):
    return Forecasts(
        made_at_s=made_at_s,
        facility_ids=tuple(ids),
        lead_s=leads_s,
        levels=levels,
        free_veh=np.array(free_veh, float),
        sources=("model",) * len(ids),
    )


def asked(made, now_s, ids, lead_s, limit_veh):
    return arrival_probabilities(made, now_s, ids, np.array(lead_s, float), np.array(limit_veh, np.int64))


def test_a_probability_calculated_by_hand():
    # at 600 s half-way between 0 | 10 | 20 and 10 | 20 | 40: 5 | 15 | 30; more than 9 means above 9.5:
    # 1 - (0.05 + 4.5 / 10 × 0.45) = 0.7475
    made = forecasts([[[0, 10, 20], [10, 20, 40], [0, 0, 0]]])
    assert asked(made, NOW_S, ["A"], [600.0], [9])[0] == pytest.approx(0.7475)
    assert asked(made, NOW_S + 60.0, ["A"], [540.0], [9])[0] == pytest.approx(0.7475), "counted from now"


def test_nothing_is_said_by_no_forecast_or_one_that_is_too_old_or_of_a_time_to_come():
    made = forecasts([[[0, 10, 20]] * 3])
    assert math.isnan(asked(None, NOW_S, ["A"], [600.0], [9])[0])
    assert not math.isnan(asked(made, NOW_S + FORECAST_LIMIT_S, ["A"], [600.0], [9])[0])
    assert math.isnan(asked(made, NOW_S + FORECAST_LIMIT_S + 1.0, ["A"], [600.0], [9])[0])
    assert math.isnan(asked(made, NOW_S - 6.0, ["A"], [600.0], [9])[0])


def test_a_facility_that_is_not_forecast_stays_unknown():
    made = forecasts([[[0, 10, 20]] * 3, [[math.nan] * 3] * 3], ids=("A", "B"))
    found = asked(made, NOW_S, ["C", "B", "A"], [600.0] * 3, [9] * 3)
    assert np.isnan(found).tolist() == [True, True, False]


@pytest.mark.parametrize("source", ["profile", "persistence", "none"])
def test_only_a_trained_forecast_decides(source):
    made = replace(forecasts([[[0, 10, 20]] * 3] * 2, ids=("A", "B")), sources=(source, "model"))
    assert np.isnan(asked(made, NOW_S, ["A", "B"], [600.0] * 2, [9] * 2)).tolist() == [True, False]


@given(
    quantiles=st.lists(st.floats(0.0, 500.0), min_size=12, max_size=12),
    lead_s=st.floats(0.0, 4_000.0),
    limit_veh=st.integers(0, 400),
    leads=st.integers(1, 3),
)
def test_all_at_once_says_the_same_as_one_by_one(quantiles, lead_s, limit_veh, leads):
    rows = np.sort(np.array(quantiles).reshape(2, 2, 3), axis=2)
    rows = np.concatenate([rows, rows[:, :1]], axis=1)[:, :leads]
    made = forecasts(rows, ids=("A", "B"), leads_s=LEADS_S[:leads])
    found = asked(made, NOW_S, ["B", "A"], [lead_s] * 2, [limit_veh] * 2)
    expected = [made.probability_more_than(key, limit_veh, lead_s) for key in "BA"]
    assert found == pytest.approx(np.array(expected, float), abs=1e-9)


def test_the_longest_way_of_all_signs_counts_and_the_default_where_none_is_known(town):
    facilities = [town.facility(key) for key in "ABC"]
    model = town.model(facilities, [town.sign("S", "A", "A;B"), town.sign("T", "A")])
    drive_s = np.array([[200.0, math.inf, 50.0], [350.0, 80.0, 50.0]])
    assert lead_times_s(model, drive_s, 600.0).tolist() == [350.0, 600.0, 600.0]
    assert lead_times_s(model, None, 600.0).tolist() == [600.0, 600.0, 600.0]
