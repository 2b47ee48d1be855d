"""Whatever a car park reports: the watch over its data never fails, and what it finds faulty is never shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parking.facility import Facility, FacilityKind
from parking.model import FacilityUse, ParkingModel
from parking.picture import Picture, known_sources
from parking.quality.files import FacilityQuality
from parking.quality.rules import DEFAULT_RULES
from traffic_core.network import Network
from traffic_core.provenance import Confidence, Provenance
from traffic_core.quality_gate import QualityGate
from traffic_core.readings import BayReading, OccupancyReading, Quality

START_S = 1_800_000_000.0
NOWHERE = Network(nodes={}, links={}, turns={}, detectors={})
MADE_UP = Provenance(source="made up for the test", confidence=Confidence.ESTIMATED)
COUNT = st.none() | st.integers(0, 40)
REPORT = st.tuples(
    st.sampled_from([1.0, 60.0, 300.0, 900.0, 4_000.0, 90_000.0, -30.0]),
    st.sampled_from("AB"),
    st.none() | st.integers(-5, 110) | st.just(50),
    COUNT,
    COUNT,
    st.sampled_from([None, None, None, True, False]),
)


def model():
    rules = DEFAULT_RULES.changed("frozen_nats", 3.0).changed("usual_moves_share", 0.6)
    facility = {
        key: Facility(
            id=key,
            name=key,
            district="D",
            position=(9.0, 48.0),
            kind=FacilityKind.GARAGE,
            capacity_veh=capacity_veh,
            reserve_veh=0,
            update_interval_s=300.0,
            access_node="N",
            provenance=MADE_UP,
        )
        for key, capacity_veh in (("A", 100), ("B", None))
    }
    use = FacilityUse(fee_eur_h=None, mean_stay_min=60.0, guided=True, occupied_share=(0.2,) * 24)
    quality = dict.fromkeys(facility, FacilityQuality(rules=rules))
    return ParkingModel(facilities=facility, signs={}, uses=dict.fromkeys(facility, use), quality=quality)


@given(st.lists(REPORT, max_size=40))
def test_what_is_found_faulty_says_nothing_and_a_restart_agrees(reports):
    parking = model()
    picture, gate, at_s = Picture(NOWHERE, parking), QualityGate(known_sources(NOWHERE, parking)), START_S
    for passed_s, key, free_veh, entered_veh, left_veh, is_open in reports:
        at_s += passed_s
        if (free_veh, entered_veh, left_veh, is_open) == (None, None, None, None):
            bay = BayReading(source_id=f"{key}.1", measured_at_s=at_s, received_at_s=at_s, occupied=True)
            picture.take([bay], gate, at_s)
            continue
        reading = OccupancyReading(
            source_id=key,
            measured_at_s=at_s,
            received_at_s=at_s,
            free_veh=free_veh,
            entered_veh=entered_veh,
            left_veh=left_veh,
            is_open=is_open,
        )
        picture.take([reading], gate, at_s)
        for facility_id, found in picture.occupancy.estimates(at_s).items():
            fault = picture.watch.fault(facility_id)
            assert found.fault == fault
            if fault is not None:
                assert (found.free_veh, found.held_veh, found.p_free) == (None, None, None)
                assert (found.number_until_s, found.word_until_s) == (None, None)
                assert found.quality is Quality.UNKNOWN or found.is_open is False
                assert fault.explanation_de
                assert fault.explanation_en
            if found.free_veh is not None and found.capacity_veh is not None:
                assert 0 <= found.free_veh <= found.capacity_veh
    again = Picture(NOWHERE, parking)
    for facility_id, state in picture.watch.state().items():
        again.watch.restore(facility_id, state)
    assert again.watch.faults() == picture.watch.faults()
