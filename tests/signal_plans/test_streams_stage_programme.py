from __future__ import annotations

import pytest

from signal_plans.coordination.fitting import stage_greens_s
from signal_plans.files import read_junctions
from signal_plans.fixed_time.plan import FixedTimePlan
from signal_plans.fixed_time.stage_programme import as_it_runs, lengthened, programme_of_plan, with_waiting_groups
from signal_plans.interval_check import violations
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.streams.from_layout import stream_town
from signal_plans.streams.model import Right
from traffic_core.errors import InvalidValueError
from traffic_core.gmns import read_network


@pytest.fixture
def junction(build, crossing):
    return stream_town(build.network(["J"]), [crossing]).junctions[0]


def plan_of(order, green_s, cycle_s, offset_s=0):
    return FixedTimePlan(junction_id="J", cycle_s=cycle_s, offset_s=offset_s, order=order, green_s=green_s)


def test_a_plan_becomes_a_safe_programme(crossing):
    programme = programme_of_plan(crossing, plan_of((0, 1), (22, 12), 50, 7), "P")
    assert (programme.cycle_s, programme.offset_s) == (50, 7)
    assert programme.greens["N"] == (GreenWindow(start_s=0, length_s=22),)
    assert programme.greens["E"] == (GreenWindow(start_s=30, length_s=12),)


def test_another_order_of_stages_is_kept(crossing):
    programme = programme_of_plan(crossing, plan_of((1, 0), (12, 22), 50), "P")
    assert programme.greens["E"] == (GreenWindow(start_s=0, length_s=12),)
    assert programme.greens["N"] == (GreenWindow(start_s=20, length_s=22),)


def test_a_plan_that_forgets_a_group_is_refused(build):
    layout = build.layout(
        [build.vehicle("A"), build.vehicle("B"), build.pedestrian("F")],
        {("A", "B"): 5, ("A", "F"): 5, ("B", "F"): 5},
        [("A",), ("B",), ("F",)],
    )
    with pytest.raises(InvalidValueError, match=r"plan\[J\]\.order = \('1', '2'\): must serve F too"):
        programme_of_plan(layout, plan_of((0, 1), (20, 20), 50), "P")


def test_waiting_groups_become_streams_that_nobody_uses(junction, crossing):
    more = with_waiting_groups(junction, crossing)
    assert [stream.id for stream in more.streams[12:]] == ["FN", "FE"]
    assert [stage.rights[12:] for stage in more.stages] == [
        (Right.RED, Right.PROTECTED),
        (Right.PROTECTED, Right.RED),
    ]
    assert more.streams[:12] == junction.streams


def test_groups_that_need_less_time_than_the_slowest_pair_get_the_rest(crossing):
    # vehicles need 5 s between them, pedestrians before vehicles 8 s: the stages lie 8 s apart
    programme = programme_of_plan(crossing, plan_of((0, 1), (22, 12), 50), "P")
    longer = lengthened(programme)
    assert longer.cycle_s == 50
    assert longer.greens["N"][0].length_s == 25  # until 5 s before the second stage
    assert longer.greens["FE"] == programme.greens["FE"]
    assert violations(crossing, 50, longer.greens) == ()
    assert lengthened(longer) == longer
    assert all(after >= before for before, after in zip(stage_greens_s(programme), stage_greens_s(longer), strict=True))


def test_a_programme_is_seen_as_the_stages_it_shows(junction, crossing):
    programme = programme_of_plan(crossing, plan_of((0, 1), (22, 12), 50, 7), "P")
    shown, plan = as_it_runs(junction, programme)
    assert (plan.order, plan.green_s, plan.cycle_s, plan.offset_s) == ((0, 1), (22, 12), 50, 7)
    assert shown.interstage_s == ((0, 8), (8, 0))
    assert [stage.rights for stage in shown.stages] == [stage.rights for stage in junction.stages]
    plan.check(shown)


def test_a_time_in_which_only_what_goes_on_is_green_is_no_stage(build):
    turns = {"N": ["JNE", "JNS", "JNW"], "S": ["JSE", "JSN", "JSW"]}
    cross = [f"J{a}{b}" for a in "EW" for b in "NESW" if a != b]
    layout = build.layout(
        [build.vehicle("N", turns["N"]), build.vehicle("S", turns["S"]), build.vehicle("C", cross)],
        {("N", "C"): 5, ("S", "C"): 5},
        [("N", "S"), ("C",)],
    )
    junction = stream_town(build.network(["J"]), [layout]).junctions[0]
    greens = {
        "N": (GreenWindow(start_s=0, length_s=30),),
        "S": (GreenWindow(start_s=0, length_s=20),),
        "C": (GreenWindow(start_s=35, length_s=20),),
    }
    programme = SignalProgramme(id="P", layout=layout, cycle_s=60, offset_s=0, greens=greens)
    shown, plan = as_it_runs(junction, programme)
    assert plan.green_s == (20, 10, 20)  # both, N alone, across
    assert [shown.interstage_s[a][b] for a, b in ((0, 1), (1, 2), (2, 0))] == [0, 5, 5]


def test_every_programme_of_the_shipped_model_can_be_evaluated(le_model):
    network = read_network(le_model)
    junctions = read_junctions(le_model, network)
    town = stream_town(network, [junction.layout for junction in junctions.values()])
    for staged, supplied in zip(town.junctions, junctions.values(), strict=True):
        for programme in supplied.programmes:
            shown, plan = as_it_runs(staged, programme)
            plan.check(shown)
            assert all(plan.served(shown))
