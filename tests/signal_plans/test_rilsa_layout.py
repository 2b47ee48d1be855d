"""Supply data that contradict themselves name junction, groups, seconds and the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.intergreen import interstage_s, matrix_from_table
from signal_plans.signal_group import GroupKind, SignalGroup
from traffic_core.errors import InvalidValueError


def walkers(crossing_m, min_green_s, *, for_blind=False):
    return SignalGroup(
        id="F1",
        kind=GroupKind.PEDESTRIAN,
        min_green_s=min_green_s,
        amber_s=0,
        red_amber_s=0,
        crossing_m=crossing_m,
        for_blind=for_blind,
    )


def says(raised, *parts):
    return all(part in str(raised.value) for part in parts)


def test_a_square_table_becomes_a_matrix():
    matrix = matrix_from_table("N04", ["A", "B", "C"], [[None, 5, None], [6, None, 0], [None, 7, None]])
    assert dict(matrix.times_s) == {("A", "B"): 5, ("B", "A"): 6, ("B", "C"): 0, ("C", "B"): 7}
    assert interstage_s(matrix, frozenset("AC"), frozenset("B")) == 7
    assert interstage_s(matrix, frozenset("AB"), frozenset("BC")) == 0


@pytest.mark.parametrize(
    ("groups", "rows", "parts"),
    [
        (["A", "B"], [[None, 5]], ("must be square", "2 rows", "A, B")),
        (["A", "B"], [[None, 5], [5]], ("intergreen[B]", "must be square", "2 times")),
        (["A", "B"], [[None, 5], [None, None]], ("[A,B] = 5", "B clearing before A is missing")),
        (["A", "B"], [[3, 5], [5, None]], ("[A,A] = 3", "itself")),
        (["A", "B"], [[None, 61], [5, None]], ("[A,B] = 61", "0 to 60")),
        (["A", "A"], [[None, 5], [5, None]], ("groups", "once")),
    ],
)
def test_tables_that_are_no_matrix_are_refused(groups, rows, parts):
    with pytest.raises(InvalidValueError) as raised:
        matrix_from_table("N04", groups, rows)
    assert says(raised, "junction[N04].intergreen", *parts)


def test_a_stage_with_conflicting_groups_names_them_and_their_seconds(build):
    with pytest.raises(InvalidValueError) as raised:
        build.layout([build.vehicle("A"), build.vehicle("B")], {("A", "B"): 5}, [["A", "B"], ["B"]], "N04")
    assert says(raised, "junction[N04].stage[1]", "'A', 'B'", "5 s")


@pytest.mark.parametrize(
    ("crossing_m", "for_blind", "needed_s"),
    [
        (0.0, False, 0),
        (12.0, False, 5),  # 6 m at 1.2 m/s: exactly 5 s
        (12.1, False, 6),
        (6.5, False, 3),  # 2.71 s
        (6.5, True, 6),  # 5.42 s
        (6.0, True, 5),  # exactly
    ],
)
def test_half_of_the_crossing_is_walked_while_it_is_green_and_all_of_it_by_the_blind(crossing_m, for_blind, needed_s):
    assert walkers(crossing_m, 5, for_blind=for_blind).least_walking_green_s == needed_s


@pytest.mark.parametrize(("for_blind", "short_s", "needed_s"), [(False, 7, 8), (True, 14, 15)])
def test_pedestrians_with_less_green_than_their_crossing_needs_are_refused(build, for_blind, short_s, needed_s):
    others = [build.vehicle("A"), build.vehicle("B")]
    stages = [["A", "F1"], ["B"]]
    build.layout([*others, walkers(18.0, needed_s, for_blind=for_blind)], {("A", "B"): 5}, stages)
    with pytest.raises(InvalidValueError) as raised:
        build.layout([*others, walkers(18.0, short_s, for_blind=for_blind)], {("A", "B"): 5}, stages, "N04")
    assert says(
        raised, "junction[N04].signal_group[F1].min_green_s", f"= {short_s}", f"{needed_s} s", "18 m", "1.2 m/s"
    )
    assert ("blind" in str(raised.value)) is for_blind


def test_only_pedestrians_have_a_crossing(build):
    with pytest.raises(InvalidValueError, match="only pedestrians"):
        replace(build.vehicle("K1"), crossing_m=6.5)


@pytest.mark.parametrize(
    ("pair", "parts"),
    [
        (("A", "B"), ("permissive[A,B] = 5", "intergreen matrix")),
        (("A", "X"), ("'X'", "signal group of the junction")),
        (("F1", "A"), ("'F1'", "never left to give way")),
        (("A", "A"), ("itself",)),
    ],
)
def test_permissive_pairs_that_cannot_be_are_refused(build, pair, parts):
    groups = [build.vehicle("A"), build.vehicle("B"), build.pedestrian("F1")]
    layout = build.layout(groups, {("A", "B"): 5}, [["A", "F1"], ["B"]], "N04")
    assert replace(layout, permissive=frozenset({("A", "F1")})).permissive == {("A", "F1")}
    with pytest.raises(InvalidValueError) as raised:
        replace(layout, permissive=frozenset({pair}))
    assert says(raised, "junction[N04].permissive", *parts)
