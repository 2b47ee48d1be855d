"""What was last said by a moment: contents, decisions, and all of a kind."""

from __future__ import annotations

from api.store.rows import DecisionRow, SignContentRow

AT_S = 1_795_246_200.0


def content(sequence, at_s, sign_id="S1"):
    return SignContentRow(
        sign_id=sign_id, sequence=sequence, issued_at_s=at_s, valid_until_s=at_s + 60.0, payload_json="{}"
    )


def decision(at_s, reason, subject_id="sign/S1", kind="guidance"):
    return DecisionRow(
        at_s=at_s, kind=kind, subject_id=subject_id, reason=reason, inputs_json="{}", outcome_json="null"
    )


def test_the_last_content_by_a_moment_is_found_valid_or_not(store):
    store.write([content(1, AT_S), content(2, AT_S + 40.0), content(9, AT_S + 20.0, "S2")])
    assert store.last_content("S1", AT_S - 0.1) is None
    assert store.last_content("S1", AT_S).sequence == 1
    assert store.last_content("S1", AT_S + 39.9).sequence == 1
    assert store.last_content("S1", AT_S + 9_999.0).sequence == 2
    assert store.last_content("S3", AT_S) is None


def test_the_last_decision_about_a_subject_by_a_moment_is_found(store):
    store.write([decision(AT_S, "first"), decision(AT_S + 10.0, "second"), decision(AT_S + 5.0, "other", "sign/S2")])
    store.write([decision(AT_S + 8.0, "frozen", kind="parking_fault")])
    assert store.last_decision("sign/S1", AT_S - 1.0, "guidance") is None
    assert store.last_decision("sign/S1", AT_S + 9.0, "guidance").reason == "first"
    assert store.last_decision("sign/S1", AT_S + 10.0, "guidance").reason == "second"
    assert store.last_decision("sign/S1", AT_S + 10.0, "parking_fault").reason == "frozen"


def test_decisions_of_a_kind_come_from_a_moment_on_oldest_first(store):
    store.write(
        [
            decision(AT_S - 1.0, "too old", kind="sign_override"),
            decision(AT_S + 2.0, "b", "operator/sign/S1", "sign_override"),
            decision(AT_S + 1.0, "a", "operator/sign/S2", "sign_override"),
            decision(AT_S + 1.0, "another kind"),
        ]
    )
    assert [row.reason for row in store.decisions_of_kind("sign_override", AT_S)] == ["a", "b"]
