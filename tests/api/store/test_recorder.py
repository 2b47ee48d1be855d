from __future__ import annotations

import threading
import time

import pytest

from api.backoff import Backoff
from api.store.errors import RowsRefusedError, StoreUnavailableError
from api.store.recorder import Recorder
from api.store.rows import SignContentRow
from api.store.store import Store
from traffic_core.readings import DetectorReading

T_S = 1_795_000_000.0


def detector(number):
    return DetectorReading(
        source_id="D1", measured_at_s=T_S + number, received_at_s=T_S, interval_s=60.0, count_veh=number
    )


def content(number):
    return SignContentRow(sign_id="S1", sequence=number, issued_at_s=T_S, valid_until_s=T_S + 60, payload_json="{}")


class FakeStore:
    """Keeps rows in a list; fails, refuses or waits when told."""

    def __init__(self):
        self.groups = []
        self.down = None
        self.refused = set()
        self.attempted = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()

    @property
    def rows(self):
        return [row for group in self.groups for row in group]

    def migrate(self):
        self.write([])

    def write(self, rows):
        assert self.may_write.wait(20)
        self.attempted.set()
        if self.down:
            raise StoreUnavailableError(self.down)
        if self.refused.intersection(rows):
            raise RowsRefusedError("no such thing")
        if rows:
            self.groups.append(list(rows))


def recorder_for(store, **options):
    return Recorder(store, **{"group_s": 0.01, "backoff": Backoff(first_s=0.01, ceiling_s=0.05), **options})


def test_rows_are_written_and_acknowledged(store):
    with recorder_for(store) as recorder:
        receipt = recorder.put([detector(number) for number in range(10)])
        assert recorder.flush(20, receipt)
        assert len(store.history(DetectorReading, "D1", T_S, T_S + 60)) == 10
        status = recorder.status()
    assert (status.degraded, status.waiting, status.written, status.last_error) == (False, 0, 10, None)


def test_rows_are_written_in_groups():
    store = FakeStore()
    recorder = recorder_for(store, group_rows=4, group_s=60.0)
    recorder.put([detector(number) for number in range(8)])
    with recorder:
        assert recorder.flush(20)
    assert [len(group) for group in store.groups] == [4, 4]


def test_put_does_not_wait_for_a_store_that_hangs():
    store = FakeStore()
    store.may_write.clear()
    with recorder_for(store) as recorder:
        receipt = recorder.put([detector(1)])
        assert not recorder.flush(0.01, receipt)
        store.may_write.set()
        assert recorder.flush(20, receipt)


def test_while_the_store_is_away_rows_are_kept_and_the_state_is_degraded():
    store = FakeStore()
    store.down = "database is locked"
    with recorder_for(store) as recorder:
        receipts = [recorder.put([detector(number)]) for number in range(50)]
        assert store.attempted.wait(20)
        while not recorder.status().degraded:
            time.sleep(0.005)
        assert recorder.status().last_error == "database is locked"
        assert recorder.status().waiting == 50
        assert not recorder.flush(0.01, receipts[0])
        store.down = None
        assert recorder.flush(20)
        assert not recorder.status().degraded
    assert store.rows == [detector(number) for number in range(50)]


def test_an_unforeseen_error_does_not_end_the_writer():
    class Broken(FakeStore):
        failures = 2

        def write(self, rows):
            if rows and self.failures:
                self.failures -= 1
                raise RuntimeError("a bug of a driver")
            super().write(rows)

    store = Broken()
    with recorder_for(store) as recorder:
        assert recorder.flush(20, recorder.put([detector(1)]))
        assert recorder.status().failures == 2


def test_when_too_many_wait_detector_history_goes_first_and_is_counted():
    store = FakeStore()
    recorder = recorder_for(store, capacity_rows=10)
    detectors = recorder.put([detector(number) for number in range(10)])
    signs = recorder.put([content(number) for number in range(4)])
    assert recorder.status().dropped == {"detector": 4}
    with recorder:
        assert recorder.flush(20, signs)
        assert not recorder.flush(20, detectors)
    assert store.rows == [content(number) for number in range(4)] + [detector(number) for number in range(4, 10)]


def test_a_row_that_is_refused_does_not_hold_up_the_others():
    store = FakeStore()
    store.refused = {detector(3)}
    recorder = recorder_for(store)
    good = recorder.put([detector(number) for number in range(3)])
    mixed = recorder.put([detector(3), detector(4)])
    with recorder:
        assert recorder.flush(20, good)
        assert not recorder.flush(20, mixed)
        status = recorder.status()
    assert (status.refused, status.written, status.waiting) == (1, 4, 0)
    assert "no such thing" in status.last_error
    assert sorted(row.count_veh for row in store.rows) == [0, 1, 2, 4]


def test_a_failure_amid_refused_rows_keeps_the_rest():
    class Flaky(FakeStore):
        calls = 0

        def write(self, rows):
            self.calls += bool(rows)
            if self.calls == 3:
                raise StoreUnavailableError("gone for a moment")
            super().write(rows)

    store = Flaky()
    store.refused = {detector(5)}
    recorder = recorder_for(store)
    recorder.put([detector(number) for number in range(8)])
    with recorder:
        assert not recorder.flush(20)
    assert sorted(row.count_veh for row in store.rows) == [0, 1, 2, 3, 4, 6, 7]


async def test_aflush_waits_without_blocking_the_loop():
    store = FakeStore()
    store.may_write.clear()
    with recorder_for(store) as recorder:
        receipt = recorder.put([detector(1)])
        assert not await recorder.aflush(0.01, receipt)
        store.may_write.set()
        assert await recorder.aflush(20, receipt)
        assert await recorder.aflush(20)


def test_nothing_to_write_is_written_at_once():
    recorder = recorder_for(FakeStore())
    assert recorder.flush(0.0, recorder.put([]))
    assert recorder.flush(0.0)


def test_stop_writes_what_waits():
    store = FakeStore()
    recorder = recorder_for(store, group_s=60.0)
    recorder.start()
    recorder.put([detector(number) for number in range(5000)])
    assert recorder.stop()
    assert len(store.rows) == 5000


def test_stop_gives_up_when_the_store_stays_away():
    store = FakeStore()
    store.down = "away"
    recorder = recorder_for(store)
    recorder.start()
    recorder.put([detector(1)])
    assert not recorder.stop(timeout_s=0.1)
    assert recorder.status().waiting == 1
    store.down = None
    with recorder:
        assert recorder.flush(20)


def test_a_recorder_prepares_the_tables_itself(address):
    store = Store(address)
    with recorder_for(store) as recorder:
        assert recorder.flush(20, recorder.put([content(1)]))
    assert store.latest_signs() == {"S1": content(1)}
    store.close()


@pytest.mark.parametrize("threads", [4])
def test_rows_of_several_threads_are_all_written(store, threads):
    with recorder_for(store) as recorder:

        def put(first):
            for number in range(200):
                recorder.put([detector(first + number)])

        workers = [threading.Thread(target=put, args=(1000 * number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert recorder.flush(20)
    assert len(store.history(DetectorReading, "D1", T_S, T_S + 9999)) == 800
