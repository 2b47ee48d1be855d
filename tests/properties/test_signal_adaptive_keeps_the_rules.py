"""Between programmes and adaptive control, whatever happens: no lamp breaks a rule, and the roadside shows the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.adaptive.settings import AdaptiveSettings
from signal_plans.adaptive.sightings import Sightings
from signal_plans.announcement import Announcement, validity_s
from signal_plans.control import SignalControl
from signal_plans.files import read_junctions
from signal_plans.mode import ModeKind, mode_of
from signal_plans.monitor import OnlineMonitor
from signal_plans.observed import Observed
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import REASONS, SignalReason
from signal_plans.settings import SignalSettings
from simulator.roadside_controller import RoadsideController
from traffic_core.gmns import read_network

START_S = 1_795_474_800
END_S = 1_100
SETTLED_S = 300
NAMES = ("N04", "N05", "N09")
WORDS = ("P1", "P2", "computed", "adaptive")
NOBODY = Sightings(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))


class Supply:
    """Kept in a class that says little of itself: failing examples are printed."""

    def __init__(self, folder):
        self.network = read_network(folder)
        junctions = read_junctions(folder, self.network)
        self.junctions = {name: junctions[name] for name in NAMES}


@pytest.fixture(scope="module")
def supply(le_model):
    return Supply(le_model)


class Moody:
    """Wishes any stage at any time, wherever one may end or not."""

    def __init__(self, control_stages, seed, every):
        self.exits = ()
        self.settings = AdaptiveSettings()
        self._stages, self._every = control_stages, every
        self._stream = np.random.default_rng(seed)

    def step(self, _sightings, _running, _exit_slow, _requests, _red_cost_s):
        wishes = self._stream.integers(0, self._stages)
        return np.where(self._stream.integers(0, self._every, len(wishes)) == 0, wishes, -1)


def take(desk, second, asked):
    for at_s, word, minutes, name in asked:
        if at_s == second:
            now_s = START_S + second
            wish = OperatorWish(
                junction_id=name,
                mode=mode_of(word),
                valid_from_s=now_s,
                valid_until_s=now_s + 60.0 * minutes,
                text="x",
                key_id="k",
            )
            desk.take(wish, now_s)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(1, 1_000), st.sampled_from(WORDS), st.integers(1, 6), st.sampled_from(NAMES)), max_size=8
    ),
    seed=st.integers(0, 2**31),
    every=st.sampled_from((1, 5, 30, 10_000)),
    stale=st.lists(st.tuples(st.integers(0, 1_000), st.integers(1, 90)), max_size=3),
    silent_from=st.integers(0, 1_100),
)
def test_no_rule_is_broken_and_the_roadside_agrees(supply, asked, seed, every, stale, silent_from):
    network, junctions = supply.network, supply.junctions
    stages = np.array([len(junction.layout.stages) for junction in junctions.values()])
    control = SignalControl(
        junctions, network, SignalSettings(recompute_every_s=120), adaptive=Moody(stages, seed, every)
    )
    control.adaptive_allowed[:] = True
    desk, announcement = OperatorDesk(control), Announcement()
    roadside = {name: RoadsideController(junction) for name, junction in junctions.items()}
    vehicles = control.town.is_vehicle
    flow = np.where(vehicles, np.random.default_rng(seed).uniform(50.0, 500.0, vehicles.size), 0.0)
    watch = OnlineMonitor(control.town.rules)
    for second in range(END_S):
        now_s = START_S + second
        take(desk, second, asked)
        ready = second > SETTLED_S and not any(from_s <= second < from_s + for_s for from_s, for_s in stale)
        observed = Observed(adaptive_ready=np.full(len(junctions), ready), sightings=NOBODY if ready else None)
        state = control.step(now_s, flow, vehicles & (second < silent_from), observed)
        for controller in roadside.values():
            controller.step(float(now_s))
        for decision in announcement.due(control, state.decisions, now_s):
            until_s, controller = now_s + validity_s(decision), roadside[decision.junction_id]
            leads = decision.kind is ModeKind.PROGRAMME
            if leads:
                controller.command(decision.programme, decision.valid_from_s, until_s)
            if decision.wish is not None:
                controller.wish(decision.wish.groups, decision.wish.from_s, until_s, leads=leads)
        told = {event.reason for event in state.events}
        assert not told & {SignalReason.MONITOR_FAULT, SignalReason.REFUSED_BY_MONITOR}
        assert told <= set(REASONS)
        assert watch.judge_sequence(state.lamp[None, :])[:, 0].sum() == 0
        if second > SETTLED_S:
            assert state.lamp.tolist() == [lamp for each in roadside.values() for lamp in each.lamps.values()]
