"""Numbers, axes and colours of the report."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.whatif.report.chapter_figures import verdict
from api.whatif.report.content import Estimate
from api.whatif.report.curves import Period, nice_ceiling, time_step_s
from api.whatif.report.difference_map import WIDEST, Steps, ground_of, steps_of
from api.whatif.report.markup import both, tag, text
from api.whatif.report.numbers import clock, day, decimals_for, number, percent, plain
from api.whatif.report.page import FOLDER
from traffic_core.errors import InvalidValueError

sys.path.insert(0, str(Path(__file__).parent))
import report_town

HOSTILE = "<script>alert(1)</script>\"'&\x00\ud800"


def test_every_text_and_attribute_is_escaped() -> None:
    made = tag("p", HOSTILE, title=HOSTILE)
    escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27;&amp;\ufffd\ufffd"
    assert made == f'<p title="{escaped}">{escaped}</p>'
    assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"


@given(st.text())
def test_no_text_keeps_a_sign_of_markup(value: str) -> None:
    assert not set(text(value)) & set("<>\"'\x00")
    text(value).encode()


def test_text_of_both_languages_stands_once_where_it_is_the_same() -> None:
    assert both("km", "km") == "km"
    assert both("ja", "yes") == '<span lang="de">ja</span><span lang="en">yes</span>'


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "shown"),
    [
        (1234567.0, 0, False, "1\u202f234\u202f567"),
        (-0.04, 1, True, "±0.0"),
        (-2.5, 1, False, "−2.5"),
        (3.0, 1, True, "+3.0"),
        (float("nan"), 1, True, "–"),
    ],
)
def test_numbers_are_written_with_true_signs(value: float, decimals: int, signed: bool, shown: str) -> None:
    assert plain(value, decimals, signed=signed) == shown


def test_decimals_show_four_digits_at_most_three_of_them() -> None:
    assert [decimals_for(size) for size in (0.0, 0.012, 2.1, 45.1, 132.4, 2984.0, 701_235.0)] == [1, 3, 3, 2, 1, 0, 0]


def test_numbers_follow_the_language() -> None:
    assert number(1.5, 1) == '<span lang="de">1,5</span><span lang="en">1.5</span>'
    assert percent(0.125) == '<span lang="de">+12,5\u00a0%</span><span lang="en">+12.5%</span>'
    assert number(None) == percent(None) == "–"


def test_times_are_those_of_the_town_also_when_clocks_change() -> None:
    spring = 1_774_745_100.0  # 2026-03-29 00:45 UTC; clocks go from 02:00 to 03:00 at 01:00 UTC
    assert clock(spring, "Europe/Berlin") == "01:45"
    assert clock(spring + 900.0, "Europe/Berlin") == "03:00"
    assert clock(spring - 6_300.0, "Europe/Berlin", end=True) == "24:00"
    assert day(spring, "Europe/Berlin") == '<span lang="de">So, 29.03.2026</span><span lang="en">Sun, 2026-03-29</span>'


@pytest.mark.parametrize(
    ("largest", "top", "step"),
    [(0.0, 1.0, 1.0), (0.3, 1.0, 1.0), (3.0, 3.0, 1.0), (368.0, 400.0, 100.0), (11.0, 15.0, 5.0)],
)
def test_axes_end_at_round_numbers(largest: float, top: float, step: float) -> None:
    assert nice_ceiling(largest) == (top, step)


@given(st.floats(0.01, 1e6))
def test_axis_holds_its_largest_value_in_at_most_five_steps(largest: float) -> None:
    top, step = nice_ceiling(largest)
    assert top >= largest * (1.0 - 1e-6)
    assert top / step <= 5.0 + 1e-6


@pytest.mark.parametrize(("hours", "step_h"), [(1.0, 0.25), (2.0, 0.5), (24.0, 6.0), (240.0, 24.0)])
def test_marks_of_time_fit_the_period(hours: float, step_h: float) -> None:
    period = Period(begin_s=0.0, end_s=hours * 3_600.0, timezone="Europe/Berlin")
    assert time_step_s(period) == step_h * 3_600.0


def test_colours_follow_round_limits_and_the_sign() -> None:
    changes = np.array([*[640.0] * 9, -640.0, 120.0, np.nan])
    steps = steps_of([changes], 1_000.0)
    assert steps.limits == (100.0, 200.0, 500.0)
    assert [steps.colour(each) for each in (640.0, 250.0, 100.0, 99.0, -150.0, -500.0, float("nan"))] == [
        *[3, 2, 1, 0, -1, -3, 0]
    ]
    assert steps.width(1_000.0) == WIDEST
    assert Steps(limits=(), largest_veh=0.0).colour(5.0) == 0


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #rrggbb."""
    parts = [int(colour[place : place + 2], 16) / 255.0 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ground", "names"),
    [
        ("map", ("more1", "more2", "more3", "less1", "less2", "less3")),
        ("surface", ("base", "variant", "capacity", "good", "bad")),
    ],
)
def test_colours_of_pictures_stand_out_three_to_one_in_light_and_dark(ground: str, names: tuple[str, ...]) -> None:
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{[^}]*\}", style)]
    light, dark = blocks[0], {**blocks[0], **blocks[1]}
    for colours in (light, dark):
        for name in names:
            one, other = sorted((_luminance(colours[name]), _luminance(colours[ground])))
            assert (other + 0.05) / (one + 0.05) >= 3.0, (name, colours[name])


