"""A command keeps its meaning on the wire, whatever the mode, and older ones without a mode are programmes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from api.outgoing import signal_message
from api.town import load_town
from api.wire.publications import SignalCommand
from api.wire.signals import command_of, decision_of, expiry_of
from signal_plans.announcement import WISH_VALIDITY_S, validity_s
from signal_plans.decision import SignalDecision, stage_wish
from signal_plans.mode import ModeKind
from signal_plans.reasons import SignalReason
from traffic_core.errors import InvalidValueError

START_S = 1_795_246_200


@pytest.fixture(scope="module")
def decision(le_model):
    programme = load_town(le_model).junctions["N04"].fallback
    return SignalDecision(
        junction_id="N04",
        programme=programme,
        valid_from_s=START_S,
        reason=SignalReason.OPERATOR_WISH,
        detail="by desk",
    )


@pytest.mark.parametrize("kind", [kind for kind in ModeKind if kind is not ModeKind.COMPUTED])
def test_every_mode_comes_back(decision, kind):
    said = replace(decision, kind=kind)
    if kind is ModeKind.ADAPTIVE:
        layout = decision.programme.layout
        said = replace(said, wish=stage_wish(layout, layout.stages[1].groups, START_S))
    command = SignalCommand.model_validate_json(command_of(said, START_S + 300.0).model_dump_json())
    assert decision_of(command, decision.programme.layout) == said
    assert "by desk" not in command.model_dump_json(), "what operators write is not for the street"


def test_a_command_of_before_has_no_mode(decision):
    told = json.loads(command_of(decision, START_S + 300.0).model_dump_json())
    del told["mode"]
    command = SignalCommand.model_validate_json(json.dumps(told))
    assert decision_of(command, decision.programme.layout).kind is ModeKind.PROGRAMME


@pytest.fixture(scope="module")
def adaptive(decision):
    layout = decision.programme.layout
    wish = stage_wish(layout, layout.stages[1].groups, START_S)
    return replace(decision, kind=ModeKind.ADAPTIVE, reason=SignalReason.ADAPTIVE_ON, wish=wish)


def test_under_adaptive_control_the_wished_stage_is_said_for_half_a_minute(adaptive):
    message = signal_message(adaptive, START_S - 1.0)
    command = SignalCommand.model_validate_json(message.payload)
    assert expiry_of(command) == message.expires_at_s == START_S - 1.0 + validity_s(adaptive)
    assert validity_s(adaptive) == WISH_VALIDITY_S == 30.0
    told = json.loads(message.payload)["wish"]
    assert (told["stage_id"], told["groups"]) == (adaptive.wish.stage_id, list(adaptive.wish.groups))
    assert told["valid_from"] == command.valid_from


def test_with_a_programme_goes_what_leads_to_it(adaptive):
    leads = replace(adaptive, kind=ModeKind.PROGRAMME, valid_from_s=START_S + 20)
    command = command_of(leads, START_S + 300.0)
    assert command.wish.valid_from < command.valid_from
    assert decision_of(command, leads.programme.layout) == leads
    assert validity_s(leads) == 300.0


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        (None, r"command\[N04\].wish = None: must be given under adaptive control"),
        (["K1", "nobody"], r"junction\[N04\].wish.groups = 'nobody': must name a signal group"),
        (["K1", "K2"], r"junction\[N04\].wish.groups = \('K1', 'K2'\): conflicting groups"),
    ],
)
def test_a_wish_that_is_missing_unknown_or_in_conflict_is_refused(adaptive, wish, named):
    command = command_of(adaptive, START_S + 30.0)
    told = None if wish is None else command.wish.model_copy(update={"groups": wish})
    with pytest.raises(InvalidValueError, match=named):
        decision_of(command.model_copy(update={"wish": told}), adaptive.programme.layout)


def test_a_mode_that_nobody_knows_is_refused(decision):
    command = command_of(decision, START_S + 300.0).model_copy(update={"mode": "dance"})
    with pytest.raises(ValueError, match="dance"):
        decision_of(command, decision.programme.layout)
