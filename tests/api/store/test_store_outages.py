"""Killed, locked, full, stopped: what was acknowledged stays, what waits is written later."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing

import pytest

from api.backoff import Backoff
from api.store.recorder import Recorder
from api.store.rows import SignContentRow
from api.store.store import Store
from traffic_core.readings import DetectorReading

T_S = 1_795_000_000.0
PRELUDE = """
    import sys
    import time
    from api.backoff import Backoff
    from api.store.recorder import Recorder
    from api.store.store import Store
    from traffic_core.readings import DetectorReading

    def detector(number):
        return DetectorReading(source_id="D1", measured_at_s=1_795_000_000.0 + number, received_at_s=1_795_000_000.0,
                               interval_s=60.0, count_veh=number % 1000)

    store = Store(sys.argv[1])
    recorder = Recorder(store, group_s=0.005, backoff=Backoff(first_s=0.01, ceiling_s=0.05))
    recorder.start()
"""


def child(address, body):
    script = textwrap.dedent(PRELUDE) + textwrap.dedent(body)
    return subprocess.Popen([sys.executable, "-c", script, address], stdout=subprocess.PIPE, text=True)


def content(number):
    return SignContentRow(sign_id="S1", sequence=number, issued_at_s=T_S, valid_until_s=T_S + 60, payload_json="{}")


def recorder_for(store):
    return Recorder(store, group_s=0.01, backoff=Backoff(first_s=0.01, ceiling_s=0.05))


def until(condition):
    while not condition():
        time.sleep(0.005)


def test_no_acknowledged_row_is_lost_when_the_process_is_killed(address):
    with child(
        address,
        """
        number = 0
        while True:
            receipt = recorder.put([detector(number), detector(number + 1)])
            assert recorder.flush(20, receipt)
            number += 2
            print(number, flush=True)
        """,
    ) as process:
        acknowledged = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
        acknowledged += [int(line) for line in process.stdout.read().split()]
    store = Store(address)
    found = store.history(DetectorReading, "D1", T_S, T_S + 1e6)
    store.close()
    assert len(found) >= acknowledged[-1] >= 100
    assert [row.measured_at_s - T_S for row in found] == list(range(len(found)))


def test_rows_wait_while_somebody_else_holds_the_lock_and_are_written_after(tmp_path):
    path = tmp_path / "store.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with recorder_for(store) as recorder, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        receipt = recorder.put([content(1), content(2)])
        until(lambda: recorder.status().degraded)
        assert "database is locked" in recorder.status().last_error
        assert recorder.status().waiting == 2
        assert store.latest_signs() == {}, "readers are not blocked"
        other.execute("ROLLBACK")
        assert recorder.flush(20, receipt)
        assert not recorder.status().degraded
        assert store.latest_signs() == {"S1": content(2)}
    store.close()


def test_a_full_disk_degrades_and_everything_is_written_once_there_is_room(tmp_path):
    pytest.importorskip("resource", reason="no limits for the size of a file on this system")
    address = f"sqlite:///{tmp_path / 'store.db'}"
    with child(
        address,
        """
        import resource
        assert recorder.flush(20, recorder.put([detector(0)]))
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))  # as when the disk is full
        receipts = [recorder.put([detector(n) for n in range(100 * k, 100 * k + 100)]) for k in range(200)]
        while not recorder.status().degraded:
            time.sleep(0.005)
        print(recorder.status().last_error, flush=True)
        assert not recorder.flush(0.05)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))  # somebody has made room
        assert recorder.flush(60)
        assert not recorder.status().degraded
        assert recorder.status().dropped == {}
        print("written", flush=True)
        assert recorder.stop()
        """,
    ) as process:
        told = process.stdout.read().splitlines()
    assert process.returncode == 0
    assert "disk" in told[0]
    assert told[1:] == ["written"]
    store = Store(address)
    assert len(store.history(DetectorReading, "D1", T_S, T_S + 1e6)) == 20_000
    store.close()


@pytest.mark.postgres
def test_nothing_accepted_is_lost_when_the_server_crashes_and_comes_back(postgres):
    store = Store(postgres.new_database())
    with recorder_for(store) as recorder:
        assert recorder.flush(20, recorder.put([content(1)]))
        postgres.stop()
        try:
            receipt = recorder.put([content(number) for number in range(2, 100)])
            until(lambda: recorder.status().degraded)
            assert not recorder.flush(0.01, receipt)
        finally:
            postgres.start()
        assert recorder.flush(60, receipt)
        assert not recorder.status().degraded
    assert [row.sequence for row in store.sign_history("S1", T_S, T_S + 1)] == list(range(1, 100))
    store.close()


@pytest.mark.postgres
def test_a_server_that_is_away_at_the_start_is_not_fatal(postgres):
    address = postgres.new_database()
    postgres.stop()
    try:
        store = Store(address)
        recorder = recorder_for(store)
        recorder.start()
        receipt = recorder.put([content(1)])
        until(lambda: recorder.status().degraded)
    finally:
        postgres.start()
    assert recorder.flush(60, receipt)
    assert recorder.stop()
    assert store.latest_signs() == {"S1": content(1)}
    store.close()
