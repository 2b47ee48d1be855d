"""Calls of buses and presses of buttons on the wire."""

from __future__ import annotations

import json

import pytest

from api.wire.readings import RejectedItem, from_domain, parse_batch
from traffic_core.readings import BusCall, ButtonPress

NOW_S = 1_795_000_000.0
CALL = {
    "kind": "bus_call",
    "source_id": "N04.K1.L7",
    "measured_at": "2026-11-21T07:30:00Z",
    "run": 381,
    "line": "38",
    "arrival_at": "2026-11-21T07:30:25Z",
    "late_s": 95,
}
PRESS = {"kind": "button", "source_id": "N04.F1", "measured_at": "2026-11-21T07:30:00Z"}


def parsed(item):
    ((_, outcome),) = parse_batch(json.dumps({"readings": [item]}).encode(), NOW_S)
    return outcome


def test_a_call_is_read_with_its_arrival_and_lateness():
    assert parsed(CALL) == BusCall(
        source_id="N04.K1.L7",
        measured_at_s=1_795_246_200.0,
        received_at_s=NOW_S,
        run=381,
        line="38",
        arrival_s=1_795_246_225.0,
        late_s=95.0,
    )


def test_signing_off_needs_the_run_alone():
    item = {name: CALL[name] for name in ("kind", "source_id", "measured_at", "run")} | {"cleared": True}
    outcome = parsed(item)
    assert (outcome.cleared, outcome.arrival_s, outcome.line) == (True, None, None)


def test_a_press_is_one_unless_the_button_is_let_go():
    assert parsed(PRESS) == ButtonPress(source_id="N04.F1", measured_at_s=1_795_246_200.0, received_at_s=NOW_S)
    assert parsed(PRESS | {"pressed": False}).pressed is False


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (CALL | {"run": -1}, "run"),
        (CALL | {"run": "381"}, "run"),
        (CALL | {"late_s": 7_201}, "late_s"),
        (CALL | {"line": ""}, "line"),
        (CALL | {"vehicle": "made up"}, "vehicle"),
        ({name: value for name, value in CALL.items() if name != "arrival_at"}, "arrival_s"),
        (PRESS | {"pressed": 1}, "pressed"),
    ],
)
def test_a_request_that_is_none_is_refused_by_its_field(item, field):
    outcome = parsed(item)
    assert isinstance(outcome, RejectedItem)
    assert (outcome.reason, outcome.field) == ("malformed", field)


@pytest.mark.parametrize("item", [CALL, CALL | {"cleared": True}, PRESS, PRESS | {"pressed": False}])
def test_what_is_sent_is_what_is_read(item):
    reading = parsed(item)
    assert parsed(json.loads(json.dumps(from_domain(reading)))) == reading
