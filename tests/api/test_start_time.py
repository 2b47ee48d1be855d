"""`--start` in its three forms."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from api.errors import ConfigError
from api.start_time import start_time_s

BERLIN = ZoneInfo("Europe/Berlin")
PRESENT_S = 1_795_258_800.0  # 2026-11-21 12:00 in Berlin


def test_now_is_the_present():
    assert start_time_s("now", BERLIN, PRESENT_S) == PRESENT_S


def test_a_time_of_day_is_the_towns_time_today():
    assert start_time_s("07:30", BERLIN, PRESENT_S) == PRESENT_S - 4.5 * 3_600


def test_a_full_time_carries_its_offset():
    assert start_time_s("2026-11-21T07:30:00+01:00", BERLIN, PRESENT_S) == PRESENT_S - 4.5 * 3_600


@pytest.mark.parametrize("text", ["", "7:30", "24:00", "noon", "2026-11-21T07:30:00", "1999-12-31T00:00:00Z"])
def test_anything_else_names_the_option(text):
    with pytest.raises(ConfigError, match="--start"):
        start_time_s(text, BERLIN, PRESENT_S)
