"""Lights that sleep show under wishes for stages what controllers show that are stepped every second."""

from __future__ import annotations

import numpy as np
import pytest
import simpy

from signal_plans.lamp import Lamp
from signal_plans.monitor import OnlineMonitor, monitor_rules
from simulator.lights import Lights
from simulator.roadside_controller import TOLERANCE_S, RoadsideController
from traffic_core.errors import InvalidValueError
from traffic_core.network_arrays import arrays_of

T0 = 1_795_500_000
WE, NS = frozenset({"WE"}), frozenset({"NS"})


def orders(junctions, end_s):
    """Wishes that are prolonged, changed early and late, given up, and followed by programmes: by second."""
    first, second = junctions["X"].programmes
    found = {}
    for at in range(100, 400, 10):
        found[at] = [("wish", (WE if at // 50 % 2 else NS, T0 + at + 1.0, T0 + at + 30.0))]
    found[404] = [("wish", (WE, T0 + 409.0, T0 + 440.0))]
    found[406] = [("wish", (NS, T0 + 407.0, T0 + 440.0))]
    found[600] = [("command", (second, T0 + 640.0, T0 + 900.0)), ("lead", (WE, T0 + 601.0, T0 + 900.0))]
    found[1_000] = [("wish", (NS, T0 + 990.0, T0 + 1_030.0))]
    found[1_020] = [("command", (first, T0 + 1_021.0, T0 + 1_320.0))]
    found[1_200] = [("wish", (NS, T0 + 1_201.5, T0 + 1_300.0)), ("command", (second, T0 + 1_201.0))]
    return {at: each for at, each in found.items() if at < end_s}


def hand_over(device, name, arguments):
    if name == "lead":
        device.wish(*arguments, leads=True)
    else:
        getattr(device, name)(*arguments)


def stepped(junction, seconds, given):
    controller, rows = RoadsideController(junction), []
    for at in range(seconds):
        for name, arguments in given.get(at, []):
            hand_over(controller, name, arguments)
        controller.step(float(T0 + at))
        rows.append([int(lamp) for lamp in controller.lamps.values()])
    return rows, controller


def test_the_table_and_the_lamps_are_those_of_every_second(network, junctions):
    seconds = 1_500
    rows, _ = stepped(junctions["X"], seconds, orders(junctions, seconds))
    env = simpy.Environment(initial_time=float(T0))
    lights = Lights(arrays_of(network), junctions, watched=True)
    lights.start(env)
    given = orders(junctions, seconds)
    for at, row in enumerate(rows):
        for name, arguments in given.get(at, []):
            hand_over(lights, name, ("X", *arguments))
        env.run(until=T0 + at + 0.5)
        assert [int(lamp) for lamp in lights.lamps()["X"].values()] == row, at
        table = lights.table
        green = [
            int(table.green[s, int(T0 + at - table.origin_s[s]) % table.cycle_s[s]]) for s in range(len(table.cycle_s))
        ]
        assert green == [int(lamp == Lamp.GREEN) for lamp in row], at
    assert lights.faults() == {}


def test_a_wish_that_has_come_true_is_not_looked_after_any_more(network, junctions):
    env = simpy.Environment(initial_time=float(T0))
    lights = Lights(arrays_of(network), junctions)
    lights.start(env)
    env.run(until=T0 + 100.0)
    lights.wish("X", WE, T0 + 101.0)
    env.run(until=T0 + 160.0)
    events = 0
    while env.peek() < T0 + 5_000.0:
        env.step()
        events += 1
    assert events <= 2
    assert lights.lamps()["X"]["WE"] is Lamp.GREEN


def test_a_controller_that_hears_nothing_more_goes_back_to_its_own_programme(junctions):
    rows, controller = stepped(junctions["X"], 700, {200: [("wish", (NS, T0 + 201.0, T0 + 230.0))]})
    alone, _ = stepped(junctions["X"], 700, {})
    until = 230 + int(TOLERANCE_S)
    assert all(row == [Lamp.RED, Lamp.GREEN] for row in rows[225 : until + 1])
    assert rows[until + 150 :] == alone[until + 150 :]
    assert controller.orders.wish is None
    watch = OnlineMonitor(monitor_rules([junctions["X"].layout]))
    assert watch.judge_sequence(np.array(rows, np.uint8))[0, 0] == 0


@pytest.mark.parametrize(("groups", "named"), [({"WE", "NS"}, "conflicting"), ({"XY"}, "XY")])
def test_a_wish_for_what_conflicts_or_is_not_known_is_refused_and_changes_nothing(network, junctions, groups, named):
    env = simpy.Environment(initial_time=float(T0))
    lights = Lights(arrays_of(network), junctions)
    lights.start(env)
    env.run(until=T0 + 100.0)
    before = lights.table.green.copy()
    with pytest.raises(InvalidValueError, match=named):
        lights.wish("X", groups, T0 + 101.0)
    assert (lights.table.green == before).all()
