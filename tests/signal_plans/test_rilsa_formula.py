"""The intergreen formula by hand, and against a replay of the motion that shares no step with it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.rilsa.formula import intergreen_s
from signal_plans.rilsa.replay import replayed_intergreen_s
from signal_plans.rilsa.values import (
    DEFAULTS,
    GUIDELINE,
    SURVEY,
    Clearing,
    ClearingCase,
    RoadUser,
    changed,
    clearing,
    entering_speed_m_s,
)
from traffic_core.errors import InvalidValueError

CASES = st.sampled_from(ClearingCase)
USERS = st.sampled_from(RoadUser)
WAYS = st.integers(0, 900).map(lambda decimetres: Fraction(decimetres, 10))
SPEEDS = st.fractions(Fraction(1, 2), 20, max_denominator=12)
BOTH = (intergreen_s, replayed_intergreen_s)


@pytest.mark.parametrize("intergreen", BOTH)
@pytest.mark.parametrize(
    ("case", "clearing_m", "user", "entering_m", "expected_s"),
    [
        (ClearingCase.STRAIGHT, 20, RoadUser.MOTOR, 10, 5),  # 3 + 26/10 - 10/11.11 = 4.70
        (ClearingCase.TURNING, 20, RoadUser.MOTOR, 10, 5),  # 2 + 26/7 - 0.90 = 4.81
        (ClearingCase.TIGHT_TURNING, 20, RoadUser.MOTOR, 10, 7),  # 2 + 26/5 - 0.90 = 6.30
        (ClearingCase.CYCLE, 20, RoadUser.MOTOR, 10, 6),  # 1 + 20/4 - 0.90 = 5.10
        (ClearingCase.PEDESTRIAN, 6.5, RoadUser.MOTOR, 1, 6),  # 0 + 6.5/1.2 - 0.09 = 5.33
        (ClearingCase.TRAM, 20, RoadUser.MOTOR, 10, 6),  # 3 + 35/10 - 0.90 = 5.60
        (ClearingCase.BUS, 20, RoadUser.MOTOR, 10, 5),  # as a car
        (ClearingCase.STRAIGHT, 20, RoadUser.PEDESTRIAN, 0, 6),  # 3 + 26/10 = 5.6
        (ClearingCase.STRAIGHT, 20, RoadUser.CYCLE, 10, 4),  # 3 + 26/10 - 10/5 = 3.6
        (ClearingCase.PEDESTRIAN, 3, RoadUser.MOTOR, 50, 0),  # 2.5 - 4.5 is negative
        (ClearingCase.STRAIGHT, 14, RoadUser.MOTOR, 0, 5),  # 3 + 20/10 = 5 exactly: not rounded up
        (ClearingCase.PEDESTRIAN, 6, RoadUser.MOTOR, 0, 5),  # 6/1.2 = 5 exactly, which floats miss
    ],
)
def test_intergreens_calculated_by_hand(intergreen, case, clearing_m, user, entering_m, expected_s):
    ways_m = Fraction(str(clearing_m)), Fraction(str(entering_m))
    assert intergreen(*ways_m, clearing(case), entering_speed_m_s(user)) == expected_s


@given(WAYS, WAYS, CASES, USERS)
def test_formula_and_replay_agree_on_the_values_of_the_table(clearing_m, entering_m, case, user):
    given_values = (clearing_m, entering_m, clearing(case), entering_speed_m_s(user))
    assert intergreen_s(*given_values) == replayed_intergreen_s(*given_values)


@given(WAYS, WAYS, st.fractions(0, 7, max_denominator=10), SPEEDS, SPEEDS, st.integers(0, 40))
def test_formula_and_replay_agree_on_any_speeds_and_lengths(clearing_m, entering_m, crossing_s, fast, slow, length_m):
    given_values = (clearing_m, entering_m, Clearing(crossing_s, slow, Fraction(length_m)), fast)
    assert intergreen_s(*given_values) == replayed_intergreen_s(*given_values)


@given(WAYS, CASES, USERS, st.integers(0, 20), st.sampled_from((0, Fraction(1, 10**9), Fraction(-1, 10**9))))
def test_they_agree_at_full_seconds_and_a_hair_beside_them(entering_m, case, user, target_s, hair_m):
    values, speed_m_s = clearing(case), entering_speed_m_s(user)
    # solved for the clearing way that makes t_z exactly `target_s`
    exact_m = (target_s + entering_m / speed_m_s - values.crossing_s) * values.speed_m_s - values.length_m
    clearing_m = max(Fraction(0), exact_m + hair_m)
    found_s = intergreen_s(clearing_m, entering_m, values, speed_m_s)
    assert found_s == replayed_intergreen_s(clearing_m, entering_m, values, speed_m_s)
    if exact_m > 1:
        assert found_s == target_s + (hair_m > 0)


@given(WAYS, WAYS, CASES, USERS)
def test_a_longer_way_out_never_shortens_and_a_longer_way_in_never_lengthens(clearing_m, entering_m, case, user):
    values, speed_m_s = clearing(case), entering_speed_m_s(user)
    found_s = intergreen_s(clearing_m, entering_m, values, speed_m_s)
    assert intergreen_s(clearing_m + 3, entering_m, values, speed_m_s) >= found_s
    assert 0 <= intergreen_s(clearing_m, entering_m + 3, values, speed_m_s) <= found_s


@pytest.mark.parametrize("intergreen", BOTH)
@pytest.mark.parametrize(
    ("ways_m", "speeds_m_s", "field"),
    [
        ((-1, 0), (10, 10), "clearing_m"),
        ((0, -1), (10, 10), "entering_m"),
        ((0, 0), (0, 10), "clearing.speed_m_s"),
        ((0, 0), (10, 0), "entering.speed_m_s"),
    ],
)
def test_negative_ways_and_standing_road_users_are_refused(intergreen, ways_m, speeds_m_s, field):
    slow = Clearing(Fraction(3), Fraction(speeds_m_s[0]), Fraction(6))
    with pytest.raises(InvalidValueError, match=field):
        intergreen(Fraction(ways_m[0]), Fraction(ways_m[1]), slow, Fraction(speeds_m_s[1]))


def test_every_value_has_a_source_and_says_with_what_to_confirm_it():
    for value in DEFAULTS.values():
        assert value.source
        assert value.confirm_with in {GUIDELINE, SURVEY}
    assert {name.split(".")[1] for name in DEFAULTS if name.startswith("clearing.")} == set(ClearingCase)
    assert {name.split(".")[1] for name in DEFAULTS if name.startswith("entering.")} == set(RoadUser)


def test_a_town_can_have_other_values_of_a_named_source():
    table = changed({"clearing.bus.length_m": Fraction(18)}, "vehicles of the town")
    assert clearing(ClearingCase.BUS, table).length_m == 18
    assert table["clearing.bus.length_m"].source == "vehicles of the town"
    assert clearing(ClearingCase.BUS).length_m == 6


@pytest.mark.parametrize(
    ("name", "number", "limit"),
    [
        ("clearing.horse.length_m", 2, "name of the table"),
        ("clearing.bus.length_m", -1, "negative"),
        ("entering.motor.speed_m_s", 0, "above 0"),
    ],
)
def test_values_that_cannot_be_are_refused(name, number, limit):
    with pytest.raises(InvalidValueError, match=limit) as raised:
        changed({name: Fraction(number)}, "nobody")
    assert name in str(raised.value)
