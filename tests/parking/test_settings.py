"""Settings out of range are refused by name."""

from __future__ import annotations

import pytest

from parking.settings import CostSettings, DisplaySettings, GuidanceSettings
from traffic_core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        (DisplaySettings, {"dwell_s": -1.0}),
        (DisplaySettings, {"step_veh": 0}),
        (DisplaySettings, {"margin_veh": 0}),
        (DisplaySettings, {"free_share": 1.1}),
        (GuidanceSettings, {"validity_s": 300.1}),
        (GuidanceSettings, {"hold_s": 31.0}),
        (GuidanceSettings, {"validity_s": 59.0, "hold_s": 30.0}),
        (GuidanceSettings, {"supply_quantile": 0.6}),
        (CostSettings, {"walk_weight": -1.0}),
        (CostSettings, {"value_of_time_eur_h": 0.0}),
        (CostSettings, {"sink_s": float("inf")}),
        (CostSettings, {"emission_weight": -1.0}),
        (CostSettings, {"co2_g_km": float("nan")}),
        (CostSettings, {"co2_eur_t": -300.0}),
        (CostSettings, {"search_s_at_share": ((0.0, 30.0),)}),
        (CostSettings, {"search_s_at_share": ((0.5, 30.0), (0.1, 40.0))}),
        (CostSettings, {"search_s_at_share": ((0.0, 30.0), (1.1, 40.0))}),
    ],
)
def test_impossible_settings_are_refused(settings, values):
    with pytest.raises(InvalidValueError) as caught:
        settings(**values)
    assert next(iter(values)) in caught.value.field
