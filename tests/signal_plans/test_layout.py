"""Supply data that contradict themselves are refused."""

from __future__ import annotations

import pytest

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.signal_group import GroupKind, SignalGroup
from traffic_core.errors import InvalidValueError


def test_interstage_is_the_longest_intergreen_of_the_groups_that_change(crossing):
    first, second = crossing.stages
    assert crossing.interstage_s(first, second) == 8
    assert crossing.interstage_s(first, first) == 0


def test_intergreen_must_be_listed_in_both_directions():
    with pytest.raises(InvalidValueError, match="opposite direction"):
        IntergreenMatrix({("A", "B"): 5})


def test_group_does_not_conflict_with_itself():
    with pytest.raises(InvalidValueError, match="itself"):
        IntergreenMatrix({("A", "A"): 5})


def test_conflicting_groups_do_not_share_a_stage(build):
    with pytest.raises(InvalidValueError, match="conflicting"):
        build.layout([build.vehicle("A"), build.vehicle("B")], {("A", "B"): 5}, [["A", "B"], ["B"]])


@pytest.mark.parametrize(
    ("stages", "limit"),
    [
        ([["A", "B"]], "at least 2"),
        ([["A"], []], "not be empty"),
        ([["A"], ["X"]], "signal group of the junction"),
        ([["A"], ["A"]], "in a stage"),
        ([["A", "B"], ["A"]], "never be red"),
    ],
)
def test_stages_that_cannot_work_are_refused(build, stages, limit):
    with pytest.raises(InvalidValueError, match=limit):
        build.layout([build.vehicle("A"), build.vehicle("B")], {}, stages)


def test_intergreen_of_an_unknown_group_is_refused(build):
    with pytest.raises(InvalidValueError, match="signal group of the junction"):
        build.layout([build.vehicle("A"), build.vehicle("B")], {("A", "X"): 5}, [["A"], ["B"]])


@pytest.mark.parametrize(
    "wrong",
    [{"min_green_s": 4}, {"amber_s": 2}, {"red_amber_s": 0}, {"turns": ()}, {"saturation_flow_veh_h": 0.0}, {"id": ""}],
)
def test_vehicle_group_keeps_the_rules_of_its_kind(wrong):
    right = {
        "id": "K1",
        "kind": GroupKind.VEHICLE,
        "min_green_s": 5,
        "amber_s": 3,
        "red_amber_s": 1,
        "turns": ("T",),
        "saturation_flow_veh_h": 1800.0,
    }
    SignalGroup(**right)
    with pytest.raises(InvalidValueError):
        SignalGroup(**{**right, **wrong})
