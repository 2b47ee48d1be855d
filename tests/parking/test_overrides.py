"""Operators before event plans before data; nothing above the data can make a sign promise what is not known."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from two_garages import ALL_DAYS, Desk, displays, event

from parking import content
from parking.override import LONGEST_S, FacilityOverride, SignOverride, Term
from parking.sign import Display, Rung
from traffic_core.errors import InvalidValueError
from traffic_core.readings import Quality


@pytest.fixture
def desk(town):
    return Desk(town)


def test_an_override_of_a_sign_touches_this_sign_alone(desk):
    desk.report(A=50, B=33)
    assert desk.sign("auto", "closed", "neutral") is None
    result = desk.at()
    assert displays(result) == [50, "closed", "neutral"]
    assert displays(result, "T") == [30]
    row = result.contents["S"].rows[1]
    assert (row.reason, row.rung, row.quality, row.age_s) == (content.OPERATOR, Rung.OPERATOR, Quality.UNKNOWN, None)
    log = {decision.subject_id: decision for decision in result.decisions}["sign/S"]
    assert log.inputs["rungs"] == ["automatic", "operator", "operator"]
    assert log.inputs["by"] == ["", "control-room", "control-room"]


def test_an_override_of_a_facility_acts_on_all_its_signs_and_its_sums(desk):
    desk.report(A=50, B=33)
    desk.garage("B", "full")
    result = desk.at()
    assert displays(result) == [50, "full", 50]
    assert displays(result, "T") == ["full"]
    assert result.facilities["B"].reason == content.OPERATOR
    assert "B" not in result.plan.of_sign.get("T", ())


def test_a_reserve_of_an_operator_makes_full_earlier(desk):
    desk.report(A=50, B=33)
    desk.garage("A", reserve_veh=50)
    assert displays(desk.at()) == ["full", 30, 30]
    desk.report(10.0, A=60)
    log = {d.subject_id: d for d in desk.at(10.0).decisions}
    assert "facility/A" not in log or log["facility/A"].inputs["reserve_veh"] == 50


def test_all_members_put_full_by_an_operator_say_so_in_the_sum(desk):
    desk.report(A=50, B=33)
    desk.garage("A", "closed")
    desk.garage("B", "closed")
    row = desk.at().contents["S"].rows[2]
    assert (row.display, row.reason) == (Display.CLOSED, content.OPERATOR)


def test_an_override_ends_by_itself_and_that_is_told_once(desk):
    desk.report(A=50, B=33)
    desk.garage("A", "closed", minutes=5)
    assert displays(desk.at())[0] == "closed"
    desk.report(299.0, A=50, B=33)
    assert displays(desk.at(299.0))[0] == "closed"
    desk.report(300.0, A=50, B=33)
    result = desk.at(300.0)
    assert displays(result)[0] == 50, "it has been shown for longer than the minimum time"
    assert [ended.facility_id for ended in desk.guidance.overrides.take_ended()] == ["A"]
    assert desk.guidance.overrides.take_ended() == [], "told once"


def test_a_withdrawn_override_waits_for_the_minimum_display_time(desk):
    desk.report(A=50, B=33)
    desk.garage("A", "closed")
    desk.at()
    assert desk.guidance.overrides.withdraw("parking/A") is not None
    assert desk.guidance.overrides.withdraw("parking/A") is None
    result = desk.at(10.0)
    assert (displays(result)[0], result.contents["S"].rows[0].reason) == ("closed", content.DWELL)


@pytest.mark.parametrize("free_veh", [{}, {"A": 0}, {"A": 2}])
def test_free_is_refused_where_nothing_is_known_to_be_free(desk, free_veh):
    desk.report(**free_veh)
    refusal = desk.sign("free", "auto", "auto")
    assert (refusal.reason, refusal.detail) == (content.OVERRIDE_REFUSED_FREE, "row 1 (A: full, closed or unknown)")


def test_a_closed_facility_is_never_put_free(desk):
    desk.state.accept(desk.town.report("A", free_veh=50, is_open=False))
    assert desk.sign("free", "auto", "auto").reason == content.OVERRIDE_REFUSED_FREE


def test_free_stands_as_long_as_it_is_true_and_comes_back(desk):
    desk.report(A=50, B=33)
    assert desk.sign("free", "auto", "free") is None
    result = desk.at()
    assert displays(result) == ["free", 30, "free"]
    assert result.contents["S"].rows[0].quality is Quality.MEASURED
    assert result.contents["S"].valid_until_s == desk.town.now_s + 60.0
    desk.report(10.0, A=0)
    assert displays(desk.at(10.0)) == ["full", 30, "free"]
    desk.report(20.0, B=0)
    assert displays(desk.at(20.0)) == ["full", "full", "full"]
    desk.report(30.0, A=50, B=33)
    assert displays(desk.at(30.0))[0] == "free", "more than the reserve is reported free again"


def test_free_never_outlives_its_data(desk):
    desk.report(A=50, B=33)
    desk.sign("free", "auto", "auto", minutes=120)
    late = desk.at(1_840.0)
    assert displays(late)[0] == "neutral"


def test_an_operator_cannot_force_a_number_or_set_nothing(desk):
    with pytest.raises(InvalidValueError, match=r"rows\[2\] = 'number': must not force a number"):
        SignOverride(sign_id="S", rows=(None, Display.NUMBER), term=desk.term())
    with pytest.raises(InvalidValueError, match="at least one row"):
        SignOverride(sign_id="S", rows=(None, None), term=desk.term())
    with pytest.raises(InvalidValueError, match="full, closed or neutral"):
        FacilityOverride(facility_id="A", show=Display.FREE, reserve_veh=None, term=desk.term())
    with pytest.raises(InvalidValueError, match="either show or reserve_veh"):
        FacilityOverride(facility_id="A", show=Display.FULL, reserve_veh=3, term=desk.term())


@pytest.mark.parametrize("span_s", [0.0, -1.0, LONGEST_S + 1.0])
def test_an_override_must_end_within_twelve_hours(span_s):
    with pytest.raises(InvalidValueError, match=r"override.valid_until.*12 h"):
        Term(from_s=0.0, until_s=span_s, text="x", key_id="desk")


@pytest.mark.parametrize("text", ["", " ", "a\nb", "x" * 201])
def test_a_reason_is_a_printable_line(text):
    with pytest.raises(InvalidValueError, match=r"override.reason"):
        Term(from_s=0.0, until_s=60.0, text=text, key_id="desk")


def test_what_does_not_fit_the_model_is_refused(desk):
    assert desk.sign("full").reason == content.OVERRIDE_REFUSED_ROWS
    with pytest.raises(InvalidValueError, match=r"sign_id = 'X'"):
        desk.sign("full", sign_id="X")
    with pytest.raises(InvalidValueError, match=r"facility_id = 'X'"):
        desk.garage("X", "full")


def test_a_restart_takes_over_what_still_holds_and_fits(desk):
    overrides = desk.guidance.overrides
    now_s = desk.town.now_s
    held = FacilityOverride(facility_id="A", show=Display.FULL, reserve_veh=None, term=desk.term())
    assert overrides.restore(held, now_s + 60.0)
    assert not overrides.restore(held, now_s + 1_800.0), "expired"
    other = SignOverride(sign_id="S", rows=(Display.FULL,), term=desk.term())
    assert not overrides.restore(other, now_s), "the sign has other rows today"
    assert displays(desk.at(60.0))[0] == "full"


def test_an_event_stands_above_the_data_and_below_an_operator(town):
    desk = Desk(town, event(facility_id="A", show=Display.CLOSED), event(sign_id="T", row=0, show=Display.NEUTRAL))
    desk.report(A=50, B=33)
    first = desk.at()
    assert (displays(first), displays(first, "T")) == (["closed", 30, 30], ["neutral"])
    assert (first.facilities["A"].reason, first.facilities["A"].rung) == (content.EVENT, Rung.EVENT)
    log = {decision.subject_id: decision for decision in first.decisions}
    assert (log["event/FAIR"].reason, log["event/FAIR"].outcome) == (content.EVENT_STARTED, "on")
    assert log["event/FAIR"].inputs["targets"] == ["parking/A", "sign/T/1"]
    assert log["facility/A"].inputs["by"] == "FAIR"
    desk.garage("A", "full", after_s=10.0)
    desk.garage("B", "closed", after_s=10.0)
    second = desk.at(10.0)
    assert (displays(second), displays(second, "T")) == (["full", "closed", "full"], ["closed"])


def test_an_event_ends_and_that_is_logged(town):
    until_s = ALL_DAYS.last_date.toordinal() - date(1970, 1, 1).toordinal()
    end_s = (until_s + 1) * 86_400.0 - 3_600.0
    desk = Desk(town, event(facility_id="A", show=Display.CLOSED))
    desk.report(A=50)
    assert displays(desk.at())[0] == "closed"
    after_s = end_s - town.now_s
    desk.report(after_s, A=50)
    result = desk.at(after_s)
    assert displays(result)[0] == 50
    assert {d.subject_id: d.reason for d in result.decisions}["event/FAIR"] == content.EVENT_ENDED


def test_an_event_keeps_places_back_and_recommends_where_a_row_invites(town):
    desk = Desk(town, event(facility_id="A", reserve_veh=50), event(facility_id="B", recommend=True))
    desk.report(A=50, B=33)
    result = desk.at()
    assert displays(result) == ["full", 30, 30]
    assert result.recommended == {"S": (False, True, True), "T": (True,)}
    desk.report(10.0, B=0)
    assert desk.at(10.0).recommended == {"S": (False, False, False), "T": (False,)}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])  # builders, no state
@given(
    shown=st.lists(st.sampled_from(["auto", "free", "full", "closed", "neutral"]), min_size=3, max_size=3),
    free_veh=st.dictionaries(st.sampled_from("AB"), st.integers(0, 100)),
    age_s=st.floats(0.0, 2_400.0),
)
def test_no_override_makes_a_sign_promise_what_is_not_known(town, shown, free_veh, age_s):
    desk = Desk(town)
    desk.report(**free_veh)
    if any(row != "auto" for row in shown):
        desk.sign(*shown, minutes=60)
    row_ids = [("A",), ("B",), ("A", "B")]
    for after_s in (0.0, age_s):
        estimates = desk.state.estimates(town.now_s + after_s)
        content_now = desk.at(after_s).contents["S"]
        for ids, row in zip(row_ids, content_now.rows, strict=True):
            fresh = [estimates[key] for key in ids if estimates[key].word_until_s is not None]
            if row.display is Display.NUMBER:
                assert row.rung is Rung.AUTOMATIC
            if row.display in {Display.NUMBER, Display.FREE}:
                assert any((estimate.held_veh or 0) > 2 for estimate in fresh)
