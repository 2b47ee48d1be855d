"""Adaptive control wishes stages all the time: kept in short, and a restart goes on with the last one."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace

import pytest
from one_process import START_S, turn

from api.assembly import assemble
from api.bus.in_process import InProcessBus
from api.clock import ManualClock
from api.history import History
from api.http.keys import KeyRing
from api.memory_of_before import take_over
from api.store.recorder import Recorder
from api.store.rows import DecisionRow, SignalCommandRow, StageWishRow
from api.store.store import Store
from api.town import load_town
from signal_plans.decision import SignalDecision, stage_wish
from signal_plans.mode import ModeKind
from signal_plans.reasons import SignalReason


@pytest.fixture(scope="module")
def town(le_model):
    return load_town(le_model)


@pytest.fixture
def junction(town):
    return town.junctions["N04"]


class Kept:
    """A recorder that keeps the rows of each call."""

    def __init__(self):
        self.rows = []

    def put(self, rows):
        self.rows.append(list(rows))


def adaptive(junction, stage, at_s, reason=SignalReason.ADAPTIVE_ON, detail=""):
    """A decision of adaptive control, as it is made."""
    wish = stage_wish(junction.layout, junction.layout.stages[stage].groups, at_s)
    return SignalDecision(
        junction_id=junction.layout.junction_id,
        programme=junction.fallback,
        valid_from_s=at_s,
        reason=reason,
        kind=ModeKind.ADAPTIVE,
        detail=detail,
        wish=wish,
    )


def programme(junction, at_s, reason=SignalReason.DAY_PLAN):
    return SignalDecision(
        junction_id=junction.layout.junction_id, programme=junction.fallback, valid_from_s=at_s, reason=reason
    )


def write(recorder, decisions, at_s=START_S):
    history = History(recorder, None)
    for second, decision in enumerate(decisions):
        history.signals(at_s + second, SimpleNamespace(decisions=(decision,), events=()))


def test_changes_of_mode_and_programme_are_kept_whole_and_stages_in_short(junction):
    at = int(START_S)
    decisions = [
        adaptive(junction, 0, at),
        adaptive(junction, 1, at + 1),
        adaptive(junction, 0, at + 2, SignalReason.ADAPTIVE_LONGEST_RED, "F1"),
        programme(junction, at + 30),
        adaptive(junction, 1, at + 60),
        adaptive(junction, 0, at + 61, SignalReason.CLOCK_STEPPED_BACK),
        adaptive(junction, 1, at + 62),
    ]
    recorder = Kept()
    write(recorder, decisions)
    kinds = [[type(row) for row in rows] for rows in recorder.rows]
    whole, short = [SignalCommandRow], [StageWishRow]
    assert kinds == [whole, short, [*short, DecisionRow], whole, whole, whole, short]
    (row,) = recorder.rows[1]
    stage = junction.layout.stages[1]
    assert (row.junction_id, row.issued_at_s, row.valid_from_s) == ("N04", START_S + 1, at + 1.0)
    assert (row.stage_id, row.reason) == (stage.id, "adaptive_on")
    assert set(json.loads(row.groups_json)) == stage.groups
    assert len(row.groups_json) < 100 < len(recorder.rows[0][0].payload_json)


async def test_a_restart_goes_on_with_the_stage_that_was_wished_last(town, junction, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    at = int(START_S)
    recorder = Recorder(store)
    recorder.start()
    other = town.junctions["N05"]
    # N04 works adaptively; N05 did so and went back to a programme
    write(recorder, [adaptive(junction, 0, at), adaptive(junction, 1, at + 1)])
    write(recorder, [adaptive(other, 0, at), adaptive(other, 1, at + 1), programme(other, at + 3)])
    await asyncio.to_thread(recorder.stop)
    clock = ManualClock(START_S + 10)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, Recorder(store), KeyRing([]))
        assert take_over(service, store, START_S + 10)["commands"] == 2
        turn(service, START_S + 10)
        running = service.loop.control.running("N04")
        assert service.loop.control.running("N05").kind is ModeKind.PROGRAMME
    store.close()
    assert running.kind is ModeKind.ADAPTIVE
    assert running.wish.stage_id == junction.layout.stages[1].id
    assert running.valid_from_s == at + 1


async def test_a_stage_that_is_no_longer_supplied_leaves_the_junction_to_its_fallback(town, junction, tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'town.db'}")
    recorder = Recorder(store)
    recorder.start()
    write(recorder, [adaptive(junction, 0, int(START_S))])
    row = StageWishRow(
        junction_id="N04",
        issued_at_s=START_S + 1,
        valid_from_s=START_S + 2,
        stage_id="9",
        groups_json='["GONE"]',
        reason="adaptive_on",
    )
    recorder.put([row])
    await asyncio.to_thread(recorder.stop)
    clock = ManualClock(START_S + 10)
    async with InProcessBus(now_s=clock.now_s) as bus:
        service = assemble(town, clock, bus, Recorder(store), KeyRing([]))
        assert take_over(service, store, START_S + 10)["commands"] == 0
    store.close()
