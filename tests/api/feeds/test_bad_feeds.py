"""Feeds that misbehave, each on a server in a thread: counted, explained, isolated; the good one goes on."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading

import pytest
from structlog.testing import capture_logs

from api.clock import ManualClock
from api.feed_runner import FeedRunner
from api.feeds.check import check
from api.feeds.config import FeedConfig
from api.feeds.formats import FORMATS
from api.feeds.naming import Naming
from api.feeds.puller import pull_once
from api.town import load_town

NOW_S = 1_790_000_000.0
TIME = "2026-09-21T14:12:00Z"


def site(uid, free_veh=12, **change):
    return {
        "uid": uid,
        "name": uid,
        "capacity": 80,
        "lat": 48.69,
        "lon": 9.14,
        "realtime_free_capacity": free_veh,
        "realtime_data_updated_at": TIME,
    } | change


def items(*sites):
    return json.dumps({"items": list(sites)}).encode()


GOOD = items(site("good"))
HTML = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>"
BOMB = gzip.compress(b" " * 50_000_000)
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<d2LogicalModel><payloadPublication>&b;</payloadPublication></d2LogicalModel>"""
EXTERNAL = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><d2LogicalModel/>"""


def fifty_mb(handler):
    handler.send_response(200)
    handler.end_headers()
    for _ in range(50):
        handler.wfile.write(b" " * 1_000_000)


def announced_fifty_mb(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "50000000")
    handler.end_headers()


def half(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(GOOD)))
    handler.end_headers()
    handler.wfile.write(GOOD[: len(GOOD) // 2])


def never(handler):
    threading.Event().wait(3.0)
    handler.say(GOOD)


def saying(body, status=200, **headers):
    return lambda handler: handler.say(body, status, **headers)


CASES = {
    "html": ("parkapi_v3", saying(HTML), "pulled", "malformed", "HTML page"),
    "html instead of xml": ("datex2_v23", saying(HTML), "pulled", "malformed", "HTML page"),
    "gzip bomb": ("parkapi_v3", saying(BOMB, Content_Encoding="gzip"), "oversized", "", "10485760"),
    "entities": ("datex2_v23", saying(ENTITIES), "pulled", "malformed", "DTD or an entity"),
    "entities in v3": ("datex2_v3", saying(ENTITIES), "pulled", "malformed", "DTD or an entity"),
    "external dtd": ("datex2_v23", saying(EXTERNAL), "pulled", "malformed", "DTD or an entity"),
    "50 MB": ("parkapi_v3", fifty_mb, "oversized", "", "10485760"),
    "50 MB announced": ("parkapi_v3", announced_fifty_mb, "oversized", "", "announces 50000000"),
    "redirect loop": ("parkapi_v3", saying(b"", 302, Location="/bad"), "bad_redirect", "", "3 redirects"),
    "time-out": ("parkapi_v3", never, "timeout", "", "within 1 s"),
    "half a document": ("parkapi_v3", half, "unreachable", "", "without sending complete"),
    "half of it without a length": ("parkapi_v3", saying(GOOD[:-20]), "pulled", "malformed", "is not JSON"),
    "duplicate ids": ("parkapi_v3", saying(items(site("x"), site("x", 3))), "pulled", "contradictory", "differ"),
    "capacity 0": ("parkapi_v3", saying(items(site("x", capacity=0))), "pulled", "out_of_range", "unknown"),
    "picture": ("parkapi_v3", saying(b"\x89PNG\r\n", Content_Type="image/png"), "pulled", "malformed", "UTF-8"),
    "empty": ("parkapi_v3", saying(b""), "pulled", "malformed", "is not JSON"),
    "304 unasked": ("parkapi_v3", saying(b"", 304), "http_status", "", "answered 304"),
    "500": ("parkapi_v3", saying(b"oops", 500), "http_status", "", "answered 500"),
    "403": ("parkapi_v3", saying(b"no", 403), "http_status", "", "answered 403"),
}


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def feeds_file(tmp_path):
    def write(address, form="parkapi_v3"):
        path = tmp_path / "feeds.yaml"
        path.write_text(
            f"feeds:\n  - {{id: bad, format: {form}, url: '{address}/bad', timeout_s: 1, api_key_env: BAD_FEED_KEY}}\n"
            f"  - {{id: good, format: parkapi_v3, url: '{address}/good'}}\n",
            encoding="utf-8",
        )
        return path

    return write


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_bad_feed_is_explained_and_the_good_one_goes_on(case, town_server, feeds_file, town):
    form, answer, outcome, reason, explanation = CASES[case]
    town_server.answers = {"/bad": answer, "/good": saying(GOOD)}
    path = feeds_file(town_server.address, form)
    document = asyncio.run(check(path, {"BAD_FEED_KEY": "s3cret-k3y"}, town, lambda: NOW_S, None))
    bad, good = document["feeds"]
    assert bad["attempts"][0]["outcome"] == outcome
    assert reason in [entry["reason"] for entry in bad["records"]] or not reason
    assert explanation in json.dumps(bad, ensure_ascii=False)
    assert bad["counts"].get("rejected", 0) == len([e for e in bad["records"] if e["outcome"] == "rejected"])
    assert good["counts"] == {"accepted": 1}
    assert document["exit_code"] == 1
    assert "s3cret" not in json.dumps(document)


def test_a_wrong_content_type_does_not_matter_where_the_body_is_right(town_server, feeds_file, town):
    town_server.answers = {"/bad": saying(GOOD, Content_Type="text/html"), "/good": saying(items(site("g2")))}
    document = asyncio.run(
        check(feeds_file(town_server.address), {"BAD_FEED_KEY": "s3cret"}, town, lambda: NOW_S, None)
    )
    assert document["exit_code"] == 0
    assert [feed["counts"] for feed in document["feeds"]] == [{"accepted": 1}, {"accepted": 1}]


def test_a_key_goes_out_and_is_hidden_where_the_server_repeats_it(town_server, feeds_file, town):
    def echo(handler):
        handler.say(b"{'error': 'unknown key " + handler.headers["X-API-Key"].encode() + b"'}")

    town_server.answers = {"/bad": echo, "/good": saying(items(site("s3cret-k3y")))}
    path = feeds_file(town_server.address)
    document = asyncio.run(check(path, {"BAD_FEED_KEY": "s3cret-k3y"}, town, lambda: NOW_S, None))
    assert town_server.seen[0][1].get("X-API-Key", town_server.seen[-1][1].get("X-API-Key")) == "s3cret-k3y"
    assert "s3cret" not in json.dumps(document)
    assert "(hidden)" in json.dumps(document)


def test_a_key_that_is_not_set_fails_its_feed_alone(town_server, feeds_file, town):
    town_server.answers = {"/good": saying(GOOD)}
    document = asyncio.run(check(feeds_file(town_server.address), {}, town, lambda: NOW_S, None))
    bad, good = document["feeds"]
    assert bad["outcome"] == "failed"
    assert "BAD_FEED_KEY" in bad["problem"]
    assert good["outcome"] == "ok"
    assert [path for path, _ in town_server.seen] == ["/good"]


def test_all_feeds_are_asked_at_the_same_time(town_server, tmp_path, town):
    all_here = threading.Barrier(6, timeout=5.0)

    def together(handler):
        all_here.wait()
        handler.say(GOOD)

    town_server.answers = {"/slow": together}
    lines = [
        f"  - {{id: f{n}, format: parkapi_v3, url: '{town_server.address}/slow', prefix: '{n}-'}}\n" for n in range(6)
    ]
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds:\n" + "".join(lines), encoding="utf-8")
    document = asyncio.run(check(path, {}, town, lambda: NOW_S, None))
    assert {feed["attempts"][0]["outcome"] for feed in document["feeds"]} == {"pulled"}


async def test_one_pull_asks_each_source_once_static_facts_first(town_server):
    town_server.answers = {"/x": saying(GOOD), "/table": saying(GOOD)}
    feed = FeedConfig(
        id="x",
        format="parkapi_v3",
        source=f"{town_server.address}/x",
        static_source=f"{town_server.address}/table",
        interval_s=60.0,
        timeout_s=5.0,
        naming=Naming(facilities={}, prefix=""),
        api_key_env=None,
        api_key_header="X-API-Key",
        reader=FORMATS["parkapi_v3"].reader(),
    )
    pulled = await pull_once(feed, lambda: NOW_S)
    assert [event.kind.value for event, _ in pulled] == ["pulled", "pulled"]
    assert [len(result.readings) for _, result in pulled] == [1, 1]
    assert [path for path, _ in town_server.seen] == ["/table", "/x"]


async def test_the_service_says_which_feed_tells_nothing_and_why(town_server, feeds_file, town):
    town_server.answers = {"/bad": saying(HTML), "/good": saying(GOOD)}
    runner = FeedRunner.from_file(feeds_file(town_server.address), {"BAD_FEED_KEY": "s3cret-k3y"})
    with capture_logs() as logs:
        found = await runner.discover(town, ManualClock(NOW_S))
        runner.stop()
    (line,) = [line for line in logs if line["event"] == "feed_tells_nothing"]
    assert (line["feed"], line["rejects"]) == ("bad", 1)
    assert "HTML page" in line["explanation"]
    assert "good" in found.parking.facilities
    assert runner.outcomes == {("bad", "pulled"): 1, ("good", "pulled"): 1}
