"""What a cell is told: where most of it are sent, where the next driver would be sent, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parking.assignment_plan import NOBODY, best_of, place_taken_s, solve

SINK_S = 1_800.0


def solved(cost_s, demand, supply):
    return solve(np.array(cost_s, np.float64), np.array(demand, np.int64), np.array(supply, np.int64))


def test_an_empty_cell_is_told_what_its_next_driver_would_be():
    # all 3 places are worth 1,790 s to those of the first cell; the next driver of the other would pay 1,790 + 1,790
    found = solved([[10.0, SINK_S], [1_790.0, SINK_S]], [5, 0], [3])
    assert found.price_s.tolist() == [1_790.0]
    assert best_of(found).tolist() == [0, NOBODY]
    with_him = solved([[10.0, SINK_S], [1_790.0, SINK_S]], [5, 1], [3])
    assert with_him.flow_veh[1].tolist() == [0, 1]


def test_places_that_are_just_enough_are_taken_by_a_next_driver_from_others():
    # 3 for 3: one more place saves nothing, one less costs 1,790 s
    found = solved([[10.0, SINK_S], [1_790.0, SINK_S]], [3, 0], [3])
    assert (found.price_s.tolist(), place_taken_s(found).tolist()) == ([0.0], [1_790.0])
    assert best_of(found).tolist() == [0, NOBODY]
    # with room for one more he is welcome
    assert best_of(solved([[10.0, SINK_S], [1_790.0, SINK_S]], [3, 0], [4])).tolist() == [0, 0]


def test_a_next_driver_may_move_others_along():
    # the driver at A would go on to B for 40 s, the one at B to C for 30 s, where a place is left
    cost_s = [[10.0, 50.0, 500.0, SINK_S], [900.0, 20.0, 50.0, SINK_S], [100.0, 1_700.0, 1_700.0, SINK_S]]
    found = solved(cost_s, [1, 1, 0], [1, 1, 1])
    assert found.flow_veh[:2, :3].tolist() == [[1, 0, 0], [0, 1, 0]]
    assert place_taken_s(found).tolist() == [70.0, 30.0, 0.0]
    assert best_of(found).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("supply", "told"), [([1], NOBODY), ([49], NOBODY), ([50], 0), ([0], NOBODY), ([30, 30], NOBODY), ([20, 40], 1)]
)
def test_a_cell_most_of_which_are_sent_nowhere_is_told_nothing(supply, told):
    cost_s = [[*(10.0 + f for f in range(len(supply))), SINK_S]]
    assert best_of(solved(cost_s, [100], supply)).tolist() == [told]


def test_a_place_as_dear_as_the_sink_is_not_recommended():
    assert best_of(solved([[SINK_S, SINK_S]], [4], [9])).tolist() == [NOBODY]
    assert best_of(solved([[SINK_S, SINK_S]], [0], [9])).tolist() == [NOBODY]


@st.composite
def instances(draw):
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    cost = draw(st.lists(st.integers(0, 30), min_size=rows * columns, max_size=rows * columns))
    cost_s = np.column_stack((np.array(cost, np.float64).reshape(rows, columns), np.full(rows, 25.0)))
    demand = draw(st.lists(st.integers(0, 6), min_size=rows, max_size=rows))
    supply = draw(st.lists(st.integers(0, 6), min_size=columns, max_size=columns))
    return cost_s, [0, *demand[1:]], supply


@settings(deadline=None)
@given(instances())
@example((np.array([[20.0, 25.0], [3.0, 25.0]]), [0, 3], [3]))
def test_what_an_empty_cell_is_told_is_best_for_all(instance):
    cost_s, demand, supply = instance
    before = solved(cost_s, demand, supply)
    told = int(best_of(before)[0])
    after = solved(cost_s, [1, *demand[1:]], supply)
    gain_s = float((after.flow_veh * cost_s).sum() - (before.flow_veh * cost_s).sum())
    if told == NOBODY:
        assert gain_s == pytest.approx(cost_s[0, -1])
    else:
        assert gain_s < cost_s[0, -1]
        assert gain_s == pytest.approx(cost_s[0, told] + place_taken_s(before)[told])


@settings(deadline=None)
@given(instances(), st.integers(0, 4))
def test_one_place_less_costs_what_is_told(instance, column):
    cost_s, demand, supply = instance
    before = solved(cost_s, demand, supply)
    f = column % len(supply)
    if supply[f] == 0:
        return
    fewer = [veh - (place == f) for place, veh in enumerate(supply)]
    loss_s = (solved(cost_s, demand, fewer).flow_veh * cost_s).sum() - (before.flow_veh * cost_s).sum()
    assert loss_s == pytest.approx(place_taken_s(before)[f])
