"""Over hours of random traffic, silent detectors and odd clocks, no lamp breaks a rule.

The rules are checked here a third time, in plain Python on the lamps that the control publishes.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.control import SignalControl
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.settings import SignalSettings
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.timing import programme_from_stages
from traffic_core.network import Link, Movement, Network, Node, NodeControl, RoadClass, Turn
from traffic_core.provenance import Confidence, Provenance

START_S = 1_800_000_000
MADE_UP = Provenance(source="made up for a test", confidence=Confidence.ESTIMATED)
NEXT = {Lamp.RED: Lamp.RED_AMBER, Lamp.RED_AMBER: Lamp.GREEN, Lamp.GREEN: Lamp.AMBER, Lamp.AMBER: Lamp.RED}


def link(name, from_node, to_node, line):
    return Link(
        id=name,
        name=name,
        from_node=from_node,
        to_node=to_node,
        line=line,
        length_m=222.4,
        free_speed_m_s=13.9,
        lanes=1,
        capacity_veh_h=1_800.0,
        road_class=RoadClass.SECONDARY,
        provenance=MADE_UP,
    )


def three_arms():
    """A junction of three arms; every approach has one group for all its turns."""
    places = {"A": (0.0, 0.002), "B": (0.002, 0.0), "C": (0.0, -0.002)}
    nodes = {"J": Node(id="J", name="J", position=(0.0, 0.0), control=NodeControl.SIGNAL, provenance=MADE_UP)}
    links, turns = {}, {}
    for arm, place in places.items():
        nodes[arm] = Node(id=arm, name=arm, position=place, control=NodeControl.GATE, provenance=MADE_UP)
        links[f"{arm}i"] = link(f"{arm}i", arm, "J", (place, (0.0, 0.0)))
        links[f"{arm}o"] = link(f"{arm}o", "J", arm, ((0.0, 0.0), place))
    for a in places:
        for b in places:
            if a != b:
                turns[a + b] = Turn(
                    id=a + b, node_id="J", from_link=f"{a}i", to_link=f"{b}o", movement=Movement.THROUGH
                )
    return Network(nodes=nodes, links=links, turns=turns)


def vehicle(name):
    return SignalGroup(
        id=name,
        kind=GroupKind.VEHICLE,
        min_green_s=6,
        amber_s=3,
        red_amber_s=1,
        turns=tuple(name + other for other in "ABC" if other != name),
        saturation_flow_veh_h=1_800.0,
    )


def three_stage_junction():
    """A and C together, then B, then C alone with pedestrians over A's arm; C runs over the cycle end.

    The fallback is not made of stages: its cycle begins in the middle of a green and the pedestrians go early.
    """
    walkers = SignalGroup(id="F", kind=GroupKind.PEDESTRIAN, min_green_s=7, amber_s=0, red_amber_s=0)
    groups = {group.id: group for group in (vehicle("A"), vehicle("B"), vehicle("C"), walkers)}
    one_way = {("A", "B"): 5, ("C", "B"): 6, ("B", "F"): 4, ("A", "F"): 5}
    back = {("B", "A"): 4, ("B", "C"): 5, ("F", "B"): 9, ("F", "A"): 8}
    layout = SignalLayout(
        junction_id="J",
        name="J",
        groups=groups,
        intergreen=IntergreenMatrix(one_way | back),
        stages=(
            Stage(id="1", groups=frozenset("AC")),
            Stage(id="2", groups=frozenset("B")),
            Stage(id="3", groups=frozenset("CF")),
        ),
    )
    drawn = {"A": (70, 22), "C": (39, 53), "B": (98, 30), "F": (39, 23)}
    greens = {
        group: (GreenWindow(start_s=start_s % 100, length_s=length_s),) for group, (start_s, length_s) in drawn.items()
    }
    fallback = SignalProgramme(id="fixed", layout=layout, cycle_s=100, offset_s=33, greens=greens)
    return Junction(layout=layout, programmes=(fallback,))


def two_stage_junction():
    groups = {name: vehicle(name) for name in "ABC"}
    times_s = {(a, "B"): 6 for a in "AC"} | {("B", a): 5 for a in "AC"}
    layout = SignalLayout(
        junction_id="J",
        name="J",
        groups=groups,
        intergreen=IntergreenMatrix(times_s),
        stages=(Stage(id="1", groups=frozenset("AC")), Stage(id="2", groups=frozenset("B"))),
    )
    return Junction(layout=layout, programmes=(programme_from_stages(layout, (25, 20), "fixed", 7),))


def broken_rules(layout, lamps):
    """Every breach in a history of lamps, one row a second, watched without any code of the project."""
    broken = []
    for g, group in enumerate(layout.groups.values()):
        runs = [[lamps[0][g], 0]]
        for row in lamps:
            if row[g] != runs[-1][0]:
                runs.append([row[g], 0])
            runs[-1][1] += 1
        exact = {Lamp.AMBER: group.amber_s, Lamp.RED_AMBER: group.red_amber_s}
        for i, (lamp, seconds) in enumerate(runs[:-1]):
            wanted = NEXT[lamp]
            while exact.get(wanted) == 0:
                wanted = NEXT[wanted]
            if runs[i + 1][0] != wanted:
                broken.append(f"{group.id}: {lamp} then {runs[i + 1][0]}")
            if i and lamp in exact and seconds != exact[lamp]:
                broken.append(f"{group.id}: {lamp} for {seconds} s")
            if i and lamp == Lamp.GREEN and seconds < group.min_green_s:
                broken.append(f"{group.id}: green for {seconds} s")
    names = list(layout.groups)
    for (clearing, entering), needed_s in layout.intergreen.times_s.items():
        c, e = names.index(clearing), names.index(entering)
        since_s = 10_000
        for t, row in enumerate(lamps):
            since_s = 0 if row[c] == Lamp.GREEN else since_s + 1
            enters = row[e] == Lamp.GREEN and t > 0 and lamps[t - 1][e] != Lamp.GREEN
            if row[e] == Lamp.GREEN and since_s == 0:
                broken.append(f"{clearing} and {entering} green at {t}")
            elif enters and since_s - 1 < needed_s:
                broken.append(f"{clearing} -> {entering} after {since_s - 1} s at {t}")
    return broken


FLOWS = st.lists(st.sampled_from((0.0, 50.0, 300.0, 700.0, 1_500.0)), min_size=3, max_size=3)
EPISODES = st.lists(
    st.tuples(st.integers(20, 500), FLOWS, st.sampled_from((None, None, None, 0, 2))), min_size=4, max_size=10
)


def play(control, episodes, back_s=()):
    """Lamps of every second, and the decisions; after an episode the clock may jump back by some seconds."""
    groups = len(control.town.is_vehicle)
    lamps, decisions, events, t = [], [], [], START_S
    for number, (seconds, flows, silent) in enumerate(episodes):
        flow, known = np.zeros(groups), control.town.is_vehicle.copy()
        flow[:3] = flows
        if silent is not None:
            known[silent] = False
        for _ in range(seconds):
            state = control.step(t, flow, known)
            lamps.append(tuple(state.lamp.tolist()))
            decisions += state.decisions
            events += state.events
            t += 1
        if number < len(back_s):
            t -= back_s[number]
    return lamps, decisions, events


@pytest.mark.parametrize("junction", [two_stage_junction(), three_stage_junction()], ids=["two stages", "three stages"])
@settings(max_examples=10, deadline=None)
@given(episodes=EPISODES, back_s=st.lists(st.integers(2, 4_000), max_size=2))
def test_lamps_keep_every_rule_through_switches_outages_and_clock_steps(junction, episodes, back_s):
    control = SignalControl({"J": junction}, three_arms(), SignalSettings(recompute_every_s=60))
    lamps, _, events = play(control, episodes, back_s)
    assert broken_rules(junction.layout, lamps) == []
    assert events == []


@settings(max_examples=8, deadline=None)
@given(episodes=EPISODES, cut=st.integers(1, 600))
def test_a_restart_in_the_middle_keeps_every_rule(episodes, cut):
    junction = three_stage_junction()
    first = SignalControl({"J": junction}, three_arms(), SignalSettings(recompute_every_s=60))
    flow, known = np.array([700.0, 300.0, 100.0, 0.0]), first.town.is_vehicle
    lamps = [tuple(first.step(START_S + i, flow, known).lamp.tolist()) for i in range(cut)]
    second = SignalControl({"J": junction}, three_arms(), SignalSettings(recompute_every_s=60))
    second.restore(first.commands())
    for i, flows in enumerate(episode[1] for episode in episodes):
        for t in range(60):
            state = second.step(START_S + cut + 60 * i + t, np.array([*flows, 0.0]), known)
            lamps.append(tuple(state.lamp.tolist()))
    assert broken_rules(junction.layout, lamps) == []


@settings(max_examples=3, deadline=None)
@given(episodes=EPISODES)
def test_same_input_gives_the_same_decisions(episodes):
    histories = [
        play(SignalControl({"J": two_stage_junction()}, three_arms(), SignalSettings(recompute_every_s=60)), episodes)
        for _ in range(2)
    ]
    assert histories[0] == histories[1]


def test_the_checker_of_this_file_sees_what_is_wrong():
    layout = two_stage_junction().layout
    red, green = Lamp.RED, Lamp.GREEN
    assert broken_rules(layout, [(red, red, red), (green, red, red)]) == ["A: 0 then 2"]
    assert broken_rules(layout, [(green, red, red), (Lamp.AMBER, Lamp.GREEN, red)])[-1] == "A -> B after 0 s at 1"
