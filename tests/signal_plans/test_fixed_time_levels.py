from __future__ import annotations

import math

import pytest

from signal_plans.fixed_time.levels import BOUNDS_ARE_CONFIRMED, Level, level_of
from traffic_core.errors import InvalidValueError


@pytest.mark.parametrize(
    ("delay_s", "level"),
    [
        (0.0, Level.A),
        (20.0, Level.A),
        (20.1, Level.B),
        (35.0, Level.B),
        (50.0, Level.C),
        (70.0, Level.D),
        (70.1, Level.E),
    ],
)
def test_the_bounds_belong_to_the_better_level(delay_s, level):
    assert level_of(delay_s, 0.9) is level


def test_more_than_can_leave_is_the_worst_level_whatever_the_delay():
    assert level_of(10.0, 1.01) is Level.F
    assert level_of(math.inf, math.inf) is Level.F


def test_the_bounds_are_marked_as_to_be_confirmed():
    assert BOUNDS_ARE_CONFIRMED is False


def test_a_delay_that_is_no_number_is_refused():
    with pytest.raises(InvalidValueError, match="delay_s = nan: must be a number of at least 0"):
        level_of(math.nan, 0.5)
    with pytest.raises(InvalidValueError, match="degree_of_saturation"):
        level_of(10.0, -0.1)
