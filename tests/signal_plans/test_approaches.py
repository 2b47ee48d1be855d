"""From detectors to groups: shares, means, and what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.approaches import Approaches, DetectorFlows, group_link_shares
from signal_plans.layout import SignalLayout
from signal_plans.settings import SignalSettings
from signal_plans.town import town_of
from traffic_core.errors import InvalidValueError
from traffic_core.network import Detector, Network


@pytest.fixture
def network(build):
    return build.network(["J"])


@pytest.fixture
def flows(crossing, network):
    return DetectorFlows(Approaches(town_of([crossing]), network), network, SignalSettings())


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


def test_counts_become_the_flow_of_their_group(flows):
    flows.record("DJN", 10, 60.0, 1_000.0)
    flow, known = flows.group_flows(1_010.0)
    assert flow.tolist() == [600.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert known.tolist() == [True, False, False, False, False, False]


def test_silent_detector_is_unknown_after_its_time_and_starts_anew(flows):
    flows.record("DJN", 10, 60.0, 1_000.0)
    assert flows.group_flows(1_300.0)[1][0]
    assert not flows.group_flows(1_301.0)[1][0]
    flows.record("DJN", 20, 60.0, 2_000.0)
    flow, known = flows.group_flows(2_000.0)
    assert (flow[0], known[0]) == (1_200.0, True)


def test_two_counts_between_two_calls_are_both_smoothed_in(flows):
    for count_veh, at_s in ((10, 1_000.0), (20, 1_060.0)):
        flows.record("DJN", count_veh, 60.0, at_s)
    assert flows.group_flows(1_060.0)[0][0] == pytest.approx(657.0975, abs=1e-4)


def test_late_and_repeated_counts_are_left_out(flows):
    flows.record("DJN", 10, 60.0, 1_000.0)
    flows.record("DJN", 99, 60.0, 1_000.0)
    flows.record("DJN", 99, 60.0, 940.0)
    assert flows.group_flows(1_000.0)[0][0] == 600.0


def test_two_detectors_of_a_link_count_as_their_mean(crossing, network):
    twin = Detector(
        id="D2", link_id="JNin", to_stop_line_m=80.0, interval_s=60.0, provenance=network.detectors["DJN"].provenance
    )
    doubled = Network(
        nodes=network.nodes,
        links=network.links,
        turns=network.turns,
        detectors=dict(network.detectors) | {"D2": twin},
    )
    flows = DetectorFlows(Approaches(town_of([crossing]), doubled), doubled, SignalSettings())
    flows.record("DJN", 10, 60.0, 1_000.0)
    flows.record("D2", 14, 60.0, 1_000.0)
    assert flows.group_flows(1_000.0)[0][0] == pytest.approx(720.0)
    flows.record("D2", 14, 60.0, 1_250.0)
    assert flows.group_flows(1_310.0)[0][0] == pytest.approx(840.0)


def test_detector_elsewhere_is_refused(flows):
    assert "DJN" in flows
    assert "elsewhere" not in flows
    with pytest.raises(InvalidValueError, match="in front of a signal"):
        flows.record("elsewhere", 1, 60.0, 0.0)


def test_flows_of_all_groups_are_finite(flows):
    flow, _ = flows.group_flows(0.0)
    assert np.isfinite(flow).all()
