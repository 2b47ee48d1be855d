"""Buttons: who has pressed waits until green; dead and stuck ones count as pressed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from signal_plans.adaptive.buttons import SERIES_S, SILENT_S, STUCK_S, Buttons
from traffic_core.errors import InvalidValueError
from traffic_core.readings import ButtonPress

NOW_S = 1_795_246_200.0
RED, GREEN = np.array([False, False]), np.array([False, True])


def press(at_s, *, pressed=True, source_id="J.F"):
    return ButtonPress(source_id=source_id, measured_at_s=NOW_S + at_s, received_at_s=NOW_S + at_s, pressed=pressed)


@pytest.fixture(name="buttons")
def buttons_fixture():
    """The group at position 1 has a button, and was green in the first second."""
    made = Buttons({"J.F": 1})
    assert made.look(NOW_S, GREEN) == []
    return made


def waited(buttons, at_s):
    first, second = buttons.waited_s(NOW_S + at_s, 2).tolist()
    assert math.isnan(first)
    return second


def test_at_the_start_somebody_is_taken_to_wait():
    made = Buttons({"J.F": 1})
    made.look(NOW_S, RED)
    assert waited(made, 4.0) == 4.0


def test_who_presses_waits_from_the_first_press_until_green(buttons):
    assert math.isnan(waited(buttons, 1.0))
    buttons.accept(press(10.0))
    buttons.accept(press(15.0))
    buttons.look(NOW_S + 30.0, RED)
    assert waited(buttons, 30.0) == 20.0
    buttons.look(NOW_S + 31.0, GREEN)
    assert math.isnan(waited(buttons, 31.0))


def test_a_press_of_a_stranger_changes_nothing(buttons):
    buttons.accept(press(1.0, source_id="J.G"))
    assert math.isnan(waited(buttons, 2.0))


def test_a_dead_button_is_reported_once_and_asked_for_after_every_green(buttons):
    assert buttons.look(NOW_S + SILENT_S - 1.0, RED) == []
    assert buttons.look(NOW_S + SILENT_S, RED) == [(1, "button silent for 24 h")]
    assert buttons.look(NOW_S + SILENT_S + 1.0, RED) == []
    assert waited(buttons, SILENT_S + 1.0) == 1.0
    buttons.look(NOW_S + SILENT_S + 2.0, GREEN)
    buttons.look(NOW_S + SILENT_S + 3.0, RED)
    assert waited(buttons, SILENT_S + 5.0) == 2.0
    buttons.accept(press(SILENT_S + 60.0))
    buttons.look(NOW_S + SILENT_S + 61.0, GREEN)
    buttons.look(NOW_S + SILENT_S + 62.0, RED)
    assert math.isnan(waited(buttons, SILENT_S + 63.0)), "it works again"


def test_a_button_that_is_held_for_an_hour_is_stuck(buttons):
    buttons.accept(press(0.0, pressed=False))
    buttons.accept(press(1.0))
    assert buttons.look(NOW_S + STUCK_S, RED) == []
    assert buttons.look(NOW_S + STUCK_S + 1.0, RED) == [(1, "button stuck: pressed for 1 h")]
    buttons.accept(press(STUCK_S + 2.0, pressed=False))
    buttons.look(NOW_S + STUCK_S + 3.0, GREEN)
    buttons.look(NOW_S + STUCK_S + 4.0, RED)
    assert math.isnan(waited(buttons, STUCK_S + 5.0))


def test_a_button_that_presses_itself_for_an_hour_is_stuck_and_one_that_rests_is_not(buttons):
    for at_s in range(0, int(STUCK_S) + 31, 30):
        buttons.accept(press(float(at_s)))
    assert buttons.look(NOW_S + STUCK_S + 31.0, RED) == [(1, "button stuck: pressed for 1 h")]
    other = Buttons({"J.F": 1})
    other.look(NOW_S, GREEN)
    for at_s in range(0, int(STUCK_S) + 31, int(SERIES_S) + 30):
        other.accept(press(float(at_s)))
    assert other.look(NOW_S + STUCK_S + 31.0, RED) == []


def test_a_clock_that_was_set_back_makes_nobody_wait_for_ever(buttons):
    buttons.accept(press(1_000.0))
    buttons.look(NOW_S, RED)
    assert waited(buttons, 5.0) == 5.0


def test_limits_must_be_positive():
    with pytest.raises(InvalidValueError, match=r"buttons\.silent_s"):
        Buttons({}, silent_s=0.0)
