"""Event plans: windows in town time over clock changes and midnight, and the table they come from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.event_plan import NO_EVENTS, EventEntry, EventPlan, Window
from parking.event_plan_files import EVENT_PLAN_COLUMNS, read_event_plan
from parking.sign import Display
from traffic_core.errors import FileError, InvalidValueError

ZONE = ZoneInfo("Europe/Berlin")
LINE = {
    "event_id": "FAIR",
    "name_de": "Messe",
    "name_en": "Fair",
    "active": "1",
    "first_date": "2027-01-16",
    "last_date": "2027-01-18",
    "from_time": "08:00",
    "until_time": "19:00",
    "target": "parking/A",
    "show": "closed",
    "confidence": "estimated",
    "source": "made up for the test",
}


def utc(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


def window(first, last, start, until):
    return Window(first_date=first, last_date=last, start=time(*start), until=time(*until))


def test_a_window_holds_from_its_start_to_just_before_its_end_on_each_of_its_days():
    fair = window(date(2027, 1, 16), date(2027, 1, 17), (8, 0), (19, 0))
    held = [fair.holds(at_s, ZONE) for at_s in (utc(2027, 1, 16, 6, 59), utc(2027, 1, 16, 7), utc(2027, 1, 16, 18))]
    assert held == [False, True, False], "08:00 in winter is 07:00 UTC, 19:00 is 18:00"
    assert fair.holds(utc(2027, 1, 17, 12), ZONE)
    assert not fair.holds(utc(2027, 1, 18, 12), ZONE)


def test_an_end_before_the_start_is_on_the_next_day():
    night = window(date(2027, 1, 16), date(2027, 1, 16), (22, 0), (2, 0))
    assert night.holds(utc(2027, 1, 17, 0, 30), ZONE)
    assert not night.holds(utc(2027, 1, 17, 1), ZONE)
    assert not night.holds(utc(2027, 1, 16, 0, 30), ZONE), "that night belongs to the day before"


def test_the_longer_night_in_autumn_holds_both_hours_of_two():
    # clocks go back from 03:00 to 02:00 on 31 October 2027, 01:00 UTC
    night = window(date(2027, 10, 31), date(2027, 10, 31), (2, 30), (2, 45))
    assert night.holds(utc(2027, 10, 31, 0, 30), ZONE)
    assert night.holds(utc(2027, 10, 31, 1, 44), ZONE)
    assert not night.holds(utc(2027, 10, 31, 1, 45), ZONE)


def test_the_hour_left_out_in_spring_is_the_one_behind_it():
    # clocks go on from 02:00 to 03:00 on 28 March 2027, 01:00 UTC: 02:30 means 03:30 there, 01:30 UTC
    night = window(date(2027, 3, 28), date(2027, 3, 28), (1, 0), (2, 30))
    assert night.holds(utc(2027, 3, 28, 0), ZONE)
    assert night.holds(utc(2027, 3, 28, 1, 29), ZONE)
    assert not night.holds(utc(2027, 3, 28, 1, 30), ZONE)


@pytest.mark.parametrize(
    ("start", "until", "spans"),
    [
        # 02:30 to 03:30 would be 03:30 to 03:30: told by the time before the jump, 01:30 to 02:30 UTC less an hour
        ((2, 30), (3, 30), (utc(2027, 3, 28, 0, 30), utc(2027, 3, 28, 1, 30))),
        ((2, 0), (3, 0), (utc(2027, 3, 28, 0), utc(2027, 3, 28, 1))),
        ((2, 45), (3, 15), (utc(2027, 3, 28, 0, 45), utc(2027, 3, 28, 1, 15))),
        ((2, 10), (2, 50), (utc(2027, 3, 28, 1, 10), utc(2027, 3, 28, 1, 50))),
        ((2, 30), (3, 45), (utc(2027, 3, 28, 1, 30), utc(2027, 3, 28, 1, 45))),
    ],
)
def test_the_jump_in_spring_swallows_no_event(start, until, spans):
    night = window(date(2027, 3, 28), date(2027, 3, 28), start, until)
    assert night.span_s(date(2027, 3, 28), ZONE) == spans
    assert night.holds(spans[0], ZONE)
    assert not night.holds(spans[1], ZONE)


windows = st.builds(
    lambda first, days, start, until: Window(
        first_date=first, last_date=date.fromordinal(first.toordinal() + days), start=start, until=until
    ),
    st.dates(date(2027, 3, 25), date(2027, 3, 31)) | st.dates(date(2027, 10, 28), date(2027, 11, 2)),
    st.integers(0, 3),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)


@given(
    found=st.lists(windows, max_size=4),
    hops_s=st.lists(st.floats(-90_000.0, 90_000.0), min_size=1, max_size=12),
    begin_s=st.sampled_from([utc(2027, 3, 28), utc(2027, 10, 31)]),
)
def test_a_plan_says_the_same_as_its_windows_wherever_the_clock_goes(found, hops_s, begin_s):
    entries = tuple(
        EventEntry(event_id=f"E{number}", window=one, facility_id="A", show=Display.FULL)
        for number, one in enumerate(found)
    )
    plan = EventPlan(zone=ZONE, entries=entries, names={})
    at_s = begin_s
    for hop_s in hops_s:
        at_s += hop_s
        assert plan.at(at_s) == tuple(entry for entry in entries if entry.window.holds(at_s, ZONE))


def test_a_plan_looks_at_its_entries_only_where_something_changes(monkeypatch):
    fair = window(date(2027, 1, 1), date(2027, 1, 31), (8, 0), (19, 0))
    entries = tuple(
        EventEntry(event_id=f"E{number}", window=fair, facility_id="A", show=Display.FULL) for number in range(50)
    )
    plan = EventPlan(zone=ZONE, entries=entries, names={})
    assert plan.at(utc(2027, 1, 16, 12)) == entries
    monkeypatch.delattr(Window, "span_s")
    assert plan.at(utc(2027, 1, 16, 17, 59)) is plan.at(utc(2027, 1, 16, 12))
    assert plan.at(utc(2027, 1, 16, 18)) == ()


@given(day=st.dates(date(2027, 1, 1), date(2027, 12, 31)), minute=st.integers(0, 1_439), length=st.integers(1, 1_439))
def test_every_window_has_one_piece_on_every_day_of_the_year(day, minute, length):
    until = (minute + length) % 1_440
    one = window(day, day, divmod(minute, 60), divmod(until, 60))
    start_s = datetime.combine(day, time(*divmod(minute, 60)), ZONE).timestamp()
    held = [one.holds(start_s + 600.0 * step - 3_000.0, ZONE) for step in range(180)]
    changes = sum(before != after for before, after in pairwise(held))
    assert changes == 2


def test_entries_say_one_thing_about_one_target():
    some = window(date(2027, 1, 16), date(2027, 1, 16), (8, 0), (19, 0))
    with pytest.raises(InvalidValueError, match="must be a facility or a row"):
        EventEntry(event_id="E", window=some, show=Display.FULL)
    with pytest.raises(InvalidValueError, match="exactly one thing"):
        EventEntry(event_id="E", window=some, facility_id="A", show=Display.FULL, recommend=True)
    with pytest.raises(InvalidValueError, match=r"event.show = 'free': must be full, closed or neutral"):
        EventEntry(event_id="E", window=some, facility_id="A", show=Display.FREE)
    with pytest.raises(InvalidValueError, match=r"must lie|must be"):
        window(date(2027, 1, 16), date(2027, 1, 15), (8, 0), (19, 0))


def test_no_plan_says_nothing():
    assert NO_EVENTS.at(utc(2027, 1, 16, 12)) == ()


@pytest.fixture
def read(town, tmp_path):
    """Reads lines of a table about facility A and sign S with two rows."""
    model = town.model([town.facility("A"), town.facility("B")], [town.sign("S", "A", "A;B")])

    def read_lines(*lines):
        rows = [",".join((LINE | line)[name] for name in EVENT_PLAN_COLUMNS) for line in lines]
        (tmp_path / "event_plan.csv").write_text("\n".join([",".join(EVENT_PLAN_COLUMNS), *rows, ""]), "utf-8")
        return read_event_plan(tmp_path, model, ZONE)

    return read_lines


def test_lines_become_entries_and_inactive_ones_do_nothing(read):
    plan = read(
        {},
        {"target": "sign/S/2", "show": "neutral"},
        {"target": "parking/B", "show": "reserve:30"},
        {"target": "parking/B", "show": "recommend"},
        {"event_id": "LATER", "active": "0"},
    )
    found = plan.at(utc(2027, 1, 16, 12))
    assert [entry.target for entry in found] == ["parking/A", "sign/S/2", "parking/B", "parking/B"]
    assert (found[0].show, found[1].row, found[2].reserve_veh, found[3].recommend) == (Display.CLOSED, 1, 30, True)
    assert plan.names == {"FAIR": ("Messe", "Fair"), "LATER": ("Messe", "Fair")}


def test_a_town_without_the_table_has_no_events(town, tmp_path):
    plan = read_event_plan(tmp_path, town.model([town.facility()], [town.sign("S", "A")]), ZONE)
    assert plan == EventPlan(zone=ZONE, entries=(), names={})


@pytest.mark.parametrize(
    ("changed", "parts"),
    [
        ({"target": "parking/X"}, ["row 2: target = 'parking/X'", "facility.csv"]),
        ({"target": "sign/X/1"}, ["target = 'sign/X/1'", "sign.csv"]),
        ({"target": "sign/S/3"}, ["target = 'sign/S/3'", "1 to 2 of sign S"]),
        ({"target": "sign/S"}, ["target"]),
        ({"target": "sign/S/1", "show": "recommend"}, ["show = 'recommend'", "for a row of a sign"]),
        ({"show": "free"}, ["show = 'free'", "full, closed, neutral, recommend or reserve:N"]),
        ({"show": "42"}, ["show = '42'"]),
        ({"show": "reserve:999999"}, ["reserve_veh"]),
        ({"first_date": "16.01.2027"}, ["first_date = '16.01.2027'", "2027-01-31"]),
        ({"last_date": "2027-02-30"}, ["last_date = '2027-02-30'", "calendar"]),
        ({"last_date": "2027-01-15"}, ["event.last_date"]),
        ({"from_time": "25:00"}, ["from_time = '25:00'", "09:30"]),
        ({"active": "yes"}, ["active = 'yes'", "0 or 1"]),
        ({"event_id": "a b/"}, ["event_id"]),
    ],
)
def test_a_bad_cell_is_named_also_where_the_line_is_inactive(read, changed, parts):
    with pytest.raises(FileError) as caught:
        read({"active": "0"} | changed)
    assert all(part in str(caught.value) for part in ["event_plan.csv", *parts])


def test_an_event_has_one_name(read):
    with pytest.raises(FileError, match=r"row 3: name_de = 'Messe'.*the same in all rows of FAIR"):
        read({"name_de": "Markt"}, {"show": "full"})
