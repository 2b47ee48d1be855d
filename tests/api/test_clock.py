"""Clocks: only they know what time it is."""

from __future__ import annotations

import asyncio
import time

from api.clock import ManualClock, ScaledClock, WallClock


async def test_a_scaled_clock_runs_from_its_start_at_its_speed():
    began = time.monotonic()
    clock = ScaledClock(1_000.0, 100.0)
    await clock.wait_until(1_010.0)
    passed_s = time.monotonic() - began
    assert passed_s >= 0.1
    assert 1_010.0 <= clock.now_s() <= 1_000.0 + 100.0 * (time.monotonic() - began)


async def test_the_wall_clock_returns_at_once_for_a_time_that_is_past():
    await asyncio.wait_for(WallClock().wait_until(time.time() - 1.0), timeout=1.0)


async def test_the_wall_clock_returns_early_when_it_is_set_back(monkeypatch):
    monkeypatch.setattr("api.clock.LONGEST_SLEEP_S", 0.01)
    real = time.time
    monkeypatch.setattr("api.clock.time.time", real)
    waiting = asyncio.create_task(WallClock().wait_until(real() + 30.0))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    monkeypatch.setattr("api.clock.time.time", lambda: real() - 3_600.0)
    await asyncio.wait_for(waiting, timeout=1.0)


async def test_a_manual_clock_wakes_its_waiters_when_it_is_set_far_enough():
    clock = ManualClock(0.0)
    waiting = asyncio.create_task(clock.wait_until(10.0))
    clock.set(9.0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.set(10.0)
    await asyncio.wait_for(waiting, timeout=1.0)
