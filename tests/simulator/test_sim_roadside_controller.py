"""A roadside controller obeys, and keeps the safety itself."""

from __future__ import annotations

import pytest

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.layout import SignalLayout
from signal_plans.programme import GreenWindow
from simulator.roadside_controller import Lamp, RoadsideController
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


def test_a_programme_waits_for_its_time_and_for_the_cycle_start(junction):
    controller = RoadsideController(junction)
    first, second = junction.programmes
    controller.command(second, T0 + 80.0)
    for at in range(T0, T0 + 300):
        controller.step(float(at))
        if controller.programme is not first:
            break
    assert first.second_at(at) == 0
    assert at >= T0 + 80
    assert controller.programme == second


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


def test_a_green_that_would_be_too_short_after_a_switch_is_left_out(junction, programme_of):
    """The new programme enters NS with 6 s left of its green, less than the minimum of 10 s."""
    controller = RoadsideController(junction)
    late = programme_of(junction.layout, "P4", offset_s=int((T0 + 70) - 59) % 70)
    run(controller, 70)
    controller.command(late, T0 + 70.0)
    rows = run(controller, 11, T0 + 70 + (-(T0 + 70)) % 70)
    assert controller.programme == late
    assert all(row["NS"] is not Lamp.GREEN for row in rows)
    assert GreenWindow(start_s=36, length_s=29) == late.greens["NS"][0]
