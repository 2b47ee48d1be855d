"""What a car park may be called."""

from __future__ import annotations

import pytest

from traffic_core.errors import InvalidValueError


@pytest.mark.parametrize("name", ["P", "Parkhaus Mitte (Süd) 24/7", "P" * 256])
def test_a_printable_name_of_up_to_256_characters_is_taken(town, name):
    assert town.facility("A", name=name).name == name


@pytest.mark.parametrize("name", ["", " ", "P\x00", "P\nMitte", "P\ud800", "P\x1b[1m", "P" * 257])
def test_a_name_that_readers_would_refuse_is_refused_with_its_limit(town, name):
    with pytest.raises(InvalidValueError) as caught:
        town.facility("A", name=name)
    assert (caught.value.field, caught.value.value) == ("facility[A].name", name)
    assert caught.value.limit == "must be 1 to 256 printable characters"
