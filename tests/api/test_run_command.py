"""`stadttakt run` as a process: started, asked, stopped and started again, as an operator does."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from running import COMMAND, READY

from api.http.keys import new_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORST_MEMORY_MB = 400


def until(condition, within_s=180.0):
    give_up = time.monotonic() + within_s
    while time.monotonic() < give_up:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError("did not come true in time")


def present():
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def test_a_posted_reading_is_stored_shown_and_remembered_over_a_restart(tmp_path, start_service):
    key, digest = new_key()
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"keys:\n  - {{id: q1, sha256: '{digest}', sources: [Q1]}}\n", encoding="utf-8")
    item = {"kind": "occupancy", "source_id": "Q1", "measured_at": present(), "free_veh": 120, "is_open": True}
    other = item | {"source_id": "ZEHNTSCHEUER"}
    with start_service("--keys", str(keys)) as (running, client):
        body = json.dumps({"readings": [item, other, item | {"free_veh": -1.5}]})
        answer = client.post("/v1/readings", content=body, headers={"X-API-Key": key}).json()
        assert (answer["accepted"], answer["stored"]) == (1, True)
        assert [item["reason"] for item in answer["rejected"]] == ["forbidden_source", "malformed"]
        shown = until(lambda: client.get("/v1/parking/Q1").json()["free_veh"], 30.0)
        assert shown == 120
        running.process.kill()
        running.process.wait()
    with start_service("--keys", str(keys)) as (running, client):
        assert "'readings': 1" in running.said
        assert client.get("/v1/parking/Q1").json()["free_veh"] == 120
        assert int(running.wait_for(READY)[2]) < WORST_MEMORY_MB
        assert running.stop(signal.SIGINT) == 0
        assert "history complete" in running.said


def test_the_demo_moves_and_stops_cleanly(tmp_path, start_service):
    with start_service("--demo", "--start", "07:30", "--speed", "10") as (running, client):
        signals = client.get("/v1/signals").json()["signals"]
        assert len(signals) >= 12
        assert client.get("/readyz").json()["ready"]
        until(lambda: client.get("/v1/counters").json()["accepted"].get("detector", 0) >= len(signals), 100.0)
        until(lambda: client.get("/v1/loads").json()["links"])
        assert "stadttakt_cycles_total" in client.get("/metrics").text
        with client.stream("GET", "/v1/stream") as stream:
            names = set()
            for line in stream.iter_lines():
                if line.startswith("event: "):
                    names.add(line.removeprefix("event: "))
                if {"signs", "signals", "parking", "loads", "clock"} <= names:
                    break
        assert running.stop() == 0


@pytest.mark.broker
def test_the_loop_turns_over_a_real_broker(tmp_path, start_service, mosquitto):
    with start_service("--demo", "--speed", "10", "--bus", mosquitto.url) as (running, client):
        until(lambda: client.get("/v1/counters").json()["accepted"].get("detector", 0) > 0, 100.0)
        mosquitto.kill()
        until(lambda: "away" in client.get("/readyz").json()["parts"]["bus"])
        assert client.get("/readyz").json()["ready"], "guidance does not need the broker"
        mosquitto.start()
        until(lambda: client.get("/readyz").json()["parts"]["bus"] == "connected")
        before = client.get("/v1/counters").json()["accepted"]["detector"]
        until(lambda: client.get("/v1/counters").json()["accepted"]["detector"] > before, 100.0)
        assert running.stop() == 0


@pytest.mark.postgres
def test_history_goes_to_postgresql_and_comes_back_from_it(start_service, postgres):
    url = postgres.new_database()
    with start_service("--demo", "--store", url) as (running, client):
        until(lambda: client.get("/v1/counters").json()["accepted"].get("occupancy", 0) > 0)
        assert client.get("/readyz").json()["parts"]["store"] == "ok"
        signs = len(client.get("/v1/signs").json()["signs"])
        assert running.stop() == 0
        assert "history complete" in running.said
    with start_service("--store", url) as (running, _):
        assert f"'contents': {signs}" in running.said
        assert running.stop() == 0


@pytest.mark.shared
@pytest.mark.parametrize("over_http", [False, True], ids=["by file", "by http"])
def test_the_captured_feeds_of_stuttgart_and_mannheim_are_pulled_and_counted(
    tmp_path, start_service, shared_data, over_http
):
    folder = shared_data / "parking_feeds"
    with served(folder) as address:
        base = address if over_http else str(folder)
        feeds = tmp_path / "feeds.yaml"
        feeds.write_text(
            "feeds:\n"
            f"  - {{id: stuttgart, format: datex2_v23, url: '{base}/stuttgart-realtime.xml', "
            f"static_url: '{base}/stuttgart-static.xml', interval_s: 60, prefix: 's-'}}\n"
            f"  - {{id: buchen, format: parkapi_v3, url: '{base}/mannheim.json', interval_s: 60, prefix: 'b-'}}\n",
            encoding="utf-8",
        )
        with start_service("--feeds", str(feeds), "--start", "2023-10-07T03:45:32+02:00") as (running, client):
            counters = client.get("/v1/counters").json()
            parking = {f["facility_id"]: f for f in client.get("/v1/parking").json()["facilities"]}
            assert running.stop() == 0
    assert len([name for name in parking if name.startswith("s-")]) == 49
    assert counters["accepted"] == {"occupancy": 12}
    assert counters["rejected"]["too_old"] == 26
    assert counters["rejected"]["future"] == 1, "Buchen was captured four months later"
    assert parking["s-12717289"]["display"] == "neutral", "its status was 20 months old"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Quiet(*a, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--bus", "amqp://x"], "bus"),
        (["--bus", "mqtt://[::1"], "bus"),
        (["--store", "mysql://x"], "store"),
        (["--store", ""], "store"),
        (["--store", "sqlite:////"], "store"),
        (["--store", "postgresql+psycopg://h:notaport/db"], "store"),
        (["--model", "/nowhere"], "model.yaml"),
        (["--start", "noon"], "--start"),
        (["--feeds", "none.yaml"], "none.yaml"),
        (["--keys", "none.yaml"], "none.yaml"),
        (["--demo", "--feeds", "none.yaml"], "--demo"),
        (["--adaptive"], "--adaptive"),
        (["--host", "203.0.113.1"], "--host"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(tmp_path, options, named):
    done = subprocess.run([*COMMAND, *options], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
