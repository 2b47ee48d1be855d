"""Labels of maps never cover each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.planning.maps.labels import Bands, Label, overlap, placed_labels

WIDTH, HEIGHT = 400.0, 300.0


def label(x, y, text="1234", **kwargs):
    return Label(text=text, x=x, y=y, size=10.0, **kwargs)


def placed(*groups, obstacles=(), **kwargs):
    return placed_labels(groups, obstacles, width=WIDTH, height=HEIGHT, **kwargs)


def test_a_label_is_as_wide_as_its_characters():
    assert label(0, 0).half_width == pytest.approx(4 * 0.62 * 10 / 2)
    assert label(0, 0).half_height == pytest.approx(1.15 * 10 / 2)


def test_labels_side_by_side_do_not_overlap_and_turned_they_do():
    one, other = label(100, 100), label(100, 115)
    assert not overlap(one, other)
    assert overlap(one, label(100, 115, angle_degrees=90.0))
    assert overlap(one, label(110, 105))


def test_a_thin_corner_between_two_slanted_labels_is_free():
    assert not overlap(label(100, 100, angle_degrees=45.0), label(90, 110, angle_degrees=45.0))


def test_the_first_label_wins_and_the_next_takes_its_second_place():
    first, second = label(100, 100), label(100, 101, text="99")
    below = label(100, 80, text="99")
    assert placed([first], [second, below]) == [first, below]
    assert placed([first], [second]) == [first]


def test_a_label_stays_inside_the_map_and_off_the_obstacles():
    assert placed([label(5, 5)]) == []
    assert placed([label(100, 100)], obstacles=[label(101, 101)]) == []


def test_a_street_says_nearly_the_same_value_once():
    one = label(100, 100, street="Main", value=1_000.0)
    near, far = label(100, 150, street="Main", value=1_050.0), label(100, 250, street="Main", value=1_050.0)
    other_value = label(200, 100, street="Main", value=2_000.0)
    other_street = label(200, 150, street="Side", value=1_000.0)
    assert placed([one], [near], [far], [other_value], [other_street]) == [one, far, other_value, other_street]


def test_of_two_free_places_the_one_off_the_bands_is_taken():
    bands = Bands(centre=np.array([[100.0, 100.0]]), radius=np.array([3.0]))
    on, off = label(100, 104), label(100, 120)
    assert bands.covered(on) == 1
    assert bands.covered(off) == 0
    assert placed([on, off], bands=bands) == [off]
    assert placed([on], bands=bands) == [on]


@given(
    st.lists(
        st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT), st.floats(-90, 90), st.text("0123456789", max_size=6)),
        max_size=25,
    )
)
def test_no_two_placed_labels_ever_overlap(wanted):
    found = placed(*([label(x, y, text=text, angle_degrees=angle)] for x, y, angle, text in wanted))
    assert not any(overlap(one, other) for one, other in itertools.combinations(found, 2))
