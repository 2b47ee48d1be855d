"""The price of a stop from grams of CO2, calculated by hand."""

from __future__ import annotations

import pytest

from signal_plans.adaptive.emissions import EmissionWeights
from signal_plans.adaptive.settings import AdaptiveSettings
from traffic_core.errors import InvalidValueError


def test_by_default_a_stop_is_worth_two_seconds_as_in_the_settings():
    assert EmissionWeights().idle_g_s == 0.4, "0.61 l/h * 2348 g/l / 3600 s/h = 0.398 g/s"
    assert EmissionWeights().stop_cost_s == pytest.approx(78.0 / (38.6 + 0.4)) == AdaptiveSettings().stop_cost_s == 2.0


def test_the_more_co2_counts_the_more_a_stop_costs():
    # 78 / (5.6 + 0.4) = 13 s; where nothing but CO2 counts 78 / 0.4 = 195 s of idling
    assert EmissionWeights(delay_g_s=5.6).stop_cost_s == pytest.approx(13.0)
    assert EmissionWeights(delay_g_s=0.0).stop_cost_s == pytest.approx(195.0)
    assert AdaptiveSettings().with_emissions(EmissionWeights(delay_g_s=5.6)).stop_cost_s == pytest.approx(13.0)


def test_a_bus_counts_by_its_persons_and_lateness():
    settings = AdaptiveSettings(bus_persons=26.0, car_persons=1.3, bus_full_late_s=120.0)
    assert [settings.bus_weight(late_s) for late_s in (-60.0, 0.0, 60.0, 120.0, 900.0)] == [0.0, 0.0, 10.0, 20.0, 20.0]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"stop_g": -1.0}, "stop_g"),
        ({"delay_g_s": 0.0, "idle_g_s": 0.0}, "delay_g_s"),
        ({"idle_g_s": 11.0}, "idle_g_s"),
    ],
)
def test_weights_that_say_nothing_are_refused(values, field):
    with pytest.raises(InvalidValueError, match=field):
        EmissionWeights(**values)
