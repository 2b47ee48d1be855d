"""Day plans in local time: which entry holds when, on ordinary days and on those on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signal_plans.day_plan import (
    HOLIDAY,
    SCHOOL_HOLIDAY,
    WEEKDAYS,
    Calendar,
    DayPlan,
    DayPlans,
    SpecialDays,
    SwitchingTime,
    moment_s,
    planned,
)
from signal_plans.mode import Mode, ModeKind
from traffic_core.errors import InvalidValueError

BERLIN = ZoneInfo("Europe/Berlin")


def times(*clocks):
    """Switching times; each runs a programme that bears its name."""
    found = []
    for clock in clocks:
        hour, minute = map(int, clock.split(":"))
        found.append(
            SwitchingTime(minute=60 * hour + minute, mode=Mode(ModeKind.PROGRAMME, f"P{clock.replace(':', '')}"))
        )
    return tuple(found)


def plan(junctions=("J",), name="G", **days):
    kinds = {**dict.fromkeys((*WEEKDAYS, HOLIDAY), times("00:00")), **days}
    return DayPlan(id=name, junctions=junctions, days=kinds)


def at(text):
    """Seconds of a local time; a second number after a blank is the fold."""
    clock, _, fold = text.partition("/")
    return datetime.fromisoformat(clock).replace(tzinfo=BERLIN, fold=int(fold or 0)).timestamp()


def runs(the_plan, text, *special):
    return str(planned(the_plan, Calendar(zone=BERLIN, special=special), at(text)).entry.mode)


def test_an_entry_holds_from_its_second_to_the_next():
    friday = plan(fri=times("00:00", "06:30", "09:00"))
    found = [runs(friday, f"2026-11-27T{clock}") for clock in ("00:00:00", "06:29:59", "06:30:00", "23:59:59")]
    assert found == ["P0000", "P0000", "P0630", "P0900"]
    told = planned(friday, Calendar(zone=BERLIN), at("2026-11-27T07:00"))
    assert (told.from_s, told.until_s) == (at("2026-11-27T06:30"), at("2026-11-27T09:00"))
    assert (told.kind, told.entry.clock) == ("fri", "06:30")


def test_a_holiday_goes_before_the_weekday_and_special_days_before_both():
    days = plan(thu=times("00:00", "01:00"), holiday=times("00:00", "02:00"), fair=times("00:00", "03:00"))
    fair = SpecialDays(kind="fair", first=date(2026, 6, 4), last=date(2026, 6, 5))
    assert runs(days, "2026-06-11T12:00") == "P0100"
    assert runs(days, "2026-06-04T12:00") == "P0200", "Corpus Christi"
    assert runs(days, "2026-06-04T12:00", fair) == "P0300"
    assert runs(plan(fri=times("00:00", "01:00")), "2026-06-05T12:00", fair) == "P0100", "no entries for a fair"


def test_school_holidays_count_on_working_days_that_are_no_holidays():
    days = plan(school_holiday=times("00:00", "04:00"), mon=times("00:00", "01:00"))
    easter = SpecialDays(kind=SCHOOL_HOLIDAY, first=date(2026, 3, 30), last=date(2026, 4, 11))
    found = [runs(days, f"2026-{day}T12:00", easter) for day in ("03-30", "04-06", "04-07", "04-11", "04-13")]
    assert found == ["P0400", "P0000", "P0400", "P0000", "P0100"]


def test_a_time_in_the_skipped_hour_comes_at_the_moment_of_the_change():
    change_s = datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp()
    assert moment_s(date(2026, 3, 29), 150, BERLIN) == change_s
    sunday = plan(sun=times("00:00", "02:10", "02:30", "03:30"))
    assert runs(sunday, "2026-03-29T01:59:59") == "P0000"
    assert runs(sunday, "2026-03-29T03:00:00") == "P0230", "of two in the skipped hour the later counts"
    assert runs(sunday, "2026-03-29T03:30:00") == "P0330"


def test_a_time_in_the_doubled_hour_comes_once():
    sunday = plan(sun=times("00:00", "02:30", "03:00"))
    order = ["2026-10-25T02:29:59/0", "2026-10-25T02:30:00/0", "2026-10-25T02:10:00/1", "2026-10-25T02:45:00/1"]
    assert [runs(sunday, text) for text in order] == ["P0000", "P0230", "P0230", "P0230"]
    told = planned(sunday, Calendar(zone=BERLIN), at(order[1]))
    assert told.until_s - told.from_s == 5_400, "half an hour and the hour again"


@given(st.integers(0, 2 * 365 * 86_400), st.lists(st.integers(1, 1_439), unique=True, max_size=6))
def test_an_entry_holds_in_every_second_that_it_is_said_to_hold(offset_s, minutes):
    clocks = [f"{m // 60:02}:{m % 60:02}" for m in [0, *sorted(minutes)]]
    days = plan(**dict.fromkeys((*WEEKDAYS, HOLIDAY), times(*clocks)))
    calendar, now_s = Calendar(zone=BERLIN), 1_767_225_600 + offset_s
    told = planned(days, calendar, now_s)
    assert told.from_s <= now_s < told.until_s
    assert planned(days, calendar, told.from_s).entry == told.entry
    assert planned(days, calendar, told.until_s - 1) == told
    assert planned(days, calendar, told.until_s).from_s == told.until_s


@pytest.mark.parametrize(
    ("days", "named"),
    [
        ({"sat": ()}, r"day_plan\[G\].sat.from_time = None: must begin at 00:00"),
        ({"sat": times("01:00")}, r"sat.from_time = '01:00': must begin"),
        ({"sat": times("00:00", "07:00", "07:00")}, "'07:00': must be later than 07:00"),
    ],
)
def test_a_day_that_is_no_plan_is_refused(days, named):
    with pytest.raises(InvalidValueError, match=named):
        plan(**days)


def test_a_day_without_an_entry_is_refused():
    with pytest.raises(InvalidValueError, match="'holiday': must have an entry"):
        DayPlan(id="G", junctions=("J",), days=dict.fromkeys(WEEKDAYS, times("00:00")))
    with pytest.raises(InvalidValueError, match="junctions"):
        plan(junctions=())


def test_special_days_are_checked():
    with pytest.raises(InvalidValueError, match="last_date = '2026-01-01': must not be before 2026-01-02"):
        SpecialDays(kind="fair", first=date(2026, 1, 2), last=date(2026, 1, 1))
    with pytest.raises(InvalidValueError, match="must not be a weekday"):
        SpecialDays(kind="mon", first=date(2026, 1, 2), last=date(2026, 1, 2))


def test_a_junction_has_one_plan():
    with pytest.raises(InvalidValueError, match="'J': has the plan G too"):
        DayPlans(calendar=Calendar(zone=BERLIN), plans=(plan(), plan(name="H")))
    plans = DayPlans(calendar=Calendar(zone=BERLIN), plans=(plan(), plan(junctions=("K",), name="H")))
    assert [plans.place_of(name) for name in "JKL"] == [0, 1, None]
