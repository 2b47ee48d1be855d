"""Signs that follow the forecast: "full" by the probability on arrival, numbers from fresh data alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parking import content
from parking.forecast.forecasts import Forecasts
from parking.forecast.thresholds import SignThresholds
from parking.guidance import Guidance
from parking.settings import DisplaySettings, GuidanceSettings
from parking.sign import Display
from traffic_core.readings import Quality

LEVELS = (0.05, 0.5, 0.95)


class Town:
    """Garages A and B of 100 places with a reserve of 2; thresholds 0.4 and 0.8; a lead of 10 min."""

    def __init__(self, town):
        self.town = town
        facilities = [town.facility("A"), town.facility("B")]
        self.model = town.model(facilities, [town.sign("S", "A", "B", "A;B")])
        thresholds = SignThresholds(full_below_share=0.4, free_above_share=0.8)
        self.guidance = Guidance(self.model, GuidanceSettings(display=DisplaySettings(thresholds=thresholds)))
        self.state = town.state(*facilities)

    def report(self, after_s=0.0, **free_veh):
        for key, value in free_veh.items():
            self.state.accept(self.town.report(key, self.town.now_s + after_s, free_veh=value))

    def at(self, after_s=0.0, p_free=None, made_after_s=None):
        """One step; `p_free` is the probability at which more than 2 places of A are forecast to be free."""
        now_s = self.town.now_s + after_s
        made_s = now_s if made_after_s is None else self.town.now_s + made_after_s
        forecasts = None if p_free is None else forecast(made_s, p_free)
        return self.guidance.step(now_s, self.state.estimates(now_s), forecasts=forecasts)


def forecast(made_at_s, p_free):
    """Quantiles of A between which 2.5 places lie at the level 1 - p_free; nothing about B."""
    row = [2.5 + (level - (1.0 - p_free)) * 20.0 for level in LEVELS]
    return Forecasts(
        made_at_s=made_at_s,
        facility_ids=("A", "B"),
        lead_s=(600.0, 1_200.0),
        levels=LEVELS,
        free_veh=np.array([[row, row], [[np.nan] * 3] * 2]),
        sources=("model", "none"),
    )


@pytest.fixture
def loop(town):
    return Town(town)


def shown(result, row=0):
    found = result.contents["S"].rows[row]
    return found.display, found.free_veh, found.reason


def test_full_begins_and_ends_by_the_probability_on_arrival(loop):
    loop.report(A=20, B=33)
    assert shown(loop.at(0.0, 0.5)) == (Display.NUMBER, 20, content.FRESH)
    assert loop.at(0.0, 0.5).contents["S"].rows[0].p_free == pytest.approx(0.5)
    result = loop.at(10.0, 0.4)
    assert shown(result) == (Display.FULL, None, content.EXPECTED_FULL)
    log = {decision.subject_id: decision for decision in result.decisions}["facility/A"]
    inputs = log.inputs
    assert (log.reason, inputs["p_arrival"], inputs["lead_s"], inputs["forecast"]) == (
        content.EXPECTED_FULL,
        0.4,
        600.0,
        "model",
    )
    assert (inputs["full_below_share"], inputs["free_above_share"], inputs["held_veh"]) == (0.4, 0.8, 20)
    loop.report(200.0, A=20, B=33)
    assert shown(loop.at(200.0, 0.79)) == (Display.FULL, None, content.HYSTERESIS)
    assert shown(loop.at(210.0, 0.8)) == (Display.NUMBER, 20, content.FRESH)


def test_the_sum_of_rows_follows_and_says_why(loop):
    loop.report(A=20, B=33)
    assert shown(loop.at(0.0, 0.3), 2) == (Display.NUMBER, 30, content.SUM)
    loop.report(10.0, B=0)
    assert shown(loop.at(10.0, 0.3), 2) == (Display.FULL, None, content.EXPECTED_FULL)


def test_a_facility_without_forecast_goes_on_as_without_any(loop, town):
    plain = Town(town)
    for one in (loop, plain):
        one.report(A=20, B=3)
    assert loop.at(0.0, 0.9).facilities["B"] == plain.at(0.0).facilities["B"]


def test_what_is_full_now_is_full_whatever_is_expected(loop):
    loop.report(A=2, B=33)
    assert shown(loop.at(0.0, 0.99)) == (Display.FULL, None, content.RESERVE)


def test_a_forecast_of_long_ago_says_nothing(loop):
    loop.report(A=20, B=33)
    assert shown(loop.at(0.0, 0.1, made_after_s=-301.0))[0] is Display.NUMBER
    assert shown(loop.at(0.0, 0.1, made_after_s=-300.0))[0] is Display.FULL


def test_a_word_from_older_data_needs_both_probabilities(loop):
    loop.report(A=90, B=33)
    assert shown(loop.at(0.0, 0.99))[0] is Display.NUMBER
    assert shown(loop.at(300.0, 0.99)) == (Display.FREE, None, content.HELD)
    assert shown(loop.at(310.0, 0.94)) == (Display.NEUTRAL, None, content.UNCLEAR)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])  # builders, no state
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 900), st.one_of(st.none(), st.integers(0, 100)), st.floats(0.0, 1.0)),
        min_size=1,
        max_size=8,
    )
)
def test_no_forecast_makes_old_or_missing_data_a_number_or_free(town, steps):
    loop = Town(town)
    after_s, told_s = 0.0, None
    for passed_s, free_veh, p_free in steps:
        after_s += passed_s
        if free_veh is not None:
            loop.report(after_s, A=free_veh)
            told_s = after_s
        row = loop.at(after_s, p_free).contents["S"].rows[0]
        age_s = None if told_s is None else after_s - told_s
        if row.display is Display.NUMBER:
            assert age_s is not None
            assert age_s <= 105.0, "two update intervals of 60 s, less what a content must outlive"
        if row.display is Display.FREE:
            assert age_s is not None
            assert age_s <= 1_785.0
            assert p_free >= 0.95
        if age_s is None:
            assert (row.display, row.quality) == (Display.NEUTRAL, Quality.UNKNOWN)
