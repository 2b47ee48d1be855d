"""The checkers' teeth: mutants of programmes, and random ones."""

from __future__ import annotations

import pytest

from signal_plans.files import read_junctions
from signal_plans.junction import Junction
from signal_plans.timing import programme_from_stages
from signal_plans.verifying import trial
from signal_plans.verifying.mutants import SAFE_WINDOWS, UNSAFE_WINDOWS, Programme
from signal_plans.verifying.oracle import is_unsafe
from signal_plans.verifying.random_programmes import compare
from signal_plans.verifying.splitmix import SplitMix
from signal_plans.verifying.trial import KERNEL, MONITOR, WRONG_SWITCH, Tally, judge_windows, try_mutants
from traffic_core.errors import InvalidValueError
from traffic_core.gmns import read_network


@pytest.fixture
def town(crossing):
    programmes = (programme_from_stages(crossing, (22, 22), "a"), programme_from_stages(crossing, (30, 14), "b", 9))
    return {"J": Junction(layout=crossing, programmes=programmes)}


def test_splitmix_gives_the_published_numbers():
    chance = SplitMix(1234567)
    assert [chance.next() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_random_numbers_stay_within_their_bounds_and_reach_them():
    chance = SplitMix(1)
    assert {chance.between(-1, 2) for _ in range(100)} == {-1, 0, 1, 2}
    assert {chance.choice("ab") for _ in range(30)} == {"a", "b"}
    assert not any(chance.chance(0) for _ in range(30))
    assert all(chance.chance(100) for _ in range(30))


def test_every_unsafe_mutant_is_caught_and_no_safe_one_rejected(town):
    tallies = try_mutants(town, 60, 1)
    assert sum(tally.unsafe for tally in tallies.values()) == 60
    assert all(tally.passed for tally in tallies.values())
    assert all(tally.unsafe + tally.safe > 0 for tally in tallies.values())
    assert sum(tally.safe for tally in tallies.values()) >= 12


def test_the_same_seed_makes_the_same_mutants(town):
    assert try_mutants(town, 20, 5) == try_mutants(town, 20, 5)
    assert try_mutants(town, 20, 5) != try_mutants(town, 20, 6)


@pytest.mark.parametrize("kind", [*UNSAFE_WINDOWS, *SAFE_WINDOWS])
def test_the_oracle_agrees_with_what_a_mutant_is_made_to_be(town, kind):
    chance = SplitMix(3)
    own = town["J"].programmes[0]
    for _ in range(5):
        mutant = (UNSAFE_WINDOWS | SAFE_WINDOWS)[kind](Programme(own.layout, own.cycle_s, own.greens), chance)
        if mutant is not None:
            unsafe = is_unsafe(mutant.layout, mutant.cycle_s, mutant.greens)
            assert unsafe == (kind in UNSAFE_WINDOWS)
            assert set(judge_windows(mutant).values()) == {unsafe}


def test_a_checker_that_sees_nothing_fails_the_trial(town, monkeypatch):
    monkeypatch.setattr(trial, "programme_fault", lambda *_: None)
    monkeypatch.setattr(trial, "switch_fault", lambda *_: None)
    tallies = try_mutants(town, 30, 1)
    assert not tallies["overlap"].passed
    assert not tallies[WRONG_SWITCH].passed
    assert tallies["longer cycle"].passed


def test_a_checker_that_refuses_everything_fails_the_trial(town, monkeypatch):
    monkeypatch.setattr(trial, "violations", lambda *_: ("no",))
    tallies = try_mutants(town, 30, 1)
    assert tallies["overlap"].passed
    assert not tallies["longer cycle"].passed


def test_a_tally_passes_only_with_all_caught_none_rejected_and_labels_that_hold():
    tally = Tally((MONITOR, KERNEL))
    tally.note({MONITOR: True, KERNEL: True}, unsafe=True)
    tally.note({MONITOR: False, KERNEL: False}, unsafe=False)
    assert tally.passed
    tally.mislabelled = 1
    assert not tally.passed
    tally.mislabelled = 0
    tally.note({MONITOR: True, KERNEL: False}, unsafe=True)
    assert not tally.passed


def test_mutants_need_a_junction_and_a_conflict(build):
    with pytest.raises(InvalidValueError, match="junctions = 0: must be at least 1"):
        try_mutants({}, 1, 1)


def test_all_checkers_agree_on_random_programmes():
    found = compare(150, 1)
    assert found.disagreements == 0, found.examples
    assert found.safe > 20
    assert found.unsafe > 20


def test_a_disagreement_is_counted_and_told(monkeypatch):
    monkeypatch.setattr(trial, "violations", lambda *_: ())
    found = compare(20, 1)
    assert found.disagreements == found.unsafe > 0
    assert "oracle True" in found.examples[0]
    assert len(found.examples) == 5


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_all_checkers_agree_on_50_000_random_programmes():
    found = compare(50_000, 1)
    assert (found.safe + found.unsafe, found.disagreements) == (50_000, 0)


@pytest.mark.long
@pytest.mark.timeout(1_200)
def test_10_000_unsafe_mutants_of_the_shipped_programmes_are_caught(le_model):
    tallies = try_mutants(read_junctions(le_model, read_network(le_model)), 10_000, 1)
    assert sum(tally.unsafe for tally in tallies.values()) == 10_000
    assert all(tally.passed for tally in tallies.values())
