"""Feeds over the bus: messages of foreign topics are read as bodies of their feed."""

from __future__ import annotations

import asyncio
import json

import pytest

from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.feed_runner import FeedRunner
from api.feeds.config import load_feeds
from api.intake import Intake
from traffic_core.quality_gate import Accepted

START_S = 1_790_000_010.0
TOPIC = "application/1/device/70b3d57ed0061234/event/up"
FEEDS = """
feeds:
  - id: street
    format: lorawan_chirpstack
    mqtt_topic: application/+/device/+/event/up
    bays: {"70b3d57ed0061234": MARKT.1}
"""


def uplink(counter, data="AQ=="):
    return json.dumps(
        {
            "deviceInfo": {"devEui": "70b3d57ed0061234"},
            "devAddr": "01",
            "time": f"2026-09-21T14:13:{20 + counter}Z",
            "fCnt": counter,
            "fPort": 1,
            "data": data,
        }
    ).encode()


class Kept:
    """Takes the place of city and recorder."""

    def __init__(self) -> None:
        self.readings = []
        self.both = asyncio.Event()

    def take(self, readings, _gate, _now_s):
        taken = list(readings)
        self.readings += taken
        if len(self.readings) == 2:
            self.both.set()
        return [Accepted(reading=reading) for reading in taken]

    def put(self, _readings):
        return None


@pytest.fixture
def runner(tmp_path):
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS, encoding="utf-8")
    return FeedRunner(load_feeds(path))


async def test_uplinks_of_a_foreign_topic_become_states_of_our_bays(runner):
    bus, kept = InProcessBus(), Kept()
    intake = Intake(ManualClock(START_S), None, kept, kept, bus)
    async with bus:
        task = asyncio.create_task(runner.run(intake))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for body in (uplink(1), uplink(1), b"\xff no json", uplink(3, "Bw=="), uplink(2, "AA==")):
            await bus.publish(TOPIC, body)
        await asyncio.wait_for(kept.both.wait(), 5.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [(reading.source_id, reading.occupied) for reading in kept.readings] == [
        ("MARKT.1", True),
        ("MARKT.1", False),
    ]
    assert intake.refused_before == {"duplicate": 1, "malformed": 1, "out_of_range": 1}
    assert "70b3" not in repr(kept.readings)


@pytest.mark.parametrize(("arrival", "told"), [(True, [7]), (False, [200, 7])])
async def test_a_message_kept_by_the_broker_is_passed_over_where_its_time_would_be_that_of_its_arrival(
    arrival, told, tmp_path
):
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "feeds:\n  - {id: s, format: json_list, mqtt_topic: town/parking, "
        f"options: {{time_is_arrival: {str(arrival).lower()}}}}}\n",
        encoding="utf-8",
    )
    runner, clock, kept = FeedRunner(load_feeds(path)), ManualClock(START_S), Kept()
    bus = InProcessBus(now_s=clock.now_s)
    async with bus:
        for age_days, free, retain in ((40, 200, True), (0, 7, False)):
            if not retain:
                clock.set(START_S + 40 * 86_400.0)
                task = asyncio.create_task(runner.run(Intake(clock, None, kept, kept, bus)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            at = f"2026-09-2{age_days % 10 + 1}T14:13:20Z"
            await bus.publish(
                "town/parking", json.dumps([{"id": "Q1", "free": free, "time": at}]).encode(), retain=retain
            )
        for _ in range(200):
            if len(kept.readings) == len(told):
                break
            await asyncio.sleep(0.01)
        task.cancel()
    assert [reading.free_veh for reading in kept.readings] == told
    assert runner.outcomes["s", "retained"] == arrival
