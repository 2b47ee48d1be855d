"""Operators say how many vehicles they counted; who may not is told so, and nonsense names its limit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.keys import KeyEntry, KeyRing, new_key
from api.wire.parking_operator import RecountAnswer
from traffic_core.errors import InvalidValueError

KEY, DIGEST = new_key()
DEAF, DEAF_DIGEST = new_key()


class FakeDesk:
    """Takes what it is given for Q1."""

    def __init__(self):
        self.taken = []

    def knows(self, facility_id):
        return facility_id == "Q1"

    def take(self, facility_id, body, key_id):
        if body.occupied_veh is not None and body.occupied_veh > 274:
            raise InvalidValueError("occupied_veh", body.occupied_veh, "must be at most 274, the places of Q1")
        self.taken.append((facility_id, body.occupied_veh, body.free_veh, body.reason, key_id))
        return RecountAnswer(
            facility_id=facility_id,
            counted_at="2026-11-21T07:30:00Z",
            occupied_veh=100,
            free_veh=174,
            drift_veh=3.0,
            drift_alarm=False,
        )


@pytest.fixture
def desk():
    return FakeDesk()


@pytest.fixture
def client(served, desk):
    entries = [
        KeyEntry(id="desk", sha256=DIGEST, operates=["parking/*"]),
        KeyEntry(id="deaf", sha256=DEAF_DIGEST, sources=["Q1"]),
    ]
    with TestClient(create_app(replace(served.live, keys=KeyRing(entries), recounts=desk))) as client:
        yield client


def post(client, body, key=KEY, facility_id="Q1"):
    headers = {"X-API-Key": key} if key else {}
    return client.post(f"/v1/parking/{facility_id}/recount", json=body, headers=headers)


def test_a_recount_is_taken_with_the_name_of_its_key(client, desk):
    answer = post(client, {"occupied_veh": 100, "reason": "monthly"})
    assert answer.status_code == 200
    assert answer.json()["drift_veh"] == 3.0
    assert post(client, {"free_veh": 174}).status_code == 200
    assert desk.taken == [("Q1", 100, None, "monthly", "desk"), ("Q1", None, 174, "recount", "desk")]


@pytest.mark.parametrize(
    ("key", "facility_id", "status"), [(None, "Q1", 401), ("nonsense", "Q1", 401), (DEAF, "Q1", 403), (KEY, "Z", 404)]
)
def test_who_may_not_or_whom_nobody_knows_is_refused(client, desk, key, facility_id, status):
    assert post(client, {"free_veh": 1}, key, facility_id).status_code == status
    assert desk.taken == []


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({}, "either occupied_veh or free_veh"),
        ({"free_veh": 1, "occupied_veh": 2}, "either occupied_veh or free_veh"),
        ({"free_veh": -1}, "free_veh"),
        ({"free_veh": 1.5}, "free_veh"),
        ({"occupied_veh": 275}, "at most 274"),
        ({"free_veh": 1, "colour": "red"}, "colour"),
    ],
)
def test_a_bad_recount_names_its_field(client, desk, body, part):
    answer = post(client, body)
    assert answer.status_code == 422
    assert part in answer.json()["detail"]
    assert desk.taken == []


def test_the_document_describes_the_body(client):
    document = client.get("/openapi.json").json()
    assert "RecountBody" in document["components"]["schemas"]
    assert "/v1/parking/{facility_id}/recount" in document["paths"]
