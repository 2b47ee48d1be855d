"""Pictures of signs: well-formed, with words for those who listen, whatever names and numbers stand on them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.errors import ConfigError
from api.signs.commands import register
from api.signs.lamps import lit_dots
from api.signs.panel import COLUMNS, FIELD_ROWS, LIT, FaceRow, sign_svg
from parking.content import LIBRARY, display_text
from parking.sign import Display

SVG = "{http://www.w3.org/2000/svg}"


def row(label="Zehntscheuer", arrow="left", display="number", lamps="42", spoken="Zehntscheuer: 42 Plätze frei."):
    return FaceRow(label=label, arrow=arrow, display=display, lamps=lamps, spoken=spoken)


def parsed(picture):
    return ET.fromstring(picture)  # noqa: S314  our own picture


def texts(picture):
    return ["".join(found.itertext()) for found in parsed(picture).iter(f"{SVG}text")]


def test_a_digit_is_written_with_the_lamps_that_belong_to_it():
    lit, columns = lit_dots("1")
    assert columns == 3
    assert sorted(lit) == [(0, 1), (0, 6), (1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (1, 6), (2, 6)]
    assert lit_dots("11")[1] == 7
    assert lit_dots("") == ([], 0)


def test_letters_that_are_not_known_are_written_plainly():
    assert lit_dots("é") == lit_dots("e")
    assert lit_dots("B") == lit_dots("b")
    assert lit_dots("漢") == lit_dots("?")
    assert lit_dots("ü") != lit_dots("u")


@pytest.mark.parametrize("display", Display)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_content_of_the_library_fits_the_lamps(display, lang):
    lit, columns = lit_dots(getattr(display_text(display, 99_999), lang))
    assert 0 < columns <= COLUMNS - 2
    assert max(r for _, r in lit) < FIELD_ROWS
    assert display in LIBRARY
    assert display.value in LIT


def test_a_sign_has_title_description_and_all_names():
    picture = sign_svg("Nord <&> Süd", [row(), row(label="P+R Äußere Straße", spoken="P+R: besetzt.")], "Beispiel.")
    root = parsed(picture)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Nord <&> Süd"
    assert root.findtext(f"{SVG}desc") == "Beispiel. Zehntscheuer: 42 Plätze frei. P+R: besetzt."
    assert texts(picture) == ["P", "Zehntscheuer", "P+R Äußere Straße"]


def test_a_long_name_is_pressed_together_and_a_longer_one_stands_on_two_lines():
    short, long = "Zehntscheuer", "Tiefgarage Österreichischer Platz Süd-West am Kulturzentrum"
    assert "textLength" not in sign_svg("S", [row(label=short)])
    assert "textLength" in sign_svg("S", [row(label="Tiefgarage am Marktplatz Nord-Ost")])
    assert texts(sign_svg("S", [row(label=long)]))[1:] == [
        "Tiefgarage Österreichischer",
        "Platz Süd-West am Kulturzentrum",
    ]
    one_word = sign_svg("S", [row(label="Donaudampfschifffahrtsgesellschaftsparkhaus")])
    assert len(texts(one_word)) == 2
    assert "textLength" in one_word


@given(
    rows=st.lists(
        st.builds(
            row,
            label=st.text(min_size=1, max_size=80),
            arrow=st.sampled_from(["left", "right", "straight", "here", "unheard of"]),
            display=st.sampled_from([*LIT, "unheard of"]),
            lamps=st.text(max_size=20),
            spoken=st.text(max_size=80),
        ),
        min_size=1,
        max_size=8,
    ),
    name=st.text(max_size=40),
)
def test_whatever_stands_on_a_sign_the_picture_is_well_formed(rows, name):
    root = parsed(sign_svg(name, rows))
    assert root.get("viewBox")


@pytest.fixture
def preview(tmp_path):
    app = typer.Typer()
    register(app)

    def run(*arguments):
        return CliRunner().invoke(app, ["signs", "preview", "--out", str(tmp_path / "out"), *arguments])

    return run


def test_every_sign_of_the_shipped_model_is_drawn(preview, tmp_path):
    result = preview("--lang", "de")
    assert result.exit_code == 0, result.output
    assert "32 signs" in result.stdout
    drawn = sorted((tmp_path / "out").glob("*.svg"))
    assert len(drawn) == 32
    first = drawn[0].read_text("utf-8")
    assert "Beispiel, keine Messung." in first
    assert "Parkhaus Q1: 105 Plätze frei, geradeaus." in first, "0.4 of 274, rounded down to 5"
    assert "Echterdingen Ortsmitte: Plätze frei, geradeaus." in first, "the size of one garage is not known"


def test_a_word_can_be_drawn_in_every_row(preview, tmp_path):
    preview("--show", "closed", "--lang", "en")
    told = (tmp_path / "out" / "S04.svg").read_text("utf-8")
    assert told.count("closed") == 3


@pytest.mark.parametrize(
    ("option", "value", "part"), [("--show", "42", "number, free, full"), ("--lang", "fr", "de or en")]
)
def test_an_unknown_content_or_language_is_an_error(preview, option, value, part):
    result = preview(option, value)
    assert isinstance(result.exception, ConfigError)
    assert part in str(result.exception)


def test_a_folder_that_cannot_be_made_is_an_error(preview, tmp_path):
    (tmp_path / "out").touch()
    assert "--out" in str(preview().exception)
