"""Calls of buses come in like all readings, are known to signal control until they sign off, and are never stored."""

from __future__ import annotations

import asyncio
import json

import pytest
from one_process import START_S

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.store.recorder import Recorder
from api.town import load_town, with_assumed_area_detectors
from signal_plans.adaptive.call_points import call_points
from signal_plans.adaptive.requests import BusAhead


class Remembering:
    """A store that remembers what it was to write."""

    def __init__(self):
        self.rows = []

    def migrate(self):
        """Nothing to prepare."""

    def write(self, rows):
        """Take all."""
        self.rows += rows


@pytest.mark.slow
async def test_a_call_counts_until_the_bus_signs_off_and_is_not_stored(le_model):
    town = with_assumed_area_detectors(load_town(le_model))
    name = next(iter(call_points(town.network, [junction.layout for junction in town.junctions.values()])))
    clock, store = ManualClock(START_S), Remembering()
    recorder = Recorder(store)
    recorder.start()
    call = {
        "kind": "bus_call",
        "source_id": name,
        "measured_at": "2026-11-21T07:30:00Z",
        "run": 381,
        "arrival_at": "2026-11-21T07:30:25Z",
        "late_s": 95,
    }
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, recorder, KeyRing([]))
        answer = await service.intake.receive(_batch(call), lambda _name: True)
        assert (answer.accepted, answer.rejected) == (1, [])
        assert service.city.sensors.requests(START_S).buses == (BusAhead(name, 381, 25.0, 95.0),)
        answer = await service.intake.receive(_batch(call | {"cleared": True}), lambda _name: True)
        assert answer.accepted == 1
        assert service.city.sensors.requests(START_S).buses == ()
        answer = await service.intake.receive(_batch(call | {"source_id": "nobody"}), lambda _name: True)
        assert [item.reason for item in answer.rejected] == ["unknown_source"]
    await asyncio.to_thread(recorder.stop)
    assert not any("381" in repr(row) for row in store.rows)


def _batch(item):
    return json.dumps({"readings": [item]}).encode()
