"""A roadside controller obeys, and keeps the safety itself."""

from __future__ import annotations

import pytest

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout
from signal_plans.monitor import switch_fault
from signal_plans.programme import GreenWindow
from signal_plans.switching import plan_switch
from simulator.roadside_controller import PATIENCE_S, TOLERANCE_S, RoadsideController
from traffic_core.errors import InvalidValueError

T0 = 1_795_500_000  # a cycle start of the first programme: divisible by 70


@pytest.fixture(name="junction")
def junction_fixture(junctions):
    return junctions["X"]


def run(controller, seconds, start_s=T0):
    rows = []
    for second in range(seconds):
        controller.step(float(start_s + second))
        rows.append(controller.lamps)
    return rows


def test_it_runs_its_own_first_programme_when_it_never_hears(junction):
    rows = run(RoadsideController(junction), 210)[70:]
    start = (T0 + 70) % 70
    assert start == T0 % 70
    for at, lamps in enumerate(rows, start=T0 + 70):
        second = junction.fallback.second_at(at)
        for group, lamp in lamps.items():
            assert (lamp is Lamp.GREEN) == junction.fallback.is_green(group, second)


def test_each_group_goes_through_red_amber_green_amber_red(junction):
    lamps = [row["WE"] for row in run(RoadsideController(junction), 300)]
    changes = [lamp for at, lamp in enumerate(lamps) if at == 0 or lamp is not lamps[at - 1]]
    sequence = [Lamp.RED, Lamp.RED_AMBER, Lamp.GREEN, Lamp.AMBER]
    first = sequence.index(changes[0])
    assert changes == [sequence[(first + at) % 4] for at in range(len(changes))]
    assert lamps[100:300].count(Lamp.AMBER) in {6, 8, 9}


def switched_at(controller, seconds):
    """When another programme takes over."""
    before = controller.programme
    for at in seconds:
        controller.step(float(at))
        if controller.programme != before:
            return at
    return None


@pytest.mark.parametrize("shift_s", [0, 1, 33])
def test_a_programme_takes_over_in_the_very_second_it_is_commanded_for(junction, programme_of, shift_s):
    running = programme_of(junction.layout, we=(shift_s, 30), ns=((36 + shift_s) % 70, 29))
    controller = RoadsideController(Junction(layout=junction.layout, programmes=(running,)))
    joined, at_s = plan_switch(running, junction.programmes[1], T0 + 80)
    assert running.second_at(at_s) == shift_s
    controller.command(joined, float(at_s))
    assert switched_at(controller, range(T0, T0 + 300)) == at_s
    assert controller.programme == joined


@pytest.mark.parametrize("heard_s", [20, 41, 55])
def test_a_command_heard_too_late_waits_for_a_moment_at_which_both_join(junction, heard_s):
    controller = RoadsideController(junction)
    first, second = junction.programmes
    run(controller, heard_s)
    controller.command(second, T0 + 5.0)
    at = switched_at(controller, range(T0 + heard_s, T0 + 500))
    faults = [switch_fault(first, first.second_at(t), second, second.second_at(t)) for t in range(T0 + heard_s, at + 1)]
    assert all(faults[:-1])
    assert faults[-1] is None


def test_where_no_moment_joins_both_the_controller_switches_under_its_own_protection(junction, monkeypatch):
    monkeypatch.setattr("simulator.roadside_controller.switch_fault", lambda *_: "a fault in every second")
    controller = RoadsideController(junction)
    run(controller, 20)
    controller.command(junction.programmes[1], float(T0))
    assert switched_at(controller, range(T0 + 20, T0 + 500)) == T0 + 20 + PATIENCE_S


def test_a_controller_whose_centre_is_silent_goes_back_to_its_own_programme(junction):
    controller = RoadsideController(junction)
    first, second = junction.programmes
    controller.command(second, T0 + 10.0, T0 + 300.0)
    run(controller, 200)
    controller.command(second, T0 + 10.0, T0 + 500.0)
    end_s = T0 + 500 + int(TOLERANCE_S)
    run(controller, end_s + 1 - T0 - 200, T0 + 200)
    assert controller.programme == second
    at = switched_at(controller, range(end_s + 1, end_s + 500))
    assert controller.programme == first
    assert switch_fault(second, second.second_at(at), first, first.second_at(at)) is None


def test_a_command_that_expired_before_its_time_is_forgotten(junction):
    controller = RoadsideController(junction)
    controller.command(junction.programmes[1], T0 + 100.0, T0 + 50.0)
    assert switched_at(controller, range(T0, T0 + 300)) is None


def test_a_command_for_what_runs_already_takes_back_the_one_that_waits(junction):
    controller = RoadsideController(junction)
    controller.command(junction.programmes[1], T0 + 100.0)
    controller.command(junction.fallback, float(T0))
    assert switched_at(controller, range(T0, T0 + 300)) is None


def test_the_last_command_before_a_switch_wins(junction, programme_of):
    controller = RoadsideController(junction)
    last = programme_of(junction.layout, "P3", cycle_s=80, ns=(36, 39))
    controller.command(junction.programmes[1], T0 + 1.0)
    controller.command(last, T0 + 1.0)
    run(controller, 150)
    assert controller.programme == last


def test_an_unsafe_command_is_refused_and_the_running_programme_goes_on(junction, programme_of):
    controller = RoadsideController(junction)
    loose = SignalLayout(
        junction_id="X",
        name="without its intergreens",
        groups=junction.layout.groups,
        intergreen=type(junction.layout.intergreen)({}),
        stages=junction.layout.stages,
    )
    unsafe = programme_of(loose, "P9", we=(0, 40), ns=(20, 40))
    with pytest.raises(UnsafeProgrammeError):
        controller.command(unsafe, T0 + 1.0)
    run(controller, 200)
    assert controller.programme == junction.fallback


def test_a_command_for_another_junction_is_refused(junction, programme_of):
    other = SignalLayout(
        junction_id="Y",
        name="elsewhere",
        groups=junction.layout.groups,
        intergreen=junction.layout.intergreen,
        stages=junction.layout.stages,
    )
    with pytest.raises(InvalidValueError, match="junction_id"):
        RoadsideController(junction).command(programme_of(other), T0 + 1.0)


def test_a_green_that_would_be_too_short_after_a_switch_is_left_out(junction, programme_of, monkeypatch):
    """The new programme enters NS with 6 s left of its green, less than the minimum of 10 s, and nobody objects."""
    monkeypatch.setattr("simulator.roadside_controller.switch_fault", lambda *_: None)
    controller = RoadsideController(junction)
    late = programme_of(junction.layout, "P4", offset_s=int((T0 + 70) - 59) % 70)
    run(controller, 70)
    controller.command(late, T0 + 70.0)
    rows = run(controller, 11, T0 + 70 + (-(T0 + 70)) % 70)
    assert controller.programme == late
    assert all(row["NS"] is not Lamp.GREEN for row in rows)
    assert GreenWindow(start_s=36, length_s=29) == late.greens["NS"][0]
