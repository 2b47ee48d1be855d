"""Commands are said when they are new, and again before they expire."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.announcement import COMMAND_VALIDITY_S, COMMANDS_EVERY_S, Announcement
from signal_plans.control import SignalControl
from signal_plans.settings import SignalSettings

START_S = 1_800_000_000


@pytest.fixture(name="control")
def control_fixture(build):
    names = ("J", "K")
    control = SignalControl({name: build.junction(name) for name in names}, build.network(names), SignalSettings())
    groups = control.town.is_vehicle.size
    control.step(START_S, np.zeros(groups), np.zeros(groups, np.bool_))
    return control


def test_those_in_force_are_said_at_first_and_again_after_two_minutes(control):
    announcement = Announcement()
    said = {t: announcement.due(control, [], START_S + t) for t in range(0, 400, 10)}
    assert [t for t, commands in said.items() if commands] == [0, 120, 240, 360]
    assert said[0] == list(control.commands())
    assert announcement.again_at_s == START_S + 360 + COMMANDS_EVERY_S
    assert COMMANDS_EVERY_S < COMMAND_VALIDITY_S / 2


def test_a_new_one_is_said_at_once_and_of_a_junction_the_newest(control):
    announcement = Announcement()
    announcement.due(control, [], START_S)
    j, k = control.commands()
    assert announcement.due(control, [j, k, j], START_S + 1) == [j, k]
    assert announcement.due(control, [k], START_S + 2) == [k]


def test_a_clock_that_was_set_back_says_all_again(control):
    announcement = Announcement()
    announcement.due(control, [], START_S)
    assert len(announcement.due(control, [], START_S - 1)) == 2
