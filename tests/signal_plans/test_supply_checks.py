"""From switching times to green windows, pair checks and the project's own junctions and day plans."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.programme import GreenWindow
from signal_plans.signal_group import GroupKind
from signal_plans.supply.check import check_supply
from signal_plans.supply.convert import Service, to_day_plan, to_junction, weekdays_of
from signal_plans.supply.programmes import GroupLine, Switch
from signal_plans.supply.summary import lines, summary
from signal_plans.supply.windows import SwitchTime, green_windows
from signal_plans.supply.yaml_file import read_supply_yaml
from traffic_core.errors import InvalidValueError

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "signal_supply.yaml"


@pytest.fixture(name="supply", scope="module")
def supply_fixture():
    return read_supply_yaml(EXAMPLE)


def with_line(supply, group, *switches):
    """The supply with other switching times of one group in its first programme."""
    made = GroupLine(group=group, switches=tuple(Switch(second=second, code=code) for second, code in switches))
    first = supply.programmes[0]
    kept = tuple(made if line.group == group else line for line in first.lines)
    return replace(supply, programmes=(replace(first, lines=kept), *supply.programmes[1:]))


def test_green_begins_behind_red_amber_and_ends_at_the_switch(supply):
    # K2 switches at 35 and 50: red-amber 35, green 36 to 49, amber 50 to 52; people on foot have no transition.
    greens = green_windows(supply, supply.programmes[0])
    assert greens["K2"] == (GreenWindow(start_s=36, length_s=14),)
    assert greens["F1"] == (GreenWindow(start_s=35, length_s=18),)
    assert "H1" not in greens


def test_read_as_green_the_same_switch_gives_a_second_more(supply):
    greens = green_windows(supply, supply.programmes[0], SwitchTime.GREEN_STARTS)
    assert greens["K2"] == (GreenWindow(start_s=35, length_s=15),)


def test_a_green_may_run_over_the_end_of_the_cycle(supply):
    changed = with_line(supply, "K1", (20, "03"), (55, "30"))
    assert green_windows(changed, changed.programmes[0])["K1"] == (GreenWindow(start_s=56, length_s=24),)


def test_every_pair_has_the_time_it_leaves(supply):
    # programme 1: K1 green 1 to 30, K2 green 36 to 50, F1 and A1 35 to 53, cycle 60
    pairs = {(pair.clearing, pair.entering): pair for pair in check_supply(supply).pairs if pair.programme == "1"}
    assert {pair: (found.left_s, found.spare_s, found.second) for pair, found in pairs.items()} == {
        ("K1", "K2"): (6, 0, 36),
        ("K2", "K1"): (11, 6, 1),
        ("K1", "F1"): (5, 0, 35),
        ("F1", "K1"): (8, 0, 1),
        ("K1", "A1"): (5, 0, 35),
        ("A1", "K1"): (8, 0, 1),
    }


def test_the_three_checks_object_to_a_green_that_ends_late(supply):
    check = check_supply(with_line(supply, "K1", (0, "30"), (31, "03")))
    assert [(pair.clearing, pair.entering, pair.spare_s) for pair in check.failed] == [
        ("K1", "K2", -1),
        ("K1", "F1", -1),
        ("K1", "A1", -1),
    ]
    assert dict(check.violations)["1"][0] == "K1 -> K2: green at second 36 misses 1 s of 6 s intergreen"
    assert "misses 1 s" in dict(check.faults)["1"]
    assert not check.safe


def test_greens_that_overlap_leave_less_than_nothing(supply):
    check = check_supply(with_line(supply, "K1", (0, "30"), (40, "03")))
    assert check.failed[0].left_s == -4


def test_an_unsafe_programme_never_becomes_a_junction(supply):
    with pytest.raises(UnsafeProgrammeError, match=r"EXAMPLE/1 is unsafe: K1 -> K2: green at second 36 misses 1 s"):
        to_junction(with_line(supply, "K1", (0, "30"), (31, "03")))


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        (((0, "30"), (30, "0C")), r"line\[K1\]\.code = '0C': must be a picture of the group: 30 or 03"),
        (((0, "30"), (30, "30")), r"line\[K1\]\.code = '30': must alternate"),
        (((0, "30"),), r"line\[K1\]\.code = '30': must alternate"),
        (((0, "30"), (1, "03")), r"line\[K1\]\.second = 0: must leave green behind 1 s of transition"),
    ],
)
def test_switching_times_that_make_no_green_are_named(supply, switches, said):
    changed = with_line(supply, "K1", *switches)
    with pytest.raises(InvalidValueError, match=said):
        green_windows(changed, changed.programmes[0])


def test_a_group_without_a_line_is_named_and_one_that_stays_closed_is_never_green(supply):
    first = supply.programmes[0]
    missing = replace(supply, programmes=(replace(first, lines=first.lines[1:]),), days=())
    with pytest.raises(InvalidValueError, match=r"programme\[1\]\.line\[K1\] = None: must be given"):
        check_supply(missing)
    assert "K1: never green" in dict(check_supply(with_line(supply, "K1", (0, "03"))).violations)["1"]


def test_the_junction_has_the_networks_turns_where_they_are_given(supply):
    services = {"K1": Service(turns=("T1", "T2"), saturation_flow_veh_h=3_600.0)}
    junction = to_junction(supply, services)
    groups = junction.layout.groups
    assert (groups["K1"].turns, groups["K1"].saturation_flow_veh_h) == (("T1", "T2"), 3_600.0)
    assert groups["K2"].turns == ("K2",)
    assert (groups["A1"].kind, groups["A1"].for_blind) == (GroupKind.PEDESTRIAN, True)
    assert sorted(groups) == ["A1", "F1", "K1", "K2"]
    assert [sorted(stage.groups) for stage in junction.layout.stages] == [["K1"], ["A1", "F1", "K2"]]
    assert (junction.fallback.id, junction.programmes[1].offset_s) == ("1", 12)
    with pytest.raises(InvalidValueError, match=r"services = 'K9': must name a signal group of junction EXAMPLE"):
        to_junction(supply, {"K9": services["K1"]})


def test_a_green_arrow_keeps_its_amber_and_has_no_red_amber(supply):
    k2 = replace(supply.group("K2"), closed_code="00", opening=())
    changed = replace(supply, groups=tuple(k2 if group.id == "K2" else group for group in supply.groups))
    for number, second in ((0, 50), (1, 68)):
        line = GroupLine(group="K2", switches=(Switch(second=second - 14, code="30"), Switch(second=second, code="00")))
        programme = changed.programmes[number]
        other = replace(programme, lines=tuple(line if old.group == "K2" else old for old in programme.lines))
        programmes = [*changed.programmes]
        programmes[number] = other
        changed = replace(changed, programmes=tuple(programmes))
    made = to_junction(changed).layout.groups["K2"]
    assert (made.kind, made.amber_s, made.red_amber_s) == (GroupKind.BUS, 3, 0)


def test_days_become_a_day_plan(supply):
    plan = to_day_plan(supply, weekdays_of("Mo-Fr", "Sa", "So"))
    assert [(time.clock, str(time.mode)) for time in plan.days["tue"]] == [
        ("00:00", "1"),
        ("06:00", "2"),
        ("20:00", "1"),
    ]
    assert [(time.clock, str(time.mode)) for time in plan.days["holiday"]] == [("00:00", "1")]
    with pytest.raises(InvalidValueError, match=r"day_of\[sat\] = 'Fest': must be one of Mo-Fr, Sa, So"):
        to_day_plan(supply, weekdays_of("Mo-Fr", "Fest", "So"))


@pytest.mark.parametrize(
    ("commands", "said"),
    [(((0, "1"), (61, "2")), "61: must be a whole minute"), (((0, "1"), (60, "")), "60: must name a programme")],
)
def test_a_day_that_a_day_plan_cannot_hold_is_named(supply, commands, said):
    changed = replace(supply, days=(replace(supply.days[0], commands=commands),))
    with pytest.raises(InvalidValueError, match=said):
        to_day_plan(changed, weekdays_of("Mo-Fr", "Mo-Fr", "Mo-Fr"))


def test_the_summary_counts_and_names(supply):
    made = summary(supply)
    assert made["check"] == {"pairs": 12, "passed": 12, "failed": 0, "tight": 10, "safe": True}
    assert made["groups"]["auxiliary"] == ["H1"]
    unsafe = lines(summary(with_line(supply, "K1", (0, "30"), (31, "03"))))
    assert "checks: 12 pairs, 9 passed, 3 failed, 7 tight" in unsafe
    assert "programme 1: K1 -> F1: green at second 35 misses 1 s of 5 s intergreen" in unsafe
