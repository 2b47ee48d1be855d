"""The proof on small junctions, and on a service that is broken on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signal_plans.coordination.transition import Transitions
from signal_plans.junction import Junction
from signal_plans.monitor import Fault
from signal_plans.player import ProgrammePlayer
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.switching import plan_switch
from signal_plans.timing import programme_from_stages
from signal_plans.verifying.limits import Limits
from signal_plans.verifying.plays import check_plays
from signal_plans.verifying.programmes import check_programme
from signal_plans.verifying.successions import check_successions
from signal_plans.verifying.switches import check_switches, scan
from signal_plans.verifying.transitions import check_transitions
from signal_plans.verifying.violation import Check, in_intervals
from signal_plans.verifying.whole import changes, fingerprints_of, joined, prove
from traffic_core.errors import InvalidValueError


@pytest.fixture
def small(build):
    """Two groups and two programmes of 20 s and 24 s: small enough for tests without the compiler."""
    groups = [build.pedestrian("A", min_green_s=5), build.pedestrian("B", min_green_s=5)]
    layout = build.layout(groups, {("A", "B"): 4, ("B", "A"): 4}, [["A"], ["B"]])
    return Junction(
        layout=layout,
        programmes=(
            programme_from_stages(layout, (6, 6), "short", 3),
            programme_from_stages(layout, (9, 7), "long", 11),
        ),
    )


def test_a_sound_junction_is_proven_without_a_violation(small):
    proof = prove({"J": small})
    assert proof.violations == []
    assert (proof.junctions, proof.programmes) == (1, 2)
    assert (proof.switches.cases, proof.switches.planned) == (4, 2 * 20 + 2 * 24)
    assert proof.switches.pairs == (20 + 24) ** 2
    assert 0 < proof.switches.safe_pairs < proof.switches.pairs
    assert proof.node_seconds == sum(part.node_seconds for part in proof.parts.values()) > 44**2


def test_both_kernels_agree_on_every_pair_of_seconds(small):
    for old in small.programmes:
        for new in small.programmes:
            judged = scan(old, new)
            assert ((judged.kind == 0) == (judged.monitor_kind == 0)).all()


def test_a_group_that_waits_too_long_is_told(small):
    found = check_programme(small.programmes[0], Limits(longest_red_s=20))
    assert found.violations == []
    short = replace(small.programmes[1], cycle_s=60)
    (violation,) = check_programme(short, Limits(longest_red_s=50)).violations
    assert (violation.check, violation.rule, violation.missing_s) == (Check.LIVENESS, "longest_red", 3)
    assert "waits 53 s" in violation.detail


def test_a_limit_that_no_town_keeps_is_refused():
    with pytest.raises(InvalidValueError, match=r"longest_red_s = 5: must be a number from 20 to 600"):
        Limits(longest_red_s=5)


def wrong_by(seconds):
    def plan(running, following, earliest_s):
        joined, at_s = plan_switch(running, following, earliest_s)
        return replace(joined, offset_s=(joined.offset_s + seconds) % joined.cycle_s), at_s

    return plan


def test_a_switch_entered_at_an_unsafe_second_is_a_violation(small, monkeypatch):
    monkeypatch.setattr("signal_plans.verifying.switches.plan_switch", wrong_by(-18))  # 2 s of B
    violations = check_switches(small, Limits()).violations
    assert violations
    assert all(violation.check is Check.SWITCH for violation in violations)
    first = next(violation for violation in violations if violation.programmes == ("short", "long"))
    assert (first.clearing, first.entering) == ("B", "B")
    assert first.missing_s == 3
    assert "not the first safe entry, asked at second" in first.detail


def test_a_switch_to_another_programme_than_asked_for_is_a_violation(small, monkeypatch):
    def plan(running, following, earliest_s):
        joined, at_s = plan_switch(running, following, earliest_s)
        return replace(joined, id="other"), at_s

    monkeypatch.setattr("signal_plans.verifying.switches.plan_switch", plan)
    details = {violation.detail for violation in check_switches(small, Limits()).violations}
    assert any("another programme than asked for" in detail for detail in details)


def test_a_switch_at_the_wrong_time_is_a_violation(small, monkeypatch):
    def plan(running, following, earliest_s):
        joined, at_s = plan_switch(running, following, earliest_s)
        return joined, at_s - following.cycle_s * running.cycle_s

    monkeypatch.setattr("signal_plans.verifying.switches.plan_switch", plan)
    details = {violation.detail for violation in check_switches(small, Limits()).violations}
    assert any("wrong time of the switch" in detail for detail in details)


def test_refusing_a_safe_switch_is_a_violation(small, monkeypatch):
    fault = Fault(1, 0, "intergreen", "A", "B", 1)
    monkeypatch.setattr("signal_plans.verifying.switches.plan_switch", lambda *_: fault)
    found = check_switches(small, Limits())
    assert found.refused == found.planned == found.avoidable
    assert "a safe switch is refused" in found.violations[0].detail


@pytest.mark.slow
def test_a_step_back_that_makes_the_lamps_jump_is_a_violation(small, monkeypatch):
    go_on = ProgrammePlayer.go_on_after_a_step_back
    monkeypatch.setattr(ProgrammePlayer, "go_on_after_a_step_back", lambda self, now_s: go_on(self, now_s - 7))
    found = check_plays({"J": small})
    rules = {violation.rule for violation in found[Check.STEP_BACK].violations}
    assert rules == {"monitor_fault", "lamps"}
    assert not found[Check.SWITCH].violations
    assert not found[Check.FORWARD_JUMP].violations


def test_a_changed_programme_is_told_from_the_released_one(small):
    released = fingerprints_of({"J": small})
    shifted = replace(small, programmes=(small.programmes[0], replace(small.programmes[1], offset_s=12)))
    (violation,) = changes(released, fingerprints_of({"J": shifted}))
    assert (violation.check, violation.programmes) == (Check.FINGERPRINT, ("long",))
    assert violation.detail == "programme J/long has changed"
    fewer = changes(released, fingerprints_of({"J": replace(small, programmes=small.programmes[:1])}))
    assert [violation.detail for violation in fewer] == ["programme J/long is missing"]
    more = changes({name: value for name, value in released.items() if name != "J"}, released)
    assert [violation.detail for violation in more] == ["rules J was not released"]


@pytest.mark.slow
def test_a_proof_in_parts_is_the_proof_of_the_whole(small):
    first = replace(small, programmes=small.programmes[:1])
    other = replace(small.layout, junction_id="K")
    second = Junction(
        layout=other, programmes=tuple(replace(programme, layout=other) for programme in first.programmes)
    )
    whole = prove({"J": first, "K": second})
    parts = joined([prove({"J": first}), prove({"K": second})])
    assert parts == whole
    assert parts.node_seconds == whole.node_seconds
    assert list(parts.fingerprints) == ["J", "J/short", "K", "K/short"]


def test_a_transition_that_jumps_is_a_violation(small, monkeypatch):
    assert check_transitions(small).violations == []
    monkeypatch.setattr(Transitions, "_safe", lambda *_: True)
    found = check_transitions(small)
    assert {violation.check for violation in found.violations} == {Check.TRANSITION}
    assert found.violations[0].missing_s > 0


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("K1 -> K 2: green at second 30 misses 1 s of 5 s intergreen", ("intergreen", "K1", "K 2", 30, 1)),
        ("K1 -> F2: green together from second 7, misses 12 s", ("intergreen", "K1", "F2", 7, 12)),
        ("K1: green from second 3 misses 2 s of 8 s", ("min_green", "K1", "K1", 3, 2)),
        ("K1: red after second 40 misses 4 s of amber, red and red-amber", ("sequence", "K1", "K1", 40, 4)),
        ("K1: never green", ("never_green", "K1", "K1", 0, 0)),
    ],
)
def test_what_the_interval_check_says_keeps_pair_second_and_missing_time(message, expected):
    (found,) = in_intervals("J", "P1", [message])
    assert (found.rule, found.clearing, found.entering, found.second, found.missing_s) == expected
    assert found.detail == message


def test_a_second_switch_waits_until_the_first_is_forgotten_and_one_that_does_not_is_seen(build, monkeypatch):
    """P1 is entered within the green of F and left before F has had its minimum; each switch by itself is safe."""
    kinds = {"C": (11, 1, 0), "F": (12, 2, 2), "D": (4, 1, 0), "E": (8, 2, 2)}
    groups = [
        SignalGroup(id=name, kind=GroupKind.BUS, min_green_s=least_s, amber_s=amber_s, red_amber_s=red_amber_s)
        for name, (least_s, amber_s, red_amber_s) in kinds.items()
    ]
    times_s = {("C", "E"): 7, ("E", "C"): 4, ("F", "D"): 4, ("D", "F"): 2, ("F", "E"): 1, ("E", "F"): 1}
    layout = build.layout(groups, {**times_s, ("D", "E"): 5, ("E", "D"): 12}, [[name] for name in kinds])

    def programme(name, cycle_s, **windows):
        greens = {group: (GreenWindow(start_s=s, length_s=n),) for group, (s, n) in windows.items()}
        return SignalProgramme(id=name, layout=layout, cycle_s=cycle_s, offset_s=0, greens=greens)

    junction = Junction(
        layout=layout,
        programmes=(
            programme("P0", 51, C=(35, 19), F=(35, 12), D=(7, 4), E=(18, 8)),
            programme("P1", 40, C=(22, 11), F=(19, 14), D=(0, 5), E=(10, 8)),
            programme("P2", 43, C=(17, 11), F=(14, 12), D=(30, 5), E=(40, 16)),
        ),
    )
    assert check_successions(junction).violations == []
    monkeypatch.setattr("signal_plans.verifying.successions.may_leave_s", lambda _, entered_s: entered_s + 1)
    found = check_successions(junction)
    (violation,) = found.violations
    assert violation.programmes == ("P0", "P1", "P2")
    assert (violation.rule, violation.entering, violation.missing_s) == ("min_green", "F", 1)
