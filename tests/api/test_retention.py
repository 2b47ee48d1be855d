"""Old history goes; whatever fails with it does not end the service, and a stop does not wait for all of it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from api import retention
from api.clock import ManualClock
from api.store.errors import RowsRefusedError, StoreUnavailableError
from traffic_core.errors import InvalidValueError

NOW_S = 1_795_246_200.0


class FakeStore:
    def __init__(self, error=None):
        self.asked = []
        self.error = error

    def prune(self, before_s, _stop, wishes_before_s):
        self.asked.append((before_s, wishes_before_s))
        if self.error is not None:
            raise self.error
        return {"detector_reading": 3}


@pytest.mark.parametrize(
    "error",
    [
        None,
        StoreUnavailableError("gone"),
        RowsRefusedError("out of range"),
        InvalidValueError("quality", "strange", "unknown"),
        RuntimeError("nobody thought of this"),
    ],
    ids=repr,
)
async def test_the_store_is_asked_every_hour_to_forget_what_is_too_old(monkeypatch, error):
    monkeypatch.setattr(retention, "EVERY_S", 0.01)
    store = FakeStore(error)
    keeping = asyncio.create_task(retention.keep_only(store, ManualClock(NOW_S), days=90.0))
    while len(store.asked) < 2:
        assert not keeping.done()
        await asyncio.sleep(0.01)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert set(store.asked) == {(NOW_S - 90.0 * 86_400.0, NOW_S - 7.0 * 86_400.0)}


class EndlessStore:
    """Has a slice left to prune for as long as nobody stops it."""

    def __init__(self, error=None):
        self.begun = threading.Event()
        self.ended = False
        self.error = error

    def prune(self, _before_s, stop, _wishes_before_s):
        self.begun.set()
        while not stop():
            pass
        self.ended = True
        if self.error is not None:
            raise self.error
        return {}


@pytest.mark.parametrize("error", [None, StoreUnavailableError("gone")], ids=repr)
async def test_a_stop_ends_the_pruning_after_the_slice_under_way_and_waits_for_that(error):
    store = EndlessStore(error)
    keeping = asyncio.create_task(retention.keep_only(store, ManualClock(NOW_S), days=90.0))
    await asyncio.to_thread(store.begun.wait)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert store.ended
