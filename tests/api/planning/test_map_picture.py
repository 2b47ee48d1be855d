"""Pictures of maps: what stands on them, and that the same input gives the same bytes."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.text import Text

from api.planning.maps.content import (
    LESS_COLOUR,
    LOAD_COLOURS,
    MORE_COLOUR,
    UNKNOWN_COLOUR,
    Wording,
    difference_map,
    figure_text,
    load_colour,
    load_map,
    nice_values,
    rounding_step,
    selection_map,
)
from api.planning.maps.furniture import WIDEST_POINTS, width_points
from api.planning.maps.picture import draw_map, write_map
from api.planning.results.courses import Courses, Place, ResultLinks

A, B, C = (9.10, 48.70), (9.13, 48.70), (9.13, 48.72)
WORDING = Wording(title_de="Umlegung", title_en="Assignment", name="Testdorf", kind="erfunden · made up")
UNIT = ("Kfz/24 h", "veh/24 h")


@pytest.fixture
def links():
    return ResultLinks(
        ids=("AB", "BA", "BC"),
        from_nodes=("A", "B", "B"),
        to_nodes=("B", "A", "C"),
        names=("Main Street", "Main Street", "Hill"),
        courses=Courses(lines=((A, B), (B, A), (B, C)), places=(Place(name="Dorf", position=(9.11, 48.715)),)),
    )


def load(links, ratio=(0.4, 0.95, 1.2)):
    volume = np.array([8_000.0, 7_030.0, 400.0])
    return load_map(links, volume, np.array(ratio), unit=UNIT, wording=WORDING, peak=True)


def words(content):
    return [text.get_text() for text in draw_map(content).findobj(Text) if text.get_text()]


def test_a_load_map_says_volumes_of_both_directions_and_what_colours_mean(links):
    said = words(load(links))
    assert "15\u202f030" in said
    assert "400" in said
    for text in ("Testdorf: Umlegung", "Assignment", "erfunden · made up", "Dorf", "N", "≥ 1.0", "500 m"):
        assert text in said
    assert "Verkehrsstärke, Kfz/24 h" in said
    assert "Volume over capacity in the peak hour" in said


def test_colours_follow_the_load_and_grey_is_unknown(links):
    assert [load_colour(ratio) for ratio in (0.0, 0.5, 0.8, 0.95, 1.0)] == list(LOAD_COLOURS)
    assert load_colour(float("nan")) == UNKNOWN_COLOUR
    assert "unbekannt / unknown" in words(load(links, (0.4, 0.95, np.nan)))
    assert "unbekannt / unknown" not in words(load(links))


def test_a_difference_map_is_red_for_more_and_blue_for_less(links):
    content = difference_map(links, np.array([500.0, -200.0, -1.0]), unit=UNIT, wording=WORDING, closed=(2,))
    assert content.colours == (MORE_COLOUR, LESS_COLOUR, LESS_COLOUR)
    assert content.value.tolist() == [500.0, 200.0, 0.0], "a change of less than half a per cent of the largest"
    said = words(content)
    assert "+300" in said
    assert "✕  gesperrt / closed" in said


def test_two_equal_results_draw_no_change(links):
    content = difference_map(links, np.zeros(3), unit=UNIT, wording=WORDING)
    assert not content.value.any()
    assert "Dorf" in words(content)


def test_a_selection_map_rings_the_chosen_links(links):
    content = selection_map(links, np.array([30.0, 0.0, 30.0]), unit=UNIT, wording=WORDING, chosen=(0,))
    assert "○  gewählte Strecke / chosen link" in words(content)


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_input_gives_the_same_bytes(links, tmp_path, form, start):
    for name in ("one", "two"):
        write_map(tmp_path / name, load(links), form)
    written = (tmp_path / "one").read_bytes()
    assert written == (tmp_path / "two").read_bytes()
    assert written.startswith(start)
    assert b"<dc:date>" not in written


def test_widths_grow_with_the_volume():
    assert width_points(50_000, 50_000) == WIDEST_POINTS
    assert width_points(0.001, 50_000) > 0.0
    assert width_points(10_000, 50_000) < width_points(20_000, 50_000)
    assert width_points(0.0, 0.0) > 0.0


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (12_345.6, False, "12\u202f346"),
        (700, False, "700"),
        (700, True, "+700"),
        (-1_234, True, "–1\u202f234"),
        (-5, False, "–5"),
        (0, True, "0"),
    ],
)
def test_figures_are_read_alike_in_german_and_english(value, signed, text):
    assert figure_text(value, signed=signed) == text


def test_legends_show_round_numbers():
    assert list(nice_values(56_000)) == [50_000, 20_000, 10_000, 5_000]
    assert list(nice_values(1.0, 2)) == [1.0, 0.5]
    assert list(nice_values(0.0)) == []
    assert [rounding_step(largest) for largest in (56_133, 7_000, 800, 3, 0)] == [100, 10, 1, 1, 1]
