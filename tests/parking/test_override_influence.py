"""What operators and events change is told as theirs; no request is accepted that has no effect."""

from __future__ import annotations

import pytest
from two_garages import Desk, displays, event

from parking import content
from parking.sign import Display, Rung


@pytest.fixture
def desk(town):
    return Desk(town)


@pytest.mark.parametrize("back_s", [0.2, 3.0, 3_600.0])
def test_an_override_outlives_a_clock_set_back(desk, back_s):
    desk.report(-4_000.0, A=50, B=33)
    desk.garage("A", "closed", minutes=720)
    assert displays(desk.at(-back_s))[0] == "closed"
    assert desk.guidance.overrides.of("parking/A", desk.town.now_s - back_s) is not None
    assert displays(desk.at(1.0))[0] == "closed"


def test_what_was_said_while_the_clock_went_a_day_ahead_ends(desk):
    desk.garage("A", "closed", after_s=86_400.0, minutes=5)
    desk.report(A=50, B=33)
    assert displays(desk.at())[0] == 50
    assert len(desk.guidance.overrides.take_ended()) == 1


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"show": Display.FULL}, "row 1 (A: put full by event FAIR)"),
        ({"reserve_veh": 80}, "row 1 (A: 80 places kept back by event FAIR)"),
    ],
)
def test_free_is_refused_against_an_event_and_the_event_is_named(town, said, detail):
    desk = Desk(town, event(facility_id="A", **said))
    desk.report(A=50, B=33)
    refusal = desk.sign("free", "auto", "auto")
    assert (refusal.reason, refusal.detail) == (content.OVERRIDE_REFUSED_FREE, detail)
    assert desk.sign("auto", "free", "free") is None, "B is free, and with it the sum"


def test_free_is_refused_against_what_was_said_of_the_car_park(desk):
    desk.report(A=50, B=33)
    desk.garage("A", "full")
    assert desk.sign("free", "auto", "auto").detail == "row 1 (A: put full by override of key control-room)"
    desk.garage("A", reserve_veh=60)
    assert desk.sign("free", "auto", "auto").detail == "row 1 (A: 60 places kept back by override of key control-room)"


def test_what_is_accepted_stands_on_the_sign(desk):
    desk.report(A=50, B=33)
    desk.garage("A", "full", minutes=5)
    desk.report(301.0, A=50, B=33)
    assert desk.sign("free", "auto", "auto", after_s=301.0) is None, "what has run out hinders nobody"
    assert displays(desk.at(301.0))[0] == "free"


@pytest.mark.parametrize(("reserve_veh", "free_now"), [(30, True), (48, False)])
def test_free_on_older_data_must_be_clear_with_the_reserve_of_the_operator(desk, reserve_veh, free_now):
    # at 500 s: 1.52 % x 500 / 900 x 1.2533 x 100 places = 1.058; (50 - 48.5) / 1.058 = 1.42 sigma: 92 %, not clear
    desk.report(A=50, B=33)
    desk.garage("A", reserve_veh=reserve_veh)
    refusal = desk.sign("free", "auto", "auto", after_s=500.0)
    assert (refusal is None) is free_now
    desk.report(490.0, B=33)
    desk.state.accept(desk.town.report("A", desk.town.now_s + 495.0, free_veh=50))
    assert desk.sign("free", "auto", "auto", after_s=500.0) is None, "fresh: more than is kept back is counted"
    assert displays(desk.at(500.0))[0] == "free"


def test_a_reserve_that_fills_a_row_names_who_set_it(town):
    for rung, made in (
        (Rung.OPERATOR, Desk(town)),
        (Rung.EVENT, Desk(town, event(facility_id="A", reserve_veh=60))),
    ):
        if rung is Rung.OPERATOR:
            made.garage("A", reserve_veh=60)
        made.report(A=50, B=33)
        result = made.at()
        row = result.contents["S"].rows[0]
        assert (row.display, row.rung, row.reason) == (Display.FULL, rung, rung.value)
        log = {decision.subject_id: decision for decision in result.decisions}
        by = "control-room" if rung is Rung.OPERATOR else "FAIR"
        assert (log["facility/A"].inputs["by"], log["sign/S"].inputs["by"][0]) == (by, by)
        assert (log["facility/A"].inputs["reserve_rung"], log["facility/A"].inputs["reserve_by"]) == (rung.value, by)
        assert log["facility/B"].inputs["reserve_by"] == ""
        total = result.contents["S"].rows[2]
        assert (total.display, total.rung, total.reason) == (Display.NUMBER, rung, content.SUM)


def test_a_reserve_that_changes_nothing_leaves_the_row_to_the_data(desk):
    desk.report(A=50, B=0)
    desk.garage("A", reserve_veh=10)
    desk.garage("B", reserve_veh=10)
    rows = desk.at().contents["S"].rows
    assert [(row.display, row.rung) for row in rows[:2]] == [
        (Display.NUMBER, Rung.AUTOMATIC),
        (Display.FULL, Rung.AUTOMATIC),
    ]


def test_a_smaller_reserve_that_makes_a_row_invite_is_told(desk):
    desk.report(A=2, B=33)
    desk.garage("A", reserve_veh=0)
    row = desk.at().contents["S"].rows[0]
    assert (row.free_veh, row.rung, row.reason) == (2, Rung.OPERATOR, content.FRESH)


def test_a_sum_with_a_member_put_full_says_who_did_it(desk):
    desk.report(A=50, B=0)
    desk.garage("A", "full")
    result = desk.at()
    row = result.contents["S"].rows[2]
    assert (row.display, row.rung, row.reason) == (Display.FULL, Rung.OPERATOR, content.OPERATOR)
    log = {decision.subject_id: decision for decision in result.decisions}["sign/S"]
    assert log.inputs["by"] == ["control-room", "", "control-room"]
    desk.garage("B", "closed", after_s=10.0)
    mixed = desk.at(10.0).contents["S"].rows[2]
    assert (mixed.display, mixed.rung) == (Display.FULL, Rung.OPERATOR)


def test_an_event_recommends_no_car_park_that_is_closed_or_unknown(town):
    desk, plain = Desk(town, event(facility_id="A", recommend=True)), Desk(town)
    for one in (desk, plain):
        one.report(A=50, B=33)
    assert desk.at().recommended["S"] == (True, False, True)
    for one in (desk, plain):
        one.garage("A", "closed")
    assert displays(desk.at(1.0))[2] == 30
    assert desk.at(1.0).recommended == plain.at(1.0).recommended, "as without the event"
    unknown = Desk(town, event(facility_id="A", recommend=True))
    unknown.report(B=33)
    plain = Desk(town)
    plain.report(B=33)
    assert unknown.at().recommended == plain.at().recommended


def test_a_reserve_that_leaves_older_data_unclear_is_told(desk):
    desk.report(A=50, B=33)
    desk.garage("A", reserve_veh=48)
    row = desk.at(500.0).contents["S"].rows[0]
    assert (row.display, row.rung, row.reason) == (Display.NEUTRAL, Rung.OPERATOR, content.OPERATOR)
