from __future__ import annotations

import asyncio
import gzip
import json
import os
from typing import TYPE_CHECKING

import httpx
import pytest

from api.feeds.config import FeedConfig
from api.feeds.fetch import FeedEventKind, FetchError, fetch_http
from api.feeds.formats import FORMATS
from api.feeds.naming import Naming
from api.feeds.port import MAX_BODY_BYTES, RejectReason
from api.feeds.puller import BACKOFF_CEILING_S, run_feed

if TYPE_CHECKING:
    from pathlib import Path

NOW_S = 1_790_000_000.0
SITE = {"uid": "1", "realtime_free_capacity": 7, "realtime_data_updated_at": "2026-09-21T12:00:00Z"}
BODY = json.dumps({"items": [SITE]}).encode()


class Stop(Exception):  # noqa: N818  # not an error: the test has seen enough
    """Ends a loop that never ends."""


class Watch:
    """Runs a feed for some rounds with no real waiting and keeps what it delivered and told."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.results = []
        self.events = []
        self.waits = []

    async def sink(self, result) -> None:
        self.results.append(result)

    async def sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)
        if len(self.waits) >= self.rounds:
            raise Stop

    async def run(self, config: FeedConfig, **more) -> Watch:
        sink = more.pop("sink", self.sink)
        with pytest.raises(Stop):
            await run_feed(config, sink, lambda: NOW_S, on_event=self.events.append, sleep=self.sleep, **more)
        return self

    @property
    def kinds(self) -> list[FeedEventKind]:
        return [event.kind for event in self.events]


def feed(source: str | Path, **change) -> FeedConfig:
    values = {
        "id": "f",
        "format": "parkapi_v3",
        "source": source,
        "static_source": None,
        "interval_s": 60.0,
        "timeout_s": 5.0,
        "naming": Naming(facilities={}, prefix="x-"),
        "reader": FORMATS["parkapi_v3"].reader(),
        "api_key_env": None,
        "api_key_header": "X-API-Key",
    }
    return FeedConfig(**(values | change))


async def test_a_body_is_delivered_in_our_identifiers(serving, respond):
    async def handler(request, writer):
        writer.write(respond(BODY))

    async with serving(handler) as url:
        watch = await Watch(2).run(feed(url))
    assert [r.readings[0].source_id for r in watch.results] == ["x-1", "x-1"]
    assert watch.results[0].readings[0].received_at_s == NOW_S
    assert watch.waits == [60.0, 60.0]
    event = watch.events[0]
    assert (event.kind, event.readings, event.rejects, event.next_s) == (FeedEventKind.PULLED, 1, 0, 60.0)


async def test_the_second_question_is_conditional_and_304_delivers_nothing(serving, respond):
    requests = []

    async def handler(request, writer):
        requests.append(request)
        if b'If-None-Match: "v1"' in request:
            writer.write(respond(b"", "304 Not Modified"))
        else:
            writer.write(respond(BODY, ETag='"v1"', Last_Modified="Mon, 21 Sep 2026 10:00:00 GMT"))

    async with serving(handler) as url:
        watch = await Watch(3).run(feed(url))
    assert watch.kinds == [FeedEventKind.PULLED, FeedEventKind.NOT_MODIFIED, FeedEventKind.NOT_MODIFIED]
    assert len(watch.results) == 1
    assert watch.waits == [60.0] * 3
    assert b"If-Modified-Since: Mon, 21 Sep 2026 10:00:00 GMT" in requests[1]


async def test_a_server_error_is_an_event_and_the_waits_grow_to_a_ceiling(serving, respond):
    async def handler(request, writer):
        writer.write(respond(b"sorry", "500 Internal Server Error"))

    async with serving(handler) as url:
        watch = await Watch(8).run(feed(url))
    assert set(watch.kinds) == {FeedEventKind.HTTP_STATUS}
    assert watch.events[0].status_code == 500
    assert watch.results == []
    for tries, wait_s in enumerate(watch.waits):
        full_s = min(60.0 * 2**tries, BACKOFF_CEILING_S)
        assert full_s / 2 <= wait_s <= full_s


async def test_after_a_success_the_feed_is_asked_at_its_own_pace_again(serving, respond):
    answers = iter([respond(b"", "503 Away"), respond(b"", "503 Away"), respond(BODY), respond(b"", "503 Away")])

    async def handler(request, writer):
        writer.write(next(answers))

    async with serving(handler) as url:
        watch = await Watch(4).run(feed(url))
    assert watch.waits[2] == 60.0
    assert watch.waits[3] <= 60.0


async def test_garbage_is_delivered_as_a_counted_reject(serving, respond):
    async def handler(request, writer):
        writer.write(respond(b"\x00\xff garbage"))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url))
    assert [r.reason for r in watch.results[0].rejects] == [RejectReason.MALFORMED]
    assert (watch.events[0].readings, watch.events[0].rejects) == (0, 1)


@pytest.mark.parametrize("raw", [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"])
async def test_an_answer_that_is_no_http_is_an_event(raw, serving):
    async def handler(request, writer):
        writer.write(raw)

    async with serving(handler) as url:
        watch = await Watch(2).run(feed(url))
    assert watch.kinds == [FeedEventKind.UNREACHABLE] * 2


async def test_a_host_that_is_away_is_an_event(serving):
    async def handler(request, writer):
        """Never asked."""

    async with serving(handler) as url:
        pass
    watch = await Watch(2).run(feed(url))
    assert watch.kinds == [FeedEventKind.UNREACHABLE] * 2


async def test_a_server_that_drips_for_ever_is_cut_off_by_the_time_limit(serving):
    async def handler(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url, timeout_s=0.2))
    assert watch.kinds == [FeedEventKind.TIMEOUT]


@pytest.mark.parametrize("length", ["", "Content-Length: 9\r\n"])
async def test_an_endless_body_is_cut_off_at_the_size_limit(length, serving):
    async def handler(request, writer):
        writer.write(f"HTTP/1.1 200 OK\r\n{length}\r\n".encode())
        for _ in range(2 * MAX_BODY_BYTES // 65_536):
            writer.write(b" " * 65_536)
            await writer.drain()

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url, timeout_s=30.0))
    # A body that is longer than announced is cut there, which is no JSON either.
    expected = FeedEventKind.PULLED if length else FeedEventKind.OVERSIZED
    assert watch.kinds == [expected]
    assert all(result.readings == () for result in watch.results)


async def test_gzip_is_understood_and_a_bomb_is_cut_off_at_the_size_limit(serving, respond):
    bodies = iter([gzip.compress(BODY), gzip.compress(b" " * (8 * MAX_BODY_BYTES))])

    async def handler(request, writer):
        writer.write(respond(next(bodies), Content_Encoding="gzip"))

    async with serving(handler) as url:
        watch = await Watch(2).run(feed(url))
    assert watch.kinds == [FeedEventKind.PULLED, FeedEventKind.OVERSIZED]
    assert len(watch.results[0].readings) == 1


@pytest.mark.parametrize(
    ("body", "encoding"), [(BODY, "gzip"), (gzip.compress(BODY)[:-12], "gzip"), (BODY, "br"), (BODY, "gzip, gzip")]
)
async def test_an_encoding_that_was_not_asked_for_or_is_broken_is_an_event(body, encoding, serving, respond):
    async def handler(request, writer):
        writer.write(respond(body, Content_Encoding=encoding))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url))
    assert watch.kinds == [FeedEventKind.BAD_ENCODING]


async def test_a_redirect_to_another_path_is_followed_with_the_key(serving, respond):
    requests = []

    async def handler(request, writer):
        requests.append(request)
        moved = request.startswith(b"GET /old")
        writer.write(respond(b"", "302 Found", Location="/new") if moved else respond(BODY))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url + "/old"), api_key="s3cret")
    assert watch.kinds == [FeedEventKind.PULLED]
    assert all(b"X-API-Key: s3cret" in request for request in requests)


async def test_the_key_does_not_follow_a_redirect_to_another_host(serving, respond):
    requests = []

    async def other(request, writer):
        requests.append(request)
        writer.write(respond(BODY))

    async with serving(other) as target:

        async def handler(request, writer):
            writer.write(respond(b"", "307 Temporary Redirect", Location=target + "/"))

        async with serving(handler) as url:
            watch = await Watch(1).run(feed(url), api_key="s3cret")
    assert watch.kinds == [FeedEventKind.PULLED]
    assert b"s3cret" not in requests[0]


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/x", "", "gopher://x"])
async def test_a_redirect_to_anything_but_http_is_refused(location, serving, respond):
    async def handler(request, writer):
        writer.write(respond(b"", "302 Found", Location=location))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url))
    assert watch.kinds == [FeedEventKind.BAD_REDIRECT]


async def test_a_redirect_that_is_no_address_is_an_event(serving, respond):
    async def handler(request, writer):
        writer.write(respond(b"", "302 Found", Location="javascript:1"))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url))
    assert watch.kinds == [FeedEventKind.UNREACHABLE]


async def test_redirects_in_a_circle_end(serving, respond):
    async def handler(request, writer):
        writer.write(respond(b"", "301 Moved", Location="/"))

    async with serving(handler) as url:
        watch = await Watch(1).run(feed(url))
    assert watch.kinds == [FeedEventKind.BAD_REDIRECT]


async def test_a_redirect_from_https_to_http_is_refused():
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://data.example.org/x"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(FetchError) as caught:
            await fetch_http(client, "https://data.example.org/x", 5.0, {}, {})
    assert caught.value.kind is FeedEventKind.BAD_REDIRECT


async def test_a_file_that_did_not_change_is_delivered_again(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(BODY)
    watch = await Watch(3).run(feed(path))
    assert watch.kinds == [FeedEventKind.PULLED] * 3
    assert len(watch.results) == 3


async def test_a_file_that_is_away_too_large_or_no_file_is_an_event(tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(MAX_BODY_BYTES + 1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    expected = {
        tmp_path / "none.json": FeedEventKind.UNREADABLE_FILE,
        tmp_path: FeedEventKind.UNREADABLE_FILE,
        pipe: FeedEventKind.UNREADABLE_FILE,
        tmp_path / "nul\x00": FeedEventKind.UNREADABLE_FILE,
        large: FeedEventKind.OVERSIZED,
    }
    for path, kind in expected.items():
        watch = await Watch(2).run(feed(path))
        assert watch.kinds == [kind, kind]


async def test_static_facts_come_first_and_then_not_before_a_day_has_passed(tmp_path):
    static, live = tmp_path / "static.json", tmp_path / "live.json"
    static.write_bytes(json.dumps({"items": [{"uid": "1", "name": "One", "capacity": 9}]}).encode())
    live.write_bytes(BODY)
    watch = await Watch(3).run(feed(live, static_source=static))
    assert [(len(r.facilities), len(r.readings)) for r in watch.results] == [(1, 0), (0, 1), (0, 1), (0, 1)]


async def test_missing_static_facts_do_not_hold_up_the_readings_and_are_asked_for_again(tmp_path):
    live = tmp_path / "live.json"
    live.write_bytes(BODY)
    watch = await Watch(2).run(feed(live, static_source=tmp_path / "none.json"))
    assert watch.kinds == [FeedEventKind.UNREADABLE_FILE, FeedEventKind.PULLED] * 2


async def test_a_taker_that_fails_is_an_event_and_the_body_is_asked_for_again_in_full(serving, respond):
    requests = []

    async def handler(request, writer):
        requests.append(request)
        writer.write(respond(BODY, ETag='"v1"'))

    async def failing(result):
        raise RuntimeError("store is full")

    async with serving(handler) as url:
        watch = await Watch(2).run(feed(url), sink=failing)
    assert watch.kinds == [FeedEventKind.NOT_DELIVERED] * 2
    assert "store is full" in watch.events[0].explanation
    assert b"If-None-Match" not in requests[1]


async def test_a_fault_of_our_own_is_an_event_and_the_loop_goes_on(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(BODY)
    watch = await Watch(2).run(feed(path, naming=Naming(facilities={}, prefix="no/identifier/")))
    assert watch.kinds == [FeedEventKind.NOT_DELIVERED] * 2


async def test_a_feed_ends_promptly_when_its_task_is_cancelled(serving):
    asked = asyncio.Event()

    async def handler(request, writer):
        asked.set()
        await asyncio.sleep(60)

    async with serving(handler) as url:
        watch = Watch(1)
        task = asyncio.create_task(run_feed(feed(url), watch.sink, lambda: NOW_S))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert watch.results == []


async def test_a_client_that_was_given_stays_open(tmp_path):
    path = tmp_path / "feed.json"
    path.write_bytes(BODY)
    async with httpx.AsyncClient() as client:
        await Watch(1).run(feed(path), client=client)
        assert not client.is_closed


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "http://[::1/", "http://exa mple/", "http://\x00/"])
async def test_an_address_that_is_none_is_an_event(url):
    watch = await Watch(1).run(feed(url))
    assert watch.kinds == [FeedEventKind.UNREACHABLE]
