from __future__ import annotations

import math

import pytest

from signal_plans.adaptive.settings import AdaptiveSettings
from traffic_core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("field", "value", "limit"),
    [
        ("horizon_s", 9, "from 10 to 120"),
        ("horizon_s", 121, "from 10 to 120"),
        ("base_s", 9, "from 10 to 60"),
        ("base_s", 61, "from 10 to 60"),
        ("gap_s", 0, "from 1 to 8"),
        ("gap_s", 9, "from 1 to 8"),
        ("sight_m", 19.9, "from 20 to 500"),
        ("smoothing_s", 0.0, "above 0"),
        ("acceleration_m_s2", -2.6, "above 0"),
        ("patience_s", math.nan, "above 0"),
        ("keep_s", (), "must ascend from 0"),
        ("keep_s", (1, 2), "must ascend from 0"),
        ("keep_s", (0, 2, 2), "must ascend from 0"),
        ("second_s", (0, 12, 5), "must ascend from 0"),
        ("stop_cost_s", -1.0, "from 0 to 10000"),
        ("left_cost_s", math.inf, "from 0 to 10000"),
        ("per_change", -1, "from 0 to 10000"),
        ("pocket_veh", math.nan, "from 0 to 10000"),
        ("start_loss_s", -0.1, "from 0 to 10000"),
        ("amber_used_s", -1, "from 0 to 10000"),
        ("blocked_s", -1.0, "from 0 to 10000"),
        ("spill_weight", 1e9, "from 0 to 10000"),
    ],
)
def test_a_bad_value_is_refused_with_its_name_and_its_limit(field, value, limit):
    with pytest.raises(InvalidValueError) as caught:
        AdaptiveSettings(**{field: value})
    message = str(caught.value)
    assert f"adaptive.{field}" in message
    assert limit in message
    assert repr(value) in message or str(value) in message


def test_bounds_themselves_are_accepted():
    assert AdaptiveSettings(horizon_s=120, base_s=120, gap_s=8, sight_m=500.0).gap_s == 8
    assert AdaptiveSettings(horizon_s=10, base_s=10, gap_s=1, sight_m=20.0, keep_s=(0,), second_s=(0,)).keep_s == (0,)
