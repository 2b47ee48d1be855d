"""The library speaks both languages about everything a sign or a decision can say."""

from __future__ import annotations

import pytest

from parking import content
from parking.sign import Display, RowContent
from traffic_core.readings import Quality


@pytest.mark.parametrize("display", Display)
def test_every_display_has_a_text_in_both_languages(display):
    words = content.display_text(display, 42)
    assert words.de
    assert words.en


def test_texts_are_those_of_the_regulation():
    assert content.display_text(Display.NUMBER, 42).de == "42"
    assert content.display_text(Display.FREE, None).de == "frei"
    assert content.display_text(Display.FULL, None) == content.Words("besetzt", "full")
    assert content.display_text(content.FALLBACK, None).de == "P"


def test_every_reason_constant_is_translated():
    constants = {
        value
        for name, value in vars(content).items()
        if name.isupper() and isinstance(value, str) and name != "FALLBACK"
    }
    assert constants == set(content.REASONS)
    assert all(words.de and words.en for words in content.REASONS.values())


def test_a_content_is_named_by_its_displays():
    rows = [
        RowContent(display=Display.NUMBER, free_veh=5, quality=Quality.MEASURED, age_s=0.0, reason="fresh"),
        RowContent(display=Display.NEUTRAL, free_veh=None, quality=Quality.UNKNOWN, age_s=None, reason="stale"),
    ]
    assert content.content_id(rows) == "number-neutral"
