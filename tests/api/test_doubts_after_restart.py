"""What is known to be wrong outlives a restart: contradicted values and faulty data stay without a number."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from one_process import START_S, garage, rows_of, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.memory_of_before import take_over
from api.start import ServiceSettings, prepare
from api.store.recorder import Recorder
from api.store.rows import PARKING_MEMORY
from api.store.store import Store
from api.town import load_town
from api.wire.parking_operator import RecountBody
from traffic_core.readings import OccupancyReading


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    yield store
    store.close()


@pytest.fixture
def lifetime(town, store):
    @asynccontextmanager
    async def run(start_s):
        clock, recorder = ManualClock(start_s), Recorder(store)
        async with InProcessBus(now_s=clock.now_s) as bus:
            service = assemble(town, clock, bus, recorder, KeyRing([]))
            take_over(service, store, start_s)
            recorder.start()
            yield service
        await asyncio.to_thread(recorder.stop)

    return run


def shown(service, at_s):
    turn(service, at_s)
    row = rows_of(service, "Q1")[0]
    return row.display, row.reason


def report(service, at_s, **values):
    service.clock.set(at_s)
    return service.intake.take([OccupancyReading(source_id="Q1", measured_at_s=at_s, received_at_s=at_s, **values)])


def memories(store, reason):
    rows = store.decisions("memory/Q1", START_S, 90_000.0)
    return [json.loads(row.outcome_json) for row in rows if row.kind == PARKING_MEMORY and row.reason == reason]


@pytest.mark.parametrize("free_veh", [9_162, -50])
async def test_a_contradicted_value_stays_without_number_until_free_places_are_told_anew(lifetime, free_veh):
    async with lifetime(START_S) as service:
        garage(service, 124)
        assert shown(service, START_S + 1.0) == ("number", "fresh")
        report(service, START_S + 5.0, free_veh=free_veh)
        assert shown(service, START_S + 10.0) == ("neutral", "contradicted")
    for start_s in (30.0, 50.0):
        async with lifetime(START_S + start_s) as service:
            assert shown(service, START_S + start_s) == ("neutral", "contradicted")
    async with lifetime(START_S + 60.0) as service:
        report(service, START_S + 60.0, free_veh=118)
        assert shown(service, START_S + 61.0) == ("number", "fresh")
    async with lifetime(START_S + 70.0) as service:
        assert shown(service, START_S + 70.0) == ("number", "fresh")


async def test_a_refusal_is_kept_within_a_second_and_only_once(lifetime, store):
    async with lifetime(START_S) as service:
        garage(service, 124)
        turn(service, START_S)
        report(service, START_S + 1.5, free_veh=9_162)
        turn(service, START_S + 2.0)  # no guidance in this second
        for after_s in range(3, 40):
            report(service, START_S + after_s, free_veh=9_162)
            turn(service, START_S + after_s)
    (kept,) = memories(store, "parking_doubt")
    assert (kept["doubt"]["contradicted"], kept["doubt"]["rejected_at_s"]) == (True, START_S + 1.5)


async def test_a_count_in_doubt_is_in_doubt_after_a_restart(lifetime):
    async with lifetime(START_S) as service:
        service.live.recounts.take("Q1", RecountBody(free_veh=124), "desk")
        report(service, START_S + 60.0, entered_veh=1, left_veh=0)
        turn(service, START_S + 60.0)
        sigma_veh = service.city.occupancy.estimates(START_S + 60.0)["Q1"].sigma_veh
        report(service, START_S + 120.0, entered_veh=1, left_veh=0, free_veh=9_162)
        turn(service, START_S + 120.0)
        doubted_veh = service.city.occupancy.counting.state()["Q1"]["filter"]["var_n"] ** 0.5
        assert doubted_veh > 4.0 * sigma_veh
    async with lifetime(START_S + 140.0) as service:
        known_veh = service.city.occupancy.counting.state()["Q1"]["filter"]["var_n"] ** 0.5
        assert known_veh == pytest.approx(doubted_veh, rel=0.05)
        assert shown(service, START_S + 140.0) == ("neutral", "uncertain")
        service.live.recounts.take("Q1", RecountBody(free_veh=124), "desk")
        report(service, START_S + 150.0, entered_veh=1, left_veh=0)
        assert shown(service, START_S + 151.0) == ("number", "counted")
    async with lifetime(START_S + 170.0) as service:
        assert shown(service, START_S + 170.0) == ("number", "counted")


async def test_a_fault_stands_after_a_restart_also_where_the_last_readings_do_not_show_it(lifetime):
    async with lifetime(START_S) as service:
        for step in range(5):
            report(service, START_S + 300.0 * step, free_veh=120, entered_veh=6 * (step > 0), left_veh=0)
        assert shown(service, START_S + 1_201.0) == ("neutral", "faulty")
        for step in range(5, 15):  # the readings that are read again do not show it any more
            report(service, START_S + 300.0 * step, free_veh=120, entered_veh=0, left_veh=0)
    async with lifetime(START_S + 4_220.0) as service:
        assert shown(service, START_S + 4_220.0) == ("neutral", "faulty")
        report(service, START_S + 4_230.0, free_veh=120, entered_veh=0, left_veh=0)
        assert shown(service, START_S + 4_231.0) == ("neutral", "faulty")


async def test_a_doubt_kept_by_a_clock_that_was_ahead_does_not_come_back(lifetime):
    ahead_s = START_S + 86_400.0
    async with lifetime(ahead_s) as service:
        report(service, ahead_s, free_veh=124)
        report(service, ahead_s + 5.0, free_veh=9_162)
        assert shown(service, ahead_s + 6.0) == ("neutral", "contradicted")
    async with lifetime(START_S) as service:
        assert service.city.occupancy.doubts().keys() == {"Q1"}
        report(service, START_S + 1.0, free_veh=118)
        assert shown(service, START_S + 2.0) == ("number", "fresh")
    async with lifetime(START_S + 20.0) as service:
        assert shown(service, START_S + 20.0) == ("number", "fresh")


async def test_what_was_learned_is_kept_soon_after_the_start_and_at_the_stop(lifetime, store):
    async with lifetime(START_S) as service:
        for after_s in range(0, 660, 60):
            report(service, START_S + after_s, free_veh=120 - after_s // 60)
            turn(service, START_S + after_s)
        learned = service.city.watch.state()["Q1"]
    assert len(memories(store, PARKING_MEMORY)) == 1
    async with lifetime(START_S + 700.0) as service:
        report(service, START_S + 960.0, free_veh=80)
        service.loop.parking_log.keep_all(service.city, START_S + 961.0)
        at_stop = service.city.watch.state()["Q1"]
    async with lifetime(START_S + 1_000.0) as service:
        known = service.city.watch.state()["Q1"]
    assert sum(known["frozen"]["movement"]["seen"]) > sum(learned["frozen"]["movement"]["seen"])
    assert known == at_stop


async def test_where_the_memory_of_before_could_not_be_read_a_young_one_does_not_take_its_place_at_the_stop(
    town, store
):
    clock, recorder = ManualClock(START_S), Recorder(store)
    store.migrate()
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, recorder, KeyRing([]))
        recorder.start()
        garage(service, 120)
        turn(service, START_S + 1.0)
        service.loop.parking_log.keep_all(service.city, START_S + 2.0)
    await asyncio.to_thread(recorder.stop)
    assert not memories(store, PARKING_MEMORY)


async def test_an_orderly_stop_keeps_what_was_learned_and_what_is_in_doubt(le_model, tmp_path, monkeypatch):
    monkeypatch.setattr("api.start.is_cache_cold", lambda: False)
    monkeypatch.setattr("api.start.warm_up_all", lambda **_settings: None)
    settings = ServiceSettings(
        demo=False,
        model=le_model,
        feeds=None,
        keys=None,
        bus="inproc:",
        store=f"sqlite:///{tmp_path / 'town.db'}",
        host="127.0.0.1",
        port=0,
        start=datetime.fromtimestamp(START_S, UTC).isoformat(),
        speed=1.0,
        seed=1,
        kappa=1.0,
        keep_days=90.0,
    )
    async with AsyncExitStack() as stack:
        prepared = await prepare(settings, stack, lambda _text: None)
        service = prepared.service
        garage(service, 124)
        garage(service, 9_162)  # no turn follows
    store = Store(settings.store)
    rows = [row for row in store.lasting_decisions("memory/Q1") if row.kind == PARKING_MEMORY]
    store.close()
    kept = {row.reason: json.loads(row.outcome_json) for row in rows}
    assert kept["parking_doubt"]["doubt"]["contradicted"]
    assert kept[PARKING_MEMORY]["watch"]["level_veh"] == 124
