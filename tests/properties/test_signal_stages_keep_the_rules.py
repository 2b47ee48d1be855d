"""Whatever stages are wished and whenever: no rule is broken, and centre, plain twin and roadside show the same."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.monitor import Fault, OnlineMonitor, lamps_of, monitor_rules
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.stage_leaving import HORIZON_S, plan_leave
from signal_plans.timing import programme_from_stages, stage_min_green_s
from simulator.roadside_controller import RoadsideController
from traffic_core.errors import InvalidValueError
from traffic_core.kernels.stage_run import run_stages

T0 = 1_795_500_000


@st.composite
def groups(draw, name):
    if draw(st.booleans()):
        return SignalGroup(
            id=name,
            kind=GroupKind.VEHICLE,
            min_green_s=draw(st.integers(5, 12)),
            amber_s=draw(st.integers(3, 5)),
            red_amber_s=draw(st.integers(1, 2)),
            turns=(f"turn {name}",),
            saturation_flow_veh_h=1_800.0,
        )
    return SignalGroup(
        id=name,
        kind=draw(st.sampled_from((GroupKind.PEDESTRIAN, GroupKind.CYCLE, GroupKind.BUS))),
        min_green_s=draw(st.integers(1, 12)),
        amber_s=draw(st.sampled_from((0, 2))),
        red_amber_s=draw(st.sampled_from((0, 0, 1, 3))),
    )


@st.composite
def junctions(draw):
    """Up to five groups with random conflicts and intergreens, and one stage built around each group."""
    names = [f"G{g}" for g in range(draw(st.integers(2, 5)))]
    members = {name: draw(groups(name)) for name in names}
    times_s = {}
    for a, b in combinations(names, 2):
        if draw(st.integers(0, 2)) or (a, b) == ("G0", "G1"):
            times_s[a, b], times_s[b, a] = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    stages = []
    for name in names:
        together = [name]
        for other in draw(st.permutations(names)):
            if other not in together and not any((other, each) in times_s for each in together):
                together.append(other)
        if frozenset(together) not in stages:
            stages.append(frozenset(together))
    try:
        layout = SignalLayout(
            junction_id="J",
            name="J",
            groups=members,
            intergreen=IntergreenMatrix(times_s),
            stages=tuple(Stage(id=str(s), groups=stage) for s, stage in enumerate(stages)),
        )
        greens_s = [max(4, green_s) for green_s in stage_min_green_s(layout)]
        programme = programme_from_stages(layout, greens_s, "own", draw(st.integers(0, 60)))
    except (InvalidValueError, UnsafeProgrammeError):
        assume(False)
        raise
    return Junction(layout=layout, programmes=(programme,))


wishes = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 45)), min_size=2, max_size=6)


def bound_s(layout):
    """Longest time until a wished stage is served: minimum, intergreen, amber, a second of red, red-amber."""
    parts = [(group.min_green_s, group.amber_s, group.red_amber_s) for group in layout.groups.values()]
    return sum(max(part) for part in zip(*parts, strict=True)) + max(layout.intergreen.times_s.values()) + 2


class Twin:
    """The same in plain words: one junction, lamps with the seconds at which they began."""

    def __init__(self, layout):
        self.layout = layout
        self.lamp = dict.fromkeys(layout.groups, Lamp.RED)
        self.began = dict.fromkeys(layout.groups, -10_000)
        self.ended = dict.fromkeys(layout.groups, -10_000)

    def step(self, t, wanted):
        before = dict(self.lamp)
        for name, group in self.layout.groups.items():
            shown_s = t - self.began[name]
            if before[name] is Lamp.GREEN and name not in wanted and shown_s >= group.min_green_s:
                self._set(name, t, Lamp.AMBER if group.amber_s else Lamp.RED)
                self.ended[name] = t
            elif before[name] is Lamp.AMBER and shown_s == group.amber_s:
                self._set(name, t, Lamp.RED)
            elif before[name] is Lamp.RED_AMBER and shown_s == group.red_amber_s:
                self._set(name, t, Lamp.GREEN)
        for name, group in self.layout.groups.items():
            if name in wanted and before[name] is Lamp.RED and self._is_clear(name, t + group.red_amber_s):
                self._set(name, t, Lamp.RED_AMBER if group.red_amber_s else Lamp.GREEN)
        return [int(lamp) for lamp in self.lamp.values()]

    def _is_clear(self, name, green_s):
        times_s = self.layout.intergreen.times_s
        others = [other for other in self.layout.groups if (other, name) in times_s]
        return all(
            self.lamp[other] in {Lamp.RED, Lamp.AMBER} and green_s - self.ended[other] >= times_s[other, name]
            for other in others
        )

    def _set(self, name, t, lamp):
        self.lamp[name], self.began[name] = lamp, t


def play(junction, sequence):
    """Lamps of kernel, twin and roadside controller under the same wishes, and the monitor behind them."""
    layout = junction.layout
    watch = OnlineMonitor(rules := monitor_rules([layout]))
    controller, twin = RoadsideController(junction), Twin(layout)
    controlled, lamp = np.ones(1, np.bool_), np.zeros(len(layout.groups), np.uint8)
    watch.remember(lamp)
    watch.remember(lamp)
    t, shown = T0, []
    for number, seconds in sequence:
        stage = layout.stages[number % len(layout.stages)]
        wanted = np.array([group in stage.groups for group in layout.groups], np.uint8)
        controller.wish(stage.groups, t)
        for _ in range(seconds):
            run_stages(controlled, wanted, *watch.memory, *rules, lamp)
            assert watch.judge_sequence(lamp[None, :])[0, 0] == 0
            controller.step(float(t))
            shown.append((lamp.tolist(), twin.step(t, stage.groups), [int(each) for each in controller.lamps.values()]))
            t += 1
        if seconds > bound_s(layout):
            assert [each == Lamp.GREEN for each in lamp] == wanted.astype(bool).tolist()
    return watch, controller, t, shown


@settings(max_examples=80, deadline=None)
@given(junctions(), wishes)
def test_no_wish_breaks_a_rule_every_wish_is_served_and_all_agree(junction, sequence):
    _, _, _, shown = play(junction, sequence)
    assert all(kernel == twin == roadside for kernel, twin, roadside in shown)


@settings(max_examples=40, deadline=None)
@given(junctions(), wishes, st.booleans())
def test_from_any_stage_the_programme_is_joined_in_time_by_centre_and_roadside_alike(junction, sequence, in_step):
    layout, programme = junction.layout, junction.fallback
    times_s = layout.intergreen.times_s
    # a controller at the roadside never shows red-amber while a conflicting group is green, as some programmes do
    assume(all(time_s >= layout.groups[entering].red_amber_s for (_, entering), time_s in times_s.items()))
    watch, controller, t, _ = play(junction, sequence)
    plan = plan_leave(watch.memory.copy(), programme, t - 1, t + 4, in_step=in_step)
    assert not isinstance(plan, Fault)
    assert t + 4 <= plan.at_s < t + HORIZON_S
    controller.command(plan.programme, plan.at_s)
    controller.wish(plan.groups, t, leads=True)
    wanted = np.array([group in plan.groups for group in layout.groups], np.uint8)
    lamp = np.zeros(len(layout.groups), np.uint8)
    cycle = lamps_of(layout, programme.cycle_s, programme.greens, 0, programme.cycle_s)
    for now in range(t, plan.at_s + 2 * programme.cycle_s):
        if now < plan.at_s:
            run_stages(np.ones(1, np.bool_), wanted, *watch.memory, *monitor_rules([layout]), lamp)
        else:
            lamp = cycle[plan.programme.second_at(now)].copy()
        assert watch.judge_sequence(lamp[None, :])[0, 0] == 0
        controller.step(float(now))
        assert [int(each) for each in controller.lamps.values()] == lamp.tolist()
    assert controller.programme == plan.programme
