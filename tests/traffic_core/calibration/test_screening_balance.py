"""Balance of the arms of a node, and typical turning flows as counts of links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traffic_core.calibration.arm_balance import ArmBalance, arm_balances, by_arms, exit_arm, numbered_clockwise
from traffic_core.calibration.observations import Observation
from traffic_core.calibration.turning_counts import TurningMovement
from traffic_core.calibration.turning_flows import approach_flows, node_balances, observations_of
from traffic_core.calibration.typical_day import TypicalDay
from traffic_core.demand import DayType
from traffic_core.errors import InvalidValueError


def day(veh_h: float | None) -> TypicalDay:
    course = None if veh_h is None else (veh_h,) * 24
    return TypicalDay(
        series_id="S",
        day_type=DayType.WEEKDAY,
        veh_h=course,
        low_veh_h=course,
        high_veh_h=course,
        good_days=30,
        reason=None if veh_h is not None else "none",
    )


def test_right_of_north_is_west():
    assert [exit_arm(1, turn, clockwise=True) for turn in "GRL"] == [3, 4, 2]
    assert [exit_arm(1, turn, clockwise=False) for turn in "GRL"] == [3, 2, 4]
    assert [exit_arm(4, turn, clockwise=True) for turn in "GRL"] == [2, 3, 1]


def test_balances_by_hand():
    """Arm 1 sends 900 + 100 and gets 950; arm 2 sends 950 + 50 and gets 900; arm 3 sends nothing and gets 150."""
    made = arm_balances({(1, 2): 900.0, (1, 3): 100.0, (2, 1): 950.0, (2, 3): 50.0})
    assert [(each.arm, each.entering_veh_24h, each.leaving_veh_24h) for each in made] == [
        (1, 1_000.0, 950.0),
        (2, 1_000.0, 900.0),
        (3, None, 150.0),
    ]
    assert [each.balanced for each in made] == [True, True, None]


def test_an_unknown_movement_leaves_its_arms_unknown():
    made = arm_balances({(1, 2): 900.0, (2, 1): 950.0, (1, 3): None, (3, 1): 10.0})
    assert [(each.entering_veh_24h, each.leaving_veh_24h) for each in made] == [
        (None, 960.0),
        (950.0, 900.0),
        (10.0, None),
    ]


@pytest.mark.parametrize(
    ("entering", "leaving", "balanced"),
    [(2_600.0, 2_000.0, True), (2_601.0, 2_000.0, False), (100.0, 599.0, True), (100.0, 600.0, False)],
)
def test_an_arm_is_suspicious_by_ratio_and_difference(entering: float, leaving: float, balanced: bool):
    made = ArmBalance(arm=1, entering_veh_24h=entering, leaving_veh_24h=leaving)
    assert made.balanced is balanced


def test_a_negative_flow_is_refused():
    with pytest.raises(InvalidValueError, match=r"movement\[1,2\].veh_24h = -1.0"):
        arm_balances({(1, 2): -1.0})


def test_the_way_round_follows_from_the_arms_of_a_t_junction():
    """No arm 4: from 1 people turn right into 2, so numbers run against the clock."""
    flows = {(1, "G"): 9.0, (1, "R"): 3.0, (2, "L"): 3.0, (2, "R"): 1.0, (3, "G"): 9.0, (3, "L"): 1.0}
    assert numbered_clockwise(flows) is False


def test_the_way_round_follows_from_the_balance_of_a_crossing():
    flows = {(arm, turn): 1_000.0 for arm in range(1, 5) for turn in "GLR"}
    assert numbered_clockwise(flows) is None
    flows[1, "R"] = flows[4, "L"] = 5_000.0
    assert numbered_clockwise(flows) is True


@given(
    st.lists(st.floats(0.0, 1e4), min_size=12, max_size=12),
    st.booleans(),
)
def test_nothing_is_lost_in_a_node(values: list[float], clockwise: bool):
    turns = [(arm, turn) for arm in range(1, 5) for turn in "GLR"]
    made = arm_balances(by_arms(dict(zip(turns, values, strict=True)), clockwise=clockwise))
    entering = sum(each.entering_veh_24h or 0.0 for each in made)
    leaving = sum(each.leaving_veh_24h or 0.0 for each in made)
    assert entering == pytest.approx(leaving) == pytest.approx(sum(values))


def test_an_approach_is_the_sum_of_its_turns_or_unknown():
    days = {
        TurningMovement("N1", "FV1", "G"): day(100.0),
        TurningMovement("N1", "FV1", "R"): day(20.0),
        TurningMovement("N1", "FV2", "L"): day(30.0),
        TurningMovement("N1", "FV2", "R"): day(None),
    }
    assert approach_flows(days) == {("N1", "FV1"): (120.0,) * 24, ("N1", "FV2"): None}
    made = observations_of(days, {("N1", "FV1"): "L7", ("N1", "FV2"): "L8"})
    assert len(made) == 24
    assert made[7] == Observation(count_id="N1 FV1", link_id="L7", hour=7, veh=120.0)
    assert observations_of(days, {}) == ()


def test_balances_are_told_where_the_names_allow_it():
    days = {
        TurningMovement("N1", f"FV{arm}", turn): day(veh_h)
        for arm, turn, veh_h in ((1, "G", 90), (1, "R", 30), (2, "L", 31), (2, "R", 10), (3, "G", 91), (3, "L", 9))
    }
    days[TurningMovement("N2", "FV12", "GR")] = day(10.0)
    made = node_balances(days)
    assert made["N2"] is None
    assert made["N1"] is not None
    assert [each.balanced for each in made["N1"]] == [True, True, True]
    assert made["N1"][1] == ArmBalance(arm=2, entering_veh_24h=41 * 24.0, leaving_veh_24h=39 * 24.0)
