from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from api.errors import ConfigError
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.store.rows import DecisionRow, RejectCountRow, SignalCommandRow, SignContentRow
from api.store.store import Store
from traffic_core.errors import InvalidValueError
from traffic_core.readings import EARLIEST_S, LATEST_S, BayReading, DetectorReading, OccupancyReading, Quality

T_S = 1_795_000_000.0


def detector(number, at_s=T_S):
    return DetectorReading(
        source_id=f"D{number}", measured_at_s=at_s, received_at_s=at_s + 1, interval_s=60.0, count_veh=number
    )


def occupancy(facility, at_s, free_veh):
    return OccupancyReading(source_id=facility, measured_at_s=at_s, received_at_s=at_s + 1, free_veh=free_veh)


def content(sign, sequence, at_s=T_S):
    return SignContentRow(
        sign_id=sign, sequence=sequence, issued_at_s=at_s, valid_until_s=at_s + 60, payload_json='{"text_de":"Grün"}'
    )


def command(junction, at_s, valid_from_s=None):
    return SignalCommandRow(
        junction_id=junction,
        valid_from_s=at_s if valid_from_s is None else valid_from_s,
        issued_at_s=at_s,
        programme_id="day",
        reason="demand",
        payload_json="{}",
    )


def decision(at_s, subject="K1", kind="stage"):
    return DecisionRow(
        at_s=at_s, kind=kind, subject_id=subject, reason="queue", inputs_json='{"a":1}', outcome_json="{}"
    )


def test_what_is_written_is_read_back(store):
    readings = [
        DetectorReading(
            source_id="D1",
            measured_at_s=T_S,
            received_at_s=T_S + 0.1,
            interval_s=60.0,
            count_veh=12,
            occupancy_share=0.2,
            speed_m_s=11.9,
            quality=Quality.REPAIRED,
        ),
        OccupancyReading(
            source_id="Q1",
            measured_at_s=T_S,
            received_at_s=T_S,
            free_veh=-3,
            occupied_veh=277,
            capacity_veh=274,
            entered_veh=0,
            left_veh=1,
            is_open=False,
        ),
        BayReading(source_id="B1", measured_at_s=T_S, received_at_s=T_S, occupied=True),
    ]
    rejected = RejectCountRow(at_s=T_S, reason="future", rejected=7)
    store.write([*readings, content("S1", 1), command("K1", T_S), decision(T_S), rejected])
    for reading in readings:
        assert store.history(type(reading), reading.source_id, T_S, T_S + 1) == [reading]
    assert store.latest_signs() == {"S1": content("S1", 1)}
    assert store.sign_history("S1", T_S, T_S + 1) == [content("S1", 1)]
    assert store.commands_at(T_S) == [command("K1", T_S)]
    assert store.decisions("K1", T_S) == [decision(T_S)]
    assert store.reject_counts(T_S, T_S + 1) == [rejected]


