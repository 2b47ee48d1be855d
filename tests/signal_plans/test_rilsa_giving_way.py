"""Which turns give way: to crossings beside them and, turning left, to oncoming traffic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.rilsa.giving_way import go_first
from signal_plans.rilsa.placement import crossed_arms
from signal_plans.signal_group import GroupKind, SignalGroup


@pytest.fixture
def layout(build):
    """K1 to K4 from north, east, south, west; F1 crosses the arm in the north, F2 the one in the east."""
    arms = dict(zip("NESW", ("K1", "K2", "K3", "K4"), strict=True))
    groups = [build.vehicle(name, [f"J{arm}{to}" for to in arms if to != arm]) for arm, name in arms.items()]
    groups += [build.pedestrian("F1"), build.pedestrian("F2")]
    stages = [["K1", "K3", "F2"], ["K2", "K4", "F1"]]
    times_s = {(a, b): 6 for a in stages[0] for b in stages[1] if (a, b) != ("F2", "F1")}
    return build.layout(groups, times_s, stages)


def test_turners_wait_for_who_crosses_beside_them_and_left_turns_for_oncoming_traffic(build, layout):
    network = build.network("J")
    assert crossed_arms(network, layout) == {"F1": "JNin", "F2": "JEin"}
    assert go_first(network, layout) == {
        "JNE": ("K3", "F2"),  # left, over the crossing in the east
        "JSE": ("F2",),  # right
        "JSW": ("K1",),  # left
        "JEN": ("F1",),  # right, over the crossing in the north
        "JES": ("K4",),
        "JWN": ("K2", "F1"),
    }


def test_nobody_waits_for_a_group_that_is_kept_apart_by_an_intergreen(build, layout):
    apart = dict(layout.intergreen.times_s) | {("K2", "F1"): 5, ("F1", "K2"): 9}
    stages = (layout.stages[0], replace(layout.stages[1], groups=frozenset({"K2", "K4"})))
    more = (*stages, replace(layout.stages[1], id="3", groups=frozenset({"K4", "F1"})))
    changed = replace(layout, intergreen=IntergreenMatrix(apart), stages=more)
    found = go_first(build.network("J"), changed)
    assert "JEN" not in found
    assert found["JWN"] == ("K2", "F1")


def test_a_flagged_pair_counts_where_the_plan_does_not_show_it(build, layout):
    flagged = replace(
        layout, permissive=frozenset({("K1", "F1"), ("K1", "K3")}), intergreen=without(layout, "K1", "F1")
    )
    found = go_first(build.network("J"), flagged)
    assert found["JNW"] == ("F1",)
    assert found["JNE"] == ("K3", "F1", "F2")


def without(layout, a, b):
    left_out = {(a, b), (b, a)}
    return IntergreenMatrix({pair: t for pair, t in layout.intergreen.times_s.items() if pair not in left_out})


def test_a_bus_signal_without_turns_crosses_no_arm(build, layout):
    bus = SignalGroup(id="B1", kind=GroupKind.BUS, min_green_s=5, amber_s=3, red_amber_s=0)
    groups = dict(layout.groups) | {"B1": bus}
    times = dict(layout.intergreen.times_s) | {
        pair: 5 for other in ("K1", "K3") for pair in (("B1", other), (other, "B1"))
    }
    stages = (layout.stages[0], replace(layout.stages[1], groups=layout.stages[1].groups | {"B1"}))
    with_bus = replace(layout, groups=groups, intergreen=IntergreenMatrix(times), stages=stages)
    assert "B1" not in crossed_arms(build.network("J"), with_bus)
