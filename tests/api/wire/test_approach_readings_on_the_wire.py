"""Vehicles that area detectors see, on the wire: strict, bounded, without identities."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wire.readings import RejectedItem, from_domain, parse_batch
from traffic_core.readings import ApproachReading, SeenVehicle

NOW_S = 1_795_000_000.0
GOOD = {
    "kind": "approach",
    "source_id": "R1",
    "measured_at": "2026-11-21T07:30:00.5Z",
    "vehicles": [{"lane": 2, "distance_m": 31.5, "speed_km_h": 36}, {"distance_m": 0, "speed_km_h": 0}],
}


def parsed(item):
    ((_, outcome),) = parse_batch(json.dumps({"readings": [item]}).encode(), NOW_S)
    return outcome


def test_vehicles_are_read_with_their_lane_place_and_speed():
    assert parsed(GOOD) == ApproachReading(
        source_id="R1",
        measured_at_s=1_795_246_200.5,
        received_at_s=NOW_S,
        vehicles=(SeenVehicle(2, 31.5, 10.0), SeenVehicle(None, 0.0, 0.0)),
    )


def test_an_empty_street_is_news_too():
    assert parsed(GOOD | {"vehicles": []}).vehicles == ()


@pytest.mark.parametrize(
    ("vehicle", "field"),
    [
        ({"distance_m": -0.1, "speed_km_h": 0}, "vehicles.0.distance_m"),
        ({"distance_m": 1_000.5, "speed_km_h": 0}, "vehicles.0.distance_m"),
        ({"distance_m": "5", "speed_km_h": 0}, "vehicles.0.distance_m"),
        ({"distance_m": 5}, "vehicles.0.speed_km_h"),
        ({"distance_m": 5, "speed_km_h": 361}, "vehicles.0.speed_km_h"),
        ({"distance_m": 5, "speed_km_h": 0, "lane": 0}, "vehicles.0.lane"),
        ({"distance_m": 5, "speed_km_h": 0, "lane": 1.5}, "vehicles.0.lane"),
        ({"distance_m": 5, "speed_km_h": 0, "plate": "made up"}, "vehicles.0.plate"),
    ],
)
def test_a_vehicle_that_is_none_is_refused_by_its_field(vehicle, field):
    outcome = parsed(GOOD | {"vehicles": [vehicle]})
    assert isinstance(outcome, RejectedItem)
    assert (outcome.reason, outcome.field, outcome.source_id) == ("malformed", field, "R1")


def test_more_than_200_vehicles_are_refused():
    outcome = parsed(GOOD | {"vehicles": [{"distance_m": 1, "speed_km_h": 0}] * 201})
    assert isinstance(outcome, RejectedItem)
    assert outcome.field == "vehicles"


@given(
    st.lists(
        st.builds(SeenVehicle, st.none() | st.integers(1, 20), st.floats(0.0, 1_000.0), st.floats(0.0, 100.0)),
        max_size=200,
    )
)
def test_a_reading_comes_back_to_a_tenth_of_a_metre(vehicles):
    reading = ApproachReading(
        source_id="R1", measured_at_s=1_795_246_200.0, received_at_s=NOW_S, vehicles=tuple(vehicles)
    )
    back = parsed(from_domain(reading))
    assert [vehicle.lane for vehicle in back.vehicles] == [vehicle.lane for vehicle in vehicles]
    for a, b in zip(back.vehicles, vehicles, strict=True):
        assert a.distance_m == pytest.approx(b.distance_m, abs=0.051)
        assert a.speed_m_s == pytest.approx(b.speed_m_s, abs=0.051)
