"""Under adaptive control too the centre's picture of the lamps and the lamps of the roadside are the same."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.adaptive.control import AdaptiveControl, AdaptiveSettings
from signal_plans.adaptive.sightings import Sightings
from signal_plans.announcement import Announcement, validity_s
from signal_plans.control import SignalControl
from signal_plans.files import read_junctions
from signal_plans.lamp import Lamp
from signal_plans.mode import ModeKind
from signal_plans.monitor import OnlineMonitor
from signal_plans.observed import Observed
from signal_plans.reasons import SignalReason
from signal_plans.settings import SignalSettings
from signal_plans.stage_guard import LONGEST_RED_S
from signal_plans.streams.from_layout import stream_town
from simulator.roadside_controller import RoadsideController
from traffic_core.gmns import read_network

START_S = 1_795_246_200
ON_S, STALE_S, END_S = 300, 900, 1_100
"""By the first of them each controller has left the all-red it starts with."""
VEHICLES = 60

pytestmark = pytest.mark.slow


def sightings(lanes, t):
    """Vehicles in made-up places, other ones in every second."""
    k = np.arange(VEHICLES, dtype=np.int64) * 7_919 + t * 104_729
    return Sightings(
        lane=np.sort(k * 31 % 1_009 % lanes),
        distance_m=1.0 + k % 97,
        speed_m_s=(k % 131) / 10.0,
        weight_veh=np.ones(VEHICLES),
    )


def hand_over(decision, controller, until_s):
    leads = decision.kind is ModeKind.PROGRAMME
    if leads:
        controller.command(decision.programme, decision.valid_from_s, until_s)
    if decision.wish is not None:
        controller.wish(decision.wish.groups, decision.wish.from_s, until_s, leads=leads)


@pytest.fixture(name="history", scope="module")
def history_fixture(le_model):
    """Ten minutes of adaptive control at all junctions, between two stretches of programmes."""
    network = read_network(le_model)
    junctions = read_junctions(le_model, network)
    adaptive = AdaptiveControl(
        stream_town(network, [junction.layout for junction in junctions.values()]), AdaptiveSettings()
    )
    control = SignalControl(junctions, network, SignalSettings(), adaptive=adaptive)
    control.adaptive_allowed[:] = True
    roadside = {junction_id: RoadsideController(junction) for junction_id, junction in junctions.items()}
    announcement, groups = Announcement(), control.town.is_vehicle.size
    lamps, said, events = [], [], []
    for t in range(END_S):
        works = ON_S <= t < STALE_S
        observed = Observed(
            adaptive_ready=np.full(len(junctions), works),
            sightings=sightings(len(adaptive.places.lanes), t) if works else None,
        )
        state = control.step(START_S + t, np.zeros(groups), np.zeros(groups, np.bool_), observed)
        for controller in roadside.values():
            controller.step(float(START_S + t))
        for decision in announcement.due(control, state.decisions, START_S + t):
            hand_over(decision, roadside[decision.junction_id], START_S + t + validity_s(decision))
        lamps.append((state.lamp, [lamp for each in roadside.values() for lamp in each.lamps.values()]))
        said += state.decisions
        events += state.events
    centre, road = (np.array([pair[i] for pair in lamps], np.uint8) for i in range(2))
    return control, centre, road, said, events


def test_every_junction_was_under_adaptive_control_and_is_back_on_a_programme(history):
    control, _, _, said, events = history
    for junction_id in control.junction_ids:
        own = [decision for decision in said if decision.junction_id == junction_id]
        assert sum(decision.kind is ModeKind.ADAPTIVE for decision in own) > 5
        assert own[-1].kind is ModeKind.PROGRAMME
        assert own[-1].valid_from_s <= START_S + STALE_S + 120
        assert control.running(junction_id).kind is ModeKind.PROGRAMME
    assert {event.reason for event in events} == {SignalReason.ADAPTIVE_DEGRADED}


def test_lamps_at_the_roadside_are_those_of_the_centre_in_every_second(history):
    _, centre, road, _, _ = history
    assert np.argwhere(centre[ON_S:] != road[ON_S:]).tolist() == []


def test_the_monitor_objects_to_no_second_of_either(history):
    control, centre, road, _, _ = history
    for lamps in (centre, np.ascontiguousarray(road[ON_S:])):
        assert OnlineMonitor(control.town.rules).judge_sequence(lamps)[:, 0].sum() == 0


def test_nobody_on_foot_waits_much_longer_than_the_longest_red(history):
    control, centre, _, _, _ = history
    green = centre[ON_S:STALE_S] == Lamp.GREEN
    for group in np.flatnonzero(~control.town.is_vehicle).tolist():
        times = np.concatenate(([0], np.flatnonzero(green[:, group]), [len(green)]))
        assert np.diff(times).max() <= LONGEST_RED_S + 60
