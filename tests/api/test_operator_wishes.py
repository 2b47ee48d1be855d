"""Operators ask junctions for programmes over HTTP: by key, for a time, with a record that outlives a restart."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from one_process import START_S, commands_in, turn
from starlette.testclient import TestClient

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.app import create_app
from api.http.keys import KeyEntry, KeyRing, new_key
from api.memory_of_before import take_over
from api.signals_desk import subject_of
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import load_town
from api.wire.base import instant_text

KEY, DIGEST = new_key()
DEVICE_KEY, DEVICE_DIGEST = new_key()
KEYS = KeyRing(
    [
        KeyEntry(id="control-room", sha256=DIGEST, operates=["N0*"]),
        KeyEntry(id="loop", sha256=DEVICE_DIGEST, sources=["D*"]),
    ]
)
WISH = {"programme": "P2", "minutes": 30, "reason": "Umleitung Hauptstraße"}
PATH = "/v1/signals/N04/wish"


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


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
        turn(service, start_s)
        yield service, client, taken
    await asyncio.to_thread(recorder.stop)


@pytest.fixture
def store(tmp_path):
    opened = Store(f"sqlite:///{tmp_path / 'town.db'}")
    yield opened
    opened.close()


async def test_a_wish_becomes_a_command_and_can_be_taken_back(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        answer = client.post(PATH, json=WISH)
        assert answer.status_code == 200
        told = answer.json()
        assert (told["accepted"], told["reason"]) == (True, "operator_wish")
        assert told["wish"]["key_id"] == "control-room"
        assert told["wish"]["valid_until"] == instant_text(START_S + 1_800)
        said = commands_in(turn(service, START_S + 1))["N04"]
        assert (said.programme_id, said.reason, said.mode) == ("P2", "operator_wish", "programme")
        shown = client.get(PATH).json()
        assert (shown["wish"]["mode"], shown["programmes"]) == ("P2", ["P1", "P2"])
        assert client.delete(PATH).status_code == 204
        assert client.delete(PATH).status_code == 404
        assert client.get(PATH).json()["wish"] is None
    kept = store.decisions(subject_of("N04"), START_S)
    assert [row.reason for row in kept] == ["operator_wish", "wish_withdrawn"]
    assert json.loads(kept[0].outcome_json)["reason"] == WISH["reason"]
    events = [row for row in store.decisions("signal/N04", START_S) if row.kind == "signal_event"]
    assert [row.reason for row in events] == ["operator_wish"]
    selected = [row for row in store.decisions("signal/N04", START_S) if row.kind == "signal_selection"]
    assert json.loads(selected[-1].outcome_json)["run"] == "P2"
    assert "control-room" in selected[-1].inputs_json


async def test_a_refusal_is_an_answer_with_the_reason_in_both_languages_and_is_kept(town, store):
    long_ago, far = instant_text(START_S - 60), instant_text(START_S + 13 * 3_600)
    async with lifetime(town, store, START_S) as (_, client, _):
        cases = [
            ({**WISH, "programme": "P9"}, "wish_unknown_programme", "P1, P2"),
            ({**WISH, "programme": "off"}, "wish_unknown_programme", "off"),
            ({"mode": "adaptive", "minutes": 5, "reason": "x"}, "wish_not_allowed", "allowed"),
            ({"programme": "P2", "valid_until": long_ago, "reason": "x"}, "wish_out_of_time", "12 h"),
            ({"programme": "P2", "valid_until": far, "reason": "x"}, "wish_out_of_time", "12 h"),
        ]
        for body, reason, part in cases:
            answer = client.post(PATH, json=body)
            told = answer.json()
            assert (answer.status_code, told["accepted"], told["reason"]) == (409, False, reason)
            assert part in told["detail"]
            assert told["reason_de"].startswith("abgelehnt")
            assert told["reason_en"].startswith("refused")
        assert client.get(PATH).json()["wish"] is None
    kept = store.decisions(subject_of("N04"), START_S)
    assert [row.reason for row in kept] == [reason for _, reason, _ in cases]


async def test_only_keys_that_operate_a_junction_may(town, store):
    async with lifetime(town, store, START_S) as (_, client, _):
        assert client.post(PATH, json=WISH, headers={"X-API-Key": "wrong"}).status_code == 401
        assert client.get(PATH, headers={"X-API-Key": ""}).status_code == 401
        assert client.post(PATH, json=WISH, headers={"X-API-Key": DEVICE_KEY}).status_code == 403
        assert client.post("/v1/signals/N12/wish", json=WISH).status_code == 403
        assert client.post("/v1/signals/N0X/wish", json=WISH).status_code == 404
        assert client.get(PATH).status_code == 200


async def test_a_body_that_is_no_wish_is_named(town, store):
    cases = [
        ({"minutes": 5, "reason": "x"}, "either programme or mode"),
        ({**WISH, "mode": "off"}, "either programme or mode"),
        ({"programme": "P2", "reason": "x"}, "either valid_until or minutes"),
        ({**WISH, "minutes": 0}, "minutes"),
        ({**WISH, "minutes": 721}, "minutes"),
        ({**WISH, "reason": ""}, "reason"),
        ({**WISH, "reason": "a\nb"}, "printable"),
        ({**WISH, "who": "me"}, "who"),
        ({"mode": "dance", "minutes": 5, "reason": "x"}, "mode"),
        ([], "body"),
    ]
    async with lifetime(town, store, START_S) as (_, client, _):
        for body, named in cases:
            answer = client.post(PATH, json=body)
            assert answer.status_code == 422
            assert named in answer.json()["detail"]


async def test_a_restart_keeps_wishes_that_have_not_expired_and_what_is_allowed(town, store):
    async with lifetime(town, store, START_S) as (service, client, taken):
        assert taken["wishes"] == 0
        assert client.post(PATH, json={"mode": "off", "minutes": 60, "reason": "Baustelle"}).status_code == 200
        short = {"mode": "flashing", "minutes": 1, "reason": "Baustelle"}
        assert client.post("/v1/signals/N05/wish", json=short).status_code == 200
        assert client.post("/v1/signals/N05/wish", json={**WISH, "minutes": 1}).status_code == 409, "P1 has just begun"
        assert client.post("/v1/signals/N06/wish", json=WISH).status_code == 200
        assert client.post("/v1/signals/N06/wish", json={**WISH, "programme": "P9"}).status_code == 409
        assert client.post("/v1/signals/N07/wish", json=WISH).status_code == 200
        assert client.delete("/v1/signals/N07/wish").status_code == 204
        told = client.post("/v1/signals/N09/adaptive", json={"allowed": True}).json()
        assert (told["adaptive_allowed"], told["adaptive_ready"]) == (True, False)
        for second in range(1, 20):
            turn(service, START_S + second)
    async with lifetime(town, store, START_S + 120) as (service, client, taken):
        assert taken["wishes"] == 2, "one has expired, one was taken back"
        shown = {name: client.get(f"/v1/signals/{name}/wish").json() for name in ("N04", "N05", "N06", "N07", "N09")}
        assert [None if s["wish"] is None else s["wish"]["mode"] for s in shown.values()] == [
            "off",
            None,
            "P2",
            None,
            None,
        ]
        assert shown["N04"]["running"] == "off"
        assert shown["N09"]["adaptive_allowed"]
        page = client.get("/v1/signals/N04").json()
        assert (page["mode"], page["groups"], page["reason_de"]) == ("off", {}, "von der Leitstelle gewählt, befristet")


async def test_a_permission_outlives_the_history_around_it(town, store):
    async with lifetime(town, store, START_S) as (_, client, _):
        client.post("/v1/signals/N09/adaptive", json={"allowed": True})
        client.post("/v1/signals/N04/adaptive", json={"allowed": True})
        client.post("/v1/signals/N04/adaptive", json={"allowed": False})
    later_s = START_S + 91 * 86_400.0
    store.prune(later_s - 90 * 86_400.0)
    async with lifetime(town, store, later_s) as (_, client, _):
        shown = {name: client.get(f"/v1/signals/{name}/wish").json()["adaptive_allowed"] for name in ("N09", "N04")}
    assert shown == {"N09": True, "N04": False}


async def test_what_was_said_last_counts_where_the_clock_was_set_back(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        client.post(PATH, json={**WISH, "minutes": 600})
        client.post("/v1/signals/N05/wish", json={**WISH, "minutes": 600})
        client.post("/v1/signals/N09/adaptive", json={"allowed": True})
        service.clock.set(START_S - 3_600)
        assert client.delete(PATH).status_code == 204
        client.post("/v1/signals/N09/adaptive", json={"allowed": False})
    async with lifetime(town, store, START_S - 3_500) as (_, client, taken):
        assert taken["wishes"] == 1
        assert client.get(PATH).json()["wish"] is None
        assert not client.get("/v1/signals/N09/wish").json()["adaptive_allowed"]
        assert client.delete("/v1/signals/N05/wish").status_code == 204
    async with lifetime(town, store, START_S - 3_400) as (_, client, taken):
        assert taken["wishes"] == 0, "taken back in the second life, before the time of the wish in the first"


async def test_a_wish_after_a_fault_is_told_that_it_waits_until_when_and_why(town, store):
    async with lifetime(town, store, START_S) as (service, client, _):
        control = service.loop.control
        control._player.faulty_at_s[control.index_of("N04")] = START_S - 100
        until = instant_text(START_S + 800)
        answer = client.post(PATH, json=WISH)
        told = answer.json()
        assert (answer.status_code, told["accepted"], told["reason"]) == (200, True, "wish_waits")
        assert (told["waits_until"], told["wish"]["mode"]) == (until, "P2")
        assert until in told["detail"]
        assert "Sicherheitsüberwachung" in told["reason_de"]
        assert "fault" in told["reason_en"]
        assert client.get(PATH).json()["wish_waits_until"] == until
        assert client.get("/v1/signals/N05/wish").json()["wish_waits_until"] is None
        refused = client.post(PATH, json={**WISH, "minutes": 13})
        assert (refused.status_code, refused.json()["reason"]) == (409, "wish_too_short")
        assert refused.json()["waits_until"] is None
    async with lifetime(town, store, START_S + 60) as (_, _, taken):
        assert taken["wishes"] == 1, "a wish that waits is kept as one that is taken"


async def test_the_day_plan_of_the_shipped_town_runs_at_night(town, store):
    night_s = START_S + 15.5 * 3_600  # Sunday, 00:00
    async with lifetime(town, store, night_s) as (service, _, _):
        turn(service, night_s + 1)
        reasons = {item.payload.reason for item in service.live.board.items["signals"].values()}
    assert reasons == {"day_plan"}


async def test_the_interface_describes_the_bodies(town, store):
    async with lifetime(town, store, START_S) as (_, client, _):
        schemas = client.get("/openapi.json").json()["components"]["schemas"]
    assert {"WishBody", "AdaptiveBody", "WishAnswer", "OperatorState", "Batch"} <= schemas.keys()
