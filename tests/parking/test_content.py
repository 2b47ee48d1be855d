"""The library speaks both languages about everything a sign or a decision can say."""

from __future__ import annotations

import pytest

from parking import content
from parking.sign import Arrow, Display, RowContent, SignRow
from traffic_core.errors import InvalidValueError
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


def test_the_shipped_library_is_complete():
    content.check_library()


@pytest.mark.parametrize(
    ("display", "text", "message"),
    [
        (Display.FREE, content.Words("sehr viele freie", "free"), "at most 11 letters"),
        (Display.FREE, content.Words("", "free"), "number, or a word"),
        (Display.NUMBER, content.Words("viele", "many"), "number, or a word"),
        (Display.FULL, content.Words("{free_veh}", "full"), "number, or a word"),
    ],
)
def test_a_text_that_no_sign_can_show_is_found_at_the_start(monkeypatch, display, text, message):
    spoken = content.LIBRARY[display].spoken
    changed = {**content.LIBRARY, display: content.RowText(lamps=text, spoken=spoken)}
    monkeypatch.setattr(content, "LIBRARY", changed)
    content.display_text.cache_clear()
    with pytest.raises(InvalidValueError, match=message):
        content.check_library()
    content.display_text.cache_clear()


def test_a_missing_text_is_found_at_the_start(monkeypatch):
    texts = {display: text for display, text in content.LIBRARY.items() if display is not Display.CLOSED}
    monkeypatch.setattr(content, "LIBRARY", texts)
    with pytest.raises(InvalidValueError, match="'closed': must have a text"):
        content.check_library()


@pytest.mark.parametrize(
    ("arrow", "display", "free_veh", "de", "en"),
    [
        (Arrow.STRAIGHT, Display.NUMBER, 42, "Q1: 42 Plätze frei, geradeaus.", "Q1 en: 42 spaces free, straight on."),
        (Arrow.LEFT, Display.NUMBER, 1, "Q1: 1 Platz frei, nach links.", "Q1 en: 1 space free, to the left."),
        (Arrow.RIGHT, Display.FREE, None, "Q1: Plätze frei, nach rechts.", "Q1 en: spaces free, to the right."),
        (Arrow.HERE, Display.FULL, None, "Q1: besetzt, hier.", "Q1 en: full, here."),
        (Arrow.LEFT, Display.NEUTRAL, None, "Q1: keine Angabe, nach links.", "Q1 en: no information, to the left."),
    ],
)
def test_a_row_is_a_sentence_for_those_who_listen(arrow, display, free_veh, de, en):
    row = SignRow(label_de="Q1", label_en="Q1 en", arrow=arrow, facility_ids=("Q1",))
    assert content.spoken_text(row, display, free_veh) == content.Words(de, en)
