"""Whatever operators, traffic and plans ask for and whenever: no lamp breaks a rule, and each change has its reason.

The rules are checked here in plain Python on the lamps that the control publishes.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.control import SignalControl
from signal_plans.day_plan import HOLIDAY, WEEKDAYS, Calendar, DayPlan, DayPlans, SwitchingTime
from signal_plans.files import read_junctions
from signal_plans.lamp import Lamp
from signal_plans.mode import ModeKind, mode_of
from signal_plans.observed import Observed
from signal_plans.operator_desk import OperatorDesk
from signal_plans.operator_wish import OperatorWish
from signal_plans.reasons import REASONS, SignalReason
from signal_plans.selection import SelectionData
from signal_plans.settings import SignalSettings
from traffic_core.gmns import read_network

SIX_S = 1_795_474_800 + 6 * 3_600
NAMES = ("N04", "N05")
NEXT = {Lamp.RED: Lamp.RED_AMBER, Lamp.RED_AMBER: Lamp.GREEN, Lamp.GREEN: Lamp.AMBER, Lamp.AMBER: Lamp.RED}
WORDS = ("P1", "P2", "computed", "off", "local")


@pytest.fixture(scope="module")
def supply(le_model):
    network = read_network(le_model)
    junctions = read_junctions(le_model, network)
    return network, {name: junctions[name] for name in NAMES}


def plans():
    """P2 from 06:05 on, computed from 06:13 on."""
    times = tuple(
        SwitchingTime(minute=minute, mode=mode_of(word)) for minute, word in ((0, "P1"), (365, "P2"), (373, "computed"))
    )
    plan = DayPlan(id="G", junctions=NAMES, days=dict.fromkeys((*WEEKDAYS, HOLIDAY), times))
    return DayPlans(calendar=Calendar(zone=ZoneInfo("Europe/Berlin")), plans=(plan,))


def check(layout, lamps):
    """Lamps (T, groups) keep sequence, minimum green and intergreens."""
    ended, begun = {}, {}
    for t in range(1, len(lamps)):
        for g, (name, group) in enumerate(layout.groups.items()):
            old, new = Lamp(int(lamps[t - 1][g])), Lamp(int(lamps[t][g]))
            if old is Lamp.GREEN and new is not Lamp.GREEN:
                ended[name] = t
                assert t - begun.get(name, -999) >= group.min_green_s
            if old is not new:
                follows = NEXT[old]
                if (follows is Lamp.RED_AMBER and not group.red_amber_s) or (
                    follows is Lamp.AMBER and not group.amber_s
                ):
                    follows = NEXT[follows]
                assert new is follows
            if new is Lamp.GREEN and old is not Lamp.GREEN:
                begun[name] = t
                for c, clearing in enumerate(layout.groups):
                    needed_s = layout.intergreen.times_s.get((clearing, name))
                    if needed_s is not None:
                        assert lamps[t][c] != Lamp.GREEN
                        assert t - ended.get(clearing, -999) >= needed_s


@pytest.mark.slow
@settings(max_examples=6)
@given(
    asked=st.lists(
        st.tuples(st.integers(1, 1_100), st.sampled_from(WORDS), st.integers(1, 20), st.sampled_from(NAMES)), max_size=6
    ),
    seed=st.integers(0, 2**31),
    silent_from=st.integers(0, 1_200),
)
def test_no_rule_is_broken_and_every_change_has_its_reason(supply, asked, seed, silent_from):
    network, junctions = supply
    control = SignalControl(junctions, network, SignalSettings(recompute_every_s=120), SelectionData(plans=plans()))
    desk = OperatorDesk(control)
    stream = np.random.default_rng(seed)
    vehicles = control.town.is_vehicle
    flow = np.where(vehicles, stream.uniform(50.0, 900.0, vehicles.size), 0.0)
    share = stream.uniform(0.0, 0.6, vehicles.size)
    shown = []
    for second in range(1_200):
        now_s = SIX_S + second
        for at_s, word, minutes, name in asked:
            if at_s == second:
                until_s = now_s + 60.0 * minutes
                wish = OperatorWish(
                    junction_id=name,
                    mode=mode_of(word),
                    valid_from_s=now_s,
                    valid_until_s=until_s,
                    text="x",
                    key_id="k",
                )
                desk.take(wish, now_s)
        known = vehicles & (second < silent_from or second > silent_from + 400)
        state = control.step(now_s, flow, known, Observed(occupancy_share=share))
        assert all(event.reason is not SignalReason.MONITOR_FAULT for event in state.events)
        assert all(decision.reason in REASONS for decision in state.decisions)
        shown.append(state.lamp)
    for j, junction in enumerate(junctions.values()):
        rows = control.town.groups(j)
        check(junction.layout, [lamps[rows] for lamps in shown])
        wanted = desk.wish(junction.layout.junction_id, SIX_S + 1_199)
        if wanted is not None and wanted.mode.kind is ModeKind.OFF and wanted.valid_from_s < SIX_S + 1_190:
            assert control.running(junction.layout.junction_id).kind is ModeKind.OFF
