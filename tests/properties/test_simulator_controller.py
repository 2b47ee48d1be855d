"""Whatever is commanded and whenever, the lamps of a junction stay safe in every second."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup
from simulator.roadside_controller import RoadsideController

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
