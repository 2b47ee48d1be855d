"""Readings change the picture of the town when the gate lets them, and throw doubt on it when it does not."""

from __future__ import annotations

from parking.picture import Picture, known_sources, sign_drive_times_s
from traffic_core.network import Network
from traffic_core.quality_gate import Accepted, QualityGate
from traffic_core.quality_outcome import REASON_WORDS, Reason

NOWHERE = Network(nodes={}, links={}, turns={}, detectors={})


def begun(town):
    parking = town.model([town.facility("A"), town.facility("B", capacity_veh=None)], [town.sign("S1", "A", "B")])
    return parking, Picture(NOWHERE, parking), QualityGate(known_sources(NOWHERE, parking))


def test_an_accepted_reading_counts_and_a_refused_one_takes_back_what_was_before(town):
    _, picture, gate = begun(town)
    first, late = town.report("A", free_veh=40), town.report("A", town.now_s - 10.0, free_veh=41)
    outcomes = picture.take([first, late], gate, town.now_s)
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [True, False]
    assert picture.occupancy.estimates(town.now_s)["A"].free_veh == 40
    picture.take([town.report("A", town.now_s + 60.0, free_veh=4_000)], gate, town.now_s + 60.0)
    assert picture.occupancy.estimates(town.now_s + 60.0)["A"].free_veh is None
    assert picture.occupancy.estimates(town.now_s + 60.0)["A"].refused is Reason.ABOVE_CAPACITY
    assert picture.occupancy.estimates(town.now_s + 3_600.0)["A"].refused is None
    assert gate.by_facility == {("A", Reason.OUT_OF_ORDER): 1, ("A", Reason.ABOVE_CAPACITY): 1}


def test_a_refusal_of_somebody_unknown_changes_nothing(town):
    _, picture, gate = begun(town)
    before = picture.occupancy.estimates(town.now_s)
    picture.take([town.report("Z", free_veh=4)], gate, town.now_s)
    assert picture.occupancy.estimates(town.now_s) == before


def test_the_gate_knows_the_facilities_of_the_model(town):
    parking = begun(town)[0]
    assert known_sources(NOWHERE, parking).facility_capacity_veh == {"A": 100, "B": None}


def test_a_town_without_streets_has_no_driving_times(town):
    assert sign_drive_times_s(NOWHERE, begun(town)[0]) is None


def test_every_reason_of_the_gate_reads_in_german_and_english():
    assert set(REASON_WORDS) == set(Reason)
    assert all(de and en and de != en for de, en in REASON_WORDS.values())


def test_bays_and_recounts_reach_the_state_of_the_car_parks(town):
    parking, picture, gate = begun(town)
    picture.recount(town.report("A", occupied_veh=30))
    picture.take([town.report("A", town.now_s + 60.0, entered_veh=2, left_veh=1)], gate, town.now_s + 60.0)
    found = picture.occupancy.estimates(town.now_s + 60.0)["A"]
    assert (found.free_veh, found.reason) == (69, "counted")
    assert picture.watch.faults() == {}
    assert parking.quality == {}
