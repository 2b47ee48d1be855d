"""The centre's picture of the lamps and the lamps of the roadside controllers are the same, through every switch."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.control import SignalControl
from signal_plans.files import read_junctions
from signal_plans.monitor import OnlineMonitor
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.switching import switch_second
from simulator.roadside_controller import RoadsideController
from traffic_core.gmns import read_network

START_S = 1_795_246_200
SETTLED_S = 300
"""By then each controller has left the all-red it starts with."""
COMPUTED_S, FALLBACK_S, END_S = 600, 1_100, 1_500


@pytest.fixture(name="town", scope="module")
def town_fixture(le_model):
    network = read_network(le_model)
    return network, read_junctions(le_model, network)


@pytest.fixture(name="history", scope="module")
def history_fixture(town):
    """Detectors are silent, then known, then silent again; lamps of centre and roadside, commands, events."""
    network, junctions = town
    control = SignalControl(junctions, network, SignalSettings())
    roadside = {junction_id: RoadsideController(junction) for junction_id, junction in junctions.items()}
    flow = 0.12 * control.town.saturation_veh_h
    silent = np.zeros_like(control.town.is_vehicle)
    centre_lamps, roadside_lamps, said, events = [], [], [], []
    for t in range(END_S):
        known = control.town.is_vehicle if COMPUTED_S <= t < FALLBACK_S else silent
        state = control.step(START_S + t, flow, known)
        for decision in state.decisions:
            roadside[decision.junction_id].command(decision.programme, decision.valid_from_s)
        for controller in roadside.values():
            controller.step(float(START_S + t))
        centre_lamps.append(state.lamp)
        roadside_lamps.append([lamp for controller in roadside.values() for lamp in controller.lamps.values()])
        said += state.decisions
        events += state.events
    return control, np.array(centre_lamps), np.array(roadside_lamps, np.uint8), said, events


def test_every_junction_goes_from_its_own_to_a_computed_programme_and_back(town, history):
    said = history[3]
    for junction_id in town[1]:
        reasons = [decision.reason for decision in said if decision.junction_id == junction_id]
        assert reasons[0] is SignalReason.FALLBACK
        assert SignalReason.COMPUTED_FROM_COUNTS in reasons
        assert reasons[-1] is SignalReason.DETECTORS_STALE
    assert any(switch_second(junction.fallback) > 0 for junction in town[1].values())


def test_lamps_at_the_roadside_are_those_of_the_centre_in_every_second(history):
    _, centre, roadside, _, _ = history
    assert np.argwhere(centre[SETTLED_S:] != roadside[SETTLED_S:]).tolist() == []


def test_the_monitor_objects_to_no_second_of_either(history):
    control, centre, roadside, _, events = history
    assert events == []
    for lamps in (centre, roadside[SETTLED_S:]):
        assert OnlineMonitor(control.town.rules).judge_sequence(np.ascontiguousarray(lamps))[:, 0].sum() == 0
