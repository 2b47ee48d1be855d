"""`stadttakt why`: what a sign showed at a moment, and why, from the store alone."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from contextlib import asynccontextmanager
from datetime import date, time

import pytest
import typer
from one_process import START_S, garage, turn
from typer.testing import CliRunner

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.errors import ConfigError
from api.http.keys import KeyRing
from api.signs.commands import register
from api.signs.moment import moment_s
from api.store.recorder import Recorder
from api.store.store import Store
from api.town import load_town
from api.wire.overrides import FacilityOverrideBody
from parking.event_plan import EventEntry, EventPlan, Window
from parking.sign import Display

WHEN = "2026-11-21T08:{:02d}:{:02d}"
EVENT = EventEntry(
    event_id="FAIR",
    window=Window(first_date=date(2026, 11, 21), last_date=date(2026, 11, 21), start=time(8), until=time(20)),
    facility_id="NEUER-MARKT",
    show=Display.CLOSED,
)


@pytest.fixture(scope="module")
def town(le_model):
    shipped = load_town(le_model)
    plan = EventPlan(zone=shipped.timezone, entries=(EVENT,), names={"FAIR": ("Messe", "Fair")})
    return dataclasses.replace(shipped, events=plan)


@asynccontextmanager
async def running(town, address):
    clock = ManualClock(START_S)
    store = Store(address)
    recorder = Recorder(store)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, recorder, KeyRing([]))
        recorder.start()
        yield service
    recorder.stop()
    store.close()


@pytest.fixture(scope="module")
def address(town, tmp_path_factory):
    """A store of two minutes: Q1 reports 124, then an operator closes it; then the service is gone."""
    told = f"sqlite:///{tmp_path_factory.mktemp('why') / 'town.db'}"
    asyncio.run(two_minutes(town, told))
    return told


async def two_minutes(town, told):
    async with running(town, told) as service:
        service.clock.set(START_S - 20.0)
        garage(service, 124)
        for after_s in range(0, 60, 10):
            turn(service, START_S + after_s)
        body = FacilityOverrideBody(show="closed", minutes=30.0, reason="Einfahrt gesperrt")
        service.clock.set(START_S + 60.0)
        service.live.signs.take("parking/Q1", body, "control-room")
        for after_s in range(60, 120, 10):
            turn(service, START_S + after_s)


@pytest.fixture
def why(address):
    app = typer.Typer()
    register(app)

    def run(*arguments):
        return CliRunner().invoke(app, ["why", *arguments, "--store", address])

    return run


def test_start_is_the_time_that_the_texts_name(town):
    assert moment_s(WHEN.format(30, 0), town.timezone) == START_S


def test_a_measured_number_is_explained_by_its_report(why):
    told = why("S08", WHEN.format(30, 15)).stdout
    assert "Schild S08 (Plieninger Straße vor Burgstraße) am 21.11.2026, 08:30:15 Uhr (Europe/Berlin):" in told
    assert "Zeile 1 „Parkhaus Q1“, nach rechts: „120“, empfohlen." in told
    assert "Grund: aktueller Messwert." in told
    assert "Entschieden selbsttätig nach den Daten; kein Eingriff, keine Veranstaltung." in told
    assert (
        "Q1 (Parkhaus Q1 (P+R Echterdingen)): 124 freie Plätze, gemessen 08:29:40 (35 s alt), Qualität: gemessen."
        in told
    )
    assert "8 von 274 Plätzen Reserve" in told
    assert "Wahrscheinlichkeit, einen Platz zu finden: 100 %." in told
    assert "ZEHNTSCHEUER (Tiefgarage Zehntscheuer): keine Meldung in den 30 Minuten davor." in told
    assert "Grund: noch keine Daten empfangen." in told


def test_an_override_names_the_key_its_term_and_its_reason(why):
    told = why("S08", WHEN.format(31, 15), "--lang", "en").stdout
    assert 'Row 1 "Q1 car park", to the right: "closed".' in told
    assert 'Decided by the control room (key control-room), 08:31:00 to 09:01:00: "Einfahrt gesperrt".' in told
    assert 'alone: "closed" since 08:31:00, set by the control room for a limited time' in told


def test_an_event_is_named(why):
    told = why("S27", WHEN.format(30, 15)).stdout
    assert "Zeile 1 „Neuer Markt“, geradeaus: „geschlossen“." in told
    assert "Entschieden vom Veranstaltungsplan: FAIR (FAIR)." in told, "the shipped model does not know this event"


def test_json_holds_the_same_for_machines(why):
    told = json.loads(why("S08", "2026-11-21T07:31:15Z", "--json").stdout)
    assert (told["state"], told["sign_id"], told["content_id"]) == ("shown", "S08", "closed-neutral-neutral")
    row = told["rows"][0]
    assert (row["shown"]["rung"], row["by"], row["override"]["key_id"]) == ("operator", "control-room", "control-room")
    garage_row = row["facilities"][0]
    assert (garage_row["free_veh"], garage_row["reserve_veh"], garage_row["capacity_veh"]) == (124, 8, 274)
    assert garage_row["age_s"] == 95.0
    assert told["sentences"][0].startswith("Schild S08")


def test_after_its_end_a_content_is_called_expired(why):
    told = why("S08", "2026-11-21 10:00").stdout
    assert "abgelaufen. Das Schild zeigte von selbst nur „P“ und Pfeil." in told
    assert '"expired"' in why("S08", "2026-11-21 10:00", "--json").stdout


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (("S99", WHEN.format(30, 0)), ["sign = 'S99'", "sign of the model"]),
        (("S08", "2026-11-21T08:29"), ["time = '2026-11-21T07:29:00.000Z'", "history", "S08"]),
        (("S08", "yesterday"), ["time = 'yesterday'", "2026-11-21T07:30"]),
        (("S08", "1999-11-21T08:29"), ["years 2000 to 2199"]),
        (("S08", WHEN.format(30, 0), "--lang", "fr"), ["--lang = 'fr'", "de or en"]),
        (("S08", "2026-10-25T02:30"), ["came twice", "+0200 or +0100"]),
        (("S08", "2026-03-29T02:30"), ["left this hour out"]),
    ],
)
def test_what_cannot_be_answered_says_why(why, arguments, parts):
    result = why(*arguments)
    assert isinstance(result.exception, ConfigError)
    assert all(part in str(result.exception) for part in parts), str(result.exception)


def test_a_store_that_is_not_there_is_not_made(tmp_path):
    app = typer.Typer()
    register(app)
    missing = tmp_path / "none" / "town.db"
    result = CliRunner().invoke(app, ["why", "S08", WHEN.format(30, 0), "--store", f"sqlite:///{missing}"])
    assert "must be there" in str(result.exception)
    assert not missing.parent.exists()
    empty = tmp_path / "empty.db"
    empty.touch()
    result = CliRunner().invoke(app, ["why", "S08", WHEN.format(30, 0), "--store", f"sqlite:///{empty}"])
    assert "must be the store of a service" in str(result.exception)
