"""What the recorder counts on a street whose every time is calculated by hand.

Cars that start at 0, 2, 4, 6, 8 s are at the end of `bc` at 30, 32, ... 38 s and leave at 30, 40, ... 70 s: they lose
0, 8, 16, 24, 32 s there, and all but the first stop.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traffic_core.errors import InvalidValueError

FIVE = (0.0, 2.0, 4.0, 6.0, 8.0)
COLUMNS = {
    "link": "link_id interval_start_s entered_veh left_veh mean_time_s mean_delay_s stops_veh longest_queue_veh",
    "facility": "facility_id interval_start_s occupied_veh capacity_veh entered_veh left_veh gave_up_veh",
    "town": "interval_start_s inside_veh waiting_outside_veh queued_veh",
}


def garage(**counts):
    return SimpleNamespace(
        **{"capacity_veh": 10, "parked_veh": 0, "entered_veh": 0, "left_veh": 0, "refused_veh": 0} | counts
    )


def rows(table, *columns):
    return list(zip(*(np.asarray(table[name]).tolist() for name in columns), strict=True))


def test_links_count_who_enters_and_leaves_and_what_it_took(make_street):
    link = make_street(*FIVE).record(0.0, 900.0).tables()["link"]
    assert rows(link, "link_id", "entered_veh", "left_veh", "stops_veh") == [("ab", 5, 5, 0), ("bc", 5, 5, 4)]
    np.testing.assert_allclose(link["mean_time_s"], [20.0, (10 + 18 + 26 + 34 + 42) / 5])
    np.testing.assert_allclose(link["mean_delay_s"], [0.0, (0 + 8 + 16 + 24 + 32) / 5], atol=1e-9)


def test_the_longest_queue_is_the_longest_of_all_samples(make_street):
    recorder = make_street(*FIVE).record(0.0, 900.0, samples_s=(35.0, 39.0, 45.0))
    assert recorder.tables()["link"]["longest_queue_veh"].tolist() == [0, 4]  # at 35 s 2, at 39 s 4, at 45 s 3
    assert recorder.longest_queue_veh == 4
    assert make_street(*FIVE).record(0.0, 900.0).longest_queue_veh == 0  # nobody looked


def test_what_happened_in_the_warm_up_is_in_no_interval(make_street):
    recorder = make_street(*FIVE, 940.0).record(35.0, 1000.0, samples_s=(20.0, 39.0))
    link = recorder.tables()["link"]
    assert rows(link, "link_id", "interval_start_s", "entered_veh", "left_veh", "stops_veh", "longest_queue_veh") == [
        ("ab", 35, 0, 0, 0, 0),
        ("ab", 935, 1, 1, 0, 0),
        ("bc", 35, 0, 4, 4, 4),
        ("bc", 935, 1, 1, 0, 0),
    ]
    np.testing.assert_allclose(link["mean_time_s"], [np.nan, 20.0, (18 + 26 + 34 + 42) / 4, 10.0])
    np.testing.assert_allclose(link["mean_delay_s"], [np.nan, 0.0, (8 + 16 + 24 + 32) / 4, 0.0], atol=1e-9)
    assert recorder.driven_m == 1 * 200.0 + 5 * 100.0
    assert recorder.stops_veh == 4


def test_a_queue_at_the_border_of_two_intervals_counts_in_both(make_street):
    starts_s = [860.0 + start_s for start_s in FIVE]  # at the end of bc from 890 s on
    link = make_street(*starts_s).record(0.0, 1800.0).tables()["link"]
    assert rows(link, "link_id", "longest_queue_veh")[2:] == [("bc", 4), ("bc", 4)]  # at 900 s all but the first


def test_the_town_is_counted_at_the_end_of_each_interval(make_street):
    starts_s = [*(860.0 + start_s for start_s in FIVE), 999.0, 999.0, 999.0]
    town = make_street(*starts_s).record(0.0, 1000.0).tables()["town"]
    # at 900 s the second leaves; at 1000 s one is on ab, two wait for the 1.5 s between two cars
    assert rows(town, *COLUMNS["town"].split()) == [(0, 4, 0, 4), (900, 1, 2, 0)]


def test_car_parks_tell_their_state_and_what_changed(make_street):
    street = make_street()
    first, second = garage(parked_veh=3, entered_veh=100, left_veh=50), garage(capacity_veh=20, refused_veh=7)
    recorder = street.recorder(0.0, 1000.0, {"Z": first, "A": second})
    first.entered_veh += 1  # still before the period
    recorder.close_interval(0.0)
    first.entered_veh, first.left_veh, first.parked_veh = 105, 52, 6
    second.refused_veh = 9
    recorder.close_interval(900.0)
    second.capacity_veh = 15
    recorder.close_interval(1000.0)
    assert rows(recorder.tables()["facility"], *COLUMNS["facility"].split()) == [
        ("Z", 0, 6, 10, 4, 2, 0),
        ("Z", 900, 6, 10, 0, 0, 0),
        ("A", 0, 0, 20, 0, 0, 2),
        ("A", 900, 0, 15, 0, 0, 0),
    ]


@pytest.mark.parametrize("garages", [{}, {"P": garage(), "Q": garage()}])
def test_all_columns_of_a_table_are_equally_long_and_in_order(make_street, garages):
    tables = make_street(0.0).record(0.0, 2000.0, garages=garages).tables()
    assert {name: " ".join(table) for name, table in tables.items()} == COLUMNS
    lengths = {name: {len(column) for column in table.values()} for name, table in tables.items()}
    assert lengths == {"link": {6}, "facility": {3 * len(garages)}, "town": {3}}
    for table in tables.values():
        for name, column in table.items():
            if name.endswith("_id"):
                assert type(column) is tuple
            else:
                assert column.dtype == (np.float64 if name.startswith("mean_") else np.int64)


@settings(max_examples=15, deadline=None)
@given(starts_s=st.lists(st.integers(0, 1100), max_size=25), begin_s=st.integers(0, 150))
def test_links_add_up_to_the_town(make_street, starts_s, begin_s):
    street = make_street(*sorted(map(float, starts_s)))
    street.drive(float(begin_s)) if begin_s else None
    before = street.traffic.town
    inside, left, entered = street.traffic.inside_veh, before.left_veh.copy(), street.traffic.entered_veh
    recorder = street.record(float(begin_s), 1150.0, samples_s=np.arange(180.0, 1150.0, 60.0).tolist())
    tables = recorder.tables()
    link, town, traffic = tables["link"], tables["town"], street.traffic
    first = np.array([name == "ab" for name in link["link_id"]])
    assert link["entered_veh"][first].sum() == traffic.entered_veh - entered
    assert link["entered_veh"].sum() - link["left_veh"].sum() == traffic.inside_veh - inside
    assert town["inside_veh"][-1] == traffic.inside_veh
    assert (town["queued_veh"] <= town["inside_veh"]).all()
    assert recorder.longest_queue_veh == link["longest_queue_veh"].max()
    assert recorder.stops_veh == link["stops_veh"].sum()
    assert (np.isnan(link["mean_time_s"]) == (link["left_veh"] == 0)).all()
    assert (np.nan_to_num(link["mean_delay_s"]) <= np.nan_to_num(link["mean_time_s"])).all()
    assert recorder.driven_m == pytest.approx(((traffic.town.left_veh - left) * np.array([200.0, 100.0])).sum())


def test_recording_changes_nothing_on_the_streets(make_street):
    watched, alone = make_street(*FIVE), make_street(*FIVE)
    watched.record(0.0, 100.0, samples_s=(20.0, 40.0, 60.0))
    for until_s in (20.0, 40.0, 60.0, 100.0):
        alone.drive(until_s)
    for one, other in zip(watched.traffic.town, alone.traffic.town, strict=True):
        np.testing.assert_array_equal(one, other)


# ---- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin_s", "end_s", "parts"),
    [
        (0.5, 900.0, ("begin_s = 0.5", "whole second")),
        (0.0, float("nan"), ("end_s = nan", "whole second")),
        (900.0, 900.0, ("end_s = 900.0", "after begin_s = 900")),
    ],
)
def test_a_period_must_have_whole_seconds_and_a_length(make_street, begin_s, end_s, parts):
    with pytest.raises(InvalidValueError) as caught:
        make_street().recorder(begin_s, end_s)
    assert all(part in str(caught.value) for part in parts)


def test_arrays_of_another_network_are_refused(make_street):
    street = make_street()
    street.arrays.link_index["cd"] = 2
    with pytest.raises(InvalidValueError, match="arrays = 3: must have the 2 links"):
        street.recorder(0.0, 900.0)


def test_an_interval_that_is_closed_at_the_wrong_time_is_refused(make_street):
    recorder = make_street().recorder(0.0, 1000.0)
    with pytest.raises(InvalidValueError, match=r"now_s = 900\.0: .* the next is due at 0"):
        recorder.close_interval(900.0)
    for now_s in (0.0, 900.0, 1000.0):
        recorder.close_interval(now_s)
    with pytest.raises(InvalidValueError, match=r"now_s = 1000\.0: .* none is left"):
        recorder.close_interval(1000.0)


@pytest.mark.parametrize("ask", ["tables", "stops_veh", "driven_m", "longest_queue_veh"])
def test_a_run_that_is_not_over_has_no_result(make_street, ask):
    recorder = make_street().recorder(0.0, 1000.0)
    for now_s in (0.0, 900.0):
        recorder.close_interval(now_s)
    assert not recorder.is_complete
    with pytest.raises(InvalidValueError, match=r"recorder = 1000\.0: must be closed up to here"):
        recorder.tables() if ask == "tables" else getattr(recorder, ask)
