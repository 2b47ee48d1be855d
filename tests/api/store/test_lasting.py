"""What holds until it is replaced outlives the history around it: permissions, wishes, commands, stages."""

from __future__ import annotations

import pytest

from api.store.rows import DecisionRow, SignalCommandRow, StageWishRow

T_S = 1_795_000_000.0
DAY_S = 86_400.0


def asked(at_s, kind, reason, junction="N04"):
    return DecisionRow(
        at_s=at_s, kind=kind, subject_id=f"operator/{junction}", reason=reason, inputs_json="{}", outcome_json="{}"
    )


def command(valid_from_s, issued_at_s, programme="P1", junction="N04"):
    return SignalCommandRow(
        junction_id=junction,
        valid_from_s=valid_from_s,
        issued_at_s=issued_at_s,
        programme_id=programme,
        reason="day_plan",
        payload_json="{}",
    )


def stage(at_s, stage_id, junction="N04"):
    return StageWishRow(
        junction_id=junction,
        issued_at_s=at_s,
        valid_from_s=at_s + 1,
        stage_id=stage_id,
        groups_json='["K1"]',
        reason="adaptive_on",
    )


def test_the_last_permission_and_the_last_wish_survive_pruning_however_old(store):
    old_s = T_S - 400 * DAY_S
    store.write(
        [
            asked(old_s, "signal_adaptive", "adaptive_forbidden"),
            asked(old_s + 1, "signal_adaptive", "adaptive_allowed"),
            asked(old_s + 2, "signal_adaptive", "adaptive_allowed"),
            asked(old_s + 3, "signal_wish", "operator_wish"),
            asked(old_s + 4, "signal_wish", "wish_withdrawn"),
            asked(old_s + 5, "signal_wish", "wish_unsafe"),
            asked(old_s + 6, "signal_event", "operator_wish"),
            asked(old_s + 7, "signal_adaptive", "adaptive_allowed", "N05"),
        ]
    )
    assert store.prune(T_S - 90 * DAY_S)["decision"] == 2, "an allowance said again, and an event"
    kept = [(row.at_s - old_s, row.reason) for row in store.lasting_decisions("operator/N04")]
    assert kept == [
        (0, "adaptive_forbidden"),
        (2, "adaptive_allowed"),
        (3, "operator_wish"),
        (4, "wish_withdrawn"),
        (5, "wish_unsafe"),
    ]
    assert [row.at_s - old_s for row in store.lasting_decisions("operator/N05")] == [7]


def test_what_is_lasting_is_the_last_of_each_kind_and_reason_alone(store):
    store.write([asked(T_S + n, "signal_wish", reason) for n, reason in enumerate(["a", "b", "a", "a", "b"])])
    store.write([asked(T_S + 9, "guidance", "a")])
    assert [(row.at_s - T_S, row.reason) for row in store.lasting_decisions("operator/N04")] == [(3, "a"), (4, "b")]


@pytest.mark.parametrize("before_s", [T_S, T_S + 10 * DAY_S])
def test_pruning_keeps_the_command_that_a_restart_would_take_over(store, before_s):
    # the first was announced for later and overruled by the second before it began
    store.write([command(T_S - DAY_S + 90, T_S - DAY_S), command(T_S - DAY_S + 60, T_S - DAY_S + 30, "P2")])
    store.write([command(T_S - 2 * DAY_S, T_S - 2 * DAY_S), command(T_S, T_S - 5 * DAY_S, junction="N05")])
    before = store.commands_at(before_s)
    assert [row.programme_id for row in before] == ["P2", "P1"]
    assert store.prune(before_s)["signal_command"] == 2
    assert store.commands_at(before_s) == before


def test_of_commands_issued_at_once_the_one_valid_later_stays(store):
    store.write([command(T_S, T_S - 10), command(T_S + 5, T_S - 10, "P2")])
    assert store.prune(T_S + DAY_S)["signal_command"] == 1
    assert [row.programme_id for row in store.commands_at(T_S + DAY_S)] == ["P2"]


def test_wished_stages_go_earlier_than_the_rest_but_the_last_of_each_junction(store):
    store.write([stage(T_S - days * DAY_S, f"S{days}") for days in (9, 8, 3)])
    store.write([stage(T_S - 100 * DAY_S, "S1", "N05"), command(T_S - 9 * DAY_S, T_S - 9 * DAY_S)])
    deleted = store.prune(T_S - 90 * DAY_S, wishes_before_s=T_S - 7 * DAY_S)
    assert (deleted["stage_wish"], deleted["signal_command"]) == (2, 0)
    assert {name: row.stage_id for name, row in store.stage_wishes_at(T_S).items()} == {"N04": "S3", "N05": "S1"}


def test_wished_stages_are_read_by_junction_and_time(store):
    rows = [stage(T_S + n, f"S{n}") for n in range(4)]
    store.write([*rows, stage(T_S + 1, "S9", "N05")])
    assert store.stage_wishes("N04", T_S + 1, T_S + 3) == rows[1:3]
    assert store.stage_wishes_at(T_S + 2)["N04"] == rows[2]
    assert store.stage_wishes_at(T_S - 1) == {}
