"""Free places that a reading implies, and the capacity they are computed with."""

from __future__ import annotations

import pytest

from traffic_core.plausible_level import (
    believed_capacity_veh,
    capacity_in_force_veh,
    implied_free_veh,
    tells_level,
    within_veh,
)
from traffic_core.readings import OccupancyReading, Quality

NOW_S = 1_800_000_000.0


def told(**values):
    return OccupancyReading(source_id="G", measured_at_s=NOW_S, received_at_s=NOW_S, **values)


@pytest.mark.parametrize(
    ("model_veh", "told_veh", "believed_veh", "in_force_veh"),
    [
        (100, None, None, 100),
        (100, 0, None, 100),
        (100, 90, 90, 100),
        (100, 89, None, 100),
        (100, 111, None, 100),
        (None, 89, 89, 89),
        (None, 0, None, None),
        (None, None, None, None),
    ],
)
def test_the_model_s_capacity_is_in_force_where_it_is_known(model_veh, told_veh, believed_veh, in_force_veh):
    assert believed_capacity_veh(model_veh, told_veh) == believed_veh
    assert capacity_in_force_veh(model_veh, believed_veh) == in_force_veh


def test_free_goes_before_occupied_and_both_before_entries_and_exits():
    assert implied_free_veh(told(free_veh=-3, occupied_veh=30, left_veh=4), 100, None, 50) == -3
    assert implied_free_veh(told(occupied_veh=30, left_veh=4), 100, None, 50) == 70
    assert implied_free_veh(told(entered_veh=7, left_veh=4), 100, None, 50) == 47


def test_occupied_is_taken_from_the_smaller_capacity():
    assert implied_free_veh(told(occupied_veh=30), 100, 95, None) == 65
    assert implied_free_veh(told(occupied_veh=30), 100, 105, None) == 70
    assert implied_free_veh(told(occupied_veh=30), None, 95, None) == 65
    assert implied_free_veh(told(occupied_veh=30), None, None, 50) is None


def test_what_tells_nothing_implies_nothing():
    assert implied_free_veh(told(is_open=True), 100, None, 50) is None
    assert implied_free_veh(told(left_veh=1), 100, None, None) is None
    assert implied_free_veh(told(free_veh=9, quality=Quality.UNKNOWN), 100, None, 50) is None


def test_only_free_and_occupied_tell_a_level():
    assert tells_level(told(free_veh=0))
    assert tells_level(told(occupied_veh=0))
    assert not tells_level(told(left_veh=1, is_open=True))
    assert not tells_level(told(free_veh=0, quality=Quality.UNKNOWN))


def test_a_level_is_brought_to_the_nearest_end():
    assert [within_veh(level_veh, 100) for level_veh in (-1, 0, 100, 101)] == [0, 0, 100, 100]
    assert within_veh(9_999, None) == 9_999
