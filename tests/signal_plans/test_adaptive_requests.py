"""Buses and buttons in adaptive control: from names of groups to wishes for stages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from signal_plans.adaptive.call_points import CallPoint, buttons, call_points, with_requests
from signal_plans.adaptive.callers import CallerPlaces, callers_of, with_callers
from signal_plans.adaptive.control import KEEP, AdaptiveControl, RunningStages
from signal_plans.adaptive.requests import NOBODY_ASKS, BusAhead, Requests
from signal_plans.adaptive.settings import AdaptiveSettings
from signal_plans.adaptive.sightings import Sightings
from signal_plans.intergreen import IntergreenMatrix
from signal_plans.layout import Stage
from signal_plans.signal_group import GroupKind, SignalGroup
from signal_plans.streams.from_layout import stream_town
from traffic_core.errors import InvalidValueError
from traffic_core.quality_gate import KnownSources

SETTINGS = AdaptiveSettings()
FN = 4
"""Position among N, E, S, W, FN, FE."""


def crossing_of(build, on_request=("FN",)):
    """A crossing whose stage C serves nobody but those on foot at FN."""
    layout = build.crossing("J")
    groups = {name: replace(group, on_request=name in on_request) for name, group in layout.groups.items()}
    first, second = layout.stages
    second = Stage(id=second.id, groups=second.groups - {"FN"})
    return replace(layout, groups=groups, stages=(first, second, Stage(id="C", groups=frozenset({"FN"}))))


@pytest.fixture(name="crossing")
def crossing_fixture(build):
    return build.network(["J"]), crossing_of(build)


@pytest.fixture(name="control")
def control_fixture(crossing):
    network, layout = crossing
    town = stream_town(network, [layout])
    return AdaptiveControl(town, SETTINGS, callers=callers_of(network, [layout], town)), town


def seen(town, *vehicles):
    """Vehicles as (group, distance, speed)."""
    lane_of = {stream.group: stream.lane for stream in town.junctions[0].streams}
    lane, distance_m, speed_m_s = zip(*vehicles, strict=True) if vehicles else ((), (), ())
    return Sightings(
        np.array([lane_of[g] for g in lane], np.int64), np.array(distance_m, float), np.array(speed_m_s, float),
        np.ones(len(lane)),
    )  # fmt: skip


def step(control, town, *vehicles, requests=NOBODY_ASKS, stage=0, elapsed_s=20):
    running = RunningStages(
        stage=np.array([stage]), elapsed_s=np.array([elapsed_s]), ready=np.array([True]), green=np.array([True])
    )
    slow = np.zeros(len(control.exits), np.bool_)
    return int(control.step(seen(town, *vehicles), running, slow, requests)[0])


def settled(control, town, *vehicles, requests):
    """(seconds that the stage goes on, the stage after it) after three seconds of the same: a plan that keeps its stage
    for long is not made anew every second.
    """
    for _ in range(3):
        step(control, town, *vehicles, requests=requests)
    return tuple(control.plan[0, :2].tolist())


def pressed(waited_s, *groups):
    waited = np.full(6, np.nan)
    waited[list(groups)] = waited_s
    return Requests(waited_s=waited)


def test_groups_are_called_by_junction_group_and_the_link_of_the_bus(crossing):
    network, layout = crossing
    points = call_points(network, [layout])
    assert points["J.N.JNin"] == CallPoint("J", "N", "JNin")
    assert set(points) == {f"J.{arm}.J{arm}in" for arm in "NESW"}
    assert buttons([layout]) == {"J.FN": FN}
    sources = with_requests(KnownSources(), network, [layout])
    assert sources.call_points == frozenset(points)
    assert sources.buttons == {"J.FN"}


def test_only_feet_and_wheels_have_buttons():
    with pytest.raises(InvalidValueError, match="on_request"):
        SignalGroup(id="B", kind=GroupKind.BUS, min_green_s=5, amber_s=0, red_amber_s=0, on_request=True)


def test_those_who_ask_get_lanes_behind_those_of_their_junction(crossing):
    network, layout = crossing
    town = stream_town(network, [layout])
    callers = callers_of(network, [layout], town)
    extended = with_callers(town, callers).junctions[0]
    assert [lane.id for lane in extended.lanes[len(town.junctions[0].lanes) :]] == ["J.FN"]
    assert [stage.rights[-1] for stage in extended.stages] == [0, 0, 2]
    places = CallerPlaces(town, callers)
    count = len(town.junctions[0].lanes)
    assert places.street_lane.tolist() == list(range(count))
    assert places.group == {FN: count}
    assert callers.needs == ((2, (FN,)),)


def test_a_stage_with_buttons_that_vehicles_need_may_always_begin(build):
    network, layout = build.network(["J"]), crossing_of(build, ("FN", "FE"))
    callers = callers_of(network, [layout], stream_town(network, [layout]))
    assert [caller.name for caller in callers.of_junction[0]] == ["J.FN", "J.FE"]
    assert callers.needs == ((2, (FN,)),), "FE is green with N and S, which are green nowhere else"


def test_without_a_press_the_stage_on_foot_is_never_wished(control):
    control, town = control
    nobody = Requests(waited_s=np.full(6, np.nan))
    for second in range(30):
        assert step(control, town, requests=nobody, elapsed_s=5 + second) != 2
    assert step(control, town, ("E", 2.0, 0.0), requests=nobody) == 1


def test_a_press_brings_the_stage_at_once_where_nobody_else_is(control):
    control, town = control
    assert step(control, town, requests=pressed(0.0, FN)) == 2


def test_a_press_waits_for_vehicles_and_grows_until_it_outweighs_them(control):
    control, town = control
    crowd = [(group, 2.0 + 7.5 * i, 0.0) for group in "NS" for i in range(3)]
    soon_s, soon = settled(control, town, *crowd, requests=pressed(300.0, FN))
    later_s, later = settled(control, town, *crowd, requests=pressed(1.0, FN))
    assert (soon, later) == (2, 2)
    assert soon_s < later_s


def test_a_late_bus_gets_green_before_more_vehicles_and_one_in_time_does_not(control):
    control, town = control
    traffic = [*(("N", 2.0 + 7.5 * i, 0.0) for i in range(4)), ("E", 2.0, 0.0)]

    def plan(late_s):
        return settled(control, town, *traffic, requests=Requests((BusAhead("J.E.JEin", 1, 0.0, late_s),)))

    early, in_time, late = plan(-30.0), plan(0.0), plan(300.0)
    assert early == in_time
    assert late[0] < in_time[0]
    assert late[1] == in_time[1] == 1


def test_green_is_kept_for_a_late_bus_that_is_about_to_come(control):
    control, town = control
    traffic = [("E", 2.0, 0.0), ("W", 2.0, 0.0)]
    coming = Requests((BusAhead("J.N.JNin", 1, 4.0, 300.0),))
    assert step(control, town, *traffic) == 1
    assert step(control, town, *traffic, requests=coming) == KEEP


def test_a_bus_that_green_should_have_let_pass_is_not_waited_for(control):
    control, town = control
    overdue = Requests((BusAhead("J.N.JNin", 1, -5.0, 300.0),))
    queue = [("N", 2.0 + 7.5 * i, 0.0) for i in range(3)]
    called = []
    for second in range(16):
        step(control, town, *(queue if second == 0 else ()), requests=overdue)
        called.append(bool(control._search.picture.called[0]))
    headway_s = town.junctions[0].streams[0].headway_s
    gone = called.index(False)
    assert (3.0 + 2.0) * headway_s <= gone <= (3.0 + 2.0) * headway_s + 1.0
    assert not any(called[gone:])


def test_a_bus_lane_of_its_own_is_called_by_its_group(build):
    network, layout = build.network(["J"]), build.crossing("J")
    bus = SignalGroup(id="B", kind=GroupKind.BUS, min_green_s=5, amber_s=3, red_amber_s=0)
    first, second = layout.stages
    times_s = dict(layout.intergreen.times_s) | {
        pair: 5 for name in first.groups for pair in (("B", name), (name, "B"))
    }
    stages = (first, Stage(id=second.id, groups=second.groups | {"B"}))
    layout = replace(layout, groups={**layout.groups, "B": bus}, intergreen=IntergreenMatrix(times_s), stages=stages)
    town = stream_town(network, [layout])
    control = AdaptiveControl(town, SETTINGS, callers=callers_of(network, [layout], town))
    late, in_time = (Requests((BusAhead("J.B", 1, 2.0, late_s),)) for late_s in (300.0, -10.0))
    traffic = [("N", 2.0 + 7.5 * i, 0.0) for i in range(5)]
    step(control, town, *traffic, requests=in_time)
    in_time_s = int(control.plan[0, 0])
    step(control, town, *traffic, requests=late)
    assert int(control.plan[0, 0]) < in_time_s
    assert control.plan[0, 1] == 1


def test_a_call_for_a_group_that_nobody_knows_changes_nothing(control):
    control, town = control
    assert step(control, town, ("N", 2.0, 0.0), requests=Requests((BusAhead("J.X", 1, 2.0, 300.0),))) == KEEP
