"""Where a queue stands its green is not cut, and demand is reckoned above what is let through."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from signal_plans.approaches import Approaches
from signal_plans.control import SignalControl
from signal_plans.observed import Observed
from signal_plans.queues import assumed_flows, cuts_a_queue, green_share, standing
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.timing import programme_from_stages
from signal_plans.town import town_of

START_S = 1_800_000_000
N, E, S, W, FN, FE = range(6)


def test_a_queue_stands_where_the_detector_is_covered_and_known():
    known = np.array([True, True, False, True])
    found = standing(np.array([0.35, 0.34, 0.9, np.nan]), known, 0.35)
    assert found.tolist() == [True, False, False, False]
    assert not standing(None, known, 0.35).any()


def test_demand_under_a_queue_is_what_passes_and_a_tenth_more_where_the_green_is_used():
    # 1,800 veh/h for 22 of 60 s pass 660 veh/h; 1.1 of it are 726, three quarters 495
    flow = np.array([500.0, 500.0, 900.0, 490.0])
    passes = np.full(4, 1_800 * 22 / 60)
    found = assumed_flows(flow, np.array([True, False, True, True]), passes, 1.1)
    assert found == pytest.approx([726.0, 500.0, 900.0, 660.0])


def test_a_smaller_share_of_green_cuts_a_queue(crossing):
    old = programme_from_stages(crossing, (22, 22), "a")
    assert green_share(old, "N") == pytest.approx(22 / 60)
    longer = programme_from_stages(crossing, (30, 22), "b")  # 30 and 22 of 68 s
    only_n, only_e = (np.eye(6, dtype=bool)[g] for g in (N, E))
    assert not cuts_a_queue(old, longer, only_n)
    assert cuts_a_queue(old, longer, only_e)


def test_groups_take_the_occupancy_of_their_approach(build):
    network = build.network(["J"])
    approaches = Approaches(town_of([build.crossing("J")]), network)
    share = np.array([0.6 if link == "JNin" else np.nan for link in approaches.links])
    found = approaches.group_occupancy(share)
    assert found[N] == 0.6
    assert np.isnan(found[[E, S, W, FN, FE]]).all()


@pytest.fixture
def control(build):
    return SignalControl({"J": build.junction("J")}, build.network(["J"]), SignalSettings())


def computed(control, flow, occupied, seconds=1_000):
    """Programmes that were computed; flow and occupancy stay the same all the time."""
    share = np.zeros(6)
    share[occupied] = 0.7
    said = []
    for t in range(START_S + 290, START_S + 290 + seconds):
        said += control.step(t, flow, control.town.is_vehicle, Observed(occupancy_share=share)).decisions
    return said[1:]


def test_a_starved_approach_gets_more_green_each_time(control):
    # the detector counts what the present 22 s of 60 let pass, 660 veh/h
    flow = np.array([660.0, 300.0, 400.0, 300.0, 0.0, 0.0])
    said = computed(control, flow, [N])
    assert {decision.reason for decision in said} == {SignalReason.COMPUTED_FOR_QUEUE}
    shares = [22 / 60] + [green_share(decision.programme, "N") for decision in said]
    assert len(shares) >= 3
    assert all(after > before for before, after in pairwise(shares))


def test_without_a_queue_the_same_counts_take_green_away(control):
    flow = np.array([100.0, 500.0, 100.0, 500.0, 0.0, 0.0])
    (said, *_) = computed(control, flow, [])
    assert said.reason is SignalReason.COMPUTED_FROM_COUNTS
    assert green_share(said.programme, "N") < 22 / 60


def test_two_approaches_with_queues_keep_what_they_have(control):
    flow = np.array([100.0, 500.0, 100.0, 500.0, 0.0, 0.0])
    for decision in computed(control, flow, [N, E]):
        assert green_share(decision.programme, "N") >= 22 / 60
        assert green_share(decision.programme, "E") >= 22 / 60