times_s = st.floats(EARLIEST_S, LATEST_S)
ids = st.text(st.characters(exclude_characters="#+/", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
counts_veh = st.none() | st.integers(0, 100_000)
qualities = st.sampled_from(Quality)
detectors = st.builds(
    DetectorReading,
    source_id=ids,
    measured_at_s=times_s,
    received_at_s=times_s,
    interval_s=st.floats(1, 3600),
    count_veh=st.integers(0, 100_000),
    occupancy_share=st.none() | st.floats(0, 1),
    speed_m_s=st.none() | st.floats(0, 100),
    quality=qualities,
)
occupancies = st.builds(
    OccupancyReading,
    source_id=ids,
    measured_at_s=times_s,
    received_at_s=times_s,
    free_veh=st.integers(-100_000, 100_000),
    occupied_veh=st.none() | st.integers(-100_000, 100_000),
    capacity_veh=counts_veh,
    entered_veh=counts_veh,
    left_veh=counts_veh,
    is_open=st.none() | st.booleans(),
    quality=qualities,
)
bays = st.builds(
    BayReading, source_id=ids, measured_at_s=times_s, received_at_s=times_s, occupied=st.booleans(), quality=qualities
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(detectors, occupancies, bays))
def test_every_reading_survives_the_round_trip_bit_for_bit(store, reading):
    from_s, to_s = reading.measured_at_s, math.nextafter(reading.measured_at_s, math.inf)
    before = store.history(type(reading), reading.source_id, from_s, to_s)
    store.write([reading])
    assert store.history(type(reading), reading.source_id, from_s, to_s) == (before or [reading])


def test_the_same_key_again_changes_nothing(store):
    store.write([occupancy("Q1", T_S, 10)])
    store.write([occupancy("Q1", T_S, 99), occupancy("Q2", T_S, 5), occupancy("Q2", T_S, 6)])
    assert {facility: row.free_veh for facility, row in store.latest_occupancy().items()} == {"Q1": 10, "Q2": 5}


def test_latest_is_the_highest_time_or_sequence_of_each(store):
    store.write([occupancy(f"Q{number}", T_S + at, at) for at in (3, 1, 2) for number in range(40)])
    store.write([content("S1", 9), content("S1", 10), content("S2", 1)])
    latest = store.latest_occupancy()
    assert len(latest) == 40
    assert {row.free_veh for row in latest.values()} == {3}
    assert {sign: row.sequence for sign, row in store.latest_signs().items()} == {"S1": 10, "S2": 1}


def test_commands_at_are_the_one_in_force_and_the_one_to_follow_it(store):
    old, running, pending = command("K1", T_S - 90), command("K1", T_S - 50, T_S), command("K1", T_S, T_S + 70)
    other = command("K2", T_S - 1_000)
    store.write([pending, old, other, running, command("K3", T_S, T_S + 9)])
    assert store.commands_at(T_S) == [running, pending, other, command("K3", T_S, T_S + 9)]
    assert store.commands_at(T_S + 69.9)[:2] == [running, pending]
    assert store.commands_at(T_S + 70) == [pending, other, command("K3", T_S, T_S + 9)]


def test_a_command_taken_back_or_from_the_future_of_another_clock_does_not_follow(store):
    announced, refused, from_another_clock = (
        command("K1", T_S - 60, T_S + 10),
        command("K1", T_S, T_S),
        command("K1", T_S + 3_600, T_S + 3_660),
    )
    store.write([announced, refused, from_another_clock])
    assert store.commands_at(T_S + 5) == [refused]
    assert store.commands_at(T_S + 15) == [refused], "what was to begin at T_S + 10 never did"


def test_latest_before_a_moment_and_of_those_that_tell_a_field(store):
    closed = OccupancyReading(source_id="Q1", measured_at_s=T_S, received_at_s=T_S, is_open=False)
    counted = OccupancyReading(source_id="Q1", measured_at_s=T_S + 2, received_at_s=T_S + 2, left_veh=3)
    store.write([closed, occupancy("Q1", T_S + 1, 10), counted, occupancy("Q2", T_S + 1, 5)])
    assert store.latest_occupancy() == {"Q1": counted, "Q2": occupancy("Q2", T_S + 1, 5)}
    assert store.latest_occupancy(telling=["is_open"]) == {"Q1": closed}
    levels = store.latest_occupancy(telling=("free_veh", "occupied_veh"))
    assert {facility: row.free_veh for facility, row in levels.items()} == {"Q1": 10, "Q2": 5}
    assert store.latest_occupancy(T_S + 1) == {"Q1": closed}
    assert store.latest_occupancy(T_S) == {}


def test_an_empty_store_knows_nothing(store):
    assert store.latest_occupancy() == {}
    assert store.latest_signs() == {}
    assert store.decisions("K1", T_S) == []


def test_history_takes_the_start_and_not_the_end_in_order_of_time(store):
    store.write([detector(number, T_S + at) for at in (2, 0, 1) for number in (1, 2)])
    of_one = store.history(DetectorReading, "D1", T_S, T_S + 2)
    assert [row.measured_at_s for row in of_one] == [T_S, T_S + 1]
    of_all = store.history(DetectorReading, None, T_S, T_S + 2)
    assert [row.source_id for row in of_all] == ["D1", "D2", "D1", "D2"]
    assert len(store.history(DetectorReading, None, T_S, T_S + 9, limit=3)) == 3


def test_decisions_are_found_around_a_time(store):
    store.write([decision(T_S + at, kind=kind) for at in (-61, -60, 0, 59, 60) for kind in ("stage", "plan")])
    store.write([decision(T_S, subject="K2")])
    found = [(row.at_s - T_S, row.kind) for row in store.decisions("K1", T_S)]
    assert found == [(at, kind) for at in (-60, 0, 59) for kind in ("plan", "stage")]


def test_prune_deletes_what_is_older_and_keeps_the_last_word_to_signs_and_junctions(store):
    day_s = 86_400.0
    old = [detector(1, T_S - days * day_s) for days in (400, 30, 8)]
    store.write([*old, detector(1, T_S - day_s)])
    store.write([content("S1", n, T_S - 30 * day_s + n) for n in range(3)] + [content("S2", 1, T_S)])
    store.write([command("K1", T_S - 30 * day_s + n) for n in range(3)])
    store.write([command("K1", T_S, T_S + 60)])
    store.write([decision(T_S - 30 * day_s), decision(T_S), occupancy("Q1", T_S - 30 * day_s, 1)])
    deleted = store.prune(T_S - 7 * day_s)
    assert deleted == {
        "detector_reading": 3,
        "occupancy_reading": 1,
        "bay_reading": 0,
        "sign_content": 2,
        "signal_command": 2,
        "stage_wish": 0,
        "decision": 1,
        "reject_count": 0,
    }
    assert len(store.history(DetectorReading, "D1", 0, LATEST_S)) == 1
    assert {sign: row.sequence for sign, row in store.latest_signs().items()} == {"S1": 2, "S2": 1}
    assert store.commands_at(T_S) == [command("K1", T_S - 30 * day_s + 2), command("K1", T_S, T_S + 60)]
    assert store.prune(T_S - 7 * day_s)["sign_content"] == 0


def test_pruning_stops_between_slices_and_goes_on_another_time(store):
    hours_ago = [detector(1, T_S - hour * 3_600.0) for hour in (72, 60, 48, 36)]
    store.write([*hours_ago, detector(1, T_S)])
    asked = []
    deleted = store.prune(T_S - 86_400.0, lambda: len(asked) >= 2 or asked.append(None))
    assert deleted["detector_reading"] == 2, "one in each slice of six hours"
    assert len(store.history(DetectorReading, "D1", 0, LATEST_S)) == 3
    assert store.prune(T_S - 86_400.0)["detector_reading"] == 2


def spoil(store, table, column, value):
    """Let every row of a table from `T_S` on hold what the program never writes."""
    times = {"occupancy_reading": "measured_at_s", "sign_content": "issued_at_s", "signal_command": "issued_at_s"}
    statement = f"UPDATE {table} SET {column} = :value WHERE {times[table]} >= :t_s"  # noqa: S608 - names of our own
    with store._engine.begin() as connection:
        connection.execute(text(statement), {"value": value, "t_s": T_S})


def test_an_unreadable_row_is_left_out_told_and_replaced_by_the_one_before(store, caplog):
    store.write([occupancy("Q1", T_S - 60, 5), occupancy("Q1", T_S, 6), occupancy("Q1", T_S + 60, 7)])
    store.write([occupancy("Q2", T_S, 8), occupancy("Q3", T_S - 60, 9)])
    spoil(store, "occupancy_reading", "quality", "strange")
    found = store.latest_occupancy()
    assert {facility: row.measured_at_s for facility, row in found.items()} == {"Q1": T_S - 60, "Q3": T_S - 60}
    assert "strange" in caplog.text
    assert "unreadable rows of occupancy_reading" in caplog.text
    caplog.clear()
    assert len(store.history(OccupancyReading, None, 0, LATEST_S)) == 2
    assert len(caplog.records) == 1, "one line, however many rows"


def test_unreadable_contents_and_commands_hide_no_others(store):
    store.write([content("S1", 1, T_S - 60), content("S1", 2, T_S), content("S2", 1, T_S - 60)])
    store.write([command("K1", T_S), command("K2", T_S - 60)])
    spoil(store, "sign_content", "valid_until_s", -1.0)
    spoil(store, "signal_command", "valid_from_s", -1.0)
    assert {sign: row.sequence for sign, row in store.latest_signs().items()} == {"S1": 1, "S2": 1}
    assert store.commands_at(T_S) == [command("K2", T_S - 60)]


def test_a_row_of_the_wrong_type_is_left_out_too(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.migrate()
    store.write([occupancy("Q1", T_S - 60, 5), occupancy("Q1", T_S, 6)])
    spoil(store, "occupancy_reading", "received_at_s", "yesterday")
    assert store.latest_occupancy()["Q1"].measured_at_s == T_S - 60
    store.close()


def test_a_row_the_database_cannot_hold_is_refused_and_takes_no_other_with_it(store):
    impossible = RejectCountRow(at_s=T_S, reason="half of a character: \ud83d", rejected=1)
    with pytest.raises(RowsRefusedError):
        store.write([content("S1", 1), impossible])
    assert store.latest_signs() == {}


def test_reading_without_tables_says_that_the_store_is_not_ready(address):
    empty = Store(address)
    with pytest.raises(StoreUnavailableError, match="sign_content"):
        empty.latest_signs()
    empty.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nonsense", "must be sqlite:///PATH"),
        ("mysql://host/db", "must be sqlite:///PATH"),
        ("postgresql://host/db", "must be sqlite:///PATH"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:////proc/none/store.db", "must lie in a folder"),
    ],
)
def test_an_unusable_address_is_refused_with_its_limit(address, told):
    with pytest.raises(ConfigError, match=told):
        Store(address)


def test_no_message_contains_the_password():
    away = Store("postgresql+psycopg://town:secret@127.0.0.1:1/db")
    with pytest.raises(StoreUnavailableError) as caught:
        away.latest_signs()
    assert "127.0.0.1:1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "secret" not in away.name
    with pytest.raises(ConfigError) as refused:
        Store("mysql://town:secret@host/db")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "address", ["postgresql+psycopg://town:secret@host:notaport/db", "mysql://town:secret@host:notaport/db"]
)
def test_a_port_that_is_no_number_is_refused_without_the_password(address):
    with pytest.raises(ConfigError, match="must be sqlite") as refused:
        Store(address)
    assert "notaport" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_folder_or_another_file_is_no_store(tmp_path):
    other = tmp_path / "letter.txt"
    other.write_bytes(b"Dear town, these are no tables at all, and never will be.")
    with pytest.raises(ConfigError, match="must be an SQLite database"):
        Store(f"sqlite:///{other}")
    with pytest.raises(ConfigError, match="must name a file"):
        Store(f"sqlite:///{tmp_path}")
    with pytest.raises(ConfigError, match="must lie in a folder"):
        Store(f"sqlite:///{other}/store.db")


def test_an_empty_file_and_a_store_that_is_there_already_are_stores(tmp_path):
    (tmp_path / "store.db").touch()
    for _ in range(2):
        store = Store(f"sqlite:///{tmp_path / 'store.db'}")
        store.migrate()
        store.close()


def test_a_missing_folder_is_made(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/new/folder/store.db")
    store.migrate()
    store.close()
    assert (tmp_path / "new" / "folder" / "store.db").exists()


@pytest.mark.parametrize("at_s", [math.nan, math.inf, -1.0, 0.0, 1e12])
def test_a_row_with_an_impossible_time_cannot_be_made(at_s):
    for make in (lambda: content("S1", 1, at_s), lambda: command("K1", at_s), lambda: decision(at_s)):
        with pytest.raises(InvalidValueError, match="must be a number from"):
            make()
