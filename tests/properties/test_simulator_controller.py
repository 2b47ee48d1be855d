"""Whatever is commanded and whenever, the lamps of a junction stay safe in every second."""

from __future__ import annotations

import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from simulator.lights import Lights
from simulator.roadside_controller import RoadsideController
from traffic_core.network import Network
from traffic_core.network_arrays import arrays_of

T0 = 1_795_500_000
FOLLOWERS = {
    Lamp.RED: {Lamp.RED, Lamp.RED_AMBER, Lamp.GREEN},
    Lamp.RED_AMBER: {Lamp.RED_AMBER, Lamp.GREEN},
    Lamp.GREEN: {Lamp.GREEN, Lamp.AMBER, Lamp.RED},
    Lamp.AMBER: {Lamp.AMBER, Lamp.RED},
}


def group(name, kind):
    vehicle = kind is GroupKind.VEHICLE
    return SignalGroup(
        id=name,
        kind=kind,
        min_green_s=5 if vehicle else 8,
        amber_s=3 if vehicle else 0,
        red_amber_s=1 if vehicle else 0,
        turns=(f"turn {name}",) if vehicle else (),
        saturation_flow_veh_h=1_800.0 if vehicle else 0.0,
    )


LAYOUT = SignalLayout(
    junction_id="X",
    name="three stages",
    groups={
        "K1": group("K1", GroupKind.VEHICLE),
        "K2": group("K2", GroupKind.VEHICLE),
        "K3": group("K3", GroupKind.VEHICLE),
        "F1": group("F1", GroupKind.PEDESTRIAN),
    },
    intergreen=IntergreenMatrix(
        {
            ("K1", "K2"): 5,
            ("K2", "K1"): 6,
            ("K1", "K3"): 7,
            ("K3", "K1"): 5,
            ("K2", "K3"): 4,
            ("K3", "K2"): 8,
            ("F1", "K1"): 9,
            ("K1", "F1"): 5,
        }
    ),
    stages=(
        Stage(id="1", groups=frozenset({"K1"})),
        Stage(id="2", groups=frozenset({"K2", "F1"})),
        Stage(id="3", groups=frozenset({"K3"})),
    ),
)


@st.composite
def programmes(draw):
    lengths = [draw(st.integers(5, 20)) for _ in range(3)]
    starts = [0, lengths[0] + 7, lengths[0] + lengths[1] + 14]
    cycle_s = starts[2] + lengths[2] + draw(st.integers(10, 25))
    shift = draw(st.integers(0, cycle_s - 1))
    greens = {
        name: (GreenWindow(start_s=(start + shift) % cycle_s, length_s=length),)
        for name, start, length in zip(("K1", "K2", "K3"), starts, lengths, strict=True)
    }
    greens["F1"] = (GreenWindow(start_s=greens["K2"][0].start_s, length_s=max(8, lengths[1] - 5)),)
    try:
        return SignalProgramme(
            id=f"P{cycle_s}", layout=LAYOUT, cycle_s=cycle_s, offset_s=draw(st.integers(0, cycle_s - 1)), greens=greens
        )
    except UnsafeProgrammeError:
        return None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(programmes().filter(bool), min_size=2, max_size=4),
    st.lists(st.integers(1, 150), min_size=3, max_size=3),
    st.sampled_from((-40, 0, 3)),
    st.booleans(),
)
def test_no_switch_breaks_intergreen_minimum_green_or_sequence(chosen, gaps, notice_s, careless):
    """Not even where the check before a switch is `careless` and lets every moment pass."""
    with pytest.MonkeyPatch.context() as patch:
        if careless:
            patch.setattr("simulator.roadside_controller.switch_fault", lambda *_: None)
        watch_every_second(chosen, gaps, notice_s)


def watch_every_second(chosen, gaps, notice_s):
    controller = RoadsideController(Junction(layout=LAYOUT, programmes=(chosen[0],)))
    commands = dict(zip((T0 + sum(gaps[: at + 1]) for at in range(3)), chosen[1:], strict=False))
    before = dict.fromkeys(LAYOUT.groups, Lamp.RED)
    green_since = dict.fromkeys(LAYOUT.groups, -1_000)
    green_until = dict.fromkeys(LAYOUT.groups, -1_000)
    for at in range(T0, T0 + 1_200):
        if at in commands:
            controller.command(commands[at], float(at + notice_s))
        controller.step(float(at))
        lamps = controller.lamps
        for name, lamp in lamps.items():
            assert lamp in FOLLOWERS[before[name]]
            if lamp is Lamp.GREEN and before[name] is not Lamp.GREEN:
                green_since[name] = at
                for other in LAYOUT.groups:
                    if LAYOUT.intergreen.conflict(other, name):
                        assert lamps[other] is not Lamp.GREEN
                        assert at - green_until[other] >= LAYOUT.intergreen.between_s(other, name)
            if lamp is not Lamp.GREEN and before[name] is Lamp.GREEN:
                green_until[name] = at
                assert at - green_since[name] >= LAYOUT.groups[name].min_green_s
        before = lamps
    running = controller.programme
    last = chosen[min(3, len(chosen) - 1)]
    assert running == last
    second = running.second_at(at)
    assert {name: lamp is Lamp.GREEN for name, lamp in before.items()} == {
        name: running.is_green(name, second) for name in LAYOUT.groups
    }


