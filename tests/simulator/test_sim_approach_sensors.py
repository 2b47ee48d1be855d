"""Area detectors see the vehicles that the traffic kernel moves: as many, in their order, where queues let them be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.area import AreaDetector
from simulator.approach_sensors import ApproachSensors, readings_of
from traffic_core.errors import InvalidValueError
from traffic_core.network import Lane, Movement
from traffic_core.provenance import Confidence, Provenance

MADE_UP = Provenance(source="made up", confidence=Confidence.ESTIMATED)
SPACING_M = 7.0


def detector(link, reach_m=150.0):
    return AreaDetector(id=f"area_{link}", link_id=link, reach_m=reach_m, provenance=MADE_UP)


def looks(simulation, seconds):
    """What each detector sees, second by second."""
    simulation.fill()
    begin_s = simulation.now_s
    for second in range(seconds):
        simulation.advance(begin_s + second)
        yield {seen.detector_id: seen for seen in simulation.approaches()}


def on_link(simulation, link):
    row = simulation.arrays.link_index[link]
    return int(simulation.traffic.town.entered_veh[row] - simulation.traffic.town.left_veh[row])


def test_without_adaptive_junctions_nobody_looks(town):
    simulation = town()
    simulation.fill()
    assert simulation.approaches() == []


def test_each_approach_of_an_adaptive_junction_is_watched(town):
    simulation = town(adaptive=("X",))
    simulation.fill()
    assert sorted(seen.detector_id for seen in simulation.approaches()) == [
        "area_N_X",
        "area_P_X",
        "area_R_X",
        "area_W_X",
    ]


def test_a_detector_that_reaches_far_sees_every_vehicle_of_its_link_once(town):
    simulation = town(area_detectors=[detector("W_X", 1_000.0)])
    most = 0
    for seen in looks(simulation, 120):
        assert len(seen["area_W_X"].lane) == on_link(simulation, "W_X")
        most = max(most, len(seen["area_W_X"].lane))
    assert most > 5


def test_vehicles_keep_their_order_and_their_distance_and_never_drive_back(town):
    simulation = town(area_detectors=[detector("W_X", 1_000.0)])
    for seen in looks(simulation, 200):
        at_m, speed_m_s = seen["area_W_X"].distance_m, seen["area_W_X"].speed_m_s
        assert (np.diff(at_m) > SPACING_M - 0.6).all(), "in a lane of its own nobody comes nearer than a queue stands"
        assert ((at_m >= 0.0) & (at_m <= 600.5)).all()
        assert ((speed_m_s >= 0.0) & (speed_m_s <= 12.5 + 1e-9)).all()


def test_a_queue_before_red_stands_at_the_spacing_of_the_street(town):
    simulation = town(area_detectors=[detector("W_X")])
    standing = [
        seen["area_W_X"].distance_m
        for seen in looks(simulation, 140)
        if len(seen["area_W_X"].lane) >= 3 and (seen["area_W_X"].speed_m_s[:3] == 0.0).all()
    ]
    assert standing
    for at_m in standing:
        assert np.diff(at_m[:3]) == pytest.approx([SPACING_M, SPACING_M], abs=0.01)
        assert at_m[0] in {0.0, SPACING_M}, "the second starts a reaction time after the first has gone"


def test_who_drives_freely_is_where_its_speed_has_brought_it(town):
    simulation = town(area_detectors=[detector("W_X", 1_000.0)])
    tracked = 0
    before = None
    for seen in looks(simulation, 60):
        far = seen["area_W_X"].distance_m > 300.0
        now = seen["area_W_X"].distance_m[far]
        if before is not None and now.size and before.size:
            apart_m = np.abs(now[now < 570.0][:, None] - (before - 12.5)[None, :])
            assert (apart_m.min(axis=1) < 1e-6).all()
            tracked += now.size
        before = seen["area_W_X"].distance_m
    assert tracked > 20


def test_the_lane_is_told_near_the_stop_line_only(town):
    simulation = town(area_detectors=[detector("W_X")])
    for seen in looks(simulation, 60):
        near = seen["area_W_X"].distance_m <= 50.0
        assert (seen["area_W_X"].lane == np.where(near, 1, 0)).all()


def test_vehicles_stand_on_lanes_that_their_turn_allows(town, network):
    wide = replace(network.links["W_X"], lanes=2, capacity_veh_h=3_600.0)
    lanes = (
        Lane(link_id="W_X", number=1, movements=frozenset({Movement.THROUGH})),
        Lane(link_id="W_X", number=2, movements=frozenset({Movement.LEFT})),
    )
    two = replace(network, links=dict(network.links) | {"W_X": wide}, lanes=lanes)
    simulation = town(network=two, area_detectors=[detector("W_X")])
    told = {int(lane) for seen in looks(simulation, 90) for lane in seen["area_W_X"].lane}
    assert told == {0, 1}, "all turns of the small town go through"


@pytest.mark.slow
def test_misses_hide_vehicles_by_chance_the_same_with_the_same_seed(town):
    def seen_veh(share, seed=7):
        simulation = town(area_detectors=[detector("W_X")], area_miss_share=share, seed=seed)
        return [len(seen["area_W_X"].lane) for seen in looks(simulation, 90)]

    full, some = seen_veh(0.0), seen_veh(0.3)
    assert sum(some) < sum(full)
    assert all(a <= b for a, b in zip(some, full, strict=True)), "traffic does not depend on who looks"
    assert seen_veh(0.3) == some
    assert sum(seen_veh(1.0)) == 0


def test_readings_say_the_same_without_knowing_who_it_is(town):
    simulation = town(area_detectors=[detector("W_X")])
    for seen in looks(simulation, 90):
        last = seen["area_W_X"]
    (reading,) = readings_of([last], simulation.now_s)
    assert (reading.source_id, reading.measured_at_s) == ("area_W_X", simulation.now_s)
    assert [vehicle.distance_m for vehicle in reading.vehicles] == last.distance_m.tolist()
    assert [vehicle.lane or 0 for vehicle in reading.vehicles] == last.lane.tolist()


def test_two_detectors_on_a_link_are_refused(town, network):
    simulation = town()
    with pytest.raises(InvalidValueError, match=r"area_detector\[area_W_X\].link_id.*one detector only"):
        ApproachSensors(network, simulation.arrays, None, [detector("W_X"), detector("W_X")])
