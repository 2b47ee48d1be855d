"""The whole loop without network and threads: readings in, honest signs and safe signals out."""

from __future__ import annotations

import asyncio
import json

import pytest
from one_process import START_S, commands_in, garage, rows_of, turn

from api.assembly import assemble
from api.bus import topics
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.replay import NoStore
from api.store.recorder import Recorder
from api.town import load_town
from api.wire.publications import SignalCommand, SignPayload
from api.wire.readings import MalformedBatchError
from api.wire.signals import STATE_VALIDITY_S, decision_of, expiry_of
from api.wire.signs import content_of
from parking.sign import Display
from signal_plans.announcement import COMMAND_VALIDITY_S, COMMANDS_EVERY_S
from traffic_core.readings import DetectorReading, OccupancyReading


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
async def service(town):
    clock = ManualClock(START_S)
    recorder = Recorder(NoStore())
    recorder.start()
    async with InProcessBus(now_s=clock.now_s) as bus:
        yield assemble(town, clock, bus, recorder, KeyRing([]))
    await asyncio.to_thread(recorder.stop)


def test_before_any_reading_every_sign_is_neutral_and_valid(service):
    turn(service, START_S)
    items = service.live.board.items["signs"]
    assert set(items) == set(service.town.parking.signs)
    assert {row.display for item in items.values() for row in item.payload.rows} == {Display.NEUTRAL.value}
    assert all(item.valid_until_s > START_S for item in items.values())


def test_a_reading_reaches_the_signs_within_one_guidance_cycle(service):
    turn(service, START_S)
    garage(service, 120)
    turn(service, START_S + 10.0)
    assert {(row.display, row.free_veh) for row in rows_of(service, "Q1")} == {("number", 120)}


def test_a_number_fades_to_nothing_as_its_data_age(service):
    garage(service, 120)
    seen = []
    for minute in range(35):
        turn(service, START_S + 60.0 * minute)
        seen.append(rows_of(service, "Q1")[0].display)
    assert seen[0] == "number"
    assert "number" not in seen[11:]
    assert set(seen[31:]) == {"neutral"}


def test_no_published_content_outlives_its_data(service):
    garage(service, 120)
    fresh_s = 2.0 * service.town.parking.facilities["Q1"].update_interval_s
    seen = set()
    for second in range(0, 2_400, 10):
        now_s = START_S + second
        turn(service, now_s)
        items = service.live.board.items
        shown = [(item.valid_until_s, row.display) for item in items["signs"].values() for row in item.payload.rows]
        parked = items["parking"]["Q1"]
        shown.append((parked.valid_until_s, parked.payload.display))
        seen |= {display for _, display in shown}
        for until_s, display in shown:
            assert now_s < until_s <= now_s + 300.0
            assert display != "number" or until_s <= START_S + fresh_s
            assert display != "free" or until_s <= START_S + 1_800.0
    assert {"number", "free", "neutral"} <= seen


def test_a_clock_set_back_leaves_nothing_from_the_future_and_the_loop_goes_on(service):
    garage(service, 120)
    turn(service, START_S)
    service.clock.set(START_S - 3_600.0)
    now_s = service.clock.now_s()
    items = service.live.board.items
    assert not any(item.is_valid(now_s) for kind in ("signs", "parking") for item in items[kind].values())
    turn(service, now_s)
    assert all(item.is_valid(now_s) for kind in ("signs", "parking") for item in items[kind].values())
    assert {row.display for row in rows_of(service, "Q1")} == {"neutral"}


def test_after_a_stall_nothing_is_served(service):
    garage(service, 120)
    turn(service, START_S)
    items = service.live.board.items
    later_s = START_S + 61.0
    assert all(items[kind] for kind in items)
    assert not any(item.is_valid(later_s) for kind in items for item in items[kind].values())


def test_a_spike_is_rejected_counted_and_leaves_the_sign_neutral_until_the_next_count(service):
    garage(service, 120)
    turn(service, START_S)
    service.clock.set(START_S + 60.0)
    garage(service, 9_162)
    turn(service, START_S + 60.0)
    assert {(row.display, row.reason) for row in rows_of(service, "Q1")} == {("neutral", "contradicted")}
    assert service.intake.counters().rejected == {"above_capacity": 1}
    for minute in range(2, 6):
        turn(service, START_S + 60.0 * minute)
        garage(service, 121)
    turn(service, START_S + 310.0)
    assert {(row.display, row.free_veh) for row in rows_of(service, "Q1")} == {("number", 120)}


def test_a_closing_counts_at_once_whatever_it_says_beside(service):
    garage(service, 200)
    turn(service, START_S)
    service.clock.set(START_S + 60.0)
    reading = OccupancyReading(
        source_id="Q1", measured_at_s=START_S + 60.0, received_at_s=START_S + 60.0, free_veh=9_162, is_open=False
    )
    service.intake.take([reading])
    turn(service, START_S + 60.0)
    assert {row.display for row in rows_of(service, "Q1")} == {"closed"}
    assert service.intake.counters().repaired == {"above_capacity": 1}


