"""Signals and guidance stand apart: what one of them says goes out although the other fails."""

from __future__ import annotations

import pytest
from one_process import START_S, commands_in, garage, rows_of, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.http.keys import KeyRing
from api.town import load_town
from api.wire.publications import SignPayload
from parking.sign import Display
from traffic_core.readings import OccupancyReading


class NoStore:
    """Takes rows as a recorder does, and forgets them."""

    def put(self, rows):
        self.rows = list(rows)


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def service(town):
    clock = ManualClock(START_S)
    return assemble(town, clock, InProcessBus(now_s=clock.now_s), NoStore(), KeyRing([]))


def failing(*_, **__):
    raise ZeroDivisionError


def report(service, facility_id, free_veh, capacity_veh=None):
    now_s = service.clock.now_s()
    return service.intake.take(
        [
            OccupancyReading(
                source_id=facility_id,
                measured_at_s=now_s,
                received_at_s=now_s,
                free_veh=free_veh,
                capacity_veh=capacity_veh,
                is_open=True,
            )
        ]
    )


def test_a_sentinel_value_of_one_car_park_darkens_no_sign(service):
    said = []
    for at_s in range(0, 420, 10):
        service.clock.set(START_S + at_s)
        garage(service, 124)
        garage(service, 76, "ZEHNTSCHEUER")
        report(service, "ZEPPELIN", 99_999, 99_999)
        said += turn(service, START_S + at_s)
    assert service.loop.failures == 0
    assert {row.free_veh for row in rows_of(service, "Q1")} == {120}
    signs = service.live.board.items["signs"]
    assert all(item.is_valid(START_S + 410.0) for item in signs.values())
    groups = [row for item in signs.values() for row in item.payload.rows if "ZEPPELIN" in row.facility_ids[1:]]
    assert Display.NUMBER not in {row.display for row in groups}


def test_signals_and_signs_are_told_although_the_log_of_car_parks_fails(service, monkeypatch):
    monkeypatch.setattr(service.loop.parking_log, "keep", failing)
    garage(service, 124)
    messages = turn(service, START_S)
    assert commands_in(messages).keys() == set(service.town.junctions)
    assert set(service.live.board.items["signs"]) == set(service.town.parking.signs)
    assert service.loop.failures == 1


def test_signals_are_told_although_guidance_fails(service, monkeypatch):
    monkeypatch.setattr(service.loop.guidance, "step", failing)
    messages = turn(service, START_S)
    assert commands_in(messages).keys() == set(service.town.junctions)
    assert (service.loop.failures, service.loop.cycles) == (1, 0)
    assert service.live.board.items["loads"], "loads do not wait for guidance"


def test_signs_are_told_although_signals_fail(service, monkeypatch):
    monkeypatch.setattr(service.loop.control, "step", failing)
    garage(service, 124)
    messages = turn(service, START_S)
    assert commands_in(messages) == {}
    assert set(service.live.board.items["signs"]) == set(service.town.parking.signs)
    assert any("sign" in message.topic for message in messages)
    assert (service.loop.failures, service.loop.turned_at) == (1, None), "health says so where it goes on"


def test_a_sign_that_cannot_be_encoded_leaves_the_others_alone(service, monkeypatch):
    made = __import__("api.loop", fromlist=["sign_payload"]).sign_payload

    def broken(sign, content, recommended, label):
        if sign.id == "S08":
            return SignPayload.model_validate({})
        return made(sign, content, recommended, label)

    monkeypatch.setattr("api.loop.sign_payload", broken)
    turn(service, START_S)
    assert set(service.town.parking.signs) - set(service.live.board.items["signs"]) == {"S08"}
    assert set(service.live.board.items["parking"]) == set(service.town.parking.facilities)
    assert service.loop.failures == 1


def test_signs_do_without_a_forecast_that_fails(service, monkeypatch):
    assert service.loop.forecaster is not None
    monkeypatch.setattr(type(service.loop.forecaster), "forecasts", failing)
    garage(service, 124)
    turn(service, START_S)
    assert set(service.live.board.items["signs"]) == set(service.town.parking.signs)
    assert (service.loop.forecasts, service.loop.failures) == (None, 1)
