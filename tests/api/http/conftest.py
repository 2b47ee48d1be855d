"""A running service as the routes see it, small enough to hold in a hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from api.board import Board, encode
from api.clock import ManualClock
from api.http.app import create_app
from api.http.keys import KeyEntry, KeyRing, new_key
from api.http.live import Live
from api.town import ModelInfo
from api.wire.publications import CountersPayload, FallbackPayload, ModelLabel, RowPayload, SignPayload
from api.wire.readings import BatchAnswer, parse_batch

NOW_S = 1_795_246_200.0
KEY, DIGEST = new_key()
LABEL = ModelLabel(id="t", name="Teststadt", label_de="synthetisch", label_en="synthetic")
INFO = ModelInfo(
    id="t",
    name="Teststadt",
    label_de="synthetisch",
    label_en="synthetic",
    timezone="Europe/Berlin",
    licence="none",
    attribution=["us"],
    bbox=[9.0, 48.0, 10.0, 49.0],
    notes="",
)


@dataclass
class FakeCondition:
    """Says what it is told to say."""

    found: list[str] = field(default_factory=list)
    turning: bool = True

    def problems(self):
        return self.found

    def remarks(self):
        return {"bus": "connected"}

    def alive(self):
        return self.turning


def sign(sign_id="S1", sequence=1, free_veh=120):
    row = RowPayload(
        label_de="Parkhaus",
        label_en="Garage",
        arrow="left",
        facility_ids=["Q1"],
        display="number",
        free_veh=free_veh,
        text_de=str(free_veh),
        text_en=str(free_veh),
        quality="measured",
        age_s=3.0,
        reason="fresh",
        reason_de="aktuell",
        reason_en="current",
        recommended=False,
    )
    return SignPayload(
        sign_id=sign_id,
        name="Nord",
        lon=9.1,
        lat=48.6,
        link_id="L1",
        sequence=sequence,
        issued_at="2026-11-21T07:30:00Z",
        valid_until="2026-11-21T07:31:00Z",
        content_id="number",
        rows=[row],
        fallback=FallbackPayload(display="neutral", text_de="P", text_en="P"),
        model_label="synthetic",
    )


@dataclass
class Served:
    """The client and what stands behind it."""

    client: TestClient
    live: Live
    clock: ManualClock
    condition: FakeCondition


@pytest.fixture
def served():
    clock, board, condition = ManualClock(NOW_S), Board(), FakeCondition()
    board.put("signs", NOW_S, {"S1": sign()}, {"S1": NOW_S + 60.0})

    async def receive(body, may_report):
        items = parse_batch(body, clock.now_s())
        allowed = [item for _, item in items if may_report(item.source_id)]
        return BatchAnswer(accepted=len(allowed), repaired=0, rejected=[], stored=True)

    async def push(feed_id, body, may_report):
        if feed_id != "garages":
            raise KeyError(feed_id)
        return BatchAnswer(accepted=len(body), repaired=0, rejected=[], stored=may_report("Q1"))

    live = Live(
        clock=clock,
        board=board,
        info=INFO,
        label=LABEL,
        network=encode(LABEL),
        keys=KeyRing([KeyEntry(id="garage", sha256=DIGEST, sources=["Q*"])]),
        receive=receive,
        push=push,
        counters=lambda: CountersPayload(accepted={"occupancy": 3}, repaired={}, rejected={"future": 1}),
        condition=condition,
        metrics=CollectorRegistry(),
    )
    with TestClient(create_app(live)) as client:
        yield Served(client, live, clock, condition)


@pytest.fixture
def key():
    """A key that may report for sources that begin with Q."""
    return KEY


@pytest.fixture
def new_sign():
    """The next content of the sign."""
    return sign(sequence=2, free_veh=115)