def test_in_one_batch_the_last_reading_decides(service):
    def told(free_veh, after_s):
        at_s = START_S + after_s
        return OccupancyReading(source_id="Q1", measured_at_s=at_s, received_at_s=START_S + 2.0, free_veh=free_veh)

    service.clock.set(START_S + 2.0)
    service.intake.take([told(9_162, 0.0), told(120, 1.0)])
    turn(service, START_S + 2.0)
    assert {(row.display, row.free_veh) for row in rows_of(service, "Q1")} == {("number", 120)}


def test_a_silent_garage_does_not_blank_the_others(service):
    for facility_id in ("Q1", "PR-LE-2"):
        garage(service, 30, facility_id)
    turn(service, START_S)
    service.clock.set(START_S + 1_795.0)
    garage(service, 31, "Q1")
    turn(service, START_S + 1_860.0)
    assert {row.display for row in rows_of(service, "Q1")} == {"number"}
    assert {row.display for row in rows_of(service, "PR-LE-2")} <= {"neutral"}


def test_contents_and_commands_go_out_over_the_bus_and_read_back_the_same(service):
    messages = {message.topic: message for message in turn(service, START_S)}
    for sign_id in service.town.parking.signs:
        content = content_of(SignPayload.model_validate_json(messages[topics.sign(sign_id)].payload))
        assert messages[topics.sign(sign_id)].expires_at_s == content.valid_until_s
    for junction_id, junction in service.town.junctions.items():
        message = messages[topics.signal(junction_id)]
        command = SignalCommand.model_validate_json(message.payload)
        assert decision_of(command, junction.layout).programme == junction.fallback
        assert expiry_of(command) == message.expires_at_s == START_S + COMMAND_VALIDITY_S <= START_S + 300.0


def test_commands_in_force_are_said_again_long_before_they_expire(service):
    said_at_s = dict.fromkeys(service.town.junctions, START_S)
    assert set(commands_in(turn(service, START_S))) == set(said_at_s)
    for second in range(1, 400):
        now_s = START_S + second
        for junction_id, command in commands_in(turn(service, now_s)).items():
            assert now_s - said_at_s[junction_id] <= COMMANDS_EVERY_S
            assert expiry_of(command) == now_s + COMMAND_VALIDITY_S
            said_at_s[junction_id] = now_s
    assert min(said_at_s.values()) >= START_S + 400 - COMMANDS_EVERY_S


def test_the_state_of_a_second_is_not_served_for_long(service):
    turn(service, START_S)
    for item in service.live.board.items["signals"].values():
        assert expiry_of(item.payload) == item.valid_until_s == START_S + STATE_VALIDITY_S
        assert item.is_valid(START_S + STATE_VALIDITY_S - 0.1)
        assert not item.is_valid(START_S + STATE_VALIDITY_S)


def test_loads_are_told_only_where_a_detector_counts_and_no_longer_than_it_does(service):
    turn(service, START_S)
    links = service.live.board.items["loads"]
    assert {item.payload.load for item in links.values()} == {None}
    detector = next(iter(service.town.network.detectors.values()))
    service.intake.take(
        [
            DetectorReading(
                source_id=detector.id,
                measured_at_s=START_S,
                received_at_s=START_S,
                interval_s=60.0,
                count_veh=10,
            )
        ]
    )
    turn(service, START_S + 10.0)
    told = {link_id: item.payload.flow_veh_h for link_id, item in links.items() if item.payload.load is not None}
    assert told == {detector.link_id: 600.0}
    turn(service, START_S + 400.0)
    assert {item.payload.quality for item in links.values()} == {"unknown"}


async def test_a_body_that_is_no_batch_is_counted_and_the_next_one_is_taken(service):
    item = {"kind": "occupancy", "source_id": "Q1", "measured_at": "2026-11-21T07:30:00Z", "free_veh": 7}
    with pytest.raises(MalformedBatchError):
        await service.intake.receive(b"rubbish", lambda _source: True)
    answer = await service.intake.receive(json.dumps({"readings": [item]}).encode(), lambda _source: True)
    assert answer.stored
    assert service.intake.counters().rejected == {"malformed": 1}
    assert service.intake.counters().accepted == {"occupancy": 1}


async def test_a_turn_that_fails_is_counted_and_the_next_one_is_tried(service, monkeypatch):
    estimates = service.city.occupancy.estimates
    broken = iter([True])

    def failing_once(now_s):
        if next(broken, False):
            raise ZeroDivisionError
        return estimates(now_s)

    monkeypatch.setattr(service.city.occupancy, "estimates", failing_once)
    running = asyncio.create_task(service.loop.run())
    await asyncio.sleep(0)
    assert (service.loop.failures, service.loop.cycles) == (1, 0)
    service.clock.set(START_S + 10.0)
    await asyncio.sleep(0.05)
    running.cancel()
    assert (service.loop.failures, service.loop.cycles) == (1, 1)
    assert set(service.live.board.items["signs"]) == set(service.town.parking.signs)
