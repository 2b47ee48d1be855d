from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring

from signal_plans.drawing import svg


def test_page_is_a4_landscape_in_tenths_of_a_millimetre():
    root = fromstring(svg.page("title", [svg.line((0, 0), (10, 10), "red", 1)]))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("297mm", "210mm", "0 0 2970 2100")


def test_text_is_escaped_and_free_of_signs_that_xml_has_not():
    words = 'K1 <b> & "x"\x00\x0b'
    element = fromstring(svg.text((1, 2), words, 30))
    assert element.text == 'K1 <b> & "x"  '


def test_names_in_attributes_are_escaped():
    element = fromstring(svg.group("group", 'a"<&>', []))
    assert element.get("data-group") == 'a"<&>'


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (1.25, "1.2"), (-0.01, "0"), (100.06, "100.1"), (-3.5, "-3.5")]
)
def test_coordinates_have_one_decimal_at_most(value, text):
    assert svg.number(value) == text


def test_long_text_is_cut_to_its_room_and_short_text_is_not():
    assert svg.fitted("Hauptstraße", 30, 1_000) == "Hauptstraße"
    cut = svg.fitted("Hauptstraße am Bahnhof", 30, 200)
    assert cut.endswith("…")
    assert svg.text_width(cut, 30) <= 200


def test_text_is_wrapped_between_words():
    lines = svg.wrapped("eins zwei drei vier", 30, 10 * 30 * svg.SIGN_WIDTH)
    assert lines == ["eins zwei", "drei vier"]
    assert svg.wrapped("", 30, 100) == []
