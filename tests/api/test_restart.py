"""A restart goes on where the service left off: levels, sequences, programmes, and what was closed."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from one_process import START_S, commands_in, every_detector_counts, garage, rows_of, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.memory_of_before import take_over
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import load_town
from api.wire.signals import decision_of
from traffic_core.readings import OccupancyReading


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


async def test_a_restart_keeps_sequences_and_levels_and_publishes_all(town, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")

    async def lifetime(start_s, free_veh):
        clock = ManualClock(start_s)
        recorder = Recorder(store)
        async with InProcessBus(now_s=clock.now_s) as bus:
            service = assemble(town, clock, bus, recorder, KeyRing([]))
            taken = take_over(service, store, start_s)
            recorder.start()
            if free_veh is not None:
                garage(service, free_veh)
            messages = turn(service, start_s)
            shown = rows_of(service, "Q1")[0]
            sequence = service.live.board.items["signs"]["S01"].payload.sequence
        await asyncio.to_thread(recorder.stop)
        return taken, shown.free_veh, sequence, {message.topic for message in messages}

    _, shown, first_sequence, first_topics = await lifetime(START_S, 120)
    taken, shown_again, next_sequence, next_topics = await lifetime(START_S + 30.0, None)
    store.close()
    assert shown == shown_again == 120
    assert next_sequence > first_sequence
    assert first_topics == next_topics
    assert taken == {
        "readings": 1,
        "contents": len(town.parking.signs),
        "commands": len(town.junctions),
        "wishes": 0,
        "overrides": 0,
    }


async def test_a_restart_keeps_a_switch_that_is_still_to_come(town, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")

    @asynccontextmanager
    async def lifetime(start_s):
        clock = ManualClock(start_s)
        recorder = Recorder(store)
        async with InProcessBus(now_s=clock.now_s) as bus:
            service = assemble(town, clock, bus, recorder, KeyRing([]))
            taken = take_over(service, store, start_s)
            recorder.start()
            yield service, taken
        await asyncio.to_thread(recorder.stop)

    def is_pending(control):
        return len(control.commands()) > len(town.junctions)

    now_s = START_S
    async with lifetime(now_s) as (service, _):
        before = service.loop.control
        while not is_pending(before):
            every_detector_counts(service)
            turn(service, now_s)
            now_s += 1.0
        kept = before.commands()
    restarted_s = now_s
    async with lifetime(now_s) as (service, taken):
        after = service.loop.control
        every_detector_counts(service)
        said = commands_in(turn(service, now_s))
        assert after.commands() == kept
        assert taken["commands"] == len(kept)
        pending = kept[-1]
        assert decision_of(said[pending.junction_id], pending.programme.layout) == pending
        while now_s <= pending.valid_from_s:
            now_s += 1.0
            every_detector_counts(service)
            turn(service, now_s)
        assert after.running(pending.junction_id) == pending
    stored = {row.junction_id: row for row in store.commands_at(restarted_s)}
    assert stored[pending.junction_id].valid_from_s == pending.valid_from_s
    assert {row.issued_at_s for row in store.commands_at(now_s) if row.reason == "fallback"} == {START_S}
    store.close()


async def test_a_restart_knows_what_was_closed_and_how_far_entries_and_exits_moved_the_level(town, tmp_path):
    def told(facility_id, before_s, **values):
        at_s = START_S - before_s
        return OccupancyReading(source_id=facility_id, measured_at_s=at_s, received_at_s=at_s, **values)

    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    store.migrate()
    store.write(
        [
            told("Q1", 86_400.0 * 3, free_veh=100, is_open=False),
            *(told("Q1", 60.0 * minute, free_veh=100) for minute in range(1, 50)),
            told("NEUER-MARKT", 3_600.0, free_veh=70, is_open=True),
            *(told("NEUER-MARKT", 60.0 * minute, entered_veh=1) for minute in range(1, 60)),
            told("PR-LE-2", 2_400.0, free_veh=9),
            told("GONE", 60.0, free_veh=9),
        ]
    )
    clock = ManualClock(START_S)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, Recorder(store), KeyRing([]))
        taken = take_over(service, store, START_S)["readings"]
        found = service.city.occupancy.estimates(START_S)
        outcome = service.gate.judge(told("NEUER-MARKT", 60.0, entered_veh=1), START_S)
    store.close()
    # those of 30 min of Q1 and the closing; all 60 of NEUER-MARKT; the last of PR-LE-2
    assert taken == 30 + 1 + 60 + 1
    assert found["Q1"].is_open is False
    assert (found["NEUER-MARKT"].free_veh, found["NEUER-MARKT"].age_s) == (10, 60.0)
    assert found["PR-LE-2"].reason == "stale"
    assert found["ZEHNTSCHEUER"].reason == "never_reported"
    assert outcome.reason == "duplicate"


async def test_readings_from_the_future_of_a_restarted_demo_are_not_taken_over(town, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    store.migrate()
    late = OccupancyReading(
        source_id="Q1", measured_at_s=START_S + 60.0, received_at_s=START_S + 60.0, free_veh=1, is_open=True
    )
    store.write([late])
    clock = ManualClock(START_S)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, Recorder(store), KeyRing([]))
        assert take_over(service, store, START_S)["readings"] == 0
    store.close()
