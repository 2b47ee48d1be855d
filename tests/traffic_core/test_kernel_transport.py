"""The transportation kernel against hand calculation."""

from __future__ import annotations

import numpy as np

from traffic_core.kernels.transport import UNLIMITED, least_prices, transport


def solve(cost, demand, supply):
    return transport(np.array(cost, np.float64), np.array(demand, np.int64), np.array(supply, np.int64))


def test_two_by_two_matches_hand_calculation():
    # Row 0 likes column 0 by 1, row 1 by 4.  Both want it, it has 5 places: they go to row 1, which loses more.
    flow, price = solve([[1, 2], [1, 5]], [5, 5], [5, 10])
    assert flow.tolist() == [[0, 5], [5, 0]]
    # One more place in column 0 would take a unit of row 0 from 2 to 1.
    assert price.tolist() == [1, 0]


def test_three_by_three_matches_hand_calculation():
    # Cheapest cells 0→0 (1), 1→0 (2), 2→1 (1) overload column 0 (4 places, 7 wanted).  Moving row 0 to column 1 costs
    # 3 a unit, row 1 to column 2 costs 1 a unit, so that 3 units of row 1 move: 4·1 + 3·3 + 2·1 = 15.
    cost = [[1, 4, 6], [2, 6, 3], [5, 1, 7]]
    flow, price = solve(cost, [4, 3, 2], [4, 5, 5])
    assert flow.tolist() == [[4, 0, 0], [0, 0, 3], [0, 2, 0]]
    assert int((flow * np.array(cost)).sum()) == 15
    assert price.tolist() == [1, 0, 0]


def test_a_chain_of_two_moves_makes_room():
    # Row 2 fits column 0 only at a bearable cost; row 0 gives way to column 1, whose row 1 gives way to the sink.
    cost = [[1, 2, 90], [80, 1, 3], [1, 90, 90]]
    flow, price = solve(cost, [1, 1, 1], [1, 1, UNLIMITED])
    assert flow.tolist() == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert price.tolist() == [3, 2, 0]


def test_the_sink_takes_what_nobody_else_can():
    flow, price = solve([[10, 100]], [7], [3, UNLIMITED])
    assert flow.tolist() == [[3, 4]]
    assert price.tolist() == [90, 0]


def test_dearer_than_the_sink_is_not_used():
    flow, price = solve([[200, 100]], [7], [3, UNLIMITED])
    assert flow.tolist() == [[0, 7]]
    assert price.tolist() == [0, 0]


def test_a_column_without_places_has_a_price_and_no_flow():
    flow, price = solve([[10, 100]], [7], [0, UNLIMITED])
    assert flow.tolist() == [[0, 7]]
    assert price.tolist() == [90, 0]


def test_ties_go_to_the_lowest_index():
    flow, _ = solve([[1, 1, 1], [1, 1, 1]], [2, 2], [2, 2, 9])
    assert flow.tolist() == [[2, 0, 0], [0, 2, 0]]


def test_demand_of_nobody_moves_nobody():
    flow, price = solve([[1, 2], [3, 4]], [0, 0], [0, UNLIMITED])
    assert not flow.any()
    assert not price.any()


def test_no_rows_are_fine():
    flow, price = solve(np.empty((0, 3)), [], [1, 1, UNLIMITED])
    assert flow.shape == (0, 3)
    assert price.tolist() == [0, 0, 0]


def test_without_enough_supply_the_last_rows_are_left_short():
    flow, _ = solve([[1, 2], [1, 2]], [2, 2], [1, 2])
    assert flow.sum(axis=1).tolist() == [2, 1]


def test_inputs_are_left_as_they_were():
    cost, demand, supply = np.array([[1.0, 2.0]]), np.array([3]), np.array([1, UNLIMITED])
    transport(cost, demand, supply)
    assert (cost.tolist(), demand.tolist(), supply.tolist()) == ([[1.0, 2.0]], [3], [1, UNLIMITED])


def test_a_row_goes_on_from_one_full_column_to_the_next():
    # 3 places at 1, 2 at 2, the rest to the sink at 9: one more place in the first saves 8, in the second 7.
    flow, price = solve([[1, 2, 9]], [7], [3, 2, UNLIMITED])
    assert flow.tolist() == [[3, 2, 2]]
    assert price.tolist() == [8, 7, 0]


def test_least_prices_are_what_one_more_place_saves():
    # Both columns are full and both rows sent: any price up to 4 proves that, but one more place saves nothing.
    cost, flow = np.array([[1.0, 5.0], [5.0, 1.0]]), np.array([[2, 0], [0, 2]])
    assert least_prices(cost, flow, np.array([4.0, 0.0])).tolist() == [0, 0]
    # Row 1 would move to column 0 and save 4, were there one more place; no price below 4 proves the optimum.
    flow, price = solve([[1, 5], [1, 5]], [2, 2], [2, UNLIMITED])
    assert least_prices(np.array([[1.0, 5.0], [1.0, 5.0]]), flow, price).tolist() == [4, 0]


def test_least_prices_follow_a_chain_of_moves():
    # One more place in column 0 draws row 1 from column 1 (saves 1), whose place draws row 2 from the sink (saves 89).
    cost = np.array([[1.0, 9.0, 99.0], [1.0, 2.0, 99.0], [99.0, 1.0, 90.0]])
    flow, price = transport(cost, np.array([1, 1, 1]), np.array([1, 1, UNLIMITED]))
    assert flow.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert least_prices(cost, flow, price).tolist() == [90, 89, 0]


def test_forty_columns_and_more_are_as_exact_as_two():
    # Loops run over padded arrays: sizes around the padding, each with one column that everybody wants.
    for columns in (15, 16, 17, 33):
        cost = np.full((3, columns), 5.0)
        cost[:, columns - 1], cost[:, columns - 2] = 9.0, 1.0
        supply = np.zeros(columns, np.int64)
        supply[columns - 2], supply[0], supply[columns - 1] = 2, 3, UNLIMITED
        flow, price = transport(cost, np.array([2, 2, 2]), supply)
        assert float((flow * cost).sum()) == 2 * 1 + 3 * 5 + 1 * 9
        assert price[columns - 2] == 8
