"""The 95 % queue."""

from __future__ import annotations

import math

import pytest

from signal_plans.fixed_time.queue_percentile import queue_95_veh
from traffic_core.errors import InvalidValueError


def test_the_95_percent_queue_as_calculated_by_hand():
    assert queue_95_veh(5.0) == pytest.approx(5.0 * (1.6 + math.exp(-1.0)))
    assert queue_95_veh(0.0) == 0.0


def test_a_negative_mean_is_refused():
    with pytest.raises(InvalidValueError, match="mean_veh"):
        queue_95_veh(-1.0)
