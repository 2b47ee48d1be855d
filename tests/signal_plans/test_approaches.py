"""From detectors to groups: shares, means, and what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.approaches import Approaches, group_link_shares
from signal_plans.layout import SignalLayout
from signal_plans.town import town_of


@pytest.fixture
def network(build):
    return build.network(["J"])


def test_group_that_serves_all_turns_of_a_link_gets_its_whole_flow(crossing, network):
    shares = group_link_shares(town_of([crossing]), network)
    assert shares == {(0, "JNin"): 1.0, (1, "JEin"): 1.0, (2, "JSin"): 1.0, (3, "JWin"): 1.0}


def test_left_turners_with_a_group_of_their_own_get_their_share(crossing, network, build):
    groups = dict(crossing.groups)
    groups["N"] = build.vehicle("N", ["JNS", "JNW"])
    groups["NL"] = build.vehicle("NL", ["JNE"])
    stages = (crossing.stages[0], type(crossing.stages[1])(id="2", groups=crossing.stages[1].groups | {"NL"}))
    layout = SignalLayout(junction_id="J", name="J", groups=groups, intergreen=crossing.intergreen, stages=stages)
    shares = group_link_shares(town_of([layout]), network)
    assert shares[0, "JNin"] == pytest.approx(0.85)
    assert shares[6, "JNin"] == pytest.approx(0.15)


def test_storage_is_the_length_of_the_approach(crossing, network):
    storage = Approaches(town_of([crossing]), network).storage_veh
    # 222.4 m of one lane at 7 m per vehicle; pedestrians have none
    assert storage.tolist() == pytest.approx([31.77] * 4 + [0.0] * 2, abs=0.01)


def test_a_group_needs_all_of_its_links_to_be_known(crossing, network):
    approaches = Approaches(town_of([crossing]), network)
    flow_veh_h = np.array([600.0, 300.0, 200.0, 100.0])
    known = np.array([True, True, True, False])
    flow, group_known = approaches.group_flows(flow_veh_h, known)
    assert flow.tolist() == [600.0, 300.0, 200.0, 0.0, 0.0, 0.0]
    assert group_known.tolist() == [True, True, True, False, False, False]
