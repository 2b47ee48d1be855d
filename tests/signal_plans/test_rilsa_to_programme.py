"""From the drawing of a junction to a safe programme: conflict points, matrix, stages, layout, greens."""

from __future__ import annotations

import pytest

from signal_plans.layout import SignalLayout
from signal_plans.rilsa.geometry import conflict_points
from signal_plans.rilsa.matrix import matrix_of
from signal_plans.stage_finding import find_stages
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

FEET = {f"F{arm}": f"J{arm}in" for arm in "NESW"}
TURNERS_AND_FEET = {(arm, f"F{beside}") for arm, besides in (("N", "EW"), ("S", "EW")) for beside in besides}
TURNERS_AND_FEET |= {(arm, f"F{beside}") for arm in "EW" for beside in "NS"}
OPPOSITE = {("N", "S"), ("E", "W")}


@pytest.fixture
def groups(build):
    cars = [build.vehicle(arm, [f"J{arm}{to}" for to in "NESW" if to != arm]) for arm in "NESW"]
    return {group.id: group for group in (*cars, *(build.pedestrian(name) for name in FEET))}


def layout_from(groups, network, permissive):
    points = conflict_points(network, "J", groups, FEET)
    matrix = matrix_of("J", points, permissive=permissive)
    stages = find_stages("J", list(groups), matrix)
    return SignalLayout(
        junction_id="J", name="J", groups=groups, intergreen=matrix, stages=stages, permissive=permissive
    )


def test_a_crossing_with_flagged_turners_has_two_stages_and_a_safe_programme(build, groups):
    layout = layout_from(groups, build.network("J"), frozenset(TURNERS_AND_FEET | OPPOSITE))
    assert [sorted(stage.groups) for stage in layout.stages] == [["E", "FN", "FS", "W"], ["FE", "FW", "N", "S"]]
    programme = programme_from_stages(layout, (20, 20), "P1")
    # a left turn before the stream it joins: 2 + (19.0 + 6)/5 - 19.5/11.11 = 5.24 s; on foot 5.33 s; nothing is longer
    assert programme.cycle_s == 20 + 6 + 20 + 6


def test_without_flags_nobody_is_left_to_give_way_and_more_stages_are_needed(build, groups):
    layout = layout_from(groups, build.network("J"), frozenset())
    assert len(layout.stages) > 2
    assert not layout.permissive
    for stage in layout.stages:
        for arm, foot in TURNERS_AND_FEET:
            assert not {arm, foot} <= stage.groups


def test_crossing_streams_cannot_be_flagged(build, groups):
    with pytest.raises(InvalidValueError, match=r"permissive\[N,E\].*turners"):
        layout_from(groups, build.network("J"), frozenset({("N", "E")}))
