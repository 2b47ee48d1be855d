"""Recounts, counted car parks and faults in the service: on the board, in the store, and over a restart."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from one_process import START_S, rows_of, turn
from prometheus_client import generate_latest

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.memory_of_before import take_over
from api.recount_desk import RECOUNT
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import load_town
from api.wire.parking_operator import RecountBody
from traffic_core.errors import InvalidValueError
from traffic_core.readings import BayReading, OccupancyReading


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


def counts(service, at_s, entered_veh, left_veh, facility_id="Q1", **values):
    service.clock.set(at_s)
    reading = OccupancyReading(
        source_id=facility_id,
        measured_at_s=at_s,
        received_at_s=at_s,
        entered_veh=entered_veh,
        left_veh=left_veh,
        **values,
    )
    return service.intake.take([reading])


def payload(service, facility_id="Q1"):
    return service.live.board.items["parking"][facility_id].payload


async def test_a_recount_and_counts_give_a_number_that_survives_a_restart(lifetime, store):
    async with lifetime(START_S) as service:
        turn(service, START_S)
        assert rows_of(service, "Q1")[0].display == "neutral"
        answer = service.live.recounts.take("Q1", RecountBody(occupied_veh=100, reason="monthly"), "desk")
        assert (answer.free_veh, answer.drift_veh, answer.drift_alarm) == (174, None, False)
        for minute in range(1, 11):
            counts(service, START_S + 60.0 * minute, 3, 1)
        turn(service, START_S + 601.0)
        before = payload(service)
        assert (before.free_veh, before.reason) == (154, "counted")
        assert before.sigma_veh is not None
        assert rows_of(service, "Q1")[0].display == "number"
        service.loop.parking_log.keep_all(service.city, START_S + 602.0)
        kept = service.city.occupancy.counting.state()["Q1"]
    (row,) = [row for row in store.decisions("facility/Q1", START_S) if row.kind == RECOUNT]
    assert '"desk"' in row.inputs_json
    async with lifetime(START_S + 610.0) as service:
        turn(service, START_S + 610.0)
        assert payload(service).free_veh == before.free_veh
        # the state itself, to the last digit: the recount and its counts did not make it anew
        assert service.city.occupancy.counting.state()["Q1"] == kept


async def test_a_recount_older_than_the_memory_counts_once_and_raises_no_drift_alarm(lifetime, store):
    async with lifetime(START_S) as service:
        service.live.recounts.take("Q1", RecountBody(occupied_veh=100), "desk")
        for minute in range(1, 76):
            counts(service, START_S + 60.0 * minute, 1, 0)
            turn(service, START_S + 60.0 * minute)
        before = service.city.occupancy.counting.known("Q1")
    async with lifetime(START_S + 76 * 60.0) as service:
        again = service.city.occupancy.counting.known("Q1")
        assert (again.free_veh, again.sigma_veh, again.drift_veh) == (before.free_veh, before.sigma_veh, None)
        assert again.alarms == []
        turn(service, START_S + 76 * 60.0)
        assert payload(service).drift_veh is None


async def test_counts_since_the_memory_are_not_lost_though_the_last_level_is_over_a_day_old(lifetime):
    async with lifetime(START_S) as service:
        service.live.recounts.take("Q1", RecountBody(occupied_veh=20), "desk")
        for minute in range(1, 25 * 6 + 1):
            counts(service, START_S + 600.0 * minute, 0, 0)
        turn(service, START_S + 90_000.0)
        service.loop.parking_log.keep_all(service.city, START_S + 90_001.0)
        for minute in range(1, 50):
            counts(service, START_S + 90_001.0 + 60.0 * minute, 2, 0)
        before = service.city.occupancy.counting.known("Q1")
    async with lifetime(START_S + 90_001.0 + 3_000.0) as service:
        assert service.city.occupancy.counting.known("Q1").free_veh == before.free_veh


async def test_a_fault_of_the_counts_outlives_a_restart_while_the_sign_would_lie(lifetime):
    async with lifetime(START_S) as service:
        for step in range(5):
            counts(service, START_S + 300.0 * step, 6 * (step > 0), 0, free_veh=120 + step % 2)
            turn(service, START_S + 300.0 * step + 1.0)
        assert payload(service).fault == "counts"
        for step in range(5, 15):  # the readings that are read again do not show it any more
            counts(service, START_S + 300.0 * step, 0, 0, free_veh=120 + step % 2)
    async with lifetime(START_S + 4_260.0) as service:
        for step in range(10):
            counts(service, START_S + 4_500.0 + 300.0 * step, 0, 0, free_veh=120 + step % 2)
        turn(service, START_S + 7_201.0)
        assert (payload(service).fault, payload(service).free_veh) == ("counts", None)
        counts(service, START_S + 7_500.0, 0, 0, free_veh=96)
        turn(service, START_S + 7_501.0)
        assert (payload(service).fault, payload(service).free_veh) == (None, 96)


async def test_a_recount_of_free_places_is_shown_as_told_and_says_that_a_feed_goes_on(lifetime):
    async with lifetime(START_S) as service:
        assert service.live.recounts.take("Q1", RecountBody(free_veh=160), "desk").feed_goes_on is False
        garage = OccupancyReading(
            source_id="Q1", measured_at_s=START_S + 60.0, received_at_s=START_S + 60.0, free_veh=200, capacity_veh=250
        )
        service.clock.set(START_S + 60.0)
        service.intake.take([garage])
        service.clock.set(START_S + 120.0)
        answer = service.live.recounts.take("Q1", RecountBody(free_veh=174), "desk")
        turn(service, START_S + 121.0)
        assert (answer.free_veh, answer.feed_goes_on, payload(service).free_veh) == (174, True, 174)


async def test_a_second_recount_tells_the_drift(lifetime):
    async with lifetime(START_S) as service:
        service.live.recounts.take("Q1", RecountBody(occupied_veh=100), "desk")
        counts(service, START_S + 60.0, 0, 0)
        service.clock.set(START_S + 90.0)
        answer = service.live.recounts.take("Q1", RecountBody(free_veh=114), "desk")
        assert (answer.drift_veh, answer.drift_alarm) == (60.0, True)
        turn(service, START_S + 91.0)
        assert payload(service).drift_veh == pytest.approx(60.0, abs=0.1)


async def test_a_recount_of_the_impossible_names_the_limit(lifetime):
    async with lifetime(START_S) as service:
        with pytest.raises(InvalidValueError, match="at most 274"):
            service.live.recounts.take("Q1", RecountBody(free_veh=275), "desk")
        with pytest.raises(InvalidValueError, match="must be known"):
            service.live.recounts.take("ZEPPELIN", RecountBody(free_veh=5), "desk")


async def test_a_fault_takes_the_number_away_and_is_told_on_the_board_in_the_store_and_in_the_metrics(lifetime, store):
    async with lifetime(START_S) as service:
        for step in range(5):
            counts(service, START_S + 300.0 * step, 6 * (step > 0), 0, free_veh=120)
        turn(service, START_S + 1_201.0)
        told = payload(service)
        assert (told.fault, told.free_veh, told.display) == ("counts", None, "neutral")
        assert "gezählt" in told.fault_de
        assert "counted" in told.fault_en
        assert (told.reason, told.quality) == ("faulty", "unknown")
        assert {row.display for row in rows_of(service, "Q1")} == {"neutral"}
        said = generate_latest(service.live.metrics).decode()
        assert 'stadttakt_parking_faults_total{facility="Q1",rule="counts"} 1.0' in said
        assert 'stadttakt_parking_faulty{facility="Q1",rule="counts"} 1.0' in said
        counts(service, START_S + 1_500.0, 0, 0, free_veh=96)
        turn(service, START_S + 1_501.0)
        assert (payload(service).fault, payload(service).free_veh) == (None, 96)
    found = [row for row in store.decisions("facility/Q1", START_S, 3_600.0) if row.kind == "parking_fault"]
    assert [(row.reason, row.outcome_json) for row in found] == [("counts", '"began"'), ("counts", '"ended"')]


async def test_what_was_learned_is_kept_by_the_hour_and_taken_over(lifetime):
    async with lifetime(START_S) as service:
        service.live.recounts.take("Q1", RecountBody(occupied_veh=100), "desk")
        for slot in range(1, 26):
            counts(service, START_S + 300.0 * slot, 3, 2)
            turn(service, START_S + 300.0 * slot)
        service.loop.parking_log.keep_all(service.city, START_S + 7_501.0)
        learned = service.city.watch.state()["Q1"]["frozen"]["movement"]
    async with lifetime(START_S + 100_000.0) as service:  # nothing is read again
        known = service.city.watch.state()["Q1"]["frozen"]["movement"]
        assert known == learned
        estimator = service.city.occupancy.counting.known("Q1")
        assert estimator.free_veh == pytest.approx(150.0, abs=2.0)


async def test_bays_are_known_again_after_a_restart(lifetime, town):
    street = next(facility for facility in town.parking.facilities.values() if facility.id == "STRASSE-HAUPT-N")

    def bay(number, at_s):
        return BayReading(
            source_id=f"{street.id}.{number}", measured_at_s=at_s, received_at_s=at_s, occupied=number % 2 == 0
        )

    async with lifetime(START_S) as service:
        service.intake.take([bay(number, START_S) for number in range(28)])
        turn(service, START_S)
        assert payload(service, street.id).free_veh == 14
    async with lifetime(START_S + 60.0) as service:
        service.intake.take([bay(1, START_S + 60.0)])
        turn(service, START_S + 60.0)
        assert payload(service, street.id).free_veh == 14


async def test_bays_that_last_changed_before_the_history_kept_are_known_again(lifetime, store):
    def bay(number, at_s, *, occupied):
        source_id = f"STRASSE-HAUPT-N.{number}"
        return BayReading(source_id=source_id, measured_at_s=at_s, received_at_s=at_s, occupied=occupied)

    changed_s = START_S - 25 * 3_600.0
    store.migrate()
    store.write([bay(number, changed_s - 3_600.0, occupied=False) for number in range(28)])
    store.write([bay(number, changed_s, occupied=True) for number in range(20)])
    store.prune(START_S - 86_400.0)
    async with lifetime(START_S) as service:
        service.intake.take([bay(0, START_S, occupied=False)])
        turn(service, START_S)
        # of 28: 19 taken since 25 h, 1 free now, 8 free since 26 h
        assert payload(service, "STRASSE-HAUPT-N").free_veh == 9
