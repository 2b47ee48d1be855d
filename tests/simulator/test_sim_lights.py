"""The lights of the town show what their controllers would show that are stepped every second, and sleep meanwhile."""

from __future__ import annotations

import math

import numpy as np
import pytest
import simpy

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.junction import Junction
from signal_plans.lamp import Lamp
from signal_plans.layout import SignalLayout, Stage
from signal_plans.signal_group import GroupKind, SignalGroup
from simulator.lights import Lights
from simulator.roadside_controller import TOLERANCE_S, RoadsideController
from traffic_core.errors import InvalidValueError
from traffic_core.network_arrays import arrays_of

T0 = 1_795_500_000
DAY_S = 86_400


@pytest.fixture(name="arrays")
def arrays_fixture(network):
    return arrays_of(network)


def begun(arrays, junctions, *, watched=False):
    env = simpy.Environment(initial_time=float(T0))
    lights = Lights(arrays, junctions, watched=watched)
    lights.start(env)
    return env, lights


def events_until(env, end_s):
    """Run up to `end_s`; return how many events that took."""
    count = 0
    while env.peek() < end_s:
        env.step()
        count += 1
    env.run(until=end_s)
    return count


def shown(lights, t):
    """What the table says of each signal at `t`, in the words of the formula."""
    table = lights.table
    return [
        int(table.green[s, int(math.floor(t) - table.origin_s[s]) % table.cycle_s[s]])
        for s in range(len(table.cycle_s))
    ]


def stepped(junction, seconds, commands=()):
    """Lamps of a controller that is stepped every second from T0 on; `commands` are (second, arguments)."""
    controller = RoadsideController(junction)
    rows = []
    for second in range(seconds):
        for at_s, arguments in commands:
            if at_s == second:
                controller.command(*arguments)
        controller.step(float(T0 + second))
        rows.append(controller.lamps)
    return rows


def test_the_table_and_the_lamps_are_those_of_every_second(arrays, junctions):
    command = (junctions["X"].programmes[1], T0 + 300.0, T0 + 700.0)
    rows = stepped(junctions["X"], 1_200, [(250, command)])
    env, lights = begun(arrays, junctions)
    for second, row in enumerate(rows):
        if second == 250:
            lights.command("X", *command)
        env.run(until=T0 + second + 0.5)
        assert lights.lamps() == {"X": row}
        assert shown(lights, env.now) == [int(lamp is Lamp.GREEN) for lamp in row.values()]


def test_every_turn_knows_its_signal_and_the_others_have_none(arrays, junctions):
    signal = Lights(arrays, junctions).table.turn_signal
    groups = list(junctions["X"].layout.groups.values())
    for turn, index in arrays.turn_index.items():
        serving = [row for row, group in enumerate(groups) if turn in group.turns]
        assert signal[index] == (serving[0] if serving else -1)


def test_a_controller_that_repeats_itself_costs_nothing(arrays, junctions):
    env, lights = begun(arrays, junctions)
    assert events_until(env, T0 + 300.0) < 10
    assert lights.table.cycle_s.tolist() == [70, 70]
    assert events_until(env, T0 + 10.0 * DAY_S) <= 1
    expected = [
        int(junctions["X"].fallback.is_green(g, junctions["X"].fallback.second_at(env.now))) for g in ("WE", "NS")
    ]
    assert shown(lights, env.now) == expected


def test_a_command_said_again_does_not_disturb_the_sleep(arrays, junctions):
    env, lights = begun(arrays, junctions)
    second = junctions["X"].programmes[1]
    lights.command("X", second, T0 + 5.0, T0 + 310.0)
    env.run(until=T0 + 300.0)
    origin_s = lights.table.origin_s.copy()
    for at_s in range(305, 3_900, 120):
        env.run(until=T0 + float(at_s))
        lights.command("X", second, T0 + 5.0, T0 + at_s + 310.0)
    assert lights.programmes() == {"X": second}
    assert np.array_equal(lights.table.origin_s, origin_s)
    env.run(until=T0 + 3_785.0 + 310.0 + TOLERANCE_S + 300.0)
    assert lights.programmes() == {"X": junctions["X"].fallback}


@pytest.mark.parametrize("valid_for_s", [40.0, 40.5, 300.0])
def test_a_command_that_shortens_its_validity_is_heard(arrays, junctions, valid_for_s):
    second = junctions["X"].programmes[1]
    commands = [(0, (second, T0 + 1.0)), (400, (second, T0 + 1.0, T0 + 400.0 + valid_for_s))]
    rows = stepped(junctions["X"], 900, commands)
    env, lights = begun(arrays, junctions)
    for at, row in enumerate(rows):
        for at_s, command in commands:
            if at_s == at:
                lights.command("X", *command)
        env.run(until=T0 + at + 0.75)
        assert lights.lamps()["X"] == row


