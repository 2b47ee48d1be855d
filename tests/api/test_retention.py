"""Old history goes; a store that is away does not end the service."""

from __future__ import annotations

import asyncio

import pytest

from api import retention
from api.clock import ManualClock
from api.store.errors import StoreUnavailableError

NOW_S = 1_795_246_200.0


class FakeStore:
    def __init__(self, *, away=False):
        self.asked = []
        self.away = away

    def prune(self, before_s):
        self.asked.append(before_s)
        if self.away:
            raise StoreUnavailableError("gone")
        return {"detector_reading": 3}


@pytest.mark.parametrize("away", [False, True])
async def test_the_store_is_asked_every_hour_to_forget_what_is_too_old(monkeypatch, away):
    monkeypatch.setattr(retention, "EVERY_S", 0.01)
    store = FakeStore(away=away)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(retention.keep_only(store, ManualClock(NOW_S), days=90.0), 0.2)
    assert len(store.asked) >= 2
    assert set(store.asked) == {NOW_S - 90.0 * 86_400.0}
