"""Costs between zones, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from traffic_core.assignment.problem import AssignmentNetwork
from traffic_core.calibration.skim import node_costs, zone_costs
from traffic_core.errors import InvalidValueError


def network(ends: list[tuple[int, int]], *, passable=(1, 1, 1, 1)) -> AssignmentNetwork:
    links = len(ends)
    return AssignmentNetwork(
        node_ids=("a", "b", "c", "d"),
        link_ids=tuple(f"L{n}" for n in range(links)),
        zone_ids=("A", "B", "C"),
        zone_node=np.array([0, 1, 2]),
        passable=np.array(passable, dtype=np.uint8),
        from_node=np.array([start for start, _ in ends]),
        to_node=np.array([end for _, end in ends]),
        free_flow_time=np.ones(links),
        capacity=np.ones(links),
        b=np.zeros(links),
        power=np.zeros(links),
        length=np.ones(links),
        toll=np.zeros(links),
    )


def test_the_cheapest_way_counts_and_of_parallel_links_the_cheaper():
    ways = network([(0, 1), (0, 1), (1, 2), (0, 2), (0, 3), (3, 2)])
    cost = node_costs(ways, np.array([5.0, 3.0, 4.0, 9.0, 0.0, 6.0]))
    assert cost == pytest.approx(np.array([[0.0, 3.0, 6.0], [np.inf, 0.0, 4.0], [np.inf, np.inf, 0.0]]))


def test_ways_do_not_pass_through_a_zone_that_is_not_passable():
    ways = network([(0, 1), (1, 2), (0, 2)], passable=(1, 0, 1, 1))
    cost = node_costs(ways, np.array([1.0, 1.0, 9.0]))
    assert cost[0] == pytest.approx([0.0, 1.0, 9.0])
    assert cost[1, 2] == pytest.approx(1.0), "but they start there"


def test_a_zone_with_two_access_nodes_takes_their_mean():
    node_cost = np.array([[0.0, 2.0, 4.0], [2.0, 0.0, 8.0], [4.0, 8.0, 0.0]])
    cost = zone_costs(node_cost, ("P", "P", "Q"), ("P", "Q"))
    assert cost == pytest.approx(np.array([[0.0, 6.0], [6.0, 0.0]]))


def test_a_zone_with_one_access_node_cut_off_has_no_way():
    node_cost = np.array([[0.0, 2.0, 4.0], [2.0, 0.0, np.inf], [4.0, 8.0, 0.0]])
    cost = zone_costs(node_cost, ("P", "P", "Q"), ("P", "Q"))
    assert np.isinf(cost[0, 1])
    assert cost[1, 0] == pytest.approx(6.0)


def test_bad_costs_and_zones_without_a_node_are_refused():
    ways = network([(0, 1), (1, 2)])
    for cost in (np.array([1.0]), np.array([1.0, -1.0]), np.array([1.0, np.nan])):
        with pytest.raises(InvalidValueError, match="link_cost"):
            node_costs(ways, cost)
    with pytest.raises(InvalidValueError, match="zones = 'R'"):
        zone_costs(np.zeros((1, 1)), ("P",), ("P", "R"))
