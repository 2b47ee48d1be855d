"""Feeds of a file: pulled to discover car parks, pushed by devices, refusals counted."""

from __future__ import annotations

import asyncio
import json

import pytest
from prometheus_client import generate_latest

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.discovered import empty_network, empty_parking, with_discovered
from api.feed_runner import FeedRunner
from api.feeds.port import FeedFacility
from api.http.keys import KeyRing
from api.replay import NoStore
from api.store.recorder import Recorder
from api.town import ModelInfo, Town

START_S = 1_795_246_200.0
INFO = ModelInfo(
    id="t",
    name="T",
    label_de="Probe",
    label_en="test",
    timezone="Europe/Berlin",
    licence="none",
    attribution=[],
    bbox=[9.0, 48.0, 10.0, 49.0],
    notes="",
)


def site(uid, free_veh, at="2026-11-21T07:29:00Z"):
    return {
        "uid": uid,
        "name": f"Garage {uid}",
        "lat": "48.5",
        "lon": "9.5",
        "capacity": 100,
        "has_realtime_data": True,
        "realtime_capacity": 100,
        "realtime_free_capacity": free_veh,
        "realtime_data_updated_at": at,
    }


@pytest.fixture
def town():
    return Town(info=INFO, network=empty_network(), junctions={}, parking=empty_parking())


@pytest.fixture
def runner(tmp_path):
    (tmp_path / "sites.json").write_text(json.dumps({"items": [site("a", 40), site("b", -500)]}), encoding="utf-8")
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(
        "feeds:\n"
        "  - {id: pulled, format: parkapi_v3, url: sites.json, prefix: 'p-'}\n"
        "  - {id: pushed, format: parkapi_v3, facilities: {a: p-a}}\n",
        encoding="utf-8",
    )
    return feeds


async def running(feeds, town):
    clock = ManualClock(START_S)
    runner = FeedRunner.from_file(feeds, {})
    found = await runner.discover(town, clock)
    service = assemble(found, clock, InProcessBus(), Recorder(NoStore()), KeyRing([]), runner)
    task = asyncio.create_task(runner.run(service.intake))
    await asyncio.sleep(0)
    return service, runner, task


async def test_car_parks_of_a_pulled_feed_get_a_sign_and_their_readings_count(runner, town):
    service, _, task = await running(runner, town)
    assert set(service.town.parking.facilities) == {"p-a", "p-b"}
    assert set(service.town.parking.signs) == {"mirror-p-a", "mirror-p-b"}
    service.loop.turn(START_S)
    shown = {k: i.payload.rows[0].display for k, i in service.live.board.items["signs"].items()}
    assert shown == {"mirror-p-a": "number", "mirror-p-b": "neutral"}
    assert service.intake.counters().rejected == {"negative": 1}
    told = generate_latest(service.live.metrics).decode()
    assert 'stadttakt_feed_attempts_total{feed="pulled",outcome="pulled"} 1.0' in told
    task.cancel()


async def test_a_pushed_document_is_answered_reading_by_reading(runner, town):
    service, _, task = await running(runner, town)
    service.clock.set(START_S + 60.0)
    body = json.dumps({"items": [site("a", 41, "2026-11-21T07:30:30Z"), site("c", 1)]}).encode()
    result = await service.live.push("pushed", body, lambda source: source == "p-a")
    assert result.accepted == 1
    assert {item.reason for item in result.rejected} == {"unknown_facility"}
    with pytest.raises(KeyError):
        await service.live.push("none", body, lambda _: True)
    task.cancel()


async def test_a_device_may_not_push_for_others(runner, town):
    service, _, task = await running(runner, town)
    body = json.dumps({"items": [site("a", 41)]}).encode()
    result = await service.live.push("pushed", body, lambda _: False)
    assert (result.accepted, [item.reason for item in result.rejected]) == (0, ["forbidden_source"])
    task.cancel()


async def test_a_second_feed_for_one_car_park_is_refused_and_counted(town, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({"items": [site("a", 40)]}), encoding="utf-8")
    (tmp_path / "two.json").write_text(json.dumps({"items": [site("a", 5, "2026-11-21T07:29:30Z")]}), encoding="utf-8")
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "feeds:\n  - {id: first, format: parkapi_v3, url: one.json}\n"
        "  - {id: second, format: parkapi_v3, url: two.json}\n",
        encoding="utf-8",
    )
    service, _, task = await running(path, town)
    assert service.city.occupancy.estimates(START_S)["a"].free_veh == 40
    body = json.dumps({"items": [site("a", 6, "2026-11-21T07:29:50Z")]}).encode()
    answer = await service.live.push("second", body, lambda _: True)
    assert [item.reason for item in answer.rejected] == ["owned_by_other_feed"]
    assert service.intake.counters().rejected == {"owned_by_other_feed": 2}
    task.cancel()


async def test_a_device_that_may_not_report_takes_no_car_park_from_others(runner, town):
    service, _, task = await running(runner, town)
    body = json.dumps({"items": [site("a", 41, "2026-11-21T07:29:50Z")]}).encode()
    await service.live.push("pushed", body, lambda _: False)
    answer = await service.live.push("pulled", body, lambda _: True)
    assert answer.accepted == 1
    task.cancel()


def test_what_the_model_knows_is_not_discovered_again(town):
    found = [FeedFacility(id="x", name="X", capacity_veh=0, position=None)]
    once = with_discovered(town, found, interval_s=60.0, source="feed")
    assert once.parking.facilities["x"].capacity_veh is None, "a capacity of 0 is an unknown one"
    assert "ring" in once.parking.facilities["x"].provenance.source
    assert with_discovered(once, found, interval_s=60.0, source="feed") is once
