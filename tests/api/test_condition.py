"""What the bus refused or lost is seen by whoever asks for counters and metrics."""

from __future__ import annotations

import pytest
from prometheus_client import generate_latest

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.replay import NoStore
from api.store.recorder import Recorder
from api.town import load_town
from api.wire.readings import MOST_BYTES, MalformedBatchError


@pytest.fixture
async def service(le_model):
    clock = ManualClock(1_795_246_200.0)
    async with InProcessBus(now_s=clock.now_s) as bus:
        yield assemble(load_town(le_model), clock, bus, Recorder(NoStore()), KeyRing([]))


def metrics(service):
    lines = generate_latest(service.live.metrics).decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


async def test_messages_too_large_for_the_bus_are_rejected_readings_like_bodies_too_large_for_http(service):
    assert "oversized" not in service.live.counters().rejected
    service.live.condition.bus.counts.oversized = 2
    with pytest.raises(MalformedBatchError):
        service.intake.take_body(bytes(MOST_BYTES + 1), lambda _source: True)
    assert service.live.counters().rejected == {"oversized": 3}
    assert metrics(service)['stadttakt_readings_rejected_total{reason="oversized"}'] == "3.0"
    assert metrics(service)["stadttakt_bus_oversized_total"] == "2.0"


async def test_messages_lost_to_a_slow_subscriber_are_in_the_metrics(service):
    assert metrics(service)["stadttakt_bus_overflowed_total"] == "0.0"
    bus = service.live.condition.bus
    bus.subscribe("events", messages_at_most=1)
    for _ in range(3):
        await bus.publish("events", b"")
    assert metrics(service)["stadttakt_bus_overflowed_total"] == "2.0"
