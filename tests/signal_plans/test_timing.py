"""Programmes from stages, drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.programme import GreenWindow
from signal_plans.settings import SignalSettings
from signal_plans.timing import lost_time_s, programme_from_stages, stage_min_green_s, stage_runs
from signal_plans.town import town_of
from signal_plans.webster import stage_greens_s
from traffic_core.errors import InvalidValueError


@pytest.fixture
def three_stages(build):
    """A goes in stages 1 and 2, B in 2, C in 3."""
    groups = [build.vehicle("A", min_green_s=15), build.vehicle("B"), build.vehicle("C", min_green_s=6)]
    times_s = {("A", "C"): 6, ("C", "A"): 5, ("B", "C"): 4, ("C", "B"): 7}
    return build.layout(groups, times_s, [["A"], ["A", "B"], ["C"]])


def computed(layouts, flows_veh_h):
    """Programmes from flows by (junction, group)."""
    town = town_of(layouts)
    places = [(layout.junction_id, group) for layout in layouts for group in layout.groups]
    greens_s = stage_greens_s(town, np.array([flows_veh_h.get(place, 0.0) for place in places]), SignalSettings())
    return [
        programme_from_stages(layout, greens_s[town.stages(j)].tolist(), "computed") for j, layout in enumerate(layouts)
    ]


def window(start_s, length_s):
    return (GreenWindow(start_s=start_s, length_s=length_s),)


def test_two_stages_follow_each_other_with_the_longest_intergreen(crossing):
    programme = programme_from_stages(crossing, (20, 24), "p", 70)
    assert programme.cycle_s == 20 + 8 + 24 + 8
    assert programme.offset_s == 10
    assert {programme.greens[group] for group in ("N", "S", "FE")} == {window(0, 20)}
    assert {programme.greens[group] for group in ("E", "W", "FN")} == {window(28, 24)}


def test_group_of_two_stages_in_a_row_stays_green_across(three_stages):
    # A and B do not conflict: no interstage 1-2; 6 s from 2 to 3; 5 s from 3 to 1 (only A enters)
    programme = programme_from_stages(three_stages, (10, 12, 9), "p")
    assert programme.cycle_s == 10 + 0 + 12 + 6 + 9 + 5
    assert dict(programme.greens) == {"A": window(0, 22), "B": window(10, 12), "C": window(28, 9)}


def test_run_over_the_cycle_end_is_one_green(build):
    groups = [build.vehicle(name) for name in "ABC"]
    layout = build.layout(groups, {("A", "B"): 5, ("C", "B"): 5}, [["A", "C"], ["B"], ["A"]])
    assert stage_runs(layout, "A") == [(2, 2)]
    programme = programme_from_stages(layout, (10, 12, 9), "p")
    assert programme.greens["A"] == window(32, 19)
    assert programme.greens["C"] == window(0, 10)
    assert programme.cycle_s == 41


def test_group_of_separate_stages_has_two_greens(build):
    groups = [build.vehicle(name) for name in "ABC"]
    layout = build.layout(groups, {("A", "B"): 5, ("A", "C"): 5}, [["A"], ["B"], ["A"], ["C"]])
    programme = programme_from_stages(layout, (10, 8, 10, 8), "p")
    assert programme.greens["A"] == (*window(0, 10), *window(28, 10))


def test_lost_time_is_the_sum_of_interstages(crossing, three_stages):
    assert lost_time_s(crossing) == 16
    assert lost_time_s(three_stages) == 11


def test_minimum_of_a_long_group_is_spread_over_its_stages(three_stages):
    # A needs 15 s over two stages: 8 s each; B needs 8 s; C 6 s
    assert stage_min_green_s(three_stages) == (8, 8, 6)


def test_clearing_across_a_short_stage_is_refused(build):
    groups = [build.vehicle("A"), build.vehicle("B", min_green_s=5), build.vehicle("C")]
    layout = build.layout(groups, {("A", "C"): 20, ("B", "C"): 5, ("A", "B"): 5}, [["A"], ["B"], ["C"]])
    with pytest.raises(UnsafeProgrammeError, match="A -> C"):
        programme_from_stages(layout, (20, 5, 20), "p")


def test_wrong_number_of_greens_and_no_green_are_refused(crossing):
    with pytest.raises(InvalidValueError, match="must hold 2 greens"):
        programme_from_stages(crossing, (20,), "p")
    with pytest.raises(InvalidValueError, match="at least 1 s"):
        programme_from_stages(crossing, (20, 0), "p")


def test_programmes_of_the_town_match_hand_calculation(build):
    # L = 16 s; N 450/1800 = 0.25 and S less, E 0.15: C = (24 + 5) / 0.6 = 48.3 -> 49 s; 33 s of green as 0.25 : 0.15
    # = 20.6 : 12.4 -> 21 : 12; the other junction has no traffic: shortest cycle 40 s, 24 s of green halved
    flows = {("J", "N"): 450.0, ("J", "S"): 300.0, ("J", "E"): 270.0}
    busy, empty = computed([build.crossing("J"), build.crossing("K")], flows)
    assert (busy.cycle_s, busy.greens["N"], busy.greens["E"]) == (49, window(0, 21), window(29, 12))
    assert (empty.cycle_s, empty.greens["N"], empty.greens["E"]) == (40, window(0, 12), window(20, 12))


def test_overload_gets_the_longest_cycle(build):
    flows = {("J", "N"): 1500.0, ("J", "E"): 900.0}
    (programme,) = computed([build.crossing("J")], flows)
    # 74 s of green as 1500 : 900 = 46.25 : 27.75
    assert (programme.cycle_s, programme.greens["N"][0].length_s) == (90, 46)


@pytest.mark.parametrize(
    "wrong",
    [
        {"recompute_every_s": 10},
        {"shortest_cycle_s": 10},
        {"shortest_cycle_s": 95},
        {"longest_cycle_s": 130},
        {"notice_s": 0},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(InvalidValueError, match=r"signals\."):
        SignalSettings(**wrong)
