"""`stadttakt why` names who decided, on what, and when, also where others had said something before or elsewhere."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from one_process import START_S, garage, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.errors import ConfigError
from api.http.keys import KeyRing
from api.memory_of_before import take_over
from api.signs.why import explain
from api.signs.why_words import sentences
from api.store.recorder import Recorder
from api.store.rows import DecisionRow
from api.store.store import Store
from api.town import load_town
from api.wire.overrides import FacilityOverrideBody, SignOverrideBody
from api.wire.parking_operator import RecountBody
from traffic_core.readings import BayReading, OccupancyReading

BY_DATA = "Decided automatically by the data; no override, no event."


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
    async def run(start_s=START_S):
        clock, recorder = ManualClock(start_s), Recorder(store)
        async with InProcessBus(now_s=clock.now_s) as bus:
            service = assemble(town, clock, bus, recorder, KeyRing([]))
            take_over(service, store, start_s)
            recorder.start()
            yield service
        await asyncio.to_thread(recorder.stop)

    return run


@pytest.fixture
def told(store, town):
    def tell(at_s, sign_id="S08", lang="en"):
        return sentences(explain(store, town, sign_id, at_s), lang)

    return tell


def on_facility(service, at_s, reason, key_id, **asked):
    service.clock.set(at_s)
    body = FacilityOverrideBody(minutes=60.0, reason=reason, **asked)
    assert service.live.signs.take("parking/Q1", body, key_id).accepted


def on_sign(service, at_s, rows, reason, key_id, minutes=2.0):
    service.clock.set(at_s)
    body = SignOverrideBody(rows=rows, minutes=minutes, reason=reason)
    assert service.live.signs.take("sign/S08", body, key_id).accepted


def report(service, at_s, free_veh, facility_id="Q1"):
    service.clock.set(at_s)
    garage(service, free_veh, facility_id)


async def test_an_override_that_has_expired_is_not_named_for_another_one(lifetime, told):
    async with lifetime() as service:
        report(service, START_S, 120)
        on_sign(service, START_S, ["neutral", "auto", "auto"], "earlier", "key-one")
        turn(service, START_S + 1.0)
        turn(service, START_S + 200.0)
        on_facility(service, START_S + 600.0, "later", "key-two", show="closed")
        turn(service, START_S + 601.0)
    line = 'Decided by the control room (key key-two), 08:40:00 to 09:40:00: "later".'
    assert f"  {line}" in told(START_S + 605.0)


async def test_an_override_that_leaves_the_row_as_it_is_is_not_named_for_it(lifetime, told):
    async with lifetime() as service:
        report(service, START_S, 120)
        on_facility(service, START_S, "fire", "key-one", show="closed")
        on_sign(service, START_S + 5.0, ["auto", "neutral", "auto"], "works", "key-one", minutes=30.0)
        turn(service, START_S + 10.0)
    lines = told(START_S + 12.0)
    assert '  Decided by the control room (key key-one), 08:30:00 to 09:30:00: "fire".' in lines
    assert '  Decided by the control room (key key-one), 08:30:05 to 09:00:05: "works".' in lines


async def test_an_override_taken_back_is_not_named_for_what_stands_below_it(lifetime, told):
    async with lifetime() as service:
        report(service, START_S, 120)
        on_facility(service, START_S, "fire", "key-one", show="closed")
        on_sign(service, START_S + 5.0, ["closed", "auto", "auto"], "works", "key-one", minutes=30.0)
        turn(service, START_S + 10.0)
        service.clock.set(START_S + 20.0)
        service.live.signs.withdraw("sign/S08", "key-one")
        turn(service, START_S + 21.0)
        turn(service, START_S + 70.0)
    assert any('"works"' in line for line in told(START_S + 12.0))
    lines = told(START_S + 72.0)
    assert not any('"works"' in line for line in lines)
    assert '  Decided by the control room (key key-one), 08:30:00 to 09:30:00: "fire".' in lines


async def test_what_was_asked_while_the_clock_was_ahead_is_not_named_afterwards(lifetime, told):
    async with lifetime() as service:
        on_facility(service, START_S + 86_400.0, "wrong clock", "room", show="closed")
        turn(service, START_S)
        on_facility(service, START_S + 10.0, "right clock", "room", show="full")
        turn(service, START_S + 11.0)
    lines = told(START_S + 12.0)
    assert '  Decided by the control room (key room), 08:30:10 to 09:30:10: "right clock".' in lines


async def test_a_reserve_of_an_operator_is_told(lifetime, told):
    async with lifetime() as service:
        report(service, START_S, 100)
        on_facility(service, START_S + 5.0, "fair", "key-two", reserve_veh=200)
        turn(service, START_S + 10.0)
    lines = told(START_S + 12.0)
    assert BY_DATA not in lines[5]
    assert any(
        "key key-two" in line and '200 spaces in reserve, 08:30:05 to 09:30:05: "fair"' in line for line in lines
    )
    german = told(START_S + 12.0, lang="de")
    assert any("Schlüssel key-two" in line and "200 Plätze Reserve" in line for line in german)


async def test_a_reserve_that_changes_nothing_is_told_of_the_car_park(lifetime, told):
    async with lifetime() as service:
        report(service, START_S, 100)
        on_facility(service, START_S + 5.0, "fair", "key-two", reserve_veh=20)
        turn(service, START_S + 10.0)
    lines = told(START_S + 12.0)
    assert "  Decided automatically by the data; something had been set for Q1, see there." in lines
    assert any(line.endswith("20 of 274 spaces in reserve.") for line in lines)


async def test_a_row_for_several_says_which_of_them_an_operator_has_set(lifetime, told, town):
    sign_id, number, row = next(
        (sign.id, number, row)
        for sign in town.parking.signs.values()
        for number, row in enumerate(sign.rows, start=1)
        if "Q1" in row.facility_ids and len(row.facility_ids) > 1
    )
    async with lifetime() as service:
        for facility_id in row.facility_ids:
            report(service, START_S, 100 if facility_id == "Q1" else 0, facility_id)
        on_facility(service, START_S + 5.0, "fair", "key-two", show="full")
        turn(service, START_S + 10.0)
    lines = told(START_S + 12.0, sign_id)
    (of_row,) = [told for told in "\n".join(lines).split("\nRow ") if told.startswith(f"{number} ")]
    lines = of_row.split("\n")
    assert not any(BY_DATA in line for line in lines)
    assert any('Set by the control room (key key-two): "full", 08:30:05 to 09:30:05: "fair".' in line for line in lines)


async def test_faults_and_drift_are_not_taken_for_decisions_on_the_display(lifetime, store, told):
    async with lifetime() as service:
        report(service, START_S, 124)
        turn(service, START_S)
    for kind, subject, reason in (
        ("parking_drift", "facility/Q1", "recount"),
        ("parking_fault", "facility/Q1", "frozen"),
        ("parking_fault", "sign/S08", "frozen"),
    ):
        row = DecisionRow(
            at_s=START_S + 1.0, kind=kind, subject_id=subject, reason=reason, inputs_json="{}", outcome_json="-20.0"
        )
        store.write([row])
    lines = told(START_S + 5.0)
    assert '    alone: "120" since 08:30:00, current measurement; 8 of 274 spaces in reserve.' in lines
    assert "Last changed 21 November 2026, 08:30:00: first content since the start." in lines


async def test_single_bays_are_named_where_they_alone_had_reported(lifetime, told):
    async with lifetime() as service:
        service.intake.take(
            BayReading(
                source_id=f"Q1.{number}",
                measured_at_s=START_S - 30.0,
                received_at_s=START_S - 30.0,
                occupied=number % 3 == 0,
            )
            for number in range(274)
        )
        turn(service, START_S)
    known = "Q1 (Parkhaus Q1 (P+R Echterdingen)): "
    assert f"  {known}from reports of single bays: 92 of 274 occupied, the last 08:29:30." in told(START_S + 5.0)
    german = told(START_S + 5.0, lang="de")
    assert f"  {known}aus Meldungen einzelner Stellplätze: 92 von 274 belegt, letzte 08:29:30." in german


async def test_counts_are_named_where_they_alone_had_reported(lifetime, told):
    async with lifetime() as service:
        service.live.recounts.take("Q1", RecountBody(free_veh=124), "desk")
        service.clock.set(START_S + 60.0)
        reading = OccupancyReading(
            source_id="Q1", measured_at_s=START_S + 60.0, received_at_s=START_S + 60.0, entered_veh=3, left_veh=1
        )
        service.intake.take([reading])
        turn(service, START_S + 61.0)
    assert any("from counts, at last 3 entered and 1 left, measured 08:31:00" in line for line in told(START_S + 62.0))


async def test_times_of_another_day_carry_their_day(lifetime, told):
    async with lifetime() as service:
        turn(service, START_S)
        for day_s in range(0, 86_401, 43_200):
            turn(service, START_S + day_s)
    lines = told(START_S + 86_402.0, lang="de")
    assert any("allein: „P (keine Angabe)“ seit 21.11.2026, 08:30:00 Uhr, " in line for line in lines)
    assert any("ausgegeben 08:30:00, gültig bis 08:31:00." in line for line in lines)


async def test_times_of_the_hour_that_came_twice_carry_their_offset(lifetime, told):
    second_s = datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp()
    async with lifetime(second_s - 30.0) as service:
        report(service, second_s - 25.0, 100)
        turn(service, second_s - 20.0)
    lines = told(second_s - 5.0)
    assert lines[0].endswith("on 25 October 2026, 02:59:55 (+0200) (Europe/Berlin):")
    assert lines[1].endswith("issued 02:59:40 (+0200), valid until 02:00:40 (+0100).")


async def test_a_content_of_another_version_is_refused_in_one_line(lifetime, store, town):
    async with lifetime() as service:
        turn(service, START_S)
    row = store.last_content("S08", START_S)
    payload = json.loads(row.payload_json)
    del payload["content_id"]
    again = dataclasses.replace(row, sequence=row.sequence + 1, payload_json=json.dumps(payload))
    store.write([again])
    with pytest.raises(ConfigError, match=rf"^content = 'S08, number {again.sequence}': .* cannot read") as caught:
        explain(store, town, "S08", START_S)
    assert "\n" not in str(caught.value)


async def test_an_override_of_another_version_is_left_out(lifetime, store, told):
    async with lifetime() as service:
        report(service, START_S, 100)
        on_facility(service, START_S + 5.0, "fair", "key-two", show="full")
        turn(service, START_S + 10.0)
    (row,) = store.decisions_of_kind("sign_override", START_S)
    store.write([dataclasses.replace(row, at_s=row.at_s + 1.0, outcome_json='{"subject_id": "parking/Q1"}')])
    assert any('"fair"' in line for line in told(START_S + 12.0))
