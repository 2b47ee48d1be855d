"""Sensors that tell changes: an old report of a bay holds, and the picture keeps its age."""

from __future__ import annotations

from dataclasses import replace

from parking.counting.settings import DEFAULT_COUNTING
from parking.picture import Picture, known_sources
from parking.quality.files import FacilityQuality
from traffic_core.network import Network
from traffic_core.quality_gate import Accepted, QualityGate, Reason
from traffic_core.readings import BayReading

NOWHERE = Network(nodes={}, links={}, turns={}, detectors={})
HOUR_S = 3_600.0


def bay(town, number, age_s, facility_id="A", *, occupied=True):
    return BayReading(
        source_id=f"{facility_id}.{number}",
        measured_at_s=town.now_s - age_s,
        received_at_s=town.now_s,
        occupied=occupied,
    )


def begun(town):
    parking = town.model([town.facility("A", capacity_veh=10), town.facility("B")], [town.sign("S1", "A", "B")])
    quality = {"B": FacilityQuality(counting=replace(DEFAULT_COUNTING, bay_silent_s=2.0 * HOUR_S))}
    parking = replace(parking, quality=quality)
    return Picture(NOWHERE, parking), QualityGate(known_sources(NOWHERE, parking))


def test_a_report_of_a_bay_may_be_as_old_as_its_sensor_may_be_silent(town):
    _, gate = begun(town)
    assert isinstance(gate.judge(bay(town, 1, 20.0 * HOUR_S), town.now_s), Accepted)
    assert gate.judge(bay(town, 2, 27.0 * HOUR_S), town.now_s).reason is Reason.TOO_OLD
    assert isinstance(gate.judge(bay(town, 1, 1.9 * HOUR_S, "B"), town.now_s), Accepted)
    assert gate.judge(bay(town, 2, 2.1 * HOUR_S, "B"), town.now_s).reason is Reason.TOO_OLD
    assert gate.judge(town.report("A", town.now_s - HOUR_S, free_veh=3), town.now_s).reason is Reason.TOO_OLD


def test_old_reports_alone_show_nothing_and_count_once_any_bay_is_heard(town):
    picture, gate = begun(town)
    old = [bay(town, number, 20.0 * HOUR_S - number, occupied=number < 4) for number in range(9)]
    assert all(isinstance(outcome, Accepted) for outcome in picture.take(old, gate, town.now_s))
    before = picture.occupancy.estimates(town.now_s)["A"]
    assert (before.free_veh, before.held_veh) == (None, None)
    picture.take([bay(town, 9, 10.0, occupied=False)], gate, town.now_s)
    after = picture.occupancy.estimates(town.now_s)["A"]
    assert after.free_veh == 6