def test_an_unsafe_command_changes_nothing(arrays, junctions, programme_of):
    env, lights = begun(arrays, junctions)
    layout = junctions["X"].layout
    loose = SignalLayout(
        junction_id="X", name="loose", groups=layout.groups, intergreen=IntergreenMatrix({}), stages=layout.stages
    )
    env.run(until=T0 + 300.0)
    before = [array.copy() for array in lights.table]
    with pytest.raises(UnsafeProgrammeError):
        lights.command("X", programme_of(loose, "P9", we=(0, 40), ns=(20, 40)), T0 + 301.0)
    env.run(until=T0 + 600.0)
    assert all(np.array_equal(a, b) for a, b in zip(before, lights.table, strict=True))


def test_a_command_for_an_unknown_junction_is_refused(arrays, junctions):
    _, lights = begun(arrays, junctions)
    with pytest.raises(InvalidValueError, match=r"junction_id = 'Z'.*must name a junction"):
        lights.command("Z", junctions["X"].fallback, T0 + 1.0)


def vehicle(name, *turns):
    return SignalGroup(
        id=name,
        kind=GroupKind.VEHICLE,
        min_green_s=5,
        amber_s=3,
        red_amber_s=2,
        turns=turns,
        saturation_flow_veh_h=1_800.0,
    )


def two_groups(network, first, second, intergreen, programme_of, **windows):
    layout = SignalLayout(
        junction_id="X",
        name="Crossing",
        groups={"WE": vehicle("WE", *first), "NS": vehicle("NS", *second)},
        intergreen=IntergreenMatrix(intergreen),
        stages=(Stage(id="1", groups=frozenset({"WE"})), Stage(id="2", groups=frozenset({"NS"}))),
    )
    return {"X": Junction(layout=layout, programmes=(programme_of(layout, **windows),))}


def test_a_turn_of_two_groups_is_open_where_either_is_green(network, arrays, programme_of):
    names = [turn for turn in network.turns if turn.split("-")[1] == "X"][:3]
    junctions = two_groups(network, names[:2], names[1:], {}, programme_of, we=(0, 20), ns=(40, 20))
    env, lights = begun(arrays, junctions)
    env.run(until=T0 + 300.5)
    first, both, second = (int(lights.table.turn_signal[arrays.turn_index[name]]) for name in names)
    assert sorted({first, both, second}) == [0, 1, 2]
    for t in range(70):
        now = shown(lights, T0 + 300 + t)
        assert now[both] == max(now[first], now[second])
    assert sum(shown(lights, T0 + 300 + t)[both] for t in range(70)) == 40


def test_red_amber_longer_than_the_intergreen_stays_exact(network, arrays, programme_of):
    """NS enters one second after WE has ended, but must not show red-amber beside its green: it begins late."""
    names = [turn for turn in network.turns if turn.split("-")[1] == "X"]
    pairs = {("WE", "NS"): 1, ("NS", "WE"): 5}
    junctions = two_groups(network, names[:1], names[1:2], pairs, programme_of, we=(0, 30), ns=(31, 29))
    rows = stepped(junctions["X"], 400)
    env, lights = begun(arrays, junctions)
    for at, row in enumerate(rows):
        env.run(until=T0 + at + 0.5)
        assert lights.lamps()["X"] == row
    assert [row["NS"] for row in rows[-140:]].count(Lamp.GREEN) == 2 * 28


def test_a_watched_day_with_switches_breaks_no_rule(arrays, junctions):
    env, lights = begun(arrays, junctions, watched=True)
    for at in range(0, DAY_S, 1_800):
        env.run(until=T0 + at + 0.25)
        lights.command("X", junctions["X"].programmes[at // 1_800 % 2], env.now + at % 50, env.now + 1_000.0)
    env.run(until=T0 + DAY_S)
    assert lights.faults() == {}


def test_the_watch_tells_a_breach_and_its_second(arrays, junctions):
    env, lights = begun(arrays, junctions, watched=True)
    env.run(until=T0 + 400.0)
    assert lights.faults() == {}
    broken = lights._forecasts["X"]
    broken.lamps = broken.lamps.copy()
    broken.lamps[:, 0] = Lamp.AMBER
    env.run(until=T0 + 500.0)
    fault = lights.faults()["X"]
    assert fault.clearing == "WE"
    assert fault.kind in {"sequence", "min_green"}
    assert T0 + 400 <= fault.second < T0 + 500


def test_an_unwatched_town_has_no_judgement(arrays, junctions):
    _, lights = begun(arrays, junctions)
    with pytest.raises(InvalidValueError, match="watched"):
        lights.faults()


def test_a_turn_obeys_one_junction_only(arrays, junctions):
    with pytest.raises(InvalidValueError, match=r"junction\[again\].turns"):
        Lights(arrays, {"X": junctions["X"], "again": junctions["X"]})


def test_lights_that_were_not_started_have_no_judgement(arrays, junctions):
    lights = Lights(arrays, junctions, watched=True)
    assert (lights.lamps(), lights.programmes(), lights.faults()) == ({}, {}, {})
    with pytest.raises(InvalidValueError, match="junction_id"):
        lights.command("X", junctions["X"].fallback, T0 + 1.0)
