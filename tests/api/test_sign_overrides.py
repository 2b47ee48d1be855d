"""Operators put contents on signs over HTTP: by key, for a time, with a record that outlives a restart."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from one_process import START_S, garage, rows_of, turn
from starlette.testclient import TestClient

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.app import create_app
from api.http.keys import KeyEntry, KeyRing, new_key
from api.memory_of_before import take_over
from api.signs_desk import LONGEST_DETAIL, MOST_REFUSED, OVERRIDE, REFUSED_IN_S, stored_subject
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import load_town
from api.wire.base import instant_text

KEY, DIGEST = new_key()
OTHER_KEY, OTHER_DIGEST = new_key()
KEYS = KeyRing(
    [
        KeyEntry(id="control-room", sha256=DIGEST, operates=["sign/*", "parking/Q1", "parking/NEUER-MARKT"]),
        KeyEntry(id="signals", sha256=OTHER_DIGEST, operates=["N*", "S*", "Q1"]),
    ]
)
SIGN, GARAGE = "/v1/signs/S08/override", "/v1/parking/Q1/override"
ASKED = {"rows": ["closed", "auto", "neutral"], "minutes": 30, "reason": "Einfahrt gesperrt"}


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'town.db'}")
    yield opened
    opened.close()


@asynccontextmanager
async def lifetime(town, store, start_s):
    """A service that has taken over what was before, its client, and how much it took over."""
    clock = ManualClock(start_s)
    recorder = Recorder(store)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, recorder, KEYS)
        taken = take_over(service, store, start_s)
        recorder.start()
        client = TestClient(create_app(service.live), headers={"X-API-Key": KEY})
        garage(service, 120)
        turn(service, start_s)
        yield service, client, taken
    await asyncio.to_thread(recorder.stop)


def shown(client, sign_id="S08"):
    return [row["display"] for row in client.get(f"/v1/signs/{sign_id}").json()["rows"]]


async def test_an_override_is_on_the_sign_in_the_next_second_and_can_be_taken_back(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        told = client.post(SIGN, json=ASKED)
        assert told.status_code == 200
        answer = told.json()
        assert (answer["accepted"], answer["reason"]) == (True, "override_taken")
        assert answer["override"]["valid_until"] == instant_text(START_S + 1_800)
        turn(service, START_S + 1)
        assert shown(client) == ["closed", "neutral", "neutral"]
        row = client.get("/v1/signs/S08").json()["rows"][0]
        assert (row["rung"], row["reason"], row["quality"]) == ("operator", "operator", "unknown")
        assert (row["text_de"], row["spoken_de"]) == ("geschlossen", "Parkhaus Q1: geschlossen, nach rechts.")
        assert "control-room" not in client.get("/v1/signs/S08").text, "who asked is not for the public"
        state = client.get(SIGN).json()
        assert (state["rows"], state["contents"]) == (3, ["free", "full", "closed", "neutral"])
        assert state["override"]["key_id"] == "control-room"
        assert client.delete(SIGN).status_code == 204
        assert client.delete(SIGN).status_code == 404
        turn(service, START_S + 2)
        assert shown(client)[0] == "number"
    kept = store.decisions(stored_subject("sign/S08"), START_S)
    assert [(row.kind, row.reason) for row in kept] == [(OVERRIDE, "override_taken"), (OVERRIDE, "override_withdrawn")]
    assert json.loads(kept[0].inputs_json)["key_id"] == "control-room"
    signs = store.decisions("sign/S08", START_S + 1, within_s=0.5)
    assert json.loads(signs[-1].inputs_json)["by"] == ["control-room", "", "control-room"]


async def test_an_override_of_a_car_park_is_on_all_its_signs(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        body = {"show": "full", "minutes": 60, "reason": "Messe"}
        assert client.post(GARAGE, json=body).status_code == 200
        turn(service, START_S + 1)
        assert {row.display for row in rows_of(service, "Q1")} == {"full"}
        assert client.get("/v1/parking/Q1").json()["display"] == "full"
        state = client.get(GARAGE).json()
        assert (state["rows"], state["contents"]) == (None, ["full", "closed", "neutral"])
        assert client.post(GARAGE, json={"reserve_veh": 200, "minutes": 60, "reason": "Messe"}).status_code == 200
        turn(service, START_S + 200)
        assert client.get(GARAGE).json()["override"]["reserve_veh"] == 200


async def test_an_override_without_an_end_names_the_field(town, store):
    cases = [
        ({"rows": ["full"] * 3, "reason": "x"}, "valid_until or minutes"),
        ({**ASKED, "valid_until": instant_text(START_S + 60)}, "valid_until or minutes"),
        ({**ASKED, "minutes": 0}, "minutes"),
        ({**ASKED, "minutes": 721}, "minutes"),
        ({**ASKED, "minutes": None, "valid_until": "tomorrow"}, "valid_until"),
        ({**ASKED, "reason": ""}, "reason"),
        ({**ASKED, "reason": "a\nb"}, "override.reason"),
        ({**ASKED, "rows": []}, "rows"),
        ({**ASKED, "rows": ["auto"] * 3}, "override.rows"),
        ({**ASKED, "rows": ["number", "auto", "auto"]}, "rows.0"),
        ({**ASKED, "rows": ["120", "auto", "auto"]}, "rows.0"),
        ({**ASKED, "who": "me"}, "who"),
        ([], "body"),
    ]
    async with lifetime(town, store, START_S) as (_, client, _):
        for body, named in cases:
            answer = client.post(SIGN, json=body)
            assert answer.status_code == 422, body
            assert named in answer.json()["detail"]
        answer = client.post(GARAGE, json={"minutes": 5, "reason": "x"})
        assert (answer.status_code, "show or reserve_veh" in answer.json()["detail"]) == (422, True)
        assert client.post(GARAGE, json={"show": "free", "minutes": 5, "reason": "x"}).status_code == 422
        assert client.get(SIGN).json()["override"] is None
    kept = store.decisions(stored_subject("sign/S08"), START_S)
    assert [row.reason for row in kept] == ["override_refused_body"] * len(cases)
    assert "valid_until or minutes" in kept[0].inputs_json


async def test_a_refusal_says_why_in_both_languages_and_is_kept(town, store):
    far = instant_text(START_S + 13 * 3_600)
    cases = [
        ({**ASKED, "rows": ["full"]}, "override_refused_rows", "3 rows"),
        ({**ASKED, "rows": ["auto", "free", "auto"]}, "override_refused_free", "ZEHNTSCHEUER"),
        ({"rows": ["full"] * 3, "valid_until": far, "reason": "x"}, "override_refused_time", "12 h"),
        ({"rows": ["full"] * 3, "valid_until": instant_text(START_S), "reason": "x"}, "override_refused_time", "12 h"),
    ]
    async with lifetime(town, store, START_S) as (_, client, _):
        for body, reason, part in cases:
            told = client.post(SIGN, json=body)
            answer = told.json()
            assert (told.status_code, answer["accepted"], answer["reason"]) == (409, False, reason)
            assert part in answer["detail"]
            assert answer["reason_de"].startswith("abgelehnt")
            assert answer["reason_en"].startswith("refused")
        assert client.post(SIGN, json={**ASKED, "rows": ["free", "auto", "auto"]}).status_code == 200
    kept = store.decisions(stored_subject("sign/S08"), START_S)
    assert [row.reason for row in kept] == [*(reason for _, reason, _ in cases), "override_taken"]


async def test_only_keys_that_operate_a_sign_may(town, store):
    async with lifetime(town, store, START_S) as (_, client, _):
        assert client.post(SIGN, json=ASKED, headers={"X-API-Key": "wrong"}).status_code == 401
        assert client.get(SIGN, headers={"X-API-Key": ""}).status_code == 401
        assert client.post(SIGN, json=ASKED, headers={"X-API-Key": OTHER_KEY}).status_code == 403, "S* are junctions"
        assert client.post(GARAGE, json=ASKED, headers={"X-API-Key": OTHER_KEY}).status_code == 403
        assert client.get("/v1/parking/ZEPPELIN/override").status_code == 403
        assert client.post("/v1/signs/S99/override", json=ASKED).status_code == 404


async def test_a_restart_keeps_what_has_not_expired(town, store):
    async with lifetime(town, store, START_S) as (service, client, taken):
        assert taken["overrides"] == 0
        assert client.post(SIGN, json=ASKED).status_code == 200
        short = {"rows": ["full", "full"], "minutes": 1, "reason": "kurz"}
        assert client.post("/v1/signs/S05/override", json=short).status_code == 200
        assert client.post(GARAGE, json={"show": "full", "minutes": 60, "reason": "x"}).status_code == 200
        assert client.post(GARAGE, json={"show": "closed", "minutes": 60, "reason": "y"}).status_code == 200
        other = "/v1/parking/NEUER-MARKT/override"
        assert client.post(other, json={"reserve_veh": 20, "minutes": 60, "reason": "x"}).status_code == 200
        assert client.delete(other).status_code == 204
        turn(service, START_S + 1)
    async with lifetime(town, store, START_S + 120) as (service, client, taken):
        assert taken["overrides"] == 2, "one has expired, one was taken back"
        assert client.get(GARAGE).json()["override"]["show"] == "closed"
        assert shown(client) == ["closed", "neutral", "neutral"]
        assert client.get(SIGN).json()["override"]["rows"] == ASKED["rows"]
        turn(service, START_S + 3_700)
        assert client.get(SIGN).json()["override"] is None
        assert client.get(GARAGE).json()["override"] is None
    ended = store.decisions(stored_subject("parking/Q1"), START_S + 3_700)
    assert [row.reason for row in ended] == ["override_expired"]


async def test_what_has_ended_does_not_come_back_where_the_clock_goes_back(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        assert client.post(GARAGE, json={"show": "full", "minutes": 5, "reason": "x"}).status_code == 200
        turn(service, START_S + 1)
        turn(service, START_S - 2)
        assert client.get(GARAGE).json()["override"]["show"] == "full", "a small step back ends nothing"
        assert {row.display for row in rows_of(service, "Q1")} == {"full"}
        turn(service, START_S + 310)
        assert client.get(GARAGE).json()["override"] is None
    kept = store.decisions_of_kind(OVERRIDE, START_S)
    assert [row.reason for row in kept] == ["override_taken", "override_expired"]
    assert json.loads(kept[1].inputs_json)["key_id"] == "control-room"
    async with lifetime(town, store, START_S + 100) as (_, client, taken):
        assert taken["overrides"] == 0
        assert client.get(GARAGE).json()["override"] is None


async def test_a_flood_of_unreadable_requests_is_cut_and_held_back(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        for _ in range(MOST_REFUSED + 10):
            assert client.post(SIGN, json={**ASKED, "ö" * 5_000: 1}).status_code == 422
        assert client.post(SIGN, json={**ASKED, "rows": ["full"]}).status_code == 409
        assert client.post(SIGN, json=ASKED).status_code == 200, "what is taken is always kept"
        service.clock.set(START_S + REFUSED_IN_S)
        assert client.post(SIGN, json={**ASKED, "rows": ["full"]}).status_code == 409
    kept = store.decisions_of_kind(OVERRIDE, START_S)
    reasons = ["override_refused_body"] * MOST_REFUSED
    assert [row.reason for row in kept] == [*reasons, "override_taken", "override_refused_rows"]
    details = [json.loads(row.inputs_json)["detail"] for row in kept]
    assert max(map(len, details)) == LONGEST_DETAIL


async def test_a_restart_finds_the_newest_however_many_rows_there_are(town, store, monkeypatch):
    async with lifetime(town, store, START_S) as (_, client, _):
        for show in ("full", "closed", "neutral"):
            assert client.post(GARAGE, json={"show": show, "minutes": 60, "reason": "x"}).status_code == 200
    monkeypatch.setattr("api.store.store.MOST_ROWS", 1)
    async with lifetime(town, store, START_S + 10) as (_, client, taken):
        assert taken["overrides"] == 1
        assert client.get(GARAGE).json()["override"]["show"] == "neutral"


async def test_the_face_of_a_sign_is_a_picture(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        answer = client.get("/v1/signs/S08/preview.svg")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert "Parkhaus Q1: 120 Plätze frei, nach rechts." in answer.text
        assert "Q1 car park: 120 spaces free" in client.get("/v1/signs/S08/preview.svg?lang=en").text
        again = client.get("/v1/signs/S08/preview.svg", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
        assert client.get("/v1/signs/S99/preview.svg").status_code == 404
        assert client.get("/v1/signs/S08/preview.svg?lang=fr").status_code == 422
        service.clock.set(START_S + 61)
        late = client.get("/v1/signs/S08/preview.svg").text
        assert "Kein gültiger Inhalt" in late
        assert "Plätze frei" not in late


async def test_the_interface_describes_the_bodies(town, store):
    async with lifetime(town, store, START_S) as (_, client, _):
        document = client.get("/openapi.json").json()
    assert {"SignOverrideBody", "FacilityOverrideBody", "OverrideAnswer"} <= document["components"]["schemas"].keys()
