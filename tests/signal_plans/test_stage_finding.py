"""Stages from the conflict matrix: only compatible groups, every group served, least time between stages."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.layout import SignalLayout
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.stage_finding import best_order, compatible_sets, find_stages, without_permissive
from traffic_core.errors import InvalidValueError

NAMES = ("K1", "K2", "K3", "K4", "F1", "F2")


@st.composite
def matrices(draw):
    """Matrix in which at least one pair conflicts, and flagged pairs that leave one conflict unflagged."""
    pairs = list(combinations(NAMES, 2))
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    times_s = {}
    for a, b in chosen:
        times_s[a, b], times_s[b, a] = draw(st.integers(0, 12)), draw(st.integers(0, 12))
    flagged = frozenset(draw(st.lists(st.sampled_from(chosen), unique=True))) - {chosen[0]}
    return IntergreenMatrix(times_s), flagged


def both(times_s):
    return IntergreenMatrix({**{(b, a): time_s for (a, b), time_s in times_s.items()}, **times_s})


def test_a_crossing_has_two_stages_with_the_pedestrians_beside_the_cars(crossing):
    stages = find_stages("J", list(crossing.groups), crossing.intergreen)
    assert [sorted(stage.groups) for stage in stages] == [["E", "FN", "W"], ["FE", "N", "S"]]
    assert [stage.id for stage in stages] == ["1", "2"]


def test_all_greatest_sets_of_compatible_groups_by_hand():
    # A conflicts with B and C, B with D
    matrix = both({("A", "B"): 5, ("A", "C"): 5, ("B", "D"): 5})
    assert [sorted(found) for found in compatible_sets(["A", "B", "C", "D"], matrix)] == [
        ["A", "D"],
        ["B", "C"],
        ["C", "D"],
    ]


def test_the_order_with_the_least_time_between_stages_is_found():
    # the cycle A B C costs 2 + 2 + 2, the cycle A C B costs 9 + 9 + 9
    fast = {("A", "B"): 2, ("B", "C"): 2, ("C", "A"): 2}
    matrix = IntergreenMatrix({**{(b, a): 9 for a, b in fast}, **fast})
    stages = find_stages("J", ["C", "B", "A"], matrix)
    assert [sorted(stage.groups) for stage in stages] == [["A"], ["B"], ["C"]]
    order, time_s = best_order([frozenset("A"), frozenset("C"), frozenset("B")], matrix)
    assert (order, time_s) == ((0, 2, 1), 6)


@given(st.lists(st.integers(0, 9), min_size=25, max_size=25))
def test_the_order_is_as_good_as_trying_all(times):
    names = "ABCDE"
    table = {(a, b): times[5 * i + j] for i, a in enumerate(names) for j, b in enumerate(names) if a != b}
    matrix = IntergreenMatrix(table)
    order, time_s = best_order([frozenset(name) for name in names], matrix)
    tried = ((0, *rest) for rest in permutations(range(1, 5)))
    costs = [sum(table[names[a], names[b]] for a, b in pairwise((*way, 0))) for way in tried]
    assert time_s == min(costs)
    assert sum(table[names[a], names[b]] for a, b in pairwise((*order, 0))) == time_s


def test_more_than_eight_stages_are_ordered_without_trying_all():
    names = "ABCDEFGHIJ"
    table = {(a, b): 1 if (i + 1) % 10 == j else 9 for i, a in enumerate(names) for j, b in enumerate(names) if i != j}
    order, time_s = best_order([frozenset(name) for name in names], IntergreenMatrix(table))
    assert (order, time_s) == (tuple(range(10)), 10)


@given(matrices())
def test_stages_fit_a_layout_and_flagged_pairs_only_go_together(build_groups, case):
    matrix, flagged = case
    stages = find_stages("J", NAMES, matrix, flagged)
    SignalLayout(
        junction_id="J",
        name="J",
        groups=build_groups,
        intergreen=without_permissive(matrix, flagged),
        stages=stages,
        permissive=flagged,
    )
    for stage in stages:
        for a, b in combinations(sorted(stage.groups), 2):
            assert not matrix.conflict(a, b) or (a, b) in flagged or (b, a) in flagged
    assert find_stages("J", tuple(reversed(NAMES)), matrix, flagged) == stages


@given(matrices())
def test_no_choice_of_fewer_stages_serves_every_group(case):
    matrix, flagged = case
    sets = compatible_sets(NAMES, matrix, flagged)
    needed = len(find_stages("J", NAMES, matrix, flagged))
    for count in range(1, needed):
        assert not any(frozenset().union(*choice) == frozenset(NAMES) for choice in combinations(sets, count))


def test_permissive_conflicts_count_only_where_they_are_flagged():
    matrix = both(
        {("K1", "K2"): 5, ("K1", "F2"): 6, ("K2", "F1"): 6, ("K1", "F1"): 7, ("K2", "F2"): 7, ("F1", "F2"): 1}
    )
    assert len(find_stages("J", ["K1", "K2", "F1", "F2"], matrix)) == 4
    flagged = frozenset({("K1", "F1"), ("K2", "F2")})
    stages = find_stages("J", ["K1", "K2", "F1", "F2"], matrix, flagged)
    assert [sorted(stage.groups) for stage in stages] == [["F1", "K1"], ["F2", "K2"]]


def test_a_group_that_conflicts_with_none_pauses_in_the_last_stage():
    stages = find_stages("J", ["A", "B", "C"], both({("A", "B"): 5}))
    assert [sorted(stage.groups) for stage in stages] == [["A", "C"], ["B"]]


def test_a_junction_without_conflicts_needs_no_signal():
    with pytest.raises(InvalidValueError, match=r"junction\[N04\].stages.*no two groups conflict"):
        find_stages("N04", ["A", "B"], IntergreenMatrix({}))


def test_more_stages_than_a_programme_can_bear_are_refused():
    names = "ABCDEFGHI"
    matrix = both(dict.fromkeys(combinations(names, 2), 5))
    with pytest.raises(InvalidValueError, match=r"junction\[N04\].stages = 9.*8 stages"):
        find_stages("N04", list(names), matrix)


@pytest.mark.parametrize("pair", [("A", "X"), ("A", "A")])
def test_pairs_of_unknown_or_equal_groups_are_refused(pair):
    with pytest.raises(InvalidValueError, match="must name"):
        compatible_sets(["A", "B"], both({("A", "B"): 5}), frozenset({pair}))


@pytest.fixture(scope="module")
def build_groups():
    return {name: SignalGroup(id=name, kind=GroupKind.CYCLE, min_green_s=5, amber_s=2, red_amber_s=1) for name in NAMES}