def test_town_box_fills_the_map_with_north_up() -> None:
    ground = ground_of(report_town.content())
    (_, across, down), (first, *_) = ground.places[0], ground.lines
    # box 9.15..9.19 and 48.675..48.70, 2 % edge each side: (0.02 / 0.04 + 0.02) / 1.04 and (0.01 / 0.025 + 0.02) / 1.04
    assert (across, down) == pytest.approx((0.5, 0.42 / 1.04), abs=1e-6)
    assert first[0][0] < first[1][0]
    assert ground.inside == (True, True, True)


def test_link_outside_the_town_is_not_coloured() -> None:
    ground = ground_of(report_town.content(box=(9.172, 48.675, 9.19, 48.70)))
    assert ground.inside == (False, True, False)


@pytest.mark.parametrize(
    ("mean", "half", "lower", "kind"),
    [(6.0, 2.0, True, "bad"), (-6.0, 2.0, True, "good"), (6.0, 2.0, False, "good"), (6.0, 2.0, None, "change")],
)
def test_verdict_says_whether_a_certain_change_is_good(mean: float, half: float, lower: bool | None, kind: str) -> None:
    difference = Estimate(mean=mean, low=mean - half, high=mean + half)
    assert verdict(report_town.row("x", difference, lower=lower))[0] == kind


def test_verdict_claims_nothing_where_the_interval_holds_zero() -> None:
    assert "not significant" in verdict(report_town.ROWS[1])[1]
    assert "not defined" in verdict(report_town.ROWS[3])[1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variants": ()}, r"variants = 0: must be at least one"),
        ({"links": ()}, r"links = 0: must be at least one"),
        ({"box": (9.2, 48.0, 9.1, 49.0)}, r"box = .*: must be west, south, east, north"),
        ({"end_s": report_town.BEGIN_S + 900.0}, r"end_s = .*: must be 8 intervals after begin_s"),
        ({"links": report_town.LINKS[:1], "approaches": ()}, r"base.entered_veh.shape = \(3, 8\): must be \(1, 8\)"),
        ({"links": report_town.LINKS[:1]}, r"approach.link_id = 'L3': must name a link"),
    ],
)
def test_content_that_contradicts_itself_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        report_town.content(**changes)


def test_estimate_outside_its_interval_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"estimate = \(0.0, 2.0, 1.0\): must be finite and in this order"):
        Estimate(mean=2.0, low=0.0, high=1.0)
