"""News of area detectors come in like all readings, let adaptive control work, and are kept by nobody."""

from __future__ import annotations

import asyncio
import json

import pytest
from one_process import START_S, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.store.recorder import Recorder
from api.town import load_town, with_assumed_area_detectors
from traffic_core.readings import ApproachReading


class Remembering:
    """A store that remembers what it was to write."""

    def __init__(self):
        self.rows = []

    def migrate(self):
        """Nothing to prepare."""

    def write(self, rows):
        """Take all."""
        self.rows += rows


@pytest.fixture(scope="module")
def watched_town(le_model):
    return with_assumed_area_detectors(load_town(le_model))


@pytest.fixture
def store():
    return Remembering()


@pytest.fixture
async def service(watched_town, store):
    clock = ManualClock(START_S)
    recorder = Recorder(store)
    recorder.start()
    async with InProcessBus(now_s=clock.now_s) as bus:
        yield assemble(watched_town, clock, bus, recorder, KeyRing([]))
    await asyncio.to_thread(recorder.stop)


def batch(town, second, *, without=()):
    at = f"2026-11-21T07:{30 + second // 60:02d}:{second % 60:02d}Z"
    vehicles = [{"lane": 1, "distance_m": 3.0, "speed_km_h": 0.0}]
    items = [
        {"kind": "approach", "source_id": detector.id, "measured_at": at, "vehicles": vehicles}
        for detector in town.area_detectors
        if detector.link_id not in without
    ]
    return json.dumps({"readings": items}).encode()


def test_the_shipped_model_has_no_area_detectors_of_its_own(le_model, watched_town):
    assert load_town(le_model).area_detectors == ()
    assert len(watched_town.area_detectors) > len(watched_town.junctions)


@pytest.mark.slow
def test_junctions_whose_approaches_are_all_seen_are_controlled_adaptively_once_allowed(service, watched_town):
    control = service.loop.control
    control.adaptive_allowed[:] = True
    junction = next(iter(watched_town.junctions.values()))
    group = next(group for group in junction.layout.groups.values() if group.turns)
    blind = watched_town.network.turns[group.turns[0]].from_link
    for second in range(40):
        turn(service, START_S + second)
        answer = service.intake.take_body(batch(watched_town, second, without={blind}), lambda _: True)
        assert answer.rejected == []
    modes = {command.junction_id: str(command.mode) for command in control.commands()}
    assert modes.pop(junction.layout.junction_id) != "adaptive"
    assert set(modes.values()) == {"adaptive"}


def test_where_single_vehicles_are_is_counted_and_never_stored(service, watched_town, store):
    service.intake.take_body(batch(watched_town, 0), lambda _: True)
    service.intake.recorder.flush(5.0)
    assert service.intake.counters().accepted == {"approach": len(watched_town.area_detectors)}
    assert not any(isinstance(row, ApproachReading) for row in store.rows)


def test_a_stranger_and_an_old_reading_are_refused_with_their_reason(service, watched_town):
    strange = json.loads(batch(watched_town, 0))["readings"][0]
    items = [strange | {"source_id": "R9"}, strange | {"measured_at": "2026-11-21T07:29:00Z"}]
    service.clock.set(START_S)
    answer = service.intake.take_body(json.dumps({"readings": items}).encode(), lambda _: True)
    assert [(item.index, item.reason) for item in answer.rejected] == [(0, "unknown_source"), (1, "too_old")]
