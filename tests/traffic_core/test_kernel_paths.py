"""Shortest-time trees against networkx on random graphs with forbidden turns."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from traffic_core.kernels.paths import ENDS_HERE, UNREACHABLE, first_links, trees


def ints(*values):
    return np.array(values, dtype=np.int64)


def solve(destinations, from_node, to_node, time_s, turns):
    """`turns`: pairs of link indices.  Returns cost and next link, (D, L) each."""
    links = len(to_node)
    into = sorted(range(len(turns)), key=lambda turn: turns[turn][1])
    first_into = np.zeros(links + 1, dtype=np.int64)
    for turn in turns:
        first_into[turn[1] + 1 :] += 1
    cost_s = np.empty((len(destinations), links))
    next_link = np.empty((len(destinations), links), dtype=np.int64)
    turn_from = ints(*(turn[0] for turn in turns))
    trees(ints(*destinations), ints(*to_node), np.array(time_s), first_into, ints(*into), turn_from, cost_s, next_link)
    return cost_s, next_link


@pytest.mark.parametrize("seed", range(8))
def test_costs_agree_with_networkx_on_random_graphs(seed):
    rng = np.random.default_rng(seed)
    nodes, links = 15, 50
    ends = [tuple(int(n) for n in rng.choice(nodes, 2, replace=False)) for _ in range(links)]
    time_s = rng.uniform(1.0, 60.0, links)
    turns = [(a, b) for a in range(links) for b in range(links) if ends[a][1] == ends[b][0] and rng.uniform() < 0.7]
    cost_s, next_link = solve(range(nodes), [a for a, _ in ends], [b for _, b in ends], time_s, turns)
    graph = nx.DiGraph()
    graph.add_nodes_from(range(links))
    for a, b in turns:
        graph.add_edge(b, a, time=time_s[a])
    for node in range(nodes):
        finals = [link for link in range(links) if ends[link][1] == node]
        expected = dict.fromkeys(range(links), np.inf)
        for final in finals:
            for link, reach_s in nx.single_source_dijkstra_path_length(graph, final, weight="time").items():
                expected[link] = min(expected[link], time_s[final] + reach_s)
        assert cost_s[node] == pytest.approx([expected[link] for link in range(links)])
        for link in range(links):
            following = next_link[node, link]
            if link in finals:
                assert following == ENDS_HERE
            elif np.isinf(expected[link]):
                assert following == UNREACHABLE
            else:
                assert (link, following) in turns
                assert cost_s[node, link] == pytest.approx(time_s[link] + cost_s[node, following])


def test_a_forbidden_turn_makes_a_detour():
    #  0 --l0--> 1 --l1--> 2 is forbidden; 1 --l2--> 3 --l3--> 2 is the way
    ends = [(0, 1), (1, 2), (1, 3), (3, 2)]
    cost_s, next_link = solve([2], [0, 1, 1, 3], [b for _, b in ends], [10.0, 5.0, 20.0, 20.0], [(0, 2), (2, 3)])
    assert cost_s[0].tolist() == [50.0, 5.0, 40.0, 20.0]
    assert next_link[0].tolist() == [2, ENDS_HERE, 3, ENDS_HERE]


def test_equal_ways_take_the_lower_link_index_whatever_the_order():
    ends = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)]
    turns = [(0, 1), (0, 2), (1, 3), (2, 4)]
    for order in (turns, turns[::-1]):
        _, next_link = solve([4], [a for a, _ in ends], [b for _, b in ends], [1.0, 7.0, 7.0, 3.0, 3.0], order)
        assert next_link[0, 0] == 1


def test_the_first_link_of_a_trip_is_the_fastest_that_leaves_its_node():
    from_node = ints(0, 0, 1)
    cost_s = np.array([[30.0, 20.0, np.inf]])
    out = np.empty((1, 3), dtype=np.int64)
    first_links(from_node, cost_s, out)
    assert out.tolist() == [[1, UNREACHABLE, UNREACHABLE]]
