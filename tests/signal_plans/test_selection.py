"""Who decides: an operator before a traffic rule before the day plan before computing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from signal_plans.day_plan import HOLIDAY, WEEKDAYS, Calendar, DayPlan, DayPlans, SwitchingTime
from signal_plans.junction import Junction
from signal_plans.mode import ADAPTIVE, COMPUTED, LOCAL, OFF, Mode, ModeKind, mode_of
from signal_plans.operator_wish import LONGEST_S, OperatorWish
from signal_plans.reasons import SignalReason
from signal_plans.selection import BY_ITSELF, ProgrammeSelection, SelectionData
from signal_plans.selection_by_traffic import Quantity, TrafficPicture, TrafficRule
from signal_plans.timing import programme_from_stages
from traffic_core.errors import InvalidValueError

MIDNIGHT_S = 1_795_474_800  # 2026-11-24 00:00 in Berlin, a Tuesday
NO_LOAD = np.full(2, np.nan)


def plans_of(*entries, junctions=("J",)):
    """A plan for all days from (minute, word, otherwise) entries."""
    times = tuple(SwitchingTime(minute=m, mode=mode_of(word), otherwise=other) for m, word, other in entries)
    days = dict.fromkeys((*WEEKDAYS, HOLIDAY), times)
    plan = DayPlan(id="G", junctions=junctions, days=days)
    return DayPlans(calendar=Calendar(zone=ZoneInfo("Europe/Berlin")), plans=(plan,))


def rule(**changes):
    given = {"id": "R", "junctions": ("J",), "quantity": Quantity.FLOW_VEH_H, "sources": ("D",)}
    given |= {"on_at": 100.0, "off_at": 50.0, "dwell_s": 0, "mode": COMPUTED}
    return TrafficRule(**(given | changes))


def wish(word, minutes=60.0, from_s=MIDNIGHT_S):
    until_s = from_s + 60.0 * minutes
    return OperatorWish(
        junction_id="J", mode=mode_of(word), valid_from_s=from_s, valid_until_s=until_s, text="Baustelle", key_id="desk"
    )


def flow(veh_h):
    return TrafficPicture(detector_row={"D": 0}, flow_veh_h=np.array([veh_h]), occupancy_share=np.array([np.nan]))


@pytest.fixture
def junctions(build):
    layout = build.crossing("J")
    two = tuple(programme_from_stages(layout, green_s, name) for name, green_s in (("P1", (22, 22)), ("P2", (40, 30))))
    return {"J": Junction(layout=layout, programmes=two), "K": build.junction("K")}


def test_without_anything_a_junction_goes_by_itself(junctions):
    choices, happened = ProgrammeSelection(junctions).choices(MIDNIGHT_S, None, NO_LOAD)
    assert choices == (BY_ITSELF, BY_ITSELF)
    assert happened == []


def test_operator_goes_before_rule_before_plan(junctions):
    data = SelectionData(plans=plans_of((0, "P1", "P2")), rules=(rule(),))
    selection = ProgrammeSelection(junctions, data)

    def chosen(at_s, veh_h):
        choice = selection.choices(MIDNIGHT_S + at_s, flow(veh_h), NO_LOAD)[0][0]
        return str(choice.mode), choice.reason, choice.otherwise

    assert chosen(0, 10.0) == ("P1", SignalReason.DAY_PLAN, "P2")
    assert chosen(1, 200.0) == ("computed", SignalReason.TRAFFIC_RULE, "P2")
    selection.put_wish(0, wish("P2"))
    assert chosen(2, 200.0) == ("P2", SignalReason.OPERATOR_WISH, "P2")
    selection.put_wish(0, None)
    assert chosen(3, 200.0)[1] is SignalReason.TRAFFIC_RULE
    assert chosen(4, 20.0)[1] is SignalReason.DAY_PLAN


def test_of_two_rules_the_first_that_applies_counts(junctions):
    rules = (rule(id="A", on_at=500.0, mode=LOCAL), rule(id="B", mode=COMPUTED))
    selection = ProgrammeSelection(junctions, SelectionData(rules=rules))
    found = [selection.choices(MIDNIGHT_S + i, flow(v), NO_LOAD)[0][0].mode for i, v in enumerate((200.0, 600.0))]
    assert found == [COMPUTED, LOCAL]


def test_a_wish_ends_by_itself_and_this_is_told_once(junctions):
    selection = ProgrammeSelection(junctions)
    selection.put_wish(0, wish("off", minutes=1.0))
    assert selection.choices(MIDNIGHT_S + 59.9, None, NO_LOAD)[0][0].mode == OFF
    choices, happened = selection.choices(MIDNIGHT_S + 60.0, None, NO_LOAD)
    assert choices[0] == BY_ITSELF
    assert [(h.junction, h.reason, h.detail) for h in happened] == [
        (0, SignalReason.WISH_EXPIRED, "off by desk: Baustelle")
    ]
    assert selection.choices(MIDNIGHT_S + 61.0, None, NO_LOAD)[1] == []


def test_a_wish_does_not_outlive_a_clock_that_is_set_back(junctions):
    selection = ProgrammeSelection(junctions)
    selection.put_wish(0, wish("off", minutes=10.0))
    choices, happened = selection.choices(MIDNIGHT_S - 86_400.0, None, NO_LOAD)
    assert choices[0] == BY_ITSELF
    assert [h.reason for h in happened] == [SignalReason.WISH_EXPIRED]


def test_missing_values_are_told_once(junctions):
    selection = ProgrammeSelection(junctions, SelectionData(rules=(rule(),)))
    told = [selection.choices(MIDNIGHT_S + i, flow(v), NO_LOAD)[1] for i, v in enumerate((np.nan, np.nan, 10, np.nan))]
    assert [[h.reason for h in happened] for happened in told] == [
        [SignalReason.TRAFFIC_RULE_UNKNOWN], [], [], [SignalReason.TRAFFIC_RULE_UNKNOWN]
    ]  # fmt: skip


def test_the_end_of_a_rule_is_told(junctions):
    selection = ProgrammeSelection(junctions, SelectionData(rules=(rule(),)))
    selection.choices(MIDNIGHT_S, flow(200.0), NO_LOAD)
    _, happened = selection.choices(MIDNIGHT_S + 1, flow(50.0), NO_LOAD)
    assert happened[0].reason is SignalReason.TRAFFIC_RULE_ENDED
    assert "50" in happened[0].detail


def test_a_rule_may_look_at_loads(junctions):
    by_load = rule(quantity=Quantity.LOAD, sources=("K",), on_at=0.9, off_at=0.7)
    selection = ProgrammeSelection(junctions, SelectionData(rules=(by_load,)))
    choices, _ = selection.choices(MIDNIGHT_S, flow(0.0), np.array([np.nan, 0.95]))
    assert choices[0].reason is SignalReason.TRAFFIC_RULE


def test_choices_are_the_same_object_while_nothing_changes(junctions):
    selection = ProgrammeSelection(junctions, SelectionData(plans=plans_of((0, "P1", ""), (360, "P2", ""))))
    first = selection.choices(MIDNIGHT_S, None, NO_LOAD)[0]
    assert selection.choices(MIDNIGHT_S + 21_599, None, NO_LOAD)[0] is first
    assert str(selection.choices(MIDNIGHT_S + 21_600, None, NO_LOAD)[0][0].mode) == "P2"
    assert str(selection.choices(MIDNIGHT_S, None, NO_LOAD)[0][0].mode) == "P1", "the clock was set back"


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (SelectionData(plans=plans_of((0, "P9", ""))), r"day_plan\[G\].mon\[00:00\].run = 'P9'"),
        (SelectionData(plans=plans_of((0, "P1", "P9"))), "otherwise = 'P9'"),
        (SelectionData(plans=plans_of((0, "P1", ""), junctions=("X",))), "'X': must name a signalised junction"),
        (SelectionData(plans=plans_of((0, "off", ""))), "only an operator"),
        (SelectionData(rules=(rule(mode=Mode(ModeKind.FLASHING)),)), "only an operator"),
        (SelectionData(rules=(rule(junctions=("K",), mode=mode_of("P1")),)), r"traffic_rule\[R\].run = 'P1'"),
    ],
)
def test_what_the_supply_does_not_know_is_refused(junctions, data, named):
    with pytest.raises(InvalidValueError, match=named):
        ProgrammeSelection(junctions, data)


def test_no_programme_may_be_called_like_another_mode(build):
    layout = build.crossing("J")
    odd = Junction(layout=layout, programmes=(programme_from_stages(layout, (22, 22), "off"),))
    with pytest.raises(InvalidValueError, match="'off': is the word of another mode"):
        ProgrammeSelection({"J": odd})


@pytest.mark.parametrize("word", ["computed", "adaptive", "off", "flashing", "local", "P1"])
def test_a_mode_is_told_by_its_word(word):
    assert str(mode_of(word)) == word


def test_a_mode_that_makes_no_sense_is_refused():
    with pytest.raises(InvalidValueError, match="another mode"):
        Mode(ModeKind.PROGRAMME, "adaptive")
    with pytest.raises(InvalidValueError, match="must be empty"):
        Mode(ModeKind.OFF, "P1")
    assert str(ADAPTIVE) == "adaptive"


@pytest.mark.parametrize("minutes", [0.0, -5.0, LONGEST_S / 60 + 1])
def test_a_wish_lasts_for_a_while_and_12_hours_at_most(minutes):
    with pytest.raises(InvalidValueError, match=r"wish.valid_until.*at most 43200 s \(12 h\)"):
        wish("P1", minutes)
    assert wish("P1", LONGEST_S / 60)
