"""A junction in words says what the arrays say, and None for what is not known."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.lamp import Lamp
from signal_plans.settings import SignalSettings
from signal_plans.view import junction_views

START_S = 1_800_000_000


@pytest.fixture
def control(build):
    return SignalControl(
        {name: build.junction(name) for name in ("J", "K")}, build.network(["J", "K"]), SignalSettings()
    )


def test_view_names_stage_lamps_queue_and_load(control):
    known = control.town.is_vehicle
    for t in range(START_S, START_S + 31):
        state = control.step(t, np.where(known, 330.0, 0.0), known)
    first, second = junction_views(control, state)
    assert (first.junction_id, second.junction_id) == ("J", "K")
    assert (first.second, first.stage_id, first.stage_since_s) == (30, "2", START_S + 30)
    assert first.lamps == {
        "N": Lamp.RED, "E": Lamp.GREEN, "S": Lamp.RED, "W": Lamp.GREEN, "FN": Lamp.GREEN, "FE": Lamp.RED
    }  # fmt: skip
    assert list(first.queue_veh) == ["N", "E", "S", "W"]
    assert first.queue_veh["N"] == pytest.approx(9 * 330 / 3600)  # red since second 22
    assert first.load == pytest.approx(0.5)
    assert first.command == control.running("J")


def test_unknown_is_none(control):
    known = control.town.is_vehicle.copy()
    known[1] = False
    state = control.step(START_S, np.where(known, 330.0, 0.0), known)
    first, second = junction_views(control, state)
    assert first.queue_veh["E"] is None
    assert first.load is None
    assert second.load is not None
