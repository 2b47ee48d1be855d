"""From counts to flows of links: smoothing, means, and what is not known."""

from __future__ import annotations

import math

import pytest

from traffic_core.detector_flows import DetectorFlows
from traffic_core.errors import InvalidValueError
from traffic_core.network import Detector, Link, Network, Node, NodeControl, RoadClass, keyed
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import DetectorReading

FROM = Provenance(source="made for a test", confidence=Confidence.ESTIMATED)
START_S = 1_800_000_000.0


@pytest.fixture
def flows():
    positions = {"a": (9.0, 48.0), "b": (9.01, 48.0)}
    nodes = [Node(id=n, name=n, position=p, control=NodeControl.NONE, provenance=FROM) for n, p in positions.items()]
    links = [
        Link(
            id=a + b,
            name=a + b,
            from_node=a,
            to_node=b,
            line=(positions[a], positions[b]),
            length_m=744.0,
            free_speed_m_s=10.0,
            lanes=1,
            capacity_veh_h=1_800,
            road_class=RoadClass.SECONDARY,
            provenance=FROM,
        )
        for a, b in ("ab", "ba")
    ]
    detectors = [
        Detector(id=name, link_id=link, to_stop_line_m=10.0, interval_s=60.0, provenance=FROM)
        for name, link in (("D1", "ab"), ("D2", "ab"), ("D3", "ba"))
    ]
    return DetectorFlows(Network(nodes=keyed(nodes), links=keyed(links), turns={}, detectors=keyed(detectors)))


def count(flows, source_id, count_veh, after_s):
    at_s = START_S + after_s
    flows.accept(
        DetectorReading(
            source_id=source_id, measured_at_s=at_s, received_at_s=at_s, interval_s=60.0, count_veh=count_veh
        )
    )


def flow_of(flows, link_id, after_s):
    flows.advance(START_S + after_s)
    (flow_veh_h,), (known,) = flows.of([link_id])
    return float(flow_veh_h) if known else None


def test_ten_vehicles_a_minute_are_six_hundred_an_hour(flows):
    count(flows, "D3", 10, 0.0)
    assert flow_of(flows, "ba", 10.0) == 600.0
    assert flow_of(flows, "ab", 10.0) is None
    assert flow_of(flows, "none", 10.0) is None


def test_two_counts_between_two_calls_are_both_smoothed_in(flows):
    count(flows, "D3", 10, 0.0)
    count(flows, "D3", 20, 60.0)
    assert flow_of(flows, "ba", 60.0) == pytest.approx(600.0 + (1.0 - math.exp(-0.1)) * 600.0)


def test_a_silent_detector_is_unknown_after_its_time_and_starts_anew(flows):
    count(flows, "D3", 10, 0.0)
    assert flow_of(flows, "ba", 300.0) == 600.0
    assert flow_of(flows, "ba", 301.0) is None
    count(flows, "D3", 20, 1_000.0)
    assert flow_of(flows, "ba", 1_000.0) == 1_200.0


def test_late_and_repeated_counts_are_left_out(flows):
    count(flows, "D3", 10, 0.0)
    count(flows, "D3", 40, 0.0)
    count(flows, "D3", 40, -60.0)
    assert flow_of(flows, "ba", 0.0) == 600.0


def test_of_two_detectors_on_a_link_the_mean_of_those_that_report_counts(flows):
    count(flows, "D1", 10, 0.0)
    count(flows, "D2", 14, 0.0)
    assert flow_of(flows, "ab", 0.0) == pytest.approx(720.0)
    count(flows, "D2", 14, 250.0)
    assert flow_of(flows, "ab", 310.0) == pytest.approx(840.0)


def test_a_detector_of_another_town_is_refused(flows):
    with pytest.raises(InvalidValueError, match="must name a detector"):
        count(flows, "elsewhere", 1, 0.0)


def test_counts_from_a_future_that_the_clock_has_left_are_unknown_and_new_ones_count(flows):
    count(flows, "D3", 10, 0.0)
    assert flow_of(flows, "ba", -3_600.0) is None
    count(flows, "D3", 20, -3_590.0)
    assert flow_of(flows, "ba", -3_590.0) is not None
