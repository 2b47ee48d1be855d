"""Every reason can be told to people."""

from __future__ import annotations

from signal_plans.lamp import Lamp
from signal_plans.reasons import REASONS, SignalReason


def test_every_reason_has_german_and_english_words():
    assert set(REASONS) == set(SignalReason)
    assert all(wording.de and wording.en and wording.de != wording.en for wording in REASONS.values())


def test_lamps_have_the_words_of_the_interface():
    assert [lamp.word for lamp in Lamp] == ["red", "red_amber", "green", "amber"]
