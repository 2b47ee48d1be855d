"""Junctions with loops that report every second are seen through them, where no area detector watches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.area import assumed_area_detectors
from signal_plans.adaptive.loop_sensors import LoopSensors
from signal_plans.adaptive.town_sensors import TownSensors
from signal_plans.lamp import Lamp
from signal_plans.streams.from_layout import stream_town
from signal_plans.streams.model import Right
from traffic_core.network import Detector
from traffic_core.provenance import Confidence, Provenance
from traffic_core.readings import ApproachReading, DetectorReading, SeenVehicle

NOW_S = 1_795_246_200.0
MADE_UP = Provenance(source="made up", confidence=Confidence.ESTIMATED)
ARMS = ("JNin", "JEin", "JSin", "JWin")


def with_loops(network, links=ARMS, interval_s=1.0):
    detectors = {
        f"{kind}_{link}": Detector(
            id=f"{kind}_{link}", link_id=link, to_stop_line_m=at_m, interval_s=interval_s, provenance=MADE_UP
        )
        for link in links
        for kind, at_m in (("stop", 2.0), ("advance", 40.0), ("far", 90.0))
    }
    return replace(network, detectors=detectors)


def second(sensors, now_s, *, passed=(), over=(), links=ARMS):
    """One report of all loops: who was passed in the last second, and where somebody stands."""
    for link in links:
        for kind in ("stop", "advance"):
            name = f"{kind}_{link}"
            reading = DetectorReading(
                source_id=name,
                measured_at_s=now_s,
                received_at_s=now_s,
                interval_s=1.0,
                count_veh=int(name in passed),
                occupancy_share=1.0 if name in over else 0.0,
            )
            sensors.accept(reading)


@pytest.fixture(name="parts")
def parts_fixture(build):
    network, layout = with_loops(build.network(["J"])), build.crossing("J")
    return stream_town(network, [layout]), network, [layout]


def test_a_junction_needs_both_loops_on_each_approach_of_one_lane(build, parts):
    town, network, layouts = parts
    assert LoopSensors(town, network, layouts).is_equipped.tolist() == [True]
    wide = {"JNin": replace(network.links["JNin"], lanes=2)}
    for other in (
        with_loops(network, ARMS[:3]),
        with_loops(network, interval_s=60.0),
        replace(network, links=dict(network.links) | wide),
    ):
        found = LoopSensors(stream_town(other, layouts), other, layouts)
        assert found.is_equipped.tolist() == [False]
        assert found.seen_m.tolist() == [0.0] * 4
        assert found.ready(NOW_S).tolist() == [False]


def test_of_several_loops_upstream_the_nearest_is_the_advance_loop(parts):
    assert LoopSensors(*parts).seen_m.tolist() == [40.0] * 4


def test_a_vehicle_counted_upstream_comes_to_the_stop_line_and_is_counted_out_there(parts):
    sensors = LoopSensors(*parts)
    lane = [lane.id for lane in parts[0].junctions[0].lanes].index("JSin/1")
    second(sensors, NOW_S, passed=("advance_JSin",))
    seen = sensors.step(NOW_S)
    assert seen.lane.tolist() == [lane]
    assert 20.0 < seen.distance_m[0] < 40.0
    for t in range(1, 6):
        second(sensors, NOW_S + t, over=("stop_JSin",) if t > 3 else ())
        seen = sensors.step(NOW_S + t)
    assert seen.distance_m.tolist() == [0.0]
    second(sensors, NOW_S + 6.0, passed=("stop_JSin",))
    assert sensors.step(NOW_S + 6.0).lane.size == 0


def test_lamps_give_lanes_their_rights(parts):
    sensors = LoopSensors(*parts)
    groups = list(parts[2][0].groups)
    green = {"N", "S"}
    sensors.note_lamps(np.array([Lamp.GREEN if group in green else Lamp.RED for group in groups], np.uint8))
    rights = dict(zip([lane.id for lane in parts[0].junctions[0].lanes], sensors._right.tolist(), strict=True))
    assert rights["JNin/1"] == rights["JSin/1"] == Right.PROTECTED
    assert rights["JEin/1"] == rights["JWin/1"] == Right.RED


def test_it_is_ready_while_all_loops_report_every_second(parts):
    sensors = LoopSensors(*parts)
    second(sensors, NOW_S, links=ARMS[:3])
    assert sensors.ready(NOW_S).tolist() == [False]
    second(sensors, NOW_S, links=ARMS[3:])
    assert sensors.ready(NOW_S + 3.0).tolist() == [True]
    assert sensors.ready(NOW_S + 3.5).tolist() == [False]


def test_an_area_detector_goes_before_loops_and_loops_serve_while_it_is_silent(parts):
    town, network, layouts = parts
    sensors = TownSensors(town, network, layouts, assumed_area_detectors(network, layouts), 120.0)
    assert sensors.seen_m == (150.0,) * 4
    for t in range(2):
        second(sensors, NOW_S + t, passed=("advance_JSin",) if t == 0 else ())
        for link in ARMS:
            seen = (SeenVehicle(1, 77.0, 0.0),) if link == "JEin" else ()
            sensors.accept(
                ApproachReading(
                    source_id=f"area_{link}", measured_at_s=NOW_S + t, received_at_s=NOW_S + t, vehicles=seen
                )
            )
    picture = sensors.picture(NOW_S + 1.0)
    assert (picture.ready.tolist(), picture.sightings.distance_m.tolist()) == ([True], [77.0])
    for t in range(2, 6):
        second(sensors, NOW_S + t)
        picture = sensors.picture(NOW_S + t)
    assert picture.ready.tolist() == [True]
    assert (picture.sightings.distance_m < 40.0).all()
    assert sensors.picture(NOW_S + 20.0).ready.tolist() == [False]
