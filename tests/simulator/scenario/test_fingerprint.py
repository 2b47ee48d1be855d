"""The name of everything that decides a result."""

from __future__ import annotations

import pytest

from simulator.scenario.fingerprint import canonical, fingerprint


def test_the_same_scenario_has_the_same_name(staged_of):
    measure = "measure: close_link, link: W_X, from: 07:00, until: 08:00"
    assert fingerprint(staged_of(measure)) == fingerprint(staged_of(measure))
    assert len(fingerprint(staged_of())) == 64


def test_whatever_changes_the_run_changes_the_name(staged_of):
    names = [
        fingerprint(staged_of()),
        fingerprint(staged_of(), programme="0.2.0"),
        fingerprint(staged_of(more="kappa: 0.3\n")),
        fingerprint(staged_of(more="devices: {detector_miss_share: 0.1}\n")),
        fingerprint(staged_of("measure: price, facility: GP, fee_eur_h: 9")),
        fingerprint(staged_of("measure: speed, link: W_X, speed_km_h: 40")),
        fingerprint(staged_of("measure: demand, factor: 1.1, purpose: shopping")),
        fingerprint(staged_of("measure: close_link, link: W_X, from: 07:00")),
    ]
    assert len(set(names)) == len(names)


def test_a_title_does_not_change_the_name(staged_of):
    assert fingerprint(staged_of(more="description_en: more words\n")) == fingerprint(staged_of())


def test_sets_are_sorted_and_mappings_keep_their_order():
    assert canonical(frozenset({"b", "a"})) == ["a", "b"]
    assert canonical({"b": 1, "a": 0.5}) == [["b", 1], ["a", "0x1.0000000000000p-1"]]
    with pytest.raises(TypeError, match="no canonical form of object"):
        canonical(object())
