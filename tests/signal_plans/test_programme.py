"""A programme cannot exist unless it is safe; its offset has one meaning."""

from __future__ import annotations

import pytest

from signal_plans.errors import UnsafeProgrammeError
from signal_plans.junction import Junction
from signal_plans.programme import GreenWindow, SignalProgramme
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError


def test_larger_offset_starts_everything_later(crossing):
    programme = programme_from_stages(crossing, (22, 22), "p", 10)
    assert programme.cycle_s == 60
    assert programme.second_at(10.0) == 0
    assert programme.second_at(9.9) == 59
    assert programme.second_at(75.5) == 5


def test_unsafe_programme_cannot_be_built(crossing):
    everything = {group: (GreenWindow(start_s=0, length_s=20),) for group in crossing.groups}
    with pytest.raises(UnsafeProgrammeError, match="N -> E") as caught:
        SignalProgramme(id="p", layout=crossing, cycle_s=60, offset_s=0, greens=everything)
    assert len(caught.value.violations) == 18  # 3 groups of either stage, both directions


@pytest.mark.parametrize(("field", "value"), [("cycle_s", 19), ("cycle_s", 121), ("offset_s", 60), ("offset_s", -1)])
def test_number_out_of_bounds_is_named(crossing, field, value):
    given = {"cycle_s": 60, "offset_s": 0} | {field: value}
    with pytest.raises(InvalidValueError, match=field):
        SignalProgramme(id="p", layout=crossing, greens={}, **given)


def test_green_of_an_unknown_group_is_refused(crossing):
    greens = {"X": (GreenWindow(start_s=0, length_s=10),)}
    with pytest.raises(InvalidValueError, match="signal group of the junction"):
        SignalProgramme(id="p", layout=crossing, cycle_s=60, offset_s=0, greens=greens)


def test_more_greens_than_the_arrays_hold_are_refused(crossing):
    greens = {"N": tuple(GreenWindow(start_s=s, length_s=8) for s in range(0, 100, 20))}
    with pytest.raises(InvalidValueError, match="windows"):
        SignalProgramme(id="p", layout=crossing, cycle_s=120, offset_s=0, greens=greens)


def test_junction_needs_a_programme_of_its_own_layout(crossing, build):
    programme = programme_from_stages(crossing, (22, 22), "p")
    with pytest.raises(InvalidValueError, match="at least one"):
        Junction(layout=crossing, programmes=())
    with pytest.raises(InvalidValueError, match="occur once"):
        Junction(layout=crossing, programmes=(programme, programme))
    with pytest.raises(InvalidValueError, match="junction's own"):
        Junction(layout=build.crossing("other"), programmes=(programme,))
    with pytest.raises(InvalidValueError, match="is kept for"):
        Junction(layout=crossing, programmes=(programme_from_stages(crossing, (22, 22), "computed"),))
    assert Junction(layout=crossing, programmes=(programme,)).fallback is programme