@settings(max_examples=40)
@given(programmes().filter(bool))
def test_a_settled_programme_repeats_itself_second_by_second(programme):
    """The state said to return every cycle does: a step leads from each second's to the next one's."""
    controller = RoadsideController(Junction(layout=LAYOUT, programmes=(programme,)))
    for second in range(T0, T0 + programme.cycle_s):
        controller.restore(second, controller.settled(second), controller.orders)
        assert controller.snapshot(second) == controller.settled(second)
        controller.step(float(second + 1))
        assert controller.snapshot(second + 1) == controller.settled(second + 1)


@settings(max_examples=25)
@given(st.lists(programmes().filter(bool), min_size=2, max_size=2), st.integers(1, 400), st.integers(0, 300))
def test_a_restored_controller_goes_on_as_the_one_it_was_taken_from(chosen, taken_s, heard_s):
    junction = Junction(layout=LAYOUT, programmes=(chosen[0],))
    one, other = RoadsideController(junction), RoadsideController(junction)
    for second in range(taken_s + 300):
        if second == heard_s:
            one.command(chosen[1], T0 + heard_s - 5.0, T0 + heard_s + 50.0)
        one.step(float(T0 + second))
        if second == max(taken_s, heard_s):
            other.restore(T0 + second, one.snapshot(T0 + second), one.orders)
        if second > max(taken_s, heard_s):
            other.step(float(T0 + second))
            assert (other.lamps, other.orders) == (one.lamps, one.orders)


commands = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 1_100), st.integers(0, 2_200).map(lambda half: half / 2)),
        st.integers(0, 3),
        st.sampled_from([-40.0, 0.0, 0.5, 3.0, 60.0, 400.0]),
        st.sampled_from([-20.0, 0.0, 1.0, 30.0, 30.5, 130.0, 300.0, float("inf")]),
        st.booleans(),
    ),
    max_size=12,
).map(sorted)
"""When it comes, s after the begin; which programme; how much later it is valid from, and until; and
whether it comes after everything else that happens at that time."""


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(programmes().filter(bool), min_size=4, max_size=4), commands, st.booleans())
def test_the_lights_show_what_a_controller_shows_that_is_stepped_every_second(chosen, orders, prolonged):
    """Whatever is commanded, again, too late, for too short: the table, the lamps and the programme are the same."""
    if prolonged:  # the same command again and again
        orders = [(at_s, 1, *rest) for at_s, _, *rest in orders]
    junction = Junction(layout=LAYOUT, programmes=(chosen[0],))
    plain = RoadsideController(junction)
    env = simpy.Environment(initial_time=float(T0))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulator.lights._signals_of", lambda _: [([], [0]), ([], [1]), ([], [2])])
        lights = Lights(arrays_of(Network(nodes={}, links={}, turns={}, detectors={})), {"X": junction}, watched=True)
    lights.start(env)
    waiting = list(orders)
    for second in range(1_200):
        now_s = T0 + second
        if second % 7 == 0 and now_s > env.now:  # at a whole second: the one before it
            env.run(until=now_s)
            assert (lights.lamps(), lights.programmes()) == ({"X": plain.lamps}, {"X": plain.programme})
        while waiting and waiting[0][0] <= second:
            at_s, which, notice_s, lasts_s, is_last = waiting.pop(0)
            if T0 + at_s > env.now:
                env.run(until=T0 + at_s)
            while is_last and env.peek() <= env.now:
                env.step()
            command = chosen[which], T0 + at_s + notice_s, T0 + at_s + lasts_s
            lights.command("X", *command)
            plain.command(*command)
        plain.step(float(now_s))
        env.run(until=now_s + 0.25)
        assert lights.lamps() == {"X": plain.lamps}
        assert lights.programmes() == {"X": plain.programme}
        table = lights.table
        column = int(now_s - table.origin_s[0]) % table.cycle_s[0]
        assert table.green[:, column].tolist() == [plain.lamps[name] is Lamp.GREEN for name in ("K1", "K2", "K3")]
    assert lights.faults() == {}
