"""How loops and lanes hang together, by hand."""

from __future__ import annotations

import pytest

from signal_plans.loops.loop import BESIDE_PRIOR, Loop, wire
from traffic_core.errors import InvalidValueError


def stop(lane, name="s"):
    return Loop(id=name, kind="stop", lanes=(lane,), distance_m=1.0)


def advance(*lanes, beside=(), name="a"):
    return Loop(id=name, kind="advance", lanes=lanes, distance_m=40.0, beside=beside)


def test_pairs_lie_in_the_order_of_the_lanes_and_are_found_from_both_sides():
    wiring = wire([advance(0, 2), stop(1), advance(1, beside=(2,))], 3)
    assert wiring.stop_loop.tolist() == [-1, 1, -1]
    assert wiring.pair_lane.tolist() == [0, 1, 2, 2]
    assert wiring.pair_loop.tolist() == [0, 2, 0, 2]
    assert wiring.prior.tolist() == [1.0, 1.0, 1.0, BESIDE_PRIOR]
    assert wiring.feed_first.tolist() == [0, 1, 2, 4]
    assert wiring.serve_first.tolist() == [0, 2, 2, 4]
    assert wiring.serve_pair.tolist() == [0, 2, 1, 3]
    assert wiring.lanes_of_loop.tolist() == [2, 0, 1]


def test_a_loop_that_leads_to_one_lane_is_told_from_one_that_leads_to_several():
    wiring = wire([advance(0), advance(1, 2), advance(2)], 3)
    assert wiring.sole.tolist() == [True, False, False, True]


def test_a_lane_that_is_both_fed_and_beside_is_one_pair():
    wiring = wire([advance(0, beside=(0, 0))], 1)
    assert wiring.prior.tolist() == [1.0]


def test_a_town_without_loops_has_no_pairs():
    wiring = wire([], 2)
    assert wiring.stop_loop.tolist() == [-1, -1]
    assert wiring.pair_lane.size == 0
    assert wiring.feed_first.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("loops", "parts"),
    [
        ([advance(3, name="x")], ("loop[x].lanes", "3", "0 to 1")),
        ([advance(0, beside=(-1,), name="x")], ("loop[x].lanes", "-1", "0 to 1")),
        ([advance(name="x")], ("loop[x].lanes", "at least 1")),
        ([Loop(id="x", kind="stop", lanes=(0, 1), distance_m=1.0)], ("loop[x].lanes", "2", "1 lane")),
        ([stop(0), stop(0, name="x")], ("loop[x].lanes", "0", "without a stop-line loop")),
        ([Loop(id="x", kind="stop", lanes=(0,), distance_m=-1.0)], ("loop[x].distance_m", "-1", "at least 0")),
    ],
)
def test_a_bad_loop_is_named_with_what_is_wrong(loops, parts):
    with pytest.raises(InvalidValueError) as error:
        wire(loops, 2)
    assert all(part in str(error.value) for part in parts)
