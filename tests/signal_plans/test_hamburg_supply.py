"""The supply of a real junction: five programmes, 66 intergreens.  Both checks must find it safe, and tight.

Its switch-on time is the start of red-amber where a group has it; green follows a second later.  K3 and K6 are green
arrows: they go dark and have no red-amber.
"""

from __future__ import annotations

import json

import pytest

from signal_plans.intergreen import IntergreenMatrix
from signal_plans.interval_check import violations
from signal_plans.layout import SignalLayout, Stage
from signal_plans.monitor import programme_fault
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.signal_group import GroupKind, SignalGroup

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def supply(shared_data):
    return json.loads((shared_data / "signals" / "hamburg_2394_extract.json").read_text(encoding="utf-8"))


ARROWS = {"K3", "K6"}


def group_of(name, min_green_s):
    if name.startswith("K") and name not in ARROWS:
        return SignalGroup(
            id=name,
            kind=GroupKind.VEHICLE,
            min_green_s=min_green_s,
            amber_s=3,
            red_amber_s=1,
            turns=(name,),
            saturation_flow_veh_h=1_800.0,
        )
    kind = GroupKind.BUS if name in ARROWS else GroupKind.PEDESTRIAN
    return SignalGroup(id=name, kind=kind, min_green_s=min_green_s, amber_s=0, red_amber_s=0)


@pytest.fixture(scope="module")
def layout(supply):
    times_s = {(row["clearing"], row["entering"]): row["t"] for row in supply["intergreen_s"]}
    groups = {name: group_of(name, least_s) for name, least_s in supply["min_green_s"].items()}
    return SignalLayout(
        junction_id="2394",
        name="Am Sandtorkai",
        groups=groups,
        intergreen=IntergreenMatrix(times_s),
        stages=tuple(Stage(id=name, groups=frozenset((name,))) for name in groups),
    )


def greens(layout, programme, red_amber_s):
    """Windows of a programme whose switch-on time comes `red_amber_s` before a vehicle's green."""
    cycle_s, found = programme["TU"], {}
    for name, group in layout.groups.items():
        switches = sorted(programme["groups"].get(name, []))
        windows = []
        for i, (at_s, lamp) in enumerate(switches):
            if lamp == "30":
                wait_s = red_amber_s if group.kind is GroupKind.VEHICLE else 0
                length_s = (switches[(i + 1) % len(switches)][0] - at_s) % cycle_s - wait_s
                windows.append(GreenWindow(start_s=(at_s + wait_s) % cycle_s, length_s=length_s))
        found[name] = tuple(windows)
    return found


def test_supply_is_the_known_one(supply, layout):
    assert len(supply["programs"]) == 5
    assert len(layout.intergreen.times_s) == 66


def test_every_programme_is_safe_for_both_checks(supply, layout):
    for name, programme in supply["programs"].items():
        windows = greens(layout, programme, 1)
        SignalProgramme(id=name, layout=layout, cycle_s=programme["TU"], offset_s=0, greens=windows)
        assert programme_fault(layout, programme["TU"], windows) is None


def test_28_of_330_intergreens_fail_where_switching_on_is_read_as_green(supply, layout):
    short = [
        message
        for programme in supply["programs"].values()
        for message in violations(layout, programme["TU"], greens(layout, programme, 0))
        if "->" in message
    ]
    assert len(short) == 28
    assert all("misses 1 s" in message for message in short)


def test_87_of_330_intergreens_are_tight(supply, layout):
    one_more = IntergreenMatrix({pair: time_s + 1 for pair, time_s in layout.intergreen.times_s.items()})
    stricter = SignalLayout(
        junction_id="2394", name="", groups=layout.groups, intergreen=one_more, stages=layout.stages
    )
    short = [
        message
        for programme in supply["programs"].values()
        for message in violations(stricter, programme["TU"], greens(layout, programme, 1))
        if "->" in message
    ]
    assert len(short) == 87
